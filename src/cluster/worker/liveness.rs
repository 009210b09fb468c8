//! Whether the coordinator still knows that this worker lives: which of its heartbeats were acknowledged. Pure: times are
//! arguments.

use std::time::Duration;

use crate::cluster::signs_of_life::{self, Silence};

/// What the coordinator has acknowledged.
#[derive(Default)]
pub struct Liveness {
    /// When the last heartbeat that was acknowledged was sent.
    acknowledged: Duration,
    is_fenced: bool,
    /// What others lent has ended.
    is_on_its_own: bool,
}

/// What follows from the silence of a coordinator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing.
    Fine,
    /// Users stop: from now on somebody else may have them. Said once.
    Fence,
    /// The coordinator is given up.
    Abandoned,
}

impl Liveness {
    /// A heartbeat that was sent then is acknowledged. The first beacons after the gathering know of no heartbeat yet: what
    /// was acknowledged before them holds.
    pub fn acknowledge(&mut self, sent: Duration) {
        self.acknowledged = self.acknowledged.max(sent);
    }

    /// Whether what others lent this worker has ended now, or holds again; none: as before.
    pub fn leases(&mut self, now: Duration) -> Option<bool> {
        let is_on_its_own = now.saturating_sub(self.acknowledged) >= signs_of_life::LEASE;
        let changed = std::mem::replace(&mut self.is_on_its_own, is_on_its_own) != is_on_its_own;
        changed.then_some(is_on_its_own)
    }

    /// What follows now.
    pub fn look(&mut self, now: Duration) -> Verdict {
        let age = now.saturating_sub(self.acknowledged);
        if signs_of_life::of(age) == Silence::Lost {
            return Verdict::Abandoned;
        }
        if signs_of_life::is_fenced(age) && !self.is_fenced {
            self.is_fenced = true;
            return Verdict::Fence;
        }
        Verdict::Fine
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn what_others_lent_ends_after_five_seconds_and_holds_again() {
        let mut liveness = Liveness::default();
        assert_eq!(liveness.leases(seconds(4)), None);
        assert_eq!(liveness.leases(seconds(5)), Some(true));
        assert_eq!(liveness.leases(seconds(6)), None, "once");
        liveness.acknowledge(seconds(6));
        assert_eq!(liveness.leases(seconds(7)), Some(false));
    }

    #[test]
    fn a_worker_is_fenced_once_and_then_gives_up() {
        let mut liveness = Liveness::default();
        assert_eq!(liveness.look(seconds(14)), Verdict::Fine);
        liveness.acknowledge(seconds(13));
        liveness.acknowledge(seconds(0));
        assert_eq!(liveness.look(seconds(27)), Verdict::Fine);
        assert_eq!(liveness.look(seconds(28)), Verdict::Fence);
        assert_eq!(liveness.look(seconds(29)), Verdict::Fine, "once");
        assert_eq!(liveness.look(seconds(33)), Verdict::Abandoned);
    }
}
