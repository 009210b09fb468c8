//! A rule over the seconds of a run: whether it is met, and by what figure.

use std::collections::VecDeque;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::tally::Tally;
use crate::metrics::{RuleProgress, Snapshot, least_samples};
use crate::plan::{Measure, Rule, Shape, Subject, Unit, Window};
use crate::view::format::{count, per_second, ratio, time};

/// Ticks come a little late, each by another bit, so that sixty of them may be a bit less than a minute.
const SLACK: Duration = Duration::from_millis(200);

/// A rule and what is known of the time that it looks at.
pub struct RuleState {
    rule: Rule,
    /// When what counts begins and ends, by the run's age.
    span: (Duration, Duration),
    known: Known,
}

/// What a [`RuleState`] knows, for another that goes on with it: the rule in words, and what was measured.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RuleMemory(String, Known);

/// What is known of the time that a rule looks at.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Known {
    /// What was counted before the span.
    before: Tally,
    /// At the end of the last second.
    last: Tally,
    /// Of `for`: seconds in a row in which the measure was beyond its bound.
    streak: Option<Streak>,
    /// Of `over`: what was counted at the end of each second of the window, the oldest first.
    window: VecDeque<(Duration, Tally)>,
    /// What is judged: the last second, the window or the run.
    judged: Tally,
    /// How much of the run was looked at: a window that was never full says nothing.
    looked: Duration,
    met: Option<String>,
    /// Since when the value is beyond the bound.
    beyond_since: Option<Duration>,
}

/// Seconds in a row in which a measure was beyond its bound. Seconds in which there was nothing to measure are left
/// out: they neither end it nor are part of it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Streak {
    time: Duration,
    least: f64,
    most: f64,
    /// What was measured: requests, steps or checks.
    count: u64,
}

impl RuleState {
    /// Of a rule over a run of this shape.
    pub fn new(rule: &Rule, shape: &Shape) -> Self {
        Self {
            span: rule.span(shape),
            rule: rule.clone(),
            known: Known::default(),
        }
    }

    /// What it knows.
    pub fn memory(&self) -> RuleMemory {
        RuleMemory(self.rule.to_string(), self.known.clone())
    }

    /// Goes on with what one of the same rule knew.
    pub fn resume(&mut self, RuleMemory(rule, known): RuleMemory) {
        if rule == self.rule.to_string() {
            self.known = known;
        }
    }

    pub fn rule(&self) -> &Rule {
        &self.rule
    }

    /// The figure that was compared last; none while there was nothing to measure.
    pub fn value(&self) -> Option<f64> {
        self.known.judged.value(self.rule.measure)
    }

    /// Whether there was anything to measure yet.
    pub fn has_begun(&self) -> bool {
        self.known.last.count() > 0 || self.rule.selector.subject() == Subject::Metric
    }

    /// The length of the rule's window, where the run had none so long.
    pub fn missed_window(&self) -> Option<Duration> {
        match self.rule.window {
            Window::Run => None,
            Window::Each(time) | Window::Over(time) => {
                (self.known.looked + SLACK < time).then_some(time)
            }
        }
    }

    /// Whether what the rule names was ever seen.
    pub fn is_known(&self) -> bool {
        self.known.last.is_known || self.rule.selector.subject() == Subject::Run
    }

    /// How it was met, in figures. One about the whole run may be met now and not at the end; any other stays met.
    pub fn met(&self) -> Option<&str> {
        self.known.met.as_deref()
    }

    /// Since when the value is beyond the bound, as the run's age; none while it is not.
    pub fn beyond_since(&self) -> Option<Duration> {
        self.known.beyond_since
    }

    /// How far it is from being met; none where its measure is not beyond its bound, and of rules without `for`.
    pub fn progress(&self) -> Option<RuleProgress> {
        let (streak, Window::Each(needed)) = (self.known.streak?, self.rule.window) else {
            return None;
        };
        Some(RuleProgress {
            rule: self.rule.to_string(),
            held: streak.time,
            needed,
            figure: self
                .value()
                .map_or_else(String::new, |value| self.show(value)),
        })
    }

    /// Looks at the second that has just ended.
    pub fn observe(&mut self, snapshot: &Snapshot) {
        let length = Duration::from_secs_f64(snapshot.interval.seconds.max(0.0));
        if snapshot.is_warming_up() {
            return;
        }
        let now = Tally::of(&self.rule, snapshot);
        if snapshot.elapsed <= self.span.0 {
            self.known.before = now.clone();
            self.known.last = now;
            return;
        }
        // The first second after the span is that of its end.
        if snapshot.elapsed.saturating_sub(length) >= self.span.1 {
            return;
        }
        self.known.looked += length;
        self.judge(&now, snapshot, length);
        let beyond = self.value().filter(|value| self.rule.is_beyond(*value));
        let began = snapshot.elapsed.saturating_sub(length);
        self.known.beyond_since = beyond.map(|_| self.known.beyond_since.unwrap_or(began));
        self.known.last = now;
    }

    fn judge(&mut self, now: &Tally, snapshot: &Snapshot, length: Duration) {
        match self.rule.window {
            Window::Run => {
                self.known.judged = now.since(&self.known.before);
                let value = self.value().filter(|value| self.rule.is_beyond(*value));
                self.known.met = value.map(|value| self.figures(value, value, None));
            }
            Window::Each(time) => self.second(now, snapshot, (length, time)),
            Window::Over(time) => self.slide(now, snapshot, (length, time)),
        }
    }

    /// `for`: one second more.
    fn second(&mut self, now: &Tally, snapshot: &Snapshot, (length, time): (Duration, Duration)) {
        if !snapshot.interval.is_whole() {
            // A part of a second is no second in which a measure was within its bound.
            if let Some(streak) = &mut self.known.streak {
                streak.time += length;
            }
            return;
        }
        let second = now.since(&self.known.last);
        let value = second.value(self.rule.measure);
        match value {
            // A circuit breaker holds the crowd back because it was so, and nothing has shown that it is not.
            None => match &mut self.known.streak {
                Some(streak) if snapshot.guard.holds_off() => streak.time += length,
                _ => return,
            },
            Some(value) if self.rule.is_beyond(value) => {
                let streak = self.known.streak.get_or_insert(Streak {
                    time: Duration::ZERO,
                    least: value,
                    most: value,
                    count: 0,
                });
                streak.time += length;
                streak.least = streak.least.min(value);
                streak.most = streak.most.max(value);
                streak.count += second.count();
            }
            Some(_) => self.known.streak = None,
        }
        if value.is_some() {
            self.known.judged = second;
        }
        if let Some(streak) = self
            .known
            .streak
            .filter(|streak| streak.time + SLACK >= time)
        {
            self.known.met = Some(self.figures(streak.least, streak.most, Some(&streak)));
        }
    }

    /// `over`: the window ends one second later.
    fn slide(&mut self, now: &Tally, snapshot: &Snapshot, (length, time): (Duration, Duration)) {
        if !snapshot.interval.is_whole() {
            return;
        }
        if self.known.window.is_empty() {
            let began = snapshot.elapsed.saturating_sub(length);
            self.known
                .window
                .push_back((began, self.known.before.clone()));
        }
        self.known.window.push_back((snapshot.elapsed, now.clone()));
        // The oldest that is still long enough ago.
        while self.known.window.len() > 1
            && self.known.window[1].0 + time <= snapshot.elapsed + SLACK
        {
            self.known.window.pop_front();
        }
        let Some((began, before)) = self.known.window.front() else {
            return;
        };
        self.known.judged = now.since(before);
        let is_full = *began + time <= snapshot.elapsed + SLACK;
        let value = self.value();
        let beyond = value.filter(|value| is_full && self.rule.is_beyond(*value));
        if let Some(value) = beyond {
            self.known.met = Some(self.figures(value, value, None));
        }
    }

    /// `91.3 % to 100 % for 60 s (4,210 requests)`
    fn figures(&self, least: f64, most: f64, streak: Option<&Streak>) -> String {
        let (least, most) = (self.show(least), self.show(most));
        let mut text = if least == most {
            least
        } else {
            format!("{least} to {most}")
        };
        if let Some(streak) = streak {
            text += &format!(" for {} s", streak.time.as_secs_f64().round());
        }
        if let Window::Over(time) = self.rule.window {
            text += &format!(" over {} s", time.as_secs_f64().round());
        }
        let counted = streak.map_or(self.known.judged.count(), |streak| streak.count);
        if self.rule.measure != Measure::Value {
            let few = self
                .few()
                .map_or_else(String::new, |few| format!("; {few}"));
            text += &format!(" ({} {}{few})", count(counted), self.counted());
        }
        text
    }

    /// That a quantile is judged by fewer than it takes. One second by itself always has few.
    pub fn few(&self) -> Option<String> {
        let Measure::Quantile(parts) = self.rule.measure else {
            return None;
        };
        if matches!(self.rule.window, Window::Each(_)) {
            return None;
        }
        let least = least_samples(f64::from(parts) / 1e4);
        let timed = self.known.judged.timed();
        (0 < timed && timed < least).then(|| {
            let noun = self.counted();
            format!("a {} takes {} {noun}", self.rule.measure, count(least))
        })
    }

    /// A value as text with its unit.
    pub fn show(&self, value: f64) -> String {
        show(&self.rule, value)
    }

    /// What is counted.
    fn counted(&self) -> &'static str {
        match (self.rule.measure, self.rule.selector.subject()) {
            (Measure::ScriptErrors, _) | (_, Subject::Steps) => "steps",
            (Measure::FailedChecks, _) | (_, Subject::Check) => "checks",
            (_, Subject::Journeys) => "journeys",
            (_, Subject::Metric) => "values",
            _ => "requests",
        }
    }
}

/// A value of a rule as text with its unit.
pub fn show(rule: &Rule, value: f64) -> String {
    match rule.unit() {
        Unit::Share => ratio(Some(value)),
        Unit::Time => time(value),
        Unit::Rate => per_second(Some(value)),
        Unit::Value => rule.unit().show(value),
    }
}
