//! When silence means that somebody is gone. Pure: times are arguments.

use std::time::Duration;

/// How often workers and coordinator send a heartbeat or a beacon.
pub const HEARTBEAT: Duration = Duration::from_secs(1);

/// A worker of which nothing was heard for so long may be lost.
pub const SUSPECT: Duration = Duration::from_secs(5);

/// What a worker was lent of the others' parts of the rate ends when its heartbeats are not acknowledged for so long.
pub const RATE_LEASE: Duration = Duration::from_secs(5);

/// A worker whose heartbeats are not acknowledged for so long stops its users by itself. Longer than the election of a
/// JetStream leader, which takes up to 7 s; shorter than [`LOST`], so that nobody counts on it any more only once it
/// has stopped.
pub const FENCE: Duration = Duration::from_secs(15);

/// Nothing that a worker sends leaves it any more so long after its last heartbeat that was acknowledged, whether or
/// not it came to look at the clock: two looks later than [`FENCE`], and well before [`LOST`].
pub const LAST_REQUEST: Duration = Duration::from_secs(17);

/// A worker of which nothing was heard for so long is lost.
pub const LOST: Duration = Duration::from_secs(20);

/// The lease of who leads a run ends by itself so long after it was renewed.
pub const LEASE: Duration = Duration::from_secs(15);

/// How often it is renewed.
pub const RENEW: Duration = Duration::from_secs(3);

/// Who leads a run acts only for so long after the lease was renewed last: shorter than [`LEASE`], so that nobody else
/// leads it yet.
pub const LEADS: Duration = Duration::from_secs(12);

/// A worker goes on for so long without a coordinator, while it is sure that nobody leads the run.
pub const ORPHAN: Duration = Duration::from_secs(60);

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
            assert!(!is_lost || seconds(silent) >= FENCE, "{silent} s");
        }
        assert!(FENCE + 2 * HEARTBEAT <= LAST_REQUEST && LAST_REQUEST + 3 * HEARTBEAT <= LOST);
        // The last heartbeat that was heard was sent before it was heard, so the fence falls first.
        assert!(LOST - FENCE >= 4 * HEARTBEAT);
    }

    #[test]
    fn who_leads_a_run_stops_before_anybody_else_can() {
        assert!(LEADS < LEASE, "{LEADS:?}");
        assert!(LEADS >= 3 * RENEW, "some renewals may fail");
        // A worker sees for so long that nobody renews the lease before it would stop.
        assert!(LEADS + HEARTBEAT < FENCE);
    }
}
