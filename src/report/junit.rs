//! The run as JUnit's XML, which CI systems show as test results.
//!
//! A case fails only by what makes the run fail. Checks, steps and journeys with failures that no threshold is about are
//! skipped, with their counts. Written in Jenkins' dialect, by `quick-junit`.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use crate::text;
use crate::view::{ExitKind, RunView, Search, SearchResult, Threshold, ThresholdResult};

/// What masks a text, which is then made fit for XML.
pub type Mask<'a> = &'a dyn Fn(&str) -> String;

/// The document; `allow_missing` says whether a threshold passes on what was never seen.
///
/// # Errors
/// When there is no XML for it; the message is that of the library.
pub fn document(last: &RunView, allow_missing: bool, mask: Mask<'_>) -> Result<String, String> {
    let clean = |text: &str| text::line(&mask(text)).into_owned();
    let time = Duration::try_from_secs_f64(last.run.seconds).unwrap_or_default();
    let mut report = Report::new(clean(&format!("throng run {}", last.run.id)));
    report.set_time(time);
    let suites = [
        ("run", vec![run(last, &clean)]),
        (
            "search",
            last.search.iter().map(|one| search(one, &clean)).collect(),
        ),
        (
            "thresholds",
            cases(&last.thresholds, |one| {
                threshold(one, allow_missing, &clean)
            }),
        ),
        (
            "checks",
            cases(&last.scripts.checks, |one| {
                counted(
                    &one.name,
                    "checks",
                    (one.failed, one.passed + one.failed),
                    &clean,
                )
            }),
        ),
        (
            "steps",
            cases(&last.steps, |one| {
                let results = &one.ended.results;
                let name = format!("{}: {}", one.kind, one.name);
                let failed = results.failed + results.error;
                counted(&name, "steps", (failed, results.total), &clean)
            }),
        ),
        (
            "journeys",
            cases(&last.journeys, |one| {
                let name = format!("{}: {}", one.kind, one.name);
                let failed = one
                    .begun
                    .saturating_sub(one.under_way + one.ended.results.ok);
                counted(&name, "journeys", (failed, one.begun), &clean)
            }),
        ),
    ];
    for (name, cases) in suites.into_iter().filter(|(_, cases)| !cases.is_empty()) {
        let mut suite = TestSuite::new(name);
        suite.set_time(time);
        let began = ("timestamp".into(), clean(&last.run.started_at).into());
        suite.extra.extend([began]);
        suite.add_properties(properties(last, &clean));
        suite.add_test_cases(cases.into_iter().map(|mut case| {
            case.set_classname(format!("throng.{name}"));
            case
        }));
        report.add_test_suite(suite);
    }
    report.to_string().map_err(|why| why.to_string())
}

fn cases<T>(all: &[T], case: impl Fn(&T) -> TestCase) -> Vec<TestCase> {
    all.iter().map(case).collect()
}

fn properties(last: &RunView, clean: Mask<'_>) -> [Property; 4] {
    let run = &last.run;
    [
        Property::new("run", clean(&run.id)),
        Property::new("seed", run.seed.to_string()),
        Property::new("version", clean(&run.version)),
        Property::new("base_url", clean(&run.base_url)),
    ]
}

/// What makes the run fail beside its thresholds and the objective of a search, which are cases of their own.
fn run(last: &RunView, clean: Mask<'_>) -> TestCase {
    let is_own = |kind| {
        matches!(
            kind,
            ExitKind::Threshold | ExitKind::NoData | ExitKind::UnknownName
        )
    };
    let reasons = last.exit.iter().flat_map(|exit| &exit.reasons);
    let reasons = reasons.filter(|reason| !is_own(reason.kind));
    let texts: Vec<String> = reasons.map(|reason| clean(&reason.text)).collect();
    TestCase::new(
        "run",
        match texts.is_empty() {
            true => TestCaseStatus::success(),
            false => failure("run", &texts.join("; ")),
        },
    )
}

/// Whether a search found a knee.
fn search(one: &Search, clean: Mask<'_>) -> TestCase {
    let text = clean(&one.text);
    let status = match one.result {
        SearchResult::Knee | SearchResult::AtMost => TestCaseStatus::success(),
        SearchResult::Unfinished | SearchResult::GeneratorLimit => skipped(&text),
        _ => failure("search", &text),
    };
    let mut case = TestCase::new(clean(&one.objective), status);
    case.set_system_out(text);
    case
}

fn threshold(one: &Threshold, allow_missing: bool, clean: Mask<'_>) -> TestCase {
    let sentence = clean(&one.sentence());
    let status = match one.result {
        ThresholdResult::Passed => TestCaseStatus::success(),
        ThresholdResult::UnknownName if allow_missing => skipped(&sentence),
        result => failure(result.as_str(), &sentence),
    };
    let mut case = TestCase::new(clean(&one.rule), status);
    if one.result == ThresholdResult::Passed {
        case.set_system_out(sentence);
    }
    case
}

/// What no rule judges: so many of all failed.
fn counted(name: &str, noun: &str, (failed, all): (u64, u64), clean: Mask<'_>) -> TestCase {
    let status = match failed {
        0 => TestCaseStatus::success(),
        _ => skipped(&format!(
            "{failed} of {all} {noun} failed; only thresholds (--fail-if) make a run fail"
        )),
    };
    let mut case = TestCase::new(clean(name), status);
    if failed == 0 {
        case.set_system_out(format!("{all} {noun}"));
    }
    case
}

fn failure(kind: &str, message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_type(kind).set_message(message);
    status
}

fn skipped(message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(message);
    status
}
