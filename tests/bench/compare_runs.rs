//! How well `throng compare` tells runs apart: of pairs of simulated runs of one minute with 200 requests a second, how many
//! are said to differ that do not, and how many that do.
//!
//!     cargo bench --bench compare_runs [-- PAIRS]
//!
//! PAIRS (1000) of each kind. The bound of 1 % over all comparisons of a pair is that of `history::compare::FAMILY`.
#![allow(clippy::unwrap_used, reason = "a benchmark may fail where it stands")]

mod simulated_runs;

use std::time::Instant;

use simulated_runs::{MINUTE, Simulated, TargetTimes, accused};

fn main() {
    let pairs = std::env::args().skip(1).find_map(|word| word.parse().ok());
    let pairs: u64 = pairs.unwrap_or(1_000);
    println!("{pairs} pairs of each kind, one minute, 200 requests/s, sigma 0.5");
    println!(
        "{:<44} {:>9} {:>9} {:>9} {:>9}",
        "", "the same", "5% slower", "10%", "ms a pair"
    );
    let kinds = [
        ("one endpoint", MINUTE),
        (
            "ten endpoints, 1 % failures",
            Simulated {
                endpoints: 10,
                failure_rate: 0.01,
                ..MINUTE
            },
        ),
        (
            "ramp: 20 to 200/s, twice as slow at the end",
            Simulated {
                is_ramp: true,
                ..MINUTE
            },
        ),
        (
            "seconds depend on each other (0.5, by 10 %)",
            Simulated {
                dependence: 0.5,
                ..MINUTE
            },
        ),
        (
            "the same (0.9)",
            Simulated {
                dependence: 0.9,
                ..MINUTE
            },
        ),
        (
            "constant",
            Simulated {
                times: TargetTimes::Constant(0.02),
                ..MINUTE
            },
        ),
        (
            "bimodal: one in ten ten times as slow",
            Simulated {
                times: TargetTimes::Bimodal(0.1, 0.02, 0.2),
                ..MINUTE
            },
        ),
        (
            "stalls: each tenth second 500 ms",
            Simulated {
                times: TargetTimes::Stalled(10, 0.02, 0.5),
                ..MINUTE
            },
        ),
        (
            "ten minutes, seconds depend (0.9)",
            Simulated {
                seconds: 600,
                dependence: 0.9,
                ..MINUTE
            },
        ),
    ];
    for (name, one) in kinds {
        let began = Instant::now();
        let (same, _) = accused(one, one, pairs);
        let (_, five) = accused(one, one.slower(1.05), pairs);
        let (_, ten) = accused(one, one.slower(1.1), pairs);
        let each = began.elapsed().as_secs_f64() * 1e3 / (3 * pairs) as f64;
        println!("{name:<44} {same:>9} {five:>9} {ten:>9} {each:>9.1}");
    }
}
