//! Old and new beside each other at `/metrics`.

use std::collections::BTreeMap;
use std::time::Duration;

use throng::metrics::{Aggregator, Phase, Recorder, Snapshot};
use throng::report::prometheus;
use throng::view::RunView;

use super::crowd::{ACTIVE, Request, record, request, run};
use super::exposition::{Samples, exposed};
use super::reloaded::{arrived, on_trial, refused, under_way};

#[track_caller]
fn has(samples: &Samples, expected: &[(&str, f64)]) {
    for (key, value) in expected {
        assert_eq!(samples.get(*key), Some(value), "{key}");
    }
}

fn of<'a>(samples: &'a Samples, name: &str) -> Vec<(&'a str, f64)> {
    let chosen = samples
        .iter()
        .filter(|(key, _)| key.split('{').next() == Some(name));
    chosen.map(|(key, value)| (key.as_str(), *value)).collect()
}

#[test]
fn each_version_has_its_own_counts_and_times() {
    let samples = exposed(&under_way());
    has(
        &samples,
        &[
            ("throng_script_version{type=\"active\"}", 3.0),
            (
                "throng_users_by_version{type=\"active\",version=\"1\"}",
                0.0,
            ),
            (
                "throng_users_by_version{type=\"active\",version=\"2\"}",
                5.0,
            ),
            (
                "throng_users_by_version{type=\"active\",version=\"3\"}",
                45.0,
            ),
            ("throng_users_by_version{type=\"new\",version=\"1\"}", 10.0),
            (
                "throng_version_requests_total{type=\"active\",version=\"2\",outcome=\"ok\"}",
                980.0,
            ),
            (
                "throng_version_requests_total{type=\"active\",version=\"2\",outcome=\"unexpected\"}",
                20.0,
            ),
            (
                "throng_version_requests_total{type=\"active\",version=\"3\",outcome=\"unexpected\"}",
                40.0,
            ),
            (
                "throng_version_requests_total{type=\"active\",version=\"3\",outcome=\"error\"}",
                0.0,
            ),
            (
                "throng_version_steps_total{type=\"active\",version=\"3\"}",
                400.0,
            ),
            (
                "throng_version_script_errors_total{type=\"active\",version=\"2\"}",
                0.0,
            ),
            (
                "throng_version_script_errors_total{type=\"active\",version=\"3\"}",
                2.0,
            ),
            (
                "throng_version_request_duration_seconds_count{type=\"active\",version=\"3\"}",
                400.0,
            ),
            // 101 to 500 ms.
            (
                "throng_version_request_duration_seconds_sum{type=\"active\",version=\"3\"}",
                120.2,
            ),
            (
                "throng_version_request_duration_seconds_bucket{type=\"active\",version=\"3\",le=\"0.1\"}",
                0.0,
            ),
        ],
    );
}

#[test]
fn versions_make_up_the_type() {
    let samples = exposed(&under_way());
    let sum = |name: &str, label: &str| {
        let chosen = of(&samples, name).into_iter();
        let chosen = chosen.filter(|(key, _)| key.contains(label));
        chosen.map(|(_, value)| value).sum::<f64>()
    };
    for label in ["type=\"active\"", "type=\"new\"", "outcome=\"unexpected\""] {
        assert_eq!(
            sum("throng_version_requests_total", label),
            sum("throng_requests_total", label)
        );
    }
    for label in ["type=\"active\"", "type=\"new\""] {
        for (part, whole) in [
            ("throng_users_by_version", "throng_users"),
            (
                "throng_version_script_errors_total",
                "throng_script_errors_total",
            ),
            (
                "throng_version_request_duration_seconds_count",
                "throng_request_duration_seconds_count",
            ),
        ] {
            assert_eq!(sum(part, label), sum(whole, label), "{part} {label}");
        }
    }
}

#[test]
fn a_run_of_a_thousand_reloads_has_few_series_and_no_counter_falls() {
    let (mut recorder, mut aggregator) = (Recorder::new(), Aggregator::new(run()));
    let mut before = Samples::new();
    for version in 1..=1_000 {
        for outcome in [200, 500] {
            let request = Request {
                version,
                status: outcome,
                ..request(ACTIVE, "GET", "/", 1_000)
            };
            record(&mut recorder, &request);
        }
        recorder.users(ACTIVE, version, 1);
        if version > 1 {
            recorder.users(ACTIVE, version - 1, -1);
        }
        aggregator.absorb(0, recorder.take());
        aggregator.version(ACTIVE, version);
        if version % 25 != 0 && version > 30 {
            continue;
        }
        let samples = exposed(&aggregator.tick(Duration::from_secs(version.into())));
        let counters = |key: &&String| key.contains("_total") || key.contains("_count");
        for key in before.keys().filter(counters) {
            if let Some(now) = samples.get(key) {
                assert!(*now >= before[key], "{key} fell");
            }
        }
        assert!(samples.len() < 600, "{}", samples.len());
        before = samples;
    }
    has(
        &before,
        &[
            (
                "throng_version_requests_total{type=\"active\",version=\"older\",outcome=\"ok\"}",
                1_980.0,
            ),
            (
                "throng_version_requests_total{type=\"active\",version=\"1000\",outcome=\"ok\"}",
                2.0,
            ),
        ],
    );
}

#[test]
fn reloads_and_moves_of_every_kind_are_there_from_the_start() {
    let samples = exposed(&Snapshot::default());
    for result in [
        "accepted",
        "unchanged",
        "refused",
        "rolled_back",
        "promoted",
    ] {
        let key = format!("throng_script_reloads_total{{result=\"{result}\"}}");
        assert_eq!(samples.get(&key), Some(&0.0), "{key}");
    }
    for how in ["copied", "migrated", "restarted"] {
        let key = format!("throng_script_moves_total{{how=\"{how}\"}}");
        assert_eq!(samples.get(&key), Some(&0.0), "{key}");
    }
    has(
        &samples,
        &[("throng_paused", 0.0), ("throng_canary_users", 0.0)],
    );
    let absent = [
        "throng_script_refused",
        "throng_script_reload_duration_seconds",
        "throng_setting_users",
    ];
    for name in absent {
        assert_eq!(of(&samples, name), [], "{name}");
    }
}

#[test]
fn what_the_reloads_did_is_counted() {
    has(
        &exposed(&refused()),
        &[
            ("throng_script_reloads_total{result=\"accepted\"}", 2.0),
            ("throng_script_reloads_total{result=\"unchanged\"}", 1.0),
            ("throng_script_reloads_total{result=\"refused\"}", 1.0),
            ("throng_script_reloads_total{result=\"promoted\"}", 0.0),
            ("throng_script_moves_total{how=\"copied\"}", 93.0),
            ("throng_script_moves_total{how=\"migrated\"}", 0.0),
            ("throng_script_moves_total{how=\"restarted\"}", 2.0),
            ("throng_script_reload_duration_seconds", 1.234),
        ],
    );
    let samples = exposed(&under_way());
    assert_eq!(of(&samples, "throng_script_reload_duration_seconds"), []);
    has(
        &exposed(&on_trial()),
        &[
            ("throng_canary_users", 5.0),
            (
                "throng_users_by_version{type=\"active\",version=\"4\"}",
                5.0,
            ),
            (
                "throng_version_steps_total{type=\"active\",version=\"4\"}",
                0.0,
            ),
        ],
    );
}

#[test]
fn a_standing_refusal_names_its_faults_until_it_is_mended() {
    let samples = exposed(&refused());
    assert_eq!(of(&samples, "throng_script_refused").len(), 5);
    has(
        &samples,
        &[(
            "throng_script_refused{place=\"scripts/power.lua:12\",cause=\"unexpected symbol near 'end'\"}",
            1.0,
        )],
    );
    let mut many = refused();
    let refusal = many.reload_status.refusal.as_mut().unwrap();
    refusal.faults = (0..100)
        .map(|line| {
            (
                format!("a.lua:{line}"),
                format!("{}\n{line}", "é".repeat(300)),
            )
        })
        .collect();
    // The same words twice would be no valid text.
    refusal.faults[1] = refusal.faults[0].clone();
    let samples = exposed(&many);
    let told = of(&samples, "throng_script_refused");
    assert_eq!(told.len(), 19);
    for (key, _) in told {
        assert_eq!(key.matches('é').count(), 200, "{key}");
    }
    assert_eq!(of(&exposed(&arrived()), "throng_script_refused"), []);
}

#[test]
fn the_dials_are_there_in_base_units() {
    has(
        &exposed(&under_way()),
        &[
            ("throng_setting_users", 60.0),
            ("throng_setting_error_ratio", 0.15),
            ("throng_setting_think_factor", 0.5),
            ("throng_setting_canary_ratio", 0.125),
            ("throng_setting_weight{type=\"new\"}", 10.0),
            ("throng_setting_weight{type=\"active\"}", 50.0),
        ],
    );
}

#[test]
fn scripts_that_were_taken_back_show_until_they_are_mended() {
    let mut snapshot = arrived();
    for rolled_back in [true, false] {
        snapshot.reload_status.rolled_back = rolled_back;
        let level = f64::from(u8::from(rolled_back));
        has(&exposed(&snapshot), &[("throng_script_rolled_back", level)]);
    }
}

#[test]
fn a_pause_shows() {
    let mut snapshot = under_way();
    for (phase, paused) in [(Phase::Paused, 1.0), (Phase::Running, 0.0)] {
        snapshot.phase = phase;
        has(&exposed(&snapshot), &[("throng_paused", paused)]);
    }
}

#[test]
fn a_type_that_joined_late_comes_before_what_is_no_type_of_user() {
    let mut snapshot = under_way();
    snapshot.run.types = ["new", "active", "_crowd", "fifth"]
        .map(str::to_owned)
        .to_vec();
    let text = prometheus::text(&RunView::of(&snapshot)).unwrap();
    let users: BTreeMap<_, _> = text
        .lines()
        .filter(|line| line.starts_with("throng_users{"))
        .map(|line| line.rsplit_once(' ').unwrap())
        .collect();
    assert_eq!(users.len(), 3);
    assert_eq!(users["throng_users{type=\"fifth\"}"], "0");
}
