//! CPU usage of this process and its threads, and how long they waited for a processor.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use crate::metrics::model::generator::Load;

/// Ticks per second of the kernel's CPU times; 100 on every Linux platform.
const TICKS_PER_SECOND: u64 = 100;

/// The kernel's ticks are too coarse for shorter intervals.
const LEAST_SPAN: Duration = Duration::from_millis(200);

/// Threads that generate and measure the load, besides the calling one, by prefixes of their names.
const MEASURING: [&str; 2] = ["shard-", "ledger"];

/// Threads of the demo service inside this process: they belong to the target, not to the generator.
const TARGET: &str = "user-service";

/// CPU usage up to a moment, on the machine's clock: the run's clock stops in a pause, and the
/// process continues.
pub(crate) struct Meter {
    at: Instant,
    before: Option<Reading>,
}

/// CPU time up to a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Reading {
    /// Of all threads, also of those that have ended.
    process: Duration,
    /// Pages that had to be read from disk.
    major_faults: u64,
    threads: BTreeMap<u32, Thread>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Thread {
    role: Role,
    used: Duration,
    /// For how long it was ready to run and waited; none where the kernel does not count that.
    waited: Option<Duration>,
}

/// What `stat` of proc(5) says of a process or a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stat {
    id: u32,
    role: Role,
    used: Duration,
    major_faults: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// Generates and measures the load.
    Measures,
    /// Belongs to a target in the same process.
    Target,
    Other,
}

impl Meter {
    pub fn new(at: Instant) -> Self {
        Self {
            at,
            before: Reading::now(),
        }
    }

    /// CPU usage since the last call; none if that was too recent, or it is not available.
    pub fn load(&mut self, now: Instant) -> Option<Load> {
        let span = now.saturating_duration_since(self.at);
        if span < LEAST_SPAN {
            return None;
        }
        let reading = Reading::now()?;
        let load = self
            .before
            .as_ref()
            .map(|before| reading.since(before, span));
        (self.at, self.before) = (now, Some(reading));
        load
    }
}

impl Reading {
    /// None without `/proc`.
    fn now() -> Option<Self> {
        let process = stat(&fs::read_to_string("/proc/self/stat").ok()?)?;
        let own = fs::read_to_string("/proc/thread-self/stat").ok();
        let own = own.and_then(|text| Some(stat(&text)?.id));
        let mut threads = BTreeMap::new();
        for task in fs::read_dir("/proc/self/task").into_iter().flatten() {
            // A thread may end before it is read.
            let Some(folder) = task.ok().map(|task| task.path()) else {
                continue;
            };
            let text = fs::read_to_string(folder.join("stat")).ok();
            if let Some(thread) = text.and_then(|text| stat(&text)) {
                let role = if own == Some(thread.id) {
                    Role::Measures
                } else {
                    thread.role
                };
                let waited = fs::read_to_string(folder.join("schedstat")).ok();
                let known = Thread {
                    role,
                    used: thread.used,
                    waited: waited.and_then(|text| waited_of(&text)),
                };
                threads.insert(thread.id, known);
            }
        }
        Some(Self {
            process: process.used,
            major_faults: process.major_faults,
            threads,
        })
    }

    fn since(&self, before: &Self, over: Duration) -> Load {
        let used = |id: &u32, thread: &Thread| {
            let before = before
                .threads
                .get(id)
                .map_or(Duration::ZERO, |thread| thread.used);
            thread.used.saturating_sub(before)
        };
        let of = |role| {
            self.threads
                .iter()
                .filter(move |(_, thread)| thread.role == role)
        };
        let target: Duration = of(Role::Target).map(|(id, thread)| used(id, thread)).sum();
        let busiest = of(Role::Measures)
            .map(|(id, thread)| used(id, thread))
            .max();
        let waited = of(Role::Measures).filter_map(|(id, thread)| {
            let before = before.threads.get(id).and_then(|thread| thread.waited);
            Some(thread.waited?.saturating_sub(before.unwrap_or_default()))
        });
        let process = self.process.saturating_sub(before.process);
        Load {
            over,
            used: process.saturating_sub(target),
            process,
            major_faults: self.major_faults.saturating_sub(before.major_faults),
            run_delay: waited
                .max()
                .map(|waited| waited.as_secs_f64() / over.as_secs_f64()),
            busiest: busiest.map(|used| used.as_secs_f64() / over.as_secs_f64()),
        }
    }
}

/// So many ticks of the kernel.
pub(super) fn ticks(ticks: u64) -> Duration {
    Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND)
}

/// The second field of `schedstat`: nanoseconds on a run queue (Documentation/scheduler/sched-stats of the kernel).
fn waited_of(text: &str) -> Option<Duration> {
    let nanos = text.split_ascii_whitespace().nth(1)?.parse().ok()?;
    Some(Duration::from_nanos(nanos))
}

/// A process or a thread from `stat` of proc(5): its id, its role by its name, its major faults (field 12) and the CPU time
/// it used so far, user and system (fields 14 and 15). The name, in parentheses, may hold spaces, so that fields are counted
/// from its end only.
fn stat(text: &str) -> Option<Stat> {
    let (head, fields) = text.rsplit_once(')')?;
    let (id, name) = head.split_once(" (")?;
    let mut fields = fields.split_ascii_whitespace().skip(9);
    let major_faults = fields.next()?.parse().ok()?;
    let mut fields = fields.skip(1);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    let role = if MEASURING.iter().any(|begin| name.starts_with(begin)) {
        Role::Measures
    } else if name.starts_with(TARGET) {
        Role::Target
    } else {
        Role::Other
    };
    Some(Stat {
        id: id.parse().ok()?,
        role,
        used: ticks(user + system),
        major_faults,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: fn(u64) -> Duration = Duration::from_millis;

    /// Each thread with what it used, of which it waited a tenth beforehand.
    fn reading(process: u64, threads: &[(u32, Role, u64)]) -> Reading {
        let thread = |(id, role, used): &(u32, Role, u64)| {
            let (role, used) = (*role, MS(*used));
            let waited = Some(used / 10);
            (*id, Thread { role, used, waited })
        };
        Reading {
            process: MS(process),
            major_faults: process / 100,
            threads: threads.iter().map(thread).collect(),
        }
    }

    #[test]
    fn threads_are_told_apart_and_the_target_is_no_part_of_the_generator() {
        let before = reading(
            500,
            &[
                (1, Role::Measures, 100),
                (2, Role::Target, 300),
                (3, Role::Other, 50),
            ],
        );
        let after = reading(
            4_000,
            &[
                (1, Role::Measures, 400),
                (2, Role::Target, 1_300),
                (3, Role::Other, 1_950),
                // This thread was started meanwhile.
                (4, Role::Measures, 450),
            ],
        );
        let load = after.since(&before, MS(2_000));
        assert_eq!(load.busiest, Some(0.225));
        assert_eq!(load.used, MS(2_500));
        assert_eq!(load.cores(), 1.25);
        assert_eq!(load.process, MS(3_500), "with the target");
        assert_eq!(load.run_delay, Some(0.0225));
        assert_eq!(load.major_faults, 35);
        let none = reading(700, &[]).since(&before, MS(1_000));
        assert_eq!((none.busiest, none.cores()), (None, 0.2));
    }

    #[test]
    fn a_span_too_short_to_tell_belongs_to_the_next() {
        let mut meter = Meter::new(Instant::now());
        let at = meter.at;
        assert_eq!(meter.load(at + MS(10)), None);
        assert_eq!(meter.at, at);
    }

    #[test]
    fn the_name_of_the_program_may_hold_spaces_and_parentheses() {
        let rest = "S 1 7 7 0 -1 4194304 90 0 8 0 1200 34 0 0 20 0 1 0 5 1 1 1";
        for (name, role) in [
            ("a) b", Role::Other),
            ("shard-12", Role::Measures),
            ("ledger", Role::Measures),
            ("user-service", Role::Target),
        ] {
            let text = format!("7 ({name}) {rest}");
            let expected = Stat {
                id: 7,
                role,
                used: MS(12_340),
                major_faults: 8,
            };
            assert_eq!(stat(&text), Some(expected), "{name}");
        }
        assert_eq!(waited_of("500 1700 3\n"), Some(Duration::from_nanos(1_700)));
        assert_eq!(waited_of("500\n"), None);
        assert_eq!(stat("7 (x"), None);
    }

    #[test]
    fn this_thread_is_one_of_those_that_measure() {
        let measures = |reading: Reading| {
            let mut threads = reading.threads.values();
            threads.any(|thread| thread.role == Role::Measures)
        };
        assert!(Reading::now().is_some_and(measures));
    }
}
