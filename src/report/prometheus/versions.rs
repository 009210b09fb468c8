//! What each version of a type did: few labels, so that ten reloads stay ten series.

use super::family::{MetricFamily, counter, family, gauge, histogram};
use crate::view::{RunView, Version, format};

pub(crate) fn families(view: &RunView) -> [MetricFamily; 5] {
    let mut all = Vec::new();
    for of in &view.types {
        for version in &of.versions {
            all.push((of.name.as_str(), format::version(version.version), version));
        }
    }
    let counted = |count: fn(&Version) -> u64| {
        let counted = all.iter().map(move |(name, number, version)| {
            counter(&labels(name, number), count(version) as f64)
        });
        counted.collect::<Vec<_>>()
    };
    let users = all
        .iter()
        .map(|(name, number, one)| gauge(&labels(name, number), one.users as f64));
    let requests = all.iter().flat_map(|(name, number, one)| {
        one.requests.named().map(|(outcome, count)| {
            let [kind, version] = labels(name, number);
            counter(&[kind, version, ("outcome", outcome)], count as f64)
        })
    });
    let times = all
        .iter()
        .map(|(name, number, one)| histogram(&labels(name, number), &one.service));
    [
        family(
            "throng_users_by_version",
            "Active users, by the version of the script that they run.",
            users,
        ),
        family(
            "throng_version_requests_total",
            "Requests that ended, by the version that made them (older: versions no longer counted separately).",
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
            counted(|one| one.steps),
        ),
        family(
            "throng_version_script_errors_total",
            "Errors raised by scripts, by version.",
            counted(|one| one.script_errors),
        ),
    ]
}

fn labels<'a>(name: &'a str, number: &'a str) -> [(&'static str, &'a str); 2] {
    [("type", name), ("version", number)]
}
