//! The log over HTTP: what is kept, what comes, what is gone.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Response;
use serde_json::{Value, json};
use throng::run_log::{Kind, Level, MAX_ENTRIES, NewEntry, RunLog};
use throng::secrets::Masker;
use throng::web::Config;
use tokio::time::timeout;

use super::site::{Site, steered};

const LONG: Duration = Duration::from_secs(20);

fn entry(level: Level, kind: Kind, user_type: Option<&str>, text: &str) -> NewEntry {
    NewEntry {
        level,
        kind,
        user_type: user_type.map(str::to_owned),
        text: text.to_owned(),
        lines: String::new(),
    }
}

fn info(text: &str) -> NewEntry {
    entry(Level::Info, Kind::Run, None, text)
}

/// A listener of a run that has this log, and one secret.
fn site(log: &RunLog) -> Site {
    Site::by_config("127.0.0.1:0", |control| Config {
        control: Some(control),
        log: log.clone(),
        secrets: Arc::new(Masker::new(["hush-hush"]).unwrap()),
        ..Config::default()
    })
}

fn texts(page: &Value) -> Vec<&str> {
    let entries = page["entries"].as_array().unwrap();
    entries
        .iter()
        .map(|one| one["text"].as_str().unwrap())
        .collect()
}

/// What a stream says until it holds these words, or ends.
async fn read(stream: &mut Response, until: &str) -> String {
    let mut said = String::new();
    while !said.contains(until) {
        match timeout(LONG, stream.chunk()).await.unwrap().unwrap() {
            Some(chunk) => said.push_str(std::str::from_utf8(&chunk).unwrap()),
            None => break,
        }
    }
    said
}

#[tokio::test]
async fn the_log_is_read_page_by_page_with_secrets_masked() {
    let log = RunLog::default();
    let site = site(&log);
    for number in 1..=1_200 {
        log.add(info(&format!("entry {number} hush-hush")));
    }
    log.add(entry(
        Level::Warn,
        Kind::Script,
        Some("new"),
        "from a script",
    ));
    let first = site.get("/api/v1/logs").await;
    assert_eq!((first.status, &first.body["next"]), (200, &json!(1_000)));
    assert_eq!(first.body["has_more"], true);
    assert_eq!(texts(&first.body)[999], "entry 1000 ***");
    let rest = site.get("/api/v1/logs?after=1000").await.body;
    assert_eq!(
        (texts(&rest).len(), &rest["has_more"]),
        (201, &json!(false))
    );
    let one = site
        .get("/api/v1/logs?type=new&level=warn&kind=script,failure")
        .await
        .body;
    assert_eq!(texts(&one), ["from a script"]);
    assert_eq!(one["entries"][0]["number"], 1_201);
    for _ in 0..MAX_ENTRIES {
        log.add(info("later"));
    }
    log.close();
    let late = site.get("/api/v1/logs?after=1000").await.body;
    assert_eq!(
        (&late["missed"], &late["is_over"]),
        (&json!(201), &json!(true))
    );
}

#[tokio::test]
async fn all_that_is_wrong_in_a_query_is_said_at_once() {
    let refused = steered()
        .get("/api/v1/logs?level=loud&knd=run&after=x")
        .await;
    assert_eq!(refused.status, 422);
    let faults = refused.body["faults"].as_array().unwrap();
    let said: Vec<String> = faults
        .iter()
        .map(|one| {
            format!("{}: {}; {}", one["place"], one["cause"], one["remedy"]).replace('"', "")
        })
        .collect();
    assert_eq!(
        said,
        [
            "level=loud: is not a level; give error, warn, info or debug",
            "knd: is not a parameter of the log; give some of after, since, level, kind, type; did you mean kind?",
            "after=x: is not the number of an entry; give `next` of the last answer",
        ]
    );
}

#[tokio::test]
async fn a_stream_begins_where_its_client_was_and_ends_with_the_log() {
    let log = RunLog::default();
    let site = site(&log);
    for text in ["one", "two", "three hush-hush"] {
        log.add(info(text));
    }
    let stream = site
        .bare("GET", "/api/v1/logs/feed")
        .header("Last-Event-ID", "2");
    let mut stream = stream.send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let said = read(&mut stream, "three").await;
    assert!(
        said.starts_with("event: log\nid: 3\ndata: {\"number\":3,"),
        "{said}"
    );
    assert!(
        said.contains("three ***") && !said.contains("two"),
        "{said}"
    );
    log.add(info("four"));
    assert!(read(&mut stream, "four").await.contains("id: 4"));
    log.close();
    assert_eq!(
        read(&mut stream, "event: end").await,
        "event: end\nid: 4\ndata: {}\n\n"
    );
    assert_eq!(read(&mut stream, "anything").await, "");
}

#[tokio::test]
async fn a_client_that_is_late_hears_how_many_it_missed() {
    let log = RunLog::default();
    let site = site(&log);
    for number in 0..MAX_ENTRIES + 7 {
        log.add(info(&number.to_string()));
    }
    log.close();
    let mut stream = site
        .bare("GET", "/api/v1/logs/feed?after=2")
        .send()
        .await
        .unwrap();
    let said = read(&mut stream, "event: end").await;
    assert!(said.contains("event: missed\nid: "), "{}", &said[..200]);
    assert!(said.contains("data: {\"entries\":5}"), "{}", &said[..200]);
    assert_eq!(said.matches("event: log\n").count(), MAX_ENTRIES);
}

#[tokio::test]
async fn no_more_than_32_follow_the_log_and_a_place_is_free_again() {
    let log = RunLog::default();
    let site = site(&log);
    log.add(info("one"));
    let mut streams = Vec::new();
    for _ in 0..32 {
        let mut stream = site.bare("GET", "/api/v1/logs/feed").send().await.unwrap();
        read(&mut stream, "one").await;
        streams.push(stream);
    }
    let refused = site.get("/api/v1/logs/feed").await;
    assert_eq!(refused.status, 503);
    assert!(
        refused.error().starts_with("32 clients follow the log"),
        "{refused:?}"
    );
    streams.pop();
    let free = async {
        while site
            .bare("GET", "/api/v1/logs/feed")
            .send()
            .await
            .unwrap()
            .status()
            != 200
        {}
    };
    timeout(LONG, free).await.unwrap();
}
