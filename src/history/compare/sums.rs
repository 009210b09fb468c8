use std::collections::{BTreeMap, BTreeSet};

use super::subject::Subject;
use crate::history::model::{Block, Kind, RecordedRun, Times};

/// What one subject counted in each block of a run, so that sums over any choice of blocks are quick.
pub(super) struct Sums {
    /// Requests, steps or journeys, by block.
    total: Vec<f32>,
    failed: Vec<f32>,
    timed: Vec<f32>,
    /// The bins that hold something, ascending.
    bins: Vec<u32>,
    /// How many times lie in each bin or below, by bin and then by block.
    cumulative: Vec<f32>,
}

/// The blocks of a run that are compared: of its users, after its warm-up.
pub(super) struct Compared {
    /// The length of each block, in seconds.
    pub seconds: Vec<f32>,
    pub subjects: BTreeMap<Subject, Sums>,
}

impl Compared {
    pub(super) fn of(run: &RecordedRun) -> Self {
        let warm_up = run.record.figures.warm_up_seconds;
        let blocks: Vec<&Block> = run
            .blocks
            .iter()
            .filter(|block| block.run_seconds > 0.0 && block.at_seconds >= warm_up)
            .collect();
        let mut labels = BTreeMap::<Subject, BTreeSet<u32>>::new();
        for (number, label) in (0..).zip(&run.labels) {
            if !label.is_of_users() {
                continue;
            }
            if label.kind == Kind::Endpoint {
                labels.entry(Subject::All).or_default().insert(number);
            }
            let subject = Subject::of(label);
            labels.entry(subject).or_default().insert(number);
        }
        let sums = labels.into_iter().map(|(subject, labels)| {
            let sums = Sums::of(&blocks, &labels);
            (subject, sums)
        });
        Self {
            seconds: blocks
                .iter()
                .map(|block| block.run_seconds as f32)
                .collect(),
            subjects: sums.filter(|(_, sums)| sums.count() > 0.0).collect(),
        }
    }
}

impl Sums {
    fn of(blocks: &[&Block], labels: &BTreeSet<u32>) -> Self {
        let mut times = Vec::with_capacity(blocks.len());
        let mut sums = Self {
            total: Vec::with_capacity(blocks.len()),
            failed: Vec::with_capacity(blocks.len()),
            timed: Vec::with_capacity(blocks.len()),
            bins: Vec::new(),
            cumulative: Vec::new(),
        };
        for block in blocks {
            let counted = labels.iter().filter_map(|label| block.figures.get(label));
            let (mut total, mut failed, mut all) = (0, 0, Times::default());
            for figures in counted {
                total += figures.total();
                failed += figures.failed();
                all.add(&figures.times);
            }
            sums.total.push(total as f32);
            sums.failed.push(failed as f32);
            sums.timed.push(all.count() as f32);
            times.push(all);
        }
        let bins: BTreeSet<u32> = times
            .iter()
            .flat_map(|times| times.bins().iter().map(|(bin, _)| *bin))
            .collect();
        sums.bins = bins.into_iter().collect();
        sums.cumulative = vec![0.0; sums.bins.len() * blocks.len()];
        for (block, times) in times.iter().enumerate() {
            let mut counts = times.bins().iter().peekable();
            let mut below = 0;
            for (row, bin) in sums.bins.iter().enumerate() {
                if let Some((_, count)) = counts.next_if(|(at, _)| at == bin) {
                    below += count;
                }
                sums.cumulative[row * blocks.len() + block] = below as f32;
            }
        }
        sums
    }

    /// Of all blocks.
    pub(super) fn count(&self) -> f64 {
        self.total.iter().map(|count| f64::from(*count)).sum()
    }

    pub(super) fn failed(&self) -> f64 {
        self.failed.iter().map(|count| f64::from(*count)).sum()
    }

    pub(super) fn timed(&self) -> f64 {
        self.timed.iter().map(|count| f64::from(*count)).sum()
    }

    /// A second, where each block counts as often as its weight says; none of no time.
    pub(super) fn rate(&self, seconds: &[f32], weights: &[f32]) -> Option<f64> {
        let time = dot(seconds, weights);
        (time > 0.0).then(|| f64::from(dot(&self.total, weights) / time))
    }

    /// Failed ones as a share; none of none.
    pub(super) fn failure_rate(&self, weights: &[f32]) -> Option<f64> {
        let total = dot(&self.total, weights);
        (total > 0.0).then(|| f64::from(dot(&self.failed, weights) / total))
    }

    /// The time below which a share lies, in seconds; none of none.
    pub(super) fn quantile(&self, share: f64, weights: &[f32]) -> Option<f64> {
        let timed = dot(&self.timed, weights);
        if timed <= 0.0 {
            return None;
        }
        let rank = share as f32 * timed;
        let below = |row: usize| {
            let from = row * weights.len();
            dot(&self.cumulative[from..from + weights.len()], weights)
        };
        let last = self.bins.len().checked_sub(1)?;
        let (mut low, mut high) = (0, last);
        while low < high {
            let middle = usize::midpoint(low, high);
            if below(middle) >= rank {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        let bin = self.bins[low];
        let before = low.checked_sub(1).map_or(0.0, below);
        let inside = below(low) - before;
        let part = if inside > 0.0 {
            f64::from((rank - before) / inside).clamp(0.0, 1.0)
        } else {
            0.0
        };
        let (from, to) = (Times::edge_seconds(bin), Times::edge_seconds(bin + 1));
        Some(from + (to - from) * part)
    }
}

/// Blocks without weight come last only, where the other run has fewer.
fn dot(values: &[f32], weights: &[f32]) -> f32 {
    let products = values.iter().zip(weights);
    products.map(|(value, weight)| value * weight).sum()
}
