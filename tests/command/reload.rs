//! Scripts that change while the crowd is out: the real program, real folders, and the service's own counters.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::program::Run;
use super::service::{ask, samples};
use super::{Ended, Folder, Service, Target, throng};
use crate::support::patience::until;

/// `throng run` for as long as the test wants, watching a folder of scripts.
fn watch(base_url: &str, scripts: &Path, words: &[&str]) -> Run {
    let line = [
        "run",
        "--listen",
        "127.0.0.1:0",
        "--continuous",
        "--ramp",
        "0",
    ];
    throng(line)
        .args(&["--base-url", base_url, "--script-dir"])
        .arg(scripts)
        .args(words)
        .fast()
        .with_summary()
        .start()
}

fn stop(run: Run) -> Ended {
    run.signal("INT");
    run.end().with_code(0)
}

/// The stock scripts and modules in a folder of the test's own.
fn stock() -> Folder {
    let (folder, root) = (Folder::new(), Path::new(env!("CARGO_MANIFEST_DIR")));
    fs::create_dir_all(folder.root().join("lib")).unwrap();
    for part in ["scripts", "lib"] {
        for file in fs::read_dir(root.join(part)).unwrap() {
            let file = file.unwrap();
            if file.path().is_dir() {
                continue;
            }
            let to = folder.root().join(part).join(file.file_name());
            fs::copy(file.path(), to).unwrap();
        }
    }
    folder
}

/// A metric's values by one of its labels.
fn metric(run: &Metrics, name: &str, label: &str) -> Vec<(String, f64)> {
    let (_, text) = ask(run.0, "GET", "/metrics", None, None);
    let mut values: Vec<_> = samples(&text, name)
        .into_iter()
        .map(|(labels, value)| (labels[label].clone(), value))
        .collect();
    values.sort_by(|a, b| a.0.cmp(&b.0));
    values
}

/// Where the program's figures are.
struct Metrics(std::net::SocketAddr);

fn versions(run: &Metrics) -> Vec<(String, f64)> {
    metric(run, "throng_script_version", "type")
}

fn expected(versions: &[(&str, f64)]) -> Vec<(String, f64)> {
    let owned = versions
        .iter()
        .map(|(name, value)| ((*name).to_owned(), *value));
    owned.collect()
}

fn reloads(run: &Metrics, result: &str) -> f64 {
    let all = metric(run, "throng_script_reloads_total", "result");
    all.iter()
        .find(|(name, _)| name == result)
        .map_or(0.0, |(_, value)| *value)
}

/// Requests at an endpoint, as the service counted them.
fn asked(service: &Service, endpoint: &str) -> u64 {
    let counted = service.counted();
    counted
        .iter()
        .filter(|((name, _), _)| name == endpoint)
        .map(|(_, count)| count)
        .sum()
}

/// All that the service counted but for the scrapes of the test.
fn all_asked(service: &Service) -> u64 {
    let counted = service.counted();
    counted
        .iter()
        .filter(|((name, _), _)| name != "GET /metrics")
        .map(|(_, count)| count)
        .sum()
}

const HURRIED: [&str; 6] = [
    "--users",
    "20",
    "--think-factor",
    "0.2",
    "--error-rate",
    "0",
];

#[test]
fn an_edit_of_a_module_reaches_its_dependants_and_the_service_feels_it() {
    let (service, folder) = (Service::start(), stock());
    let run = watch(&service.url(), &folder.path(), &HURRIED);
    let metrics = Metrics(run.metrics_address());
    until("first requests", || all_asked(&service) > 100);
    // Those who look at permissions look at the health of the service instead, and say so by a name of their own.
    let module = folder.root().join("lib/permissions.lua");
    let edit = "return setmetatable({}, { __index = function() return function() return http.get '/health' end end })";
    let before = asked(&service, "GET /health");
    fs::write(&module, edit).unwrap();
    let line = run.wait_for("reload: release 2");
    assert!(
        line.ends_with("release 2: active 1 -> 2, admin 1 -> 2, power 1 -> 2"),
        "{line}"
    );
    let wanted = expected(&[
        ("active", 2.0),
        ("admin", 2.0),
        ("new", 1.0),
        ("power", 2.0),
    ]);
    until("the dependants, and they alone, are in version 2", || {
        versions(&metrics) == wanted
    });
    until("the service feels it", || {
        asked(&service, "GET /health") > before + 20
    });
    let permissions = asked(&service, "GET /api/v1/permissions");
    until("more requests", || {
        asked(&service, "GET /health") > before + 100
    });
    assert_eq!(
        asked(&service, "GET /api/v1/permissions"),
        permissions,
        "nobody asks for permissions any more"
    );

    let summary = stop(run).summary();
    let requests = &summary["requests"];
    assert_eq!(
        (requests["cancelled"].as_u64(), requests["error"].as_u64()),
        (Some(0), Some(0))
    );
    // Ours and theirs are the same number: no request was lost or made twice on the way.
    let ours = endpoints(&summary);
    for ((endpoint, _), _) in service
        .counted()
        .iter()
        .filter(|((name, _), _)| name != "GET /metrics")
    {
        assert_eq!(asked(&service, endpoint), ours(endpoint), "{endpoint}");
    }
}

/// Requests of a summary by endpoint.
fn endpoints(summary: &Value) -> impl Fn(&str) -> u64 {
    let endpoints = summary["endpoints"].as_array().unwrap().clone();
    move |wanted| {
        let found = endpoints.iter().find(|endpoint| {
            let name = |key: &str| endpoint[key].as_str().unwrap().to_owned();
            format!("{} {}", name("method"), name("name")) == wanted
        });
        let status = found.map(|endpoint| endpoint["status"].as_object().unwrap().clone());
        status
            .into_iter()
            .flatten()
            .map(|(_, count)| count.as_u64().unwrap())
            .sum()
    }
}

#[test]
fn a_broken_save_is_refused_with_its_line_and_the_crowd_goes_on() {
    let (service, folder) = (Service::start(), stock());
    let run = watch(&service.url(), &folder.path(), &HURRIED);
    let metrics = Metrics(run.metrics_address());
    until("first requests", || all_asked(&service) > 100);
    let all_one = expected(&[
        ("active", 1.0),
        ("admin", 1.0),
        ("new", 1.0),
        ("power", 1.0),
    ]);
    until("all are out", || versions(&metrics) == all_one);

    let power = folder.path().join("power.lua");
    let good = fs::read_to_string(&power).unwrap();
    fs::write(&power, good.replace("return {", "retrun {")).unwrap();
    fs::write(folder.path().join("new.lua"), "return { weight = -1 }").unwrap();
    run.wait_for("the changed scripts were refused; the run continues with release 1");
    let first = run.wait_for("scripts/new.lua");
    assert!(
        first.contains("weight is -1; it takes a number above 0"),
        "{first}"
    );
    let line = 1 + good
        .lines()
        .position(|line| line.starts_with("return {"))
        .unwrap();
    run.wait_for(&format!("scripts/power.lua:{line}: "));
    until("it is counted", || reloads(&metrics, "refused") == 1.0);
    let refused = metric(&metrics, "throng_script_refused", "place");
    let places: Vec<&str> = refused.iter().map(|(place, _)| place.as_str()).collect();
    assert!(
        places.contains(&format!("scripts/power.lua:{line}").as_str()),
        "{places:?}"
    );
    assert!(places.contains(&"scripts/new.lua:1:19"), "{places:?}");
    let before = all_asked(&service);
    until("the crowd goes on", || all_asked(&service) > before + 200);
    assert_eq!(versions(&metrics), all_one);

    // Mended, with a change that is meant.
    let stock = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts");
    fs::copy(stock.join("new.lua"), folder.path().join("new.lua")).unwrap();
    fs::write(&power, format!("-- mended\n{good}")).unwrap();
    run.wait_for("reload: release 2: power 1 -> 2");
    until("nothing is refused any more", || {
        metric(&metrics, "throng_script_refused", "place").is_empty()
    });
    let ended = stop(run);
    assert_eq!(ended.summary()["requests"]["cancelled"], 0);
}

#[test]
fn a_fifth_type_joins_and_a_deleted_one_leaves() {
    let (service, folder) = (Service::start(), stock());
    let words = [
        "--users",
        "20",
        "--think-factor",
        "0.1",
        "--max-requests",
        "20",
    ];
    let run = watch(&service.url(), &folder.path(), &words);
    let metrics = Metrics(run.metrics_address());
    until("first requests", || all_asked(&service) > 100);
    let prober = "return { weight = 100, requests = 20, think = 0.5, step = function() http.get('/health', { name = '/probed' }) end }";
    fs::write(folder.path().join("prober.lua"), prober).unwrap();
    run.wait_for("reload: release 2: prober is added");
    let users = |name: &str| {
        let all = metric(&metrics, "throng_users", "type");
        all.iter()
            .find(|(kind, _)| kind == name)
            .map_or(0.0, |(_, value)| *value)
    };
    // 100 of 200 by its weight.
    until("half of the crowd", || {
        users("prober") == 10.0 && users("active") == 5.0
    });
    fs::remove_file(folder.path().join("active.lua")).unwrap();
    run.wait_for("reload: release 3: active is removed");
    until("they are gone", || users("active") == 0.0);
    until("the crowd keeps its size", || {
        users("prober") + users("new") + users("admin") + users("power") == 20.0
    });
    let summary = stop(run).summary();
    assert_eq!(summary["requests"]["cancelled"], 0);
    let types = summary["types"].as_array().unwrap();
    let prober = types.iter().find(|kind| kind["name"] == "prober").unwrap();
    let probed = endpoints(&summary)("GET /probed");
    assert!(probed > 0);
    assert_eq!(prober["requests"]["total"].as_u64(), Some(probed));
}

#[test]
fn a_canary_that_fails_goes_back_by_itself_and_stays_away_until_a_file_changes() {
    let service = Service::start();
    let good =
        "return { requests = 100000, think = 0.1, step = function() http.get '/health' end }";
    let folder = Folder::of("one", good);
    let words = ["--users", "20", "--canary", "10%/60s"];
    let run = watch(&service.url(), &folder.path(), &words);
    let metrics = Metrics(run.metrics_address());
    until("first requests", || all_asked(&service) > 100);
    let bad = good.replace("/health", "/api/v1/auth/me");
    fs::write(folder.path().join("one.lua"), &bad).unwrap();
    run.wait_for("canary: release 2 is a canary for 2 users (10 %) for 60 s: one 1 -> 2");
    let line = run.wait_for("rollback: release 2 is rolled back to release 1");
    assert!(line.contains("one: 100 % ("), "{line}");
    assert!(line.contains("of its requests fail, 0 % (0 of "), "{line}");
    until("it is counted", || reloads(&metrics, "rolled_back") == 1.0);
    let refused = asked(&service, "GET /api/v1/auth/me");
    assert!(refused >= 3);

    // The same text again is no news; another text is.
    fs::write(folder.path().join("one.lua"), &bad).unwrap();
    let before = all_asked(&service);
    until("a poll and more have passed", || {
        all_asked(&service) > before + 2_500
    });
    assert_eq!(asked(&service, "GET /api/v1/auth/me"), refused);
    assert_eq!(reloads(&metrics, "accepted"), 1.0);
    fs::write(
        folder.path().join("one.lua"),
        format!("{good} -- as it was"),
    )
    .unwrap();
    run.wait_for("canary: release 3 is a canary for 2 users");
    let summary = stop(run).summary();
    assert_eq!(summary["requests"]["unexpected"].as_u64(), Some(refused));
}

#[test]
fn the_settings_file_is_read_at_the_start_and_watched() {
    let target = Target::fine();
    let script = "return { requests = 100000, think = 0.1, step = function() http.get '/' end }";
    let folder = Folder::of("one", script).with("two", script);
    let file = folder.path().join("throng.toml");
    fs::write(
        &file,
        "users = 6\nthink_factor = 0.5\n\n[weights]\ntwo = 2\n",
    )
    .unwrap();
    let run = watch(&target.url(), &folder.path(), &["--think-factor", "1"]);
    let metrics = Metrics(run.metrics_address());
    let users = || {
        let users = metric(&metrics, "throng_users", "type");
        users.iter().map(|(_, value)| *value).collect::<Vec<_>>()
    };
    until("by the file", || users() == [2.0, 4.0]);
    fs::write(&file, "users = 9\n\n[weights]\ntwo = 2\n").unwrap();
    run.wait_for("set: users 6 -> 9");
    until("by the file", || users() == [3.0, 6.0]);
    fs::write(
        &file,
        "users = 9\nuser = 3\nerror_rate = 200\n[weights]\nthree = 1\n",
    )
    .unwrap();
    run.wait_for("the changed scripts were refused");
    run.wait_for("scripts/throng.toml:2:1: ");
    run.wait_for("scripts/throng.toml:3:14: ");
    let weights = run.wait_for("scripts/throng.toml:5:1: ");
    assert!(
        weights.contains("type three: does not exist; there are: one, two"),
        "{weights}"
    );
    assert_eq!(users(), [3.0, 6.0]);
    stop(run);
}

#[test]
fn where_the_system_cannot_watch_the_folders_are_looked_at() {
    // A user namespace of its own has a limit of its own, which no other program feels.
    let limited = std::process::Command::new("unshare")
        .args([
            "-Ur",
            "sh",
            "-c",
            "echo 0 > /proc/sys/user/max_inotify_instances",
        ])
        .output();
    if !limited.is_ok_and(|done| done.status.success()) {
        eprintln!("skipped: this machine lets nobody have a user namespace");
        return;
    }
    let target = Target::fine();
    let script = |path: &str| {
        format!(
            "return {{ requests = 100000, think = 0.1, step = function() http.get '/{path}' end }}"
        )
    };
    let folder = Folder::of("one", &script("old"));
    let limit = "echo 0 > /proc/sys/user/max_inotify_instances && exec \"$0\" \"$@\"";
    let line = [
        "-Ur",
        "sh",
        "-c",
        limit,
        env!("CARGO_BIN_EXE_throng"),
        "run",
        "--no-listen",
        "--continuous",
    ];
    let run = super::program::program("unshare", line)
        .args(&["--base-url", &target.url(), "--script-dir"])
        .arg(folder.path())
        .start();
    let line = run.wait_for("cannot be watched");
    assert!(line.contains("it is looked at every 2 s instead"), "{line}");
    target.wait_for(10);
    fs::write(folder.path().join("one.lua"), script("new")).unwrap();
    run.wait_for("reload: release 2: one 1 -> 2");
    until("polled", || {
        target
            .requests()
            .iter()
            .any(|request| request.path == "/new")
    });
    stop(run);
}
