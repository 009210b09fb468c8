use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use throng::metrics::{
    Aggregator, Cluster, DropReason, IncidentStatus, People, Recorder, Snapshot, Threshold,
    ThresholdResult, Worker, WorkerState,
};
use throng::report::{json, prometheus};
use throng::view::{OutputStatus, RunView};

use super::crowd::{ACTIVE, NEW, overloaded, record, request, run, snapshot};
use super::reloaded::everything;

/// Name and labels as written, to the value.
pub type Samples = BTreeMap<String, f64>;

/// Reads the text format the way a scraper does: strict about order and form.
pub fn parse(text: &str) -> (Samples, BTreeMap<String, String>) {
    let (mut samples, mut types) = (Samples::new(), BTreeMap::new());
    let mut family = String::new();
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, words) = help.split_once(' ').unwrap();
            assert!(!words.is_empty(), "{name} has no help");
            family = name.to_owned();
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').unwrap();
            assert_eq!(name, family, "TYPE follows HELP");
            assert_eq!(
                types.insert(name.to_owned(), kind.to_owned()),
                None,
                "{name} twice"
            );
        } else {
            let (name, value) = line.rsplit_once(' ').unwrap();
            assert!(name.starts_with(&family), "{name} is not of {family}");
            assert_eq!(
                samples.insert(name.to_owned(), value.parse().unwrap()),
                None,
                "{name} twice"
            );
        }
    }
    (samples, types)
}

pub fn exposed(snapshot: &Snapshot) -> Samples {
    parse(&prometheus::text(&RunView::of(snapshot)).unwrap()).0
}

/// Sum of the samples of a name whose labels hold all of `labels`.
fn sum(samples: &Samples, name: &str, labels: &[String]) -> u64 {
    let chosen = samples.iter().filter(|(key, _)| {
        key.split('{').next() == Some(name)
            && labels.iter().all(|label| key.contains(label.as_str()))
    });
    chosen.map(|(_, value)| *value).sum::<f64>() as u64
}

#[test]
fn every_name_is_there_with_its_type() {
    let types = all_types();
    let told: Vec<_> = types
        .iter()
        .map(|(name, kind)| (name.as_str(), kind.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("throng_adaptive_timeouts_total", "counter"),
            ("throng_arrivals_dropped_total", "counter"),
            ("throng_arrivals_total", "counter"),
            ("throng_breaker_opens_total", "counter"),
            ("throng_breaker_state", "gauge"),
            ("throng_build_info", "gauge"),
            ("throng_busiest_thread_cpu_ratio", "gauge"),
            ("throng_calls_not_sent_total", "counter"),
            ("throng_canary_users", "gauge"),
            ("throng_checks_total", "counter"),
            ("throng_cpu_ratio", "gauge"),
            ("throng_custom_basket", "gauge"),
            ("throng_custom_orders", "counter"),
            ("throng_custom_sizes", "histogram"),
            ("throng_degradation_level", "gauge"),
            ("throng_generator_judged_seconds_total", "counter"),
            ("throng_generator_not_sent_total", "counter"),
            ("throng_generator_overloaded_seconds_total", "counter"),
            ("throng_generator_reason_seconds_total", "counter"),
            ("throng_generator_verdict", "gauge"),
            ("throng_incident", "gauge"),
            ("throng_journey_duration_seconds", "histogram"),
            ("throng_journeys_begun_total", "counter"),
            ("throng_journeys_finished_total", "counter"),
            ("throng_journeys_total", "counter"),
            ("throng_lost_arrivals", "gauge"),
            ("throng_lua_memory_bytes", "gauge"),
            ("throng_open_connections", "gauge"),
            ("throng_output_dropped_total", "counter"),
            ("throng_output_failed_attempts_total", "counter"),
            ("throng_output_failing", "gauge"),
            ("throng_output_sent_total", "counter"),
            ("throng_paused", "gauge"),
            ("throng_people_total", "counter"),
            ("throng_request_duration_seconds", "histogram"),
            ("throng_requests_total", "counter"),
            ("throng_response_duration_seconds", "histogram"),
            ("throng_results_gap", "gauge"),
            ("throng_retries_total", "counter"),
            ("throng_run_info", "gauge"),
            ("throng_run_phase", "gauge"),
            ("throng_run_start_time_seconds", "gauge"),
            ("throng_run_stopped", "gauge"),
            ("throng_scheduler_lag_seconds", "histogram"),
            ("throng_script_errors_total", "counter"),
            ("throng_script_moves_total", "counter"),
            ("throng_script_refused", "gauge"),
            ("throng_script_reload_duration_seconds", "gauge"),
            ("throng_script_reloads_total", "counter"),
            ("throng_script_rolled_back", "gauge"),
            ("throng_script_version", "gauge"),
            ("throng_sessions_total", "counter"),
            ("throng_setting_arrivals", "gauge"),
            ("throng_setting_canary_ratio", "gauge"),
            ("throng_setting_error_ratio", "gauge"),
            ("throng_setting_think_factor", "gauge"),
            ("throng_setting_users", "gauge"),
            ("throng_setting_weight", "gauge"),
            ("throng_stale_retries_total", "counter"),
            ("throng_start_skew_seconds", "gauge"),
            ("throng_step_duration_seconds", "histogram"),
            ("throng_steps_skipped_total", "counter"),
            ("throng_steps_total", "counter"),
            ("throng_threshold_bound", "gauge"),
            ("throng_threshold_ok", "gauge"),
            ("throng_throttled_requests_total", "counter"),
            ("throng_throttled_seconds_total", "counter"),
            ("throng_users", "gauge"),
            ("throng_users_away", "gauge"),
            ("throng_users_by_version", "gauge"),
            ("throng_version_request_duration_seconds", "histogram"),
            ("throng_version_requests_total", "counter"),
            ("throng_version_script_errors_total", "counter"),
            ("throng_version_steps_total", "counter"),
            ("throng_workers", "gauge"),
        ]
    );
}

#[test]
fn single_figures_have_their_values() {
    let samples = exposed(&overloaded());
    for (key, value) in [
        ("throng_users{type=\"new\"}", 12.0),
        ("throng_users{type=\"active\"}", 28.0),
        ("throng_users{type=\"admin\"}", 0.0),
        (
            "throng_sessions_total{type=\"active\",result=\"completed\"}",
            31.0,
        ),
        ("throng_sessions_total{type=\"new\",result=\"failed\"}", 1.0),
        (
            "throng_sessions_total{type=\"new\",result=\"interrupted\"}",
            1.0,
        ),
        (
            "throng_requests_total{type=\"new\",name=\"/api/v1/users\",method=\"POST\",status=\"none\",outcome=\"cancelled\"}",
            10.0,
        ),
        (
            "throng_requests_total{type=\"new\",name=\"/api/v1/users\",method=\"POST\",status=\"none\",outcome=\"expected\"}",
            10.0,
        ),
        (
            "throng_requests_total{type=\"active\",name=\"/api/v1/users/{id}\",method=\"GET\",status=\"200\",outcome=\"ok\"}",
            750.0,
        ),
        ("throng_script_version{type=\"active\"}", 1.0),
        ("throng_script_reloads_total{result=\"accepted\"}", 0.0),
        ("throng_script_errors_total{type=\"active\"}", 3.0),
        ("throng_script_errors_total{type=\"new\"}", 0.0),
        (
            "throng_checks_total{name=\"has a name\",result=\"passed\"}",
            3.0,
        ),
        (
            "throng_checks_total{name=\"has a name\",result=\"failed\"}",
            1.0,
        ),
        ("throng_lua_memory_bytes", 4_000_000.0),
        ("throng_open_connections", 17.0),
        ("throng_cpu_ratio", 0.25),
        ("throng_busiest_thread_cpu_ratio", 0.2),
        ("throng_generator_judged_seconds_total", 42.0),
        ("throng_generator_overloaded_seconds_total", 12.0),
        (
            "throng_generator_reason_seconds_total{reason=\"scheduler_lag\"}",
            12.0,
        ),
        (
            "throng_generator_reason_seconds_total{reason=\"steal\"}",
            0.0,
        ),
        ("throng_generator_verdict{verdict=\"invalid\"}", 1.0),
        ("throng_generator_verdict{verdict=\"valid\"}", 0.0),
        ("throng_build_info{version=\"0.1.0\"}", 1.0),
        ("throng_scheduler_lag_seconds_bucket{le=\"0.00025\"}", 0.0),
        ("throng_scheduler_lag_seconds_bucket{le=\"0.0005\"}", 1.0),
        ("throng_scheduler_lag_seconds_sum", 0.0003),
        ("throng_custom_orders{kind=\"a \\\"quoted\\\" one\"}", 3.0),
        ("throng_custom_basket", 2.5),
        ("throng_custom_sizes_bucket{le=\"0.5\"}", 1.0),
        ("throng_custom_sizes_bucket{le=\"2.5\"}", 2.0),
        ("throng_custom_sizes_sum", 6.0),
        ("throng_custom_sizes_count", 3.0),
    ] {
        assert_eq!(samples.get(key), Some(&value), "{key}");
    }
}

#[test]
fn buckets_count_what_is_below_them() {
    let samples = exposed(&snapshot());
    let bucket = |le: &str| {
        let reads = |kind| {
            let labels = format!("{{type=\"{kind}\",name=\"/api/v1/users/{{id}}\",le=\"{le}\"}}");
            samples[&format!("throng_request_duration_seconds_bucket{labels}")]
        };
        reads("new") + reads("active")
    };
    // The reads took 1, 2, ... 1,000 ms; a bin of a series is up to 1 % wide.
    for (le, exact) in [
        ("0.0005", 0.0),
        ("0.001", 1.0),
        ("0.01", 10.0),
        ("0.1", 100.0),
        ("0.5", 500.0),
        ("1", 1000.0),
        ("60", 1000.0),
        ("+Inf", 1000.0),
    ] {
        assert!(
            (bucket(le) - exact).abs() <= exact * 0.01,
            "{le}: {}",
            bucket(le)
        );
    }
    assert_eq!(
        samples["throng_response_duration_seconds_bucket{type=\"active\",le=\"0.0025\"}"],
        1.0
    );
}

#[test]
fn it_equals_the_json_summary() {
    let snapshot = snapshot();
    let (samples, summary) = (exposed(&snapshot), json::summary(&RunView::of(&snapshot)));
    let number = |value: &Value| value.as_u64().unwrap();
    for outcome in ["ok", "expected", "unexpected", "error", "cancelled"] {
        let label = [format!("outcome=\"{outcome}\"")];
        assert_eq!(
            sum(&samples, "throng_requests_total", &label),
            number(&summary["requests"][outcome])
        );
        for of_type in summary["types"].as_array().unwrap() {
            let labels = [label[0].clone(), format!("type={}", of_type["name"])];
            assert_eq!(
                sum(&samples, "throng_requests_total", &labels),
                number(&of_type["requests"][outcome])
            );
        }
    }
    let mut statuses = 0;
    for endpoint in summary["endpoints"].as_array().unwrap() {
        for (status, count) in endpoint["status"].as_object().unwrap() {
            let labels = [
                format!("name={}", endpoint["name"]),
                format!("method={}", endpoint["method"]),
                format!("status=\"{status}\""),
            ];
            assert_eq!(
                sum(&samples, "throng_requests_total", &labels),
                number(count),
                "{labels:?}"
            );
            statuses += 1;
        }
    }
    assert_eq!(statuses, 4);
    let timed = number(&summary["requests"]["total"]) - number(&summary["requests"]["cancelled"]);
    for (family, latency) in [
        ("request", "latency_seconds"),
        ("response", "response_latency_seconds"),
    ] {
        let of = |part| format!("throng_{family}_duration_seconds_{part}");
        assert_eq!(sum(&samples, &of("count"), &[]), timed);
        assert_eq!(
            sum(&samples, &of("bucket"), &["le=\"+Inf\"".to_owned()]),
            timed
        );
        let keys = samples
            .iter()
            .filter(|(key, _)| key.starts_with(&of("sum")));
        let seconds: f64 = keys.map(|(_, value)| *value).sum();
        let mean = summary[latency]["mean"].as_f64().unwrap();
        assert!((seconds / timed as f64 - mean).abs() < 1e-6 * mean);
    }
    for result in ["completed", "failed", "interrupted"] {
        let label = [format!("result=\"{result}\"")];
        assert_eq!(
            sum(&samples, "throng_sessions_total", &label),
            number(&summary["sessions"][result])
        );
    }
}

/// Everything, and people who come and come back.
fn everybody() -> Snapshot {
    let mut snapshot = everything();
    let totals = snapshot.totals.types.entry(ACTIVE).or_default();
    totals.arrivals.total = 900;
    totals.arrivals.drop_one(DropReason::MaxUsers);
    totals.people = People {
        new: 500,
        returning: 399,
        lost: 7,
    };
    snapshot.away.insert(ACTIVE, 12);
    snapshot.thresholds.push(Threshold {
        rule: "failed > 10%".to_owned(),
        result: ThresholdResult::Failed,
        value: Some(0.125),
        bound: 0.1,
        beyond_since_seconds: None,
        figure: None,
        met: None,
    });
    snapshot.incidents.push(IncidentStatus {
        name: "rush".to_owned(),
        ..IncidentStatus::default()
    });
    snapshot
}

/// The same on several machines.
fn on_two_machines() -> Snapshot {
    let mut snapshot = everybody();
    let worker = |state, counted, declared| Worker {
        state,
        counted,
        declared,
        ..Worker::default()
    };
    snapshot.conditions.cluster = Some(Cluster {
        workers: vec![
            worker(WorkerState::Running, 40, 40),
            worker(WorkerState::Lost, 5, 7),
        ],
        start_skew: Duration::from_millis(3),
        lost_arrivals: Some(9),
        ..Cluster::default()
    });
    snapshot
}

#[test]
fn workers_are_exported_by_how_they_stand_with_what_is_missing() {
    let samples = exposed(&on_two_machines());
    for (key, value) in [
        ("throng_workers{state=\"running\"}", 1.0),
        ("throng_workers{state=\"lost\"}", 1.0),
        ("throng_workers{state=\"suspect\"}", 0.0),
        ("throng_results_gap", 2.0),
        ("throng_start_skew_seconds", 0.003),
        ("throng_lost_arrivals", 9.0),
    ] {
        assert_eq!(samples.get(key), Some(&value), "{key}");
    }
    assert_eq!(exposed(&everybody()).get("throng_results_gap"), None);
}

/// The same where sessions arrive.
fn arriving() -> Snapshot {
    Snapshot {
        planned_arrivals: Some(12.5),
        ..everybody()
    }
}

/// The types of all that a closed or an open crowd exports.
fn all_types() -> BTreeMap<String, String> {
    let outputs = vec![OutputStatus::default()];
    let types = [everybody(), arriving(), on_two_machines()].map(|snapshot| {
        let view = RunView::of(&snapshot).with_outputs(outputs.clone());
        parse(&prometheus::text(&view).unwrap()).1
    });
    types.into_iter().flatten().collect()
}

#[test]
fn an_open_crowd_has_a_target_of_arrivals_in_place_of_users() {
    let (closed, open) = (exposed(&everybody()), exposed(&arriving()));
    assert_eq!(closed.get("throng_setting_users"), Some(&60.0));
    assert_eq!(closed.get("throng_setting_arrivals"), None);
    assert_eq!(open.get("throng_setting_users"), None);
    assert_eq!(open.get("throng_setting_arrivals"), Some(&12.5));
}

#[test]
fn people_who_come_and_come_back_are_exported() {
    let samples = exposed(&everybody());
    for (key, value) in [
        ("throng_arrivals_total{type=\"active\"}", 900.0),
        (
            "throng_arrivals_dropped_total{type=\"active\",reason=\"max_users\"}",
            1.0,
        ),
        (
            "throng_arrivals_dropped_total{type=\"active\",reason=\"late\"}",
            0.0,
        ),
        ("throng_people_total{type=\"active\",kind=\"new\"}", 500.0),
        (
            "throng_people_total{type=\"active\",kind=\"returning\"}",
            399.0,
        ),
        ("throng_people_total{type=\"active\",kind=\"lost\"}", 7.0),
        ("throng_users_away{type=\"active\"}", 12.0),
        ("throng_threshold_ok{rule=\"failed > 10%\"}", 0.0),
        ("throng_threshold_bound{rule=\"failed > 10%\"}", 0.1),
    ] {
        assert_eq!(samples.get(key), Some(&value), "{key}");
    }
}

#[test]
fn the_document_lists_exactly_what_is_exported() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/metrics.md");
    let document = std::fs::read_to_string(path).unwrap();
    let mut listed: Vec<_> = document
        .lines()
        .filter_map(|line| line.strip_prefix("| `throng_"))
        .map(|row| {
            let mut cells = row.split('|').map(str::trim);
            let name = cells.next().unwrap().split(['`', '{']).next().unwrap();
            (format!("throng_{name}"), cells.next().unwrap().to_owned())
        })
        .collect();
    listed.sort();
    let exported: Vec<_> = all_types()
        .into_iter()
        .filter(|(name, _)| !name.starts_with("throng_custom_"))
        .collect();
    assert_eq!(listed, exported);
}

#[test]
fn methods_of_one_name_share_a_histogram() {
    let mut recorder = Recorder::new();
    for (method, micros) in [("GET", 1_000), ("PUT", 2_000), ("PUT", 20_000)] {
        record(&mut recorder, &request(NEW, method, "/a", micros));
    }
    let mut aggregator = Aggregator::new(run());
    aggregator.absorb(0, recorder.take());
    let samples = exposed(&aggregator.tick(Duration::from_secs(1)));
    let at = |part| samples[&format!("throng_request_duration_seconds_{part}")];
    assert_eq!(at("count{type=\"new\",name=\"/a\"}"), 3.0);
    assert_eq!(at("sum{type=\"new\",name=\"/a\"}"), 0.023);
    assert_eq!(at("bucket{type=\"new\",name=\"/a\",le=\"0.0025\"}"), 2.0);
}

#[test]
fn words_of_scripts_are_escaped() {
    let mut recorder = Recorder::new();
    let name = "/a\\b\"c\nd";
    record(&mut recorder, &request(NEW, "GET", name, 1_000));
    let mut aggregator = Aggregator::new(run());
    aggregator.absorb(0, recorder.take());
    let samples = exposed(&aggregator.tick(Duration::from_secs(1)));
    let escaped = r#"throng_request_duration_seconds_count{type="new",name="/a\\b\"c\nd"}"#;
    assert_eq!(samples.get(escaped), Some(&1.0), "{:#?}", samples.keys());
}

#[test]
fn a_run_that_has_not_begun_is_valid_text() {
    let samples = exposed(&Snapshot::default());
    assert_eq!(samples["throng_open_connections"], 0.0);
}
