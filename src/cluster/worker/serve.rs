//! One run of a worker: obeys what the coordinator tells, until the run is over or nobody is heard of any more.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::cleanup;
use super::host::{Host, Stop};
use super::options::WorkerOptions;
use super::place::Placed;
use super::reporter::{Declared, Reporter};
use super::sources::Sources;
use crate::cluster::error::ClusterError;
use crate::cluster::nats::{Nats, Objects, Ordered, Publisher, Stores};
use crate::cluster::records::{
    Beacon, CoordinatorMessage, Envelope, Heartbeat, Notice, PROTOCOL, Part, WorkerMessage,
};
use crate::cluster::sequence::{Sequence, Turn};
use crate::cluster::time_of_day::time_of_day;
use crate::cluster::{signs_of_life, wire};
use crate::engine::{Cleanup, Order, Report, RunStart, WorkerShards};
use crate::ledger::Ledger;
use crate::script::LeasePart;

/// How long the last words may take to reach the server.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// How long what is still to be sent may take after that.
const FLUSH: Duration = Duration::from_secs(2);

/// How long an order may take to be fetched before there are users: no heartbeat is sent meanwhile, so it is shorter than
/// [`signs_of_life::FENCE`].
const FETCH_TO_START: Duration = Duration::from_secs(12);

/// How long it may take while there are users.
const FETCH: Duration = Duration::from_secs(4);

/// How long scripts may take to be fetched that are only to be tried.
const FETCH_TO_TRY: Duration = Duration::from_secs(3);

/// How a run ended for a worker.
pub enum Served {
    /// It is over.
    Over,
    /// The worker was stopped.
    Stopped,
}

/// A worker in a run.
struct AtWork<'a> {
    sources: Sources,
    options: &'a WorkerOptions,
    placed: &'a Placed,
    host: &'a dyn Host,
    say: mpsc::UnboundedSender<WorkerMessage>,
    notices: Sequence,
    part: Part,
    /// Once the run has started here.
    shards: Option<WorkerShards>,
    ledger: Option<Ledger>,
    cleanup: Option<Cleanup>,
    end_cleanup: Option<oneshot::Sender<()>>,
    /// When it came into the run; and when the last heartbeat that was acknowledged was sent, since then.
    came: Instant,
    acknowledged: Duration,
    is_fenced: bool,
}

/// Until the run is over.
pub async fn serve(
    nats: &Nats,
    stores: &Stores,
    options: &WorkerOptions,
    placed: &Placed,
    host: &dyn Host,
    stop: &mut Stop<'_>,
) -> Result<Served, ClusterError> {
    let names = &placed.names;
    let subscribe = nats.client.subscribe(names.beacon());
    let mut beacons = nats.ask("subscription", subscribe).await?;
    let mut orders = Ordered::of(nats, &stores.orders, names.orders()).await?;
    let (say, said) = mpsc::unbounded_channel();
    let declared = Declared::default();
    let subject = names.results_of(placed.index, &placed.incarnation);
    let reporter = Reporter {
        publisher: Publisher::new(nats.clone(), stores.results.clone(), subject),
        said,
        declared: Arc::clone(&declared),
        id: format!("{}/{}/{}", names.0, placed.index, placed.incarnation),
    };
    let mut reporting = tokio::spawn(reporter.run());
    let mut work = AtWork {
        sources: Sources::new(Objects::new(nats.clone(), stores.bundles.clone())),
        options,
        placed,
        host,
        say,
        notices: Sequence::default(),
        part: Part::default(),
        shards: None,
        ledger: None,
        cleanup: None,
        end_cleanup: None,
        came: Instant::now(),
        acknowledged: Duration::ZERO,
        is_fenced: false,
    };
    let clock = options.clock;
    let mut second = tokio::time::interval(clock.real_span(signs_of_life::HEARTBEAT));
    let served = loop {
        tokio::select! {
            Some((_, body)) = orders.next() => {
                match work.read_in_time(&body).await {
                    Ok(true) => break Ok(Served::Over),
                    Ok(false) => {}
                    Err(why) => {
                        work.leave(format!("worker {}: {why}", options.name));
                        break Err(why);
                    }
                }
            }
            Some(message) = beacons.next() => work.on_beacon(&message.payload),
            _ = second.tick() => {
                let beat = work.heartbeat(declared.load(Ordering::Relaxed));
                if let Ok(beat) = serde_json::to_vec(&beat) {
                    let subject = names.heartbeat_of(placed.index);
                    let _ = nats.client.publish(subject, beat.into()).await;
                }
                if work.is_abandoned() {
                    break Err(ClusterError::CoordinatorGone(names.0.clone()));
                }
            }
            ended = &mut reporting => {
                work.end_shards();
                return match ended {
                    Ok(Err(why)) => Err(why),
                    _ => Err(ClusterError::Machine("the reports of the run broke off".to_owned())),
                };
            }
            () = &mut *stop => {
                work.leave(format!("worker {} was stopped", options.name));
                break Ok(Served::Stopped);
            }
        }
    };
    drop(work);
    // What was said goes out, if the server takes it in time.
    let said = tokio::time::timeout(LAST_WORDS, &mut reporting).await;
    if said.is_err() {
        reporting.abort();
    }
    let _ = tokio::time::timeout(FLUSH, nats.client.flush()).await;
    served
}

impl AtWork<'_> {
    /// Obeys a notice; whether the run is over. Meanwhile nothing else is done here, so it has its limit.
    async fn read_in_time(&mut self, body: &[u8]) -> Result<bool, ClusterError> {
        let limit = match self.shards {
            Some(_) => FETCH,
            None => FETCH_TO_START,
        };
        let limit = self.options.clock.real_span(limit);
        let read = tokio::time::timeout(limit, self.read(body)).await;
        read.unwrap_or_else(|_| {
            let why = format!("it was not there within {:.1} s", limit.as_secs_f64());
            Err(ClusterError::failed("an order cannot be fetched", why))
        })
    }

    /// Obeys a notice; whether the run is over.
    async fn read(&mut self, body: &[u8]) -> Result<bool, ClusterError> {
        let unread = |why| ClusterError::failed("an order cannot be read", why);
        let envelope: Envelope = wire::decode(body).map_err(unread)?;
        let notice = match envelope {
            Envelope::Here(notice) => notice,
            Envelope::Object(digest) => {
                let bytes = self.sources.objects.get(&digest).await?;
                match wire::decode(&bytes).map_err(unread)? {
                    Envelope::Here(notice) => notice,
                    Envelope::Object(_) => {
                        return Err(unread("an object that is in an object".to_owned()));
                    }
                }
            }
        };
        let Notice { v, n, what } = notice;
        if v != PROTOCOL {
            return Err(unread(format!("it is of protocol {v}")));
        }
        match self.notices.take(n) {
            Turn::Next => self.obey(what).await,
            Turn::Duplicate => Ok(false),
            Turn::After(missing) => Err(unread(format!("{missing} before it are missing"))),
        }
    }

    async fn obey(&mut self, what: CoordinatorMessage) -> Result<bool, ClusterError> {
        match what {
            CoordinatorMessage::Start {
                parts,
                brief,
                mut start,
                bundles,
            } => {
                let part = parts.get(self.placed.index).copied();
                self.part = part.unwrap_or_default();
                self.sources.part = LeasePart {
                    first: self.part.first,
                    count: self.part.threads,
                    of: start.plan.shards,
                };
                let roster = self.sources.of_roster((*start.roster).clone(), bundles);
                let roster = roster.await?;
                start.roster = Arc::new(roster);
                if let Err(why) = self.start(&brief, &start) {
                    let why = format!("worker {}: {why}", self.options.name);
                    let shard = self.part.first;
                    self.report(Report::Failed { shard, why });
                }
            }
            CoordinatorMessage::Begin { unix_ns } => self.begin(unix_ns),
            CoordinatorMessage::One(shard, order) => {
                if let Some(shards) = &self.shards {
                    shards.send(shard, order);
                }
            }
            CoordinatorMessage::All(order) => self.broadcast(&order),
            CoordinatorMessage::Roster { roster, bundles } => {
                let roster = self.sources.of_roster(roster, bundles).await?;
                self.broadcast(&Order::Roster(Arc::new(roster)));
            }
            CoordinatorMessage::Stage { ticket, digest } => {
                let faults = self.try_scripts(&digest).await;
                let place = |place| format!("worker {}: {place}", self.options.name);
                let faults = faults.into_iter().map(|(at, why)| (place(at), why));
                let faults = faults.collect();
                let _ = self.say.send(WorkerMessage::Staged { ticket, faults });
            }
            CoordinatorMessage::Clean => self.clean(),
            CoordinatorMessage::EndCleanup => {
                if let Some(end) = self.end_cleanup.take() {
                    let _ = end.send(());
                }
            }
            CoordinatorMessage::Close => return Ok(true),
        }
        Ok(false)
    }

    /// Tries the scripts of this digest: place and cause of each fault.
    async fn try_scripts(&mut self, digest: &str) -> Vec<(String, String)> {
        let fault = |why: String| vec![("the scripts".to_owned(), why)];
        if self.shards.is_none() {
            // The first sources that it has are those it starts with: they say which rows of data files are its own.
            return fault("it has not begun yet; save again".to_owned());
        }
        let limit = self.options.clock.real_span(FETCH_TO_TRY);
        match tokio::time::timeout(limit, self.sources.bundle(digest)).await {
            Ok(Ok(bundle)) => self.host.check(&bundle),
            Ok(Err(why)) => fault(why.to_string()),
            Err(_) => fault("they were not there in time; save again".to_owned()),
        }
    }

    fn start(
        &mut self,
        brief: &crate::cluster::records::Brief,
        start: &RunStart,
    ) -> Result<(), String> {
        let prepared = self.host.prepare(brief, start, self.part)?;
        self.ledger = Some(prepared.config.ledger.clone());
        self.cleanup = prepared.cleanup;
        let range = self.part.first..self.part.first + self.part.threads;
        let started = WorkerShards::start(&prepared.config, start, range);
        let (shards, mut reports) = started.map_err(|why| why.to_string())?;
        let say = self.say.clone();
        tokio::spawn(async move {
            while let Some(report) = reports.recv().await {
                let _ = say.send(WorkerMessage::Report(report));
            }
        });
        self.shards = Some(shards);
        Ok(())
    }

    /// Users begin at this moment of the coordinator's clock.
    fn begin(&mut self, unix_ns: u64) {
        let clock = self.placed.clock;
        let now = i128::from(time_of_day()) - i128::from(clock.ahead_ns);
        let ahead = i128::from(unix_ns) - now;
        let nanoseconds = |count: i128| Duration::from_nanos(u64::try_from(count).unwrap_or(0));
        let at = Instant::now() + nanoseconds(ahead) - nanoseconds(-ahead);
        let at = self.options.clock.at_real(at);
        if let Some(shards) = &mut self.shards {
            shards.begin(at.into_std());
        }
        let late = nanoseconds(-ahead) + Duration::from_nanos(clock.error_ns);
        let late_us = u64::try_from(late.as_micros()).unwrap_or(u64::MAX);
        let _ = self.say.send(WorkerMessage::Began { late_us });
    }

    fn clean(&mut self) {
        let Some(ledger) = self.ledger.take() else {
            let left = BTreeMap::new();
            return self.report(Report::Cleaned { left });
        };
        let (end, over) = oneshot::channel();
        self.end_cleanup = Some(end);
        let begun = cleanup::begin(
            self.cleanup.take(),
            ledger,
            self.part.first,
            self.say.clone(),
            over,
        );
        if let Err(why) = begun {
            tracing::error!("nothing is deleted: no thread for it: {why}");
            let left = BTreeMap::new();
            self.report(Report::Cleaned { left });
        }
    }

    fn broadcast(&self, order: &Order) {
        if let Some(shards) = &self.shards {
            shards.broadcast(order);
        }
    }

    fn report(&self, report: Report) {
        let _ = self.say.send(WorkerMessage::Report(report));
    }

    /// The time since it came into the run, by the run's clock.
    fn now(&self) -> Duration {
        self.options.clock.span_of_real(self.came.elapsed())
    }

    fn heartbeat(&self, declared: u64) -> Heartbeat {
        Heartbeat {
            incarnation: self.placed.incarnation.clone(),
            declared,
            sent_ns: u64::try_from(self.now().as_nanos()).unwrap_or(u64::MAX),
        }
    }

    fn on_beacon(&mut self, body: &[u8]) {
        let beacon = serde_json::from_slice::<Beacon>(body).unwrap_or_default();
        if let Some(sent) = beacon.heard.get(&self.placed.incarnation) {
            // The first beacons after the gathering know of no heartbeat yet: what was acknowledged before them holds.
            self.acknowledged = self.acknowledged.max(Duration::from_nanos(*sent));
        }
    }

    /// Stops its users once nobody acknowledged a heartbeat for too long; whether the coordinator is given up.
    fn is_abandoned(&mut self) -> bool {
        let age = self.now().saturating_sub(self.acknowledged);
        if signs_of_life::is_fenced(age) && !self.is_fenced {
            tracing::error!(
                "the coordinator of run {} was not heard of for {} s: users stop",
                self.placed.names.0,
                signs_of_life::FENCE.as_secs()
            );
            self.is_fenced = true;
            self.leave(format!(
                "worker {} was cut off for {} s",
                self.options.name,
                signs_of_life::FENCE.as_secs()
            ));
        }
        signs_of_life::of(age) == signs_of_life::Silence::Lost
    }

    fn end_shards(&self) {
        self.broadcast(&Order::End);
    }

    /// Its users end before their time, which the run learns.
    fn leave(&self, why: String) {
        let _ = self.say.send(WorkerMessage::Leaves { why });
        self.end_shards();
    }
}
