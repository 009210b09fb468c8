//! Workers that are pods, each of which starts for its place and takes no other: how many pods there have to be.

use std::collections::BTreeSet;
use std::time::Duration;

use super::members::Tracked;
use super::options::Pods;
use crate::metrics::WorkerState;

/// The time that the last number may take at the end of a run.
const LAST_NUMBER: Duration = Duration::from_secs(2);

/// The pods of a run, where its workers are some.
#[derive(Default)]
pub struct PodPlaces {
    pods: Option<Pods>,
    /// Places whose worker was told to leave: its pod succeeds, and has no successor unless there were fewer pods meanwhile.
    used: BTreeSet<usize>,
}

impl PodPlaces {
    /// `used` is empty at the beginning of a run, and after a takeover what the checkpoint says.
    pub fn new(pods: Option<Pods>, used: BTreeSet<usize>) -> Self {
        Self { pods, used }
    }

    /// For the checkpoint.
    pub fn used(&self) -> BTreeSet<usize> {
        self.used.clone()
    }

    /// The worker of this place was told to leave.
    pub fn dismissed(&mut self, place: usize) {
        if self.pods.is_some() {
            self.used.insert(place);
        }
    }

    /// Whether a worker can come to this place.
    pub fn can_come(&self, place: usize) -> bool {
        !self.used.contains(&place)
    }

    /// A place that the Job did not have meanwhile gets a pod again.
    pub fn free_removed(&mut self) {
        if let Some(of) = &self.pods {
            let accepted = *of.accepted.borrow();
            self.used.retain(|place| *place < accepted);
        }
    }

    /// Sets how many are wanted; `again`: also where the number is the same, since nobody knows what was accepted last.
    pub fn publish(&self, pods: usize, again: bool) {
        if let Some(of) = &self.pods {
            of.wanted
                .send_if_modified(|wanted| std::mem::replace(wanted, pods) != pods || again);
        }
    }

    /// Ends once the last number was accepted, or has taken too long.
    pub async fn settle(&mut self) {
        let Some(pods) = &mut self.pods else {
            return;
        };
        let wanted = *pods.wanted.borrow();
        let accepted = pods.accepted.wait_for(|accepted| *accepted == wanted);
        let _ = tokio::time::timeout(LAST_NUMBER, accepted).await;
    }
}

/// Whether its pod is to stay: it is at work, or has not said all.
fn stays(one: &Tracked, now: Duration) -> bool {
    !one.is_over() || one.is_awaited() && !one.is_silent(now)
}

/// How many pods there have to be during the run for those who are there.
pub fn pods_under_way(members: &[Tracked], now: Duration) -> usize {
    let there = members.iter().filter(|one| stays(one, now));
    there.map(|one| one.place + 1).max().unwrap_or_default()
}

/// The same at its end: a pod that starts after the run would wait for another one.
pub fn pods_at_the_end(members: &[Tracked], now: Duration) -> usize {
    let took_part = |one: &&Tracked| one.state == WorkerState::Done || stays(one, now);
    let places = members.iter().filter(took_part).map(|one| one.place + 1);
    places.max().unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use tokio::sync::watch;

    use super::*;
    use crate::cluster::coordinator::gather::Member;
    use crate::cluster::records::Part;

    const fn seconds(seconds: u64) -> Duration {
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
    fn a_pod_stays_until_its_worker_has_said_all() {
        let mut members: Vec<Tracked> = (0..3).map(at_place).collect();
        assert_eq!(pods_under_way(&members, seconds(0)), 3);
        members[1].lose();
        assert_eq!(pods_under_way(&members, seconds(0)), 3);
        members[2].ends();
        members[2].lose();
        assert_eq!(pods_under_way(&members, seconds(1)), 3, "its last record");
        assert!(members[2].take(1, 0, true));
        assert_eq!(pods_under_way(&members, seconds(1)), 1);
    }

    #[test]
    fn a_pod_does_not_stay_for_a_last_record_that_does_not_come() {
        let mut members: Vec<Tracked> = (0..2).map(at_place).collect();
        members[1].ends();
        members[1].lose();
        assert_eq!(pods_under_way(&members, seconds(5)), 2);
        assert_eq!(pods_under_way(&members, seconds(60)), 1);
    }

    #[test]
    fn at_the_end_there_are_those_that_took_part() {
        let mut members: Vec<Tracked> = (0..4).map(at_place).collect();
        members[1].state = WorkerState::Done;
        members[2].state = WorkerState::Left;
        members[3].state = WorkerState::Lost;
        assert_eq!(pods_at_the_end(&members, seconds(0)), 2);
        assert_eq!(pods_at_the_end(&[], seconds(0)), 1);
    }

    #[test]
    fn a_place_that_was_left_gets_a_pod_again_once_there_were_fewer() {
        let (wanted, _pods) = watch::channel(3);
        let (scale, accepted) = watch::channel(3);
        let mut places = PodPlaces::new(Some(Pods { wanted, accepted }), BTreeSet::new());
        places.dismissed(2);
        places.free_removed();
        assert!(places.can_come(1) && !places.can_come(2));
        scale.send_replace(2);
        places.free_removed();
        assert!(places.can_come(2));
        // Without pods a worker takes any place.
        let mut places = PodPlaces::new(None, BTreeSet::new());
        places.dismissed(2);
        assert!(places.can_come(2));
    }
}
