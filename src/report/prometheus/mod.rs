//! A snapshot in the text format of Prometheus (version 0.0.4); `docs/metrics.md` lists the names.

mod custom;
mod family;
pub mod protection;
mod reload_status;
pub mod versions;

use std::collections::BTreeMap;

use prometheus::TextEncoder;
use prometheus::proto::MetricFamily;

use self::family::{Buckets, counter, family, gauge, histogram};
use crate::metrics::{Outcome, Snapshot};

/// The `Content-Type` of [`text`].
pub const CONTENT_TYPE: &str = prometheus::TEXT_FORMAT;

/// Every family that has something to say, as text.
pub fn text(snapshot: &Snapshot) -> Result<String, prometheus::Error> {
    TextEncoder::new().encode_to_string(&families(snapshot))
}

fn families(snapshot: &Snapshot) -> Vec<MetricFamily> {
    let mut families = vec![users(snapshot), sessions(snapshot)];
    families.extend(requests(snapshot));
    families.extend(scripts(snapshot));
    families.extend(versions::families(snapshot));
    families.extend(reload_status::families(snapshot));
    families.extend(protection::families(snapshot));
    families.extend(process(snapshot));
    families.extend(snapshot.totals.custom.values().map(custom::family_of));
    // The encoder refuses a family without metrics.
    families.retain(|family| !family.get_metric().is_empty());
    families
}

fn users(snapshot: &Snapshot) -> MetricFamily {
    let users = snapshot
        .types()
        .map(|(kind, name)| gauge(&[("type", name)], snapshot.users_of(kind) as f64));
    family("throng_users", "Users alive now.", users)
}

fn sessions(snapshot: &Snapshot) -> MetricFamily {
    let sessions = snapshot.types().flat_map(|(kind, name)| {
        let sessions = snapshot
            .totals
            .types
            .get(&kind)
            .map(|totals| totals.sessions);
        let sessions = sessions.unwrap_or_default();
        [
            ("completed", sessions.completed),
            ("failed", sessions.failed),
            ("interrupted", sessions.interrupted),
        ]
        .map(|(result, count)| counter(&[("type", name), ("result", result)], count as f64))
    });
    family(
        "throng_sessions_total",
        "Sessions of users that ended, by how they ended.",
        sessions,
    )
}

fn requests(snapshot: &Snapshot) -> [MetricFamily; 3] {
    let mut counts = Vec::new();
    let mut service = BTreeMap::<_, Buckets>::new();
    for (series, totals) in &snapshot.totals.series {
        let kind = snapshot.type_name(series.kind);
        for (status, outcomes) in &totals.statuses {
            for outcome in Outcome::ALL
                .into_iter()
                .filter(|outcome| outcomes.get(*outcome) > 0)
            {
                let labels = [
                    ("type", kind),
                    ("name", &*series.operation.name),
                    ("method", &*series.operation.verb),
                    ("status", status.as_str()),
                    ("outcome", outcome.as_str()),
                ];
                counts.push(counter(&labels, outcomes.get(outcome) as f64));
            }
        }
        service
            .entry((series.kind, &*series.operation.name))
            .or_default()
            .add(&totals.service);
    }
    let service = service.iter().map(|((kind, name), buckets)| {
        histogram(
            &[("type", snapshot.type_name(*kind)), ("name", name)],
            buckets,
        )
    });
    let response = snapshot.totals.types.iter().map(|(kind, totals)| {
        let mut buckets = Buckets::default();
        buckets.add(&totals.response);
        histogram(&[("type", snapshot.type_name(*kind))], &buckets)
    });
    [
        family(
            "throng_requests_total",
            "Requests that ended, by status (none: no answer) and outcome.",
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

fn scripts(snapshot: &Snapshot) -> [MetricFamily; 3] {
    let versions = snapshot
        .versions
        .iter()
        .map(|(kind, version)| gauge(&[("type", snapshot.type_name(*kind))], f64::from(*version)));
    let errors = snapshot.types().map(|(kind, name)| {
        let errors = snapshot
            .totals
            .script_errors
            .iter()
            .filter(|error| error.kind == kind);
        counter(
            &[("type", name)],
            errors.map(|error| error.count).sum::<u64>() as f64,
        )
    });
    let checks = snapshot.totals.checks.iter().flat_map(|(name, check)| {
        [("passed", check.passed), ("failed", check.failed)]
            .map(|(result, count)| counter(&[("name", name), ("result", result)], count as f64))
    });
    [
        family(
            "throng_script_version",
            "Version of the behaviour that new sessions get.",
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

fn process(snapshot: &Snapshot) -> [MetricFamily; 9] {
    let health = &snapshot.health;
    let mut lag = Buckets::default();
    lag.add(&snapshot.totals.lag);
    let level = |value: f64| [gauge(&[], value)];
    [
        family(
            "throng_lua_memory_bytes",
            "Memory held by the Lua VMs, in bytes.",
            level(health.lua_memory as f64),
        ),
        family(
            "throng_scheduler_lag_seconds",
            "How late the shards' timers fired, in seconds: large means that this machine is too busy to measure well.",
            [histogram(&[], &lag)],
        ),
        family(
            "throng_cpu_ratio",
            "Processors in use by throng over the last second: 1 is one whole core.",
            snapshot.cpu_ratio.map(|ratio| gauge(&[], ratio)),
        ),
        family(
            "throng_busiest_thread_cpu_ratio",
            "Share of a core that the busiest of the threads that make and measure the load used over the last second.",
            snapshot
                .interval
                .busiest_thread
                .map(|share| gauge(&[], share)),
        ),
        family(
            "throng_generator_judged_seconds_total",
            "Seconds with users out in which was looked at whether throng itself kept up.",
            [counter(&[], snapshot.generator.judged as f64)],
        ),
        family(
            "throng_generator_overloaded_seconds_total",
            "Seconds of them in which throng itself was overloaded: the times of those say more about it than about the target.",
            [counter(&[], snapshot.generator.overloaded as f64)],
        ),
        family(
            "throng_generator_not_sent_total",
            "Requests that this machine could not send, for want of descriptors, ports or memory; in no other count.",
            [counter(
                &[],
                snapshot.totals.not_sent.values().sum::<u64>() as f64,
            )],
        ),
        family(
            "throng_open_connections",
            "Connections to the target that are open now.",
            level(health.open_connections as f64),
        ),
        family(
            "throng_build_info",
            "Always 1; the labels tell what runs.",
            [gauge(&[("version", &snapshot.run.version)], 1.0)],
        ),
    ]
}
