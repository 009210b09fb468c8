//! Requests that never left, and stretches of a run in which there is nothing to say.

use std::net::TcpListener;
use std::time::Duration;

use serde_json::{Value, json};

use super::program::run;
use super::{Answer, Folder, Target};

/// A port where nobody listens.
fn nobody() -> String {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
    format!("http://{}", address.unwrap())
}

fn untimed() -> Value {
    let mut nothing = json!({ "count": 0, "mean": null, "max": null });
    for name in ["p50", "p90", "p95", "p99", "p999"] {
        nothing[name] = Value::Null;
        nothing[format!("{name}_interval")] = Value::Null;
    }
    nothing
}

/// Every place of a summary where times of requests stand.
fn all_times(summary: &Value) -> Vec<&Value> {
    let mut all = vec![
        &summary["latency_seconds"],
        &summary["response_latency_seconds"],
    ];
    for of_type in summary["types"].as_array().unwrap() {
        all.extend([
            &of_type["latency_seconds"],
            &of_type["response_latency_seconds"],
        ]);
        let versions = of_type["versions"].as_array().unwrap();
        all.extend(versions.iter().map(|one| &one["latency_seconds"]));
    }
    let endpoints = summary["endpoints"].as_array().unwrap();
    all.extend(endpoints.iter().map(|one| &one["latency_seconds"]));
    all
}

#[test]
fn requests_that_never_left_pull_no_percentile_down() {
    let target = Target::new(|_| Answer::Late(Duration::from_millis(100), 200));
    // Nobody listens at one, and the run may not go to the others. All are one endpoint.
    let script = format!(
        "return {{ requests = 20, think = 0, step = function()
            http.get('/slow', {{ name = 'mixed' }})
            http.get('{}/closed', {{ name = 'mixed' }})
            http.get('http://127.0.0.1:1/closed', {{ name = 'mixed' }})
            http.get('http://192.0.2.1/elsewhere', {{ name = 'mixed' }})
            http.get('/slow', {{ name = 'mixed' }})
        end }}",
        nobody()
    );
    let folder = Folder::of("mixed", &script);
    let words = ["--users", "1", "--no-breaker", "--threads", "1"];
    let ended = run(&target.url(), &folder.path(), &words)
        .with_summary()
        .end();
    let summary = ended.summary();
    let requests = &summary["requests"];
    let left = target.count() as u64;
    assert!(left >= 8, "{requests}");
    assert_eq!(requests["ok"], left, "{requests}");
    let failed = requests["error"].as_u64().unwrap();
    assert!(failed >= 12, "{requests}");
    for times in all_times(&summary) {
        assert_eq!(times["count"], left, "{summary}");
        for low in [&times["p50"], &times["p50_interval"][0]] {
            assert!(low.as_f64().unwrap() >= 0.099, "{times}");
        }
    }
}

#[test]
fn a_dead_target_has_no_times() {
    let url = nobody();
    let folder = Folder::of(
        "look",
        "return { requests = 3, think = 0, step = function() http.get '/page' end }",
    );
    let words = [
        "--users",
        "2",
        "--duration",
        "6",
        "--ramp",
        "0",
        "--no-breaker",
    ];
    let run = run(&url, &folder.path(), &words).fast();
    let ended = run.with_summary().end();
    let summary = ended.summary();
    let requests = &summary["requests"];
    assert!(requests["error"].as_u64().unwrap() >= 2, "{requests}");
    assert_eq!(requests["error"], requests["total"]);
    for times in all_times(&summary) {
        assert_eq!(times, &untimed(), "{summary}");
    }
    assert!(!ended.stdout.contains(" 0us"), "{}", ended.stdout);
    // The line of progress after five seconds.
    ended.said("p50 -  p95 -  p99 -");
    let row = ended
        .stdout
        .lines()
        .skip_while(|line| !line.starts_with("By type"))
        .find(|line| line.starts_with("look "))
        .unwrap();
    let times: Vec<&str> = row.split_whitespace().rev().take(6).collect();
    assert_eq!(times, ["-"; 6], "{row}");
}
