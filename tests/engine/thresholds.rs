//! Thresholds of a run: what they judge, and when.

use std::time::Duration;

use throng::metrics::{StopCause, Threshold, ThresholdResult};
use throng::plan::shape::parse_stages;
use throng::plan::{Length, Plan};

use super::Run;
use crate::support::scripts::Folder;
use crate::support::target::{Answer, Target};

/// Ten steps a second; some of the fifth to the eighth second find an error. Every tenth is an order.
const SCRIPT: &str = "local orders = metrics.counter('orders')
return { requests = 1000000, pace = 0.1, steps = { { 1, name = 'buy', function(user)
  user.state.n = (user.state.n or 0) + 1
  local n = user.state.n
  local bad = n > 40 and n <= 66
  local res = http.get(bad and '/bad' or '/good')
  metrics.check('is ok', res.ok)
  if n % 10 == 0 then orders:add() end
end } } }";

fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn judged(rules: &[&str], change: impl FnOnce(&mut Plan)) -> (u8, Vec<Threshold>, Duration) {
    let target = Target::new(|request| match request.path.as_str() {
        "/bad" => Answer::Status(500, "{}".to_owned()),
        _ => Answer::ok(),
    });
    let scripts = Folder::of("buyer", SCRIPT);
    let run = Run::start(&target, &scripts, |plan| {
        plan.users = 1;
        plan.length = Length::Duration(s(12));
        plan.limits.breaker = None;
        plan.valve = Vec::new();
        plan.thresholds = rules.iter().map(|rule| rule.parse().unwrap()).collect();
        change(plan);
    });
    let ended = run.end();
    let snapshot = ended.snapshot;
    assert_eq!(snapshot.requests().total(), target.count() as u64);
    (
        snapshot.exit.as_ref().unwrap().code,
        snapshot.thresholds.clone(),
        snapshot.elapsed,
    )
}

/// Rules that a run of 12 s meets, and those that it does not.
#[test]
fn a_run_is_judged_as_a_whole_by_windows_and_by_parts() {
    let failed = [
        // 26 of about 110.
        "failed > 15%",
        "failed > 99% for 1s",
        "failed > 60% over 3s",
        "failed{name=\"/bad\"} > 1%",
        "failed{type=\"buyer\"} > 15%",
        "step{buy} failed > 15%",
        "check{is ok} < 85%",
        "failed_checks > 15%",
        "custom{orders} < 20",
        "rate > 5/s",
        "p50 < 10s",
        "failed{stage=\"3\"} > 40%",
        "failed{stage=\"3\"} > 99% for 1s",
    ];
    let passed = [
        "failed > 50%",
        "failed > 99% for 6s",
        "failed > 60% over 8s",
        "failed{name=\"/good\"} > 1%",
        "step{buy} errors > 1%",
        "check{is ok} < 50%",
        "custom{orders} < 5",
        "rate > 50/s",
        "p99 > 5s",
        // What was before its time does not count.
        "failed > 1% after 9s",
        "failed > 1% for 1s after 9s",
        "failed{stage=\"2\"} > 1%",
        "failed{stage=\"4\"} > 10%",
    ];
    let rules: Vec<&str> = failed.iter().chain(&passed).copied().collect();
    let (code, thresholds, _) = judged(&rules, |plan| {
        plan.length = Length::Continuous;
        // The first jumps.
        plan.shape.stages = parse_stages("0s:1,4s:1,4s:1,4s:1").unwrap();
    });
    assert_eq!(code, 5);
    assert_eq!(thresholds.len(), rules.len());
    for (at, one) in thresholds.iter().enumerate() {
        let expected = if at < failed.len() {
            ThresholdResult::Failed
        } else {
            ThresholdResult::Passed
        };
        assert_eq!(one.result, expected, "{one:?}");
        assert!(one.value.is_some(), "{one:?}");
        assert_eq!(one.met.is_some(), at < failed.len(), "{one:?}");
    }
}

#[test]
fn a_run_whose_thresholds_pass_is_fine() {
    let (code, thresholds, _) = judged(&["failed > 50%", "rate < 1"], |_| {});
    assert_eq!(code, 0);
    assert!(
        thresholds
            .iter()
            .all(|one| one.result == ThresholdResult::Passed),
        "{thresholds:?}"
    );
}

#[test]
fn a_rule_that_says_so_ends_the_run_at_once() {
    let rules = ["failed > 90% for 2s abort", "failed > 1% for 1s"];
    let target = Target::new(|_| Answer::Status(500, "{}".to_owned()));
    let scripts = Folder::of("buyer", SCRIPT);
    let run = Run::start(&target, &scripts, |plan| {
        plan.users = 1;
        plan.length = Length::Duration(s(600));
        plan.limits.breaker = None;
        plan.valve = Vec::new();
        plan.thresholds = rules.iter().map(|rule| rule.parse().unwrap()).collect();
    });
    let ended = run.end();
    assert_eq!(ended.snapshot.exit.as_ref().unwrap().code, 5);
    assert!(
        ended.snapshot.elapsed < s(60),
        "{:?}",
        ended.snapshot.elapsed
    );
    let stop = ended.snapshot.stopped_by.as_ref().unwrap();
    assert_eq!(
        (stop.cause, stop.rule.as_str()),
        (StopCause::Threshold, "failed > 90% for 2s abort")
    );
}

#[test]
fn nothing_to_measure_is_no_pass_and_an_unknown_name_only_where_it_may_be_missing() {
    use ThresholdResult::{NoData, Passed, UnknownName};
    let rules = ["failed{name=\"/nowhere\"} > 1%", "failed > 99%"];
    let results = |all: &[Threshold]| all.iter().map(|one| one.result).collect::<Vec<_>>();
    let (code, all, _) = judged(&rules, |_| {});
    assert_eq!((code, results(&all)), (5, vec![UnknownName, Passed]));
    let (code, all, _) = judged(&rules, |plan| plan.allow_missing = true);
    assert_eq!((code, results(&all)), (0, vec![UnknownName, Passed]));
    for rule in [
        "failed > 1% after 1h",
        "failed > 99% over 1h",
        "rate < 1 for 1h",
    ] {
        let (code, all, _) = judged(&[rule], |plan| plan.allow_missing = true);
        assert_eq!((code, results(&all)), (5, vec![NoData]), "{all:?}");
    }
}

#[test]
fn a_warm_up_is_left_out() {
    let (code, all, elapsed) = judged(&["failed > 1%", "failed > 1% for 1s"], |plan| {
        plan.shape.warm_up = s(9);
    });
    assert!(elapsed >= s(11));
    assert_eq!(code, 0, "{all:?}");
}
