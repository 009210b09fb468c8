//! Shapes of the real program: what it says of them, and what it counts.

use super::Target;
use super::program::run;
use crate::support::scripts::Folder;

const STEPS: &str = "return { requests = 5, think = 0.1,
    steps = { function() http.get '/step' end } }";

#[test]
fn stages_end_a_run_and_its_warm_up_and_what_was_measured_add_up() {
    let target = Target::fine();
    let scripts = Folder::of("one", STEPS);
    let words = [
        "--stage",
        "2s:6,8s:6,2s:0",
        "--warm-up",
        "3s",
        "--threads",
        "2",
    ];
    let ended = run(&target.url(), &scripts.path(), &words)
        .with_summary()
        .fast()
        .end()
        .with_code(0);
    let summary = ended.summary();
    let count = |part: &str, key: &str| summary[part][key]["total"].as_u64().unwrap();
    assert_eq!(count("total", "requests"), target.count() as u64);
    for key in ["requests", "sessions"] {
        assert!(
            count("warm_up", key) > 0 && count("measured", key) > 0,
            "{key}: {summary:#}"
        );
        assert_eq!(
            count("warm_up", key) + count("measured", key),
            count("total", key)
        );
    }
    assert_eq!(
        summary["requests"]["total"],
        summary["measured"]["requests"]["total"]
    );
    let seconds = |part: &str| summary[part]["seconds"].as_f64().unwrap();
    assert!((3.0..4.5).contains(&seconds("warm_up")), "{summary:#}");
    assert!((12.0..15.0).contains(&seconds("total")), "{summary:#}");
    ended.said("of up to 6 users against");
    assert!(
        ended.stdout.contains("left out of what follows"),
        "{}",
        ended.stdout
    );
}

#[test]
fn a_dry_run_says_the_shape() {
    let target = Target::fine();
    let scripts = Folder::of("one", STEPS).file("week.csv", "00:00,1\n12:00,3\n");
    let curve = scripts.at("week.csv");
    let words = [
        "--dry-run",
        "--users",
        "20",
        "--duration",
        "1h",
        "--spike",
        "5m+2m:300%",
        "--noise",
        "10%",
        "--day-length",
        "10m",
        "--curve",
    ];
    let ended = run(&target.url(), &scripts.path(), &words)
        .arg(&curve)
        .end()
        .with_code(0);
    for line in [
        "spikes       5m+2m:300%",
        &format!("curve        {}, a day in 10m", curve.display()),
        "noise        10 %",
        // Three times three, and a tenth.
        ", at most 198",
    ] {
        assert!(ended.stdout.contains(line), "{line}: {}", ended.stdout);
    }
    assert_eq!(target.count(), 0);
}

#[test]
fn every_fault_of_a_curve_is_said_with_its_line_before_anything_is_sent() {
    let target = Target::fine();
    let scripts = Folder::of("one", STEPS).file(
        "bad.csv",
        "time,factor\n08:00,1\n07:00,2\n09:00,\n10:00,much\n",
    );
    let bad = scripts.at("bad.csv");
    let words = ["--users", "20", "--duration", "1h", "--curve"];
    let ended = run(&target.url(), &scripts.path(), &words)
        .arg(&bad)
        .end()
        .with_code(2);
    let file = bad.display();
    for line in [
        format!(
            "--curve {file}:3: is not later than the line before it; put the lines in the order of their times, each time once"
        ),
        format!(
            "--curve {file}:4: has a hole: a value is missing; give lines such as 08:30,1.5 or 30600,1.5 or mon,08:30,1.5"
        ),
        format!(
            "--curve {file}:5: \"much\" is not a factor from 0 to 1,000; give lines such as 08:30,1.5 or 30600,1.5 or mon,08:30,1.5"
        ),
    ] {
        ended.said(&line);
    }
    let missing = scripts.at("missing.csv");
    let ended = run(&target.url(), &scripts.path(), &words)
        .arg(&missing)
        .end()
        .with_code(2);
    ended.said(&format!(
        "--curve {}: cannot be read: No such file",
        missing.display()
    ));
    scripts.write(
        "week.csv",
        "weekday,time,factor\nmon,00:00,1\nfri,00:00,2\n",
    );
    let week = scripts.at("week.csv");
    let ended = run(&target.url(), &scripts.path(), &words)
        .arg(&week)
        .end()
        .with_code(2);
    let cause = "has no line for tue, wed, thu, sat, sun; give each day of the week at least one";
    ended.said(&format!("--curve {}: {cause}", week.display()));
    assert_eq!(target.count(), 0);
}

#[test]
fn too_few_places_for_the_rate_are_said_before_the_run() {
    let target = Target::fine();
    // One request of two on average, and half a second of think time for each.
    let chain = "return { requests = 100, think = 0.5, steps = {
        { 1, function() http.get '/' end, name = 'browse', next = { browse = 0.5, leave = 0.5 } } } }";
    let scripts = Folder::of("one", chain);
    let dry = |most: &str| {
        let words = ["--arrivals", "50/s", "--duration", "1m", "--dry-run"];
        run(&target.url(), &scripts.path(), &words)
            .args(&["--max-users", most])
            .end()
            .with_code(0)
            .stdout
    };
    let said = dry("20");
    let warning = "warning: --max-users 20: at up to 50.0/s, and with 1.00 s of think time a session, \
                   about 50 users would be active at once, so arrivals may be dropped; raise \
                   --max-users, or lower --arrivals";
    assert!(said.contains(warning), "{said}");
    assert!(!dry("60").contains("may be dropped"));
    // Each thread has places of its own.
    let few = |threads: &str| {
        let words = ["--arrivals", "2/s", "--duration", "1m", "--dry-run"];
        run(&target.url(), &scripts.path(), &words)
            .args(&["--max-users", "8", "--threads", threads])
            .end()
            .with_code(0)
            .stdout
    };
    let warning = "warning: --max-users 8 on 8 threads: each thread has a share of its own of it, 1, \
                   and may need 2 at times, so arrivals may be dropped while other threads have \
                   room; give fewer --threads, or raise --max-users";
    let said = few("8");
    assert!(said.contains(warning), "{said}");
    assert!(!few("1").contains("may be dropped"));
    assert_eq!(target.count(), 0);
}
