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
