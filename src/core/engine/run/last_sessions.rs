//! The last sessions of some users, kept so that they can be looked at once they are over: of each type one at a time is
//! recorded from its beginning.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::metrics::TypeId;
use crate::session_trace::{Event, What};

/// Types of which sessions are kept; each has at most [`MOST_KEPT_BYTES`], and [`MOST_BYTES`] of the one that is recorded.
const MOST_TYPES: usize = 32;
/// Sessions that are kept of a type.
pub(super) const MOST_SESSIONS: usize = 10;
/// The length of their events as JSON, in bytes.
const MOST_KEPT_BYTES: usize = 1 << 20;
/// Events that are kept of a session.
const MOST_EVENTS: usize = 2_000;
/// Their length as JSON, in bytes.
const MOST_BYTES: usize = 256 << 10;
/// From the beginning of one recording of a type to that of the next: recording costs a user some microseconds a request.
const REST: Duration = Duration::from_secs(10);
/// The same until there are [`MOST_SESSIONS`].
const FIRST_REST: Duration = Duration::from_secs(1);
/// How long a shard is given in which no user of a type begins a session.
const WAIT: Duration = Duration::from_secs(3);

/// The last sessions of a run.
#[derive(Default)]
pub(super) struct LastSessions(BTreeMap<TypeId, Sampled>);

/// The users of one type.
#[derive(Default)]
struct Sampled {
    /// The newest first.
    kept: VecDeque<LastSession>,
    under_way: Option<Sample>,
    asked_at: Option<Instant>,
    /// How many shards were asked.
    asked: usize,
}

/// A session that is being recorded, or waits to begin.
struct Sample {
    id: u64,
    /// Whose it is, and which of its sessions, once it has begun.
    user: Option<(u64, u32)>,
    events: Vec<Event>,
    bytes: usize,
}

/// A session that was recorded.
#[derive(Clone)]
pub(super) struct LastSession {
    pub user: u64,
    /// Which of the user's sessions it is, from 1.
    pub session: u32,
    pub events: Arc<[Event]>,
    /// When its last event came.
    pub at: Instant,
    /// How it ended; none: it went on after its last event.
    pub result: Option<String>,
    bytes: usize,
}

/// What is to be asked of a shard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ask {
    /// To record the next session of a type.
    Begin { shard: usize, id: u64, kind: TypeId },
    /// Not to wait for one any more.
    End { id: u64 },
}

impl LastSessions {
    /// What is to be asked now, of a run with these types and `shards` shards; `number` gives the numbers of recordings.
    pub fn due(
        &mut self,
        now: Instant,
        kinds: impl Iterator<Item = TypeId>,
        shards: usize,
        mut number: impl FnMut() -> u64,
    ) -> Vec<Ask> {
        let mut asks = Vec::new();
        for kind in kinds.take(MOST_TYPES) {
            let of = self.0.entry(kind).or_default();
            let since = of.asked_at.map(|at| now.saturating_duration_since(at));
            if let Some(sample) = &of.under_way {
                if sample.user.is_some() || since.is_some_and(|since| since < WAIT) {
                    continue;
                }
                asks.push(Ask::End { id: sample.id });
                of.under_way = None;
            } else if since.is_some_and(|since| since < of.rest()) {
                continue;
            }
            let id = number();
            of.under_way = Some(Sample {
                id,
                user: None,
                events: Vec::new(),
                bytes: 0,
            });
            of.asked_at = Some(now);
            asks.push(Ask::Begin {
                shard: of.asked % shards.max(1),
                id,
                kind,
            });
            of.asked += 1;
        }
        asks
    }

    /// Whether this recording is one of these.
    pub fn has(&self, id: u64) -> bool {
        self.find(|sample| sample.id == id).is_some()
    }

    /// Keeps an event; true: nothing more of this recording is wanted.
    pub fn take(&mut self, id: u64, event: Event, now: Instant) -> bool {
        let mut all = self.0.values_mut();
        let Some(of) = all.find(|of| of.under_way.as_ref().is_some_and(|one| one.id == id)) else {
            return true;
        };
        let Some(sample) = &mut of.under_way else {
            return true;
        };
        if let What::SessionBegan(began) = &event.what {
            sample.user = Some((began.user, began.session));
        }
        let result = match &event.what {
            What::SessionEnded(ended) => Some(ended.result.clone()),
            _ => None,
        };
        let is_end = result.is_some();
        sample.bytes = sample.bytes.saturating_add(length(&event));
        let is_full = sample.events.len() >= MOST_EVENTS || sample.bytes > MOST_BYTES;
        if !is_full || is_end {
            sample.events.push(event);
        }
        if !is_full && !is_end {
            return false;
        }
        // Its first event says who it is.
        if let Some(whole) = of.under_way.take()
            && let Some((user, session)) = whole.user
        {
            of.keep(LastSession {
                user,
                session,
                events: whole.events.into(),
                at: now,
                result,
                bytes: whole.bytes,
            });
        }
        true
    }

    /// Somebody follows this user from now on: what it does goes there.
    pub fn is_followed(&mut self, user: u64) {
        for of in self.0.values_mut() {
            if of
                .under_way
                .as_ref()
                .is_some_and(|one| one.user.is_some_and(|(number, _)| number == user))
            {
                of.under_way = None;
            }
        }
    }

    /// The last sessions of users of this type, the newest first.
    pub fn of_type(&self, kind: TypeId) -> Vec<&LastSession> {
        self.0
            .get(&kind)
            .into_iter()
            .flat_map(|of| &of.kept)
            .collect()
    }

    /// Those of this user that are kept, the newest first.
    pub fn of_user(&self, user: u64) -> Vec<&LastSession> {
        let mut kept: Vec<_> = self.kept().filter(|last| last.user == user).collect();
        // It may have been of several types.
        kept.sort_by_key(|last| std::cmp::Reverse(last.at));
        kept
    }

    /// The users of whom one is kept, each once, in their order.
    pub fn users(&self) -> BTreeSet<u64> {
        self.kept().map(|last| last.user).collect()
    }

    fn kept(&self) -> impl Iterator<Item = &LastSession> {
        self.0.values().flat_map(|of| &of.kept)
    }

    fn find(&self, is_it: impl Fn(&Sample) -> bool) -> Option<&Sample> {
        let mut samples = self.0.values().filter_map(|of| of.under_way.as_ref());
        samples.find(|sample| is_it(sample))
    }
}

impl Sampled {
    fn rest(&self) -> Duration {
        match self.kept.len() < MOST_SESSIONS {
            true => FIRST_REST,
            false => REST,
        }
    }

    /// Keeps a session; the oldest ones go where there are too many, or where they are too long together.
    fn keep(&mut self, one: LastSession) {
        self.kept.push_front(one);
        let mut bytes = 0;
        let fits = |last: &&LastSession| {
            bytes += last.bytes;
            bytes <= MOST_KEPT_BYTES
        };
        let fitting = self.kept.iter().take_while(fits).count();
        self.kept.truncate(fitting.clamp(1, MOST_SESSIONS));
    }
}

/// How long an event is as JSON.
fn length(event: &Event) -> usize {
    struct Counter(usize);
    impl Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut counter = Counter(0);
    // Plain data with keys of text always is JSON.
    let _ = serde_json::to_writer(&mut counter, event);
    counter.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session_trace::{LogLine, SessionBegan, SessionEnded};

    const KIND: TypeId = TypeId(0);

    fn event(what: What) -> Event {
        Event { at: 0.0, what }
    }

    fn began(user: u64) -> Event {
        event(What::SessionBegan(SessionBegan {
            user,
            kind: "one".to_owned(),
            session: 1,
            version: 1,
            is_under_way: false,
            state: serde_json::Value::Null,
        }))
    }

    fn ended() -> Event {
        event(What::SessionEnded(SessionEnded {
            result: "completed".to_owned(),
            why: None,
            requests: 0,
        }))
    }

    fn due(kept: &mut LastSessions, now: Instant, number: u64) -> Vec<Ask> {
        kept.due(now, [KIND].into_iter(), 2, || number)
    }

    #[test]
    fn one_session_of_a_type_is_recorded_after_the_other_with_a_rest_between() {
        let (mut kept, now) = (LastSessions::default(), Instant::now());
        let begin = |shard, id| Ask::Begin {
            shard,
            id,
            kind: KIND,
        };
        assert_eq!(due(&mut kept, now, 1), [begin(0, 1)]);
        assert_eq!(due(&mut kept, now + WAIT / 2, 2), []);
        // Nobody of this type is there: the next shard is asked.
        assert_eq!(
            due(&mut kept, now + WAIT, 2),
            [Ask::End { id: 1 }, begin(1, 2)]
        );
        assert!(kept.has(2) && !kept.has(1));
        assert!(!kept.take(2, began(7), now));
        assert_eq!(due(&mut kept, now + WAIT + REST, 3), []);
        assert!(kept.take(2, ended(), now));
        assert_eq!(due(&mut kept, now + WAIT + FIRST_REST / 2, 3), []);
        assert_eq!(due(&mut kept, now + WAIT + FIRST_REST, 3), [begin(0, 3)]);
        let last = kept.of_user(7)[0];
        assert!(last.events.len() == 2 && last.result.as_deref() == Some("completed"));
        assert!(kept.of_type(KIND).len() == 1 && kept.of_user(8).is_empty());
    }

    /// Records a session with so many bytes of log.
    fn record(kept: &mut LastSessions, now: Instant, user: u64, bytes: usize) {
        assert_eq!(due(kept, now, user).len(), 1, "{user}");
        kept.take(user, began(user), now);
        let text = "x".repeat(bytes);
        let level = "info".to_owned();
        kept.take(user, event(What::Log(LogLine { level, text })), now);
        assert!(kept.take(user, ended(), now));
    }

    #[test]
    fn the_last_sessions_of_a_type_are_kept_and_no_more() {
        let (mut kept, mut now) = (LastSessions::default(), Instant::now());
        for user in 1..=25 {
            record(&mut kept, now, user, 10);
            // The last of them is over, and the next is due, after the longer rest once there are enough.
            now += match user {
                ..10 => FIRST_REST,
                _ => REST,
            };
        }
        let users: Vec<u64> = kept.of_type(KIND).iter().map(|last| last.user).collect();
        assert_eq!(users, (16..=25).rev().collect::<Vec<_>>());
        assert_eq!(kept.users(), (16..=25).collect());
        // Long ones are fewer.
        for user in 26..=35 {
            record(&mut kept, now, user, MOST_BYTES - 1_000);
            now += REST;
        }
        let users: Vec<u64> = kept.of_type(KIND).iter().map(|last| last.user).collect();
        assert_eq!(users, [35, 34, 33, 32]);
    }

    #[test]
    fn of_one_user_the_newest_session_comes_first() {
        let (mut kept, now) = (LastSessions::default(), Instant::now());
        for (place, user) in (0u32..).zip([7, 8, 7]) {
            record(&mut kept, now + FIRST_REST * place, user, 10);
        }
        let times: Vec<_> = kept.of_user(7).iter().map(|last| last.at).collect();
        assert_eq!(times, [now + FIRST_REST * 2, now]);
    }

    #[test]
    fn a_session_that_is_too_long_is_cut() {
        let (mut kept, now) = (LastSessions::default(), Instant::now());
        due(&mut kept, now, 1);
        kept.take(1, began(7), now);
        let line = || {
            event(What::Log(LogLine {
                level: "info".to_owned(),
                text: "x".repeat(1_000),
            }))
        };
        let lines = (0..10_000)
            .take_while(|_| !kept.take(1, line(), now))
            .count();
        assert!((200..300).contains(&lines), "{lines}");
        let last = kept.of_user(7)[0];
        assert!(last.result.is_none() && last.events.len() == lines + 1);
    }

    #[test]
    fn a_user_that_somebody_follows_is_not_sampled_any_more() {
        let (mut kept, now) = (LastSessions::default(), Instant::now());
        due(&mut kept, now, 1);
        kept.take(1, began(7), now);
        kept.is_followed(7);
        assert!(!kept.has(1));
        assert_eq!(due(&mut kept, now + REST, 2).len(), 1);
    }
}
