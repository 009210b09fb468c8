//! A worker in a run: what it does when the coordinator orders something.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::cleanup;
use super::departures::Gates;
use super::host::Host;
use super::options::WorkerOptions;
use super::place::Placed;
use super::sources::Sources;
use crate::cluster::error::ClusterError;
use crate::cluster::records::{
    Brief, CoordinatorMessage, Digests, Envelope, FIRST_EPOCH, Notice, PROTOCOL, Part,
    WorkerMessage,
};
use crate::cluster::sequence::{Sequence, Turn};
use crate::cluster::wire;
use crate::engine::{Cleanup, Order, Report, RunStart, WorkerShards};
use crate::ledger::Ledger;
use crate::metrics::MachineMeter;
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
    gates: Gates,
    sources: Sources,
    options: &'a WorkerOptions,
    placed: &'a Placed,
    host: &'a dyn Host,
    say: mpsc::UnboundedSender<WorkerMessage>,
    notices: Sequence,
    /// That of the coordinator whose orders are obeyed.
    pub epoch: u64,
    part: Part,
    /// What each of its shards has of the rate before others lend it something.
    own_rates: Vec<Option<u64>>,
    /// Once the run has started here.
    shards: Option<WorkerShards>,
    /// Passes on what they report, until the last of them has ended.
    reporting: Option<JoinHandle<()>>,
    /// Whether others may have its users when it is stopped.
    hands_over: bool,
    /// Whether the coordinator lets it go.
    pub is_dismissed: bool,
    ledger: Option<Ledger>,
    cleanup: Option<Cleanup>,
    end_cleanup: Option<oneshot::Sender<()>>,
    /// A coordinator that takes the run over may ask for it again.
    has_begun_cleaning: bool,
    /// It ends with the clean-up.
    cleaning: Option<oneshot::Receiver<()>>,
    machine: MachineMeter,
}

impl<'a> AtWork<'a> {
    pub fn new(
        sources: Sources,
        options: &'a WorkerOptions,
        placed: &'a Placed,
        (host, say): (&'a dyn Host, mpsc::UnboundedSender<WorkerMessage>),
        gates: Gates,
    ) -> Self {
        Self {
            gates,
            sources,
            options,
            placed,
            host,
            say,
            notices: Sequence::default(),
            epoch: FIRST_EPOCH,
            part: Part::default(),
            own_rates: Vec::new(),
            shards: None,
            reporting: None,
            hands_over: false,
            is_dismissed: false,
            ledger: None,
            cleanup: None,
            end_cleanup: None,
            has_begun_cleaning: false,
            cleaning: None,
            machine: MachineMeter::new(),
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
        let Notice { v, n, epoch, what } = notice;
        if v != PROTOCOL {
            return Err(unread(format!("it is of protocol {v}")));
        }
        if !self.follows(epoch) {
            return Ok(false);
        }
        match self.notices.take(n) {
            Turn::Next => self.obey(what).await,
            Turn::Duplicate => Ok(false),
            // What was ordered before it came is nothing to it, and may be gone.
            Turn::After(_) if self.placed.is_late && self.shards.is_none() => self.obey(what).await,
            Turn::After(missing) => Err(unread(format!("{missing} before it are missing"))),
        }
    }

    /// Whether what a coordinator of this epoch says counts: that of an earlier one leads the run no more.
    pub fn follows(&mut self, epoch: u64) -> bool {
        if epoch > self.epoch {
            tracing::info!("the run has another coordinator from now on: epoch {epoch}");
            self.epoch = epoch;
        }
        epoch == self.epoch
    }

    async fn obey(&mut self, what: CoordinatorMessage) -> Result<bool, ClusterError> {
        let is_before = self.placed.is_late && self.shards.is_none();
        if is_before && !concerns_all(&what) {
            // It begins with what came of it.
            return Ok(false);
        }
        match what {
            CoordinatorMessage::Start {
                parts,
                incarnations,
                hands_over,
                brief,
                start,
                bundles,
            } => {
                // Who had the place before is gone, and so is what it began with.
                if incarnations.get(self.placed.index) == Some(&self.placed.incarnation) {
                    let part = parts.get(self.placed.index).copied();
                    self.hands_over = hands_over;
                    self.start_with(part.unwrap_or_default(), &brief, start, bundles)
                        .await?;
                }
            }
            CoordinatorMessage::Join {
                part,
                incarnation,
                hands_over,
                brief,
                start,
                bundles,
                unix_ns,
                before,
            } => {
                if incarnation == self.placed.incarnation && self.shards.is_some() {
                    // A coordinator that took the run over does not know that it had joined already.
                    let (before, now) = (self.part, part);
                    if before == now {
                        (0..now.threads).for_each(|_| self.report(Report::Ready));
                    } else {
                        self.leave(format!("worker {} has another part", self.options.name));
                    }
                } else if incarnation == self.placed.incarnation {
                    self.hands_over = hands_over;
                    self.start_with(part, &brief, start, bundles).await?;
                    self.begin(unix_ns);
                    before.iter().for_each(|order| self.broadcast(order));
                }
            }
            CoordinatorMessage::Leave { incarnation } => {
                self.is_dismissed |= incarnation == self.placed.incarnation;
            }
            CoordinatorMessage::Begin { unix_ns } => {
                if let Some(late) = self.begin(unix_ns) {
                    let late_us = u64::try_from(late.as_micros()).unwrap_or(u64::MAX);
                    let _ = self.say.send(WorkerMessage::Began { late_us });
                }
            }
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

    /// Starts the shards of a part; what keeps them from it is reported.
    async fn start_with(
        &mut self,
        part: Part,
        brief: &Brief,
        mut start: Box<RunStart>,
        bundles: Digests,
    ) -> Result<(), ClusterError> {
        self.part = part;
        self.sources.part = LeasePart {
            first: part.first,
            count: part.threads,
            of: start.plan.shards,
        };
        let roster = self.sources.of_roster((*start.roster).clone(), bundles);
        start.roster = Arc::new(roster.await?);
        if let Err(why) = self.start(brief, &start) {
            let why = format!("worker {}: {why}", self.options.name);
            let shard = part.first;
            self.report(Report::Failed { shard, why });
        }
        Ok(())
    }

    fn start(&mut self, brief: &Brief, start: &RunStart) -> Result<(), String> {
        let mut prepared = self.host.prepare(brief, start, self.part)?;
        self.ledger = Some(prepared.config.ledger.clone());
        self.report_reach(prepared.unreached);
        let range = self.part.first..self.part.first + self.part.threads;
        let gates = range.clone().enumerate();
        prepared.config.departures = gates
            .map(|(way, shard)| (shard, self.gates.of(way)))
            .collect();
        self.cleanup = prepared.cleanup.map(|mut cleanup| {
            let own = self.gates.of(self.part.threads);
            cleanup.http = cleanup.http.with_departures(Some(own));
            cleanup
        });
        let started = WorkerShards::start(&prepared.config, start, range);
        let (shards, mut reports) = started.map_err(|why| why.to_string())?;
        let say = self.say.clone();
        self.reporting = Some(tokio::spawn(async move {
            while let Some(report) = reports.recv().await {
                let _ = say.send(WorkerMessage::Report(report));
            }
        }));
        let rate = |shard| start.quotas.get(shard).and_then(|(rate, _)| *rate);
        let shards_of_part = self.part.first..self.part.first + self.part.threads;
        self.own_rates = shards_of_part.map(rate).collect();
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

    /// Users begin at this moment of the coordinator's clock; gives how late that is, at most.
    fn begin(&mut self, unix_ns: u64) -> Option<Duration> {
        let clock = self.placed.clock;
        let now = self.options.time_of_day() - i128::from(clock.ahead_ns);
        let ahead = i128::from(unix_ns) - now;
        let nanoseconds = |count: i128| Duration::from_nanos(u64::try_from(count).unwrap_or(0));
        let at = Instant::now() + nanoseconds(ahead) - nanoseconds(-ahead);
        let at = self.options.clock.at_real(at);
        self.shards.as_mut()?.begin(at.into_std());
        Some(nanoseconds(-ahead) + Duration::from_nanos(clock.error_ns))
    }

    /// The number of the last notice that was obeyed.
    pub fn obeyed(&self) -> u64 {
        self.notices.last()
    }

    /// Whether it has users that others may have when it is stopped.
    pub fn may_hand_over(&self) -> bool {
        self.hands_over && self.reporting.as_ref().is_some_and(|of| !of.is_finished())
    }

    /// Asks that others have its users.
    pub fn hand_over(&self, why: String) {
        let _ = self.say.send(WorkerMessage::HandsOver { why });
    }

    /// Ends once its shards have ended.
    async fn shards_ended(&mut self) {
        if let Some(reporting) = &mut self.reporting {
            let _ = reporting.await;
            self.reporting = None;
        }
    }

    /// Ends what its users do: their requests, or everything.
    pub fn cut(&self, everything: bool) {
        if everything {
            return self.end_shards();
        }
        self.broadcast(&Order::Drain);
        self.broadcast(&Order::CancelSteps);
    }

    /// Waits for the end of its shards, or then of a clean-up under way.
    pub async fn ended(&mut self, have_shards_ended: bool) {
        if !have_shards_ended {
            return self.shards_ended().await;
        }
        if let Some(cleaning) = &mut self.cleaning {
            let _ = cleaning.await;
            self.cleaning = None;
        }
    }

    pub fn clean(&mut self) {
        if std::mem::replace(&mut self.has_begun_cleaning, true) {
            return;
        }
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
        match begun {
            Ok(cleaning) => self.cleaning = Some(cleaning),
            Err(why) => {
                tracing::error!("nothing is deleted: no thread for it: {why}");
                let left = BTreeMap::new();
                self.report(Report::Cleaned { left });
            }
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

    /// Reports what its machine says of itself, while there are shards.
    pub fn report_machine(&mut self) {
        if self.shards.is_some() {
            let (shard, report) = (self.part.first, Box::new(self.machine.look()));
            self.report(Report::Machine { shard, report });
        }
    }

    /// Its shards use no more of the rate than their own parts, for what others lent has ended; or it holds again.
    pub fn end_leases(&self, is_ended: bool) {
        let Some(shards) = &self.shards else {
            return;
        };
        for (shard, own) in (self.part.first..).zip(&self.own_rates) {
            let ceiling = own.filter(|_| is_ended);
            shards.send(shard, Order::RateCeiling(ceiling));
        }
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

/// Whether a worker that does not take part yet is to hear of it, too.
fn concerns_all(what: &CoordinatorMessage) -> bool {
    use CoordinatorMessage::{Clean, Close, Join, Leave};
    matches!(what, Join { .. } | Leave { .. } | Clean | Close)
}
