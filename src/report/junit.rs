//! The run as JUnit's XML, which CI systems show as test results.
//!
//! A case fails only by what makes the run fail. Checks, steps and journeys with failures that no threshold is about are
//! skipped, with their counts. Written in Jenkins' dialect, by `quick-junit`.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use crate::text;
use crate::view::{
    Baseline, ExitKind, ExitReason, GeneratorVerdict, RunView, Search, SearchResult, Threshold,
    ThresholdResult,
};

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
        ("run", vec![run(last, allow_missing, &clean)]),
        ("generator", generator(last, &clean).into_iter().collect()),
        (
            "baseline",
            last.baseline
                .as_ref()
                .map_or_else(Vec::new, |one| baseline(one, last, &clean)),
        ),
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

/// What makes the run fail and is not a failure of another case.
fn run(last: &RunView, allow_missing: bool, clean: Mask<'_>) -> TestCase {
    let met = last.thresholds.iter();
    let met = met.filter(|one| fails(one, allow_missing));
    let mut said: Vec<String> = met.map(Threshold::sentence).collect();
    let search = last.search.iter().filter(|one| is_failed(one));
    said.extend(search.map(|one| one.text.clone()));
    let is_own = |reason: &&ExitReason| {
        let of_another = match reason.kind {
            ExitKind::Regression => last.baseline.is_some(),
            ExitKind::Generator => is_of_verdict(reason, last),
            _ => said.contains(&reason.text),
        };
        !of_another
    };
    let texts: Vec<String> = reasons(last)
        .filter(is_own)
        .map(|reason| clean(&reason.text))
        .collect();
    let status = match texts.is_empty() {
        true => TestCaseStatus::success(),
        false => failure("run", &texts.join("; ")),
    };
    TestCase::new("run", status)
}

fn reasons(last: &RunView) -> impl Iterator<Item = &ExitReason> {
    last.exit.iter().flat_map(|exit| &exit.reasons)
}

/// Whether a reason is the verdict on the generator (`--strict`) and not where a search ended.
fn is_of_verdict(reason: &ExitReason, last: &RunView) -> bool {
    let is_search = |one: &Search| one.text == reason.text;
    reason.kind == ExitKind::Generator
        && last.generator.verdict.is_some()
        && !last.search.as_ref().is_some_and(is_search)
}

/// The verdict on the generator, where there is one: it fails with `--strict`.
fn generator(last: &RunView, clean: Mask<'_>) -> Option<TestCase> {
    let of = &last.generator;
    let verdict = of.verdict?;
    let texts: Vec<String> = of.reasons.iter().map(|one| clean(&one.text)).collect();
    let text = match texts.is_empty() {
        true => verdict.as_str().to_owned(),
        false => format!("{}: {}", verdict.as_str(), texts.join("; ")),
    };
    let status = if reasons(last).any(|reason| is_of_verdict(reason, last)) {
        failure("generator", &text)
    } else if verdict == GeneratorVerdict::Valid {
        TestCaseStatus::success()
    } else {
        skipped(&text)
    };
    let mut case = TestCase::new("generator", status);
    case.set_system_out(text);
    Some(case)
}

/// What differs from the baseline by more than chance, a case each: what is worse by too much fails.
fn baseline(one: &Baseline, last: &RunView, clean: Mask<'_>) -> Vec<TestCase> {
    let mut cases: Vec<TestCase> = Vec::new();
    for change in &one.changes {
        let text = clean(&change.text);
        let status = match (change.regression, change.worse) {
            (true, _) => failure("regression", &text),
            (false, true) => skipped(&text),
            (false, false) => TestCaseStatus::success(),
        };
        let name = clean(&format!("{} {}", change.subject, change.measure));
        cases.push(TestCase::new(name, status));
    }
    let name = clean(&format!("against run {}", one.run));
    let is_said = one.regressions().next().is_some();
    let of_exit = reasons(last).find(|reason| reason.kind == ExitKind::Regression);
    let status = match (&one.reason, of_exit) {
        // What is worse is in the cases above.
        (_, Some(reason)) if !is_said => failure("regression", &clean(&reason.text)),
        (Some(why), None) => skipped(&clean(why)),
        _ => TestCaseStatus::success(),
    };
    let mut case = TestCase::new(name, status);
    case.set_system_out(format!("{} figures compared", one.compared));
    cases.push(case);
    cases
}

/// Whether a search fails the run by what it found of the target.
fn is_failed(one: &Search) -> bool {
    !matches!(
        one.result,
        SearchResult::Knee
            | SearchResult::AtMost
            | SearchResult::Unfinished
            | SearchResult::GeneratorLimit
    )
}

/// Whether a threshold fails the run.
fn fails(one: &Threshold, allow_missing: bool) -> bool {
    match one.result {
        ThresholdResult::Passed => false,
        ThresholdResult::UnknownName => !allow_missing,
        ThresholdResult::Failed | ThresholdResult::NoData => true,
    }
}

/// Whether a search found a knee.
fn search(one: &Search, clean: Mask<'_>) -> TestCase {
    let text = clean(&one.text);
    let status = match one.result {
        SearchResult::Knee | SearchResult::AtMost => TestCaseStatus::success(),
        _ if is_failed(one) => failure("search", &text),
        _ => skipped(&text),
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
