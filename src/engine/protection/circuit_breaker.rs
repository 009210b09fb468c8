//! Circuit breakers for the whole run: shards tell who fails in a row, and hear who is left alone and who may try.
//!
//! Closed, open, half open after M. Nygard, "Release It!" (2007): open after a run of failures; when the back-off is over
//! half open, where one request of the whole run tries; closed when that one is answered, else open for longer.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::metrics::{Breaker, BreakerState, MAX_SCOPES, Scope};
use crate::pace::Backoff;
use crate::request::admission::{Ending, News, Signal};
use crate::script::Stream;

/// How long a breaker stays open: about a second at first, and never so long that a target that is back waits long for
/// its users.
const BACKOFF: Backoff = Backoff {
    base: Duration::from_secs(1),
    cap: Duration::from_secs(10),
};

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// Tell this to one shard, or to all.
    Signal(Option<usize>, Scope, Signal),
    /// Say this.
    Say(String),
}

/// Every breaker of a run that was open once. Times count from any fixed moment.
pub struct Board {
    threshold: u32,
    dice: Stream,
    all: BTreeMap<Scope, Entry>,
}

#[derive(Default)]
struct Entry {
    stance: Stance,
    /// Failures in a row, by shard.
    runs: BTreeMap<usize, u32>,
    /// Tries in a row that failed, the failures that opened it being the first.
    failed: u32,
    /// Since when it is not closed, when it was failures that opened it.
    failing_since: Option<Duration>,
    opens: u64,
    asked: u64,
}

#[derive(Debug, Default, Clone, Copy, PartialEq)]
enum Stance {
    #[default]
    Closed,
    Open(Duration),
    HalfOpen,
    Trying(usize),
}

impl Board {
    /// All closed; they open after so many failures in a row.
    pub fn new(threshold: u32, dice: Stream) -> Self {
        Self {
            threshold,
            dice,
            all: BTreeMap::new(),
        }
    }

    /// A shard has news.
    pub fn hear(&mut self, shard: usize, news: News, now: Duration) -> Vec<Deed> {
        let scope = news.scope();
        if self.all.len() >= 2 * MAX_SCOPES && !self.all.contains_key(scope) {
            return vec![Deed::Signal(Some(shard), scope.clone(), Signal::Close)];
        }
        match news {
            News::Failing(scope, run) => self.failing(shard, scope, run, now),
            News::Well(scope) => {
                if let Some(entry) = self.all.get_mut(&scope) {
                    entry.runs.remove(&shard);
                }
                Vec::new()
            }
            News::Asked(scope, time) => {
                let entry = self.all.entry(scope.clone()).or_default();
                entry.asked += 1;
                let until = match entry.stance {
                    Stance::Open(until) => until.max(now + time),
                    _ => now + time,
                };
                entry.stance = Stance::Open(until);
                vec![Deed::Signal(None, scope, Signal::Open)]
            }
            News::Waits(scope) => {
                let entry = self.all.entry(scope.clone()).or_default();
                let signal = match entry.stance {
                    Stance::HalfOpen => {
                        entry.stance = Stance::Trying(shard);
                        Signal::Try
                    }
                    // It has missed the last word, or that one is on its way.
                    Stance::Closed => Signal::Close,
                    Stance::Open(_) | Stance::Trying(_) => return Vec::new(),
                };
                vec![Deed::Signal(Some(shard), scope, signal)]
            }
            News::Tried(scope, ending) => self.tried(shard, scope, ending, now),
        }
    }

    fn failing(&mut self, shard: usize, scope: Scope, run: u32, now: Duration) -> Vec<Deed> {
        let entry = self.all.entry(scope.clone()).or_default();
        match entry.stance {
            Stance::Closed => {}
            // It has opened by itself and missed what the others know.
            Stance::HalfOpen => return vec![Deed::Signal(Some(shard), scope, Signal::HalfOpen)],
            Stance::Open(_) | Stance::Trying(_) => return Vec::new(),
        }
        entry.runs.insert(shard, run);
        let sum: u32 = entry
            .runs
            .values()
            .fold(0, |sum, run| sum.saturating_add(*run));
        if sum < self.threshold {
            return Vec::new();
        }
        entry.runs.clear();
        entry.failed = 1;
        entry.opens += 1;
        entry.failing_since = Some(now);
        let pause = BACKOFF.delay(1, self.dice.float());
        entry.stance = Stance::Open(now + pause);
        let text = format!(
            "{scope} is left alone after {sum} failures in a row; one request tries again in {:.1} s",
            pause.as_secs_f64()
        );
        vec![
            Deed::Signal(None, scope, Signal::Open),
            Deed::Say(format!("opened: {text}")),
        ]
    }

    fn tried(&mut self, shard: usize, scope: Scope, ending: Ending, now: Duration) -> Vec<Deed> {
        let Some(entry) = self.all.get_mut(&scope) else {
            return Vec::new();
        };
        if entry.stance != Stance::Trying(shard) {
            return Vec::new();
        }
        match ending {
            Ending::Fine => {
                entry.stance = Stance::Closed;
                entry.failed = 0;
                let said = entry.failing_since.take().map(|since| {
                    let after = now.saturating_sub(since).as_secs_f64();
                    Deed::Say(format!("closed: {scope} works again after {after:.1} s"))
                });
                let signal = Deed::Signal(None, scope, Signal::Close);
                [Some(signal), said].into_iter().flatten().collect()
            }
            Ending::Failed(wish) => {
                entry.failed += 1;
                let pause = BACKOFF.delay(entry.failed, self.dice.float());
                entry.stance = Stance::Open(now + pause.max(wish.unwrap_or_default()));
                vec![Deed::Signal(None, scope, Signal::Open)]
            }
            Ending::Asked(time) => {
                entry.asked += 1;
                entry.stance = Stance::Open(now + time);
                vec![Deed::Signal(None, scope, Signal::Open)]
            }
            Ending::Unknown => {
                entry.stance = Stance::HalfOpen;
                vec![Deed::Signal(None, scope, Signal::HalfOpen)]
            }
        }
    }

    /// When the next one is half open; none: no one waits for that.
    pub fn next(&self) -> Option<Duration> {
        let open = self.all.values().filter_map(|entry| match entry.stance {
            Stance::Open(until) => Some(until),
            _ => None,
        });
        open.min()
    }

    /// Those whose time is over are half open.
    pub fn due(&mut self, now: Duration) -> Vec<Deed> {
        let mut deeds = Vec::new();
        for (scope, entry) in &mut self.all {
            if matches!(entry.stance, Stance::Open(until) if until <= now) {
                entry.stance = Stance::HalfOpen;
                deeds.push(Deed::Signal(None, scope.clone(), Signal::HalfOpen));
            }
        }
        deeds
    }

    /// A shard is gone: what it was to try others may.
    pub fn gone(&mut self, shard: usize) -> Vec<Deed> {
        let mut deeds = Vec::new();
        for (scope, entry) in &mut self.all {
            entry.runs.remove(&shard);
            if entry.stance == Stance::Trying(shard) {
                entry.stance = Stance::HalfOpen;
                deeds.push(Deed::Signal(None, scope.clone(), Signal::HalfOpen));
            }
        }
        deeds
    }

    /// Those that were ever open, as they are now; `age` is the run's at `now`.
    pub fn told(&self, now: Duration, age: Duration) -> BTreeMap<Scope, Breaker> {
        let were = |(_, entry): &(&Scope, &Entry)| {
            entry.opens + entry.asked > 0 || entry.stance != Stance::Closed
        };
        let tell = |(scope, entry): (&Scope, &Entry)| {
            let (state, tries_at) = match entry.stance {
                Stance::Closed => (BreakerState::Closed, None),
                Stance::Open(until) => (BreakerState::Open, Some(age + until.saturating_sub(now))),
                Stance::HalfOpen | Stance::Trying(_) => (BreakerState::HalfOpen, None),
            };
            let breaker = Breaker {
                state,
                trying: matches!(entry.stance, Stance::Trying(_)),
                opens: entry.opens,
                asked: entry.asked,
                tries_at,
            };
            (scope.clone(), breaker)
        };
        self.all.iter().filter(were).map(tell).collect()
    }
}
