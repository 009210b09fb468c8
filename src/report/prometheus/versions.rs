//! What each generation of a type did: few labels, so that ten reloads stay ten series.

use prometheus::proto::MetricFamily;

use super::family::{Buckets, counter, family, gauge, histogram};
use crate::metrics::{Generation, Outcome, Snapshot};
use crate::report::units;

pub(crate) fn families(snapshot: &Snapshot) -> [MetricFamily; 5] {
    let mut all = Vec::new();
    for (kind, name) in snapshot.types() {
        for generation in snapshot.generations_of(kind) {
            all.push((name, units::generation(generation.number), generation));
        }
    }
    let counted = |count: fn(&Generation<'_>) -> u64| {
        let counted = all.iter().map(move |(name, number, generation)| {
            counter(&labels(name, number), count(generation) as f64)
        });
        counted.collect::<Vec<_>>()
    };
    let users = all
        .iter()
        .map(|(name, number, one)| gauge(&labels(name, number), one.users as f64));
    let requests = all.iter().flat_map(|(name, number, one)| {
        Outcome::ALL.map(|outcome| {
            let [kind, generation] = labels(name, number);
            counter(
                &[kind, generation, ("outcome", outcome.as_str())],
                one.totals.outcomes.get(outcome) as f64,
            )
        })
    });
    let times = all.iter().map(|(name, number, one)| {
        let mut buckets = Buckets::default();
        buckets.add(&one.totals.service);
        histogram(&labels(name, number), &buckets)
    });
    [
        family(
            "throng_users_by_generation",
            "Users alive now, by the generation of the behaviour that they play.",
            users,
        ),
        family(
            "throng_generation_requests_total",
            "Requests that ended, by the generation that made them (older: those no longer told apart).",
            requests,
        ),
        family(
            "throng_generation_request_duration_seconds",
            "Service time in seconds, by the generation that made the request; cut requests are not in it.",
            times,
        ),
        family(
            "throng_generation_steps_total",
            "Steps that ended, by generation.",
            counted(|one| one.totals.steps),
        ),
        family(
            "throng_generation_script_errors_total",
            "Errors raised by scripts, by generation.",
            counted(|one| one.totals.script_errors),
        ),
    ]
}

fn labels<'a>(name: &'a str, number: &'a str) -> [(&'static str, &'a str); 2] {
    [("type", name), ("generation", number)]
}
