//! When the target suffers, second by second; then which steps a crowd leaves out, and which timeouts it keeps.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use throng::engine::LoadShedding;
use throng::plan::{Length, Limits};

use super::{Answer, Folder, Run, Target};
use crate::support::patience::{settled, until};

/// The levels after each second of these: share of failures and p95 in seconds.
fn levels(seconds: &[(usize, Option<(f64, f64)>)]) -> Vec<u8> {
    let mut shedding = LoadShedding::default();
    let mut level = 0;
    let mut levels = Vec::new();
    for (times, second) in seconds {
        for _ in 0..*times {
            let second = second.map(|(failed, p95)| (failed, Duration::from_secs_f64(p95)));
            if let Some(change) = shedding.judge(second) {
                assert_eq!(change.from, level);
                level = change.to;
            }
            levels.push(level);
        }
    }
    levels
}

#[test]
fn three_bad_seconds_raise_the_level_and_ten_good_ones_lower_it_by_one() {
    const GOOD: Option<(f64, f64)> = Some((0.0, 0.1));
    let after = |seconds: &[(usize, Option<(f64, f64)>)]| *levels(seconds).last().unwrap();
    for (seconds, level) in [
        (vec![(2, Some((0.2, 0.1)))], 0),
        (vec![(3, Some((0.2, 0.1)))], 1),
        (vec![(3, Some((0.1, 2.0)))], 0),
        (vec![(3, Some((0.0, 2.1)))], 1),
        (vec![(3, Some((0.3, 0.1)))], 2),
        (vec![(3, Some((0.0, 9.0)))], 3),
        (vec![(3, Some((0.6, 0.1)))], 3),
        // One good second begins anew, a second without a request changes nothing.
        (
            vec![(2, Some((0.2, 0.1))), (1, GOOD), (2, Some((0.2, 0.1)))],
            0,
        ),
        (
            vec![(2, Some((0.2, 0.1))), (5, None), (1, Some((0.2, 0.1)))],
            1,
        ),
        (vec![(3, Some((0.6, 0.1))), (9, GOOD)], 3),
        (vec![(3, Some((0.6, 0.1))), (10, GOOD)], 2),
        (vec![(3, Some((0.6, 0.1))), (30, GOOD)], 0),
        // Better than the bound, but not by half: it stays.
        (vec![(3, Some((0.2, 0.1))), (60, Some((0.08, 0.1)))], 1),
        (vec![(3, Some((0.2, 0.1))), (10, Some((0.05, 1.0)))], 0),
        (
            vec![
                (3, Some((0.2, 0.1))),
                (9, GOOD),
                (1, Some((0.08, 0.1))),
                (9, GOOD),
            ],
            1,
        ),
    ] {
        assert_eq!(after(&seconds), level, "{seconds:?}");
    }
    // Down one after the other.
    let way = levels(&[(3, Some((0.6, 0.1))), (30, GOOD)]);
    assert_eq!(
        [way[2], way[11], way[12], way[22], way[32]],
        [3, 3, 2, 1, 0]
    );
}

#[test]
fn heavy_steps_are_left_out_while_the_target_suffers_and_come_back() {
    let well = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&well);
    let target = Target::new(move |request| {
        let bad = !seen.load(Ordering::Relaxed) && request.path == "/light";
        Answer::Status(if bad { 500 } else { 200 }, "{}".to_owned())
    });
    let scripts = Folder::of(
        "mixed",
        "return { weight = 7, requests = 1000, think = 0.1, steps = {
            { 2, function() http.get '/light' end },
            { 6, function() http.get '/look' end, heavy = 1 },
            { 2, function() http.get '/export' end, heavy = true },
        } }",
    )
    .with(
        "hauler",
        "return { requests = 1000, think = 0.1, steps = { { 1, function() http.get '/haul' end, \
         heavy = true } } }",
    );
    let run = Run::start(&target, &scripts, |plan| {
        plan.users = 8;
        plan.length = Length::Duration(Duration::from_secs(60));
        plan.valve = Vec::new();
        plan.limits = Limits {
            degrade: true,
            breaker: None,
            ..Limits::default()
        };
    });
    run.until("degraded", |snapshot| snapshot.guard.level > 0);
    let count = |path: &str| {
        let requests = target.requests();
        requests
            .iter()
            .filter(|one| one.path.starts_with(path))
            .count()
    };
    let heaviest = || count("/export") + count("/haul");
    // What was under way comes in; while the light steps go on, the heaviest do not.
    let before = settled(
        run.script_config
            .run
            .clock
            .real_span(Duration::from_secs(2)),
        heaviest,
    );
    let light = count("/light");
    until("20 light steps", || count("/light") > light + 20);
    assert_eq!(heaviest(), before, "the heaviest go on");
    well.store(true, Ordering::Relaxed);
    run.until("well again", |snapshot| snapshot.guard.level == 0);
    let exports = (count("/export"), count("/haul"));
    until("heavy steps again", || {
        count("/export") > exports.0 && count("/haul") > exports.1
    });
    let (ended, _) = run.stop();
    assert!(ended.snapshot.totals.protection.steps_skipped > 20);
    let events = &ended.snapshot.reload_status.events;
    let told = events.iter().filter(|event| event.what == "degrade");
    assert!(told.count() >= 2, "{events:?}");
}

#[test]
fn a_request_times_out_by_what_its_endpoint_takes() {
    let slow = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&slow);
    let target = Target::new(move |_| {
        let pause = if seen.load(Ordering::Relaxed) {
            600
        } else {
            20
        };
        Answer::Late(Duration::from_millis(pause), 200)
    });
    let script =
        "return { requests = 1000, think = 0, steps = { { 9, function() http.get '/page' end },
        { 1, function() http.get('/page', { timeout = 5, name = '/own' }) end } } }";
    let run = Run::start(&target, &Folder::of("one", script), |plan| {
        plan.users = 8;
        plan.length = Length::Duration(Duration::from_secs(60));
        plan.valve = Vec::new();
        plan.limits = Limits {
            adaptive_timeout: true,
            breaker: None,
            ..Limits::default()
        };
    });
    let sampled = run.until("sampled", |snapshot| snapshot.requests().ok > 400);
    // The shards are told each second.
    let told = sampled.elapsed + Duration::from_secs(2);
    run.until("told", |snapshot| snapshot.elapsed >= told);
    slow.store(true, Ordering::Relaxed);
    run.until("timed out", |snapshot| {
        snapshot.totals.protection.adaptive_timeouts > 3
    });
    let (ended, _) = run.stop();
    let snapshot = &ended.snapshot;
    let page = snapshot
        .endpoints()
        .into_iter()
        .find(|one| one.operation.name == "/page")
        .unwrap();
    let (_, failure) = page.totals.failures.first_key_value().unwrap();
    let example = failure.example.as_ref().unwrap();
    // 1.5 x about 20 ms is less than the least, and what a busy machine adds is less than what is slow.
    let limit = example.split("no response within ").nth(1).unwrap();
    let limit: f64 = limit.split("ms").next().unwrap().parse().unwrap();
    assert!((100.0..600.0).contains(&limit), "{example}");
    assert!(
        example.contains("(adaptive timeout: 1.5 x the p95 of its endpoint)"),
        "{example}"
    );
    let own = snapshot
        .endpoints()
        .into_iter()
        .find(|one| one.operation.name == "/own");
    assert_eq!(
        own.unwrap().totals.outcomes().error,
        0,
        "its own timeout wins"
    );
}
