//! When the levels of users come to those who are parked. How far a level goes in the time ahead is looked for once, not by
//! each of them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use crate::engine::roster::{Roster, spread};

/// How far ahead it is looked, at least; at most twice as far.
const LOOK_AHEAD: Duration = Duration::from_secs(60);

/// How far the levels go in the time ahead.
#[derive(Default)]
pub struct Outlook(RefCell<Ahead>);

#[derive(Default)]
struct Ahead {
    /// Of the roster by which it was looked for.
    revision: u64,
    /// Until when it was, and the greatest level until then; by the type whose own the level is, none for the common one.
    levels: BTreeMap<Option<u16>, (Duration, f64)>,
}

impl Outlook {
    /// How long a parked user waits until its level comes to it, or until it looks again; none where no level will.
    pub fn wait(&self, roster: &Roster, number: u32, now: Duration) -> Option<Duration> {
        let kind = roster.kind_of(number)?;
        let level = roster.level_of(number)?;
        let (until, greatest) = {
            let mut ahead = self.0.borrow_mut();
            if ahead.revision != roster.revision {
                ahead.revision = roster.revision;
                ahead.levels.clear();
            }
            let key = roster.has_own_level(kind).then_some(kind.0);
            let known = ahead.levels.get(&key).copied();
            known
                .filter(|(until, _)| *until >= now + LOOK_AHEAD)
                .unwrap_or_else(|| {
                    let until = now + 2 * LOOK_AHEAD;
                    let found = (until, level.greatest_between(now, until));
                    ahead.levels.insert(key, found);
                    found
                })
        };
        let threshold = roster.threshold(number);
        if threshold <= greatest {
            let when = level.first_at_least(threshold, now, until);
            return Some(when.unwrap_or(until) - now);
        }
        // Not all of them look again at one moment.
        let share = f64::from(spread(number)) / f64::from(u32::MAX);
        let rest = until - now - LOOK_AHEAD;
        Some(LOOK_AHEAD + rest.mul_f64(share))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::roster::CanaryUsers;
    use crate::pace::{Profile, Stage};
    use crate::plan::TypeLevels;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// One user more in each ten seconds, up to a hundred.
    fn roster(revision: u64) -> Roster {
        let stage = Stage {
            over: seconds(1_000),
            target: 100.0,
        };
        Roster {
            revision,
            types: [].into(),
            users: vec![0; 100].into(),
            weights: None,
            canary_users: CanaryUsers::none(),
            levels: Some(TypeLevels {
                common: Profile::of_stages(&[stage]),
                own: BTreeMap::new(),
            }),
            ranks: [].into(),
            bundles: BTreeMap::new(),
        }
    }

    #[test]
    fn who_comes_soon_waits_until_then_and_the_others_look_again_at_different_times() {
        let (roster, outlook) = (roster(1), Outlook::default());
        let wait = |number, now| outlook.wait(&roster, number, now);
        let soon = |number, now| wait(number, now).map(|wait| wait.as_secs_f64().round());
        assert_eq!(soon(5, seconds(0)), Some(55.0));
        assert_eq!(soon(5, seconds(40)), Some(15.0));
        assert_eq!(soon(10, seconds(0)), Some(105.0));
        assert_eq!(wait(100, seconds(0)), None, "it is not of the crowd");
        let mut again: Vec<_> = (20..100).map(|number| wait(number, seconds(0))).collect();
        let is_ahead = |wait: &Option<Duration>| {
            wait.is_some_and(|wait| (LOOK_AHEAD..=2 * LOOK_AHEAD).contains(&wait))
        };
        assert!(again.iter().all(is_ahead), "{again:?}");
        again.sort();
        again.dedup();
        assert_eq!(again.len(), 80);
        // Late in the time that was looked at, it is looked at further.
        assert_eq!(soon(15, seconds(100)), Some(55.0));
    }

    #[test]
    fn it_is_looked_for_again_by_another_roster() {
        let outlook = Outlook::default();
        assert!(outlook.wait(&roster(1), 50, seconds(0)) >= Some(LOOK_AHEAD));
        let mut other = roster(2);
        if let Some(levels) = &mut other.levels {
            levels.common = Profile::constant(51.0);
        }
        assert_eq!(outlook.wait(&other, 50, seconds(1)), Some(seconds(0)));
        other.revision = 3;
        other.levels = None;
        assert_eq!(outlook.wait(&other, 50, seconds(2)), None);
    }
}
