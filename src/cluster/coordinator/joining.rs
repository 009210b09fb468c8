//! Workers that come to a run under way, and those that leave it in order.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

use super::dispatcher::Dispatch;
use super::gather::Member;
use super::members::Tracked;
use super::options::OnLoss;
use super::workers::Workers;
use crate::cluster::records::Part;
use crate::engine::{Order, Report, RunStart};
use crate::metrics::WorkerState;
use crate::plan::crowd::NOBODY;

impl Workers {
    /// The places for which workers are called.
    pub fn vacant(&self) -> BTreeSet<usize> {
        if self.is_ending || !self.recruits {
            return BTreeSet::new();
        }
        let there = self.members.iter().filter(|one| one.is_wanted()).count();
        let taken = |place: &usize| {
            let mut at_work = self.members.iter().filter(|one| !one.is_over());
            at_work.any(|one| one.place == *place)
        };
        let free = (0..).filter(|place| !taken(place));
        free.take(self.wanted.saturating_sub(there)).collect()
    }

    /// Says how many places there have to be: those that are wanted, and those whose worker has not said all yet.
    pub fn publish_places(&self) {
        let Some(places) = &self.options.places else {
            return;
        };
        let now = needed_places(&self.members, self.wanted, self.now());
        places.send_if_modified(|places| std::mem::replace(places, now) != now);
    }

    /// So many workers are wanted from now on: others are called, or the last ones leave.
    pub fn want(&mut self, workers: usize) {
        self.wanted = workers;
        self.recruits = true;
        let mut there: Vec<usize> = (0..self.members.len())
            .filter(|index| self.members[*index].is_wanted())
            .collect();
        there.sort_by_key(|index| self.members[*index].place);
        for index in there.into_iter().skip(workers.max(1)) {
            let incarnation = self.members[index].member.incarnation.clone();
            if self.dismiss(index) {
                self.send(Dispatch::Leave(incarnation));
            }
        }
    }

    /// Somebody has taken a place of the run under way.
    pub fn on_came(&mut self, place: usize, member: Member) {
        let name = member.name.clone();
        let is_at_work = |one: &Tracked| !one.is_over() && one.member.name == name;
        if self.is_ending || !self.vacant().contains(&place) {
            self.send(Dispatch::Leave(member.incarnation));
            return;
        }
        if self.members.iter().any(is_at_work) {
            tracing::warn!(
                "a second worker with the name {name} cannot join; give each its own with --name"
            );
            self.refused += 1;
            self.send(Dispatch::Leave(member.incarnation));
            return;
        }
        let first = self
            .members
            .iter()
            .map(|one| one.part.first + one.part.threads);
        let part = Part {
            index: self.members.len(),
            first: first.max().unwrap_or_default(),
            threads: member.threads,
        };
        if part.first + part.threads > usize::from(NOBODY) {
            tracing::warn!(
                "worker {name} cannot join: the run has had {} threads of workers, and no more than {NOBODY} have numbers",
                part.first
            );
            self.refused += 1;
            self.send(Dispatch::Leave(member.incarnation));
            return;
        }
        if let Some(warning) = member.clock_warning() {
            tracing::warn!("{warning}");
        }
        tracing::info!(
            "worker {name} joins the run with {} thread(s)",
            part.threads
        );
        let late = Tracked::late(member, place, part, self.now());
        self.members.push(late);
        self.report(Report::Joins {
            first: part.first,
            threads: part.threads,
        });
    }

    /// The run has taken in who has the shards from `first` on, which begin like this.
    pub fn admit(
        &mut self,
        first: usize,
        start: Box<RunStart>,
        began: Instant,
        before: Vec<Order>,
    ) {
        let member = self.members.iter_mut().find(|one| one.part.first == first);
        if let Some(member) = member {
            member.is_admitted = true;
            if member.is_over() {
                // It has gone before it began.
                for shard in member.part.first..member.part.first + member.part.threads {
                    self.report(Report::Lost { shard });
                }
                return;
            }
            let join = Dispatch::Join {
                part: member.part,
                incarnation: member.member.incarnation.clone(),
                start,
                began,
                before,
            };
            self.send(join);
        }
    }

    /// A worker that came later cannot take part.
    pub fn on_cannot_join(&mut self, index: usize, why: &str) {
        tracing::warn!("{why}; it does not join the run");
        let open = self.members[index].lose();
        self.members[index].state = WorkerState::Left;
        for shard in open {
            self.report(Report::Lost { shard });
        }
        self.refused += 1;
        let incarnation = self.members[index].member.incarnation.clone();
        self.send(Dispatch::Leave(incarnation));
        self.clean_for(index);
    }

    /// A worker is to leave, and other workers take over its users; false where there are no others.
    pub fn dismiss(&mut self, index: usize) -> bool {
        self.members[index].is_leaving = true;
        if !self.divide() {
            self.members[index].is_leaving = false;
            return false;
        }
        let shards = self.members[index].open();
        self.report(Report::Leaves { shards });
        true
    }

    /// A worker hands its users over, since it is to leave.
    pub fn on_hands_over(&mut self, index: usize, why: &str) {
        if self.members[index].is_leaving || self.members[index].is_over() {
            return;
        }
        if self.is_ending {
            self.members[index].is_leaving = true;
            return;
        }
        let is_at_work = self.members[index].takes_users();
        if self.options.on_loss == OnLoss::Reassign && is_at_work && self.dismiss(index) {
            tracing::info!("{why}; other workers take over its users as their sessions end");
            return;
        }
        let open = self.members[index].lose();
        self.on_lost(index, &open, why);
    }

    /// Divides the users again; false where nobody is there to have them.
    pub fn divide(&mut self) -> bool {
        let Some(map) = self.division.again(&self.members) else {
            return false;
        };
        self.report(Report::Divided(map));
        self.has_divided = true;
        true
    }
}

/// How many places there have to be where so many workers are wanted.
fn needed_places(members: &[Tracked], wanted: usize, now: Duration) -> usize {
    let stays = |one: &&Tracked| !one.is_over() || one.is_awaited() && !one.is_silent(now);
    let there = members.iter().filter(stays);
    let last = there.map(|one| one.place + 1).max();
    wanted.max(last.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn at_place(index: usize) -> Tracked {
        let member = Member {
            name: format!("w{index}"),
            incarnation: index.to_string(),
            threads: 1,
            clock_off: Duration::ZERO,
        };
        let part = Part {
            index,
            first: index,
            threads: 1,
        };
        Tracked::new(member, part, Duration::ZERO)
    }

    #[test]
    fn a_place_is_needed_until_its_worker_has_said_all() {
        let mut members: Vec<Tracked> = (0..3).map(at_place).collect();
        assert_eq!(needed_places(&members, 3, seconds(0)), 3);
        assert_eq!(needed_places(&members, 8, seconds(0)), 8);
        // Two are to leave.
        assert_eq!(needed_places(&members, 1, seconds(0)), 3);
        members[1].lose();
        assert_eq!(needed_places(&members, 1, seconds(0)), 3);
        members[2].ends();
        members[2].lose();
        assert_eq!(needed_places(&members, 1, seconds(1)), 3, "its last record");
        assert!(members[2].take(1, 0, true));
        assert_eq!(needed_places(&members, 1, seconds(1)), 1);
    }

    #[test]
    fn a_place_is_not_kept_for_a_last_record_that_does_not_come() {
        let mut members: Vec<Tracked> = (0..2).map(at_place).collect();
        members[1].ends();
        members[1].lose();
        assert_eq!(needed_places(&members, 1, seconds(5)), 2);
        assert_eq!(needed_places(&members, 1, seconds(60)), 1);
    }
}
