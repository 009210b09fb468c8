//! Whether the generator kept up, in words.

use crate::text;
use crate::view::format::{count, cpu, time};
use crate::view::{Generator, GeneratorVerdict};

/// Reasons that a line names; the JSON has all.
const REASONS: usize = 3;

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

/// The verdict of a whole run with its figures, and whether it is a good one; none of a run in which nothing was judged.
pub fn verdict(generator: &Generator) -> Option<(bool, String)> {
    let judged = generator.judged_seconds;
    if judged == 0 {
        return None;
    }
    let word = generator
        .verdict
        .map_or("not judged", GeneratorVerdict::as_str);
    let is_good = match generator.verdict {
        Some(verdict) => verdict == GeneratorVerdict::Valid,
        None => generator.overloaded_seconds == 0,
    };
    let reasons = generator.reasons.iter().take(REASONS);
    let reasons: Vec<_> = reasons.map(|one| one.text.as_str()).collect();
    if is_good && generator.overloaded_seconds == 0 {
        let kept_up = format!("kept up in all {} s", count(judged));
        let words: Vec<_> = [kept_up.as_str()].into_iter().chain(reasons).collect();
        return Some((true, format!("{word}: {}", words.join("; "))));
    }
    let mut figures = Vec::new();
    if generator.busiest_thread.is_some() {
        let share = cpu(generator.busiest_thread);
        figures.push(format!("busiest thread {share} of a core"));
    }
    if let Some(p99) = generator.lag_seconds.p99 {
        figures.push(format!("lag p99 {}", time(p99)));
    }
    let figures = match figures.is_empty() {
        true => String::new(),
        false => format!(" ({})", figures.join(", ")),
    };
    let mut words = format!("{word}: {}{figures}", reasons.join("; "));
    if generator.overloaded_seconds > 0 {
        words += ": times of those seconds say more about it than about the target";
    }
    Some((is_good, words))
}
