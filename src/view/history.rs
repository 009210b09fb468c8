//! A whole run, second by second at first and more coarsely the longer it lasts, in memory that does not grow.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::metrics::{Outcomes, Snapshot, SparseHistogram, TypeId};

/// Moments kept: when they are as many, every two become one.
pub const MAX_MOMENTS: usize = 600;

/// What happened in some seconds of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moment {
    /// The number of its first interval.
    pub number: u64,
    /// How many intervals it is made of; parts of a second belong to the one before, or else to the one after.
    pub intervals: u64,
    /// The run's age at its end, and in clean-up what that takes on top.
    pub at: Duration,
    pub seconds: f64,
    /// Users alive at its end.
    pub users: BTreeMap<TypeId, i64>,
    /// Requests that ended in it.
    pub outcomes: BTreeMap<TypeId, Outcomes>,
    pub service: SparseHistogram,
    pub response: SparseHistogram,
    /// The latest that a timer fired.
    pub lag: Duration,
    /// Processors in use, on the average; none where the system does not tell.
    pub cpu: Option<f64>,
    /// Connections open at its end.
    pub connections: u64,
}

impl Moment {
    fn of(snapshot: &Snapshot, outcomes: BTreeMap<TypeId, Outcomes>) -> Self {
        let interval = &snapshot.interval;
        Self {
            number: interval.number,
            intervals: u64::from(interval.is_whole()),
            at: snapshot.elapsed,
            seconds: interval.seconds,
            users: snapshot
                .types()
                .filter(|(_, name)| !name.starts_with('_'))
                .map(|(kind, _)| (kind, snapshot.users_of(kind)))
                .collect(),
            outcomes,
            service: SparseHistogram::of(&interval.service()),
            response: SparseHistogram::of(&interval.response()),
            lag: interval.lag,
            cpu: snapshot.cpu_ratio,
            connections: snapshot.health.open_connections,
        }
    }

    /// Becomes what it and the one after it are together.
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
        self.at = next.at;
        self.users = next.users;
        for (kind, outcomes) in next.outcomes {
            self.outcomes.entry(kind).or_default().add(&outcomes);
        }
        self.service.add(&next.service);
        self.response.add(&next.response);
        self.lag = self.lag.max(next.lag);
        self.connections = next.connections;
    }
}

/// All moments of a run, oldest first.
#[derive(Clone, Debug)]
pub struct History {
    moments: Vec<Moment>,
    /// Intervals that make a moment.
    stride: u64,
    last: u64,
    /// The run's age at the last interval.
    elapsed: Duration,
    counted: BTreeMap<TypeId, Outcomes>,
}

/// What became of a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// Its interval is known already.
    Nothing,
    /// It is the newest moment, or part of it.
    Moment,
    /// It is, and every two moments have become one.
    Halved,
}

impl Default for History {
    fn default() -> Self {
        Self {
            moments: Vec::new(),
            stride: 1,
            last: 0,
            elapsed: Duration::ZERO,
            counted: BTreeMap::new(),
        }
    }
}

impl History {
    /// Adds what is new in a snapshot: what was counted since the last one, also where intervals between were never seen.
    /// A part of a second makes no moment of its own: its rate would be anything.
    pub fn add(&mut self, snapshot: &Snapshot) -> Added {
        let interval = &snapshot.interval;
        if interval.number <= self.last {
            return Added::Nothing;
        }
        self.last = interval.number;
        let mut moment = Moment::of(snapshot, self.news(snapshot));
        let nothing = moment.outcomes.values().all(|of| of.total() == 0);
        if !interval.is_whole() && nothing {
            return Added::Nothing;
        }
        if snapshot.elapsed <= self.elapsed {
            let last = self.moments.last().map_or(Duration::ZERO, |last| last.at);
            moment.at = last + Duration::from_secs_f64(interval.seconds.max(0.0));
        }
        self.elapsed = snapshot.elapsed;
        match self.moments.last_mut() {
            Some(open) if open.intervals < self.stride || !interval.is_whole() => open.add(moment),
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

    /// Intervals that make a moment.
    pub fn stride(&self) -> u64 {
        self.stride
    }

    fn news(&mut self, snapshot: &Snapshot) -> BTreeMap<TypeId, Outcomes> {
        let mut now = BTreeMap::<TypeId, Outcomes>::new();
        for (series, totals) in &snapshot.totals.series {
            now.entry(series.kind).or_default().add(&totals.outcomes());
        }
        let before = std::mem::replace(&mut self.counted, now.clone());
        for (kind, outcomes) in &mut now {
            if let Some(before) = before.get(kind) {
                outcomes.take_away(before);
            }
        }
        now
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
