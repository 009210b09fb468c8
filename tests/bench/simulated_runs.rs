//! Runs of a target whose times are known: made of random numbers, of which no two runs share any.

use std::sync::OnceLock;
use std::time::Duration;

use statrs::distribution::{ContinuousCDF as _, Normal};
use throng::history::{
    Block, Figures, Headline, Kind, Label, Record, RecordedRun, Start, State, Times,
};
use throng::metrics::Histogram;

/// Times of a target, in seconds, and how many requests it gets.
#[derive(Clone, Copy)]
pub struct Simulated {
    pub seconds: u32,
    pub requests_per_second: f64,
    /// Endpoints that share the requests evenly.
    pub endpoints: u32,
    pub times: TargetTimes,
    /// All times are multiplied by it.
    pub factor: f64,
    /// Requests that fail, as a share.
    pub failure_rate: f64,
    /// How much the seconds depend on each other, 0 to 1: the target's median wanders by a tenth.
    pub dependence: f64,
    /// The rate grows from a tenth to the whole, and the median to the double.
    pub is_ramp: bool,
}

#[derive(Clone, Copy)]
pub enum TargetTimes {
    Constant(f64),
    /// Median, and the standard deviation of the logarithm.
    LogNormal(f64, f64),
    /// The share of the second, and both.
    Bimodal(f64, f64, f64),
    /// Requests of the first second of each period, in seconds, take so long; others are constant.
    Stalled(u32, f64, f64),
}

/// One minute, 200 requests a second, sigma 0.5.
pub const MINUTE: Simulated = Simulated {
    seconds: 60,
    requests_per_second: 200.0,
    endpoints: 1,
    times: TargetTimes::LogNormal(0.02, 0.5),
    factor: 1.0,
    failure_rate: 0.0,
    dependence: 0.0,
    is_ramp: false,
};

/// SplitMix64 (Steele, Lea and Flood, 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// 0 to 1.
    fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A normal deviate, from a table of equally likely ones.
    fn normal(&mut self) -> f64 {
        static TABLE: OnceLock<Vec<f64>> = OnceLock::new();
        let table = TABLE.get_or_init(|| {
            let normal = Normal::standard();
            (0..1 << 14)
                .map(|place| normal.inverse_cdf((f64::from(place) + 0.5) / f64::from(1 << 14)))
                .collect()
        });
        table[(self.next() >> 50) as usize]
    }
}

impl Simulated {
    pub fn slower(self, factor: f64) -> Self {
        Self { factor, ..self }
    }

    /// A run of this target.
    pub fn run(&self, seed: u64) -> RecordedRun {
        let mut random = Random(seed.wrapping_mul(0x5851_f42d_4c95_7f2d));
        let mut wander = random.normal();
        let fresh = (1.0 - self.dependence.powi(2)).sqrt();
        let blocks = (0..self.seconds).map(|second| {
            wander = self.dependence * wander + fresh * random.normal();
            let drift = if self.dependence > 0.0 {
                (0.1 * wander).exp()
            } else {
                1.0
            };
            let part = f64::from(second + 1) / f64::from(self.seconds);
            let (grown, load) = match self.is_ramp {
                true => (1.0 + part, 0.1 + 0.9 * part),
                false => (1.0, 1.0),
            };
            self.block(second, load, drift * grown, &mut random)
        });
        let blocks = blocks.collect();
        let label = |number: u32| Label {
            kind: Kind::Endpoint,
            user_type: "new".to_owned(),
            method: "GET".to_owned(),
            name: format!("/{number}"),
        };
        RecordedRun {
            record: Record {
                start: Start {
                    id: format!("{seed:08x}"),
                    ..Start::default()
                },
                state: State::Ended,
                figures: Headline::default(),
                ending: None,
            },
            summary: None,
            labels: (0..self.endpoints).map(label).collect(),
            blocks,
        }
    }

    fn block(&self, second: u32, load: f64, slower: f64, random: &mut Random) -> Block {
        let mut counted: Vec<(Figures, Histogram)> = (0..self.endpoints)
            .map(|_| (Figures::default(), Histogram::coarse()))
            .collect();
        // As Poisson has it, where there are many.
        let mean = self.requests_per_second * load;
        let requests = (mean + mean.sqrt() * random.normal()).round().max(0.0) as u64;
        for _ in 0..requests {
            let time = match self.times {
                TargetTimes::Constant(time) => time,
                TargetTimes::LogNormal(median, sigma) => median * (sigma * random.normal()).exp(),
                TargetTimes::Bimodal(share, low, high) => {
                    if random.part() < share {
                        high
                    } else {
                        low
                    }
                }
                TargetTimes::Stalled(period, usual, stalled) => {
                    if second.is_multiple_of(period) {
                        stalled
                    } else {
                        usual
                    }
                }
            };
            let endpoint = random.next() % u64::from(self.endpoints);
            let (figures, times) = &mut counted[endpoint as usize];
            match random.part() < self.failure_rate {
                true => figures.error += 1,
                false => figures.ok += 1,
            }
            times.record(Duration::from_secs_f64(time * self.factor * slower));
        }
        let figures = counted.into_iter().map(|(figures, times)| Figures {
            times: Times::of(&times),
            ..figures
        });
        Block {
            at_seconds: f64::from(second),
            seconds: 1.0,
            run_seconds: 1.0,
            ended_ms: u64::from(second + 1) * 1000,
            users: 1,
            figures: (0..).zip(figures).collect(),
        }
    }
}

/// How many of so many pairs of runs are said to differ in anything, and in how many something is worse.
pub fn accused(a: Simulated, b: Simulated, pairs: u64) -> (usize, usize) {
    use throng::history::compare::{Finding, compare};
    let (mut differ, mut worse) = (0, 0);
    for pair in 0..pairs {
        let compared = compare(&a.run(2 * pair + 1), &b.run(2 * pair + 2));
        let changes = compared.rows.iter().flat_map(|row| &row.changes);
        let findings: Vec<Finding> = changes.map(|one| one.finding).collect();
        worse += usize::from(findings.contains(&Finding::Worse));
        differ +=
            usize::from(findings.contains(&Finding::Worse) || findings.contains(&Finding::Better));
    }
    (differ, worse)
}
