//! Whether the generator kept up, in words.

use crate::metrics::Snapshot;
use crate::text;

use crate::view::format::{count, time};

/// `overloaded in 12 of 60 s`; none while it was not, or nothing was judged.
pub fn overloaded(snapshot: &Snapshot) -> Option<String> {
    let generator = &snapshot.generator;
    (generator.overloaded > 0).then(|| {
        format!(
            "overloaded in {} of {} s",
            count(generator.overloaded),
            count(generator.judged)
        )
    })
}

/// `45 requests could not leave this machine: WHY`; none when all of them could.
pub fn not_sent(snapshot: &Snapshot) -> Option<String> {
    let reasons = &snapshot.totals.not_sent;
    let (why, _) = reasons.iter().max_by_key(|(_, requests)| **requests)?;
    let requests: u64 = reasons.values().sum();
    Some(format!(
        "{} requests could not leave this machine: {}",
        count(requests),
        text::line(why)
    ))
}

/// The verdict of a whole run with its figures, and whether it is a good one; none of a run that was too short.
pub fn verdict(snapshot: &Snapshot) -> Option<(bool, String)> {
    let generator = &snapshot.generator;
    if generator.judged == 0 {
        return None;
    }
    let Some(overloaded) = overloaded(snapshot) else {
        return Some((
            true,
            format!("kept up in all {} s", count(generator.judged)),
        ));
    };
    let mut figures = Vec::new();
    if let Some(share) = generator.busiest_thread {
        figures.push(format!("busiest thread {:.0}% of a core", share * 100.0));
    }
    if !snapshot.totals.lag.is_empty() {
        let p99 = snapshot.totals.lag.quantile(0.99);
        figures.push(format!("lag p99 {}", time(p99 as f64)));
    }
    let figures = figures.join(", ");
    let words = format!(
        "{overloaded} ({figures}): times of those seconds say more about it than about the target"
    );
    Some((false, words))
}
