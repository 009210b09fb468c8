//! From snapshots to blocks of time: a block is what the totals grew by.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use super::model::{Block, Cost, Figures, Headline, Kind, Label, Times};
use super::process::peak_memory;
use super::timeline::{Damage, Timeline};
use crate::metrics::{Histogram, Outcomes, Phase, Snapshot, StepResults, StepTotals, TypeId};

/// Records a run. Its memory is that of the blocks as they are kept, and two snapshots.
pub struct Recorder {
    timeline: Timeline,
    /// Where the open block begins.
    from: Arc<Snapshot>,
    last: Arc<Snapshot>,
    /// Of the open block.
    intervals: u64,
    seconds: f64,
    cost: Cost,
}

impl Recorder {
    /// Begins with the first snapshot of a run.
    pub fn new(first: Arc<Snapshot>) -> Self {
        Self {
            timeline: Timeline::default(),
            from: Arc::clone(&first),
            last: first,
            intervals: 0,
            seconds: 0.0,
            cost: Cost::default(),
        }
    }

    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// The newest snapshot.
    pub fn last(&self) -> &Snapshot {
        &self.last
    }

    /// Takes a snapshot; whether pairs of blocks were merged. Those that were never seen are part of the next one.
    ///
    /// # Errors
    /// Never of blocks that this made.
    pub fn observe(&mut self, snapshot: Arc<Snapshot>) -> Result<bool, Damage> {
        let missed = snapshot
            .interval
            .number
            .saturating_sub(self.last.interval.number);
        if missed == 0 {
            return Ok(false);
        }
        let grown = snapshot
            .elapsed
            .saturating_sub(self.last.elapsed)
            .as_secs_f64();
        self.seconds += match missed {
            1 => snapshot.interval.seconds,
            _ => grown.max(snapshot.interval.seconds),
        };
        self.intervals += missed - 1 + u64::from(snapshot.interval.is_whole());
        self.add_cost(&snapshot, grown);
        self.last = snapshot;
        if self.intervals < self.timeline.stride() {
            return Ok(false);
        }
        let block = self.open_block();
        self.close();
        self.timeline.push(&block)
    }

    /// Nothing more comes: what is left becomes the last block, or part of it. Whether pairs of blocks were merged.
    ///
    /// # Errors
    /// Never of blocks that this made.
    pub fn finish(&mut self) -> Result<bool, Damage> {
        let rest = self.open_block();
        let whole = self.intervals > 0;
        self.close();
        match (rest.figures.is_empty(), whole) {
            (true, _) => Ok(false),
            (false, true) => self.timeline.push(&rest),
            (false, false) => self.timeline.add_to_last(rest),
        }
    }

    /// What it cost in the `seconds` since the last snapshot.
    fn add_cost(&mut self, snapshot: &Snapshot, seconds: f64) {
        let Some(cores) = snapshot.cpu_ratio else {
            return;
        };
        let requests = |of: &Snapshot| of.totals.outcomes(None).total();
        self.cost.cpu_seconds += cores * seconds;
        self.cost.user_seconds += snapshot.users_alive().max(0) as f64 * seconds;
        self.cost.requests += requests(snapshot).saturating_sub(requests(&self.last));
    }

    fn close(&mut self) {
        self.from = Arc::clone(&self.last);
        self.intervals = 0;
        self.seconds = 0.0;
    }

    /// What was counted since the last block.
    pub fn open_block(&mut self) -> Block {
        let (from, last) = (Arc::clone(&self.from), Arc::clone(&self.last));
        let mut block = Block {
            at_seconds: from.elapsed.as_secs_f64(),
            seconds: self.seconds,
            run_seconds: last.elapsed.saturating_sub(from.elapsed).as_secs_f64(),
            ended_ms: now_ms(),
            users: last.users_alive().max(0).unsigned_abs(),
            ..Block::default()
        };
        let name = |kind: TypeId| last.type_name(kind).to_owned();
        let mut add = |label: Label, figures: Figures| {
            if !figures.is_empty() {
                let number = self.timeline.number(label);
                block.figures.entry(number).or_default().add(&figures);
            }
        };
        for (series, totals) in &last.totals.series {
            let before = from.totals.series.get(series);
            let (now, before_outcomes) = (totals.outcomes(), before.map(|one| one.outcomes()));
            let label = Label {
                kind: Kind::Endpoint,
                user_type: name(series.kind),
                method: series.operation.verb.to_string(),
                name: series.operation.name.to_string(),
            };
            let times = times(&totals.service, before.map(|one| &one.service));
            add(
                label,
                requests(now, before_outcomes.unwrap_or_default(), times),
            );
        }
        for ((kind, step), totals) in &last.totals.steps {
            let before = from.totals.steps.get(&(*kind, step.clone()));
            let label = Label {
                kind: Kind::Step,
                user_type: name(*kind),
                method: String::new(),
                name: step.clone(),
            };
            add(label, ended(totals, before));
        }
        for ((kind, journey), totals) in &last.totals.journeys {
            let before = from.totals.journeys.get(&(*kind, journey.clone()));
            let label = Label {
                kind: Kind::Journey,
                user_type: name(*kind),
                method: String::new(),
                name: journey.clone(),
            };
            add(label, ended(&totals.ended, before.map(|one| &one.ended)));
        }
        block
    }

    /// The figures of the run so far.
    pub fn headline(&self) -> Headline {
        let is_alone = self.last.conditions.cluster.is_none();
        // What it was with other scripts than those it began with says nothing of either.
        let is_one = !self.last.reloads.contains_key("accepted");
        let cost = (is_alone && is_one && self.cost.cpu_seconds > 0.0).then(|| Cost {
            memory_bytes: peak_memory(),
            ..self.cost
        });
        Headline {
            cost,
            ..headline(&self.last)
        }
    }

    /// Whether nothing more comes.
    pub fn is_done(&self) -> bool {
        self.last.phase == Phase::Done
    }
}

/// The figures of a snapshot, without its warm-up once that is over.
fn headline(snapshot: &Snapshot) -> Headline {
    let measured = snapshot.measured.as_ref().filter(|one| one.since.is_some());
    let warm_up = measured.and_then(|one| one.since).unwrap_or_default();
    let totals = measured.map_or(&snapshot.totals, |one| &one.totals);
    let seconds = snapshot.elapsed.saturating_sub(warm_up).as_secs_f64();
    let outcomes = totals.outcomes(None);
    let mut service = Histogram::fine();
    for of_type in totals.types.values() {
        service.add(&of_type.service);
    }
    let share = |part: u64, of: u64| (of > 0).then(|| part as f64 / of as f64);
    Headline {
        seconds: snapshot.elapsed.as_secs_f64(),
        warm_up_seconds: warm_up.as_secs_f64(),
        requests: outcomes.total(),
        requests_per_second: if seconds > 0.0 {
            outcomes.total() as f64 / seconds
        } else {
            0.0
        },
        failure_rate: share(outcomes.failed(), outcomes.total()),
        p95_seconds: (!service.is_empty()).then(|| service.quantile(0.95) as f64 / 1e6),
        users_peak: snapshot.peak_users,
        cost: None,
    }
}

fn times(now: &Histogram, before: Option<&Histogram>) -> Times {
    match before {
        // Nothing new: the bins need no look.
        Some(before) if before.count() == now.count() => Times::default(),
        Some(before) => Times::of(&now.since(before)),
        None => Times::of(now),
    }
}

fn requests(now: Outcomes, before: Outcomes, times: Times) -> Figures {
    Figures {
        ok: now.ok.saturating_sub(before.ok),
        expected: now.expected.saturating_sub(before.expected),
        unexpected: now.unexpected.saturating_sub(before.unexpected),
        error: now.error.saturating_sub(before.error),
        cancelled: now.cancelled.saturating_sub(before.cancelled),
        times,
    }
}

fn ended(now: &StepTotals, before: Option<&StepTotals>) -> Figures {
    let none = StepResults::default();
    let earlier = before.map_or(&none, |one| &one.results);
    let results = &now.results;
    Figures {
        ok: results.ok.saturating_sub(earlier.ok),
        expected: 0,
        unexpected: results.failed.saturating_sub(earlier.failed),
        error: results.error.saturating_sub(earlier.error),
        cancelled: results.cancelled.saturating_sub(earlier.cancelled),
        times: times(&now.duration, before.map(|one| &one.duration)),
    }
}

/// Milliseconds since 1970 (UTC).
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis() as u64)
}
