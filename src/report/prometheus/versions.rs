//! What each version of a type did: few labels, so that ten reloads stay ten series.

use prometheus::proto::MetricFamily;

use super::family::{Buckets, counter, family, gauge, histogram};
use crate::metrics::{Outcome, Snapshot, Version};
use crate::view::format;

pub(crate) fn families(snapshot: &Snapshot) -> [MetricFamily; 5] {
    let mut all = Vec::new();
    for (kind, name) in snapshot.types() {
        for version in snapshot.versions_of(kind) {
            all.push((name, format::version(version.number), version));
        }
    }
    let counted = |count: fn(&Version<'_>) -> u64| {
        let counted = all.iter().map(move |(name, number, version)| {
            counter(&labels(name, number), count(version) as f64)
        });
        counted.collect::<Vec<_>>()
    };
    let users = all
        .iter()
        .map(|(name, number, one)| gauge(&labels(name, number), one.users as f64));
    let requests = all.iter().flat_map(|(name, number, one)| {
        Outcome::ALL.map(|outcome| {
            let [kind, version] = labels(name, number);
            counter(
                &[kind, version, ("outcome", outcome.as_str())],
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
            "throng_users_by_version",
            "Users alive now, by the version of the behaviour that they play.",
            users,
        ),
        family(
            "throng_version_requests_total",
            "Requests that ended, by the version that made them (older: those no longer told apart).",
            requests,
        ),
        family(
            "throng_version_request_duration_seconds",
            "Service time in seconds, by the version that made the request; cancelled requests are not in it.",
            times,
        ),
        family(
            "throng_version_steps_total",
            "Steps that ended, by version.",
            counted(|one| one.totals.steps),
        ),
        family(
            "throng_version_script_errors_total",
            "Errors raised by scripts, by version.",
            counted(|one| one.totals.script_errors),
        ),
    ]
}

fn labels<'a>(name: &'a str, number: &'a str) -> [(&'static str, &'a str); 2] {
    [("type", name), ("version", number)]
}
