//! The six command lines of the plan, word for word, against the demo service with the stock types.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::service::{ask, samples};
use super::{Ended, Program, Service, throng};
use crate::support::patience::until;

fn line(service: &Service, words: &str) -> Program {
    throng(words.split(' '))
        .variable("THRONG_BASE_URL", &service.url())
        .variable("THRONG_SUMMARY_JSON", "summary.json")
        .variable("THRONG_LISTEN", "127.0.0.1:0")
}

/// Runs a line until it has counted so many requests, stops it by a signal, and looks at what every one of them must be.
fn stopped_after(requests: u64, words: &str) -> (Value, Ended, Service) {
    let service = Service::start();
    let run = line(&service, words).start();
    let throng = run.metrics_address();
    until("so many requests", || counted_by(throng) >= requests);
    run.signal("INT");
    let asked = Instant::now();
    let ended = run.end().with_code(0);
    assert!(
        asked.elapsed() < Duration::from_secs(10),
        "{:?}",
        asked.elapsed()
    );
    let summary = ended.summary();
    let counted: u64 = service.counted().values().sum();
    assert_eq!(
        summary["requests"]["total"], counted,
        "as the service counted"
    );
    assert!(counted > 0);
    for failures in ["unexpected", "error", "cancelled"] {
        assert_eq!(
            summary["requests"][failures], 0,
            "{failures}: {:#}",
            summary["errors"]
        );
    }
    assert_eq!(summary["script_errors"], Value::Array(Vec::new()));
    (summary, ended, service)
}

/// What throng itself says of its requests just now.
fn counted_by(throng: SocketAddr) -> u64 {
    let (_, text) = ask(throng, "GET", "/metrics", None, None);
    let counts = samples(&text, "throng_requests_total");
    counts.iter().map(|(_, count)| *count as u64).sum()
}

#[test]
fn ten_users_for_five_minutes() {
    let words = "user:populate --users=10 --min-requests=5 --max-requests=20 --duration=300";
    let (summary, ..) = stopped_after(10, words);
    assert_eq!(summary["run"]["users"], 10);
}

#[test]
fn five_users_in_every_detail() {
    let (summary, ended, _service) = stopped_after(10, "user:populate --users=5 --debug --verbose");
    assert_eq!(summary["run"]["users"], 5);
    let shown = ended.stderr.matches(" -> ").count() as u64;
    assert!(
        shown >= summary["requests"]["total"].as_u64().unwrap(),
        "{shown}"
    );
    for secret in ["Admin-1234-local", "eyJ"] {
        assert!(
            !ended.stderr.contains(secret),
            "{secret} is shown:\n{}",
            ended.stderr
        );
    }
}

#[test]
fn a_hundred_users_for_an_hour() {
    let words = "user:populate --users=100 --min-requests=20 --max-requests=200 --duration=3600";
    let (summary, ..) = stopped_after(100, words);
    assert_eq!(summary["run"]["users"], 100);
}

#[test]
fn five_hundred_users_for_half_an_hour() {
    let words = "user:populate --users=500 --min-requests=50 --max-requests=500 --duration=1800";
    stopped_after(150, words);
}

#[test]
fn a_thousand_users_with_clean_up() {
    let words = "user:populate --users=1000 --min-requests=10 --max-requests=1000 --duration=7200 --cleanup";
    let (_, ended, service) = stopped_after(150, words);
    let left = service.list("/api/v1/users?is_deleted=false");
    let fresh = Service::start().list("/api/v1/users?is_deleted=false");
    assert_eq!(left.len(), fresh.len(), "{}", ended.stderr);
}

#[test]
fn two_hundred_users_without_an_end() {
    let words = "user:populate --users=200 --continuous --cleanup-interval=3600";
    let (_, ended, service) = stopped_after(150, words);
    let left = service.list("/api/v1/users?is_deleted=false");
    let fresh = Service::start().list("/api/v1/users?is_deleted=false");
    assert_eq!(left.len(), fresh.len(), "{}", ended.stderr);
}
