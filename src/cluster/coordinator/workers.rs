//! The workers of a run: what they say, and what follows from it for the run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::members::{self, Tracked};
use super::options::{OnLoss, Options};
use super::trials::{Staging, Trials};
use crate::cluster::records::{Beacon, Delta, Heartbeat, PROTOCOL, WorkerMessage};
use crate::cluster::{signs_of_life, wire};
use crate::engine::Report;
use crate::metrics::WorkerState;
use crate::script::Bundle;

/// The workers of a run.
pub struct Workers {
    pub members: Vec<Tracked>,
    options: Options,
    reports: mpsc::UnboundedSender<Report>,
    started: Instant,
    trials: Trials,
    /// Whether their clean-up has begun.
    is_cleaning: bool,
    /// Who cannot reach the target.
    unreached: BTreeSet<usize>,
}

impl Workers {
    pub fn new(
        members: Vec<Tracked>,
        options: Options,
        reports: mpsc::UnboundedSender<Report>,
    ) -> Self {
        Self {
            members,
            options,
            reports,
            started: Instant::now(),
            trials: Trials::default(),
            is_cleaning: false,
            unreached: BTreeSet::new(),
        }
    }

    /// The time since it began, by the run's clock.
    fn now(&self) -> Duration {
        self.options.clock.span_of_real(self.started.elapsed())
    }

    pub fn is_over(&self, closing: Option<Instant>) -> bool {
        closing.is_some_and(|until| {
            Instant::now() >= until || self.members.iter().all(Tracked::is_over)
        })
    }

    fn publish(&self) {
        let view = Box::new(members::view(&self.members));
        let _ = self.reports.send(Report::Cluster(view));
    }

    pub fn beacon(&self) -> Beacon {
        let heard = self.members.iter();
        let heard = heard.map(|one| (one.member.incarnation.clone(), one.sent_ns));
        Beacon {
            heard: heard.collect(),
        }
    }

    /// Looks who is silent.
    pub fn look(&mut self) {
        let now = self.now();
        for index in 0..self.members.len() {
            if let Some(open) = self.members[index].look(now) {
                let name = &self.members[index].member.name;
                let seconds = signs_of_life::LOST.as_secs();
                let why = format!("worker {name} is lost: it was not heard of for {seconds} s");
                self.on_lost(index, &open, &why);
            }
        }
        self.publish();
    }

    /// The run is over: who has not said so by now may have counted more.
    pub fn end(&mut self) {
        for member in self.members.iter_mut().filter(|one| !one.is_over()) {
            let name = &member.member.name;
            tracing::warn!("worker {name} did not say its last words: it counts as lost");
            member.lose();
        }
        self.publish();
    }

    /// The clean-up of the workers begins.
    pub fn begin_cleaning(&mut self) {
        self.is_cleaning = true;
        for index in 0..self.members.len() {
            self.clean_for(index);
        }
    }

    /// A worker of which nothing more is expected leaves what it created: nobody waits for its clean-up.
    fn clean_for(&mut self, index: usize) {
        let member = &mut self.members[index];
        if self.is_cleaning && member.is_over() && !member.has_cleaned {
            member.has_cleaned = true;
            let left = BTreeMap::new();
            let _ = self.reports.send(Report::Cleaned { left });
        }
    }

    /// A worker is lost, with these shards.
    fn on_lost(&mut self, index: usize, open: &[usize], why: &str) {
        let name = self.members[index].member.name.clone();
        tracing::warn!(
            "what worker {name} created is in the ledger on its machine: throng cleanup there \
             deletes it"
        );
        if self.options.on_loss == OnLoss::Degrade {
            tracing::warn!("{why}; the run goes on without its users");
        }
        for (place, shard) in open.iter().enumerate() {
            let shard = *shard;
            let report = match self.options.on_loss {
                OnLoss::Abort if place == 0 => Report::Failed {
                    shard,
                    why: why.to_owned(),
                },
                _ => Report::Lost { shard },
            };
            let _ = self.reports.send(report);
        }
        self.clean_for(index);
        self.trials.lost(index, &name);
    }

    pub fn on_heartbeat(&mut self, subject: &str, body: &[u8]) {
        let Ok(beat) = serde_json::from_slice::<Heartbeat>(body) else {
            return;
        };
        let now = self.now();
        let index = subject
            .rsplit('.')
            .next()
            .and_then(|text| text.parse().ok());
        let member = index.and_then(|index: usize| self.members.get_mut(index));
        let member = member.filter(|one| one.member.incarnation == beat.incarnation);
        if let Some(member) = member {
            member.heard = now;
            member.sent_ns = beat.sent_ns;
            member.declares(beat.declared);
        }
    }

    pub fn on_record(&mut self, subject: &str, body: &[u8]) {
        let mut words = subject.rsplit('.');
        let (incarnation, index) = (words.next(), words.next());
        let index = index.and_then(|text| text.parse::<usize>().ok());
        let now = self.now();
        let known = index.and_then(|index| self.members.get_mut(index).zip(Some(index)));
        let known = known.filter(|(one, _)| Some(&*one.member.incarnation) == incarnation);
        let Some((member, index)) = known else {
            return tracing::debug!("a record of nobody who takes part: {subject}");
        };
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
        if !member.take(delta.n, delta.declared) {
            return;
        }
        member.heard = now;
        for said in delta.said {
            match said {
                WorkerMessage::Report(report) => {
                    if self.members[index].note(&report) {
                        let _ = self.reports.send(report);
                    }
                }
                WorkerMessage::Began { late_us } => {
                    self.members[index].began(Duration::from_micros(late_us));
                }
                WorkerMessage::Staged { ticket, faults } => {
                    self.trials.answered(ticket, index, faults);
                }
                WorkerMessage::Unreached { why } => self.on_unreached(index, &why),
                WorkerMessage::Leaves { why } if !self.members[index].is_over() => {
                    let open = self.members[index].lose();
                    self.on_lost(index, &open, &why);
                }
                WorkerMessage::Leaves { .. } => {}
            }
        }
        if delta.last && self.members[index].state != WorkerState::Lost {
            self.members[index].state = WorkerState::Done;
            self.clean_for(index);
        }
    }

    /// A worker cannot reach the target, which others may.
    fn on_unreached(&mut self, index: usize, why: &str) {
        self.unreached.insert(index);
        tracing::warn!(
            "worker {} cannot reach the target: {why}; {} of {} workers say so: look at its routes, its resolver and \
             what the target lets in",
            self.members[index].member.name,
            self.unreached.len(),
            self.members.len()
        );
    }

    /// Those who are left begin to try scripts.
    pub fn begin_trial(&mut self, staging: Staging) -> Option<(u64, Arc<Bundle>)> {
        let at_work = (0..self.members.len()).filter(|index| !self.members[*index].is_over());
        self.trials.begin(at_work.collect(), staging)
    }
}
