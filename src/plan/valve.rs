//! The safety valve: stop rules that protect the target.
//!
//! A rule is `measure > value for duration`: `failed > 90% for 60s`. Such rules are like k6's thresholds with
//! `abortOnFail`, but on each second instead of the whole run so far, in which a long good past would hide a problem.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::span::parse_span;
use super::{Fault, Measure, Unit};

/// The default rules: nearly all requests fail, half get no response, or responses
/// take so long that they pile up.
pub const DEFAULT_VALVE: [Rule; 3] = [
    Rule {
        measure: Measure::Failed,
        side: Side::Above,
        bound: 0.9,
        time: Duration::from_secs(60),
    },
    Rule {
        measure: Measure::Errors,
        side: Side::Above,
        bound: 0.5,
        time: Duration::from_secs(15),
    },
    Rule {
        measure: Measure::P99,
        side: Side::Above,
        bound: 10.0,
        time: Duration::from_secs(30),
    },
];

/// Rules are evaluated once a second.
pub const SHORTEST_STREAK: Duration = Duration::from_secs(1);

const EXAMPLE: &str = "give one such as 'failed > 90% for 60s' or 'p99 > 10s for 30s'";

/// A rule is met when the measure is beyond the bound in each second of the duration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    pub measure: Measure,
    pub side: Side,
    /// In the unit of the measure.
    pub bound: f64,
    /// At least [`SHORTEST_STREAK`].
    pub time: Duration,
}

/// The side of the bound that meets the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Above,
    Below,
}

impl Rule {
    /// Whether a value is beyond the bound.
    pub fn is_beyond(&self, value: f64) -> bool {
        match self.side {
            Side::Above => value > self.bound,
            Side::Below => value < self.bound,
        }
    }

    /// What is wrong with the rule, if anything.
    pub(super) fn fault(&self) -> Option<Fault> {
        let above = self.side == Side::Above;
        // A share or a rate of 0 is possible; a latency of 0 is not.
        let (least, most, remedy) = match self.measure.unit() {
            Unit::Share => (-1.0, 1.0, "give a bound between 0% and 100%, such as 90%"),
            Unit::Time => (0.0, f64::MAX, "give a bound above 0, such as 10s"),
            Unit::Rate => (-1.0, f64::MAX, "give a bound above 0, such as 25"),
        };
        let never = if above {
            self.bound >= most
        } else {
            self.bound <= 0.0
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
        } else if self.time < SHORTEST_STREAK {
            ("rules are evaluated once a second", "give a time from 1s")
        } else {
            return None;
        };
        Some(Fault::new(format!("stop-if '{self}'"), cause, remedy))
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = match self.side {
            Side::Above => '>',
            Side::Below => '<',
        };
        let bound = self.measure.unit().show(self.bound);
        let time = self.time.as_secs_f64();
        write!(f, "{} {side} {bound} for {time}s", self.measure.name())
    }
}

impl FromStr for Rule {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let fault = |(cause, remedy): (String, String)| {
            Fault::new(format!("stop-if {text:?}"), cause, remedy)
        };
        let example = |cause: &str| fault((cause.to_owned(), EXAMPLE.to_owned()));
        let at = text
            .find(['>', '<'])
            .ok_or_else(|| example("has no > or < between a measure and its bound"))?;
        let (name, rest) = (text[..at].trim(), &text[at + 1..]);
        let measure = Measure::named(name).ok_or_else(|| {
            let names = Measure::ALL.map(Measure::name).join(", ");
            fault((
                format!("{name:?} is not a valid measure"),
                format!("give one of {names}"),
            ))
        })?;
        if rest.starts_with('=') {
            return Err(example("a bound has > or <, without ="));
        }
        let words: Vec<&str> = rest.split_whitespace().collect();
        let end = words
            .iter()
            .position(|word| *word == "for")
            .ok_or_else(|| example("does not say for how long"))?;
        let (bound, time) = (words[..end].join(" "), words[end + 1..].join(" "));
        Ok(Self {
            measure,
            side: if text[at..].starts_with('>') {
                Side::Above
            } else {
                Side::Below
            },
            bound: measure.unit().read(&bound).map_err(fault)?,
            time: parse_span(&time).ok_or_else(|| {
                fault((
                    format!("{time:?} is not a valid duration"),
                    "give seconds such as 60s, or units such as 1m30s".to_owned(),
                ))
            })?,
        })
    }
}
