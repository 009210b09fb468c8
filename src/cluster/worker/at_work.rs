//! A worker in a run: what it does when the coordinator orders something.

mod begin;
mod end;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::departures::Gates;
use super::host::Host;
use super::options::WorkerOptions;
use super::place::Placed;
use super::sources::Sources;
use crate::cluster::error::ClusterError;
use crate::cluster::records::{
    CoordinatorMessage, Envelope, FIRST_EPOCH, Notice, PROTOCOL, Part, WorkerMessage,
};
use crate::cluster::sequence::{Sequence, Turn};
use crate::cluster::wire;
use crate::engine::{Cleanup, Order, Report, WorkerShards};
use crate::ledger::Ledger;
use crate::metrics::MachineMeter;

/// How long an order may take to be fetched before there are users: no heartbeat is sent meanwhile, so it is shorter
/// than [`FENCE`](crate::cluster::failure_detector::FENCE).
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
    /// That of the coordinator that was heard of last.
    pub epoch: u64,
    /// That of the last order.
    orders_epoch: u64,
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
    /// Why the run could not begin here.
    pub cannot_start: Option<String>,
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
            orders_epoch: FIRST_EPOCH,
            part: Part::default(),
            own_rates: Vec::new(),
            shards: None,
            reporting: None,
            hands_over: false,
            is_dismissed: false,
            cannot_start: None,
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
            let why = format!("it did not arrive within {:.1} s", limit.as_secs_f64());
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
        // Orders of the coordinator before may still be on their way when the next one is heard of.
        if epoch < self.orders_epoch {
            return Ok(false);
        }
        self.orders_epoch = epoch;
        if epoch > self.epoch {
            self.follows(epoch);
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
            tracing::info!("another coordinator has taken over the run (epoch {epoch})");
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
            CoordinatorMessage::Rows { to, what } => {
                if to.is_none_or(|to| to == self.placed.incarnation) {
                    self.sources.on_rows(what);
                }
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
            // The first sources that it has are those it starts with.
            return fault("it has not started yet; save again".to_owned());
        }
        let limit = self.options.clock.real_span(FETCH_TO_TRY);
        match tokio::time::timeout(limit, self.sources.bundle(digest)).await {
            Ok(Ok(bundle)) => self.host.check(&bundle),
            Ok(Err(why)) => fault(why.to_string()),
            Err(_) => fault("they did not arrive in time; save again".to_owned()),
        }
    }

    /// The number of the last notice that was obeyed.
    pub fn obeyed(&self) -> u64 {
        self.notices.last()
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
    use CoordinatorMessage::{Clean, Close, Join, Leave, Rows};
    matches!(
        what,
        Join { .. } | Leave { .. } | Rows { .. } | Clean | Close
    )
}
