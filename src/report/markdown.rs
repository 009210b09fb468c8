//! The run as Markdown, for the comment of a pull request: what is wrong first, what few read folded away.
//!
//! In: the last view of a run. Out: text of GitHub's Markdown. Whatever comes from a target or a script is escaped, so that
//! it neither breaks a table nor becomes an image or HTML.

use crate::report::text::status::sign;
use crate::text;
use crate::view::format::{count, measured, rate, ratio, reason, share, span};
use crate::view::{Baseline, Endpoint, FailureGroup, RunView, Step, Threshold, ThresholdResult};

/// Rows of failures; more are in the JSON.
const FAILURES: usize = 10;
/// Rows of endpoints and steps.
const ROWS: usize = 100;

/// How words are masked before they are escaped: an escaped secret would not be found any more.
type Mask<'a> = &'a dyn Fn(&str) -> String;

/// The report of a run that is over, or of one that goes on; `mask` takes secrets out of every text.
pub fn markdown(view: &RunView, mask: Mask<'_>) -> String {
    let words = Words { mask };
    let sections = [
        words.status(view),
        words.run(view),
        words.thresholds(&view.thresholds),
        words.baseline(view.baseline.as_ref()),
        words.failures(&view.failure_groups),
        words.endpoints(view),
        words.steps(view),
    ];
    let mut said = sections.into_iter().filter(|section| !section.is_empty());
    let first = said.next().unwrap_or_default();
    said.fold(first, |text, section| format!("{text}\n{section}"))
}

/// What is written, with what is masked in it.
struct Words<'a> {
    mask: Mask<'a>,
}

impl Words<'_> {
    /// The worst as the heading, the others as a list.
    fn status(&self, view: &RunView) -> String {
        let mut lines = view.status.iter();
        let mut text = String::new();
        if let Some(first) = lines.next() {
            text += &format!("### {} {}\n", sign(first.level).0, self.plain(&first.text));
        }
        for (at, line) in lines.enumerate() {
            if at == 0 {
                text.push('\n');
            }
            text += &format!("- {} {}\n", sign(line.level).0, self.plain(&line.text));
        }
        text
    }

    /// Which run it was, and its totals.
    fn run(&self, view: &RunView) -> String {
        let (run, requests) = (&view.run, &view.load.requests);
        let who = match (view.load.arrivals, run.users) {
            (Some(arrivals), _) => format!("{} arrivals", count(arrivals.total)),
            (None, 1) => "1 user".to_owned(),
            (None, users) => format!("{} users", count(users)),
        };
        let times = &view.load.latency_seconds;
        let outcomes = &requests.outcomes;
        format!(
            "{who} against {} for {}: **{}** requests ({}/s), **{}** failed, p50 {}, **p95 {}**, p99 {}. Run {}, seed {}, \
         throng {}.\n",
            self.code(&run.base_url),
            span(run.seconds),
            count(outcomes.total),
            rate(requests.per_second),
            share(outcomes.failed(), outcomes.total),
            measured(times.p50),
            measured(times.p95),
            measured(times.p99),
            self.code(&run.id),
            run.seed,
            self.plain(&run.version),
        )
    }

    fn thresholds(&self, all: &[Threshold]) -> String {
        let rows = all.iter().map(|one| {
            let sign = match one.result {
                ThresholdResult::Passed => "✓ passed",
                ThresholdResult::Failed => "✗ failed",
                ThresholdResult::NoData | ThresholdResult::UnknownName => "✗ no data",
            };
            let figures = match one.result {
                ThresholdResult::Passed => one.figure.as_deref(),
                _ => one.met.as_deref(),
            };
            [
                sign.to_owned(),
                self.code(&one.rule),
                self.plain(figures.unwrap_or_default()),
            ]
        });
        table(
            "Thresholds",
            ["", "fails when", "figure"],
            ":--|:--|:--",
            rows,
        )
    }

    /// What differs from the baseline by more than chance, regressions first.
    fn baseline(&self, baseline: Option<&Baseline>) -> String {
        let Some(against) = baseline else {
            return String::new();
        };
        let run = self.code(&against.run);
        let verdict = match (&against.reason, against.fail_on_regression) {
            (Some(reason), _) => format!("not compared: {}", self.plain(reason)),
            (None, Some(by)) if against.passed => {
                format!("✓ nothing is worse by {}", ratio(Some(by)))
            }
            (None, Some(by)) => {
                let worse = against.regressions().count() as u64;
                format!("✗ {} worse by {}", count(worse), ratio(Some(by)))
            }
            (None, None) if against.changes.is_empty() => "no difference beyond chance".to_owned(),
            (None, None) => "these differ by more than chance".to_owned(),
        };
        let mut text = format!("**Baseline** {run}: {verdict}\n");
        let different = against
            .different
            .iter()
            .map(|words| format!("different: {}", self.plain(words)));
        let mut changes: Vec<_> = against.changes.iter().collect();
        changes.sort_by_key(|one| (!one.regression, !one.worse));
        let changes = changes.into_iter().take(FAILURES).map(|one| {
            let word = match (one.regression, one.worse) {
                (true, _) => "✗ regression",
                (false, true) => "worse",
                (false, false) => "better",
            };
            format!("{word}: {}", self.plain(&one.text))
        });
        for (at, words) in different.chain(changes).enumerate() {
            let gap = if at == 0 { "\n" } else { "" };
            text += &format!("{gap}- {words}\n");
        }
        text
    }

    fn failures(&self, groups: &[FailureGroup]) -> String {
        let rows = groups.iter().take(FAILURES).map(|group| {
            let when = match (group.first_seconds, group.last_seconds) {
                (first, last) if first == last => span(first as f64),
                (first, last) => format!("{} to {}", span(first as f64), span(last as f64)),
            };
            let incident = group.incident.as_deref().map(|words| self.plain(words));
            [
                self.plain(reason(&group.reason)),
                count(group.count),
                self.code(&format!("{} {}", group.method, group.name)),
                incident.unwrap_or_default(),
                when,
            ]
        });
        let mut text = table(
            "Failures",
            ["reason", "count", "endpoint", "incident", "when"],
            ":--|--:|:--|:--|:--",
            rows,
        );
        let more = groups.len().saturating_sub(FAILURES);
        if more > 0 {
            text += &format!("\n{} more are in the JSON.\n", count(more as u64));
        }
        text
    }

    /// Those with failures first, then those with most requests.
    fn endpoints(&self, view: &RunView) -> String {
        let all = view.endpoints_worst_first();
        let rows = all.iter().take(ROWS).map(|one: &&Endpoint| {
            let (outcomes, times) = (&one.outcomes, &one.latency_seconds);
            [
                self.code(&format!("{} {}", one.method, one.name)),
                count(outcomes.total),
                rate(one.per_second),
                count(outcomes.failed()),
                measured(times.p50),
                measured(times.p95),
                measured(times.p99),
            ]
        });
        let rows = table(
            "",
            ["endpoint", "requests", "/s", "failed", "p50", "p95", "p99"],
            ":--|--:|--:|--:|--:|--:|--:",
            rows,
        );
        folded(&counted(all.len(), "endpoint", "endpoints"), &rows)
    }

    fn steps(&self, view: &RunView) -> String {
        let rows = view.steps.iter().take(ROWS).map(|step: &Step| {
            let (results, times) = (&step.ended.results, &step.ended.duration_seconds);
            [
                self.plain(&step.kind),
                self.plain(&step.name),
                count(results.total),
                count(results.failed + results.error),
                measured(times.p50),
                measured(times.p95),
                measured(times.p99),
            ]
        });
        let rows = table(
            "",
            ["type", "step", "count", "failed", "p50", "p95", "p99"],
            ":--|:--|--:|--:|--:|--:|--:",
            rows,
        );
        folded(&counted(view.steps.len(), "step", "steps"), &rows)
    }

    /// Words as they are: nothing in them is Markdown or HTML.
    fn plain(&self, words: &str) -> String {
        let mut escaped = String::new();
        for letter in text::line(&(self.mask)(words)).chars() {
            match letter {
                '<' => escaped += "&lt;",
                '>' => escaped += "&gt;",
                '&' => escaped += "&amp;",
                // A mention or an issue of somebody else's.
                '@' | '#' => {
                    escaped.push(letter);
                    escaped.push('\u{200b}');
                }
                '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '|' | '~' | '!' => {
                    escaped.push('\\');
                    escaped.push(letter);
                }
                _ => escaped.push(letter),
            }
        }
        escaped
    }

    /// Words as code, also with backticks and bars in them.
    fn code(&self, words: &str) -> String {
        let words = text::line(&(self.mask)(words)).replace('|', "\\|");
        let longest = words.split(|letter| letter != '`').map(str::len).max();
        let fence = "`".repeat(longest.unwrap_or(0) + 1);
        let gap = if words.contains('`') { " " } else { "" };
        format!("{fence}{gap}{words}{gap}{fence}")
    }
}

fn counted(number: usize, one: &str, more: &str) -> String {
    let noun = if number == 1 { one } else { more };
    format!("{} {noun}", count(number as u64))
}

/// What few read.
fn folded(summary: &str, body: &str) -> String {
    if body.is_empty() {
        return String::new();
    }
    format!("<details><summary>{summary}</summary>\n\n{body}\n</details>\n")
}

/// Nothing without rows.
fn table<const N: usize>(
    title: &str,
    head: [&str; N],
    sides: &str,
    rows: impl Iterator<Item = [String; N]>,
) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let body: String = rows.map(|row| line(&row)).collect();
    if body.is_empty() {
        return String::new();
    }
    let title = if title.is_empty() {
        String::new()
    } else {
        format!("**{title}**\n\n")
    };
    let head = line(&head.map(str::to_owned));
    format!("{title}{head}|{sides}|\n{body}")
}
