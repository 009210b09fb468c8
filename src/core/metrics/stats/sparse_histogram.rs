//! Times of an interval of a run, small enough to store hundreds of them: a histogram of which only the bins with values
//! are stored.

use crate::metrics::Histogram;

/// Buckets per octave; a bin is at most 1/32 of its value wide.
const BINS: u64 = 32;
const BITS: u32 = BINS.trailing_zeros();
/// Buckets per cell of a heat map: four cells per octave.
const CELL: u16 = 8;

/// Counts by time, in microseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SparseHistogram(Vec<(u16, u32)>);

impl SparseHistogram {
    /// The same times, more coarsely.
    pub fn of(times: &Histogram) -> Self {
        let mut spread = Self::default();
        for (value, count) in times.recorded() {
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            let bin = bin(value);
            match spread.0.last_mut() {
                Some((last, counted)) if *last == bin => *counted = counted.saturating_add(count),
                _ => spread.0.push((bin, count)),
            }
        }
        spread
    }

    /// Adds other times.
    pub fn add(&mut self, other: &Self) {
        for (bin, count) in &other.0 {
            match self.0.binary_search_by_key(bin, |(bin, _)| *bin) {
                Ok(at) => self.0[at].1 = self.0[at].1.saturating_add(*count),
                Err(at) => self.0.insert(at, (*bin, *count)),
            }
        }
    }

    pub fn count(&self) -> u64 {
        self.0.iter().map(|(_, count)| u64::from(*count)).sum()
    }

    /// The quantile of a share (0 to 1) in microseconds, to the middle of its bin; none when empty.
    pub fn quantile(&self, share: f64) -> Option<u64> {
        let rank = (share * self.count() as f64).ceil().max(1.0) as u64;
        let mut below = 0;
        let (bin, _) = self.0.iter().find(|(_, count)| {
            below += u64::from(*count);
            below >= rank
        })?;
        Some(u64::midpoint(lower_edge(*bin), lower_edge(bin + 1)))
    }

    /// Cells of a heat map with values: the number of the cell, and the count.
    pub fn cells(&self) -> Vec<(u16, u32)> {
        let mut cells: Vec<(u16, u32)> = Vec::new();
        for (bin, count) in &self.0 {
            let cell = bin / CELL;
            match cells.last_mut() {
                Some((last, counted)) if *last == cell => *counted = counted.saturating_add(*count),
                _ => cells.push((cell, *count)),
            }
        }
        cells
    }

    /// The lower edge of a cell, in microseconds.
    pub fn cell_edge(cell: u16) -> u64 {
        lower_edge(cell * CELL)
    }
}

fn bin(value: u64) -> u16 {
    if value < BINS {
        return value as u16;
    }
    let octave = u64::from(63 - value.leading_zeros() - BITS);
    // At most 59 octaves of 32.
    (octave * BINS + (value >> octave)) as u16
}

fn lower_edge(bin: u16) -> u64 {
    let bin = u64::from(bin);
    if bin < BINS {
        return bin;
    }
    let octave = bin / BINS - 1;
    (bin % BINS + BINS) << octave
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn every_value_lies_in_its_bin() {
        for value in (0..5_000).chain([9_999, 123_456, 1 << 30, u64::from(u32::MAX), 3_600_000_000])
        {
            let bin = bin(value);
            assert!(
                lower_edge(bin) <= value && value < lower_edge(bin + 1),
                "{value}"
            );
            assert!(
                lower_edge(bin + 1) - lower_edge(bin) <= 1.max(value / BINS),
                "{value}"
            );
        }
    }

    #[test]
    fn parts_add_up_to_the_whole() {
        let (mut all, mut one, mut other) =
            (Histogram::fine(), Histogram::fine(), Histogram::fine());
        for number in 1..=1_000_u64 {
            let time = Duration::from_micros(number * number);
            all.record(time);
            if number % 3 == 0 {
                &mut one
            } else {
                &mut other
            }
            .record(time);
        }
        let mut sum = SparseHistogram::of(&one);
        sum.add(&SparseHistogram::of(&other));
        assert_eq!(sum, SparseHistogram::of(&all));
        assert_eq!(sum.count(), 1_000);
        assert_eq!(
            sum.cells().iter().map(|(_, count)| count).sum::<u32>(),
            1_000
        );
        for share in [0.5, 0.95, 0.99, 1.0] {
            let (coarse, exact) = (sum.quantile(share).unwrap_or(0), all.quantile(share));
            assert!(
                coarse.abs_diff(exact) <= exact / 30,
                "{share}: {coarse} and not {exact}"
            );
        }
        assert_eq!(SparseHistogram::default().quantile(0.5), None);
    }
}
