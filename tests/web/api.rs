//! What can be read of a run.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};
use throng::metrics::{RunInfo, Snapshot, TypeId};

use super::figures;
use super::site::{read_only, steered};

#[tokio::test]
async fn a_run_is_told_with_all_its_figures() {
    let site = steered();
    site.snapshots.send_replace(figures::filled());
    let said = site.get("/api/v1/run").await;
    assert_eq!(said.headers["content-type"], "application/json");
    let whole = json!({
        "run": "20261124-k3v9",
        "version": "0.1.0",
        "workers": null,
        "target": "http://localhost:9501",
        "seed": 42,
        "phase": "running",
        "status": [
            {
                "level": "critical",
                "kind": "threshold",
                "text": "failed 12.5 % over 10 % (16 requests)",
                "place": "overview",
            },
            {
                "level": "warning",
                "kind": "circuit_open",
                "text": "GET /users/{id} unavailable: circuit open, next try in 3 s",
                "place": "endpoints",
            },
            {
                "level": "warning",
                "kind": "refused",
                "text": "Save refused: new.lua:7, 1 s ago; release 3 goes on: 'end' expected near <eof>",
                "since_seconds": 3.25,
                "place": "scripts",
            },
            {
                "level": "info",
                "kind": "canary",
                "text": "Canary: 3 of 200 steps, 19 s left; release 3 with 1 user",
                "place": "scripts",
            },
            {
                "level": "info",
                "kind": "incident",
                "text": "Incident slow under way for 1 s, 1 min 56 s left",
                "since_seconds": 3.0,
                "place": "events",
            },
        ],
        "elapsed_seconds": 4.0,
        "left": { "seconds": 56.0 },
        "users": {
            "alive": 9,
            "planned": 10,
            "away": 0,
            "types": [
                { "type": "active", "alive": 7, "planned": 8 },
                { "type": "new", "alive": 2, "planned": 2 },
            ],
        },
        "arrivals": null,
        "settings": {
            "users": 10,
            "error_rate": 15.0,
            "think_factor": 0.5,
            "canary": 12.5,
            "weights": { "active": 75.0, "new": 25.0 },
        },
        "incidents": [{
            "name": "slow",
            "until_seconds": 120.0,
            "next_seconds": null,
            "held": [{ "from_seconds": 3.0, "to_seconds": null }],
        }],
        "exit": null,
        "thresholds": [{
            "rule": "failed > 10%",
            "result": "failed",
            "value": 0.125,
            "bound": 0.1,
            "beyond_since_seconds": null,
            "figure": "12.5 %",
            "met": "12.5 % (16 requests)",
        }],
        "requests": {
            "total": 16, "ok": 12, "expected": 1, "unexpected": 1, "error": 1, "cancelled": 1,
        },
        "rates": {
            "requests": 8.0,
            "requests_mean": 4.0,
            "failures": 0.25,
            "failures_mean": 0.125,
        },
        "latency_seconds": { "p50": 0.016383, "p95": 0.032767, "p99": 0.032767, "max": 0.032767 },
        "health": {
            "lag_seconds": 0.0015, "lag_p99_seconds": 0.0015, "cpu": 0.25, "busiest_thread": 0.2,
            "overloaded": false, "overloaded_seconds": 0, "judged_seconds": 4,
            "connections": 7, "lua_memory": 1_048_576, "vms": 3,
        },
        "generator": {
            "verdict": null,
            "reasons": [{
                "reason": "script_errors", "seconds": 1, "share": 0.25,
                "text": "scripts raised errors in more than 1 % of the steps in 1 of 4 s",
            }, {
                "reason": "too_short", "seconds": 4, "share": 0.0,
                "text": "4 s after the ramp and the warm-up are too short for a verdict, which takes 5 s",
            }],
        },
        "protection": {
            "throttled": { "requests": 4, "seconds": 0.5 },
            "connections": { "requests": 5, "seconds": 0.25 },
            "breaker": {
                "requests": 6, "seconds": 1.5, "not_sent": 1, "opens": 2,
                "scopes": [{
                    "kind": "endpoint", "name": "GET /users/{id}", "state": "open",
                    "opens": 2, "asked": 1, "tries_in_seconds": 2.5,
                }],
            },
            "retries": 3,
            "stale_retries": 4,
            "adaptive_timeouts": 0,
            "degradation": { "level": 1, "steps_skipped": 2 },
        },
        "reload_status": {
            "release": 3,
            "rolled_back": false,
            "refusal": {
                "at_seconds": 3.25,
                "faults": [{ "place": "scripts/new.lua:7", "cause": "'end' expected near <eof>" }],
            },
            "canary": {
                "release": 3,
                "types": ["active"],
                "share": 0.125,
                "users": 1,
                "steps": 3,
                "steps_needed": 200,
                "left_seconds": 18.5,
            },
            "last": { "release": 3, "types": ["active"], "at_seconds": 2.5, "took_seconds": 0.75 },
            "previous": [
                { "type": "active", "versions": [1, 3] },
                { "type": "new", "versions": [1] },
            ],
            "reloads": {
                "accepted": 2, "unchanged": 0, "refused": 1, "rolled_back": 0, "promoted": 0,
            },
            "moved": { "copied": 2, "migrated": 1, "restarted": 1 },
            "events": [{
                "at_seconds": 2.5,
                "what": "canary",
                "by": "api",
                "text": "release 3 is a canary for 2 users (13 %) for 20 s: active 2 -> 3",
            }],
        },
    });
    assert_eq!(said.of_status(), (200, &whole));
}

#[tokio::test]
async fn what_is_not_known_of_a_run_is_null() {
    let site = read_only();
    let run = site.get("/api/v1/run").await.body;
    assert_eq!(run["phase"], "starting");
    assert_eq!(run["left"], Value::Null);
    let nothing = json!({ "p50": null, "p95": null, "p99": null, "max": null });
    assert_eq!(run["latency_seconds"], nothing);
    assert_eq!(run["health"]["cpu"], Value::Null);
    for of_scripts in ["refusal", "canary", "last"] {
        let reload_status = run["reload_status"].as_object().unwrap();
        assert_eq!(reload_status.get(of_scripts), Some(&Value::Null));
    }
    assert_eq!(
        run["rates"]["failures_mean"],
        Value::Null,
        "nothing of nothing"
    );
    assert_eq!(run["rates"]["requests"], Value::Null, "in no time");
    assert_eq!(run["reload_status"]["events"], json!([]));
}

#[tokio::test]
async fn a_run_that_sessions_end_tells_how_many_are_left() {
    let site = read_only();
    site.snapshots.send_replace(figures::counted_down());
    let run = site.get("/api/v1/run").await.body;
    assert_eq!(run["left"], json!({ "sessions": 12 }));
}

#[tokio::test]
async fn versions_of_a_type_stand_side_by_side() {
    let site = read_only();
    site.snapshots.send_replace(figures::filled());
    let said = site.get("/api/v1/versions").await;
    let of_new =
        json!({ "total": 4, "ok": 2, "expected": 0, "unexpected": 0, "error": 1, "cancelled": 1 });
    let whole = json!({
        "run": "20261124-k3v9",
        "release": 3,
        "types": [
            { "type": "active", "versions": [
                {
                    "version": 1, "current": true, "canary": false, "previous": true, "users": 6,
                    "requests": {
                        "total": 7, "ok": 6, "expected": 1, "unexpected": 0, "error": 0, "cancelled": 0,
                    },
                    "failure_rate": 0.0, "p50_seconds": 0.008191, "p95_seconds": null, "p99_seconds": null,
                    "steps": 6, "script_errors": 0,
                },
                {
                    "version": 3, "current": false, "canary": true, "previous": true, "users": 1,
                    "requests": {
                        "total": 4, "ok": 3, "expected": 0, "unexpected": 1, "error": 0, "cancelled": 0,
                    },
                    "failure_rate": 0.25, "p50_seconds": null, "p95_seconds": null, "p99_seconds": null,
                    "steps": 3, "script_errors": 1,
                },
            ]},
            { "type": "new", "versions": [
                {
                    "version": 1, "current": true, "canary": false, "previous": true, "users": 2,
                    "requests": of_new,
                    "failure_rate": 0.25, "p50_seconds": null, "p95_seconds": null, "p99_seconds": null,
                    "steps": 1, "script_errors": 0,
                },
            ]},
        ],
    });
    assert_eq!(said.of_status(), (200, &whole));
}

#[tokio::test]
async fn a_version_without_requests_has_no_times() {
    let site = read_only();
    site.snapshots.send_replace(Arc::new(Snapshot {
        run: RunInfo {
            types: vec!["active".to_owned()],
            ..RunInfo::default()
        },
        versions: BTreeMap::from([(TypeId(0), 2)]),
        ..Snapshot::default()
    }));
    let body = site.get("/api/v1/versions").await.body;
    let only = &body["types"][0]["versions"];
    assert_eq!(only.as_array().unwrap().len(), 1);
    assert_eq!(
        (
            &only[0]["version"],
            &only[0]["current"],
            &only[0]["previous"]
        ),
        (&json!(2), &json!(true), &json!(false))
    );
    for quantile in ["p50_seconds", "p95_seconds", "p99_seconds"] {
        assert_eq!(only[0].get(quantile), Some(&Value::Null));
    }
}

#[tokio::test]
async fn an_open_crowd_has_planned_arrivals_and_no_planned_users() {
    let site = read_only();
    site.snapshots.send_replace(figures::arriving());
    let run = site.get("/api/v1/run").await.body;
    let users = &run["users"];
    assert_eq!(
        (&users["planned"], &users["away"]),
        (&Value::Null, &json!(3))
    );
    assert_eq!(users["types"][0]["planned"], Value::Null);
    assert_eq!(
        run["arrivals"],
        json!({ "planned": 12.5, "total": 40, "dropped": 1 })
    );
}

#[tokio::test]
async fn a_type_whose_file_is_gone_has_a_past_and_no_present() {
    let site = read_only();
    let mut snapshot = Snapshot::clone(&figures::filled());
    snapshot.settings.weights.remove("new");
    site.snapshots.send_replace(Arc::new(snapshot));
    let versions = site.get("/api/v1/versions").await.body;
    let of = |kind: usize| {
        let rows = versions["types"][kind]["versions"].as_array();
        let current = |row: &Value| row["current"].as_bool().unwrap();
        rows.unwrap().iter().map(current).collect::<Vec<_>>()
    };
    assert_eq!((of(0), of(1)), (vec![true, false], vec![false]));
    let run = site.get("/api/v1/run").await.body;
    assert_eq!(run["users"]["types"][1]["planned"], 0);
}

#[tokio::test]
async fn the_api_tells_the_latest_snapshot() {
    let site = read_only();
    for seed in [7, 8] {
        let mut snapshot = Snapshot::default();
        snapshot.run.seed = seed;
        site.snapshots.send_replace(Arc::new(snapshot));
        assert_eq!(site.get("/api/v1/run").await.body["seed"], seed);
    }
}
