//! Results of tests for people, as TAP 14 and as JUnit.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::script::testing::{Failed, Outcome, TestResult};
use crate::text;
use crate::view::format;

/// A file with the results of its tests, or why it has none.
struct OfFile {
    path: PathBuf,
    outcome: Result<Vec<TestResult>, Failed>,
}

impl OfFile {
    /// Its failures with their names.
    fn failures(&self) -> impl Iterator<Item = (&str, &Failed)> {
        let unloaded = self.outcome.as_ref().err().map(|failed| ("", failed));
        let tests = self.outcome.as_ref().ok().into_iter().flatten();
        let failed = tests.filter_map(|result| match &result.outcome {
            Outcome::Failed(failed) => Some((result.name.as_str(), failed)),
            Outcome::Passed | Outcome::Pending => None,
        });
        unloaded.into_iter().chain(failed)
    }
}

/// The results of all files.
#[derive(Default)]
pub struct Results(Vec<OfFile>);

impl Results {
    /// Those of one more file.
    pub fn add(&mut self, path: &Path, outcome: Result<Vec<TestResult>, Failed>) {
        self.0.push(OfFile {
            path: path.to_owned(),
            outcome,
        });
    }

    /// Whether no test ran, and none could not be loaded.
    pub fn is_empty(&self) -> bool {
        let mut files = self.0.iter();
        files.all(|file| file.outcome.as_ref().is_ok_and(Vec::is_empty))
    }

    /// Whether a test failed, or a file could not be loaded.
    pub fn has_failed(&self) -> bool {
        self.0.iter().any(|file| file.failures().next().is_some())
    }

    /// How many passed, failed and wait, in words.
    pub fn sentence(&self) -> String {
        let tests = self.0.iter().flat_map(|file| file.outcome.iter().flatten());
        let (mut passed, mut pending) = (0, 0);
        for test in tests {
            match test.outcome {
                Outcome::Passed => passed += 1,
                Outcome::Pending => pending += 1,
                Outcome::Failed(_) => {}
            }
        }
        let failed: usize = self.0.iter().map(|file| file.failures().count()).sum();
        let mut words = format!("{passed} passed");
        if failed > 0 {
            let _ = write!(words, ", {failed} failed");
        }
        if pending > 0 {
            let _ = write!(words, ", {pending} pending");
        }
        let files = self.0.len();
        let _ = write!(
            words,
            " in {files} file{}",
            if files == 1 { "" } else { "s" }
        );
        words
    }
}

/// One result on one line.
pub fn line(result: &TestResult) -> String {
    let sign = match result.outcome {
        Outcome::Passed => "ok      ",
        Outcome::Pending => "pending ",
        Outcome::Failed(_) => "FAILED  ",
    };
    let took = format::time(result.took.as_secs_f64());
    format!("{sign}{} ({took})\n", text::line(&result.name))
}

/// All of them for people; those that were shown already are not shown again.
pub fn human(results: &Results, is_shown: bool) -> String {
    let mut page = String::new();
    if !is_shown {
        for test in results
            .0
            .iter()
            .flat_map(|file| file.outcome.iter().flatten())
        {
            page.push_str(&line(test));
        }
    }
    for file in &results.0 {
        for (name, failed) in file.failures() {
            let _ = writeln!(
                page,
                "\n{}: {}",
                text::line(&failed.place),
                text::line(name)
            );
            for words in failed.message.lines() {
                let _ = writeln!(page, "    {}", text::line(words));
            }
        }
    }
    if !page.is_empty() || is_shown {
        page.push('\n');
    }
    let _ = writeln!(page, "{}", results.sentence());
    page
}

/// TAP 14: <https://testanything.org/tap-version-14-specification.html>.
pub fn tap(results: &Results) -> String {
    let mut page = "TAP version 14\n".to_owned();
    let mut number = 0;
    let mut points = String::new();
    for file in &results.0 {
        let path = file.path.display().to_string();
        match &file.outcome {
            Ok(tests) => {
                for test in tests {
                    number += 1;
                    point(
                        &mut points,
                        number,
                        &format!("{path}: {}", test.name),
                        &test.outcome,
                    );
                }
            }
            Err(failed) => {
                number += 1;
                point(&mut points, number, &path, &Outcome::Failed(failed.clone()));
            }
        }
    }
    let _ = writeln!(page, "1..{number}");
    page + &points
}

fn point(page: &mut String, number: usize, name: &str, outcome: &Outcome) {
    // A number sign begins a directive.
    let name = text::line(name).replace('\\', "\\\\").replace('#', "\\#");
    match outcome {
        Outcome::Passed => {
            let _ = writeln!(page, "ok {number} - {name}");
        }
        Outcome::Pending => {
            let _ = writeln!(page, "not ok {number} - {name} # TODO has no body");
        }
        Outcome::Failed(failed) => {
            let _ = writeln!(page, "not ok {number} - {name}");
            let _ = writeln!(page, "  ---\n  at: {}", text::json(&failed.place));
            page.push_str("  message: |-\n");
            for words in failed.message.lines() {
                let _ = writeln!(page, "    {}", text::line(words));
            }
            page.push_str("  ...\n");
        }
    }
}

/// JUnit: a suite for each file.
pub fn junit(results: &Results) -> String {
    let mut report = Report::new("throng test");
    for file in &results.0 {
        let path = file.path.display().to_string();
        let mut suite = TestSuite::new(&*text::line(&path));
        match &file.outcome {
            Ok(tests) => {
                for test in tests {
                    suite.add_test_case(case(&path, &test.name, &test.outcome, test));
                }
            }
            Err(failed) => {
                let status = failure(failed, NonSuccessKind::Error);
                suite.add_test_case(TestCase::new("loads", status));
            }
        }
        report.add_test_suite(suite);
    }
    // A report of texts without control characters can be written.
    report.to_string().unwrap_or_default()
}

fn case(path: &str, name: &str, outcome: &Outcome, test: &TestResult) -> TestCase {
    let status = match outcome {
        Outcome::Passed => TestCaseStatus::success(),
        Outcome::Pending => TestCaseStatus::skipped(),
        Outcome::Failed(failed) => failure(failed, NonSuccessKind::Failure),
    };
    let mut case = TestCase::new(&*text::line(name), status);
    case.set_classname(&*text::line(path));
    case.set_time(test.took);
    case
}

fn failure(failed: &Failed, kind: NonSuccessKind) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    let first = failed.message.lines().next().unwrap_or_default();
    status.set_message(text::line(first).into_owned());
    let all: Vec<String> = failed
        .message
        .lines()
        .map(|line| text::line(line).into_owned())
        .collect();
    status.set_description(format!("{}: {}", text::line(&failed.place), all.join("\n")));
    status
}
