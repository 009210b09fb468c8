use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::sync::watch;

use super::entry::{Entry, NewEntry};
use super::filter::Filter;

/// Entries kept: the newest.
pub const MAX_ENTRIES: usize = 5_000;
/// Bytes of their texts.
pub const MAX_BYTES: usize = 4 << 20;
/// Bytes of a text, and of what stands below it; what is longer is cut.
pub const LONGEST: usize = 16 << 10;

/// The last entries. Clones are the same log.
#[derive(Clone, Debug)]
pub struct RunLog {
    kept: Arc<Mutex<Kept>>,
    /// How many entries there were, and whether no more will come.
    changes: watch::Sender<(u64, bool)>,
}

#[derive(Debug, Default)]
struct Kept {
    entries: VecDeque<(SystemTime, Entry)>,
    bytes: usize,
    /// The number of the newest entry.
    last: u64,
    is_over: bool,
}

/// Some entries, the oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub entries: Vec<Entry>,
    /// What to read after next.
    pub next: u64,
    /// Entries after the given number that are kept no longer.
    pub missed: u64,
    /// Whether there is more to read now.
    pub has_more: bool,
    /// Whether nothing will be written any more.
    pub is_over: bool,
}

impl Default for RunLog {
    fn default() -> Self {
        Self {
            kept: Arc::default(),
            changes: watch::Sender::new((0, false)),
        }
    }
}

impl RunLog {
    /// Writes an entry.
    pub fn add(&self, entry: NewEntry) {
        self.add_at(SystemTime::now(), entry);
    }

    /// Writes an entry of this time.
    pub fn add_at(&self, at: SystemTime, entry: NewEntry) {
        let mut kept = self.lock();
        kept.last += 1;
        let entry = Entry {
            number: kept.last,
            at: rfc3339(at),
            level: entry.level,
            kind: entry.kind,
            user_type: entry.user_type,
            text: cut(entry.text),
            lines: cut(entry.lines),
        };
        kept.bytes += size(&entry);
        kept.entries.push_back((at, entry));
        while kept.entries.len() > MAX_ENTRIES || kept.bytes > MAX_BYTES {
            let Some((_, oldest)) = kept.entries.pop_front() else {
                break;
            };
            kept.bytes -= size(&oldest);
        }
        let change = (kept.last, kept.is_over);
        drop(kept);
        self.changes.send_replace(change);
    }

    /// Says that nothing more will be written, to those who wait for it.
    pub fn close(&self) {
        let mut kept = self.lock();
        kept.is_over = true;
        let change = (kept.last, true);
        drop(kept);
        self.changes.send_replace(change);
    }

    /// Entries after this number that pass the filter, `most` of them.
    pub fn read(&self, after: u64, filter: &Filter, most: usize) -> Page {
        let kept = self.lock();
        let first = kept
            .entries
            .front()
            .map_or(kept.last + 1, |one| one.1.number);
        let mut page = Page {
            entries: Vec::new(),
            next: after.max(first - 1).min(kept.last),
            missed: first.saturating_sub(1).saturating_sub(after),
            has_more: false,
            is_over: kept.is_over,
        };
        let unread = usize::try_from(page.next + 1 - first).unwrap_or(usize::MAX);
        for (at, entry) in kept.entries.iter().skip(unread) {
            if filter.passes(entry, *at) {
                if page.entries.len() == most {
                    page.has_more = true;
                    break;
                }
                page.entries.push(entry.clone());
            }
            page.next = entry.number;
        }
        page
    }

    /// Changes with each entry, and with the end.
    pub fn changes(&self) -> watch::Receiver<(u64, bool)> {
        self.changes.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn size(entry: &Entry) -> usize {
    entry.text.len() + entry.lines.len()
}

/// To the millisecond.
fn rfc3339(at: SystemTime) -> String {
    let at = OffsetDateTime::from(at);
    let at = at.replace_millisecond(at.millisecond()).unwrap_or(at);
    // Years of four digits can always be written.
    at.format(&Rfc3339).unwrap_or_default()
}

fn cut(mut text: String) -> String {
    if text.len() > LONGEST {
        let mut ends = (0..=LONGEST).rev();
        let end = ends.find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(end);
        text.push_str("...");
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::super::entry::{Kind, Level};
    use super::*;

    fn entry(level: Level, kind: Kind, user_type: Option<&str>, text: &str) -> NewEntry {
        NewEntry {
            level,
            kind,
            user_type: user_type.map(str::to_owned),
            text: text.to_owned(),
            lines: String::new(),
        }
    }

    fn texts(page: &Page) -> Vec<&str> {
        page.entries.iter().map(|one| one.text.as_str()).collect()
    }

    #[test]
    fn entries_are_read_once_by_their_numbers_and_by_a_filter() {
        let log = RunLog::default();
        let second = |seconds: u64| UNIX_EPOCH + Duration::from_millis(seconds * 1_000 + 7);
        log.add_at(second(1), entry(Level::Info, Kind::Run, None, "one"));
        log.add_at(
            second(2),
            entry(Level::Warn, Kind::Script, Some("new"), "two"),
        );
        log.add_at(
            second(3),
            entry(Level::Error, Kind::Failure, Some("admin"), "three"),
        );
        let all = log.read(0, &Filter::default(), 10);
        assert_eq!(texts(&all), ["one", "two", "three"]);
        assert_eq!((all.next, all.missed, all.has_more), (3, 0, false));
        assert_eq!(all.entries[0].at, "1970-01-01T00:00:01.007Z");
        assert_eq!(texts(&log.read(2, &Filter::default(), 10)), ["three"]);
        let first = log.read(0, &Filter::default(), 1);
        assert_eq!((texts(&first), first.next), (vec!["one"], 1));
        assert!(first.has_more);
        // A number that was never given, as of another run: nothing, and what comes is read.
        let ahead = log.read(99, &Filter::default(), 10);
        assert_eq!((ahead.entries.len(), ahead.next), (0, 3));
        for (filter, passed) in [
            (
                Filter {
                    level: Level::Warn,
                    ..Filter::default()
                },
                vec!["two", "three"],
            ),
            (
                Filter {
                    kinds: vec![Kind::Run, Kind::Failure],
                    ..Filter::default()
                },
                vec!["one", "three"],
            ),
            (
                Filter {
                    user_type: Some("new".to_owned()),
                    ..Filter::default()
                },
                vec!["two"],
            ),
            (
                Filter {
                    since: Some(second(2)),
                    ..Filter::default()
                },
                vec!["two", "three"],
            ),
        ] {
            let page = log.read(0, &filter, 10);
            assert_eq!(texts(&page), passed, "{filter:?}");
            assert_eq!(page.next, 3);
        }
    }

    #[test]
    fn the_newest_entries_are_kept_and_what_is_gone_is_counted() {
        let log = RunLog::default();
        for number in 0..MAX_ENTRIES + 3 {
            log.add(entry(Level::Info, Kind::Run, None, &number.to_string()));
        }
        let page = log.read(1, &Filter::default(), 1);
        assert_eq!((texts(&page), page.missed, page.next), (vec!["3"], 2, 4));
        let long = "\u{e9}".repeat(LONGEST);
        for _ in 0..MAX_BYTES / LONGEST + 10 {
            log.add(entry(Level::Info, Kind::Run, None, &long));
        }
        let page = log.read(0, &Filter::default(), usize::MAX);
        let bytes: usize = page.entries.iter().map(|one| one.text.len()).sum();
        assert!(bytes <= MAX_BYTES, "{bytes}");
        assert!(page.entries.iter().all(|one| one.text.len() <= LONGEST + 3));
        assert_eq!(page.missed + page.entries.len() as u64, page.next);
    }

    #[tokio::test]
    async fn who_waits_hears_of_each_entry_and_of_the_end() {
        let log = RunLog::default();
        let mut changes = log.changes();
        log.add(entry(Level::Info, Kind::Run, None, "one"));
        changes.changed().await.unwrap();
        assert_eq!(*changes.borrow_and_update(), (1, false));
        log.close();
        changes.changed().await.unwrap();
        assert!(log.read(1, &Filter::default(), 10).is_over);
    }
}
