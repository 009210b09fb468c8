//! A search for the highest load at which an objective holds (`throng search`).
//!
//! It sets the level of the run, waits until the load is that of the level, measures, and lets the target recover at the
//! lowest level after one that broke. Which level is next is `pace`'s to say.

use std::collections::VecDeque;
use std::time::Duration;

use super::action::Action;
use super::search_level::{LevelTrial, words};
use super::tally::Tally;
use crate::metrics::{
    LevelUnit, Search as Status, SearchPhase, SearchResult, SearchTrial, Snapshot, TrialResult,
};
use crate::pace::{Found, Knee, KneeSearch, Next, Trial};
use crate::plan::{Change, SearchPlan, show_level};

/// So many times its time a level may take to settle.
const SETTLES: u32 = 4;

/// How long the target may take to recover at the lowest level, where that is more than four times the cool-down.
const RECOVERY: Duration = Duration::from_secs(60);

/// Over how many seconds a target is looked at that is to recover.
const RECOVERED: usize = 2;

/// A search under way.
pub struct Search {
    plan: SearchPlan,
    knee: KneeSearch,
    state: State,
    /// The level of now.
    level: f64,
    status: Status,
}

enum State {
    /// Since when; users at the end of each second.
    Settling(Duration, Vec<i64>),
    Measuring(LevelTrial),
    /// Since when, what was counted at the end of each second, and the level to try then.
    Cooling(Duration, VecDeque<Vec<Tally>>, f64),
    Done,
}

impl Search {
    /// At its beginning: the run is at the lowest level.
    pub fn new(plan: &SearchPlan) -> Self {
        let unit = if plan.open {
            LevelUnit::ArrivalsPerSecond
        } else {
            LevelUnit::Users
        };
        let mut search = Self {
            knee: KneeSearch::new(plan.bounds()),
            state: State::Settling(Duration::ZERO, Vec::new()),
            level: plan.from,
            status: Status {
                objective: plan.objective(),
                unit,
                from: plan.from,
                at_most: plan.at_most,
                ..Status::default()
            },
            plan: plan.clone(),
        };
        search.describe(&search.knee.so_far(), SearchResult::Unfinished, "");
        search
    }

    /// How it stands.
    pub fn status(&self) -> Status {
        Status {
            level: self.level,
            phase: match self.state {
                State::Settling(..) => SearchPhase::Settling,
                State::Measuring(_) => SearchPhase::Measuring,
                State::Cooling(..) => SearchPhase::Cooling,
                State::Done => SearchPhase::Done,
            },
            ..self.status.clone()
        }
    }

    /// Looks at the second that has just ended, of a run under load.
    pub fn observe(&mut self, snapshot: &Snapshot) -> Vec<Action> {
        let (now, plan) = (snapshot.elapsed, &self.plan);
        match &mut self.state {
            State::Settling(since, users) => {
                users.push(snapshot.users_alive());
                let time = now.saturating_sub(*since);
                let is_settled = is_settled(plan, users, self.level);
                if time >= plan.settle && is_settled || time >= plan.settle * SETTLES {
                    let trial = LevelTrial::begin(plan, self.level, snapshot);
                    self.state = State::Measuring(trial);
                }
                Vec::new()
            }
            State::Measuring(trial) => match trial.observe(plan, snapshot) {
                Some(trial) => self.conclude(trial, now),
                None => Vec::new(),
            },
            State::Cooling(since, counts, next) => {
                let tallies = plan.slo.iter().map(|rule| Tally::of(rule, snapshot));
                counts.push_back(tallies.collect());
                let time = now.saturating_sub(*since);
                let (next, limit) = (*next, RECOVERY.max(plan.cooldown * 4));
                if time < plan.cooldown {
                    return Vec::new();
                }
                if next <= plan.from {
                    // Whether the objective holds there is what is tried next.
                    return self.go_to(next, now);
                }
                match holds_again(plan, counts) {
                    Some(true) => self.go_to(next, now),
                    Some(false) if time >= limit => self.give_up(limit),
                    None if time >= limit => self.go_to(next, now),
                    Some(false) | None => Vec::new(),
                }
            }
            State::Done => Vec::new(),
        }
    }

    /// A level was measured.
    fn conclude(&mut self, trial: SearchTrial, now: Duration) -> Vec<Action> {
        let result = match trial.result {
            TrialResult::Holds => Trial::Holds,
            TrialResult::Breaks => Trial::Breaks,
            TrialResult::GeneratorLimit => Trial::Limited,
            TrialResult::TooFewSamples => Trial::Unjudged,
        };
        let line = words(&trial, &self.plan);
        let mut actions = said(line);
        let why = trial.why.clone();
        self.status.trials.push(trial);
        match self.knee.record(self.level, result) {
            Next::Done(knee) => {
                let found = match knee.found {
                    Found::Knee => SearchResult::Knee,
                    Found::AtMost => SearchResult::AtMost,
                    Found::Lowest => SearchResult::Lowest,
                    Found::Limit => SearchResult::GeneratorLimit,
                    Found::TooFew => SearchResult::TooFewSamples,
                    Found::Unsteady => SearchResult::Unsteady,
                };
                actions.extend(self.finish(&knee, found, &why));
            }
            Next::Try(next) => {
                self.describe(&self.knee.so_far(), SearchResult::Unfinished, "");
                let is_tired = result == Trial::Breaks || result == Trial::Limited;
                if is_tired && !self.plan.cooldown.is_zero() {
                    actions.extend(self.set(self.plan.from));
                    self.state = State::Cooling(now, VecDeque::new(), next);
                } else {
                    actions.extend(self.go_to(next, now));
                }
            }
        }
        actions
    }

    /// The target did not recover.
    fn give_up(&mut self, after: Duration) -> Vec<Action> {
        let why = format!(
            "the target did not recover within {} s at {}",
            after.as_secs_f64(),
            show_level(self.plan.from, self.plan.open)
        );
        let knee = self.knee.so_far();
        self.finish(&knee, SearchResult::NotRecovered, &why)
    }

    fn finish(&mut self, knee: &Knee, result: SearchResult, why: &str) -> Vec<Action> {
        self.describe(knee, result, why);
        self.state = State::Done;
        let mut actions = said(self.status.text.clone());
        actions.push(Action::Finish);
        actions
    }

    fn go_to(&mut self, level: f64, now: Duration) -> Vec<Action> {
        let actions = self.set(level);
        self.state = State::Settling(now, Vec::new());
        actions
    }

    /// Sets the level, if it is another one.
    fn set(&mut self, level: f64) -> Vec<Action> {
        if level == self.level {
            return Vec::new();
        }
        self.level = level;
        let key = if self.plan.open { "arrivals" } else { "users" };
        let value = show_level(level, self.plan.open);
        // Within its bounds each level is a valid value.
        let change = Change::of([(key, value.as_str())]).ok();
        change.map(Action::Set).into_iter().collect()
    }

    /// What is known, in the status and in words.
    fn describe(&mut self, knee: &Knee, result: SearchResult, why: &str) {
        let show = |level: f64| show_level(level, self.plan.open);
        let status = &mut self.status;
        (status.result, status.knee) = (result, knee.level);
        (status.at_least, status.below) = knee.interval;
        status.passes = knee.passes as u64;
        let objective = &status.objective;
        let holds = match knee.level {
            Some(level) => format!("{objective} holds up to {}", show(level)),
            None => format!("{objective} held nowhere"),
        };
        let last = show(self.level);
        status.text = match result {
            SearchResult::Unfinished if status.trials.is_empty() => {
                format!("{objective}: no level was judged yet")
            }
            SearchResult::Unfinished => format!("the search is not finished: {holds}"),
            SearchResult::Knee => {
                let passes = match knee.passes {
                    1 => "1 pass".to_owned(),
                    passes => format!("{passes} passes"),
                };
                let range = match knee.interval {
                    (Some(low), Some(high)) => format!("between {} and {}", show(low), show(high)),
                    (None, Some(high)) => format!("below {}", show(high)),
                    (Some(low), None) => format!("at {} or above", show(low)),
                    (None, None) => "anywhere".to_owned(),
                };
                format!("{holds}; the knee is {range} ({passes})")
            }
            SearchResult::AtMost => format!("{holds}, which is --at-most"),
            SearchResult::Lowest => {
                let from = show(self.plan.from);
                format!("{objective} does not hold at {from}, the lowest level: {why}")
            }
            SearchResult::GeneratorLimit => {
                format!("{holds}; {last} is the generator's limit, not the target's: {why}")
            }
            SearchResult::TooFewSamples => format!("{holds}; {last} cannot be judged: {why}"),
            SearchResult::NotRecovered => format!("{holds}; {why}"),
            SearchResult::Unsteady => format!("{holds}; no two passes agree"),
        };
    }
}

/// A line in the log, and an event of the run.
fn said(text: String) -> Vec<Action> {
    vec![
        Action::Log(tracing::Level::INFO, format!("search: {text}")),
        Action::Record("search", text),
    ]
}

/// Whether the load is that of the level, as far as the users at the end of each of its seconds show: so many as there
/// should be, or, where sessions arrive, no longer more and more.
fn is_settled(plan: &SearchPlan, users: &[i64], level: f64) -> bool {
    if !plan.open {
        return users.last().is_some_and(|users| *users as f64 == level);
    }
    let window = (plan.settle.as_secs_f64() / 2.0).ceil().max(1.0) as usize;
    let Some(before) = users.len().checked_sub(2 * window) else {
        return plan.settle.is_zero();
    };
    let most = |of: &[i64]| of.iter().copied().max().unwrap_or_default() as f64;
    let (earlier, later) = users[before..].split_at(window);
    most(later) <= 1.15 * most(earlier) + 2.0
}

/// Whether the objective holds over the last seconds; none where there was nothing to measure.
fn holds_again(plan: &SearchPlan, counts: &VecDeque<Vec<Tally>>) -> Option<bool> {
    let before = counts.get(counts.len().checked_sub(RECOVERED + 1)?)?;
    let parts = plan.slo.iter().zip(counts.back()?).zip(before);
    let values = parts.map(|((rule, now), before)| {
        let value = now.since(before).value(rule.measure)?;
        Some(rule.is_beyond(value))
    });
    let values: Option<Vec<bool>> = values.collect();
    values.map(|values| values.iter().all(|holds| *holds))
}
