//! Prometheus remote write: what Debian's Prometheus and VictoriaMetrics have is what a scrape, the summary and the
//! target's own log say.

use serde_json::Value;

use super::servers::{Server, free_address};
use super::{Folder, MIXED, assert_same, last_scrape, last_scrape_at, lingering, mixed, sum};
use crate::support::patience::until;
use crate::support::program::run;
use crate::support::target::{Answer, Target};

fn run_id(summary: &Value) -> String {
    summary["run"]["id"].as_str().unwrap().to_owned()
}

#[test]
fn prometheus_has_the_counts_of_the_scrape_the_summary_and_the_target() {
    let folder = tempfile::tempdir().unwrap();
    let prometheus = Server::prometheus(folder.path(), free_address());
    let (target, scripts) = (mixed(), Folder::of("mixed", MIXED));
    let words = ["--users", "5", "--sessions", "20", "--seed", "3"];
    let run = lingering(&target, &scripts, &words)
        .args(&[
            "--remote-write",
            &prometheus.url(),
            "--push-label",
            "env=test",
        ])
        .start();
    let scraped = last_scrape(&run);
    run.signal("INT");
    let summary = run.end().summary();
    let id = run_id(&summary);

    let pushed = prometheus.last_of(&id);
    // A label that was given is on every series, and in no scrape.
    let pushed = pushed.into_iter().map(|(mut key, value)| {
        assert_eq!(key.remove("env").as_deref(), Some("test"), "{key:?}");
        (key, value)
    });
    let pushed = pushed.collect();
    assert_same("remote write", &scraped, &pushed);
    let total = summary["requests"]["total"].as_u64().unwrap();
    assert_eq!(sum(&pushed, "throng_requests_total"), total as f64);
    assert_eq!(target.count() as u64, total);
    let info = prometheus.query(&format!(
        "last_over_time(throng_run_info{{run=\"{id}\"}}[1h])"
    ));
    assert_eq!(info[0].0["job"], "throng");
    assert_eq!(info[0].0["seed"], "3");

    // The run is over, and Prometheus knows it: an instant query finds nothing any more.
    assert_eq!(prometheus.query(&format!("{{run=\"{id}\"}}")), []);
    let output = &summary["outputs"][0];
    assert_eq!(output["output"], "remote_write", "{output}");
    assert_eq!(output["dropped"], 0, "{output}");
    assert!(output["sent"].as_u64().unwrap() > 200, "{output}");
    assert_eq!(output["error"], Value::Null);
}

#[test]
fn victoria_metrics_has_the_counts_of_the_scrape() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::victoria_metrics(folder.path(), free_address());
    let (target, scripts) = (mixed(), Folder::of("mixed", MIXED));
    let run = lingering(&target, &scripts, &["--users", "5", "--sessions", "20"])
        .args(&["--remote-write", &server.url()])
        .start();
    let scraped = last_scrape(&run);
    run.signal("INT");
    let summary = run.end().summary();
    let pushed = server.exported(&run_id(&summary));
    assert_same("remote write", &scraped, &pushed);
    assert_eq!(sum(&pushed, "throng_requests_total"), target.count() as f64);
}

#[test]
fn what_prometheus_missed_while_it_was_away_is_delivered_when_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut prometheus = Server::prometheus(folder.path(), free_address());
    let address = prometheus.address;
    let target = Target::new(|_| Answer::Late(std::time::Duration::from_millis(5), 200));
    let scripts = Folder::of(
        "mixed",
        "return { think = 0, step = function() http.get '/' end }",
    );
    let words = ["--users", "4", "--continuous", "--push-interval", "1"];
    let run = lingering(&target, &scripts, &words)
        .args(&["--remote-write", &prometheus.url()])
        .start();
    let figures = run.metrics_address();
    let pushes = |server: &Server| {
        let counted = server.query("sum(count_over_time(throng_users[1h]))");
        counted.first().map_or(0.0, |(_, value)| *value)
    };
    until("pushed", || pushes(&prometheus) >= 2.0);
    prometheus.stop();
    run.wait_for("fails and is tried again");
    std::thread::sleep(std::time::Duration::from_secs(3));
    let before = target.count();
    let prometheus = Server::prometheus(folder.path(), address);
    run.wait_for("works again");
    run.signal("INT");
    let scraped = last_scrape_at(&run, figures);
    run.signal("INT");
    let summary = run.end().summary();
    assert!(target.count() > before, "the users went on");
    let pushed = prometheus.last_of(&run_id(&summary));
    assert_same("remote write", &scraped, &pushed);
    assert_eq!(sum(&pushed, "throng_requests_total"), target.count() as f64);
    let output = &summary["outputs"][0];
    assert_eq!(output["dropped"], 0, "{output}");
    assert!(output["failed_attempts"].as_u64().unwrap() > 0, "{output}");
    // What was pushed while it was away is there, too: some for each second.
    let seconds = summary["run"]["seconds"].as_f64().unwrap();
    let pushes = pushes(&prometheus);
    assert!(pushes >= seconds * 0.7, "{pushes} pushes in {seconds} s");
}

#[test]
fn a_request_is_what_the_specification_asks_for() {
    let receiver = Target::new(|_| Answer::Status(204, String::new()));
    let (target, scripts) = (mixed(), Folder::of("mixed", MIXED));
    let file = scripts.root().join("headers");
    std::fs::write(
        &file,
        "X-Scope-OrgID: tenant-1\n\nX-Key: the-key-of-the-file\n",
    )
    .unwrap();
    let url = receiver
        .url()
        .replace("http://", "http://someone:pass%20word@");
    let ended = run(&target.url(), &scripts.path(), &["--users", "1", "--debug"])
        .args(&[
            "--remote-write",
            &format!("{url}/push?key=the-key-of-the-query"),
        ])
        .args(&["--remote-write-header", &format!("@{}", file.display())])
        .args(&["--remote-write-header", "X-Other: the-other-key"])
        .end();
    let requests = receiver.requests();
    assert!(requests.len() >= 3, "{}", requests.len());
    for request in &requests {
        assert_eq!(request.method, "POST");
        assert_eq!(request.path, "/push?key=the-key-of-the-query");
        let has = |line: &str| {
            let found = request
                .head
                .iter()
                .filter(|one| one.eq_ignore_ascii_case(line));
            assert_eq!(found.count(), 1, "{line}: {request:?}");
        };
        has("content-type: application/x-protobuf");
        has("content-encoding: snappy");
        has("x-prometheus-remote-write-version: 0.1.0");
        // someone:pass word
        has("authorization: Basic c29tZW9uZTpwYXNzIHdvcmQ=");
        has("x-scope-orgid: tenant-1");
        has("x-key: the-key-of-the-file");
        has("x-other: the-other-key");
        let agent = request
            .head
            .iter()
            .find(|one| one.to_lowercase().starts_with("user-agent"));
        assert!(agent.unwrap().contains("throng/"), "{request:?}");
    }
    for secret in [
        "pass word",
        "pass%20word",
        "the-key-of-the-query",
        "the-key-of-the-file",
        "the-other-key",
    ] {
        assert!(!ended.stderr.contains(secret), "{secret}: {}", ended.stderr);
        assert!(!ended.stdout.contains(secret), "{secret}: {}", ended.stdout);
    }
}
