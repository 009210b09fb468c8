//! The comparison itself.
//!
//! Each figure is computed of all blocks of a run. How much it varies by chance is found by a moving-block bootstrap
//! (Künsch, "The jackknife and the bootstrap for general stationary observations", Annals of Statistics 17, 1989): a run
//! is put together anew of stretches of successive blocks, many times over, so that dependence between neighbouring
//! seconds counts. Two runs of one shape are put together of the same moments, so that what the shape itself changes
//! cancels out. Differences are judged by Student's t, and over all comparisons by Holm's procedure ("A simple
//! sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6, 1979).

use std::collections::BTreeSet;

use serde::Serialize;

use super::estimates::{Estimate, Side};
use super::holm;
use super::measure::Measure;
use super::plans::{self, Difference};
use super::resamples::Resamples;
use super::subject::Subject;
use super::sums::Compared;
use crate::history::model::RecordedRun;

/// The chance that two runs of the same are said to differ in anything.
pub const FAMILY: f64 = 0.01;

/// Fewest blocks of each run: fewer say nothing about what varies by chance.
pub const LEAST_BLOCKS: usize = 8;

/// A smaller change of a rate or a percentile is no difference, whatever its interval: bins are not finer.
pub const LEAST_RATIO: f64 = 0.01;

/// A smaller change of the share of failures is no difference: a tenth of a percentage point.
pub const LEAST_FAILURE_POINTS: f64 = 0.001;

/// What is said of one figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Finding {
    Worse,
    Better,
    /// No difference that is more than chance.
    Same,
    /// There is too little to say.
    Undecided,
}

/// One figure of two runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    pub measure: Measure,
    /// In seconds, a second, or as a share.
    pub a: Option<f64>,
    pub b: Option<f64>,
    /// b against a: a ratio less 1 for rates and percentiles (0.1: 10 % more), a difference of shares for failures.
    pub change: Option<f64>,
    /// Where that lies but for chance, at the level at which it was judged.
    pub interval: Option<(f64, f64)>,
    pub p_value: Option<f64>,
    pub finding: Finding,
    /// Why nothing can be said.
    pub reason: Option<String>,
}

/// What two runs have of one subject.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    #[serde(flatten)]
    pub subject: Subject,
    /// Requests, steps or journeys of each run.
    pub count_a: u64,
    pub count_b: u64,
    pub changes: Vec<Change>,
}

/// Two runs side by side.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    pub a: String,
    pub b: String,
    /// What else is not the same in both.
    pub differences: Vec<Difference>,
    /// Blocks of time that were compared.
    pub blocks_a: usize,
    pub blocks_b: usize,
    /// Whether the same moments of both were put side by side.
    pub paired: bool,
    /// The chance that two runs of the same are said to differ.
    pub family_wise_error: f64,
    /// All requests, endpoints, steps, journeys.
    pub rows: Vec<Row>,
}

/// Compares two runs.
pub fn compare(a: &RecordedRun, b: &RecordedRun) -> Comparison {
    let differences = plans::differences(&a.record.start, &b.record.start);
    let (names, a, b) = (
        (&a.record.start.id, &b.record.start.id),
        Compared::of(a),
        Compared::of(b),
    );
    let (blocks_a, blocks_b) = (a.seconds.len(), b.seconds.len());
    let paired = !differences.iter().any(|one| one.is_load) && are_alike(&a.seconds, &b.seconds);
    let short = blocks_a.min(blocks_b) < LEAST_BLOCKS;
    let both = blocks_a.min(blocks_b);
    let (of_a, of_b) = match paired {
        true => (
            Resamples::new(blocks_a, both, 0),
            Resamples::new(blocks_b, both, 0),
        ),
        false => (
            Resamples::new(blocks_a, blocks_a, 1),
            Resamples::new(blocks_b, blocks_b, 2),
        ),
    };
    let mut judged = Vec::new();
    let mut rows = Vec::new();
    let subjects: BTreeSet<&Subject> = a.subjects.keys().chain(b.subjects.keys()).collect();
    for subject in subjects {
        let side = |run: &'_ Compared| {
            run.subjects
                .get(subject)
                .map_or(0, |sums| sums.count() as u64)
        };
        let mut row = Row {
            subject: subject.clone(),
            count_a: side(&a),
            count_b: side(&b),
            changes: Vec::new(),
        };
        for measure in Measure::ALL {
            let sides = (
                a.subjects.get(subject).map(|sums| Side {
                    sums,
                    seconds: &a.seconds,
                    resamples: &of_a,
                }),
                b.subjects.get(subject).map(|sums| Side {
                    sums,
                    seconds: &b.seconds,
                    resamples: &of_b,
                }),
            );
            let (change, estimate) = change(measure, sides, paired, short);
            if let Some(estimate) = estimate {
                judged.push((rows.len(), row.changes.len(), estimate));
            }
            row.changes.push(change);
        }
        rows.push(row);
    }
    let p_values: Vec<f64> = judged
        .iter()
        .map(|(.., estimate)| estimate.p_value())
        .collect();
    let levels = holm::levels(&p_values, FAMILY);
    for (((row, place, estimate), p_value), level) in judged.iter().zip(&p_values).zip(levels) {
        rows[*row].changes[*place].judge(estimate, *p_value, level);
    }
    Comparison {
        a: names.0.clone(),
        b: names.1.clone(),
        differences,
        blocks_a,
        blocks_b,
        paired,
        family_wise_error: FAMILY,
        rows,
    }
}

/// Whether the blocks of two runs are the same moments: about as many, of one length.
fn are_alike(a: &[f32], b: &[f32]) -> bool {
    let (few, many) = (a.len().min(b.len()), a.len().max(b.len()));
    let mean = |of: &[f32]| of.iter().sum::<f32>() / of.len().max(1) as f32;
    many - few <= (many / 20).max(1) && (mean(a) / mean(b) - 1.0).abs() < 0.05
}

/// One figure of both, and what chance does to it where that can be judged.
fn change(
    measure: Measure,
    sides: (Option<Side<'_>>, Option<Side<'_>>),
    paired: bool,
    short: bool,
) -> (Change, Option<Estimate>) {
    let figure = |side: Option<Side<'_>>| side.and_then(|side| side.figure(measure));
    let mut change = Change {
        measure,
        a: figure(sides.0),
        b: figure(sides.1),
        change: None,
        interval: None,
        p_value: None,
        finding: Finding::Undecided,
        reason: None,
    };
    let (a, b) = match sides {
        (Some(a), Some(b)) => (a, b),
        (Some(_), None) => return (change.without("only in the first run"), None),
        (None, _) => return (change.without("only in the second run"), None),
    };
    if let (Some(a), Some(b)) = (change.a, change.b) {
        change.change = match measure.is_ratio() {
            true => (a > 0.0).then(|| b / a - 1.0),
            false => Some(b - a),
        };
    }
    let fewest = a.count(measure).min(b.count(measure));
    if fewest < measure.least_count() {
        let words = format!("needs {} of each run", measure.least_count());
        return (change.without(&words), None);
    }
    if short {
        let words = format!("needs {LEAST_BLOCKS} blocks of time of each run");
        return (change.without(&words), None);
    }
    match Estimate::of(measure, a, b, paired) {
        Some(estimate) => (change, Some(estimate)),
        None => (change.without("too seldom to judge"), None),
    }
}

impl Change {
    fn without(self, reason: &str) -> Self {
        Self {
            reason: Some(reason.to_owned()),
            ..self
        }
    }

    fn judge(&mut self, estimate: &Estimate, p_value: f64, level: f64) {
        let (low, high) = estimate.interval(level);
        let (change, interval, least) = match self.measure.is_ratio() {
            true => (
                estimate.difference.exp_m1(),
                (low.exp_m1(), high.exp_m1()),
                LEAST_RATIO,
            ),
            false => (estimate.difference, (low, high), LEAST_FAILURE_POINTS),
        };
        self.change = Some(change);
        self.interval = Some(interval);
        self.p_value = Some(p_value);
        self.finding = match change.abs() >= least && p_value < level {
            false => Finding::Same,
            true if self.measure.is_worse(change) => Finding::Worse,
            true => Finding::Better,
        };
    }

    /// Whether it is worse by at least so much, and that is more than chance.
    pub fn is_worse_by(&self, ratio: f64, points: f64) -> bool {
        let least = if self.measure.is_ratio() {
            ratio
        } else {
            points
        };
        let by = self.change.map_or(0.0, f64::abs);
        self.finding == Finding::Worse && by >= least
    }
}
