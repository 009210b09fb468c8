//! A whole run, second by second at first and more coarsely the longer it lasts, in memory that does not grow.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use super::load::Outcomes;
use super::people::Arrivals;
use super::run_view::RunView;
use crate::metrics::{SparseHistogram, Threshold, ThresholdResult};

/// Maximum moments: beyond that, pairs of moments are merged.
pub const MAX_MOMENTS: usize = 600;

/// What happened in some seconds of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moment {
    /// The number of its first interval.
    pub number: u64,
    /// The number of its intervals; parts of a second belong to the previous one, or else to the next.
    pub intervals: u64,
    /// The run's age at its end, plus the time of clean-up.
    pub at_seconds: f64,
    pub seconds: f64,
    /// Users alive at its end, by type.
    pub users: BTreeMap<Arc<str>, i64>,
    /// Users that the plan had at its end, where that changes with the run's time.
    pub planned_users: Option<f64>,
    /// Users away between two sessions at its end.
    pub away: u64,
    /// Arrivals in it, in an open crowd.
    pub arrivals: Option<Arriving>,
    /// The time of day of the plan's curve at its end, as seconds since midnight.
    pub time_of_day_seconds: Option<f64>,
    /// Requests that ended in it, by type.
    pub outcomes: BTreeMap<Arc<str>, Outcomes>,
    pub service: Times,
    pub response: Times,
    /// The maximum timer lag, and the maximum of its 99th percentiles.
    pub lag_seconds: f64,
    pub lag_p99_seconds: f64,
    /// The largest share of a core that one thread used; none where the system does not report it.
    pub busiest_thread: Option<f64>,
    /// Sessions that began, where people come back: of new people, and of those who returned.
    pub people: Option<(u64, u64)>,
    /// Thresholds that fail at its end.
    pub failing_thresholds: usize,
    /// The time of day at its end, as seconds since the Unix epoch.
    pub wall_seconds: f64,
    /// Processors in use, on average; none where the system does not report it.
    pub cpu: Option<f64>,
    /// Connections open at its end.
    pub connections: u64,
}

/// Arrivals of an open crowd in some seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Arriving {
    /// A second, by the plan at the end of these seconds.
    pub planned: f64,
    pub total: u64,
    /// Those that began no session.
    pub dropped: u64,
}

/// How long requests took in some seconds of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Times(SparseHistogram);

impl Times {
    /// The time below which this share (0 to 1) lies, in seconds; none of nothing.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        self.0.quantile(share).map(seconds)
    }

    /// Cells of a heat map that hold something: where the cell begins, in seconds, and how many are in it.
    pub fn cells(&self) -> impl Iterator<Item = (f64, u32)> {
        let cells = self.0.cells().into_iter();
        cells.map(|(cell, count)| (seconds(SparseHistogram::cell_edge(cell)), count))
    }

    pub fn count(&self) -> u64 {
        self.0.count()
    }
}

fn seconds(micros: u64) -> f64 {
    micros as f64 / 1e6
}

impl Moment {
    fn of(view: &RunView, names: &mut Names, outcomes: BTreeMap<Arc<str>, Outcomes>) -> Self {
        let (interval, health) = (&view.live.interval, &view.live.health);
        let types = view.types.iter().filter(|of| of.has_users());
        Self {
            number: interval.number,
            intervals: u64::from(interval.is_whole),
            at_seconds: view.run.seconds,
            seconds: interval.seconds,
            users: types
                .map(|of| (names.shared(&of.name), of.live.users))
                .collect(),
            planned_users: view.live.planned_users,
            away: view.away(),
            arrivals: None,
            time_of_day_seconds: view.live.time_of_day_seconds,
            outcomes,
            service: Times(SparseHistogram::of(&interval.service)),
            response: Times(SparseHistogram::of(&interval.response)),
            lag_seconds: health.lag_seconds,
            lag_p99_seconds: health.lag_p99_seconds,
            busiest_thread: health.busiest_thread,
            people: None,
            failing_thresholds: failing(view),
            wall_seconds: wall_seconds(),
            cpu: health.cpu,
            connections: health.connections,
        }
    }

    /// Merges the next moment into this one.
    fn add(&mut self, next: Self) {
        let seconds = self.seconds + next.seconds;
        self.cpu = match (self.cpu, next.cpu) {
            (Some(cpu), Some(next_cpu)) if seconds > 0.0 => {
                Some((cpu * self.seconds + next_cpu * next.seconds) / seconds)
            }
            (cpu, next_cpu) => cpu.or(next_cpu),
        };
        self.seconds = seconds;
        self.intervals += next.intervals;
        self.at_seconds = next.at_seconds;
        self.users = next.users;
        self.planned_users = next.planned_users;
        self.away = next.away;
        self.time_of_day_seconds = next.time_of_day_seconds;
        self.arrivals = match (self.arrivals, next.arrivals) {
            (Some(ours), Some(theirs)) => Some(Arriving {
                planned: theirs.planned,
                total: ours.total + theirs.total,
                dropped: ours.dropped + theirs.dropped,
            }),
            (ours, theirs) => theirs.or(ours),
        };
        for (kind, outcomes) in next.outcomes {
            self.outcomes.entry(kind).or_default().add(&outcomes);
        }
        self.service.0.add(&next.service.0);
        self.response.0.add(&next.response.0);
        self.lag_seconds = self.lag_seconds.max(next.lag_seconds);
        self.lag_p99_seconds = self.lag_p99_seconds.max(next.lag_p99_seconds);
        self.busiest_thread = match (self.busiest_thread, next.busiest_thread) {
            (Some(ours), Some(theirs)) => Some(ours.max(theirs)),
            (ours, theirs) => ours.or(theirs),
        };
        self.people = match (self.people, next.people) {
            (Some(ours), Some(theirs)) => Some((ours.0 + theirs.0, ours.1 + theirs.1)),
            (ours, theirs) => ours.or(theirs),
        };
        self.failing_thresholds = next.failing_thresholds;
        self.wall_seconds = next.wall_seconds;
        self.connections = next.connections;
    }
}

fn failing(view: &RunView) -> usize {
    let failing = |one: &&Threshold| one.result == ThresholdResult::Failed;
    view.thresholds.iter().filter(failing).count()
}

/// A run's own clock stands still in a pause, so the time of day is noted beside it.
fn wall_seconds() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0.0, |since| since.as_secs_f64())
}

/// All moments of a run, oldest first.
#[derive(Clone, Debug)]
pub struct History {
    moments: Vec<Moment>,
    /// Intervals per moment.
    stride: u64,
    last: u64,
    /// The run's age at the last interval.
    elapsed_seconds: f64,
    counted: BTreeMap<Arc<str>, Outcomes>,
    /// Arrivals, and those that were dropped, until the last interval.
    arrived: Arrivals,
    /// People who began sessions until then: new ones, and those who returned.
    people: (u64, u64),
    names: Names,
}

/// Names of types, each kept once.
#[derive(Clone, Debug, Default)]
struct Names(BTreeSet<Arc<str>>);

impl Names {
    fn shared(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.0.get(name) {
            return Arc::clone(known);
        }
        let new: Arc<str> = name.into();
        self.0.insert(Arc::clone(&new));
        new
    }
}

/// What became of a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// Its interval was added before.
    Nothing,
    /// It is the newest moment, or part of it.
    Moment,
    /// The same, and pairs of moments were merged.
    Halved,
}

impl Default for History {
    fn default() -> Self {
        Self {
            moments: Vec::new(),
            stride: 1,
            last: 0,
            elapsed_seconds: 0.0,
            counted: BTreeMap::new(),
            arrived: Arrivals::default(),
            people: (0, 0),
            names: Names::default(),
        }
    }
}

impl History {
    /// Adds what is new in a view: what was counted since the last one, also where intervals between were never seen, which
    /// makes a longer moment. A part of a second makes no moment of its own: its rate would be anything.
    pub fn add(&mut self, view: &RunView) -> Added {
        let interval = &view.live.interval;
        if interval.number <= self.last {
            return Added::Nothing;
        }
        let missed = interval.number - self.last > 1;
        self.last = interval.number;
        let news = self.news(view);
        let mut moment = Moment::of(view, &mut self.names, news);
        moment.arrivals = self.arriving(view);
        moment.people = self.began(view);
        let nothing = moment.outcomes.values().all(|of| of.total == 0);
        if !interval.is_whole && nothing {
            return Added::Nothing;
        }
        if view.run.seconds <= self.elapsed_seconds {
            let last = self.moments.last().map_or(0.0, |last| last.at_seconds);
            moment.at_seconds = last + interval.seconds.max(0.0);
        }
        if missed {
            let grown = view.run.seconds - self.elapsed_seconds;
            moment.seconds = moment.seconds.max(grown);
        }
        self.elapsed_seconds = view.run.seconds;
        match self.moments.last_mut() {
            Some(open) if open.intervals < self.stride || !interval.is_whole => open.add(moment),
            _ => self.moments.push(moment),
        }
        let full = self
            .moments
            .last()
            .is_some_and(|last| last.intervals >= self.stride);
        if self.moments.len() < MAX_MOMENTS || !full {
            return Added::Moment;
        }
        self.halve();
        Added::Halved
    }

    /// Oldest first; the last one may still grow.
    pub fn moments(&self) -> &[Moment] {
        &self.moments
    }

    /// Intervals per moment.
    pub fn stride(&self) -> u64 {
        self.stride
    }

    fn news(&mut self, view: &RunView) -> BTreeMap<Arc<str>, Outcomes> {
        let of_types = view
            .types
            .iter()
            .filter(|of| of.requests.outcomes.total > 0);
        let mut now: BTreeMap<Arc<str>, Outcomes> = of_types
            .map(|of| (self.names.shared(&of.name), of.requests.outcomes))
            .collect();
        let before = std::mem::replace(&mut self.counted, now.clone());
        for (kind, outcomes) in &mut now {
            if let Some(before) = before.get(kind) {
                outcomes.take_away(before);
            }
        }
        now
    }

    fn arriving(&mut self, view: &RunView) -> Option<Arriving> {
        let planned = view.live.planned_arrivals?;
        let now = view.load.arrivals.unwrap_or_default();
        let before = std::mem::replace(&mut self.arrived, now);
        Some(Arriving {
            planned,
            total: now.total.saturating_sub(before.total),
            dropped: now.dropped.total.saturating_sub(before.dropped.total),
        })
    }

    fn began(&mut self, view: &RunView) -> Option<(u64, u64)> {
        let people = view.load.people?;
        let now = (people.new, people.returning);
        let before = std::mem::replace(&mut self.people, now);
        Some((
            now.0.saturating_sub(before.0),
            now.1.saturating_sub(before.1),
        ))
    }

    fn halve(&mut self) {
        let mut moments = std::mem::take(&mut self.moments).into_iter();
        while let Some(mut one) = moments.next() {
            if let Some(next) = moments.next() {
                one.add(next);
            }
            self.moments.push(one);
        }
        self.stride *= 2;
    }
}
