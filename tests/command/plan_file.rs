//! Plan files in the real program: where they are found, what their types do, and what may change during a run.

use std::fs;

use super::service::{ask, samples};
use super::{Folder, Target, throng};
use crate::support::patience::until;

const SCRIPT: &str =
    "return { requests = 100000, think = 0.1, step = function() http.get '/' end }";

#[test]
fn a_plan_file_says_what_runs_and_the_target_counts_it() {
    let target = Target::fine();
    let folder = Folder::of("one", SCRIPT);
    let file = folder.root().join("peak.toml");
    let text = format!(
        "base_url = '{}'\nusers = 4\nramp = 0\nno_listen = true\nsummary_json = 'here.json'\n\
         [types.one]\nrequests = 3\nthink = 0\n",
        target.url()
    );
    fs::write(&file, text).unwrap();
    let line = || {
        throng(["run", "--plan"])
            .arg(&file)
            .arg("-s")
            .arg(folder.path())
    };
    line().end().with_code(0);
    assert_eq!(
        target.count(),
        12,
        "four users, one session each, three requests"
    );
    let summary = fs::read_to_string(folder.root().join("here.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    assert_eq!(summary["requests"]["total"], 12);
    line().args(&["--users", "2"]).end().with_code(0);
    assert_eq!(target.count(), 18);
}

#[test]
fn a_named_plan_file_is_watched_and_keys_that_cannot_change_are_refused() {
    let target = Target::fine();
    let folder = Folder::of("one", SCRIPT);
    let file = folder.root().join("peak.toml");
    fs::write(folder.path().join("throng.toml"), "users = 50\n").unwrap();
    fs::write(&file, "users = 2\nmax_rps = 500\n").unwrap();
    let run = throng([
        "run",
        "--continuous",
        "--ramp",
        "0",
        "--listen",
        "127.0.0.1:0",
    ])
    .args(&["--base-url", &target.url(), "--plan"])
    .arg(&file)
    .arg("-s")
    .arg(folder.path())
    .fast()
    .start();
    run.wait_for("of 2 users against");
    fs::write(&file, "users = 3\nmax_rps = 500\n").unwrap();
    run.wait_for("set: users 2 -> 3");
    fs::write(&file, "users = 4\nmax_rps = 900\nsessions = 5\n").unwrap();
    run.wait_for("peak.toml:2:11: max_rps: cannot change during a run; restart the run for it");
    run.wait_for("peak.toml:3:12: sessions: cannot change during a run; restart the run for it, or take it out again");
    // The users of that save were not taken either: they are 3 until the next one.
    fs::write(&file, "users = 5\nmax_rps = 500\n").unwrap();
    run.wait_for("set: users 3 -> 5");
    fs::write(&file, "usrs = 5\nmax_rps = 500\n").unwrap();
    run.wait_for("peak.toml:1:1: usrs: is not a key of a plan file; did you mean users?");
    run.signal("INT");
    run.end().with_code(0);
}

#[test]
fn a_plan_is_printed_with_its_origins_and_sends_nothing() {
    let target = Target::fine();
    let folder = Folder::of("one", SCRIPT).with("two", SCRIPT);
    let file = folder.path().join("throng.toml");
    let text =
        "users = 30\nduration = '10m'\nramp = '5m'\n[types.two]\nweight = 2\nthink = [1, 2]\n";
    fs::write(&file, text).unwrap();
    let line = |words: &[&str]| {
        throng(["plan", "--base-url", &target.url(), "-s"])
            .arg(folder.path())
            .args(words)
            .variable("THRONG_ERROR_RATE", "7")
            .end()
            .with_code(0)
    };
    let page = line(&[]).stdout;
    let row = |key: &str| {
        let line = page.lines().rfind(|line| line.starts_with(key));
        line.unwrap_or_else(|| panic!("no {key} in {page}"))
            .split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let place = |at: &str| format!("{}:{at}", file.display());
    assert_eq!(row("users  "), ["users", "30", &place("1:9")]);
    assert_eq!(row("error_rate"), ["error_rate", "7", "THRONG_ERROR_RATE"]);
    assert_eq!(row("base_url"), ["base_url", &target.url(), "--base-url"]);
    assert_eq!(
        row("types.two.weight"),
        ["types.two.weight", "2", &place("5:10")]
    );
    assert_eq!(row("two ")[1..5], ["20", "2", "100000-100000", "1-2"]);
    assert!(page.contains("users over 10m\n"), "{page}");
    assert!(
        page.lines().all(|line| line.chars().count() <= 160),
        "{page}"
    );
    assert!(!page.contains("think_factor"), "{page}");
    assert!(line(&["--all"]).stdout.contains("think_factor"));
    let json: serde_json::Value = serde_json::from_str(&line(&["--json"]).stdout).unwrap();
    let users = &json["options"]["users"];
    assert_eq!(users["value"], "30");
    assert_eq!(users["origin"]["kind"], "file");
    assert_eq!(users["origin"]["line"], 1);
    assert_eq!(json["options"]["max_rps"]["value"], serde_json::Value::Null);
    assert_eq!(json["types"][1]["users"], 20);
    let levels = json["over_time"].as_array().unwrap();
    assert_eq!(levels.last().unwrap()["users"], 30.0);
    assert_eq!(levels[25]["users"], 15.0);
    assert_eq!(target.count(), 0);
}

#[test]
fn faults_of_a_plan_file_end_with_their_code_before_anything_is_sent() {
    let target = Target::fine();
    let folder = Folder::of("one", SCRIPT);
    let file = folder.path().join("throng.toml");
    let end = |text: &str| {
        fs::write(&file, text).unwrap();
        throng(["run", "--base-url", &target.url(), "-s"])
            .arg(folder.path())
            .end()
    };
    let place = |at: &str| format!("{}:{at}", file.display());
    let ended = end("users = 0\nuser = 3\n").with_code(2);
    ended.said(&format!("{}: users 0: must be", place("1:9")));
    ended.said(&format!("{}: user: is not a key", place("2:1")));
    // Which types there are, only the scripts tell.
    let ended = end("[types.ones]\nweight = 3\n").with_code(2);
    let what = "type ones: does not exist; there are: one; did you mean one?";
    ended.said(&format!("{}: {what}", place("1:8")));
    // A pipe might never end.
    let ended = throng(["plan", "--plan", "/dev/null"]).end().with_code(2);
    ended.said(
        "--plan /dev/null: cannot be read: it is not a regular file; name a file that can be read, \
         or leave --plan out",
    );
    assert_eq!(target.count(), 0);
}

#[test]
fn stages_of_a_plan_file_change_from_now_on() {
    let target = Target::fine();
    let folder = Folder::of("one", SCRIPT);
    let file = folder.path().join("throng.toml");
    let stages = |users: u32| {
        format!("[[stage]]\nover = 0\nusers = {users}\n[[stage]]\nover = '1h'\nusers = {users}\n")
    };
    fs::write(&file, stages(2)).unwrap();
    let run = throng(["run", "--listen", "127.0.0.1:0"])
        .args(&["--base-url", &target.url(), "-s"])
        .arg(folder.path())
        .fast()
        .start();
    let address = run.metrics_address();
    let users = || {
        let (_, text) = ask(address, "GET", "/metrics", None, None);
        let users = samples(&text, "throng_users");
        users.iter().map(|(_, users)| *users).sum::<f64>()
    };
    until("two users", || users() == 2.0);
    fs::write(&file, stages(5)).unwrap();
    run.wait_for("stages 0:5,1h:5");
    until("five users", || users() == 5.0);
    fs::write(&file, "[[stage]]\nover = 0\nusers = -1\n").unwrap();
    run.wait_for("throng.toml:1:1: stage 0:-1: ");
    run.signal("INT");
    run.end().with_code(0);
}

#[test]
fn a_plan_file_that_no_run_could_begin_with_or_that_is_deleted_is_refused() {
    let target = Target::fine();
    let folder = Folder::of("one", SCRIPT);
    let file = folder.path().join("throng.toml");
    let text = "users = 2\nduration = '1h'\n";
    fs::write(&file, text).unwrap();
    let run = throng(["run", "--listen", "127.0.0.1:0"])
        .args(&["--base-url", &target.url(), "-s"])
        .arg(folder.path())
        .fast()
        .start();
    run.wait_for("of 2 users against");
    fs::write(&file, format!("{text}stage = ['0s:3', '1h:3']\n")).unwrap();
    run.wait_for(
        "throng.toml:3:9: stage with users: the stages say how many users there are and when the \
         run ends, so no run can begin with both; take the stages out again, or set them with \
         throng ctl set stages=0s:3,1h:3",
    );
    fs::remove_file(&file).unwrap();
    run.wait_for(
        "throng.toml: is not there any more, and what it said of duration cannot change during a \
         run; write it again, or restart the run without it",
    );
    fs::write(&file, text.replace('2', "4")).unwrap();
    run.wait_for("set: users 2 -> 4");
    run.signal("INT");
    run.end().with_code(0);
}

#[test]
fn what_is_saved_while_an_incident_holds_is_beneath_it_and_holds_afterwards() {
    let target = Target::fine();
    let folder = Folder::of("one", SCRIPT);
    let file = folder.path().join("throng.toml");
    let incident = "[[incident]]\nname = 'rush'\nfor = '1h'\nusers = 6\nerror_rate = 50\n";
    let plan = |users: u32| format!("users = {users}\nerror_rate = 0\n{incident}");
    fs::write(&file, plan(2)).unwrap();
    let run = throng(["run", "--continuous", "--ramp", "0"])
        .args(&["--listen", "127.0.0.1:0", "--token", "the-token"])
        .args(&["--base-url", &target.url(), "-s"])
        .arg(folder.path())
        .fast()
        .start();
    let address = run.metrics_address();
    let ctl = |words: &[&str]| {
        let url = format!("http://{address}");
        let line = throng([
            "ctl",
            "--url",
            &url,
            "--token",
            "the-token",
            "incident",
            "rush",
        ]);
        line.args(words).end().with_code(0);
    };
    let users = || {
        let (_, text) = ask(address, "GET", "/metrics", None, None);
        let users = samples(&text, "throng_users");
        users.iter().map(|(_, users)| *users).sum::<f64>()
    };
    until("two users", || users() == 2.0);
    ctl(&[]);
    until("six users", || users() == 6.0);
    fs::write(&file, plan(3)).unwrap();
    // What was saved is taken, and the incident still holds.
    run.wait_for("users 2 -> 3");
    assert_eq!(users(), 6.0);
    ctl(&["--end"]);
    run.wait_for("rush is over: users 6 -> 3, error_rate 50 -> 0");
    until("three users", || users() == 3.0);
    run.signal("INT");
    run.end().with_code(0);
}

#[test]
fn a_curve_file_and_users_of_a_plan_file_are_refused_with_its_place() {
    let target = Target::fine();
    let folder = Folder::of("one", SCRIPT)
        .script("bad.csv", "08:00,1\n07:00,2\n")
        .script("steep.csv", "08:00,1\n09:00,1000\n");
    let file = folder.path().join("throng.toml");
    let end = |curve: &str| {
        let text = format!("users = 2000\nduration = '1h'\n[curve]\nshape = '{curve}'\n");
        fs::write(&file, text).unwrap();
        let line = throng(["run", "--base-url", &target.url(), "-s"]);
        line.arg(folder.path()).end().with_code(2)
    };
    let bad = folder.path().join("bad.csv");
    end("bad.csv").said(&format!(
        "{}:4:9: curve {}:2: is not later than the line before it; ",
        file.display(),
        bad.display()
    ));
    let cause = "users: would be up to 2000000 with spikes, curve and noise, above 1,000,000";
    end("steep.csv").said(&format!("{}:1:9: {cause}; ", file.display()));
    assert_eq!(target.count(), 0);
}

#[test]
fn what_incidents_will_not_do_is_said_before_the_run() {
    let target = Target::fine();
    let shop = "return { steps = { { 1, function() http.get '/' end, name = 'checkout' } } }";
    let folder = Folder::of("shop", shop);
    let text = "duration = '5m'\n\
        [[incident]]\nname = 'slow'\nat = '10m'\nfor = '2m'\nthink_factor = 3\n\
        [[incident]]\nname = 'typo'\nat = '1m'\nfor = '2m'\nstep = 'chekout'\n\
        [[incident]]\nname = 'fine'\nat = '1m'\nfor = '2m'\nstep = 'checkout'\nerror_rate = 40\n";
    fs::write(folder.path().join("throng.toml"), text).unwrap();
    let plan = |words: &[&str]| {
        let line = throng(["plan", "--base-url", &target.url(), "-s"]).arg(folder.path());
        line.args(words).end().with_code(0).stdout
    };
    let page = plan(&[]);
    let warnings = [
        "incident typo: no type has a step named chekout; did you mean checkout?",
        "incident slow: begins first after 10m, when the run of 5m is over; let it begin earlier, \
         or give a longer run",
    ];
    for warning in warnings {
        let line = format!("warning: {warning}\n");
        assert!(page.contains(&line), "{warning}: {page}");
    }
    assert_eq!(page.matches("warning: incident").count(), 2, "{page}");
    let file = folder.path().join("throng.toml");
    let value = "at 1m for 2m: error_rate 40 %, step checkout";
    let row = format!("incident fine  {value}  {}:12:1\n", file.display());
    assert!(page.contains(&row), "{row}{page}");
    let json: serde_json::Value = serde_json::from_str(&plan(&["--json"])).unwrap();
    assert_eq!(json["warnings"], serde_json::json!(warnings));
}

#[test]
fn a_plan_whose_every_type_has_the_weight_0_is_refused() {
    let target = Target::fine();
    let folder = Folder::of("one", SCRIPT).with("two", SCRIPT);
    let file = folder.path().join("throng.toml");
    fs::write(&file, "[weights]\ntwo = 0\none = 0\n").unwrap();
    let line = |command: &str, words: &[&str]| {
        throng([command, "--base-url", &target.url(), "-s"])
            .arg(folder.path())
            .args(words)
            .end()
    };
    for command in ["run", "plan"] {
        line(command, &[]).with_code(2).said(&format!(
            "{}:2:7: types.two.weight 0: every type that is there would have the weight 0; leave \
             one above 0",
            file.display()
        ));
    }
    assert_eq!(target.count(), 0);
    fs::write(&file, "[weights]\ntwo = 0\n").unwrap();
    line("run", &["--user-types", "two"]).with_code(2);
    // Whom a trace shows does not depend on the others.
    line("plan", &["--trace", "two"]).with_code(0);
}

#[test]
fn what_the_command_line_takes_from_a_plan_file_is_said() {
    let target = Target::fine();
    let folder = Folder::of("one", SCRIPT);
    let file = folder.path().join("throng.toml");
    fs::write(&file, "[[stage]]\nover = '2m'\nusers = 9\n").unwrap();
    let words = ["--users", "2", "--duration", "1s"];
    let line = |command: &str| {
        let line = throng([command, "--base-url", &target.url(), "-s"]).arg(folder.path());
        line.args(&words).end().with_code(0)
    };
    let place = format!("{}:1:1", file.display());
    let said = format!("stage ({place}) does not hold: --users is given");
    line("run").said(&said);
    let page = line("plan").stdout;
    assert!(page.contains(&format!("warning: {said}\n")), "{page}");
    let row = format!("  {place}, overruled by --users\n");
    assert!(page.contains(&row), "{page}");
}
