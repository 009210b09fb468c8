//! All files of a bundle.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;

use mlua::Lua;

use super::contract::Role;
use super::finding::Finding;
use super::syntax::parse;
use super::table_places::place_of;
use super::walk::Walk;
use crate::script::diagnostic::{Diagnostic, tidy};
use crate::script::reference::META_MARK;
use crate::script::source::bundle::{Bundle, Source};
use crate::script::source::lua_text::code;
use crate::script::vm::{compile, sandbox};

/// A longer text is not looked at, in bytes: it is data, and its tree would take a hundred times its size.
const LONGEST: usize = 1 << 20;
/// The stack of the thread that looks, in bytes. A tree is as deep as its longest sum, also where it is dropped.
const STACK: usize = 512 << 20;

/// What was found in the files of a bundle.
#[derive(Debug, Default)]
pub struct Linted {
    /// The findings, in the order of the files.
    pub findings: Vec<Finding>,
    /// Files that were looked at.
    pub files: usize,
    /// Files that were only compiled: they are too long, or the parser did not follow.
    pub left_out: Vec<String>,
}

impl Linted {
    /// The findings for which scripts are rejected, as faults, except those that loading them found.
    pub fn faults(&self, known: &[Diagnostic]) -> Vec<Diagnostic> {
        let errors = self.findings.iter().filter(|finding| finding.is_error());
        let new = errors.filter(|finding| !known.iter().any(|fault| is_same(fault, finding)));
        new.map(|finding| Diagnostic::at(finding.place(), &finding.message))
            .collect()
    }

    /// The findings and the faults that loading the scripts found, without those that say the same.
    pub fn apart_from(mut self, mut faults: Vec<Diagnostic>) -> (Vec<Diagnostic>, Self) {
        self.findings.retain(|finding| {
            finding.is_error() || !faults.iter().any(|fault| is_there(fault, finding))
        });
        let errors = || self.findings.iter().filter(|finding| finding.is_error());
        faults.retain(|fault| !errors().any(|finding| is_same(fault, finding)));
        (faults, self)
    }
}

/// Whether a fault and a finding are of the same mistake; loading may know more of what there is.
fn is_same(fault: &Diagnostic, finding: &Finding) -> bool {
    let mistake = |message: &str| message.split("; ").next().map(str::to_owned);
    is_there(fault, finding)
        || fault.place == finding.path && mistake(&fault.message) == mistake(&finding.message)
}

/// Whether both are at one place; where loading knows the line alone, on one line.
fn is_there(fault: &Diagnostic, finding: &Finding) -> bool {
    fault.place == finding.place() || fault.place == format!("{}:{}", finding.path, finding.at.line)
}

/// Looks at the types, `_crowd.lua` and the modules that are not those inside the program.
pub fn own(bundle: &Bundle) -> Linted {
    let mut files = Vec::new();
    if bundle.folder().is_some() {
        files.extend(scripts(bundle));
    }
    files.extend(
        bundle
            .own_modules()
            .map(|(name, source)| (role(name), source)),
    );
    lint(bundle, files)
}

/// Looks at all files that the types of a bundle reach, also those inside the program.
pub fn everything(bundle: &Bundle) -> Linted {
    let mut files = scripts(bundle);
    let reached = |path: &str| bundle.types_of(path).is_some_and(|types| !types.is_empty());
    let names: Vec<&str> = bundle.module_names().collect();
    let own: BTreeSet<&str> = bundle.own_modules().map(|(name, _)| name).collect();
    for name in names {
        if let Some(source) = bundle.module(name)
            && (own.contains(name) || reached(&source.path))
        {
            files.push((role(name), source));
        }
    }
    lint(bundle, files)
}

/// Looks at test files and a mock file beside a bundle, whose modules they may require.
pub fn beside(bundle: &Bundle, tests: &[Arc<Source>], mock: Option<&Source>) -> Linted {
    let tests = tests.iter().map(|source| (Role::Test, &**source));
    let files = tests.chain(mock.map(|source| (Role::Mock, source)));
    lint(bundle, files.collect())
}

/// Gives faults of the tables that scripts return, which loading places in a file, their line and column.
pub fn placed(bundle: &Bundle, faults: &mut [Diagnostic]) {
    let Ok(lua) = sandbox::open() else { return };
    let scripts = || bundle.types.values().chain(&bundle.crowd);
    let mut open: Vec<(&mut Diagnostic, &Source)> = faults
        .iter_mut()
        .filter_map(|fault| {
            let source = scripts().find(|source| source.path == fault.place)?;
            // What Lua does not accept may be too deep for a parser as well.
            let is_read = source.text.len() <= LONGEST && is_code(&lua, source);
            is_read.then_some((fault, source))
        })
        .collect();
    if open.is_empty() {
        return;
    }
    // Where the parser gives up, a fault stays one of the file.
    apart(|| {
        for (fault, source) in &mut open {
            if let Some(at) = place_of(source, &fault.message) {
                fault.place = format!("{}:{}:{}", source.path, at.line, at.column);
            }
        }
    });
}

/// Does something on a thread whose stack is deep enough for any tree; none where it panicked.
fn apart<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    thread::scope(|scope| {
        let worker = thread::Builder::new()
            .name("lint".to_owned())
            .stack_size(STACK);
        let working = worker.spawn_scoped(scope, work);
        working.ok().and_then(|working| working.join().ok())
    })
}

fn scripts(bundle: &Bundle) -> Vec<(Role, &Source)> {
    let types = bundle.types.values().map(|source| (Role::Type, source));
    types
        .chain(bundle.crowd.iter().map(|source| (Role::Crowd, source)))
        .collect()
}

fn role(module: &str) -> Role {
    if module == "mistakes" {
        Role::Mistakes
    } else {
        Role::Module
    }
}

fn lint(bundle: &Bundle, mut files: Vec<(Role, &Source)>) -> Linted {
    let modules: BTreeSet<String> = bundle.module_names().map(str::to_owned).collect();
    let Ok(lua) = sandbox::open() else {
        return Linted::default();
    };
    files.retain(|(_, source)| is_code(&lua, source));
    // A panic of the parser ends the thread and nothing else: then the files were only compiled.
    let looked = apart(|| look(&files, &modules));
    looked.unwrap_or_else(|| Linted {
        left_out: files
            .iter()
            .map(|(_, source)| source.path.clone())
            .collect(),
        ..Linted::default()
    })
}

/// Whether Lua accepts it, and it is no file of types for editors. What Lua does not accept was said already.
fn is_code(lua: &Lua, source: &Source) -> bool {
    !source.text.starts_with(META_MARK.as_bytes()) && compile::chunk(lua, source).is_ok()
}

fn look(files: &[(Role, &Source)], modules: &BTreeSet<String>) -> Linted {
    let mut linted = Linted::default();
    for (role, source) in files {
        match file(*role, source, modules) {
            Some(findings) => {
                linted.files += 1;
                linted.findings.extend(findings);
            }
            None => linted.left_out.push(source.path.clone()),
        }
    }
    linted
}

fn file(role: Role, source: &Source, modules: &BTreeSet<String>) -> Option<Vec<Finding>> {
    if source.text.len() > LONGEST {
        return None;
    }
    let text = String::from_utf8_lossy(code(&source.text));
    let ast = parse(&text)?;
    let allowed = allowed(&text);
    let found = Walk::through(&ast, role, modules).into_iter();
    let findings = found.map(|(at, rule, message)| Finding {
        path: source.path.clone(),
        at,
        rule,
        message: tidy(message),
    });
    let is_allowed = |finding: &Finding| {
        let here = (finding.at.line, finding.rule.name());
        allowed
            .iter()
            .any(|(line, rules)| *line == here.0 && rules.contains(&here.1))
    };
    Some(
        findings
            .filter(|finding| finding.is_error() || !is_allowed(finding))
            .collect(),
    )
}

/// `-- throng: allow(unused-local)`: the lines for which warnings of these rules are not said, its own and the next.
fn allowed(text: &str) -> Vec<(usize, Vec<&str>)> {
    const MARK: &str = "-- throng: allow(";
    let mut allowed = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let marked = line
            .split_once(MARK)
            .and_then(|(_, rest)| rest.split_once(')'));
        if let Some((rules, _)) = marked {
            let rules: Vec<&str> = rules.split(',').map(str::trim).collect();
            allowed.push((number, rules.clone()));
            allowed.push((number + 1, rules));
        }
    }
    allowed
}
