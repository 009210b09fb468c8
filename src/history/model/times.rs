use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::metrics::{Bins, Histogram};

const BINS: Bins = Bins::COARSE;

/// Times by bin of a coarse histogram, in which bins are less than 1 % wide; only those that hold something.
///
/// In JSON each is the bin's lowest value in microseconds and a count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Times(Vec<(u32, u64)>);

impl Times {
    pub fn of(times: &Histogram) -> Self {
        let mut all = Self::default();
        for (value, count) in times.recorded() {
            all.push(BINS.of(value), count);
        }
        all
    }

    /// Bins come in ascending order.
    fn push(&mut self, bin: u32, count: u64) {
        match self.0.last_mut() {
            Some((last, counted)) if *last == bin => *counted = counted.saturating_add(count),
            _ => self.0.push((bin, count)),
        }
    }

    /// Adds other times.
    pub fn add(&mut self, other: &Self) {
        if other.0.is_empty() {
            return;
        }
        let ours = std::mem::take(&mut self.0);
        let (mut ours, mut theirs) = (ours.into_iter().peekable(), other.0.iter().peekable());
        loop {
            let next = match (ours.peek(), theirs.peek()) {
                (Some(our), Some(their)) if our.0 > their.0 => theirs.next().copied(),
                (Some(_), _) => ours.next(),
                (None, _) => theirs.next().copied(),
            };
            let Some((bin, count)) = next else { break };
            self.push(bin, count);
        }
    }

    pub fn count(&self) -> u64 {
        self.0.iter().map(|(_, count)| count).sum()
    }

    /// The bins that hold something, ascending, and how many times are in each.
    pub fn bins(&self) -> &[(u32, u64)] {
        &self.0
    }

    /// The lowest value of a bin, in seconds.
    pub fn edge_seconds(bin: u32) -> f64 {
        BINS.lowest(bin) as f64 / 1e6
    }

    /// The time below which this share (0 to 1) lies, in seconds, as if the times of a bin were spread evenly over it; none
    /// of nothing.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let rank = share * self.count() as f64;
        let mut below = 0.0;
        for (bin, count) in &self.0 {
            let count = *count as f64;
            if below + count >= rank {
                return Some(within(*bin, (rank - below) / count));
            }
            below += count;
        }
        self.0.last().map(|(bin, _)| Self::edge_seconds(bin + 1))
    }
}

/// The value at a part (0 to 1) of a bin, in seconds.
fn within(bin: u32, part: f64) -> f64 {
    let (low, high) = (Times::edge_seconds(bin), Times::edge_seconds(bin + 1));
    low + (high - low) * part.clamp(0.0, 1.0)
}

impl Serialize for Times {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            let edges = self.0.iter().map(|(bin, count)| (BINS.lowest(*bin), count));
            return serializer.collect_seq(edges);
        }
        // Differences are small numbers, of one byte each.
        let mut before = 0;
        let differences = self.0.iter().map(move |(bin, count)| {
            let more = bin - before;
            before = *bin;
            (more, *count)
        });
        let differences: Vec<(u32, u64)> = differences.collect();
        differences.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Times {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut times = Self::default();
        if deserializer.is_human_readable() {
            let mut edges = Vec::<(u64, u64)>::deserialize(deserializer)?;
            edges.sort_unstable();
            for (edge, count) in edges {
                times.push(BINS.of(edge), count);
            }
            return Ok(times);
        }
        let mut bin = 0_u32;
        for (more, count) in Vec::<(u32, u64)>::deserialize(deserializer)? {
            bin = bin.saturating_add(more);
            times.push(bin, count);
        }
        Ok(times)
    }
}
