//! A latency histogram that adds up: HDR bins, with the exact sum and extremes beside them.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::buckets::Buckets;

/// The longest time; anything longer is counted as this.
pub const LONGEST: Duration = Duration::from_secs(3600);

/// Values in microseconds (script metrics: millionths), within 1 % (coarse) or 0.1 % (fine).
///
/// Count, sum, minimum and maximum are exact; only where a value lies between the extremes is
/// rounded. Memory is used only near recorded values, so that the many series that are seldom used
/// stay small: ten values take about 1 kB, thousands up to a second 4 to 14 kB when coarse.
#[derive(Clone, Debug)]
pub struct Histogram {
    digits: u8,
    bins: Option<Buckets>,
    count: u64,
    sum: u64,
    min: u64,
    max: u64,
}

impl Histogram {
    /// Two significant digits: for series, of which there are many.
    pub fn coarse() -> Self {
        Self::with_digits(2)
    }

    /// Three significant digits: for totals.
    pub fn fine() -> Self {
        Self::with_digits(3)
    }

    fn with_digits(digits: u8) -> Self {
        Histogram {
            digits,
            bins: None,
            count: 0,
            sum: 0,
            min: u64::MAX,
            max: 0,
        }
    }

    /// Counts one duration, at most [`LONGEST`].
    pub fn record(&mut self, time: Duration) {
        self.record_value(time.min(LONGEST).as_micros() as u64);
    }

    /// Counts one raw value.
    pub fn record_value(&mut self, value: u64) {
        self.count += 1;
        self.sum = self.sum.saturating_add(value);
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        self.count_in_bins(value, 1);
    }

    fn count_in_bins(&mut self, value: u64, times: u64) {
        self.bins
            .get_or_insert_with(|| Buckets::new(self.digits))
            .count(value, times);
    }

    /// Adds the counts of another histogram.
    pub fn add(&mut self, other: &Histogram) {
        let Some(theirs) = &other.bins else { return };
        self.count += other.count;
        self.sum = self.sum.saturating_add(other.sum);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        match &mut self.bins {
            None if self.digits == other.digits => self.bins = Some(theirs.clone()),
            Some(ours) if self.digits == other.digits => ours.add(theirs),
            _ => {
                for (value, count) in other.recorded() {
                    self.count_in_bins(value, count);
                }
            }
        }
    }

    /// What was recorded after an earlier state of the same histogram. Its extremes are exact where the earlier one is
    /// empty, else they are those of its bins.
    #[must_use]
    pub fn since(&self, before: &Histogram) -> Histogram {
        if before.is_empty() {
            return self.clone();
        }
        let mut since = Self::with_digits(self.digits);
        let mut earlier = before.recorded().peekable();
        for (value, count) in self.recorded() {
            while earlier.next_if(|(other, _)| *other < value).is_some() {}
            let less = earlier.next_if(|(other, _)| *other == value);
            let count = count.saturating_sub(less.map_or(0, |(_, count)| count));
            if count > 0 {
                since.count_in_bins(value, count);
                since.count += count;
                since.min = since.min.min(value.max(self.min));
                since.max = value;
            }
        }
        let highest = since
            .bins
            .as_ref()
            .and_then(|bins| bins.at_rank(since.count));
        since.max = highest.map_or(0, |highest| highest.min(self.max));
        since.sum = self.sum.saturating_sub(before.sum);
        since
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    /// Exact sum of the values.
    pub fn sum(&self) -> u64 {
        self.sum
    }

    /// Exact mean; 0 when empty.
    pub fn mean(&self) -> f64 {
        if self.count == 0 {
            0.0
        } else {
            self.sum as f64 / self.count as f64
        }
    }

    /// Exact minimum; 0 when empty.
    pub fn min(&self) -> u64 {
        if self.count == 0 { 0 } else { self.min }
    }

    /// Exact maximum; 0 when empty.
    pub fn max(&self) -> u64 {
        self.max
    }

    /// The value below which the share `quantile` (0 to 1) of the values lies; never outside
    /// the exact extremes, although a bin's upper edge may be. 0 when empty.
    pub fn quantile(&self, quantile: f64) -> u64 {
        self.at_rank((quantile * self.count as f64).ceil() as u64)
    }

    /// The value of this rank, ascending from 1; the largest where there are fewer.
    pub fn at_rank(&self, rank: u64) -> u64 {
        let rank = rank.min(self.count);
        let highest = self
            .bins
            .as_ref()
            .filter(|_| rank > 0)
            .and_then(|bins| bins.at_rank(rank));
        highest.map_or(self.min(), |value| value.clamp(self.min(), self.max))
    }

    /// How many values are at most each of `bounds` (ascending). A bin counts where its lower
    /// edge lies, so a value within a bin's width above a bound may count below it.
    pub fn cumulative(&self, bounds: &[u64]) -> Vec<u64> {
        let mut counts = vec![0; bounds.len()];
        let mut at = 0;
        for (value, count) in self.recorded() {
            while at < bounds.len() && bounds[at] < value {
                at += 1;
            }
            let Some(bound) = counts.get_mut(at) else {
                break;
            };
            *bound += count;
        }
        let mut below = 0;
        for count in &mut counts {
            below += *count;
            *count = below;
        }
        counts
    }

    /// The bins with values: lower edge and count, ascending.
    pub fn recorded(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.bins.iter().flat_map(Buckets::recorded)
    }
}

/// Equal counts in equal bins; the allocated size does not matter.
impl PartialEq for Histogram {
    fn eq(&self, other: &Self) -> bool {
        (self.digits, self.count, self.sum, self.min, self.max)
            == (other.digits, other.count, other.sum, other.min, other.max)
            && self.recorded().eq(other.recorded())
    }
}

/// The serialized form: only the bins with values.
#[derive(Serialize, Deserialize)]
struct Wire {
    digits: u8,
    sum: u64,
    min: u64,
    max: u64,
    bins: Vec<(u64, u64)>,
}

impl Serialize for Histogram {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bins = self.recorded().collect();
        Wire {
            digits: self.digits,
            sum: self.sum,
            min: self.min(),
            max: self.max,
            bins,
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Histogram {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(deserializer)?;
        let mut histogram = Histogram::with_digits(wire.digits);
        for (value, count) in wire.bins {
            histogram.count = histogram.count.saturating_add(count);
            histogram.count_in_bins(value, count);
        }
        if histogram.count > 0 {
            (histogram.sum, histogram.min, histogram.max) = (wire.sum, wire.min, wire.max);
        }
        Ok(histogram)
    }
}
