//! JUnit: its failures are those of the run, no more and no fewer.

use throng::metrics::Snapshot;
use throng::report::junit;
use throng::view::{
    Baseline, BaselineChange, Exit, ExitKind, GeneratorVerdict, RunView, Search, SearchResult,
    Threshold, ThresholdResult,
};

fn view() -> RunView {
    let mut snapshot = Snapshot::default();
    snapshot.run.started_at = "2026-11-29T17:56:35.25Z".to_owned();
    RunView::of(&snapshot)
}

fn report(view: &RunView) -> quick_junit::Report {
    let text = junit::document(view, false, &str::to_owned).unwrap();
    quick_junit::Report::deserialize_from_str(&text).unwrap()
}

/// The run failed for this.
fn failed(view: &mut RunView, kind: ExitKind, text: &str) {
    let mut exit = Exit::default();
    exit.add(kind, text);
    view.exit = Some(exit);
}

#[test]
fn each_reason_for_an_exit_code_is_one_failure() {
    assert_eq!(report(&view()).failures, 0);
    for kind in ExitKind::ALL {
        let mut view = view();
        failed(&mut view, kind, "it is so");
        assert_eq!(report(&view).failures, 1, "{kind:?}");
    }
}

#[test]
fn what_another_case_says_is_not_said_twice() {
    let mut view = view();
    let threshold = Threshold {
        rule: "failed > 1%".to_owned(),
        result: ThresholdResult::Failed,
        value: Some(0.5),
        bound: 0.01,
        beyond_since_seconds: None,
        figure: Some("50 %".to_owned()),
        met: Some("50 % (8 requests)".to_owned()),
    };
    let sentence = threshold.sentence();
    view.thresholds = vec![threshold];
    failed(&mut view, ExitKind::Threshold, &sentence);
    assert_eq!(report(&view).failures, 1);
    // One that ended the run, and is not met any more over all of it.
    view.thresholds[0].result = ThresholdResult::Passed;
    assert_eq!(report(&view).failures, 1);

    let mut view = self::view();
    view.search = Some(Search {
        result: SearchResult::Lowest,
        objective: "p95 < 1s".to_owned(),
        text: "it does not hold".to_owned(),
        ..Search::default()
    });
    failed(&mut view, ExitKind::Threshold, "it does not hold");
    assert_eq!(report(&view).failures, 1);
    let search = view.search.as_mut().unwrap();
    search.result = SearchResult::GeneratorLimit;
    failed(&mut view, ExitKind::Generator, "it does not hold");
    assert_eq!(report(&view).failures, 1);
}

#[test]
fn the_verdict_on_the_generator_fails_where_the_run_does() {
    for (verdict, is_strict, failures, skipped) in [
        (GeneratorVerdict::Valid, false, 0, 0),
        (GeneratorVerdict::Invalid, false, 0, 1),
        (GeneratorVerdict::Doubtful, true, 1, 0),
    ] {
        let mut view = view();
        view.generator.verdict = Some(verdict);
        if is_strict {
            failed(&mut view, ExitKind::Generator, "the generator was doubtful");
        }
        let report = report(&view);
        assert_eq!(
            (report.failures, report.skipped),
            (failures, skipped),
            "{verdict:?}"
        );
    }
}

#[test]
fn what_is_worse_than_the_baseline_is_a_case_each() {
    let change = |measure, worse, regression| BaselineChange {
        subject: "GET /page".to_owned(),
        measure,
        worse,
        regression,
        text: format!("{measure} +12 %"),
        ..BaselineChange::default()
    };
    let mut view = view();
    view.baseline = Some(Baseline {
        run: "1f0c2a9b".to_owned(),
        compared: 3,
        changes: vec![
            change("p95", true, true),
            change("p50", true, false),
            change("rate", false, false),
        ],
        ..Baseline::default()
    });
    failed(
        &mut view,
        ExitKind::Regression,
        "it is worse than its baseline",
    );
    let report = report(&view);
    assert_eq!((report.failures, report.skipped), (1, 1));
    let baseline = report
        .test_suites
        .iter()
        .find(|one| one.name == *"baseline");
    assert_eq!(baseline.unwrap().tests, 4);
    // Where nothing could be compared, that alone fails.
    let of = view.baseline.as_mut().unwrap();
    of.changes.clear();
    of.reason = Some("the plans differ".to_owned());
    assert_eq!(self::report(&view).failures, 1);
    view.exit = None;
    let report = self::report(&view);
    assert_eq!((report.failures, report.skipped), (0, 1));
}
