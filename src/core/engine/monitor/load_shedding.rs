//! Load shedding in levels: what is left out while the target is overloaded (`--degrade`).

use std::time::Duration;

use super::action::{Action, Monitor};
use crate::metrics::Snapshot;
use crate::view::format::{ratio, time};

/// What makes a level: in each second for [`RISE`], more failures or longer answers than this.
struct Level {
    /// Share of the requests that failed.
    failed: f64,
    /// 95th percentile of the service times.
    p95: Duration,
}

/// From the first level up. The last ones are where the safety valve soon ends the run.
const LEVELS: [Level; 3] = [
    Level {
        failed: 0.1,
        p95: Duration::from_secs(2),
    },
    Level {
        failed: 0.25,
        p95: Duration::from_secs(4),
    },
    Level {
        failed: 0.5,
        p95: Duration::from_secs(8),
    },
];

/// Seconds in a row that make a level.
const RISE: u32 = 3;
/// Seconds in a row, within half of what made it, that end a level. Longer than [`RISE`], and with room between the two
/// bounds, so that what is left out does not come and go.
const FALL: u32 = 10;

/// The level, and how long the measures have been beyond or within its bounds.
#[derive(Debug, Default)]
pub struct LoadShedding {
    level: u8,
    /// Seconds in a row beyond the bounds of each level.
    beyond: [u32; LEVELS.len()],
    /// Seconds in a row within half of the bounds of the present level.
    within: u32,
}

/// A change of the level, and by which figures.
#[derive(Debug, PartialEq, Eq)]
pub struct LevelChange {
    pub from: u8,
    pub to: u8,
    pub figures: String,
}

impl LoadShedding {
    /// Looks at one second: the share of its requests that failed, and the 95th percentile of their times; nothing when
    /// there was no request, which changes nothing.
    pub fn judge(&mut self, second: Option<(f64, Duration)>) -> Option<LevelChange> {
        let (failed, p95) = second?;
        for (streak, level) in self.beyond.iter_mut().zip(&LEVELS) {
            let beyond = failed > level.failed || p95 > level.p95;
            *streak = if beyond { *streak + 1 } else { 0 };
        }
        let within = usize::from(self.level)
            .checked_sub(1)
            .and_then(|at| LEVELS.get(at))
            .is_some_and(|level| failed <= level.failed / 2.0 && p95 <= level.p95 / 2);
        self.within = if within { self.within + 1 } else { 0 };
        let met = self.beyond.iter().rposition(|streak| *streak >= RISE);
        let met = met.map_or(0, |at| at as u8 + 1);
        let to = if met > self.level {
            met
        } else if self.within >= FALL {
            self.level - 1
        } else {
            return None;
        };
        self.within = 0;
        let from = std::mem::replace(&mut self.level, to);
        let (failed, p95) = (ratio(Some(failed)), time(p95.as_secs_f64()));
        let figures = format!("failed {failed}, p95 {p95}");
        Some(LevelChange { from, to, figures })
    }
}

impl Monitor for LoadShedding {
    fn observe(&mut self, snapshot: &Snapshot) -> Vec<Action> {
        if !snapshot.interval.is_whole() {
            return Vec::new();
        }
        let outcomes = snapshot.interval.outcomes();
        let of = outcomes.total() - outcomes.cancelled;
        let second = (of > 0).then(|| {
            let p95 = snapshot.interval.service().quantile(0.95);
            let failed = outcomes.failed() as f64 / of as f64;
            (failed, Duration::from_micros(p95))
        });
        self.judge(second)
            .map(LevelChange::actions)
            .unwrap_or_default()
    }

    fn needs_load(&self) -> bool {
        true
    }
}

impl LevelChange {
    fn actions(self) -> Vec<Action> {
        let what = match self.to {
            0 => "no step is skipped any more",
            1 => "the heaviest steps are skipped (heavy = 3 or true)",
            2 => "heavy steps are skipped (heavy = 2, 3 or true)",
            _ => "every heavy step is skipped",
        };
        let Self { from, to, figures } = self;
        let text = format!("level {from} -> {to}: {what}; {figures} in the last second");
        let level = if to > from {
            tracing::Level::WARN
        } else {
            tracing::Level::INFO
        };
        vec![
            Action::Shed(to),
            Action::Log(level, format!("degradation: {text}")),
            Action::Record("degrade", text),
        ]
    }
}
