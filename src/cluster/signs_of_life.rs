//! When silence means that somebody is gone. Pure: times are arguments.

use std::time::Duration;

/// How often workers and coordinator give a sign of life.
pub const HEARTBEAT: Duration = Duration::from_secs(1);

/// A worker of which nothing was heard for so long may be lost.
pub const SUSPECT: Duration = Duration::from_secs(5);

/// What a worker was lent of the others' parts of the rate ends when its heartbeats are not acknowledged for so long.
pub const LEASE: Duration = Duration::from_secs(5);

/// A worker whose heartbeats are not acknowledged for so long stops its users by itself. Longer than the election of a
/// JetStream leader, which takes up to 7 s; shorter than [`LOST`], so that nobody counts on it any more only once it has
/// stopped.
pub const FENCE: Duration = Duration::from_secs(15);

/// A worker of which nothing was heard for so long is lost.
pub const LOST: Duration = Duration::from_secs(20);

/// What silence means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    None,
    Suspect,
    Lost,
}

/// What the silence of a worker means that has lasted for so long.
pub fn of(silent: Duration) -> Silence {
    match silent {
        _ if silent >= LOST => Silence::Lost,
        _ if silent >= SUSPECT => Silence::Suspect,
        _ => Silence::None,
    }
}

/// Whether a worker stops its users: its last heartbeat that was acknowledged is so old.
pub fn is_fenced(age: Duration) -> bool {
    age >= FENCE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_stops_before_it_is_given_up() {
        let seconds = Duration::from_secs;
        assert_eq!(of(seconds(4)), Silence::None);
        assert_eq!(of(seconds(5)), Silence::Suspect);
        assert_eq!(of(seconds(19)), Silence::Suspect);
        assert_eq!(of(seconds(20)), Silence::Lost);
        for silent in 0..60 {
            let is_lost = of(seconds(silent)) == Silence::Lost;
            assert!(!is_lost || is_fenced(seconds(silent)), "{silent} s");
        }
        // The last heartbeat that was heard was sent before it was heard, so the fence falls first.
        assert!(LOST - FENCE >= 4 * HEARTBEAT);
    }
}
