//! A search for the highest load at which an objective holds.

use std::time::Duration;

use super::shape::MAX_ARRIVALS;
use super::{Fault, Rule, Window};
use crate::pace::KneeBounds;
use crate::plan::live::MAX_USERS;

/// How long a level is left alone before it is measured.
pub const DEFAULT_SETTLE: Duration = Duration::from_secs(5);

/// How long a level is measured at least.
pub const DEFAULT_MEASURE: Duration = Duration::from_secs(15);

/// How long the lowest level holds after one that broke, at least.
pub const DEFAULT_COOLDOWN: Duration = Duration::from_secs(10);

/// How far the highest level that holds and the lowest that breaks are apart at most.
pub const DEFAULT_PRECISION: f64 = 0.05;

/// How often the knee is looked for.
pub const DEFAULT_PASSES: usize = 3;

/// Without `--from` the lowest level is this part of the highest: five doublings.
pub const DEFAULT_SPAN: f64 = 32.0;

/// What is searched for, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchPlan {
    /// The objective: each of these must hold, the sense of `p99 < 300ms`.
    pub slo: Vec<Rule>,
    /// The lowest level: users, or arrivals a second.
    pub from: f64,
    /// The highest.
    pub at_most: f64,
    /// Whether levels are arrivals a second.
    pub open: bool,
    pub settle: Duration,
    pub measure: Duration,
    pub cooldown: Duration,
    /// 0.05 is 5 %.
    pub precision: f64,
    pub passes: usize,
}

impl SearchPlan {
    /// A search between two levels, with the defaults of `throng search`.
    pub fn new(slo: Vec<Rule>, from: f64, at_most: f64, open: bool) -> Self {
        Self {
            slo,
            from,
            at_most,
            open,
            settle: DEFAULT_SETTLE,
            measure: DEFAULT_MEASURE,
            cooldown: DEFAULT_COOLDOWN,
            precision: DEFAULT_PRECISION,
            passes: DEFAULT_PASSES,
        }
    }

    /// Where the search looks.
    pub fn bounds(&self) -> KneeBounds {
        KneeBounds {
            from: self.from,
            at_most: self.at_most,
            precision: self.precision,
            passes: self.passes,
            whole: !self.open,
        }
    }

    /// The objective as text: `p99 < 300ms, failed < 1%`.
    pub fn objective(&self) -> String {
        let rules: Vec<String> = self.slo.iter().map(Rule::to_string).collect();
        rules.join(", ")
    }
}

/// What is wrong with a search.
pub(super) fn faults(search: &SearchPlan, faults: &mut Vec<Fault>) {
    let (least, most) = if search.open {
        (f64::MIN_POSITIVE, MAX_ARRIVALS)
    } else {
        (1.0, f64::from(MAX_USERS))
    };
    let show = |level: f64| show_level(level, search.open);
    let mut fault = |thing: String, cause: &str, remedy: &str| {
        faults.push(Fault::new(thing, cause, remedy));
    };
    for (option, level) in [("at-most", search.at_most), ("from", search.from)] {
        if !(least..=most).contains(&level) {
            let thing = format!("{option} {}", show(level));
            let (cause, remedy) = if search.open {
                (
                    "must be above 0/s, to 1,000,000/s",
                    "give a rate such as 500/s",
                )
            } else {
                ("must be 1 to 1,000,000 users", "give a number such as 500")
            };
            fault(thing, cause, remedy);
        }
    }
    if search.from > search.at_most {
        let thing = format!("from {}", show(search.from));
        fault(thing, "is above --at-most", "give a lower one");
    }
    if search.measure < Duration::from_secs(1) {
        let thing = format!("measure {}", super::span::show_span(search.measure));
        fault(
            thing,
            "levels are judged by whole seconds",
            "give a time from 1s",
        );
    }
    if !(0.001..=1.0).contains(&search.precision) {
        let thing = format!("precision {}%", search.precision * 100.0);
        fault(thing, "must be 0.1 to 100 per cent", "give one such as 5%");
    }
    if !(1..=20).contains(&search.passes) {
        let thing = format!("passes {}", search.passes);
        fault(thing, "must be 1 to 20", "give a number such as 3");
    }
    for rule in &search.slo {
        if rule.window != Window::Run || !rule.after.is_zero() || rule.abort {
            let cause = "says when it is measured, and each level is measured as a whole";
            fault(
                format!("slo '{rule}'"),
                cause,
                "leave for, over, after and abort out",
            );
        } else if rule.selector.stage().is_some() {
            let cause = "names a stage, and a search has none";
            fault(format!("slo '{rule}'"), cause, "leave the label out");
        }
    }
    faults.extend(search.slo.iter().filter_map(|rule| rule.fault("slo")));
}

/// A level as text: `412.5/s` or `412`.
pub fn show_level(level: f64, open: bool) -> String {
    let level = (level * 1e6).round() / 1e6;
    if open {
        format!("{level}/s")
    } else {
        level.to_string()
    }
}

/// Reads the parts of an objective, which commas part.
///
/// # Errors
/// What of them is no rule.
pub fn parse_slo(option: &str, text: &str) -> Result<Vec<Rule>, Vec<Fault>> {
    let (mut rules, mut faults) = (Vec::new(), Vec::new());
    for part in parts(text) {
        match Rule::parse(option, part.trim()) {
            Ok(rule) => rules.push(rule),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() {
        Ok(rules)
    } else {
        Err(faults)
    }
}

/// Between commas that are in no braces and no quotes.
fn parts(text: &str) -> Vec<&str> {
    let (mut depth, mut quoted, mut escaped) = (0_i32, false, false);
    let is_between = |sign: char| {
        match sign {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '{' if !quoted => depth += 1,
            '}' if !quoted => depth -= 1,
            _ => {}
        }
        sign == ',' && !quoted && depth == 0
    };
    text.split(is_between).collect()
}
