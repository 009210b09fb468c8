//! `throng check`: what the scripts have wrong, all of it.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use serde_json::json;

use super::language_server::{self, TypeFinding};
use super::{scripts, variables};
use crate::app::process::exit::{Failure, REJECTED, SUCCESS};
use crate::app::process::output::{complain, print, print_json};
use crate::app::process::panics;
use crate::cli::Check;
use crate::script::lint::{Finding, Rule};
use crate::script::{Diagnostic, Examined};
use crate::secrets::Masker;
use crate::text;

/// Reads the scripts and says what is wrong in them. Sends nothing.
///
/// # Errors
/// When the command line or the plan file has faults.
pub fn check(mut check: Check) -> Result<ExitCode, Failure> {
    let secrets = Arc::new(variables::read(&mut check.run)?);
    panics::mask(Arc::clone(&secrets));
    examine(&check, &secrets).map_err(|failure| failure.masked(&secrets))
}

fn examine(check: &Check, secrets: &Arc<Masker>) -> Result<ExitCode, Failure> {
    for words in &check.run.unknown_variables {
        complain(&secrets.owned(format!("warning: {words}")));
    }
    let script_config = super::script_config::script_config(&check.run, secrets);
    let examined = scripts::examine(&check.run, &script_config)?;
    let files = examined.linted.files;
    for path in &examined.linted.left_out {
        complain(&format!(
            "warning: {path} was only compiled, since it is too long or too unusual to be read further"
        ));
    }
    let mut problems = problems(examined);
    match language_server::findings(&check.run) {
        None => {}
        Some(Ok(findings)) => add_types(&mut problems, findings),
        Some(Err(why)) => complain(&format!(
            "warning: types are not checked: emmylua_check {}",
            text::line(&why)
        )),
    }
    let errors = problems.iter().filter(|one| one.is_error).count();
    let warnings = problems.len() - errors;
    if check.json {
        let findings: Vec<_> = problems.iter().map(Problem::json).collect();
        let all = json!({
            "files": files, "errors": errors, "warnings": warnings, "findings": findings,
        });
        print_json(&secrets.owned(format!("{all:#}\n")))?;
    } else {
        let mut page = String::new();
        for problem in &problems {
            let _ = writeln!(page, "{}", text::line(&problem.to_string()));
        }
        let _ = writeln!(page, "{}", verdict(errors, warnings, files));
        print(&secrets.owned(page))?;
    }
    let is_rejected = errors > 0 || check.deny_warnings && warnings > 0;
    Ok(ExitCode::from(if is_rejected { REJECTED } else { SUCCESS }))
}

fn verdict(errors: usize, warnings: usize, files: usize) -> String {
    let count = |count: usize, what: &str| match count {
        1 => format!("1 {what}"),
        many => format!("{many} {what}s"),
    };
    let files = count(files, "file");
    match (errors, warnings) {
        (0, 0) => format!("no fault in {files}"),
        (errors, 0) => format!("{} in {files}", count(errors, "error")),
        (0, warnings) => format!("{} in {files}", count(warnings, "warning")),
        (errors, warnings) => {
            format!(
                "{}, {} in {files}",
                count(errors, "error"),
                count(warnings, "warning")
            )
        }
    }
}

/// One line of the page.
struct Problem {
    path: String,
    /// Line and column, from 1; 0 where they are not known.
    at: (usize, usize),
    is_error: bool,
    /// The name of its rule; none where loading the script found it.
    rule: Option<Cow<'static, str>>,
    message: String,
}

impl Problem {
    fn json(&self) -> serde_json::Value {
        let known = |number: usize| (number > 0).then_some(number);
        json!({
            "path": self.path,
            "line": known(self.at.0),
            "column": known(self.at.1),
            "severity": if self.is_error { "error" } else { "warning" },
            "rule": self.rule,
            "message": self.message,
        })
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.path)?;
        for number in [self.at.0, self.at.1]
            .into_iter()
            .filter(|number| *number > 0)
        {
            write!(f, ":{number}")?;
        }
        let severity = if self.is_error { "error" } else { "warning" };
        write!(f, ": {severity}: {}", self.message)?;
        match &self.rule {
            Some(rule) => write!(f, " [{rule}]"),
            None => Ok(()),
        }
    }
}

impl From<Diagnostic> for Problem {
    fn from(fault: Diagnostic) -> Self {
        let (path, at) = place(&fault.place);
        Self {
            path: path.to_owned(),
            at,
            is_error: true,
            rule: None,
            message: fault.message,
        }
    }
}

/// File, line and column of `file:line:column`, `file:line` or `file`; what is not there is 0.
fn place(text: &str) -> (&str, (usize, usize)) {
    let number = |text| {
        let (rest, number) = str::rsplit_once(text, ':')?;
        Some((rest, number.parse::<usize>().ok()?))
    };
    match number(text) {
        None => (text, (0, 0)),
        Some((rest, last)) => match number(rest) {
            None => (rest, (last, 0)),
            Some((path, line)) => (path, (line, last)),
        },
    }
}

impl From<Finding> for Problem {
    fn from(finding: Finding) -> Self {
        Self {
            is_error: finding.is_error(),
            at: (finding.at.line, finding.at.column),
            rule: Some(Rule::name(finding.rule).into()),
            path: finding.path,
            message: finding.message,
        }
    }
}

impl From<TypeFinding> for Problem {
    fn from(finding: TypeFinding) -> Self {
        Self {
            path: finding.path,
            at: finding.at,
            is_error: false,
            rule: Some(format!("emmylua {}", finding.code).into()),
            message: finding.message,
        }
    }
}

/// Adds what a language server found, but for lines that have something to be said of them already.
fn add_types(problems: &mut Vec<Problem>, findings: Vec<TypeFinding>) {
    let new: Vec<Problem> = findings
        .into_iter()
        .map(Problem::from)
        .filter(|new| {
            let mut known = problems.iter();
            !known.any(|one| one.path == new.path && one.at.0 == new.at.0)
        })
        .collect();
    problems.extend(new);
    problems.sort_by(|a, b| (&a.path, a.at).cmp(&(&b.path, b.at)));
}

/// Everything by file and line.
fn problems(examined: Examined) -> Vec<Problem> {
    let faults = examined.faults.into_iter().map(Problem::from);
    let findings = examined.linted.findings.into_iter().map(Problem::from);
    let mut problems: Vec<Problem> = faults.chain(findings).collect();
    problems.sort_by(|a, b| (&a.path, a.at).cmp(&(&b.path, b.at)));
    problems
}
