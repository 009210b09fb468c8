//! Weather: how long an answer is held back and whether it fails, drawn from a seed.
//!
//! Request number n of a service always meets the fate number n of its seed, so one client that repeats its
//! requests in order meets the same weather again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use axum::http::StatusCode;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, LogNormal};

/// Which weather.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Mood {
    /// Answers come as fast as they can.
    #[default]
    None,
    /// Log-normal latencies, 0.5 % 5xx, 0.2 % dropped connections.
    Lively,
}

/// Share of requests that end with a 500 or a 503.
pub const FAILURE_RATE: f64 = 0.005;
/// Share of requests whose connection is closed without an answer.
pub const DROP_RATE: f64 = 0.002;
/// Share of the requests beyond the capacity that are refused.
pub const REFUSAL_RATE: f64 = 0.05;
/// Spread of the latencies: sigma of the normal distribution under the log-normal one (p99 is about four medians).
pub const SIGMA: f64 = 0.6;
/// No answer is held back for longer.
const LONGEST: Duration = Duration::from_secs(2);

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Served,
    /// This status instead of an answer.
    Failed(StatusCode),
    /// The connection is closed without an answer.
    Dropped,
    /// Refused for lack of capacity.
    Refused,
}

/// What a request meets: first the delay, then the fate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weather {
    pub delay: Duration,
    pub fate: Fate,
}

/// The source of the weather.
pub struct Faults {
    mood: Mood,
    seed: u64,
    /// Requests under way at which it is as fast as ever; 0 is any number.
    capacity: u32,
    drawn: AtomicU64,
    under_way: Arc<AtomicU32>,
}

/// A request that is under way until this is dropped.
pub struct UnderWay {
    all: Arc<AtomicU32>,
    /// With this one, when it came.
    count: u32,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.all.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Faults {
    pub fn new(mood: Mood, seed: u64, capacity: u32) -> Self {
        Self {
            mood,
            seed,
            capacity,
            drawn: AtomicU64::new(0),
            under_way: Arc::default(),
        }
    }

    /// One more request is under way.
    pub fn begin(&self) -> UnderWay {
        UnderWay {
            all: Arc::clone(&self.under_way),
            count: self.under_way.fetch_add(1, Ordering::Relaxed) + 1,
        }
    }

    /// The weather of the next request; `None` when all is calm or the endpoint is spared.
    pub fn next(&self, method: &str, endpoint: &str, under_way: &UnderWay) -> Option<Weather> {
        if self.mood == Mood::None {
            return None;
        }
        let median = median(method, endpoint)?;
        Some(weather(
            self.seed,
            self.drawn.fetch_add(1, Ordering::Relaxed),
            median,
            self.load(under_way.count),
        ))
    }

    /// How many times its capacity is in use.
    fn load(&self, under_way: u32) -> f64 {
        match self.capacity {
            0 => 0.0,
            capacity => f64::from(under_way) / f64::from(capacity),
        }
    }
}

/// Middle latency of an endpoint; `None` for those that are spared.
fn median(method: &str, endpoint: &str) -> Option<Duration> {
    let path = endpoint.strip_prefix("/api/v1")?;
    let millis = match (method, path) {
        (_, "/auth/login") => 30,
        ("POST", "/users") => 25,
        (_, path) if path.ends_with("-password") => 30,
        ("GET", "/users/search" | "/users") => 12,
        ("GET", "/roles" | "/permissions") => 8,
        (_, path) if path.contains("/bulk-") => 22,
        ("GET" | "HEAD", _) => 5,
        _ => 15,
    };
    Some(Duration::from_millis(millis))
}

/// Fate number `n` of a seed. Beyond its capacity requests wait for each other, and some are refused.
fn weather(seed: u64, n: u64, median: Duration, load: f64) -> Weather {
    // Neighbouring numbers must not give neighbouring streams: spread them by the golden ratio.
    let mut rng = StdRng::seed_from_u64(seed.wrapping_add(n.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
    let factor = LogNormal::new(0.0, SIGMA).map_or(1.0, |spread| spread.sample(&mut rng));
    let draw: f64 = rng.random();
    let fate = if draw < DROP_RATE {
        Fate::Dropped
    } else if draw < DROP_RATE + FAILURE_RATE {
        Fate::Failed(if rng.random() {
            StatusCode::INTERNAL_SERVER_ERROR
        } else {
            StatusCode::SERVICE_UNAVAILABLE
        })
    } else if load > 1.0 && rng.random_bool(REFUSAL_RATE) {
        Fate::Refused
    } else {
        Fate::Served
    };
    Weather {
        delay: median.mul_f64(factor * load.max(1.0)).min(LONGEST),
        fate,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_meets_the_same_fate_and_the_shares_hold() {
        let median = Duration::from_millis(5);
        let all: Vec<Weather> = (0..100_000).map(|n| weather(7, n, median, 1.0)).collect();
        assert_eq!(
            all[..1000],
            (0..1000)
                .map(|n| weather(7, n, median, 1.0))
                .collect::<Vec<_>>()[..]
        );
        assert_ne!(
            all[..1000],
            (0..1000)
                .map(|n| weather(8, n, median, 1.0))
                .collect::<Vec<_>>()[..]
        );

        let dropped = all.iter().filter(|w| w.fate == Fate::Dropped).count();
        let failed = all
            .iter()
            .filter(|w| matches!(w.fate, Fate::Failed(_)))
            .count();
        assert!((150..250).contains(&dropped), "{dropped}");
        assert!((420..580).contains(&failed), "{failed}");

        let mut delays: Vec<Duration> = all.iter().map(|w| w.delay).collect();
        delays.sort();
        assert!(
            (4_900..5_100).contains(&delays[50_000].as_micros()),
            "{:?}",
            delays[50_000]
        );
        assert!(
            (18_000..22_500).contains(&delays[99_000].as_micros()),
            "{:?}",
            delays[99_000]
        );
    }

    #[test]
    fn beyond_the_capacity_the_service_is_slower_and_refuses_some() {
        let faults = Faults::new(Mood::Lively, 7, 4);
        let requests: Vec<UnderWay> = (0..8).map(|_| faults.begin()).collect();
        let loads: Vec<f64> = requests.iter().map(|one| faults.load(one.count)).collect();
        assert_eq!((loads[0], loads[3], loads[7]), (0.25, 1.0, 2.0));
        drop(requests);
        assert_eq!(faults.begin().count, 1);
        assert!(Faults::new(Mood::Lively, 7, 0).load(1_000) < 1.0);

        let median = Duration::from_millis(5);
        let all = |load: f64| (0..10_000).map(move |n| weather(7, n, median, load));
        let refused = all(2.0).filter(|w| w.fate == Fate::Refused).count();
        assert!((400..600).contains(&refused), "{refused}");
        assert!(all(1.0).all(|w| w.fate != Fate::Refused));
        for (calm, busy) in all(1.0).zip(all(2.0)) {
            let ratio = busy.delay.as_secs_f64() / calm.delay.as_secs_f64();
            assert!((ratio - 2.0).abs() < 1e-3, "{ratio}");
        }
    }
}
