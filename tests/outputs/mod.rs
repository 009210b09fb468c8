//! Outputs while a run runs, by the real program: what Prometheus, VictoriaMetrics, a receiver of OTLP and a file have of
//! it, and what a receiver that misbehaves does to it.

mod faults;
mod otlp;
mod otlp_receiver;
mod remote_write;
mod samples;
mod servers;

use std::collections::BTreeMap;
use std::net::SocketAddr;

use crate::support::program::{Program, Run, throng};
use crate::support::scripts::Folder;
use crate::support::service::ask;
use crate::support::target::{Answer, Target};

/// Requests of several outcomes, steps, a journey, a check and metrics of each kind.
const MIXED: &str = r#"
local lots = metrics.counter("lots_total", { help = "Lots.", labels = { "colour" } })
local size = metrics.histogram("lot_size", { help = "Size of a lot." })
return { requests = 6, think = 0, steps = {
    { 1, function()
        http.get "/page"
        http.get("/missing", { expect = { 404 } })
        lots:add(1, { colour = "red" })
        size:observe(3)
        metrics.check("is fine", true)
    end, name = "look" },
    { 1, function() journey("buy", function() http.post("/broken", { json = { a = 1 } }) end) end, name = "break" },
} }"#;

/// A target for it.
fn mixed() -> Target {
    Target::new(|request| match request.path.as_str() {
        "/missing" => Answer::Status(404, "{}".to_owned()),
        "/broken" => Answer::Status(500, "{\"error\":\"it's broken\"}".to_owned()),
        _ => Answer::ok(),
    })
}

/// `throng run` with its figures kept at a free port after the end.
fn lingering(target: &Target, scripts: &Folder, words: &[&str]) -> Program {
    throng(["run", "--listen", "127.0.0.1:0", "--linger", "1h"])
        .args(&["--base-url", &target.url(), "--no-valve", "--no-breaker"])
        .arg("--script-dir")
        .arg(scripts.path())
        .args(words)
        .with_summary()
}

/// The run's last figures as a scrape has them, once it is over: name and labels to the value. What outputs say of
/// themselves is left out: it changes as they deliver it.
fn last_scrape(run: &Run) -> Samples {
    last_scrape_at(run, run.metrics_address())
}

fn last_scrape_at(run: &Run, address: SocketAddr) -> Samples {
    run.wait_for("the run is over; its figures stay at http://");
    let (status, text) = ask(address, "GET", "/metrics", None, None);
    assert_eq!(status, 200);
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let samples = lines.map(|line| {
        let (name, value) = line.rsplit_once(' ').unwrap();
        (key_of_text(name), value.parse().unwrap())
    });
    samples
        .filter(|(key, _): &(Key, f64)| !key["__name__"].starts_with("throng_output_"))
        .collect()
}

/// Labels, the name among them as `__name__`.
type Key = BTreeMap<String, String>;
type Samples = BTreeMap<Key, f64>;

/// `name{label="value",...}`; no value here has a quote or a comma.
fn key_of_text(text: &str) -> Key {
    let (name, labels) = text.split_once('{').unwrap_or((text, ""));
    let labels = labels.trim_end_matches('}').split("\",");
    let labels = labels.filter_map(|label| {
        let (name, value) = label.split_once("=\"")?;
        Some((name.to_owned(), value.trim_end_matches('"').to_owned()))
    });
    let mut key: Key = labels.collect();
    key.insert("__name__".to_owned(), name.to_owned());
    key
}

/// What one has and the other has not, or has otherwise.
fn assert_same(what: &str, ours: &Samples, theirs: &Samples) {
    let differences: Vec<String> = ours
        .keys()
        .chain(theirs.keys())
        .filter(|key| !is_same(ours.get(*key), theirs.get(*key)))
        .map(|key| format!("{key:?}: {:?} and not {:?}", theirs.get(key), ours.get(key)))
        .collect();
    assert!(ours.len() > 100, "{what}: only {} samples", ours.len());
    assert!(
        differences.is_empty(),
        "{what}:\n{}",
        differences.join("\n")
    );
}

/// VictoriaMetrics keeps 15 digits of a number, fewer where others of its block are larger.
fn is_same(one: Option<&f64>, other: Option<&f64>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => (one - other).abs() <= one.abs() * 1e-12,
        _ => one == other,
    }
}

/// The sum of a counter over all its labels.
fn sum(samples: &Samples, name: &str) -> f64 {
    let of_name = samples.iter().filter(|(key, _)| key["__name__"] == name);
    of_name.map(|(_, value)| value).sum()
}
