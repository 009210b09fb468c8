//! A worker in a run: what it does when the coordinator orders something.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::cleanup;
use super::host::Host;
use super::options::WorkerOptions;
use super::place::Placed;
use super::sources::Sources;
use crate::cluster::error::ClusterError;
use crate::cluster::records::{
    Brief, CoordinatorMessage, Envelope, Notice, PROTOCOL, Part, WorkerMessage,
};
use crate::cluster::sequence::{Sequence, Turn};
use crate::cluster::wire;
use crate::engine::{Cleanup, Order, Report, RunStart, WorkerShards};
use crate::ledger::Ledger;
use crate::script::LeasePart;

/// How long an order may take to be fetched before there are users: no heartbeat is sent meanwhile, so it is shorter than
/// [`signs_of_life::FENCE`].
const FETCH_TO_START: Duration = Duration::from_secs(12);

/// How long it may take while there are users.
const FETCH: Duration = Duration::from_secs(4);

/// How long scripts may take to be fetched that are only to be tried.
const FETCH_TO_TRY: Duration = Duration::from_secs(3);

/// A worker in a run.
pub struct AtWork<'a> {
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
}

impl<'a> AtWork<'a> {
    pub fn new(
        sources: Sources,
        options: &'a WorkerOptions,
        placed: &'a Placed,
        (host, say): (&'a dyn Host, mpsc::UnboundedSender<WorkerMessage>),
    ) -> Self {
        Self {
            sources,
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
        }
    }

    /// Obeys a notice; whether the run is over. Meanwhile nothing else is done here, so it has its limit.
    pub async fn read_in_time(&mut self, body: &[u8]) -> Result<bool, ClusterError> {
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

    fn start(&mut self, brief: &Brief, start: &RunStart) -> Result<(), String> {
        let prepared = self.host.prepare(brief, start, self.part)?;
        self.ledger = Some(prepared.config.ledger.clone());
        self.cleanup = prepared.cleanup;
        self.report_reach(prepared.unreached);
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

    /// Says so where the target cannot be reached from here, once that is known: users begin all the same.
    fn report_reach(&self, unreached: oneshot::Receiver<String>) {
        let say = self.say.clone();
        tokio::spawn(async move {
            if let Ok(why) = unreached.await {
                let _ = say.send(WorkerMessage::Unreached { why });
            }
        });
    }

    /// Users begin at this moment of the coordinator's clock.
    fn begin(&mut self, unix_ns: u64) {
        let clock = self.placed.clock;
        let now = self.options.time_of_day() - i128::from(clock.ahead_ns);
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

    pub fn end_shards(&self) {
        self.broadcast(&Order::End);
    }

    /// Its users end before their time, which the run learns.
    pub fn leave(&self, why: String) {
        let _ = self.say.send(WorkerMessage::Leaves { why });
        self.end_shards();
    }
}
