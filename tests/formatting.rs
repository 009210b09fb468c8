//! rustfmt formats everything. Where a string or a comment leaves no room it gives up on the whole statement, without a word
//! and with success: so a copy of the tree is spaced badly, formatted, and must be as before.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::architecture::source::opaque;

/// Macros whose insides are no expressions, beside those in braces; rustfmt leaves them as they are.
const OWN_SYNTAX: &[&str] = &[
    "ctor",
    "debug",
    "enabled",
    "error",
    "error_span",
    "event",
    "info",
    "info_span",
    "json",
    "macro_rules",
    "matches",
    "select",
    "span",
    "thread_local",
    "trace",
    "warn",
];

/// What rustfmt is called with: it finds the modules of each.
const ROOTS: &[&str] = &["build.rs", "lib.rs", "main.rs", "all.rs"];

/// Folders in which each file is a crate of its own.
const FOLDERS_OF_ROOTS: &[&str] = &["examples/user-service/tests", "tests/bench", "tests/fuzz"];

/// Files with statements that rustfmt still leaves alone. Nothing is added here: the list only shrinks.
const STILL_THERE: &[&str] = &[
    "examples/user-service/src/openapi.rs",
    "src/app/ctl/mod.rs",
    "src/core/engine/cleanup/find.rs",
    "src/core/engine/release/canary.rs",
    "src/core/request/pipeline.rs",
    "src/core/script/api/http/creates.rs",
    "src/core/script/api/mod.rs",
    "src/core/script/load/contract.rs",
    "tests/command/terminal.rs",
    "tests/engine/breakers.rs",
    "tests/report/progress.rs",
    "tests/script/contract.rs",
    "tests/script/renewal.rs",
    "tests/script/requests.rs",
    "tests/script/secrets.rs",
    "tests/script/tokens.rs",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The insides of macros with a syntax of their own and of attributes, and what is not to be formatted.
fn own_syntax(text: &str, opaque: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while let Some(next) = text[at..].find(['#', '!']).map(|next| at + next) {
        at = next + 1;
        let last = found.last().map_or(0, |range| range.end);
        if next < last || opaque.iter().any(|range| range.contains(&next)) {
            continue;
        }
        let rest = &text[at..];
        let begins = if text[next..].starts_with('#') {
            rest.starts_with(['[', '!'])
        } else {
            let is_name = |c: char| c.is_alphanumeric() || c == '_';
            let start = text[..next]
                .rfind(|c| !is_name(c))
                .map_or(0, |place| place + 1);
            start < next && (rest.starts_with(" {") || OWN_SYNTAX.contains(&&text[start..next]))
        };
        let Some(open) = rest.find(['(', '[', '{']).filter(|_| begins) else {
            continue;
        };
        let mut end = closing(text, at + open, opaque);
        if text[next..end].contains("rustfmt::skip") {
            let item = text[end..]
                .find(['[', '{'])
                .map_or(end, |place| end + place);
            let value = text[item..]
                .find("= [")
                .map_or(item, |place| item + place + 2);
            end = closing(text, value, opaque);
        }
        found.push(next..end);
    }
    found
}

/// Behind the bracket that closes the one at `open`.
fn closing(text: &str, open: usize, opaque: &[Range<usize>]) -> usize {
    let mut depth = 0;
    for (at, c) in text[open..].char_indices().map(|(at, c)| (open + at, c)) {
        match c {
            '(' | '[' | '{' | ')' | ']' | '}' if opaque.iter().any(|range| range.contains(&at)) => {
            }
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 1 => return at + 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

/// The text without its indentation and with two blanks for one, but for strings, comments and macros of their own.
fn badly_spaced(text: &str) -> String {
    let strings = opaque(text);
    let mut kept = own_syntax(text, &strings);
    kept.extend(strings);
    let mut bad = String::with_capacity(text.len() * 2);
    let mut line_begins = false;
    for (at, c) in text.char_indices() {
        if kept.iter().any(|range| range.contains(&at)) {
            bad.push(c);
            line_begins = false;
        } else if c == '\n' {
            bad.push(c);
            line_begins = true;
        } else if c != ' ' {
            bad.push(c);
            line_begins = false;
        } else if !line_begins {
            bad.push_str("  ");
        }
    }
    bad
}

/// The lines without the insides of macros of their own, with their numbers. Blanks do not count around a text of several
/// lines, since that may be as wide as it is.
fn comparable(text: &str) -> Vec<(usize, String)> {
    let strings = opaque(text);
    let own = own_syntax(text, &strings);
    let is_long = |range: &&Range<usize>| {
        let literal = &text[range.start..range.end];
        literal.ends_with(['"', '#']) && literal.replace("\\\n", "").contains('\n')
    };
    let number_at = |at: usize| text[..at].matches('\n').count() + 1;
    let loose: Vec<usize> = strings
        .iter()
        .filter(is_long)
        .flat_map(|range| {
            let (first, last) = (number_at(range.start), number_at(range.end));
            [first - 1, first, last, last + 1]
        })
        .collect();
    let mut lines = vec![(1, String::new())];
    let mut number = 1;
    for (at, c) in text.char_indices() {
        let inside = own.iter().any(|range| range.contains(&at));
        if c == '\n' {
            number += 1;
        }
        if c == '\n' && !inside {
            lines.push((number, String::new()));
        } else if let Some((number, line)) = lines.last_mut().filter(|_| !inside)
            && !(c == ' ' && loose.contains(number))
        {
            line.push(c);
        }
    }
    lines
}

/// The first line that is not as it was, when the badly spaced text was formatted.
fn untouched(text: &str, formatted: &str) -> Option<usize> {
    let (is, was) = (comparable(formatted), comparable(text));
    let same = was
        .iter()
        .zip(&is)
        .take_while(|(was, is)| was.1 == is.1)
        .count();
    (is.len() != was.len() || same < was.len()).then(|| was.get(same).map_or(1, |line| line.0))
}

fn sources() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = ["src", "tests", "examples"]
        .map(|name| root().join(name))
        .into();
    let mut files = vec![root().join("build.rs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            let foreign = name == "target" && path.join("CACHEDIR.TAG").exists();
            if path.is_dir() && !foreign && name != "node_modules" {
                folders.push(path);
            } else if name.ends_with(".rs") {
                files.push(path);
            }
        }
    }
    files
}

/// Formats texts as one tree in a folder.
fn formatted(files: &[(PathBuf, String)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(
        root().join("rustfmt.toml"),
        folder.path().join("rustfmt.toml"),
    )
    .unwrap();
    let mut rustfmt = Command::new("rustfmt");
    rustfmt.args(["--edition", "2024"]);
    for (path, text) in files {
        let copy = folder.path().join(path);
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::write(&copy, text).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        let beside_roots = FOLDERS_OF_ROOTS
            .iter()
            .any(|folder| path.parent() == Some(Path::new(folder)));
        // A room that is a crate.
        let is_front = name == "mod.rs" && root().join(path).with_file_name("Cargo.toml").exists();
        if ROOTS.contains(&name) || beside_roots || is_front {
            rustfmt.arg(copy);
        }
    }
    let output = rustfmt.output().expect("rustfmt starts");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let read =
        |(path, _): &(PathBuf, String)| fs::read_to_string(folder.path().join(path)).unwrap();
    files.iter().map(read).collect()
}

#[test]
fn rustfmt_formats_every_statement() {
    let files: Vec<(PathBuf, String)> = sources()
        .into_iter()
        .map(|path| {
            (
                path.strip_prefix(root()).unwrap().to_owned(),
                fs::read_to_string(&path).unwrap(),
            )
        })
        .collect();
    let bad: Vec<(PathBuf, String)> = files
        .iter()
        .map(|(path, text)| (path.clone(), badly_spaced(text)))
        .collect();
    let mut left = Vec::new();
    for ((path, text), formatted) in files.iter().zip(formatted(&bad)) {
        let known = STILL_THERE.iter().any(|known| path == Path::new(known));
        if let Some(line) = untouched(text, &formatted).filter(|_| !known) {
            left.push(format!(
                "{}:{line}: rustfmt gives up here; split the string that is too long, or move the \
                 comment out",
                path.display()
            ));
        }
    }
    assert!(left.is_empty(), "{}", left.join("\n"));
}

#[test]
fn a_statement_that_rustfmt_leaves_alone_is_found() {
    let long = "a long word ".repeat(9);
    let fine = format!(
        "fn f() {{\n    g(\n        \"{}\",\n        1,\n    );\n}}\n",
        &long[..80]
    );
    let too_long = format!(
        "fn f() {{\n    let a = g()\n        .map_err(|why| {{\n            h(\n                \
         \"{long}\",\n                why,\n            )\n        }})?;\n}}\n"
    );
    let macros =
        "fn f() -> bool {\n    log!(target: \"a\", b);\n    matches!(1, 0 | 1 if true)\n}\n";
    let files: Vec<(PathBuf, String)> = [fine, too_long, macros.to_owned()]
        .into_iter()
        .zip(["a/lib.rs", "b/lib.rs", "c/lib.rs"])
        .map(|(text, path)| (PathBuf::from(path), text))
        .collect();
    let bad: Vec<(PathBuf, String)> = files
        .iter()
        .map(|(path, text)| (path.clone(), badly_spaced(text)))
        .collect();
    let formatted = formatted(&bad);
    let found: Vec<Option<usize>> = files
        .iter()
        .zip(&formatted)
        .map(|((_, text), formatted)| untouched(text, formatted))
        .collect();
    assert_eq!(found, [None, Some(2), Some(2)]);
}
