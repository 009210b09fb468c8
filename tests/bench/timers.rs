//! How late timers fire and what they cost: those of a shard beside tokio's.
//!
//!     cargo bench --bench timers [-- SECONDS [ROUNDS]]
//!
//! 100 tasks on one thread sleep until moments of a Poisson process, altogether 100, 1,000 and 10,000 a second. Each case
//! runs SECONDS (3); the medians of ROUNDS (3) are printed, tokio's and a shard's in turn. Limits on an idle core: a
//! median of 0.1 ms and a p99 of 1 ms, never early, for at most 1.5 times tokio's CPU at 100 and 1,000 timers a second and
//! for 8 us a timer at 10,000. docs/decisions/0007-fine-timers.md has the figures of one machine.
#![allow(clippy::unwrap_used, reason = "a benchmark may fail where it stands")]

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use hdrhistogram::Histogram;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rustix::time::{ClockId, clock_gettime};
use throng::clock::{Clock, FineTimers};
use tokio::task::LocalSet;
use tokio::time::Instant;

const SLEEPERS: u32 = 100;
const RATES: [f64; 3] = [100.0, 1_000.0, 10_000.0];

/// One case: microseconds.
#[derive(Clone, Copy)]
struct Figures {
    p50: f64,
    p99: f64,
    cpu: f64,
}

fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(
        time.tv_sec.try_into().unwrap(),
        time.tv_nsec.try_into().unwrap(),
    )
}

/// Sleeps until moments with exponential gaps of `mean`, to the end; records how late each one ended.
async fn sleeper(number: u64, mean: f64, end: Instant, late: Rc<RefCell<Histogram<u64>>>) {
    let (clock, mut random) = (Clock::default(), StdRng::seed_from_u64(number));
    let mut gap = || Duration::from_secs_f64(-(1.0 - random.random::<f64>()).ln() * mean);
    let mut due = Instant::now() + gap();
    while due < end {
        clock.sleep_until(due).await;
        let by = Instant::now().checked_duration_since(due).unwrap();
        let nanos = u64::try_from(by.as_nanos()).unwrap();
        late.borrow_mut().saturating_record(nanos);
        due += gap();
    }
}

fn measure(fine: bool, rate: f64, seconds: f64) -> Figures {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let late = Histogram::new_with_bounds(1, 10_000_000_000, 3).unwrap();
    let late = Rc::new(RefCell::new(late));
    let begun = cpu();
    LocalSet::new().block_on(&runtime, async {
        let _timers = fine.then(|| FineTimers::start().unwrap());
        let end = Instant::now() + Duration::from_secs_f64(seconds);
        let mean = f64::from(SLEEPERS) / rate;
        let sleepers: Vec<_> = (0..SLEEPERS)
            .map(|number| {
                let late = Rc::clone(&late);
                tokio::task::spawn_local(sleeper(number.into(), mean, end, late))
            })
            .collect();
        for one in sleepers {
            one.await.unwrap();
        }
    });
    let late = late.borrow();
    let micros = |nanos: u64| Duration::from_nanos(nanos).as_secs_f64() * 1e6;
    Figures {
        p50: micros(late.value_at_quantile(0.5)),
        p99: micros(late.value_at_quantile(0.99)),
        cpu: (cpu() - begun).as_secs_f64() * 1e6 / f64::from(u32::try_from(late.len()).unwrap()),
    }
}

fn median(of: &[Figures], figure: fn(&Figures) -> f64) -> f64 {
    let mut values: Vec<f64> = of.iter().map(figure).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    // Cargo passes --bench.
    let numbers = || std::env::args().filter_map(|word| word.parse::<f64>().ok());
    let seconds = numbers().next().unwrap_or(3.0);
    let rounds = numbers().nth(1).unwrap_or(3.0).clamp(1.0, 100.0);
    println!("timers/s   of        p50       p99   CPU a timer");
    for rate in RATES {
        let (mut tokio, mut shard) = (Vec::new(), Vec::new());
        while f64::from(u32::try_from(tokio.len()).unwrap()) < rounds {
            tokio.push(measure(false, rate, seconds));
            shard.push(measure(true, rate, seconds));
        }
        let ratio = median(&shard, |of| of.cpu) / median(&tokio, |of| of.cpu);
        for (name, of, times) in [
            ("tokio", &tokio, String::new()),
            ("shard", &shard, format!("  {ratio:.2} x tokio's")),
        ] {
            println!(
                "{rate:>8}   {name}  {:>5.0} us  {:>5.0} us  {:>6.1} us{times}",
                median(of, |of| of.p50),
                median(of, |of| of.p99),
                median(of, |of| of.cpu),
            );
        }
    }
}
