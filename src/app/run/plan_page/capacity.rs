//! The largest crowd that several workers could hold, by what the last run of these scripts cost.

use serde_json::{Value, json};

use crate::app::run::scripts;
use crate::app::state_dir;
use crate::cli::Resolved;
use crate::engine::RunConfig;
use crate::history::{Cost, PATIENCE, Store};
use crate::plan::Plan;
use crate::view::format;

/// The share of its cores that a crowd may take: a thread that uses more than 85 % of one is overloaded (`thread_cpu` in
/// docs/metrics.md).
const SHARE: f64 = 0.8;

/// A run that took less processor time says little: the system counts it in hundredths of a second.
const LEAST_CPU_SECONDS: f64 = 1.0;

/// With fewer users most of the memory is that of the program.
const LEAST_USERS: u64 = 1_000;

/// So many runs of the history are looked at.
const RUNS: u32 = 1_000;

/// What a user costs.
pub struct Capacity {
    /// The run where that was measured.
    run: String,
    cpu_seconds_per_request: f64,
    requests_per_user_second: f64,
    cpu_seconds_per_user_second: f64,
    memory_bytes_per_user: Option<f64>,
}

impl Capacity {
    /// By the last run on this machine that had exactly these scripts; none where there is none.
    pub fn measured(resolved: &Resolved, config: &RunConfig) -> Option<Self> {
        let hashes = scripts::hashes(config);
        let folder = state_dir::folder(resolved.state_dir.as_deref()).ok()?;
        let store = Store::read(folder.place(), PATIENCE).ok()??;
        let runs = store.runs(Some(RUNS)).ok()?.into_iter();
        let mut alike = runs.map(|(_, record)| record).filter(|record| {
            let verdict = record
                .ending
                .as_ref()
                .and_then(|end| end.verdict.as_deref());
            record.start.hashes == hashes && verdict != Some("invalid")
        });
        alike.find_map(|record| {
            let cost = record.figures.cost?;
            Self::of(record.start.id, cost, record.figures.users_peak)
        })
    }

    fn of(run: String, cost: Cost, users_peak: u64) -> Option<Self> {
        let is_enough = cost.cpu_seconds >= LEAST_CPU_SECONDS;
        if !is_enough || cost.requests == 0 || cost.user_seconds <= 0.0 {
            return None;
        }
        let memory = cost.memory_bytes.filter(|_| users_peak >= LEAST_USERS);
        Some(Self {
            run,
            cpu_seconds_per_request: cost.cpu_seconds / cost.requests as f64,
            requests_per_user_second: cost.requests as f64 / cost.user_seconds,
            cpu_seconds_per_user_second: cost.cpu_seconds / cost.user_seconds,
            memory_bytes_per_user: memory.map(|bytes| bytes as f64 / users_peak as f64),
        })
    }

    /// Users of a worker that has this number of threads.
    fn users(&self, threads: usize) -> u64 {
        (threads as f64 * SHARE / self.cpu_seconds_per_user_second) as u64
    }
}

pub fn text(plan: &Plan, capacity: Option<&Capacity>, workers: usize) -> String {
    let Some(capacity) = capacity else {
        return "largest crowd: not known, since no run of exactly these scripts in the history \
                took a second of processor time; run them here for a while\n"
            .to_owned();
    };
    let users = capacity.users(plan.shards);
    let rate = users as f64 * capacity.requests_per_user_second;
    let memory = capacity
        .memory_bytes_per_user
        .map_or_else(String::new, |bytes| {
            format!(
                ", {} of memory",
                format::bytes((users as f64 * bytes) as u64)
            )
        });
    format!(
        "largest crowd: {} users, {} on each worker ({}/s, {:.0} % of its cores{memory})\n  \
         on machines as fast as this one, by run {}: {} of processor time a request, {} requests/s \
         a user\n",
        format::count(users * workers as u64),
        format::count(users),
        format::figure(rate),
        SHARE * 100.0,
        capacity.run,
        format::time(capacity.cpu_seconds_per_request),
        format::figure(capacity.requests_per_user_second),
    )
}

pub fn json(plan: &Plan, capacity: &Capacity, workers: usize) -> Value {
    let users = capacity.users(plan.shards);
    json!({
        "run": capacity.run,
        "users": users * workers as u64,
        "users_per_worker": users,
        "cores_ratio": SHARE,
        "cpu_seconds_per_request": capacity.cpu_seconds_per_request,
        "requests_per_user_second": capacity.requests_per_user_second,
        "memory_bytes_per_user": capacity.memory_bytes_per_user,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost() -> Cost {
        Cost {
            cpu_seconds: 6.0,
            user_seconds: 60_000.0,
            requests: 120_000,
            memory_bytes: Some(80_000_000),
        }
    }

    #[test]
    fn a_worker_holds_as_many_as_its_cores_have_time_for() {
        let capacity = Capacity::of("k7f2".to_owned(), cost(), 2_000).expect("it is enough");
        // 100 us of a core a user and second.
        assert_eq!(capacity.users(2), 16_000);
        let plan = Plan {
            shards: 2,
            ..Plan::default()
        };
        let words = text(&plan, Some(&capacity), 4);
        assert!(
            words.contains("64,000 users, 16,000 on each worker"),
            "{words}"
        );
        assert!(
            words.contains("50 µs of processor time a request"),
            "{words}"
        );
        assert!(words.contains("640 MB of memory"), "{words}");
    }

    #[test]
    fn a_run_that_took_too_little_says_nothing() {
        let short = Cost {
            cpu_seconds: 0.4,
            ..cost()
        };
        assert!(Capacity::of("a".to_owned(), short, 2_000).is_none());
        let few = Capacity::of("a".to_owned(), cost(), 20).expect("its time is enough");
        assert_eq!(few.memory_bytes_per_user, None);
    }
}
