//! The page, `throng ctl` and the plain API do the same: three runs, the same verbs, the same answers and events.

use std::fs;

use serde_json::{Value, json};

use super::program::Run;
use super::{Folder, Target, throng};

const STEPS: &str =
    "return { requests = 1000000, think = 0.02, step = function() http.get '/' end }";

/// By what the run is steered.
#[derive(Clone, Copy, PartialEq)]
enum Hand {
    Page,
    Ctl,
    Api,
}

/// One command in the words of the API; `ctl` has its own.
struct Verb {
    path: &'static str,
    body: Value,
    ctl: &'static [&'static str],
}

fn verb(path: &'static str, body: Value, ctl: &'static [&'static str]) -> Verb {
    Verb { path, body, ctl }
}

struct Steered {
    hand: Hand,
    run: Run,
    url: String,
}

impl Steered {
    fn start(hand: Hand, target: &Target, scripts: &Folder) -> Self {
        let run = throng(["run", "--listen", "127.0.0.1:0", "--continuous"])
            .args(&["--ramp", "0", "--users", "10", "--watch", "off"])
            .args(&["--token", "the-token", "--base-url", &target.url()])
            .arg("--script-dir")
            .arg(scripts.path())
            .with_summary()
            .start();
        let url = format!("http://{}", run.metrics_address());
        Self { hand, run, url }
    }

    /// What it answers, as a sentence.
    fn does(&self, verb: &Verb) -> String {
        if self.hand == Hand::Ctl {
            let words = ["ctl", "--url", &self.url, "--token", "the-token"];
            let said = throng(words).args(verb.ctl).end().with_code(0).stdout;
            return said.trim_end().to_owned();
        }
        let client = reqwest::Client::new();
        let url = format!("{}/api/v1/{}", self.url, verb.path);
        let mut request = match verb.path {
            "run" => client.patch(url),
            _ => client.post(url),
        };
        if self.hand == Hand::Page {
            request = request.header("X-Throng-Client", "page");
        }
        if verb.body != Value::Null {
            request = request.json(&verb.body);
        }
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let said: Value = runtime.block_on(async {
            let answer = request.bearer_auth("the-token").send().await.unwrap();
            assert_eq!(answer.status(), 200, "{}", verb.path);
            answer.json().await.unwrap()
        });
        said["done"].as_str().unwrap().to_owned()
    }
}

/// All verbs: what was answered, and the events that the record has of them.
fn steer(hand: Hand) -> (Vec<String>, Vec<(String, String)>) {
    let target = Target::fine();
    let scripts = Folder::of("one", STEPS).with("two", STEPS);
    let steered = Steered::start(hand, &target, &scripts);
    target.wait_for(20);
    let edit = |number: u32| {
        fs::write(
            scripts.path().join("one.lua"),
            format!("{STEPS} -- {number}"),
        )
        .unwrap();
    };
    let mut said = Vec::new();
    let mut does = |path, body, ctl| said.push(steered.does(&verb(path, body, ctl)));
    does(
        "run",
        json!({ "users": 6, "error_rate": 3, "think_factor": 0.5, "canary": 50, "weights": { "two": 2 } }),
        &[
            "set",
            "users=6",
            "error_rate=3",
            "think_factor=0.5",
            "canary=50",
            "weights.two=2",
        ],
    );
    does("pause", Value::Null, &["pause"]);
    does("resume", Value::Null, &["resume"]);
    edit(2);
    does("reload", Value::Null, &["reload"]);
    does("promote", Value::Null, &["promote"]);
    edit(3);
    does("reload", Value::Null, &["reload"]);
    does("rollback", Value::Null, &["rollback"]);
    does("run", json!({ "canary": 0 }), &["set", "canary=0"]);
    edit(4);
    does("reload", Value::Null, &["reload"]);
    does("rollback", json!({ "type": "one" }), &["rollback", "one"]);
    does("stop", Value::Null, &["stop"]);
    let summary = steered.run.end().with_code(0).summary();
    let by = match hand {
        Hand::Page => "page",
        Hand::Ctl => "ctl",
        Hand::Api => "api",
    };
    let word = |event: &Value, key: &str| event[key].as_str().unwrap_or_default().to_owned();
    let events = summary["reload_status"]["events"].as_array().unwrap();
    let events = events.iter().filter(|event| event["by"] == by);
    let events = events.map(|event| (word(event, "what"), word(event, "text")));
    // Users who change type are told of beside what made them.
    let events = events.filter(|(what, _)| what != "mix");
    (said, events.collect())
}

#[test]
fn the_page_ctl_and_the_api_do_the_same() {
    let (answers, events) = steer(Hand::Api);
    let whats: Vec<&str> = events.iter().map(|(what, _)| what.as_str()).collect();
    assert_eq!(
        whats,
        [
            "set", "pause", "resume", "canary", "promote", "canary", "rollback", "set", "reload",
            "rollback", "stop"
        ],
        "{events:#?}"
    );
    assert_eq!(answers.len(), events.len());
    assert_eq!(
        answers[0],
        "users 10 -> 6, error_rate 15 -> 3, think_factor 1 -> 0.5, canary 0 -> 50, weights.two 1 -> 2"
    );
    for hand in [Hand::Page, Hand::Ctl] {
        let (other_answers, other_events) = steer(hand);
        assert_eq!(other_answers, answers);
        assert_eq!(other_events, events);
    }
}
