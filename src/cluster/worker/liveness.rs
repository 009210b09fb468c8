//! Whether this worker may go on: which of its heartbeats the coordinator acknowledged, and, where it is silent, whether
//! somebody else could have the users of this worker by now. Pure: times are arguments.

use std::time::Duration;

use crate::cluster::failure_detector::{self, FENCE, LEADS, LOST, ORPHAN, RENEW, SUSPECT};

/// A worker that sees nobody renew the lease stops so much later, as it is about to see that nobody leads the run any more:
/// still well before [`LOST`].
const UNSURE: Duration = Duration::from_secs(2);

/// What is known of the coordinator.
#[derive(Default)]
pub struct Liveness {
    /// When the last heartbeat that was acknowledged was sent.
    acknowledged: Duration,
    lease: Lease,
    is_orphaned: bool,
    is_fenced: bool,
    is_closed: bool,
    /// What others lent has ended.
    is_on_its_own: bool,
}

/// The lease of who leads the run, as it was read since the coordinator is silent.
#[derive(Clone, Copy, Debug, Default)]
struct Lease {
    /// The record that was there last, and when it was read first and last.
    record: Option<(u64, Duration, Duration)>,
    /// When it was read last that nobody can lead the run.
    vacant: Option<Duration>,
    /// Since when another coordinator leads the run.
    other: Option<Duration>,
}

/// What a look at the lease showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nobody leads the run.
    Nobody,
    /// The coordinator that this worker knows, with the revision of its record.
    Known(u64),
    /// One of a higher epoch.
    Other,
}

/// What follows from the silence of a coordinator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing.
    Fine,
    /// Nobody leads the run, so users go on for some time. Said once.
    Orphaned,
    /// Users stop: from now on somebody else may have them. Said once.
    Fence,
    /// The coordinator is given up.
    Abandoned,
}

impl Liveness {
    /// A heartbeat that was sent then is acknowledged. The first beacons after the gathering know of no heartbeat yet: what
    /// was acknowledged before them holds.
    pub fn acknowledge(&mut self, sent: Duration) {
        if sent > self.acknowledged {
            self.acknowledged = sent;
            self.lease = Lease::default();
            self.is_orphaned = false;
        }
    }

    /// Whether the lease is to be looked at: soon enough to see for [`LEADS`], before the fence falls, that nobody renews it.
    pub fn wants_look(&self, now: Duration) -> bool {
        self.silent(now) >= FENCE - LEADS - failure_detector::HEARTBEAT
    }

    /// What a look at the lease showed, which began then.
    pub fn found(&mut self, found: Found, now: Duration) {
        match found {
            Found::Nobody => self.lease.vacant = Some(now),
            Found::Other => {
                self.lease.other.get_or_insert(now);
            }
            Found::Known(revision) => {
                let since = match self.lease.record {
                    Some((known, since, _)) if known == revision => since,
                    _ => now,
                };
                self.lease.record = Some((revision, since, now));
                // Who leads the run acts only for so long after its last renewal.
                self.lease.vacant = (now.saturating_sub(since) >= LEADS).then_some(now);
            }
        }
    }

    /// How long the coordinator has been silent.
    pub fn silent(&self, now: Duration) -> Duration {
        now.saturating_sub(self.acknowledged)
    }

    /// Until when users may go on.
    fn limit(&self, now: Duration) -> Duration {
        let fence = self.acknowledged + FENCE;
        let orphan = self.acknowledged + ORPHAN;
        // A new coordinator gives workers up no sooner than that.
        if let Some(other) = self.lease.other {
            return (other + FENCE).min(orphan).max(fence);
        }
        // What was read a while ago says nothing any more.
        let is_recent = |read: Duration| now.saturating_sub(read) < SUSPECT;
        if self.lease.vacant.is_some_and(is_recent) {
            return orphan;
        }
        let is_old = |(_, since, read): (u64, Duration, Duration)| {
            is_recent(read) && read.saturating_sub(since) >= LEADS - RENEW
        };
        match self.lease.record.is_some_and(is_old) {
            true => fence + UNSURE,
            false => fence,
        }
    }

    /// For how long users may go on in any case though nobody acknowledges a heartbeat: a look at the lease holds for a while.
    pub fn goes_on(&self, now: Duration) -> Option<Duration> {
        let limit = self.limit(now);
        let is_beyond = !self.is_fenced && limit > self.acknowledged + FENCE;
        let left = limit.saturating_sub(now).min(SUSPECT);
        (is_beyond && !left.is_zero()).then_some(left)
    }

    /// Whether what others lent this worker has ended now, or holds again; none: as before.
    pub fn leases(&mut self, now: Duration) -> Option<bool> {
        let is_on_its_own = now.saturating_sub(self.acknowledged) >= failure_detector::RATE_LEASE;
        let changed = std::mem::replace(&mut self.is_on_its_own, is_on_its_own) != is_on_its_own;
        changed.then_some(is_on_its_own)
    }

    /// Nothing leaves this worker any more, whatever is acknowledged later.
    pub fn close(&mut self) {
        self.is_closed = true;
    }

    /// What follows now.
    pub fn look(&mut self, now: Duration) -> Verdict {
        let limit = self.limit(now);
        if self.is_closed || self.is_fenced || now >= limit {
            if now >= self.acknowledged + LOST && self.is_fenced {
                return Verdict::Abandoned;
            }
            return match std::mem::replace(&mut self.is_fenced, true) {
                true => Verdict::Fine,
                false => Verdict::Fence,
            };
        }
        if now >= self.acknowledged + FENCE && !std::mem::replace(&mut self.is_orphaned, true) {
            return Verdict::Orphaned;
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

    /// What follows at each of the first 70 s where the lease is looked at each second.
    fn verdicts(found: impl Fn(u64) -> Option<Found>) -> Vec<(u64, Verdict)> {
        let mut liveness = Liveness::default();
        let mut verdicts = Vec::new();
        for second in 0..70 {
            let now = seconds(second);
            if liveness.wants_look(now)
                && let Some(found) = found(second)
            {
                liveness.found(found, now);
            }
            match liveness.look(now) {
                Verdict::Fine => {}
                verdict => verdicts.push((second, verdict)),
            }
        }
        verdicts.dedup_by_key(|(_, verdict)| *verdict);
        verdicts
    }

    #[test]
    fn a_worker_goes_on_for_some_time_while_nobody_leads_the_run() {
        use Verdict::{Abandoned, Fence, Orphaned};
        let for_a_minute = [(15, Orphaned), (60, Fence), (61, Abandoned)];
        assert_eq!(verdicts(|_| Some(Found::Nobody)), for_a_minute);
        let mut closed = Liveness::default();
        closed.close();
        closed.acknowledge(seconds(3));
        assert_eq!(closed.look(seconds(4)), Fence, "its fence has fallen");
        assert_eq!(closed.look(seconds(5)), Verdict::Fine, "once");
        let mut liveness = Liveness::default();
        assert_eq!(liveness.goes_on(seconds(14)), None);
        liveness.found(Found::Nobody, seconds(14));
        assert_eq!(liveness.goes_on(seconds(14)), Some(SUSPECT));
        assert_eq!(
            liveness.goes_on(seconds(20)),
            None,
            "nobody has looked since"
        );
        liveness.found(Found::Nobody, seconds(57));
        assert_eq!(liveness.goes_on(seconds(58)), Some(seconds(2)));
        // The record is there until it ends by itself, but nobody renews it.
        let dies = |second| match second {
            0..15 => Some(Found::Known(7)),
            _ => Some(Found::Nobody),
        };
        assert_eq!(verdicts(dies), for_a_minute);
        // The looks come a little later each time, so that the last one that would be in time is not.
        let mut liveness = Liveness::default();
        for second in 0..20 {
            let now = seconds(second) + Duration::from_millis(10 * (20 - second));
            assert_ne!(liveness.look(now), Fence, "{second} s");
            if liveness.wants_look(now) {
                liveness.found(Found::Known(7), now);
            }
        }
    }

    #[test]
    fn a_worker_that_is_cut_off_from_a_coordinator_that_leads_stops() {
        use Verdict::{Abandoned, Fence, Orphaned};
        let stops = [(15, Fence), (20, Abandoned)];
        assert_eq!(verdicts(|second| Some(Found::Known(second / 3))), stops);
        assert_eq!(verdicts(|_| None), stops, "the server cannot be reached");
        // It cannot be reached any more after a while.
        let cut_off = |second| (second < 30).then_some(Found::Nobody);
        let stops = [(15, Orphaned), (34, Fence), (35, Abandoned)];
        assert_eq!(verdicts(cut_off), stops);
    }

    #[test]
    fn a_worker_waits_until_a_new_coordinator_hears_of_it() {
        let mut liveness = Liveness::default();
        liveness.acknowledge(seconds(1));
        for second in 2..18 {
            liveness.found(Found::Nobody, seconds(second));
            assert_ne!(liveness.look(seconds(second)), Verdict::Fence);
        }
        liveness.found(Found::Other, seconds(18));
        // It is the one that this worker knows from now on, and renews its lease.
        for second in 19..33 {
            liveness.found(Found::Known(second), seconds(second));
            assert_ne!(liveness.look(seconds(second)), Verdict::Fence, "{second}");
        }
        assert_eq!(liveness.look(seconds(33)), Verdict::Fence);
    }

    #[test]
    fn a_worker_of_which_a_new_coordinator_does_not_hear_stops_before_it_is_given_up() {
        let taken = |second| match second {
            0..25 => Some(Found::Nobody),
            _ => Some(Found::Other),
        };
        let stops = [
            (15, Verdict::Orphaned),
            (40, Verdict::Fence),
            (41, Verdict::Abandoned),
        ];
        assert_eq!(verdicts(taken), stops);
    }
}
