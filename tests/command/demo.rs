//! `throng demo` and `throng service`: nothing needs to be there but the program.

use std::time::Duration;

use super::service::ask;
use super::throng;

#[test]
fn a_demo_brings_its_own_target_and_the_stock_types() {
    let words = [
        "demo",
        "--flat",
        "--no-listen",
        "--users",
        "10",
        "--ramp",
        "0.5",
        "--duration",
        "2",
    ];
    // A target of the environment is not the demo's.
    let ended = throng(words)
        .variable("THRONG_BASE_URL", "http://127.0.0.1:9")
        .with_summary()
        .end()
        .with_code(0);
    let summary = ended.summary();
    let base = summary["run"]["base_url"].as_str().unwrap();
    assert!(
        base.starts_with("http://127.0.0.1:") && base != "http://127.0.0.1:9/",
        "{base}"
    );
    assert_eq!(summary["run"]["users"], 10);
    assert!(
        summary["requests"]["ok"].as_u64().unwrap() > 10,
        "{:#}",
        summary["requests"]
    );
    let sessions = summary["types"].as_array().unwrap().iter();
    let sessions: Vec<(&str, u64)> = sessions
        .map(|kind| {
            (
                kind["name"].as_str().unwrap(),
                kind["sessions"]["total"].as_u64().unwrap(),
            )
        })
        .filter(|(_, sessions)| *sessions > 0)
        .collect();
    assert_eq!(
        sessions,
        [("active", 5), ("admin", 2), ("new", 2), ("power", 1)]
    );
    assert!(ended.took < Duration::from_secs(8), "{:?}", ended.took);
}

#[test]
fn a_demo_has_days_with_a_rush_hour_unless_it_is_flat() {
    let words = [
        "--no-listen",
        "--users",
        "10",
        "--duration",
        "20",
        "--day-length",
        "20s",
    ];
    let ended = throng(["demo"].iter().chain(&words))
        .fast()
        .with_summary()
        .end()
        .with_code(0);
    let summary = ended.summary();
    let incident = &summary["incidents"][0];
    assert_eq!(incident["name"], "rush hour");
    // At 14:00 of a day of 20 s.
    let from = incident["held"][0]["from_seconds"].as_f64().unwrap();
    assert!((11.6..13.0).contains(&from), "{incident}");
    let events = summary["reload_status"]["events"]
        .as_array()
        .unwrap()
        .iter();
    let texts: Vec<&str> = events.filter_map(|event| event["text"].as_str()).collect();
    assert!(
        texts
            .iter()
            .any(|text| text.starts_with("rush hour begins, for 8s: users 100 % -> 250 %")),
        "{texts:?}"
    );
    let flat = throng([
        "demo",
        "--flat",
        "--no-listen",
        "--users",
        "10",
        "--duration",
        "5",
    ]);
    let ended = flat.fast().with_summary().end().with_code(0);
    let summary = ended.summary();
    assert_eq!(summary["incidents"], serde_json::json!([]));
    assert_eq!(summary["run"]["users_peak"], 10);
}

#[test]
fn a_service_answers_until_a_signal() {
    let run = throng(["service", "--listen", "127.0.0.1:0"]).start();
    let said = run.wait_on_stdout("user service on http://");
    let address = said.rsplit('/').next().unwrap().parse().unwrap();
    assert_eq!(ask(address, "GET", "/health", None, None).0, 200);
    run.signal("TERM");
    run.end().with_code(0);
    throng(["service", "--listen", "0.0.0.0:0"])
        .end()
        .with_code(2)
        .said("--admin-password");
}

#[test]
fn a_service_whose_port_is_taken_says_so_as_a_fault_of_the_line() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = throng(["service", "--listen", &address]).end().with_code(2);
    assert!(
        ended.stderr.contains(&format!("--listen {address}: ")),
        "{}",
        ended.stderr
    );
    assert!(
        ended.stderr.contains("port 0 for any free one"),
        "{}",
        ended.stderr
    );
}
