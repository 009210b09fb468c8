//! The secrets that users of this thread got during the run.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::hash::BuildHasher;

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::SHORTEST_SECRET;

/// Maximum secrets of a thread; the oldest are dropped. About 2 MB.
pub const MOST_REMEMBERED: usize = 16_384;

/// The last bytes of a secret, in lower case: those of tokens differ, while many begin alike.
type End = [u8; SHORTEST_SECRET];

/// Not the secret itself: its length, and a hash of its lower case, since the host of a URL is in lower case.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Known {
    length: usize,
    hash: u64,
}

impl Known {
    fn of(bytes: &[u8]) -> Self {
        Self {
            length: bytes.len(),
            hash: FxBuildHasher.hash_one(&bytes.to_ascii_lowercase()[..]),
        }
    }
}

#[derive(Default)]
struct Recent {
    by_end: FxHashMap<End, Vec<Known>>,
    /// Those that are dropped one day, the oldest first.
    order: VecDeque<(End, Known)>,
}

thread_local! {
    static RECENT: RefCell<Recent> = RefCell::default();
}

/// Masks this in later texts of this thread.
pub fn remember(secret: &str) {
    if let Some((end, known)) = parts_of(secret) {
        RECENT.with_borrow_mut(|recent| recent.add(end, known));
    }
}

/// As [`remember`], however many secrets come after it: for what stands in a script, of which there is little.
pub fn remember_for_good(secret: &str) {
    if let Some((end, known)) = parts_of(secret) {
        RECENT.with_borrow_mut(|recent| recent.add_for_good(end, known));
    }
}

fn parts_of(secret: &str) -> Option<(End, Known)> {
    let bytes = secret.as_bytes();
    let end = bytes.last_chunk::<SHORTEST_SECRET>()?;
    let end = end.map(|byte| byte.to_ascii_lowercase());
    Some((end, Known::of(bytes)))
}

/// Finds the secrets of this thread in `bytes`.
pub(super) fn find(bytes: &[u8], mut found: impl FnMut(usize, usize)) {
    RECENT.with_borrow(|recent| {
        if recent.by_end.is_empty() {
            return;
        }
        for (at, end) in bytes.windows(SHORTEST_SECRET).enumerate() {
            let Some(end) = end.first_chunk::<SHORTEST_SECRET>() else {
                continue;
            };
            let end = end.map(|byte| byte.to_ascii_lowercase());
            let Some(all) = recent.by_end.get(&end) else {
                continue;
            };
            let to = at + SHORTEST_SECRET;
            for known in all {
                let from = to.checked_sub(known.length);
                let is_it = |from: &usize| Known::of(&bytes[*from..to]) == *known;
                if let Some(from) = from.filter(is_it) {
                    found(from, to);
                }
            }
        }
    });
}

/// Whether this thread knows any.
pub(super) fn is_empty() -> bool {
    RECENT.with_borrow(|recent| recent.by_end.is_empty())
}

impl Recent {
    fn add(&mut self, end: End, known: Known) {
        if !self.insert(end, known) {
            return;
        }
        self.order.push_back((end, known));
        if self.order.len() > MOST_REMEMBERED {
            self.forget_oldest();
        }
    }

    fn add_for_good(&mut self, end: End, known: Known) {
        if !self.insert(end, known) {
            // It was one of the others until now.
            self.order.retain(|one| *one != (end, known));
        }
    }

    /// Whether it is new.
    fn insert(&mut self, end: End, known: Known) -> bool {
        // Usually one each: the default growth of a vector would allocate four.
        let all = self
            .by_end
            .entry(end)
            .or_insert_with(|| Vec::with_capacity(1));
        let is_new = !all.contains(&known);
        if is_new {
            all.push(known);
        }
        is_new
    }

    fn forget_oldest(&mut self) {
        let Some((end, old)) = self.order.pop_front() else {
            return;
        };
        if let Some(all) = self.by_end.get_mut(&end) {
            all.retain(|known| *known != old);
            if all.is_empty() {
                self.by_end.remove(&end);
            }
        }
    }
}
