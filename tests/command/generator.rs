//! Whether throng itself kept up, as the run says it: in words, as JSON, in the log, at `/metrics` and to the page.

use serde_json::Value;

use super::program::run;
use super::service::ask;
use super::{Folder, Target, throng};

/// Always has something to do, in pieces far below what a script may compute at once.
const BUSY: &str = "return { requests = 1000000, think = 0, steps = { { 1, function()
    local sum = 0
    for number = 1, 10000 do sum = sum + number % 7 end
    http.get '/page'
end } } }";

const IDLE: &str =
    "return { requests = 2, think = 0.4, steps = { { 1, function() http.get '/page' end } } }";

fn whole(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

/// The value of a metric without labels.
fn metric(text: &str, name: &str) -> f64 {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("{name} is not in\n{text}"))
        .parse()
        .unwrap()
}

#[test]
fn a_saturated_generator_says_so_everywhere() {
    let target = Target::fine();
    let folder = Folder::of("busy", BUSY);
    let run = throng([
        "run",
        "--listen",
        "127.0.0.1:0",
        "--users",
        "8",
        "--ramp",
        "0",
    ])
    .args(&["--threads", "1", "--duration", "8", "--linger", "1h"])
    .args(&["--base-url", &target.url(), "--script-dir"])
    .arg(folder.path())
    .with_summary()
    .start();
    let address = run.metrics_address();
    run.wait_for("the generator is overloaded: ");
    run.wait_for("the run is over; its figures stay at http://");
    let (_, metrics) = ask(address, "GET", "/metrics", None, None);
    let (_, seen) = ask(address, "GET", "/api/v1/run", None, None);
    run.signal("INT");
    let ended = run.end();
    let generator = &ended.summary()["generator"];
    let overloaded = whole(&generator["overloaded_seconds"]);
    let judged = whole(&generator["judged_seconds"]);
    // A machine that is busy with other things may skip a second, and may begin or end with part of one.
    assert!((6..=8).contains(&judged), "{generator}");
    assert_eq!(generator["verdict"], "invalid", "{generator}");
    let reasons = generator["reasons"].as_array().unwrap();
    let seconds = |word: &str| {
        let mut reasons = reasons.iter();
        let found = reasons.find(|one| one["reason"] == word);
        found.map_or(0, |one| whole(&one["seconds"]))
    };
    assert!(seconds("thread_cpu") + seconds("scheduler_lag") > 0);
    assert!(overloaded + 1 >= judged, "{generator}");
    let (cores, busiest) = (&generator["cpu_cores"], &generator["busiest_thread"]);
    assert!(cores.as_f64().unwrap() > 0.0, "{generator}");
    let busiest = busiest.as_f64().unwrap();
    assert!(busiest > 0.0 && busiest < 1.5, "{generator}");
    let [p50, p99, max] =
        ["p50", "p99", "max"].map(|name| generator["lag_seconds"][name].as_f64().unwrap());
    assert!(0.0 < p50 && p50 <= p99 && p99 <= max, "{generator}");

    let words = format!(
        "generator invalid: {}",
        reasons[0]["text"].as_str().unwrap()
    );
    assert_eq!(
        ended
            .stdout
            .lines()
            .find(|line| line.starts_with("generator "))
            .map(|line| line.starts_with(&words) && line.contains(" (busiest thread ")),
        Some(true),
        "{}",
        ended.stdout
    );
    assert_eq!(
        ended.stderr.matches("the generator is overloaded").count(),
        1,
        "{}",
        ended.stderr
    );
    ended.said(&format!(
        "the generator was overloaded in {overloaded} of {judged} s"
    ));
    assert_eq!(
        metric(&metrics, "throng_generator_overloaded_seconds_total"),
        overloaded as f64
    );
    assert_eq!(
        metric(&metrics, "throng_generator_judged_seconds_total"),
        judged as f64
    );
    assert_eq!(
        metric(&metrics, "throng_generator_verdict{verdict=\"invalid\"}"),
        1.0
    );
    for word in ["thread_cpu", "scheduler_lag", "steal"] {
        let name = format!("throng_generator_reason_seconds_total{{reason=\"{word}\"}}");
        assert_eq!(metric(&metrics, &name), seconds(word) as f64, "{word}");
    }
    let seen: Value = serde_json::from_str(&seen).unwrap();
    assert_eq!(seen["generator"]["verdict"], generator["verdict"]);
    assert_eq!(seen["generator"]["reasons"], generator["reasons"]);
    assert_eq!(whole(&seen["health"]["overloaded_seconds"]), overloaded);
    assert_eq!(whole(&seen["health"]["judged_seconds"]), judged);
}

#[test]
fn an_idle_generator_says_that_it_kept_up_or_why_not() {
    let target = Target::fine();
    let folder = Folder::of("idle", IDLE);
    let words = [
        "--users",
        "3",
        "--ramp",
        "0",
        "--threads",
        "2",
        "--duration",
        "2",
    ];
    let ended = run(&target.url(), &folder.path(), &words)
        .with_summary()
        .end()
        .with_code(0);
    let summary = ended.summary();
    let generator = &summary["generator"];
    let (overloaded, judged) = (
        &generator["overloaded_seconds"],
        &generator["judged_seconds"],
    );
    // It used next to nothing. Whether its timers were in time is the machine's matter.
    assert!(
        generator["busiest_thread"].as_f64().unwrap() < 0.85,
        "{generator}"
    );
    assert_eq!(generator["verdict"], Value::Null, "it was too short");
    let words = match whole(overloaded) {
        0 => format!("\ngenerator not judged: kept up in all {judged} s; {judged} s after the "),
        _ => "\ngenerator not judged: ".to_owned(),
    };
    assert!(ended.stdout.contains(&words), "{}", ended.stdout);
    assert_eq!(
        ended.stderr.contains("overloaded"),
        whole(overloaded) > 0,
        "{}",
        ended.stderr
    );
    assert_eq!(summary["run"]["users_peak"], 3);
    let started = summary["run"]["started_at"].as_str().unwrap();
    let format = &time::format_description::well_known::Rfc3339;
    let started = time::OffsetDateTime::parse(started, format).unwrap();
    let since = time::OffsetDateTime::now_utc() - started;
    assert!(
        started.offset().is_utc() && since.whole_seconds() < 60 && since.is_positive(),
        "{started}"
    );
}

/// Computes all the time, in pieces below what a script may compute at once, for some seconds.
const BUSY_FOR_A_WHILE: &str = "return { requests = 100, think = 0, steps = { { 1, function()
    local began = time.now()
    repeat for _ = 1, 1000 do end until time.now() - began > 0.03
    http.get '/page'
end } } }";

#[test]
fn a_trace_has_no_warnings_of_an_overload_that_a_run_has() {
    let target = Target::fine();
    let folder = Folder::of("busy", BUSY_FOR_A_WHILE);
    let words = ["--users", "1", "--ramp", "0", "--threads", "1"];
    let ended = run(&target.url(), &folder.path(), &words).end();
    ended.said("the generator is overloaded: ");
    ended.said("the generator was overloaded in ");
    let ended = throng(["try", "busy", "--base-url", &target.url(), "--script-dir"])
        .arg(folder.path())
        .end()
        .with_code(0);
    assert_eq!(target.count(), 200);
    for words in ["overloaded", "the verdict on the generator"] {
        assert!(!ended.stderr.contains(words), "{}", ended.stderr);
        assert!(!ended.stdout.contains(words), "{}", ended.stdout);
    }
}
