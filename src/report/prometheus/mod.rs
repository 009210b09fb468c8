//! The metrics of a run in the data model of Prometheus, and its text format (version 0.0.4); `docs/metrics.md` lists the
//! names.
//!
//! In: the view of a run. Out: every family that has something to say, as data ([`families`]) or as text ([`text`]). It
//! must never know who scrapes it, or to whom it is pushed.

mod cluster;
mod custom;
mod family;
mod outputs;
mod people;
pub mod protection;
mod reload_status;
mod run;
mod steps;
mod text;
mod thresholds;
pub mod versions;

use std::collections::BTreeMap;

pub use self::family::{Distribution, Metric, MetricFamily, MetricValue};
use self::family::{counter, family, gauge, histogram};
use crate::view::{Buckets, GeneratorVerdict, Incident, OverloadReason, RunView};

/// The `Content-Type` of [`text`].
pub const CONTENT_TYPE: &str = prometheus::TEXT_FORMAT;

/// Every family that has something to say, as text.
pub fn text(view: &RunView) -> Result<String, prometheus::Error> {
    text::encode(&families(view))
}

/// Every family that has something to say.
pub fn families(view: &RunView) -> Vec<MetricFamily> {
    let mut families = vec![users(view), sessions(view)];
    families.extend(people::families(view));
    families.extend(requests(view));
    families.extend(steps::families(view));
    families.extend(run::families(view));
    families.push(incidents(view));
    families.extend(thresholds::families(view));
    families.extend(scripts(view));
    families.extend(versions::families(view));
    families.extend(reload_status::families(view));
    families.extend(protection::families(&view.protection));
    families.extend(cluster::families(view));
    families.extend(process(view));
    families.extend(outputs::families(view));
    families.extend(view.scripts.metrics.iter().map(custom::family_of));
    families.retain(|family| !family.metrics.is_empty());
    families
}

fn users(view: &RunView) -> MetricFamily {
    let types = view.types.iter();
    let users = types.map(|of| gauge(&[("type", &of.name)], of.live.users as f64));
    family("throng_users", "Users alive now.", users)
}

fn sessions(view: &RunView) -> MetricFamily {
    let sessions = view.types.iter().flat_map(|of| {
        [
            ("completed", of.sessions.completed),
            ("failed", of.sessions.failed),
            ("interrupted", of.sessions.interrupted),
        ]
        .map(|(result, count)| counter(&[("type", &of.name), ("result", result)], count as f64))
    });
    family(
        "throng_sessions_total",
        "Sessions of users that ended, by how they ended.",
        sessions,
    )
}

fn incidents(view: &RunView) -> MetricFamily {
    let holds = |one: &Incident| f64::from(u8::from(one.until_seconds.is_some()));
    let incidents = view.incidents.iter();
    family(
        "throng_incident",
        "1 while the incident holds, else 0.",
        incidents.map(|one| gauge(&[("incident", &one.name)], holds(one))),
    )
}

fn requests(view: &RunView) -> [MetricFamily; 3] {
    let mut counts = Vec::new();
    let mut service = BTreeMap::<_, Buckets>::new();
    for series in &view.series {
        for (status, outcomes) in &series.statuses {
            let outcomes = outcomes.named().into_iter();
            for (outcome, count) in outcomes.filter(|(_, count)| *count > 0) {
                let labels = [
                    ("type", series.kind.as_str()),
                    ("name", &series.name),
                    ("method", &series.method),
                    ("status", status),
                    ("outcome", outcome),
                ];
                counts.push(counter(&labels, count as f64));
            }
        }
        let of_name = service.entry((&series.kind, &series.name)).or_default();
        of_name.add(&series.service);
    }
    let service = service.iter().map(|((kind, name), buckets)| {
        histogram(&[("type", kind.as_str()), ("name", name.as_str())], buckets)
    });
    let types = view.types.iter();
    let response = types.map(|of| histogram(&[("type", &of.name)], &of.live.response));
    [
        family(
            "throng_requests_total",
            "Requests that ended, by status (none: no response) and outcome.",
            counts,
        ),
        family(
            "throng_request_duration_seconds",
            "Service time in seconds: from sending to the last byte; cancelled requests are not in it.",
            service,
        ),
        family(
            "throng_response_duration_seconds",
            "Response time in seconds: from the planned sending to the last byte; cancelled requests are not in it.",
            response,
        ),
    ]
}

fn scripts(view: &RunView) -> [MetricFamily; 3] {
    let versions = view.types.iter().filter_map(|of| {
        let newest = of.live.newest?;
        Some(gauge(&[("type", &of.name)], f64::from(newest)))
    });
    let errors = view.types.iter().map(|of| {
        let errors = view.scripts.script_errors.iter();
        let errors = errors.filter(|error| error.kind == of.name);
        let errors: u64 = errors.map(|error| error.count).sum();
        counter(&[("type", &of.name)], errors as f64)
    });
    let checks = view.scripts.checks.iter().flat_map(|check| {
        [("passed", check.passed), ("failed", check.failed)].map(|(result, count)| {
            counter(&[("name", &check.name), ("result", result)], count as f64)
        })
    });
    [
        family(
            "throng_script_version",
            "Version of the script that new sessions run.",
            versions,
        ),
        family(
            "throng_script_errors_total",
            "Errors raised by scripts.",
            errors,
        ),
        family(
            "throng_checks_total",
            "Checks made by scripts, by result.",
            checks,
        ),
    ]
}

fn process(view: &RunView) -> [MetricFamily; 12] {
    let (health, generator) = (&view.live.health, &view.generator);
    let not_sent: u64 = generator.not_sent.iter().map(|one| one.count).sum();
    let level = |value: f64| [gauge(&[], value)];
    [
        family(
            "throng_lua_memory_bytes",
            "Memory held by the Lua VMs, in bytes.",
            level(health.lua_memory as f64),
        ),
        family(
            "throng_scheduler_lag_seconds",
            "How late the timers of the shards fired, in seconds; if large, this machine is too busy to measure accurately.",
            [histogram(&[], &generator.lag)],
        ),
        family(
            "throng_cpu_ratio",
            "Processors in use by throng over the last second: 1 is one whole core.",
            health.cpu.map(|ratio| gauge(&[], ratio)),
        ),
        family(
            "throng_busiest_thread_cpu_ratio",
            "Share of a core that the busiest of the threads that make and measure the load used over the last second.",
            health.busiest_thread.map(|share| gauge(&[], share)),
        ),
        family(
            "throng_generator_judged_seconds_total",
            "Seconds with active users in which throng checked whether it was itself overloaded.",
            [counter(&[], generator.judged_seconds as f64)],
        ),
        family(
            "throng_generator_overloaded_seconds_total",
            "Seconds of these in which throng itself was overloaded; the latencies of such seconds are unreliable.",
            [counter(&[], generator.overloaded_seconds as f64)],
        ),
        family(
            "throng_generator_reason_seconds_total",
            "Seconds of these by why they are unreliable; one may have several reasons.",
            OverloadReason::ALL.map(|reason| {
                let word = reason.as_str();
                let mut reasons = generator.reasons.iter();
                let seconds = reasons
                    .find(|one| one.reason == word)
                    .map_or(0, |one| one.seconds);
                counter(&[("reason", word)], seconds as f64)
            }),
        ),
        family(
            "throng_generator_verdict",
            "1 for the verdict on the generator over the run so far, 0 for the others; all are 0 while too little was judged.",
            GeneratorVerdict::ALL.map(|verdict| {
                let is_so = generator.verdict == Some(verdict);
                gauge(&[("verdict", verdict.as_str())], f64::from(u8::from(is_so)))
            }),
        ),
        family(
            "throng_generator_not_sent_total",
            "Requests that this machine could not send for lack of descriptors, ports or memory; counted nowhere else.",
            [counter(&[], not_sent as f64)],
        ),
        family(
            "throng_open_connections",
            "Connections to the target that are open now.",
            level(health.connections as f64),
        ),
        family(
            "throng_build_info",
            "Always 1; the label is the version of throng.",
            [gauge(&[("version", &view.run.version)], 1.0)],
        ),
        family(
            "throng_run_info",
            "Always 1; the labels identify the run.",
            [gauge(
                &[
                    ("run", &view.run.id),
                    ("seed", &view.run.seed.to_string()),
                    ("base_url", &view.run.base_url),
                ],
                1.0,
            )],
        ),
    ]
}
