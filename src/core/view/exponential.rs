//! Times in exponential buckets, as OpenTelemetry and the native histograms of Prometheus have them: the upper edge of
//! bucket n is 2^((n + 1) / 2^scale) seconds, which belongs to it.

use std::sync::OnceLock;

use crate::metrics::Histogram;

/// Buckets per octave are 2 to this; a bucket is 4.4 % wide.
const SCALE: u8 = 4;

/// The bucket of one microsecond, the shortest time that is distinguished from none.
const FIRST: i32 = -319;
/// The bucket of an hour, the longest time that is counted.
const LAST: i32 = 189;

/// Counts by time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exponential {
    /// Times below a microsecond.
    zeros: u64,
    /// Buckets with a value, ascending: number and count.
    buckets: Vec<(i32, u64)>,
}

/// Exponential buckets in one row, from the first to the last that has a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExponentialRow {
    pub scale: i32,
    /// The number of the first bucket.
    pub offset: i32,
    pub counts: Vec<u64>,
}

impl Exponential {
    pub(super) fn of(times: &Histogram) -> Self {
        let mut all = Self::default();
        let mut edges = (FIRST..=LAST).zip(edges()).peekable();
        for (value, count) in times.recorded() {
            if value == 0 {
                all.zeros += count;
                continue;
            }
            while edges.next_if(|(_, edge)| **edge < value as f64).is_some() {}
            let bucket = edges.peek().map_or(LAST, |(bucket, _)| *bucket);
            match all.buckets.last_mut() {
                Some((last, counted)) if *last == bucket => *counted += count,
                _ => all.buckets.push((bucket, count)),
            }
        }
        all
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.zeros += other.zeros;
        for (bucket, count) in &other.buckets {
            match self
                .buckets
                .binary_search_by_key(bucket, |(bucket, _)| *bucket)
            {
                Ok(at) => self.buckets[at].1 += count,
                Err(at) => self.buckets.insert(at, (*bucket, *count)),
            }
        }
    }

    /// Times below a microsecond.
    pub fn zeros(&self) -> u64 {
        self.zeros
    }

    /// All buckets in one row of at most `most`: twice as wide until they fit. Two there may always be, as none reaches over a
    /// second from both sides.
    pub fn row(&self, most: usize) -> ExponentialRow {
        let (first, last) = match (self.buckets.first(), self.buckets.last()) {
            (Some((first, _)), Some((last, _))) => (*first, *last),
            _ => (0, -1),
        };
        let mut wider = 0;
        let length = |wider: u32| ((last >> wider) - (first >> wider) + 1).max(0) as usize;
        while length(wider) > most.max(2) {
            wider += 1;
        }
        let offset = first >> wider;
        let mut counts = vec![0; length(wider)];
        for (bucket, count) in &self.buckets {
            counts[((bucket >> wider) - offset) as usize] += count;
        }
        ExponentialRow {
            scale: i32::from(SCALE) - wider as i32,
            offset,
            counts,
        }
    }
}

/// The upper edges of the buckets, in microseconds.
fn edges() -> &'static [f64] {
    static EDGES: OnceLock<Vec<f64>> = OnceLock::new();
    EDGES.get_or_init(|| {
        let per_octave = f64::from(1_u32 << SCALE);
        let edge = |bucket: i32| (f64::from(bucket + 1) / per_octave).exp2() * 1e6;
        (FIRST..=LAST).map(edge).collect()
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Lower and upper edge in seconds of each bucket with a value, and its count.
    fn spans(row: &ExponentialRow) -> Vec<(f64, f64, u64)> {
        let base = (-f64::from(row.scale)).exp2().exp2();
        let counted = (row.offset..).zip(&row.counts);
        let counted = counted.filter(|(_, count)| **count > 0);
        counted
            .map(|(at, count)| (base.powi(at), base.powi(at + 1), *count))
            .collect()
    }

    #[test]
    fn every_time_lies_in_its_bucket() {
        for micros in [
            1,
            2,
            3,
            99,
            100,
            1_000,
            1_024,
            31_250,
            1_000_000,
            3_600_000_000_u64,
        ] {
            let mut times = Histogram::fine();
            times.record(Duration::from_micros(micros));
            let row = Exponential::of(&times).row(160);
            let [(lower, upper, 1)] = spans(&row)[..] else {
                panic!("{micros}: {row:?}");
            };
            // The bins of the histogram are 0.1 % wide, the edges are floats.
            let seconds = micros as f64 / 1e6;
            assert!(
                lower * 0.999 <= seconds && seconds <= upper * 1.001,
                "{micros}: {lower} {upper}"
            );
        }
    }

    #[test]
    fn a_row_that_is_too_long_is_made_of_wider_buckets_with_all_counts() {
        let mut times = Histogram::fine();
        times.record(Duration::ZERO);
        for number in 0..5_000_u64 {
            times.record(Duration::from_micros(1 + number * number * 100));
        }
        let all = Exponential::of(&times);
        assert_eq!(all.zeros(), 1);
        let mut scales = Vec::new();
        for most in [1_000, 160, 40, 2] {
            let row = all.row(most);
            assert!(row.counts.len() <= most, "{row:?}");
            assert_eq!(row.counts.iter().sum::<u64>(), 5_000);
            scales.push(row.scale);
        }
        assert_eq!(scales[0], 4);
        assert!(scales.is_sorted_by(|one, other| one > other), "{scales:?}");
        assert_eq!(Exponential::default().row(160).counts, Vec::<u64>::new());
    }

    #[test]
    fn parts_add_up() {
        let (mut one, mut other, mut all) =
            (Histogram::fine(), Histogram::fine(), Histogram::fine());
        for number in 0..1_000_u64 {
            let time = Duration::from_micros(number * 37);
            all.record(time);
            if number % 3 == 0 {
                &mut one
            } else {
                &mut other
            }
            .record(time);
        }
        let mut sum = Exponential::of(&one);
        sum.add(&Exponential::of(&other));
        assert_eq!(sum, Exponential::of(&all));
    }
}
