//! The outputs of a run, from its start to its end.

use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::bounded::{self, RecordReceiver};
use super::push::{self, Push};
use super::samples::{self, FileError, SamplesWriter};
use super::settings::Settings;
use crate::http::{self, SettingsError, TlsSettings};
use crate::metrics::{Capture, RecordSink, Records};
use crate::secrets::Masker;
use crate::view::{OutputReporter, OutputStatuses, Views};

/// How long a receiver has for one request.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest answer that is read.
const ANSWER_LIMIT: usize = 1 << 20;
/// What the end of the threads may take beside the time that they are given.
const MARGIN: Duration = Duration::from_millis(500);

/// Why outputs cannot be used; found before the run.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    #[error("--samples {0}; name a file that can be written")]
    Samples(#[from] FileError),
    #[error("the outputs: {0}")]
    Http(#[from] SettingsError),
    #[error("{0}")]
    Endpoint(String),
}

/// Outputs that are ready.
pub struct Outputs {
    statuses: OutputStatuses,
    capture: Capture,
    sink: Option<RecordSink>,
    push: Option<Push>,
    samples: Option<(SamplesWriter, RecordReceiver, OutputReporter)>,
}

impl Outputs {
    /// Opens the file, reads certificates, and connects to nothing.
    ///
    /// # Errors
    /// What will keep an output from working, as far as that can be known now.
    pub fn open(settings: &Settings, secrets: &Arc<Masker>) -> Result<Self, OutputError> {
        let statuses = OutputStatuses::default();
        let mut capture = Capture::default();
        let (mut to_file, mut to_spans) = (None, None);
        let mut push = None;
        if settings.remote_write.is_some() || settings.otlp.is_some() {
            let client = http::Settings {
                request_timeout: REQUEST_TIMEOUT,
                body_limit: ANSWER_LIMIT,
                tls: TlsSettings {
                    ca: settings.ca.clone(),
                    ..TlsSettings::default()
                },
                user_agent: format!("throng/{}", settings.identity.version),
                ..http::Settings::default()
            };
            let mut made = Push::new(settings, client.load()?, &statuses, secrets)
                .map_err(OutputError::Endpoint)?;
            if settings.spans && settings.otlp.is_some() {
                capture.spans = true;
                let (sender, receiver) = bounded::channel();
                to_spans = made.with_spans(receiver, &statuses).map(|of| (sender, of));
            }
            push = Some(made);
        }
        let mut file = None;
        if let Some(samples) = &settings.samples {
            capture.samples = Some(samples.rate);
            let writer = SamplesWriter::open(&samples.path)?;
            let place = samples.path.display().to_string();
            let reporter = statuses.add(samples::NAME, samples::ITEMS, &place);
            let (sender, receiver) = bounded::channel();
            to_file = Some((sender, reporter.clone()));
            file = Some((writer, receiver, reporter));
        }
        let sink = capture.is_on().then(|| -> RecordSink {
            Arc::new(move |records: Records| {
                let (samples, spans) = records.counts();
                let lost = (
                    samples + records.dropped_samples,
                    spans + records.dropped_spans,
                );
                let records = Arc::new(records);
                let ways = [(&to_file, lost.0), (&to_spans, lost.1)];
                for (way, lost) in ways {
                    let Some((sender, reporter)) = way else {
                        continue;
                    };
                    if !sender.send(&records) {
                        reporter.dropped(lost, "more waits than there is room for");
                    }
                }
            })
        });
        Ok(Self {
            statuses,
            capture,
            sink,
            push,
            samples: file,
        })
    }

    /// What is to be kept of single requests.
    pub fn capture(&self) -> Capture {
        self.capture
    }

    /// Where that goes.
    pub fn sink(&self) -> Option<RecordSink> {
        self.sink.clone()
    }

    /// How they stand, for views.
    pub fn statuses(&self) -> &OutputStatuses {
        &self.statuses
    }

    /// Follows a run on threads of their own.
    ///
    /// # Errors
    /// When there is no thread to be had.
    pub fn follow(self, views: Views) -> io::Result<Running> {
        let mut running = Running {
            push: None,
            samples: None,
        };
        if let Some(push) = self.push {
            let (end, ended) = oneshot::channel();
            let thread = thread::Builder::new().name("outputs".to_owned());
            let thread = thread.spawn(move || push::run(push, views, ended))?;
            running.push = Some((thread, end));
        }
        if let Some((writer, records, reporter)) = self.samples {
            let (end, ended) = oneshot::channel();
            let thread = thread::Builder::new().name("samples".to_owned());
            let of_thread = reporter.clone();
            let thread =
                thread.spawn(move || samples::write(writer, records, ended, &of_thread))?;
            running.samples = Some((thread, end, reporter));
        }
        Ok(running)
    }
}

type Thread = JoinHandle<io::Result<()>>;

/// Outputs at work.
pub struct Running {
    push: Option<(Thread, oneshot::Sender<Duration>)>,
    samples: Option<(Thread, oneshot::Sender<()>, OutputReporter)>,
}

impl Running {
    /// The run is over: the last figures are delivered, within this time; what cannot be is counted and said.
    pub fn finish(self, limit: Duration) {
        let until = Instant::now() + limit + MARGIN;
        // One that is gone has said why.
        let push = self.push.map(|(thread, end)| {
            let _ = end.send(limit);
            thread
        });
        let samples = self.samples.map(|(thread, end, reporter)| {
            let _ = end.send(());
            (thread, reporter)
        });
        if let Some(thread) = push {
            joined(thread, until, "metrics");
        }
        if let Some((thread, reporter)) = samples
            && !joined(thread, until, "samples")
        {
            let status = reporter.status();
            tracing::error!(
                "the disk of {} does not answer: samples are missing",
                status.destination
            );
        }
    }
}

/// Waits for a thread, and says why it ended before its time.
fn joined(thread: Thread, until: Instant, what: &str) -> bool {
    while !thread.is_finished() {
        if Instant::now() >= until {
            return false;
        }
        thread::sleep(Duration::from_millis(2));
    }
    if let Ok(Err(why)) = thread.join() {
        tracing::error!("the output of {what} could not work: {why}");
    }
    true
}
