//! One level of a search: what is measured of it, and what that says.

use std::time::Duration;

use super::rule_state::show;
use super::tally::Tally;
use crate::metrics::{Arrivals, SearchTrial, Snapshot, THREAD_LIMIT, TrialFigure, TrialResult};
use crate::plan::{Measure, Rule, SearchPlan, Selector, Side, Unit, Window, show_level};
use crate::view::format::{count, ratio};

/// So many times the planned time of a measurement it goes on where there is too little to judge by.
const LONGEST: u32 = 10;

/// So many times its bound a figure is that no more time would help.
const HOPELESS: f64 = 2.0;

/// So many failures, or other cases of a share, are no chance.
const CASES: f64 = 20.0;

/// Where the generator was overloaded in this share of the seconds, and in two of them, figures that break the objective may
/// be its own.
const OVERLOADED: f64 = 0.05;

/// A request meets the generator's lag so many times: when its connection opens, when it is written, when it is read.
const LAGS: f64 = 3.0;

/// Where less than this of the planned load was put on, nothing holds.
const SENT: f64 = 0.99;

/// A target that gives no usable response to more than this is down, whatever the objective is about.
static DOWN: Rule = Rule {
    measure: Measure::Errors,
    selector: Selector::ALL,
    side: Side::Below,
    bound: 0.5,
    window: Window::Run,
    after: Duration::ZERO,
    abort: false,
};

/// A level while it is measured.
pub struct LevelTrial {
    level: f64,
    began: Duration,
    /// Until it began to be measured, of each part of the objective and of [`DOWN`].
    before: Vec<Tally>,
    arrivals: Arrivals,
    not_sent: u64,
    requests: u64,
    /// Seconds that were looked at, and those in which the generator was overloaded.
    seconds: u32,
    overloaded: u32,
    /// Of these, those in which one of its threads had all that a core gives.
    saturated: u32,
    /// The most of its lag, in seconds.
    lag: f64,
}

/// The figure of a part of the objective.
struct Part<'a> {
    rule: &'a Rule,
    value: Option<f64>,
    /// Whether there is enough to judge by.
    is_enough: bool,
    count: u64,
}

impl Part<'_> {
    fn holds(&self) -> bool {
        self.value.is_some_and(|value| self.rule.is_beyond(value))
    }

    fn breaks(&self) -> bool {
        self.value.is_some() && !self.holds()
    }

    /// Whether it breaks even where this is taken from a time.
    fn breaks_without(&self, lag: f64) -> bool {
        let own = match self.rule.unit() {
            Unit::Time if self.rule.side == Side::Below => lag,
            _ => 0.0,
        };
        let value = self.value.map(|value| (value - own).max(0.0));
        value.is_some_and(|value| !self.rule.is_beyond(value))
    }

    /// Whether it breaks so far that no more time would help; a share also by a few cases.
    fn is_hopeless(&self) -> bool {
        let bound = self.rule.bound;
        let Some(value) = self.value.filter(|value| *value > bound * HOPELESS) else {
            return false;
        };
        let cases = value * self.count as f64;
        let is_clear = self.rule.unit() == Unit::Share && cases >= CASES;
        self.rule.side == Side::Below && (self.is_enough || is_clear)
    }

    /// `p99 412 ms`
    fn words(&self) -> String {
        let value = self
            .value
            .map_or("-".to_owned(), |value| show(self.rule, value));
        format!("{}{} {value}", self.rule.measure, self.rule.selector)
    }
}

impl LevelTrial {
    /// Begins to measure.
    pub fn begin(plan: &SearchPlan, level: f64, snapshot: &Snapshot) -> Self {
        Self {
            level,
            began: snapshot.elapsed,
            before: tallies(plan, snapshot),
            arrivals: snapshot.arrivals(),
            not_sent: snapshot.totals.not_sent.values().sum(),
            requests: snapshot.requests().total(),
            seconds: 0,
            overloaded: 0,
            saturated: 0,
            lag: 0.0,
        }
    }

    /// Takes a second; gives what the level is once that is known.
    pub fn observe(&mut self, plan: &SearchPlan, snapshot: &Snapshot) -> Option<SearchTrial> {
        if snapshot.interval.is_whole() {
            self.seconds += 1;
            let interval = &snapshot.interval;
            let busiest = interval.busiest_thread;
            self.overloaded += u32::from(interval.is_overloaded());
            self.saturated += u32::from(busiest.is_some_and(|share| share > THREAD_LIMIT));
            self.lag = self.lag.max(interval.lag_p99.as_secs_f64());
        }
        let now = tallies(plan, snapshot);
        let since = now.iter().zip(&self.before);
        let since: Vec<Tally> = since.map(|(now, before)| now.since(before)).collect();
        let rules = plan.slo.iter().chain([&DOWN]);
        let parts = rules.zip(&since).map(|(rule, tally)| Part {
            rule,
            value: tally.value(rule.measure),
            is_enough: tally.count() >= rule.least_samples(),
            count: tally.count(),
        });
        let parts: Vec<Part<'_>> = parts.collect();
        let time = snapshot.elapsed.saturating_sub(self.began);
        let is_enough = parts.iter().all(|part| part.is_enough);
        let is_over = time >= plan.measure && is_enough || time >= plan.measure * LONGEST;
        let is_hopeless = time >= plan.measure / 3 && parts.iter().any(Part::is_hopeless);
        (is_over || is_hopeless).then(|| self.judge(plan, snapshot, &parts))
    }

    fn judge(&self, plan: &SearchPlan, snapshot: &Snapshot, parts: &[Part<'_>]) -> SearchTrial {
        let seconds = snapshot.elapsed.saturating_sub(self.began).as_secs_f64();
        let requests = snapshot.requests().total() - self.requests;
        let broken: Vec<String> = parts
            .iter()
            .filter(|part| part.breaks())
            .map(Part::words)
            .collect();
        let lacking = parts.iter().find(|part| !part.is_enough);
        let (result, why) = if !broken.is_empty() {
            match self.overload(parts) {
                Some(why) => (TrialResult::GeneratorLimit, why),
                None => (TrialResult::Breaks, broken.join(", ")),
            }
        } else if requests == 0 {
            (TrialResult::Breaks, "no request ended".to_owned())
        } else if let Some(why) = self.unsent(plan, snapshot, seconds) {
            (TrialResult::GeneratorLimit, why)
        } else if let Some(part) = lacking {
            let why = format!(
                "{} {} in {seconds:.0} s, and {}{} needs {}",
                count(part.count),
                if part.count == 1 { "sample" } else { "samples" },
                part.rule.measure,
                part.rule.selector,
                count(part.rule.least_samples()),
            );
            (TrialResult::TooFewSamples, why)
        } else {
            (TrialResult::Holds, String::new())
        };
        let figures = parts.iter().take(plan.slo.len()).map(|part| TrialFigure {
            rule: part.rule.to_string(),
            value: part.value,
            bound: part.rule.bound,
            figure: part
                .value
                .map_or_else(String::new, |value| show(part.rule, value)),
            holds: part.holds(),
        });
        SearchTrial {
            level: self.level,
            at_seconds: self.began.as_secs_f64(),
            seconds,
            result,
            figures: figures.collect(),
            requests,
            why,
        }
    }

    /// Why figures that break the objective may be the generator's own: its threads were saturated, or its lag is enough to
    /// make the difference.
    fn overload(&self, parts: &[Part<'_>]) -> Option<String> {
        let least = OVERLOADED * f64::from(self.seconds);
        let is_often = |seconds: u32| seconds >= 2 && f64::from(seconds) >= least;
        let lag = LAGS * self.lag;
        let breaks = parts.iter().any(|part| part.breaks_without(lag));
        let is_own = is_often(self.saturated) || is_often(self.overloaded) && !breaks;
        is_own.then(|| {
            let (overloaded, seconds) = (self.overloaded, self.seconds);
            format!("the generator was overloaded in {overloaded} of {seconds} s")
        })
    }

    /// Why the load was not the planned one.
    fn unsent(&self, plan: &SearchPlan, snapshot: &Snapshot, seconds: f64) -> Option<String> {
        let not_sent: u64 = snapshot.totals.not_sent.values().sum();
        if not_sent > self.not_sent {
            let count = count(not_sent - self.not_sent);
            return Some(format!("this machine could not send {count} requests"));
        }
        if !plan.open {
            return None;
        }
        let now = snapshot.arrivals();
        let planned = self.level * seconds;
        let came = (now.total - self.arrivals.total) as f64;
        // As many as a Poisson process may have fewer.
        if came + 3.0 * planned.sqrt() + 1.0 < planned * SENT {
            let share = ratio(Some(came / planned));
            return Some(format!("{share} of the planned arrivals came"));
        }
        let dropped = now.dropped() - self.arrivals.dropped();
        if dropped as f64 > planned * (1.0 - SENT) {
            let at_most = now.dropped_max_users - self.arrivals.dropped_max_users;
            let remedy = if at_most > 0 { " (--max-users)" } else { "" };
            let share = ratio(Some(dropped as f64 / came.max(1.0)));
            return Some(format!("{share} of the arrivals were dropped{remedy}"));
        }
        None
    }
}

/// What the parts of the objective counted so far, and [`DOWN`].
fn tallies(plan: &SearchPlan, snapshot: &Snapshot) -> Vec<Tally> {
    let rules = plan.slo.iter().chain([&DOWN]);
    rules.map(|rule| Tally::of(rule, snapshot)).collect()
}

/// A level that was tried, in one line: `40/s holds: p99 12 ms, failed 0 %`.
pub fn words(trial: &SearchTrial, plan: &SearchPlan) -> String {
    let level = show_level(trial.level, plan.open);
    let figures = plan
        .slo
        .iter()
        .zip(&trial.figures)
        .map(|(rule, figure)| format!("{}{} {}", rule.measure, rule.selector, figure.figure));
    let figures = figures.collect::<Vec<_>>().join(", ");
    match trial.result {
        TrialResult::Holds => format!("{level} holds: {figures}"),
        TrialResult::Breaks => format!("{level} breaks: {}", trial.why),
        TrialResult::GeneratorLimit => {
            format!("{level} says nothing of the target: {}", trial.why)
        }
        TrialResult::TooFewSamples => format!("{level} cannot be judged: {}", trial.why),
    }
}

#[cfg(test)]
mod tests;
