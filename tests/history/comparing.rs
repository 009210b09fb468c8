//! Two runs of known targets compare as arithmetic says.

use throng::history::RecordedRun;
use throng::history::compare::{Change, Comparison, Finding, Measure, Subject, compare};

use super::simulated::{MINUTE, Simulated, TargetTimes, accused};

/// One figure of all requests.
fn of_all(compared: &Comparison, measure: Measure) -> &Change {
    let all = &compared.rows[0];
    assert_eq!(all.subject, Subject::All);
    all.changes
        .iter()
        .find(|one| one.measure == measure)
        .unwrap()
}

fn findings(compared: &Comparison) -> [Finding; 5] {
    Measure::ALL.map(|measure| of_all(compared, measure).finding)
}

#[test]
fn of_a_hundred_pairs_of_the_same_target_at_most_five_are_accused() {
    let (differ, _) = accused(MINUTE, MINUTE, 100);
    assert!(differ <= 5, "{differ}");
}

#[test]
fn of_a_hundred_targets_that_are_a_tenth_slower_at_least_95_are_found() {
    let (_, worse) = accused(MINUTE, MINUTE.slower(1.1), 100);
    assert!(worse >= 95, "{worse}");
}

/// Seconds that depend on each other say less than as many that do not; taken for independent, most pairs would be accused.
#[test]
fn dependence_within_a_run_accuses_nobody() {
    let wandering = Simulated {
        dependence: 0.7,
        ..MINUTE
    };
    let (differ, _) = accused(wandering, wandering, 40);
    assert!(differ <= 3, "{differ}");
}

#[test]
fn a_constant_target_differs_by_what_it_is_slower() {
    let constant = Simulated {
        times: TargetTimes::Constant(0.010),
        ..MINUTE
    };
    let compared = compare(&constant.run(1), &constant.slower(1.2).run(2));
    use Finding::{Same, Worse};
    assert_eq!(findings(&compared), [Same, Worse, Worse, Worse, Same]);
    for measure in [Measure::P50, Measure::P95, Measure::P99] {
        let change = of_all(&compared, measure).change.unwrap();
        assert!((change - 0.2).abs() < 0.01, "{measure:?}: {change}");
    }
    // Less than a bin is no difference.
    let compared = compare(&constant.run(1), &constant.slower(1.004).run(2));
    assert_eq!(findings(&compared), [Same; 5]);
    let compared = compare(&constant.slower(1.2).run(1), &constant.run(2));
    assert_eq!(of_all(&compared, Measure::P99).finding, Finding::Better);
}

/// One in ten is slow: p50 is that of the fast ones, p95 and p99 that of the slow ones.
#[test]
fn of_a_bimodal_target_the_percentile_differs_that_lies_where_it_changed() {
    let bimodal = |share, high| Simulated {
        times: TargetTimes::Bimodal(share, 0.010, high),
        ..MINUTE
    };
    use Finding::{Same, Worse};
    let compared = compare(&bimodal(0.1, 0.100).run(1), &bimodal(0.1, 0.130).run(2));
    assert_eq!(findings(&compared), [Same, Same, Worse, Worse, Same]);
    // From one in 50 to one in ten: p95 moves from one mode to the other, the others stay.
    let compared = compare(&bimodal(0.02, 0.100).run(1), &bimodal(0.1, 0.100).run(2));
    assert_eq!(findings(&compared), [Same, Same, Worse, Same, Same]);
}

#[test]
fn a_target_that_stalls_again_and_again_differs_and_one_stall_is_one_event() {
    let stalled = |period| Simulated {
        seconds: 120,
        times: TargetTimes::Stalled(period, 0.010, 0.500),
        ..MINUTE
    };
    let constant = Simulated {
        seconds: 120,
        times: TargetTimes::Constant(0.010),
        ..MINUTE
    };
    let compared = compare(&constant.run(1), &stalled(10).run(2));
    assert_eq!(of_all(&compared, Measure::P95).finding, Finding::Worse);
    assert_eq!(of_all(&compared, Measure::P50).finding, Finding::Same);
    let compared = compare(&constant.run(1), &stalled(1_000).run(2));
    assert_eq!(findings(&compared)[..3], [Finding::Same; 3]);
}

#[test]
fn failures_differ_in_points_and_none_is_no_proof_that_there_are_none() {
    let failing = |failure_rate| Simulated {
        failure_rate,
        ..MINUTE
    };
    let compared = compare(&failing(0.0).run(1), &failing(0.02).run(2));
    let change = of_all(&compared, Measure::Failures);
    assert_eq!(change.finding, Finding::Worse);
    assert!((change.change.unwrap() - 0.02).abs() < 0.005, "{change:?}");
    let (low, high) = change.interval.unwrap();
    assert!(low > 0.0 && low < 0.02 && high > 0.02, "{change:?}");
    // Two of 12,000.
    let compared = compare(&failing(0.0).run(1), &failing(0.00015).run(2));
    assert_eq!(of_all(&compared, Measure::Failures).finding, Finding::Same);
}

#[test]
fn a_rate_differs_by_what_there_is_less() {
    let fewer = Simulated {
        requests_per_second: 160.0,
        ..MINUTE
    };
    let compared = compare(&MINUTE.run(1), &fewer.run(2));
    let rate = of_all(&compared, Measure::Rate);
    assert_eq!(rate.finding, Finding::Worse);
    assert!((rate.change.unwrap() + 0.2).abs() < 0.03, "{rate:?}");
    assert!(rate.is_worse_by(0.1, 0.01) && !rate.is_worse_by(0.3, 0.01));
}

/// What the shape itself changes is the same in both runs and cancels out.
#[test]
fn two_ramps_are_alike_and_a_slower_one_is_found() {
    let ramp = Simulated {
        is_ramp: true,
        ..MINUTE
    };
    let (differ, _) = accused(ramp, ramp, 15);
    assert!(differ <= 1, "{differ}");
    let (_, worse) = accused(ramp, ramp.slower(1.1), 15);
    assert!(worse >= 13, "{worse}");
}

#[test]
fn too_few_requests_or_blocks_are_a_dash_with_its_reason() {
    let seldom = Simulated {
        requests_per_second: 5.0,
        ..MINUTE
    };
    let compared = compare(&seldom.run(1), &seldom.slower(2.0).run(2));
    let reason = |compared: &Comparison, measure| of_all(compared, measure).reason.clone();
    assert_eq!(
        reason(&compared, Measure::P99).unwrap(),
        "needs 1000 of each run"
    );
    assert_eq!(of_all(&compared, Measure::P50).finding, Finding::Worse);
    let short = Simulated {
        seconds: 5,
        ..MINUTE
    };
    let compared = compare(&short.run(1), &short.run(2));
    assert_eq!(
        reason(&compared, Measure::P50).unwrap(),
        "needs 8 blocks of time of each run"
    );
}

#[test]
fn what_only_one_run_has_is_said_and_compared_with_nothing() {
    let mut other = MINUTE.run(2);
    other.labels[0].name = "/elsewhere".to_owned();
    let compared = compare(&MINUTE.run(1), &other);
    let reasons: Vec<_> = compared.rows[1..]
        .iter()
        .map(|row| {
            (
                row.subject.to_string(),
                row.changes[0].reason.clone().unwrap(),
            )
        })
        .collect();
    let said = |text: &str, reason: &str| (text.to_owned(), reason.to_owned());
    assert_eq!(
        reasons,
        [
            said("GET /0", "only in the first run"),
            said("GET /elsewhere", "only in the second run")
        ]
    );
}

#[test]
fn the_warm_up_and_what_throng_does_itself_are_not_compared() {
    let warmed = |seed| {
        let mut run: RecordedRun = MINUTE.run(seed);
        run.record.figures.warm_up_seconds = 20.0;
        run
    };
    let slow_at_first = {
        let mut run = warmed(2);
        let slow = MINUTE.slower(3.0).run(3);
        for (block, slow) in run.blocks.iter_mut().zip(slow.blocks).take(20) {
            *block = slow;
        }
        run
    };
    let compared = compare(&warmed(1), &slow_at_first);
    assert_eq!((compared.blocks_a, compared.blocks_b), (40, 40));
    assert_eq!(findings(&compared), [Finding::Same; 5]);
    let mut setup = MINUTE.slower(3.0).run(4);
    setup.labels[0].user_type = "_setup".to_owned();
    assert!(compare(&setup, &setup).rows.is_empty());
}

#[test]
fn the_same_runs_always_compare_in_the_same_way() {
    let runs = (MINUTE.run(1), MINUTE.slower(1.05).run(2));
    assert_eq!(compare(&runs.0, &runs.1), compare(&runs.0, &runs.1));
}

#[test]
fn runs_of_other_plans_are_compared_and_what_differs_is_said() {
    let (mut a, mut b) = (MINUTE.run(1), MINUTE.run(2));
    let text = |text: &str| serde_json::Value::String(text.to_owned());
    a.record.start.plan = [("users".to_owned(), text("50"))].into();
    b.record.start.plan = [("users".to_owned(), text("100"))].into();
    b.record.start.target = "http://b/".to_owned();
    let compared = compare(&a, &b);
    let said: Vec<_> = compared
        .differences
        .iter()
        .map(|one| (one.what.as_str(), one.is_load))
        .collect();
    assert_eq!(said, [("target", false), ("users", true)]);
    assert!(!compared.paired);
    assert!(compare(&a, &a).paired);
}
