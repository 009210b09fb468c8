//! Workers that come to a run under way, and those that leave it in order.

use std::collections::BTreeSet;

use tokio::time::Instant;

use super::dispatcher::Dispatch;
use super::gather::Member;
use super::members::Tracked;
use super::options::OnLoss;
use super::pods::{pods_at_the_end, pods_under_way};
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
        let free = (0..).filter(|place| !taken(place) && self.pods.can_come(*place));
        free.take(self.wanted.saturating_sub(there)).collect()
    }

    /// So many workers are wanted from now on: others are called, or the last ones leave.
    pub fn want(&mut self, workers: usize) {
        self.wanted = workers;
        self.recruits = true;
        self.dismiss_surplus();
    }

    /// Lets the last ones leave of more workers than are wanted. Those whose users nobody can take over yet stay for now.
    pub fn dismiss_surplus(&mut self) {
        if self.is_ending {
            return;
        }
        let mut there: Vec<usize> = (0..self.members.len())
            .filter(|index| self.members[*index].is_wanted())
            .collect();
        there.sort_by_key(|index| self.members[*index].place);
        for index in there.into_iter().skip(self.wanted.max(1)) {
            let Member { incarnation, .. } = self.members[index].member.clone();
            if self.dismiss(index) {
                self.pods.dismissed(self.members[index].place);
                self.send(Dispatch::Leave(incarnation));
            }
        }
    }

    /// Somebody has taken a place of the run under way.
    pub fn on_came(&mut self, place: usize, member: Member) {
        let name = member.name.clone();
        let is_at_work = |one: &Tracked| !one.is_over() && one.member.name == name;
        if self.is_ending || !self.vacant().contains(&place) {
            self.refuse(place, member);
            return;
        }
        if self.members.iter().any(is_at_work) {
            tracing::warn!(
                "a second worker with the name {name} cannot join; give each its own with --name"
            );
            self.refused += 1;
            self.refuse(place, member);
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
            self.refuse(place, member);
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

    /// Tells a worker that came to leave. Its pod succeeds then, so that the place has no other one unless somebody has it.
    fn refuse(&mut self, place: usize, member: Member) {
        let is_there = |one: &Tracked| !one.is_over() && one.place == place;
        if !self.members.iter().any(is_there) {
            self.pods.dismissed(place);
        }
        self.send(Dispatch::Leave(member.incarnation));
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

    /// Takes over from another coordinator: nobody knows which number of pods was accepted last.
    pub fn resume_pods(&mut self) {
        let pods = self.needed_pods();
        self.pods.publish(pods, true);
    }

    /// Has as many pods as there have to be.
    pub fn publish_pods(&mut self) {
        self.pods.free_removed();
        let pods = self.needed_pods();
        self.pods.publish(pods, false);
    }

    fn needed_pods(&self) -> usize {
        if self.is_ending {
            return pods_at_the_end(&self.members, self.now());
        }
        let vacant = self.vacant().last().map(|place| place + 1);
        pods_under_way(&self.members, self.now())
            .max(vacant.unwrap_or_default())
            .max(self.wanted)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::{mpsc, watch};

    use super::super::options::{Options, Pods};
    use super::super::workers::Senders;
    use super::*;
    use crate::clock::Clock;

    fn member(name: &str) -> Member {
        Member {
            name: name.to_owned(),
            incarnation: name.to_owned(),
            threads: 1,
            clock_off: Duration::ZERO,
        }
    }

    fn at_place(index: usize) -> Tracked {
        let part = Part {
            index,
            first: index,
            threads: 1,
        };
        let mut one = Tracked::new(member(&format!("w{index}")), part, Duration::ZERO);
        one.state = WorkerState::Running;
        one
    }

    /// A run on pods, of which the Job has as many.
    fn on_pods(pods: usize) -> (Options, watch::Sender<usize>) {
        let (accept, accepted) = watch::channel(pods);
        let options = Options {
            run: "night".to_owned(),
            host: "here".to_owned(),
            version: "1".to_owned(),
            workers: pods,
            within: Duration::from_secs(1),
            on_loss: OnLoss::Reassign,
            clock: Clock::default(),
            pods: Some(Pods {
                wanted: watch::channel(pods).0,
                accepted,
            }),
        };
        (options, accept)
    }

    fn senders() -> Senders {
        (mpsc::unbounded_channel().0, mpsc::unbounded_channel().0)
    }

    #[test]
    fn a_worker_too_many_leaves_once_another_one_can_take_over_its_users() {
        let (options, _accept) = on_pods(2);
        let members = (0..2).map(at_place).collect();
        let mut work = Workers::new(members, options, senders(), 0);
        work.members[0].state = WorkerState::Preparing;
        work.want(1);
        work.look();
        assert!(!work.members[1].is_leaving, "nobody has its users yet");
        work.members[0].state = WorkerState::Running;
        work.look();
        assert!(work.members[1].is_leaving);
        assert!(!work.members[0].is_leaving);
    }

    #[test]
    fn the_shards_of_a_worker_without_a_last_report_are_lost() {
        let (options, _accept) = on_pods(2);
        let (reports, mut said) = mpsc::unbounded_channel();
        let members = (0..2).map(at_place).collect();
        let mut work = Workers::new(members, options, (reports, senders().1), 0);
        work.members[0].state = WorkerState::Done;
        work.end();
        let said = std::iter::from_fn(|| said.try_recv().ok());
        let lost: Vec<_> = said
            .filter_map(|report| match report {
                Report::Lost { shard } => Some(shard),
                _ => None,
            })
            .collect();
        assert_eq!(lost, [1]);
    }

    #[test]
    fn a_takeover_knows_which_places_get_no_pod() {
        let (options, accept) = on_pods(3);
        let members = (0..3).map(at_place).collect();
        let mut work = Workers::new(members, options.clone(), senders(), 0);
        work.want(2);
        assert_eq!(work.state().used_places, BTreeSet::from([2]));
        work.members[2].state = WorkerState::Left;
        let kept = serde_json::to_string(&work.state()).unwrap();
        let state = serde_json::from_str(&kept).unwrap();
        let mut work = Workers::resume(state, options, senders(), 0);
        work.want(3);
        assert_eq!(work.vacant(), BTreeSet::from([3]));
        // The Job had fewer in between: the controller forgets that this pod has succeeded.
        accept.send_replace(2);
        work.publish_pods();
        assert_eq!(work.vacant(), BTreeSet::from([2]));
    }

    #[test]
    fn a_pod_that_is_refused_leaves_its_place_without_one_unless_somebody_has_it() {
        let (options, _accept) = on_pods(3);
        let members = (0..3).map(at_place).collect();
        let mut work = Workers::new(members, options, senders(), 0);
        // A second one for a place, as after a partition of its node.
        work.on_came(1, member("twin"));
        assert_eq!(work.state().used_places, BTreeSet::new());
        // Nobody is called to this place.
        work.on_came(7, member("late"));
        assert_eq!(work.state().used_places, BTreeSet::from([7]));
    }
}
