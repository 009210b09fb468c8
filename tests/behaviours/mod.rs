//! The stock behaviours as a crowd meets them: the real program against the real service, counted by the service itself.

mod cleanup;
mod crowd;
mod page;
mod values;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use user_service::{Database, Options, Running};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn service() -> Running {
    service_with(Database::Temporary)
}

fn service_with(db: Database) -> Running {
    let options = Options {
        listen: ([127, 0, 0, 1], 0).into(),
        hash_cost: 8,
        db,
        ..Options::default()
    };
    user_service::spawn(options).unwrap()
}

/// Runs the stock scripts against a service; what the run said, and its summary.
fn run(service: &Running, words: &[&str]) -> (Output, Value) {
    run_scripts(service, Path::new("scripts"), words)
}

/// The same with other scripts, and the stock modules.
fn run_scripts(service: &Running, scripts: &Path, words: &[&str]) -> (Output, Value) {
    let folder = tempfile::tempdir().unwrap();
    let summary = folder.path().join("summary.json");
    let output = Command::new(env!("CARGO_BIN_EXE_throng"))
        .current_dir(root())
        .env("THRONG_STATE_DIR", folder.path().join("state"))
        .args(["run", "--no-listen", "--seed", "7", "--lib-dir", "lib"])
        .arg("--script-dir")
        .arg(scripts)
        .args(["--base-url", &format!("http://{}", service.address)])
        .arg("--summary-json")
        .arg(&summary)
        .args(words)
        .output()
        .unwrap();
    let text = std::fs::read(&summary).unwrap_or_default();
    let summary = serde_json::from_slice(&text).unwrap_or_default();
    (output, summary)
}

fn words(output: &Output) -> String {
    let both = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&both).into_owned()
}

/// What the service says at a path.
fn ask(service: &Running, path: &str) -> String {
    fetch(service, |client, base| client.get(format!("{base}{path}")))
}

/// What the service says to its administrator at a path.
fn ask_as_administrator(service: &Running, path: &str) -> Value {
    let account = serde_json::json!({
        "email": service.admin_email, "password": service.admin_password,
    });
    let login = fetch(service, |client, base| {
        client
            .post(format!("{base}/api/v1/auth/login"))
            .json(&account)
    });
    let login: Value = serde_json::from_str(&login).unwrap();
    let token = login["access_token"].as_str().unwrap();
    let text = fetch(service, |client, base| {
        client.get(format!("{base}{path}")).bearer_auth(token)
    });
    serde_json::from_str(&text).unwrap()
}

fn fetch(
    service: &Running,
    request: impl FnOnce(&reqwest::Client, &str) -> reqwest::RequestBuilder,
) -> String {
    let base = format!("http://{}", service.address);
    crate::support::on_one_thread(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = request(&client, &base).send().await.unwrap();
        answer.text().await.unwrap()
    })
}

/// Method and endpoint, and how often which status was counted.
type Counts = BTreeMap<(String, String), BTreeMap<String, u64>>;

/// The service's own count of its requests.
fn counted_by_service(service: &Running) -> Counts {
    let mut counts = Counts::new();
    for line in ask(service, "/metrics").lines() {
        let Some(rest) = line.strip_prefix("user_service_http_requests_total{") else {
            continue;
        };
        let (labels, count) = rest.rsplit_once("} ").unwrap();
        let label = |name: &str| {
            let (_, rest) = labels.split_once(&format!("{name}=\"")).unwrap();
            rest.split('"').next().unwrap().to_owned()
        };
        let key = (label("method"), label("endpoint"));
        let statuses = counts.entry(key).or_default();
        statuses.insert(label("status"), count.parse().unwrap());
    }
    counts
}

/// The same in the summary of a run; the status of a request without an answer is `none`.
fn counted_by_throng(summary: &Value) -> Counts {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let endpoints = summary["endpoints"].as_array().unwrap();
    let one = |endpoint: &Value| {
        let statuses = endpoint["status"].as_object().unwrap();
        let statuses = statuses
            .iter()
            .map(|(status, count)| (status.clone(), count.as_u64().unwrap()))
            .collect();
        (
            (text(&endpoint["method"]), text(&endpoint["name"])),
            statuses,
        )
    };
    endpoints.iter().map(one).collect()
}
