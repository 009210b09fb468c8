//! The thread that pushes: it looks at the run once in an interval, and delivers what is made of it.

use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use tokio::sync::{Notify, oneshot};
use tokio::task::{JoinHandle, LocalSet, spawn_local};

use super::bounded::RecordReceiver;
use super::delivery::{Answer, Queue, Sender};
use super::otlp::{self, OtlpMetrics, OtlpSpans};
use super::remote_write::{self, RemoteWrite};
use super::settings::{Endpoint, Identity, Settings};
use crate::clock::Clock;
use crate::http::{Client, Headers, LoadedSettings, Origin, Response, Transport};
use crate::report::Output;
use crate::secrets::Masker;
use crate::view::{OutputReporter, OutputStatuses, Views};

/// What the thread needs.
pub struct Push {
    remote_write: Option<(Place, OutputReporter)>,
    otlp: Option<(Place, OutputReporter)>,
    spans: Option<(Place, OutputReporter, RecordReceiver)>,
    http: LoadedSettings,
    identity: Identity,
    secrets: Arc<Masker>,
    interval: Duration,
    clock: Clock,
    /// Of OTLP.
    traces: Option<Place>,
    shown: String,
}

/// Where the requests of one output go.
struct Place {
    origin: Origin,
    target: String,
    headers: Headers,
}

impl Push {
    /// For these outputs.
    ///
    /// # Errors
    /// When a receiver cannot be pushed to, whatever it does.
    pub fn new(
        settings: &Settings,
        http: LoadedSettings,
        statuses: &OutputStatuses,
        secrets: &Arc<Masker>,
    ) -> Result<Self, String> {
        let remote_write = settings.remote_write.as_ref().map(|endpoint| {
            let place = Place::of(endpoint, "", &remote_write::HEADERS)?;
            let (name, items) = (remote_write::NAME, remote_write::ITEMS);
            Ok::<_, String>((place, statuses.add(name, items, &endpoint.shown())))
        });
        let otlp = settings.otlp.as_ref().map(|endpoint| {
            let place = Place::of(endpoint, otlp::METRICS_PATH, &otlp::HEADERS)?;
            let (name, items) = (otlp::NAME, otlp::DATA_POINTS);
            Ok::<_, String>((place, statuses.add(name, items, &endpoint.shown())))
        });
        let traces = settings.otlp.as_ref();
        let traces = traces.map(|endpoint| Place::of(endpoint, otlp::TRACES_PATH, &otlp::HEADERS));
        Ok(Self {
            remote_write: remote_write.transpose()?,
            otlp: otlp.transpose()?,
            spans: None,
            http,
            identity: settings.identity.clone(),
            secrets: Arc::clone(secrets),
            interval: settings.interval,
            clock: settings.clock,
            traces: traces.transpose()?,
            shown: settings
                .otlp
                .as_ref()
                .map(Endpoint::shown)
                .unwrap_or_default(),
        })
    }

    /// Spans go to OTLP, too; none where there is no OTLP.
    pub fn with_spans(
        &mut self,
        records: RecordReceiver,
        statuses: &OutputStatuses,
    ) -> Option<OutputReporter> {
        let place = self.traces.take()?;
        let reporter = statuses.add(otlp::NAME, otlp::SPANS, &self.shown);
        self.spans = Some((place, reporter.clone(), records));
        Some(reporter)
    }
}

impl Place {
    fn of(endpoint: &Endpoint, path: &str, fixed: &[(&str, &str)]) -> Result<Self, String> {
        let url = &endpoint.url;
        let fault = |why: String| format!("{}: {why}", endpoint.shown());
        let origin = Origin::of(url).map_err(|why| fault(why.to_string()))?;
        let mut target = match path {
            "" => url.path().to_owned(),
            path => format!("{}{path}", base_of(url.path())),
        };
        if let Some(query) = url.query() {
            target = format!("{target}?{query}");
        }
        let mut headers = Headers::new();
        let given = endpoint.headers.iter();
        let given = given.map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in fixed.iter().copied().chain(given) {
            // One that was given takes the place of ours.
            headers.remove(name);
            let pushed = headers.push(name, value);
            pushed.map_err(|_| fault(format!("the header {name} cannot be sent")))?;
        }
        if let Some(password) = url.password()
            && !headers.contains("authorization")
        {
            let decode = |text: &str| {
                let decoded = percent_encoding::percent_decode_str(text);
                decoded.decode_utf8_lossy().into_owned()
            };
            let pair = format!("{}:{}", decode(url.username()), decode(password));
            let value = format!("Basic {}", BASE64_STANDARD.encode(pair));
            // Base64 can be sent.
            let _ = headers.push("Authorization", value);
        }
        Ok(Self {
            origin,
            target,
            headers,
        })
    }

    fn sender(
        self,
        http: &Rc<Transport>,
        queue: &Rc<Queue>,
        judge: fn(&Response) -> Answer,
    ) -> Sender {
        Sender {
            client: Client::new(Rc::clone(http)),
            origin: Rc::new(self.origin),
            target: self.target,
            headers: self.headers,
            queue: Rc::clone(queue),
            judge,
        }
    }
}

/// The path below which OTLP has its own; a URL that names one of these already means the same.
fn base_of(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    [otlp::METRICS_PATH, otlp::TRACES_PATH]
        .into_iter()
        .find_map(|own| path.strip_suffix(own))
        .unwrap_or(path)
}

/// Pushes until the end, and for so long beyond it as `end` says.
///
/// # Errors
/// When the system has no event loop for it.
pub fn run(push: Push, views: Views, end: oneshot::Receiver<Duration>) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    LocalSet::new().block_on(&runtime, follow(push, views, end));
    // A lookup that hangs must not hold up the end.
    runtime.shutdown_background();
    Ok(())
}

async fn follow(push: Push, mut views: Views, mut end: oneshot::Receiver<Duration>) {
    let http = Transport::new(push.http);
    let mut outputs: Vec<Box<dyn Output>> = Vec::new();
    let mut queues = Vec::new();
    let mut senders: Vec<JoinHandle<()>> = Vec::new();
    if let Some((place, reporter)) = push.remote_write {
        let queue = Rc::new(Queue::new(reporter));
        let output = RemoteWrite::new(Rc::clone(&queue), &push.identity, &push.secrets);
        outputs.push(Box::new(output));
        let sender = place.sender(&http, &queue, remote_write::judge);
        senders.push(spawn_local(sender.run()));
        queues.push(queue);
    }
    if let Some((place, reporter)) = push.otlp {
        let queue = Rc::new(Queue::new(reporter));
        let output = OtlpMetrics::new(Rc::clone(&queue), &push.identity, &push.secrets);
        outputs.push(Box::new(output));
        let sender = place.sender(&http, &queue, otlp::judge_metrics);
        senders.push(spawn_local(sender.run()));
        queues.push(queue);
    }
    let is_over = Rc::new(Notify::new());
    if let Some((place, reporter, records)) = push.spans {
        let queue = Rc::new(Queue::new(reporter));
        let spans = OtlpSpans::new(Rc::clone(&queue), &push.identity);
        senders.push(spawn_local(take(records, spans, Rc::clone(&is_over))));
        let sender = place.sender(&http, &queue, otlp::judge_spans);
        senders.push(spawn_local(sender.run()));
        queues.push(queue);
    }
    let limit = loop {
        let view = tokio::select! {
            // Whoever ends the run is gone: nothing is to be waited for.
            limit = &mut end => break limit.unwrap_or_default(),
            Some(view) = views.next() => view,
        };
        for output in &mut outputs {
            output.show(&view);
        }
        tokio::select! {
            limit = &mut end => break limit.unwrap_or_default(),
            () = push.clock.sleep(push.interval) => {}
        }
    };
    let last = views.latest();
    for output in &mut outputs {
        // They only put it on its way.
        let _ = output.finish(&last);
    }
    is_over.notify_one();
    let all = async {
        for sender in senders {
            // One that panicked has said so.
            let _ = sender.await;
        }
    };
    let _ = tokio::time::timeout(limit, all).await;
    queues.iter().for_each(|queue| give_up(queue));
}

/// Makes spans of records until no more come.
async fn take(mut records: RecordReceiver, spans: OtlpSpans, is_over: Rc<Notify>) {
    let mut has_ended = false;
    loop {
        tokio::select! {
            next = records.next() => match next {
                Some(records) => spans.push(&records),
                None => break,
            },
            () = is_over.notified(), if !has_ended => {
                has_ended = true;
                records.close();
            }
        }
    }
    spans.finish();
}

/// Counts and says what was not delivered by the end.
fn give_up(queue: &Queue) {
    let lost = queue.abandon();
    let reporter = queue.reporter();
    if lost > 0 {
        let why = reporter.status().error;
        let why = why.unwrap_or_else(|| "the receiver did not answer in time".to_owned());
        reporter.dropped(lost, &why);
    }
    let status = reporter.status();
    if status.dropped > 0 {
        tracing::warn!(
            "{}: {} of {} {} were dropped: {}",
            status.title(),
            status.dropped,
            status.dropped + status.sent,
            status.items(),
            status.error.unwrap_or_default()
        );
    }
}
