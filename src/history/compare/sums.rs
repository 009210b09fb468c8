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

    /// The time below which a share lies, in seconds; none of none. It is looked for from a row of `bins` on, in whose
    /// neighbourhood it should be.
    pub(super) fn quantile(&self, share: f64, weights: &[f32], near: usize) -> Option<f64> {
        let row = self.row(share, weights, near)?;
        let rank = share as f32 * dot(&self.timed, weights);
        let before = row.checked_sub(1);
        let before = before.map_or(0.0, |row| self.below(row, weights));
        let inside = self.below(row, weights) - before;
        let part = if inside > 0.0 {
            f64::from((rank - before) / inside).clamp(0.0, 1.0)
        } else {
            0.0
        };
        let bin = self.bins[row];
        let (from, to) = (Times::edge_seconds(bin), Times::edge_seconds(bin + 1));
        Some(from + (to - from) * part)
    }

    /// The row of `bins` in which that time lies.
    pub(super) fn row(&self, share: f64, weights: &[f32], near: usize) -> Option<usize> {
        let timed = dot(&self.timed, weights);
        let last = self.bins.len().checked_sub(1)?;
        if timed <= 0.0 {
            return None;
        }
        let rank = share as f32 * timed;
        let is_reached = |row: usize| self.below(row, weights) >= rank;
        // In steps that double, away from where it was thought to be; then by halves.
        let near = near.min(last);
        let (mut low, mut high) = (near, near);
        let mut step = 1;
        if is_reached(near) {
            while low > 0 {
                let next = low.saturating_sub(step);
                if !is_reached(next) {
                    low = next + 1;
                    break;
                }
                (low, high) = (next, next);
                step *= 2;
            }
        } else {
            low = (near + 1).min(last);
            high = last;
            let mut at = near;
            while at < last {
                at = (at + step).min(last);
                if is_reached(at) {
                    high = at;
                    break;
                }
                low = (at + 1).min(last);
                step *= 2;
            }
        }
        while low < high {
            let middle = usize::midpoint(low, high);
            match is_reached(middle) {
                true => high = middle,
                false => low = middle + 1,
            }
        }
        Some(low)
    }

    /// How many times lie in the bin of this row or below.
    fn below(&self, row: usize, weights: &[f32]) -> f32 {
        let from = row * weights.len();
        dot(&self.cumulative[from..from + weights.len()], weights)
    }
}

fn dot(values: &[f32], weights: &[f32]) -> f32 {
    let mut sum = 0.0;
    for (value, weight) in values.iter().zip(weights) {
        sum += value * weight;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::Sums;

    /// Where it is looked for from changes nothing of what is found.
    #[test]
    fn a_row_is_found_from_everywhere() {
        let counts = [3.0, 1.0, 0.0, 40.0, 2.0, 7.0, 1.0];
        let cumulative: Vec<f32> = counts
            .iter()
            .scan(0.0, |sum, count| {
                *sum += count;
                Some(*sum)
            })
            .collect();
        let all = *cumulative.last().unwrap_or(&0.0);
        let sums = Sums {
            total: vec![all],
            failed: vec![0.0],
            timed: vec![all],
            bins: (0..7).map(|bin| 100 + 3 * bin).collect(),
            cumulative: cumulative.clone(),
        };
        for percent in 1..=100_u32 {
            let share = f64::from(percent) / 100.0;
            let rank = share as f32 * all;
            let first = cumulative.iter().position(|below| *below >= rank);
            for near in 0..9 {
                assert_eq!(sums.row(share, &[1.0], near), first, "{share} from {near}");
            }
        }
    }
}
