//! `throng new --from` and `throng init --from`: recordings become scripts that pass the check and run; what cannot be
//! read is said with its place, and nothing that a file says is executed.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::program::{Ended, throng};
use crate::support::target::{Answer, Target};

fn entry(page: &str, at: &str, method: &str, url: &str, answer: Value) -> Value {
    json!({
        "pageref": page,
        "startedDateTime": format!("2026-03-02T10:00:{at}Z"),
        "time": 50,
        "request": { "method": method, "url": url, "headers": [] },
        "response": answer,
    })
}

fn html(text: &str) -> Value {
    json!({ "status": 200, "headers": [], "content": { "mimeType": "text/html", "text": text } })
}

fn har(entries: Vec<Value>) -> String {
    let pages = json!([{ "id": "p1", "title": "Start" }, { "id": "p2", "title": "Items" }]);
    json!({ "log": { "version": "1.2", "pages": pages, "entries": entries } }).to_string()
}

fn new(folder: &Path, file: &Path, words: &[&str]) -> crate::support::program::Program {
    throng(["new", "visitor", "--script-dir"])
        .arg(folder)
        .arg("--from")
        .arg(file)
        .args(words)
}

fn check(folder: &Path) -> Ended {
    throng(["check", "--deny-warnings", "--script-dir"])
        .arg(folder)
        .end()
        .with_code(0)
}

#[test]
fn pages_of_a_recording_become_steps() {
    let home = tempfile::tempdir().unwrap();
    let target = Target::new(|_| Answer::Status(200, "<p>hello</p>".to_owned()));
    let url = target.url();
    let text = har(vec![
        entry(
            "p1",
            "00.000",
            "GET",
            &format!("{url}/"),
            html("<p>hello</p>"),
        ),
        entry(
            "p1",
            "00.200",
            "GET",
            &format!("{url}/logo.png"),
            json!({ "status": 200 }),
        ),
        entry(
            "p2",
            "03.050",
            "GET",
            &format!("{url}/items?page=1"),
            html("<p>1</p>"),
        ),
        entry(
            "p2",
            "03.100",
            "GET",
            "https://tracker.invalid/hit",
            json!({ "status": 204 }),
        ),
    ]);
    let file = home.path().join("shop.har");
    fs::write(&file, text).unwrap();
    let scripts = home.path().join("scripts");
    let ended = new(&scripts, &file, &[]).end().with_code(0);
    assert!(
        ended
            .stdout
            .contains("tracker.invalid, another site, were left out"),
        "{}",
        ended.stdout
    );
    let script = fs::read_to_string(scripts.join("visitor.lua")).unwrap();
    for words in [
        "http.page(\"/\")",
        "http.page(\"/items\", { query = { page = \"1\" } })",
        "name = \"Start\", next = { Items = 1 }",
        "random.uniform(1.5, 4.5)",
    ] {
        assert!(script.contains(words), "{words}:\n{script}");
    }
    check(&scripts);
    let ended = throng([
        "run",
        "--no-listen",
        "--users",
        "1",
        "--base-url",
        &url,
        "--script-dir",
    ])
    .arg(&scripts)
    .fast()
    .with_summary()
    .end()
    .with_code(0);
    assert_eq!(ended.summary()["requests"]["total"], 2);
    assert_eq!(target.count(), 2);
}
