//! The workers of a run: what they say, and what follows from it for the run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::checkpoints::LinkState;
use super::dispatcher::Dispatch;
use super::division::Division;
use super::members::{self, Tracked};
use super::options::{OnLoss, Options};
use super::pods::PodPlaces;
use super::rows::Rows;
use super::trials::{Staging, Trials};
use crate::cluster::records::{Beacon, Delta, Heartbeat, PROTOCOL, WorkerMessage};
use crate::cluster::{failure_detector, wire};
use crate::engine::Report;
use crate::metrics::WorkerState;
use crate::script::Bundle;

/// The channels for reports to the run and for orders to workers.
pub type Senders = (
    mpsc::UnboundedSender<Report>,
    mpsc::UnboundedSender<Dispatch>,
);

/// The workers of a run.
pub struct Workers {
    pub members: Vec<Tracked>,
    pub(super) options: Options,
    reports: mpsc::UnboundedSender<Report>,
    /// Orders to them.
    dispatch: mpsc::UnboundedSender<Dispatch>,
    /// How many notices there were.
    sent: u64,
    started: Instant,
    trials: Trials,
    pub(super) division: Division,
    /// The number of the notice that was last done to the run.
    last_command: u64,
    /// How many there shall be.
    pub(super) wanted: usize,
    /// Whether others are called for where there are fewer.
    pub(super) recruits: bool,
    /// How many that came were refused.
    pub refused: u64,
    /// Whether they were divided again since this was looked at: another coordinator has to know.
    pub has_divided: bool,
    /// Whether the run ends: nobody joins it any more.
    pub is_ending: bool,
    /// The place of the last record in the stream of results.
    pub(super) sequence: u64,
    /// Whether their clean-up has begun.
    is_cleaning: bool,
    /// Who cannot reach the target.
    unreached: BTreeSet<usize>,
    pub(super) rows: Rows,
    pub(super) pods: PodPlaces,
}

impl Workers {
    pub fn new(
        members: Vec<Tracked>,
        options: Options,
        (reports, dispatch): Senders,
        sent: u64,
    ) -> Self {
        Self {
            division: Division::first(&members),
            wanted: members.len(),
            recruits: options.on_loss == OnLoss::Reassign,
            is_ending: false,
            has_divided: false,
            refused: 0,
            last_command: 0,
            members,
            pods: PodPlaces::new(options.pods.clone(), BTreeSet::new()),
            options,
            reports,
            dispatch,
            sent,
            started: Instant::now(),
            trials: Trials::default(),
            sequence: 0,
            is_cleaning: false,
            unreached: BTreeSet::new(),
            rows: Rows::default(),
        }
    }

    /// The same of a run that another coordinator led, after so many notices: nobody is given up for some time from
    /// now on.
    pub fn resume(state: LinkState, options: Options, senders: Senders, sent: u64) -> Self {
        let pods = PodPlaces::new(options.pods.clone(), state.used_places);
        let new = Self::new(state.workers, options, senders, sent);
        Self {
            pods,
            division: state.division.unwrap_or(new.division),
            wanted: state.wanted,
            recruits: state.recruits,
            is_ending: state.is_cleaning,
            is_cleaning: state.is_cleaning,
            sequence: state.sequence,
            ..new
        }
    }

    /// How they stand after the last record that was taken.
    pub fn state(&self) -> LinkState {
        LinkState {
            sequence: self.sequence,
            workers: self.members.clone(),
            division: Some(self.division.clone()),
            wanted: self.wanted,
            recruits: self.recruits,
            is_cleaning: self.is_cleaning,
            used_places: self.pods.used(),
        }
    }

    /// The time since it began, by the run's clock.
    pub(super) fn now(&self) -> Duration {
        self.options.clock.span_of_real(self.started.elapsed())
    }

    /// Sends all workers an order.
    pub fn send(&mut self, what: Dispatch) {
        self.sent += 1;
        if what.is_control() {
            self.last_command = self.sent;
        }
        self.note_sources(&what);
        let _ = self.dispatch.send(what);
    }

    pub(super) fn report(&self, report: Report) {
        let _ = self.reports.send(report);
    }

    pub fn is_over(&self, closing: Option<Instant>) -> bool {
        closing.is_some_and(|until| {
            let settled = |one: &Tracked| one.is_over() && !one.is_awaited();
            Instant::now() >= until || self.members.iter().all(settled)
        })
    }

    fn publish(&self) {
        let view = Box::new(members::view(&self.members, self.wanted, self.last_command));
        let _ = self.reports.send(Report::Cluster(view));
    }

    /// What workers learn each second; the server has notices up to `ordered`.
    pub fn beacon(&self, epoch: u64, ordered: u64) -> Beacon {
        let heard = |one: &Tracked| (one.member.incarnation.clone(), one.sent_ns);
        Beacon {
            epoch,
            ordered,
            heard: self.members.iter().map(heard).collect(),
        }
    }

    /// Looks who is silent.
    pub fn look(&mut self) {
        let now = self.now();
        for index in 0..self.members.len() {
            if let Some(open) = self.members[index].look(now) {
                let name = &self.members[index].member.name;
                let seconds = failure_detector::LOST.as_secs();
                let why = format!("worker {name} is lost: no heartbeat for {seconds} s");
                self.on_lost(index, &open, &why);
            }
            if self.members[index].is_silent(now) {
                self.free_rows(index);
            }
        }
        self.dismiss_surplus();
        self.publish();
    }

    /// The run is over: who has not said so by now may have counted more.
    pub fn end(&mut self) {
        for member in self.members.iter_mut().filter(|one| !one.is_over()) {
            let name = &member.member.name;
            tracing::warn!("worker {name} did not send its last report: it counts as lost");
            for shard in member.lose() {
                let _ = self.reports.send(Report::Lost { shard });
            }
        }
        self.publish();
    }

    /// The clean-up of the workers begins.
    pub fn begin_cleaning(&mut self) {
        self.is_cleaning = true;
        self.is_ending = true;
        for index in 0..self.members.len() {
            if self.members[index].has_cleaned {
                // It has left, and its own was deleted then.
                let left = BTreeMap::new();
                self.report(Report::Cleaned { left });
            }
            self.clean_for(index);
        }
    }

    /// A worker of which nothing more is expected leaves what it created: nobody waits for its clean-up.
    pub(super) fn clean_for(&mut self, index: usize) {
        let member = &mut self.members[index];
        let is_over = member.is_over() && member.is_admitted;
        if self.is_cleaning && is_over && !member.has_cleaned {
            member.has_cleaned = true;
            let left = BTreeMap::new();
            let _ = self.reports.send(Report::Cleaned { left });
        }
    }

    /// A worker is lost, with these shards.
    pub(super) fn on_lost(&mut self, index: usize, open: &[usize], why: &str) {
        let name = self.members[index].member.name.clone();
        if !self.members[index].is_admitted {
            return tracing::warn!("{why}; it had not joined the run yet");
        }
        tracing::warn!(
            "what worker {name} created is in the ledger on its machine: throng cleanup there \
             deletes it"
        );
        if self.options.on_loss == OnLoss::Degrade {
            tracing::warn!("{why}; the run goes on without its users");
        }
        let reassigns = self.options.on_loss == OnLoss::Reassign && !self.is_ending;
        // Who has them next is settled before they are free: else the run would be over for a moment.
        let is_over = match reassigns {
            true => !self.divide(),
            false => self.options.on_loss == OnLoss::Abort,
        };
        if reassigns && !is_over {
            tracing::warn!("{why}; other workers take over its users");
        }
        for (place, shard) in open.iter().enumerate() {
            let shard = *shard;
            let report = match place {
                0 if is_over => Report::Failed {
                    shard,
                    why: why.to_owned(),
                },
                _ => Report::Lost { shard },
            };
            let _ = self.reports.send(report);
        }
        self.clean_for(index);
        self.trials.lost(index, &name);
        // One that says that it leaves has users until its last record.
        if !self.members[index].is_awaited() {
            self.free_rows(index);
        }
    }

    pub fn on_heartbeat(&mut self, subject: &str, body: &[u8]) {
        let Ok(beat) = serde_json::from_slice::<Heartbeat>(body) else {
            return;
        };
        let now = self.now();
        let place = subject.rsplit('.').next();
        if let Some(index) = self.at(place, Some(&beat.incarnation)) {
            let member = &mut self.members[index];
            member.heard = now;
            member.sent_ns = member.sent_ns.max(beat.sent_ns);
            member.obeyed = beat.obeyed;
            member.declares(beat.declared, beat.sent);
            if beat.remains {
                member.remains();
            }
        }
    }

    /// Who has, or had, this place of the run as this incarnation.
    fn at(&self, place: Option<&str>, incarnation: Option<&str>) -> Option<usize> {
        let place = place?.parse::<usize>().ok()?;
        let is_it = |one: &Tracked| {
            one.place == place && Some(one.member.incarnation.as_str()) == incarnation
        };
        self.members.iter().position(is_it)
    }

    pub fn on_record(&mut self, subject: &str, body: &[u8], place: u64) {
        self.sequence = self.sequence.max(place);
        let mut words = subject.rsplit('.');
        let (incarnation, place) = (words.next(), words.next());
        let now = self.now();
        let Some(index) = self.at(place, incarnation) else {
            return tracing::debug!("a record of nobody who takes part: {subject}");
        };
        let member = &mut self.members[index];
        let delta = match wire::decode::<Delta>(body) {
            Ok(delta) if delta.v == PROTOCOL => delta,
            Ok(delta) => {
                return tracing::error!("a record of protocol {} is not read", delta.v);
            }
            Err(why) => {
                return tracing::error!(
                    "a record of worker {} cannot be read: {why}",
                    member.member.name
                );
            }
        };
        if !member.take(delta.n, delta.declared, delta.last) {
            return;
        }
        member.heard = now;
        for said in delta.said {
            match said {
                WorkerMessage::Report(Report::Failed { why, .. })
                    if self.members[index].joins.is_some_and(|left| left > 0) =>
                {
                    self.on_cannot_join(index, &why);
                }
                WorkerMessage::Report(report) => {
                    if self.members[index].note(&report) {
                        let _ = self.reports.send(report);
                    }
                    if self.members[index].has_joined() && !self.is_ending {
                        self.divide();
                    }
                }
                WorkerMessage::Began { late_us } => {
                    self.members[index].began(Duration::from_micros(late_us));
                }
                WorkerMessage::Staged { ticket, faults } => {
                    self.trials.answered(ticket, index, faults);
                }
                WorkerMessage::Rows(request) => self.on_rows(index, request),
                WorkerMessage::Unreached { why } => self.on_unreached(index, &why),
                WorkerMessage::HandsOver { why } => self.on_hands_over(index, &why),
                WorkerMessage::Leaves { why } => self.on_leaves(index, &why),
            }
        }
        if delta.last && self.members[index].state != WorkerState::Lost {
            let member = &mut self.members[index];
            member.state = if member.is_cut_off {
                WorkerState::Lost
            } else if member.is_leaving && !self.is_cleaning {
                WorkerState::Left
            } else {
                WorkerState::Done
            };
            // Of a process that was killed another one says the last words: its shards have not ended, they are gone.
            if self.members[index].is_admitted {
                for shard in self.members[index].take_open() {
                    let _ = self.reports.send(Report::Lost { shard });
                }
            }
            self.clean_for(index);
            self.trials.gone(index);
        }
        if delta.last {
            self.free_rows(index);
        }
    }

    /// The users of a worker are gone before their time; its last record follows.
    fn on_leaves(&mut self, index: usize, why: &str) {
        let member = &mut self.members[index];
        if member.is_over() {
            return;
        }
        member.ends();
        if self.options.on_loss == OnLoss::Reassign && !self.is_ending {
            // Its shards end, and say so: nobody has their users before that.
            member.is_cut_off = true;
            if self.divide() {
                return tracing::warn!("{why}; other workers take over its users");
            }
        }
        let open = self.members[index].lose();
        self.on_lost(index, &open, why);
    }

    /// A worker cannot reach the target, which others may.
    fn on_unreached(&mut self, index: usize, why: &str) {
        self.unreached.insert(index);
        tracing::warn!(
            "worker {} cannot reach the target: {why}; {} of {} workers report this: check its routes, its \
             resolver and the target's firewall",
            self.members[index].member.name,
            self.unreached.len(),
            self.members.len()
        );
    }

    /// Those who are left begin to try scripts.
    pub fn begin_trial(&mut self, staging: Staging) -> Option<(u64, Arc<Bundle>)> {
        // One that is about to join begins with what is played then.
        let is_there = |one: &Tracked| !one.is_over() && one.joins.is_none_or(|left| left == 0);
        let at_work = (0..self.members.len()).filter(|index| is_there(&self.members[*index]));
        self.trials.begin(at_work.collect(), staging)
    }
}
