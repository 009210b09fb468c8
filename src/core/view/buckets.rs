use super::exponential::Exponential;
use crate::metrics::Histogram;

/// Upper edges in microseconds: 100 µs to 60 s.
const EDGES: [u64; 18] = [
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
    1_000_000, 2_500_000, 5_000_000, 10_000_000, 30_000_000, 60_000_000,
];

const MICROS: f64 = 1e6;

/// Times in buckets with fixed edges, which add up over types and runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Buckets {
    below: [u64; EDGES.len()],
    count: u64,
    /// Microseconds: whole numbers add up without an error.
    sum: u64,
    exponential: Exponential,
}

impl Buckets {
    pub fn add(&mut self, other: &Self) {
        for (ours, theirs) in self.below.iter_mut().zip(other.below) {
            *ours += theirs;
        }
        self.count += other.count;
        self.sum += other.sum;
        self.exponential.add(&other.exponential);
    }

    /// Upper edges in seconds, ascending, each with how many times are not above it.
    pub fn cumulative(&self) -> impl Iterator<Item = (f64, u64)> {
        let edges = EDGES.iter().map(|edge| *edge as f64 / MICROS);
        edges.zip(self.below)
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    pub fn sum_seconds(&self) -> f64 {
        self.sum as f64 / MICROS
    }

    /// The same times in finer buckets.
    pub fn exponential(&self) -> &Exponential {
        &self.exponential
    }
}

impl From<&Histogram> for Buckets {
    fn from(times: &Histogram) -> Self {
        let mut below = [0; EDGES.len()];
        below.copy_from_slice(&times.cumulative(&EDGES));
        Self {
            below,
            count: times.count(),
            sum: times.sum(),
            exponential: Exponential::of(times),
        }
    }
}
