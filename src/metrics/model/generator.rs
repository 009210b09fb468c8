//! Whether the generator itself kept up, which determines how reliable its figures are.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The generator is overloaded in a second in which the 99th percentile of a shard's timer lag exceeds this.
pub const LAG_LIMIT: Duration = Duration::from_millis(10);

/// The generator is overloaded in a second in which a thread uses more of a core than this.
pub const THREAD_LIMIT: f64 = 0.85;

/// CPU usage of the generator in an interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Load {
    pub over: Duration,
    /// Processor time of all its threads.
    pub used: Duration,
    /// Share of a core that the busiest of its threads used; none where the system does not report it.
    pub busiest: Option<f64>,
}

impl Load {
    /// Processors in use: 1 is one whole core.
    pub fn cores(&self) -> f64 {
        self.used.as_secs_f64() / self.over.as_secs_f64()
    }
}

/// How the generator kept up, over the seconds with active users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Generator {
    /// Seconds that were checked.
    pub judged: u64,
    /// Those in which it was overloaded.
    pub overloaded: u64,
    /// CPU time that it used in them.
    pub used: Duration,
    /// The duration of that usage.
    pub over: Duration,
    /// Maximum share of a core used by one of its threads in one second.
    pub busiest_thread: Option<f64>,
}

impl Generator {
    /// Processors in use, on average; none where nothing was measured.
    pub fn cores(&self) -> Option<f64> {
        (!self.over.is_zero()).then(|| self.used.as_secs_f64() / self.over.as_secs_f64())
    }

    /// One more second.
    pub(crate) fn judge(&mut self, overloaded: bool, load: Option<Load>) {
        self.judged += 1;
        self.overloaded += u64::from(overloaded);
        if let Some(load) = load {
            self.used += load.used;
            self.over += load.over;
            self.busiest_thread = more(self.busiest_thread, load.busiest);
        }
    }

    /// Adds another part of the same run: CPU times add up, durations do not.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.judged += other.judged;
        self.overloaded += other.overloaded;
        self.used += other.used;
        self.over = self.over.max(other.over);
        self.busiest_thread = more(self.busiest_thread, other.busiest_thread);
    }
}

/// Whether a second with this lag (99th percentile) and busiest thread counts as overload.
pub(crate) fn is_overloaded(lag_p99: Duration, busiest: Option<f64>) -> bool {
    lag_p99 > LAG_LIMIT || busiest.is_some_and(|share| share > THREAD_LIMIT)
}

/// The larger of two shares; either may be unknown.
pub(crate) fn more(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.max(other)),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_is_judged_by_the_lag_and_by_the_busiest_thread() {
        let ms = Duration::from_millis;
        for (lag, busiest, overloaded) in [
            (ms(0), None, false),
            (ms(10), Some(0.85), false),
            (ms(11), None, true),
            (ms(11), Some(0.1), true),
            (ms(1), Some(0.86), true),
            (ms(1), Some(1.0), true),
        ] {
            assert_eq!(
                is_overloaded(lag, busiest),
                overloaded,
                "{lag:?} {busiest:?}"
            );
        }
    }
}
