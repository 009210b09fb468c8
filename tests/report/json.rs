use std::time::Duration;

use serde_json::{Value, json};
use throng::metrics::{Aggregator, Snapshot};
use throng::report::json;
use throng::view::RunView;

use super::crowd::{run, snapshot};
use super::reloaded::{arrived, everything, on_trial, refused, stop, under_way};

fn summary(snapshot: &Snapshot) -> Value {
    json::summary(&RunView::of(snapshot))
}

fn schema() -> jsonschema::Validator {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/summary.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

#[test]
fn the_figures_are_those_that_were_recorded() {
    let summary = summary(&snapshot());
    assert_eq!(
        summary["run"],
        json!({
            "id": "7f3a", "seed": 42, "started_at": "2026-11-29T17:56:35.25Z", "seconds": 42.0,
            "users": 60, "users_peak": 40, "version": "0.1.0", "base_url": "http://127.0.0.1:9501", "scripts": "scripts",
        })
    );
    assert_eq!(
        summary["generator"],
        json!({
            "verdict": "valid", "reasons": [], "overloaded_seconds": 0, "judged_seconds": 42, "cpu_cores": 0.25, "busiest_thread": 0.5, "not_sent": [],
            "lag_seconds": { "p50": 0.0003, "p99": 0.0003, "max": 0.0003 },
        })
    );
    assert_eq!(
        summary["requests"],
        json!({
            "total": 1050, "ok": 1000, "expected": 20, "unexpected": 10, "error": 10, "cancelled": 10,
            "per_second": 25.0, "bytes_sent": 105_000, "bytes_received": 1_575_000,
        })
    );
    let post = &summary["endpoints"][0];
    assert_eq!(
        (&post["method"], &post["name"]),
        (&json!("POST"), &json!("/api/v1/users"))
    );
    assert_eq!(post["status"], json!({ "409": 10, "500": 10, "none": 30 }));
    assert_eq!(
        post["outcomes"],
        json!({
            "total": 50, "ok": 0, "expected": 20, "unexpected": 10, "error": 10, "cancelled": 10,
        })
    );
    assert_eq!(summary["endpoints"][1]["status"], json!({ "200": 1000 }));
    assert_eq!(summary["types"][0]["requests"]["ok"], 250);
    assert_eq!(summary["types"][1]["requests"]["ok"], 750);
    assert_eq!(summary["types"][2]["requests"]["total"], 0);
    assert_eq!(
        summary["sessions"],
        json!({
            "total": 33, "completed": 31, "failed": 1, "interrupted": 1,
            "failures": [{ "reason": "could not register", "count": 1 }],
        })
    );
    assert_eq!(
        summary["errors"],
        json!([
            { "kind": "status 500", "count": 10, "example": "POST /api/v1/users: 500" },
            { "kind": "timeout", "count": 10, "example": "POST /api/v1/users: timeout" },
        ])
    );
    assert_eq!(summary["script_errors"][0]["count"], 3);
    assert_eq!(summary["script_errors"][0]["type"], "active");
    assert_eq!(
        summary["checks"],
        json!([{ "name": "has a name", "passed": 3, "failed": 1 }])
    );
    assert_eq!(
        summary["metrics"][1]["values"],
        json!([
            { "labels": { "kind": "a \"quoted\" one" }, "value": 3.0 },
        ])
    );
    assert_eq!(summary["metrics"][2]["values"][0]["sum"], 6.0);
}

#[test]
fn the_verdict_on_the_generator_has_its_reasons() {
    let generator = &summary(&super::crowd::overloaded())["generator"];
    assert_eq!(generator["verdict"], "invalid");
    let share = 12.0 / 42.0;
    assert_eq!(
        generator["reasons"][0],
        json!({
            "reason": "scheduler_lag", "seconds": 12, "share": share,
            "text": "timers were more than 10 ms late (p99) in 12 of 42 s",
        })
    );
    assert_eq!(generator["reasons"][1]["reason"], "thread_cpu");
}

#[test]
fn latencies_are_within_a_thousandth_and_in_order() {
    let summary = summary(&snapshot());
    let service = &summary["latency_seconds"];
    // 1,000 reads of 1 to 1,000 ms and 40 posts of 5 ms that were not cut.
    let mean = service["mean"].as_f64().unwrap();
    assert!((mean - 500.7 / 1_040.0).abs() < 1e-9, "{mean}");
    for (name, exact) in [("p50", 0.48), ("p90", 0.896), ("p99", 0.99), ("max", 1.0)] {
        let told = service[name].as_f64().unwrap();
        assert!((told - exact).abs() / exact < 0.0015, "{name}: {told}");
    }
    assert_eq!(service["max"], 1.0);
    assert_eq!(summary["response_latency_seconds"]["max"], 1.001);
    let latencies = summary["endpoints"]
        .as_array()
        .unwrap()
        .iter()
        .chain(summary["types"].as_array().unwrap());
    let timed = |latency: &&Value| latency["count"] != 0;
    let latencies = latencies.map(|of| &of["latency_seconds"]).filter(timed);
    for latency in latencies.chain([service]) {
        let at = |name: &str| latency[name].as_f64().unwrap();
        let order = ["p50", "p90", "p95", "p99", "p999", "max"];
        let known = order.into_iter().filter(|name| !latency[*name].is_null());
        let order: Vec<_> = known.map(at).collect();
        let count = latency["count"].as_u64().unwrap();
        let shares = [
            ("p50", 5),
            ("p90", 29),
            ("p95", 59),
            ("p99", 299),
            ("p999", 2_995),
        ];
        for (name, least) in shares {
            let interval = &latency[format!("{name}_interval")];
            assert_eq!(latency[name].is_null(), count < least, "{name} of {count}");
            assert_eq!(interval.is_null(), count < least, "{name} of {count}");
            if count >= least {
                let [low, high] = [0, 1].map(|end| interval[end].as_f64().unwrap());
                assert!(low <= at(name) && at(name) <= high, "{name}: {interval}");
            }
        }
        assert!(order.is_sorted(), "{order:?}");
    }
}

#[test]
fn the_versions_of_each_type_stand_side_by_side() {
    let summary = summary(&under_way());
    let versions = &summary["types"][1]["versions"];
    let told: Vec<_> = versions
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let number = |key: &str| one[key].as_u64().unwrap();
            let requests = &one["requests"];
            (
                number("version"),
                number("users"),
                (requests["total"].as_u64(), requests["unexpected"].as_u64()),
                (number("steps"), number("script_errors")),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (1, 0, (Some(500), Some(5)), (500, 0)),
            (2, 5, (Some(1_000), Some(20)), (1_000, 0)),
            (3, 45, (Some(400), Some(40)), (400, 2)),
        ]
    );
    assert_eq!(versions[2]["latency_seconds"]["mean"], 0.3005);
    assert_eq!(versions[2]["latency_seconds"]["max"], 0.5);
    // Where nothing was reloaded, the one version is there too; a type that did nothing has none.
    assert_eq!(summary["types"][0]["versions"][0]["requests"]["ok"], 1);
    assert_eq!(summary["types"][2]["versions"], json!([]));
}

#[test]
fn what_was_done_to_the_run_is_told() {
    let reload_status = summary(&refused())["reload_status"].take();
    assert_eq!(reload_status["release"], 3);
    assert_eq!(
        reload_status["reloads"],
        json!({ "accepted": 2, "unchanged": 1, "refused": 1, "rolled_back": 0, "promoted": 0 })
    );
    assert_eq!(
        reload_status["moved"],
        json!({ "copied": 93, "migrated": 0, "restarted": 2 })
    );
    assert_eq!(
        reload_status["last"],
        json!({ "release": 3, "types": ["active"], "at_seconds": 40.0, "took_seconds": 1.234 })
    );
    assert_eq!(
        reload_status["refusal"]["faults"][0],
        json!({ "place": "scripts/power.lua:12", "cause": "unexpected symbol near 'end'" })
    );
    assert_eq!(
        reload_status["refusal"]["faults"].as_array().unwrap().len(),
        5
    );
    assert_eq!(reload_status["canary"], Value::Null);
    assert_eq!(reload_status["rolled_back"], false);
    assert_eq!(
        reload_status["previous"][1],
        json!({ "type": "active", "versions": [1, 2, 3] })
    );
    assert_eq!(
        reload_status["events"][0],
        json!({ "at_seconds": 12.0, "what": "reload", "by": "api", "text": "release 2: active 1 -> 2" })
    );
    assert_eq!(
        summary(&on_trial())["reload_status"]["canary"],
        json!({
            "release": 4, "types": ["active"], "share": 0.1, "users": 5, "steps": 120,
            "steps_needed": 200, "left_seconds": 12.0,
        })
    );
    assert_eq!(
        summary(&under_way())["reload_status"]["last"]["took_seconds"],
        Value::Null
    );
    assert_eq!(
        summary(&under_way())["settings"],
        json!({
            "users": 60, "error_rate": 15.0, "think_factor": 0.5, "canary": 12.5,
            "weights": { "active": 50.0, "new": 10.0 },
        })
    );
}

#[test]
fn a_run_that_ended_itself_says_why() {
    let mut snapshot = snapshot();
    assert_eq!(summary(&snapshot)["stopped_by"], Value::Null);
    snapshot.stopped_by = Some(stop());
    assert_eq!(
        summary(&snapshot)["stopped_by"],
        json!({
            "cause": "valve", "at_seconds": 42.5, "rule": "failed > 90% for 30s",
            "figures": "91.3 % to 100 % for 30 s (4,210 requests)",
        })
    );
}

#[test]
fn what_was_never_timed_is_null() {
    let nothing = summary(&Aggregator::new(run()).tick(Duration::ZERO));
    let untimed = json!({
        "count": 0, "mean": null, "p50": null, "p90": null, "p95": null, "p99": null, "p999": null, "max": null,
        "p50_interval": null, "p90_interval": null, "p95_interval": null, "p99_interval": null, "p999_interval": null,
    });
    assert_eq!(nothing["latency_seconds"], untimed);
    assert_eq!(nothing["response_latency_seconds"], untimed);
    assert_eq!(nothing["types"][0]["latency_seconds"], untimed);
    let lag = &nothing["generator"]["lag_seconds"];
    assert_eq!(lag, &json!({ "p50": null, "p99": null, "max": null }));
    assert_eq!(nothing["generator"]["cpu_cores"], Value::Null);
}

#[test]
fn it_has_the_form_that_the_schema_says() {
    let schema = schema();
    for snapshot in [
        snapshot(),
        Snapshot::clone(&Aggregator::new(run()).tick(Duration::ZERO)),
        under_way(),
        arrived(),
        refused(),
        on_trial(),
        everything(),
    ] {
        let summary = summary(&snapshot);
        let faults: Vec<_> = schema
            .iter_errors(&summary)
            .map(|e| format!("{} {e}", e.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{faults:#?}");
    }
}

/// A change to one value of the summary.
type Edit = fn(&mut Value);

#[test]
fn the_schema_refuses_what_has_another_form() {
    let schema = schema();
    let edits: [(&str, Edit); 18] = [
        ("a key less", |s| {
            drop(s.as_object_mut().unwrap().remove("latency_seconds"))
        }),
        ("a key more", |s| s["surprise"] = json!(1)),
        ("a key more inside", |s| s["requests"]["lost"] = json!(1)),
        ("a negative count", |s| s["requests"]["ok"] = json!(-1)),
        ("a count in words", |s| s["requests"]["ok"] = json!("12")),
        ("status 0", |s| s["endpoints"][0]["status"]["0"] = json!(1)),
        ("a time that is missing", |s| {
            s["types"][0]["latency_seconds"]["p50"] = Value::Null
        }),
        ("a time of nothing", |s| {
            s["types"][2]["latency_seconds"]["p99"] = json!(0)
        }),
        ("a percentile of too few", |s| {
            let latency = &mut s["types"][0]["latency_seconds"];
            latency["p999"] = latency["max"].clone();
        }),
        ("an unknown kind", |s| {
            s["metrics"][0]["kind"] = json!("summary")
        }),
        ("a version less", |s| {
            let of_type = s["types"][0].as_object_mut().unwrap();
            drop(of_type.remove("versions"));
        }),
        ("a version in words", |s| {
            s["types"][1]["versions"][0]["version"] = json!("older")
        }),
        ("a reload of an unknown kind", |s| {
            s["reload_status"]["reloads"]["lost"] = json!(1)
        }),
        ("a fault without a cause", |s| {
            s["reload_status"]["refusal"]["faults"][0]["cause"] = Value::Null
        }),
        ("a share in per cent", |s| {
            s["reload_status"]["canary"]["share"] = json!(10)
        }),
        ("a negative weight", |s| {
            s["settings"]["weights"]["new"] = json!(-1)
        }),
        ("a stop without its rule", |s| {
            s["stopped_by"] = json!({ "at_seconds": 1, "figures": "" })
        }),
        ("a nameless run", |s| s["run"]["id"] = json!("")),
    ];
    for (what, edit) in edits {
        let mut summary = summary(&everything());
        assert!(schema.is_valid(&summary));
        edit(&mut summary);
        assert!(!schema.is_valid(&summary), "{what}");
    }
}
