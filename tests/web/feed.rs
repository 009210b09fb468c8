//! The feed of the live page: all that was, then what comes, for everyone alike.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Response;
use serde_json::Value;
use throng::metrics::{
    Aggregator, OperationRef, Outcome, Phase, Phases, Recorder, RunInfo, Sample, ScriptFault,
    TypeId,
};
use throng::secrets::Masker;
use throng::web::Config;
use tokio::time::timeout;

use super::site::{Site, said, steered};

const LONG: Duration = Duration::from_secs(20);

/// A run whose seconds are made by the test.
struct Run {
    aggregator: Aggregator,
    recorder: Recorder,
    seconds: u64,
}

impl Run {
    fn new() -> Self {
        let mut aggregator = Aggregator::new(RunInfo {
            types: vec!["one".to_owned()],
            ..RunInfo::default()
        });
        aggregator.phase(Phase::Running);
        Self {
            aggregator,
            recorder: Recorder::new(),
            seconds: 0,
        }
    }

    /// A second with so many requests, of which the first fails, and an error of a script in these words.
    fn second(&mut self, requests: u32, words: &str) -> Arc<throng::metrics::Snapshot> {
        self.seconds += 1;
        let series = self
            .recorder
            .series(TypeId(0), OperationRef::http("GET", "/page"));
        for number in 0..requests {
            let (status, outcome) = match number {
                0 => (500, Outcome::Unexpected),
                _ => (200, Outcome::Ok),
            };
            let sample = Sample {
                series,
                version: 1,
                status: status.into(),
                outcome,
                error: None,
                service: Some(Duration::from_millis(2)),
                response: Duration::from_millis(3),
                phases: Phases::default(),
                bytes_sent: 10,
                bytes_received: 10,
            };
            self.recorder.record(&sample, String::new);
        }
        self.recorder.script_error(ScriptFault {
            kind: TypeId(0),
            version: 1,
            place: "scripts/one.lua:1",
            message: words,
            traceback: "",
        });
        let batch = self.recorder.take();
        self.aggregator.absorb(0, batch);
        self.aggregator.tick(Duration::from_secs(self.seconds))
    }
}

/// Someone who watches.
struct Watcher {
    answer: Response,
    waiting: String,
    looked: usize,
}

impl Watcher {
    async fn of(site: &Site) -> Self {
        let answer = site.bare("GET", "/api/v1/feed").send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Self {
            answer,
            waiting: String::new(),
            looked: 0,
        }
    }

    /// The next event as it comes; none when the stream is over.
    async fn raw(&mut self) -> Option<String> {
        loop {
            // Only what is new can hold the end: a long event comes in many chunks.
            let mut from = self.looked.saturating_sub(1);
            while !self.waiting.is_char_boundary(from) {
                from -= 1;
            }
            if let Some(end) = self.waiting[from..].find("\n\n") {
                let rest = self.waiting.split_off(from + end + 2);
                let event = std::mem::replace(&mut self.waiting, rest);
                self.looked = 0;
                return Some(event);
            }
            self.looked = self.waiting.len();
            let chunk = timeout(LONG, self.answer.chunk()).await.unwrap().unwrap()?;
            self.waiting.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The next event and its data.
    async fn next(&mut self) -> Option<(String, Value)> {
        let event = self.raw().await?;
        let field = |name: &str| {
            let mut lines = event.lines();
            lines
                .find_map(|line| line.strip_prefix(name))
                .unwrap()
                .to_owned()
        };
        let data = serde_json::from_str(&field("data: ")).unwrap();
        Some((field("event: "), data))
    }

    /// The next event with this name.
    async fn until(&mut self, name: &str) -> Value {
        loop {
            let (event, data) = self.next().await.unwrap();
            if event == name {
                return data;
            }
        }
    }
}

fn numbers(history: &Value) -> Vec<u64> {
    let points = history["points"].as_array().unwrap();
    points
        .iter()
        .map(|point| point["n"].as_u64().unwrap())
        .collect()
}

fn counted(history: &Value) -> u64 {
    let points = history["points"].as_array().unwrap();
    let all = points
        .iter()
        .flat_map(|point| point["outcomes"]["one"].as_array().unwrap());
    all.map(|count| count.as_u64().unwrap()).sum()
}

#[tokio::test]
async fn whoever_comes_late_or_again_sees_the_whole_run_once() {
    let (site, mut run) = (steered(), Run::new());
    let mut early = Watcher::of(&site).await;
    // Before the first sample there is nothing to be seen, and nothing amiss.
    assert_eq!(numbers(&early.until("history").await), [0; 0]);
    for second in 1..=3 {
        let snapshot = run.second(second, "as the test wants it");
        site.snapshots.send_replace(snapshot);
        loop {
            let now = early.until("now").await;
            if now["point"].is_object() {
                assert_eq!(now["point"]["n"], second);
                assert_eq!(
                    now["point"]["outcomes"]["one"],
                    serde_json::json!([second - 1, 0, 1, 0, 0])
                );
                assert_eq!(now["run"]["requests"]["total"], second * (second + 1) / 2);
                break;
            }
        }
    }
    drop(early);
    for _ in 0..2 {
        let mut late = Watcher::of(&site).await;
        let history = late.until("history").await;
        assert_eq!(numbers(&history), [1, 2, 3]);
        assert_eq!(counted(&history), 6);
        // What is in the history already is no new point.
        assert!(late.until("now").await["point"].is_null());
    }
}

#[tokio::test]
async fn the_last_word_is_that_the_run_is_over() {
    let (site, mut run) = (steered(), Run::new());
    let mut watcher = Watcher::of(&site).await;
    run.aggregator.phase(Phase::Done);
    site.snapshots.send_replace(run.second(2, "late"));
    let now = loop {
        let now = watcher.until("now").await;
        if now["run"]["phase"] == "done" {
            break now;
        }
    };
    assert_eq!(now["run"]["requests"]["total"], 2);
    assert_eq!(watcher.next().await.unwrap().0, "end");
    assert_eq!(watcher.next().await, None);
    // Who comes now sees the same.
    let mut late = Watcher::of(&site).await;
    assert_eq!(counted(&late.until("history").await), 2);
    late.until("end").await;
    assert_eq!(late.next().await, None);
}

#[tokio::test]
async fn fifty_watch_and_one_that_never_reads_goes() {
    let (site, mut run) = (steered(), Run::new());
    let mut stalled = TcpStream::connect(site.address()).unwrap();
    let ask = format!(
        "GET /api/v1/feed HTTP/1.1\r\nHost: {}\r\n\r\n",
        site.address()
    );
    stalled.write_all(ask.as_bytes()).unwrap();
    let mut watchers = Vec::new();
    for _ in 0..50 {
        watchers.push(Watcher::of(&site).await);
    }
    // What the system takes for the one that reads nothing is soon full, then what is kept for it.
    let long = "a long story ".repeat(20_000);
    for second in 1..=80_u64 {
        site.snapshots.send_replace(run.second(2, &long));
        if second == 10 {
            // A gigabyte is much to read in a test; the others have seen enough.
            watchers.truncate(5);
        }
        for watcher in &mut watchers {
            // They are long: to read all of them as JSON takes a minute.
            let point = format!("\"n\":{second},");
            while !watcher.raw().await.unwrap().contains(&point) {}
        }
    }
    stalled.set_read_timeout(Some(LONG)).unwrap();
    let mut told = Vec::new();
    // Its connection was closed: what had come before can be read, and then it is over.
    let ended = stalled.read_to_end(&mut told);
    assert!(ended.is_ok() || ended.unwrap_err().kind() == std::io::ErrorKind::ConnectionReset);
    let seen = String::from_utf8_lossy(&told).matches("event: now").count();
    assert!(seen < 80, "it has read {seen}");
}

#[tokio::test]
async fn what_is_secret_is_in_no_event() {
    let secret = "hush-hush-9f3a";
    let site = Site::by_config("127.0.0.1:0", |own| Config {
        control: Some(own),
        secrets: Arc::new(Masker::new([secret]).unwrap()),
        ..Config::default()
    });
    let mut run = Run::new();
    site.snapshots
        .send_replace(run.second(1, &format!("POST /{secret} -> 500: {secret}")));
    let mut watcher = Watcher::of(&site).await;
    watcher.until("history").await;
    let now = loop {
        let now = watcher.until("now").await;
        if now["script_errors"]
            .as_array()
            .is_some_and(|errors| !errors.is_empty())
        {
            break now;
        }
    };
    let text = now.to_string();
    assert!(text.contains("POST /*** -> 500: ***"), "{text}");
    assert!(!text.contains(secret));
}

#[tokio::test]
async fn beyond_loopback_the_page_is_open_and_all_that_it_shows_is_not() {
    let site = Site::begin("0.0.0.0:0", Some);
    let page = said(site.bare("GET", "/")).await;
    assert_eq!(page.status, 200);
    assert!(
        page.headers["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("script-src 'self'")
    );
    assert_eq!(said(site.bare("GET", "/page/main.js")).await.status, 200);
    for path in [
        "/api/v1/feed",
        "/api/v1/scripts",
        "/api/v1/openapi.json",
        "/metrics",
    ] {
        assert_eq!(said(site.bare("GET", path)).await.status, 401, "{path}");
    }
    let answer = site.request("GET", "/api/v1/feed").send().await.unwrap();
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn the_page_is_small_compressed_and_fetched_once() {
    let site = steered();
    let text = site.get("/").await;
    let (mut raw, mut wire) = (0, 0);
    for file in throng::page::ASSETS {
        let path = if file.path == "index.html" {
            "/".to_owned()
        } else {
            format!("/page/{}", file.path)
        };
        let plain = site.bare("GET", &path).send().await.unwrap();
        let mark = plain.headers()["etag"].clone();
        let bytes = plain.bytes().await.unwrap();
        assert_eq!(bytes.len(), file.length, "{path}");
        let packed = site
            .bare("GET", &path)
            .header("accept-encoding", "br, gzip;q=1");
        let packed = packed.send().await.unwrap();
        assert_eq!(packed.headers()["content-encoding"], "gzip");
        assert_eq!(packed.bytes().await.unwrap(), file.gzip);
        let again = site.bare("GET", &path).header("if-none-match", mark);
        assert_eq!(again.send().await.unwrap().status(), 304);
        // Loaded when the editor is opened.
        if file.path != "vendor/editor.js" {
            (raw, wire) = (raw + file.length, wire + file.gzip.len());
        }
    }
    assert!(
        raw < 220_000 && wire < 100_000,
        "{raw} bytes, {wire} on the wire"
    );
    assert!(text.body.as_str().unwrap().contains("/page/main.js"));
}
