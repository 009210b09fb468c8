//! `throng plan --workers`: what each worker would have, without a server.

use serde_json::Value;

use crate::support::program::{Ended, throng};
use crate::support::scripts::Folder;
use crate::support::target::Target;

fn plan(words: &[&str]) -> Ended {
    let scripts = Folder::of(
        "asker",
        "return { step = function() http.get('/page') end }",
    );
    let path = scripts.path();
    throng(["plan", "--base-url", "http://127.0.0.1:9", "--script-dir"])
        .arg(&path)
        .args(words)
        .end()
        .with_code(0)
}

/// One figure of each worker.
fn figures(plan: &Value, name: &str) -> Vec<f64> {
    let workers = plan["workers"].as_array().unwrap().iter();
    workers.map(|one| one[name].as_f64().unwrap()).collect()
}

fn is_all(figures: &[f64], whole: f64) -> bool {
    (figures.iter().sum::<f64>() - whole).abs() < 1e-6
}

#[test]
fn workers_have_all_users_and_caps_of_a_plan_together() {
    let words = [
        "--json",
        "--workers",
        "3",
        "--users",
        "1000",
        "--threads",
        "2",
        "--max-rps",
        "90",
        "--max-connections",
        "300",
    ];
    let plan: Value = serde_json::from_str(&plan(&words).stdout).unwrap();
    let users = figures(&plan, "users");
    assert_eq!(users.len(), 3);
    assert!(is_all(&users, 1000.0), "{users:?}");
    assert!(
        users.iter().all(|users| (300.0..=367.0).contains(users)),
        "{users:?}"
    );
    assert!(is_all(&figures(&plan, "virtual_shards"), 1024.0));
    assert!(is_all(&figures(&plan, "max_rps"), 90.0));
    assert!(is_all(&figures(&plan, "max_connections"), 300.0));
    assert!(plan["workers"][0]["arrivals_per_second"].is_null());
}

#[test]
fn workers_share_the_arrivals_of_an_open_plan() {
    let words = [
        "--json",
        "--workers",
        "2",
        "--arrivals",
        "50/s",
        "--duration",
        "1m",
    ];
    let plan: Value = serde_json::from_str(&plan(&words).stdout).unwrap();
    assert!(
        is_all(&figures(&plan, "arrivals_per_second"), 50.0),
        "{plan:#}"
    );
    assert!(plan["workers"][0]["users"].is_null());
}

#[test]
fn a_plan_has_a_row_for_each_worker_where_they_are_asked_for() {
    let text = plan(&["--workers", "2", "--users", "100", "--threads", "1"]).stdout;
    let table = text
        .split("each of 2 workers with 1 thread(s)")
        .nth(1)
        .unwrap();
    let (table, crowd) = table.split_once("largest crowd: ").unwrap();
    let rows: Vec<&str> = table.lines().skip(2).collect();
    assert_eq!(rows.len(), 2, "{text}");
    assert!(crowd.starts_with("not known, since no run"), "{text}");
    let row: Vec<&str> = rows[0].split_whitespace().collect();
    assert_eq!(&row[..2], ["0", "512"], "{text}");
    let alone = plan(&["--users", "100"]).stdout;
    assert!(!alone.contains("virtual shards"), "{alone}");
}

#[test]
fn the_largest_crowd_is_known_by_what_a_run_of_these_scripts_cost() {
    let (target, state) = (Target::fine(), tempfile::tempdir().unwrap());
    let scripts = Folder::of(
        "asker",
        "return { requests = 1000000, think = 0, step = function() http.get('/page') end }",
    );
    let (url, path) = (target.url(), scripts.path());
    let words = |verb: &str| {
        let words = ["--base-url", &url, "--script-dir", path.to_str().unwrap()];
        let words = [
            &words[..],
            &["--users", "4", "--ramp", "0", "--duration", "5"],
        ]
        .concat();
        let place = ["--state-dir", state.path().to_str().unwrap()];
        throng([verb]).args(&words).args(&place)
    };
    words("run").arg("--no-listen").end().with_code(0);
    let text = words("plan").args(&["--workers", "2"]).end().with_code(0);
    assert!(
        text.stdout.contains(" of processor time a request"),
        "{}",
        text.stdout
    );
    let plan = words("plan").args(&["--workers", "2", "--threads", "1", "--json"]);
    let plan: Value = serde_json::from_str(&plan.end().with_code(0).stdout).unwrap();
    let capacity = &plan["capacity"];
    let figure = |name: &str| {
        let figure = capacity[name].as_f64();
        figure.unwrap_or_else(|| panic!("{name}: {plan:#}"))
    };
    assert_eq!(figure("users"), 2.0 * figure("users_per_worker"));
    // A user that never thinks takes what four of them took, by its part.
    let rate = target.count() as f64 / 5.0 / 4.0;
    let measured = figure("requests_per_user_second");
    assert!(
        (0.5..2.0).contains(&(measured / rate)),
        "{measured}, {rate}"
    );
    let expected = 0.8 / (figure("cpu_seconds_per_request") * measured);
    let held = figure("users_per_worker");
    assert!((held - expected).abs() <= 1.0, "{held}, {expected}");
}
