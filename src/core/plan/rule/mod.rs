//! Rules on what a run measures: `failed > 90% for 60s`. Stop rules protect the target, thresholds judge the run.
//!
//! In: a rule as text. Out: what it measures, of what, and when it is met. It must never know a figure of a run.
//!
//! Such rules are like k6's thresholds, turned round: they say what is wrong, as Prometheus's alerting rules do.

mod measure;
mod parse;
mod selector;

use std::fmt;
use std::time::Duration;

pub use measure::{Measure, Unit};
pub use selector::{Label, Selector, Subject};

use super::Fault;
use super::shape::Shape;
use super::span::show_span;

/// The default stop rules: nearly all requests fail, half get no response, or responses take so long that they pile up.
pub const DEFAULT_VALVE: [Rule; 3] = [
    Rule::each_second(Measure::Failed, 0.9, Duration::from_secs(60)),
    Rule::each_second(Measure::Errors, 0.5, Duration::from_secs(15)),
    Rule::each_second(Measure::Quantile(9_900), 10.0, Duration::from_secs(30)),
];

/// Rules are evaluated once a second.
pub const SHORTEST_WINDOW: Duration = Duration::from_secs(1);

/// With fewer samples no measure says anything.
const LEAST_SAMPLES: u64 = 30;

/// More are asked for by none: what p99.9 needs.
const MOST_SAMPLES: u64 = 2_995;

/// A condition: a measure is beyond a bound.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// What is measured.
    pub measure: Measure,
    /// Of what.
    pub selector: Selector,
    pub side: Side,
    /// In the unit of the measure.
    pub bound: f64,
    pub window: Window,
    /// What was before this age of the run does not count.
    pub after: Duration,
    /// Whether the run ends as soon as the rule is met.
    pub abort: bool,
}

/// The side of the bound that meets the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Above,
    Below,
}

/// The time over which a rule looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// All of the run so far; the end of the run decides.
    Run,
    /// Each second of so long a time, without a second in which the measure was not beyond the bound: `for 60s`.
    Each(Duration),
    /// The last so long, at every second from then on: `over 5m`.
    Over(Duration),
}

impl Rule {
    /// More than `bound` in each second of a time.
    const fn each_second(measure: Measure, bound: f64, time: Duration) -> Self {
        Self {
            measure,
            selector: Selector::ALL,
            side: Side::Above,
            bound,
            window: Window::Each(time),
            after: Duration::ZERO,
            abort: false,
        }
    }

    /// Whether a value is beyond the bound.
    pub fn is_beyond(&self, value: f64) -> bool {
        match self.side {
            Side::Above => value > self.bound,
            Side::Below => value < self.bound,
        }
    }

    /// Whether it stands in for a default rule: it has the same measure of the same.
    pub fn replaces(&self, default: &Self) -> bool {
        self.measure == default.measure && self.selector == default.selector
    }

    /// When what counts begins and ends, by the age of a run of this shape.
    pub fn span(&self, shape: &Shape) -> (Duration, Duration) {
        let stage = self.selector.stage();
        let (from, to) = stage.map_or((Duration::ZERO, Duration::MAX), |stage| {
            shape.stage_span(stage)
        });
        (from.max(self.after), to)
    }

    /// The shortest time that it can judge.
    pub fn least_time(&self) -> Duration {
        match self.window {
            Window::Run => SHORTEST_WINDOW,
            Window::Each(time) | Window::Over(time) => time,
        }
    }

    /// With so many samples or more its measure says something: of fewer, not even one need lie beyond a quantile, or beyond a
    /// share of the bound, in one of twenty measurements (0.95 to the power of their number; p95: 59, p99: 299, p99.9: 2,995).
    pub fn least_samples(&self) -> u64 {
        let within = match self.measure {
            Measure::Quantile(parts) => f64::from(parts) / 1e4,
            Measure::Rate | Measure::Value => return 0,
            Measure::Mean | Measure::Max => return LEAST_SAMPLES,
            _ if self.side == Side::Below => 1.0 - self.bound,
            _ => self.bound,
        };
        if within <= 0.0 || within >= 1.0 {
            return LEAST_SAMPLES;
        }
        let least = (0.05f64.ln() / within.ln()).ceil() as u64;
        least.clamp(LEAST_SAMPLES, MOST_SAMPLES)
    }

    /// The unit of its values.
    pub fn unit(&self) -> Unit {
        self.measure.unit(self.selector.subject())
    }

    /// What is wrong with the rule, which `option` gives, if anything.
    pub(super) fn fault(&self, option: &str) -> Option<Fault> {
        let above = self.side == Side::Above;
        // A share or a rate of 0 is possible; a latency of 0 is not.
        let (least, most, remedy) = match self.unit() {
            Unit::Share => (-1.0, 1.0, "give a bound between 0% and 100%, such as 90%"),
            Unit::Time => (0.0, f64::MAX, "give a bound above 0, such as 10s"),
            Unit::Rate => (-1.0, f64::MAX, "give a bound above 0, such as 25"),
            Unit::Value => (f64::MIN, f64::MAX, "give a number such as 25"),
        };
        let lowest = if self.unit() == Unit::Value {
            f64::MIN
        } else {
            0.0
        };
        let never = if above {
            self.bound >= most
        } else {
            self.bound <= lowest
        };
        let always = if above {
            self.bound <= least
        } else {
            self.bound > most
        };
        let (cause, remedy) = if never || self.bound.is_nan() {
            ("can never be true", remedy)
        } else if always {
            ("is always true", remedy)
        } else if self.least_time() < SHORTEST_WINDOW {
            ("rules are evaluated once a second", "give a time from 1s")
        } else {
            return None;
        };
        Some(Fault::new(format!("{option} '{self}'"), cause, remedy))
    }

    /// What is wrong with a stop rule, if anything: it looks at a part of the run.
    pub(super) fn fault_of_stop(&self) -> Option<Fault> {
        if self.window == Window::Run {
            return Some(Fault::new(
                format!("stop-if '{self}'"),
                "does not say for how long",
                "give a time such as 'for 60s' or 'over 5m'; --fail-if judges the whole run",
            ));
        }
        self.fault("stop-if")
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = match self.side {
            Side::Above => '>',
            Side::Below => '<',
        };
        let bound = self.unit().show(self.bound);
        write!(f, "{}{} {side} {bound}", self.measure, self.selector)?;
        match self.window {
            Window::Run => {}
            Window::Each(time) => write!(f, " for {}s", time.as_secs_f64())?,
            Window::Over(time) => write!(f, " over {}s", time.as_secs_f64())?,
        }
        if !self.after.is_zero() {
            write!(f, " after {}", show_span(self.after))?;
        }
        if self.abort {
            f.write_str(" abort")?;
        }
        Ok(())
    }
}
