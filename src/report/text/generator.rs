//! Whether the generator kept up, in words.

use crate::text;
use crate::view::Generator;
use crate::view::format::{count, cpu, time};

/// `overloaded in 12 of 60 s`; none while it was not, or nothing was judged.
pub fn overloaded(generator: &Generator) -> Option<String> {
    (generator.overloaded_seconds > 0).then(|| {
        format!(
            "overloaded in {} of {} s",
            count(generator.overloaded_seconds),
            count(generator.judged_seconds)
        )
    })
}

/// `45 requests could not leave this machine: WHY`; none when all of them could.
pub fn not_sent(generator: &Generator) -> Option<String> {
    let reasons = &generator.not_sent;
    let most = reasons.iter().max_by_key(|one| one.count)?;
    let requests: u64 = reasons.iter().map(|one| one.count).sum();
    Some(format!(
        "{} requests could not leave this machine: {}",
        count(requests),
        text::line(&most.reason)
    ))
}

/// The verdict of a whole run with its figures, and whether it is a good one; none of a run that was too short.
pub fn verdict(generator: &Generator) -> Option<(bool, String)> {
    if generator.judged_seconds == 0 {
        return None;
    }
    let Some(overloaded) = overloaded(generator) else {
        return Some((
            true,
            format!("kept up in all {} s", count(generator.judged_seconds)),
        ));
    };
    let mut figures = Vec::new();
    if generator.busiest_thread.is_some() {
        let share = cpu(generator.busiest_thread);
        figures.push(format!("busiest thread {share} of a core"));
    }
    if let Some(p99) = generator.lag_seconds.p99 {
        figures.push(format!("lag p99 {}", time(p99)));
    }
    let figures = figures.join(", ");
    let words = format!(
        "{overloaded} ({figures}): times of those seconds say more about it than about the target"
    );
    Some((false, words))
}
