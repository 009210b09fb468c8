//! People of an open crowd who are away and may come back.
//!
//! Who comes back at an arrival is decided by the plan's moments alone: by when a session was to end if every response came
//! at once. So the same people come back on any number of threads, and however fast the target is.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use crate::http::Jar;
use crate::metrics::TypeId;
use crate::script::{Memory, User};

/// Bytes of all people who are away, in all shards: the oldest ones beyond are forgotten.
pub const MOST_BYTES: usize = 256 << 20;

/// What one person takes beside its memory and cookies, about.
const EACH: usize = 256;

/// What one takes who keeps its connections, about, with their buffers.
const EACH_USER: usize = 8 << 10;

/// Someone who is away.
pub struct Absent {
    /// Its number in the run.
    pub number: u64,
    /// Its sessions so far.
    pub visits: u32,
    /// Names that it made up so far.
    pub names: u64,
    pub memory: Option<Memory>,
    pub cookies: Option<Jar>,
    /// The user itself, with its connections, where these are kept; then it has memory and cookies.
    pub user: Option<Rc<User>>,
    /// When its last session was to end, on the run's clock.
    pub left: Duration,
    /// When it can come back.
    pub back: Duration,
}

/// Those of one pool, of all types.
#[derive(Default)]
pub struct AwayPool {
    types: BTreeMap<TypeId, Absents>,
    bytes: usize,
}

/// Those of one type.
#[derive(Default)]
struct Absents {
    /// By when they left, and their numbers.
    all: BTreeMap<Key, Absent>,
    /// Whose time is not over, by when it is.
    waiting: BTreeSet<(Duration, Key)>,
    /// Who can come back.
    ready: BTreeSet<Key>,
}

/// When someone left, and its number.
type Key = (Duration, u64);

impl Absent {
    fn bytes(&self) -> usize {
        let memory = self.memory.as_ref().map_or(0, |memory| memory.bytes.len());
        let user = self.user.as_ref();
        let user = user.map_or(0, |user| EACH_USER + user.person.memory_bytes());
        EACH + user + memory + self.cookies.as_ref().map_or(0, Jar::bytes)
    }
}

impl AwayPool {
    /// Someone goes away; gives the types of those who are forgotten since all take more than `most` bytes.
    pub fn put(&mut self, kind: TypeId, absent: Absent, most: usize) -> Vec<TypeId> {
        self.bytes += absent.bytes();
        let of_type = self.types.entry(kind).or_default();
        let key = (absent.left, absent.number);
        of_type.waiting.insert((absent.back, key));
        of_type.all.insert(key, absent);
        let mut forgotten = Vec::new();
        while self.bytes > most {
            let Some(kind) = self.forget_oldest() else {
                break;
            };
            forgotten.push(kind);
        }
        forgotten
    }

    /// The one of a type who has been away longest, of those whose time is over at a moment; none where there is none.
    pub fn take(&mut self, kind: TypeId, now: Duration) -> Option<Absent> {
        let of_type = self.types.get_mut(&kind)?;
        while let Some((back, key)) = of_type.waiting.first().copied() {
            if back > now {
                break;
            }
            of_type.waiting.pop_first();
            of_type.ready.insert(key);
        }
        let key = of_type.ready.pop_first()?;
        let absent = of_type.all.remove(&key)?;
        self.bytes -= absent.bytes();
        Some(absent)
    }

    /// Forgets all of the types that are not there any more; gives how many of each.
    pub fn keep(&mut self, is_there: impl Fn(TypeId) -> bool) -> Vec<(TypeId, usize)> {
        let mut gone = Vec::new();
        let bytes = &mut self.bytes;
        self.types.retain(|kind, absents| {
            if is_there(*kind) {
                return true;
            }
            *bytes -= absents.all.values().map(Absent::bytes).sum::<usize>();
            gone.push((*kind, absents.all.len()));
            false
        });
        gone
    }

    /// Forgets the one who left first.
    fn forget_oldest(&mut self) -> Option<TypeId> {
        let oldest = |(kind, absents): (&TypeId, &Absents)| {
            let (key, _) = absents.all.first_key_value()?;
            Some((*key, *kind))
        };
        let (_, kind) = self.types.iter().filter_map(oldest).min()?;
        let absents = self.types.get_mut(&kind)?;
        let (key, absent) = absents.all.pop_first()?;
        absents.ready.remove(&key);
        absents.waiting.remove(&(absent.back, key));
        self.bytes -= absent.bytes();
        Some(kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: TypeId = TypeId(0);

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn absent(number: u64, left: u64, back: u64) -> Absent {
        Absent {
            number,
            visits: 1,
            names: 0,
            memory: None,
            cookies: None,
            user: None,
            left: seconds(left),
            back: seconds(back),
        }
    }

    fn taken(pool: &mut AwayPool, now: u64) -> Option<u64> {
        Some(pool.take(KIND, seconds(now))?.number)
    }

    #[test]
    fn the_one_who_has_been_away_longest_comes_back_of_those_who_can() {
        let mut pool = AwayPool::default();
        for (number, left, back) in [(1, 10, 90), (2, 20, 30), (3, 15, 40), (4, 5, 200)] {
            assert!(
                pool.put(KIND, absent(number, left, back), 10_000)
                    .is_empty()
            );
        }
        assert_eq!(taken(&mut pool, 29), None, "nobody's time is over");
        assert_eq!(taken(&mut pool, 40), Some(3), "it left before 2");
        assert_eq!(taken(&mut pool, 95), Some(1));
        assert_eq!(taken(&mut pool, 95), Some(2));
        assert_eq!(taken(&mut pool, 95), None);
        assert_eq!(
            pool.take(TypeId(1), seconds(300)).map(|one| one.number),
            None
        );
        assert_eq!(taken(&mut pool, 300), Some(4));
        assert_eq!(pool.bytes, 0);
    }

    #[test]
    fn the_oldest_are_forgotten_beyond_the_bound() {
        let mut pool = AwayPool::default();
        let most = 2 * EACH + 100;
        assert!(pool.put(KIND, absent(1, 10, 20), most).is_empty());
        assert!(pool.put(TypeId(1), absent(2, 5, 900), most).is_empty());
        assert_eq!(pool.put(KIND, absent(3, 30, 40), most), [TypeId(1)]);
        let heavy = Absent {
            memory: Some(Memory {
                bytes: vec![0; 50].into(),
                version: 1,
            }),
            ..absent(4, 31, 41)
        };
        assert_eq!(pool.put(KIND, heavy, most), [KIND], "the first of the type");
        assert_eq!(taken(&mut pool, 50), Some(3));
        assert_eq!(taken(&mut pool, 50), Some(4));
        assert_eq!(pool.bytes, 0);
    }

    #[test]
    fn people_of_a_type_that_is_gone_are_lost() {
        let mut pool = AwayPool::default();
        pool.put(KIND, absent(1, 10, 20), 10_000);
        pool.put(KIND, absent(2, 10, 20), 10_000);
        pool.put(TypeId(1), absent(3, 10, 20), 10_000);
        assert_eq!(pool.keep(|kind| kind != KIND), [(KIND, 2)]);
        assert_eq!(taken(&mut pool, 50), None);
        assert_eq!(pool.bytes, EACH);
    }
}
