//! The documents say what is true: command lines parse, links lead somewhere.

mod blocks;
mod follow;
mod output;
mod site;

use std::fs;
use std::path::{Path, PathBuf};

use throng::cli::{self, Environment, Refusal};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The pages: those at the top, and all below `docs`, `examples` and `tests`.
fn pages() -> Vec<(PathBuf, String)> {
    let mut folders = ["docs", "examples", "tests"]
        .map(|folder| root().join(folder))
        .to_vec();
    let mut pages: Vec<PathBuf> = markdown(root());
    while let Some(folder) = folders.pop() {
        pages.extend(markdown(&folder));
        let inside = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        folders.extend(inside.filter(|path| {
            path.is_dir() && !path.ends_with("target") && !path.ends_with("node_modules")
        }));
    }
    pages
        .into_iter()
        .map(|page| (page.clone(), fs::read_to_string(page).unwrap()))
        .collect()
}

fn markdown(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect()
}

/// What is typed in fenced blocks that are not of another language: of a console with prompts only what follows them.
fn typed_lines(text: &str) -> Vec<String> {
    let mut typed = Vec::new();
    for (info, lines) in blocks::blocks(text) {
        match info.split(' ').next() {
            Some("console") => {
                // What a page shows to fail with a certain exit code need not be right.
                let commands = blocks::commands(&lines).into_iter();
                let right = commands.filter(|typed| !typed.code_is_asked);
                typed.extend(right.map(|typed| typed.command));
            }
            Some("" | "sh" | "bash") => {
                typed.extend(blocks::joined(&lines));
            }
            _ => {}
        }
    }
    typed
}

/// The words of a line that runs throng, without what the shell does with its output.
fn words_of_throng(line: &str) -> Option<Vec<String>> {
    let line = line.strip_prefix("$ ").unwrap_or(line);
    let words = line
        .strip_prefix("throng ")
        .or_else(|| line.strip_prefix("cargo run --release -- "))?;
    // A word in capitals or brackets stands for what a reader would type.
    let typed =
        !words.contains("[OPTIONS]") && !words.contains("SHELL") && !words.contains("COMMAND");
    typed.then(|| typed_words(words))
}

/// Words up to two blanks in a row or a redirection; single quotes keep a word together.
fn typed_words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    let mut signs = line.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '\'' => quoted = !quoted,
            ' ' if !quoted && matches!(signs.peek(), Some(' ' | '>')) => break,
            ' ' if !quoted => words.push(std::mem::take(&mut word)),
            sign => word.push(sign),
        }
    }
    words.push(word);
    let words = words.into_iter();
    words
        .map(|word| word.trim_matches('"').to_owned())
        .collect()
}

#[test]
fn every_command_line_in_a_page_is_understood() {
    let around = Environment {
        cores: 2,
        scripts_here: true,
        fresh_seed: 1,
        read: |_| Ok(None),
    };
    let mut tried = 0;
    for (page, text) in pages() {
        let written = blocks::written(&text);
        for line in typed_lines(&text) {
            let Some(words) = words_of_throng(&line) else {
                continue;
            };
            // What names a file of the page itself is understood where the file is: see `site`.
            if words.iter().any(|word| written.contains(word)) {
                continue;
            }
            tried += 1;
            let line = std::iter::once("throng".to_owned()).chain(words);
            match cli::parse(line, &around) {
                Ok(_) => {}
                Err(Refusal::Usage(error)) if error.exit_code() == 0 => {}
                Err(refusal) => panic!("{}: {refusal}", page.display()),
            }
        }
    }
    assert!(tried >= 8, "only {tried} command lines were found");
}

#[test]
fn every_link_in_a_page_leads_to_a_file() {
    let mut tried = 0;
    let mut broken = Vec::new();
    for (page, text) in pages() {
        for target in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            if target.contains("://") || target.starts_with('#') {
                continue;
            }
            tried += 1;
            let file = target.split('#').next().unwrap_or(target);
            // What the head of a page links to is meant from the page that is made of it.
            let folder = match page.ends_with("tests/robustness/head.md") {
                true => root().join("docs"),
                false => page.parent().unwrap().to_owned(),
            };
            if !folder.join(file).exists() {
                broken.push(format!("{} links to {target}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(tried >= 8, "only {tried} links were found");
}

/// Longest line of a page that is no row of a table, in characters.
const WIDEST_LINE: usize = 120;

/// Longest cell of a table as it is read: the targets of links do not count.
const WIDEST_CELL: usize = 100;

/// The places of a page that are too wide to be read side by side.
fn too_wide(name: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let place = format!("{name}:{}", number + 1);
        if !line.starts_with('|') {
            let width = line.chars().count();
            if width > WIDEST_LINE {
                found.push(format!(
                    "{place}: {width} characters, and a line has at most {WIDEST_LINE}"
                ));
            }
            continue;
        }
        for cell in cells(line) {
            let width = shown(&cell).chars().count();
            if width > WIDEST_CELL {
                let start: String = cell.chars().take(30).collect();
                found.push(format!(
                    "{place}: the cell \"{start}…\" has {width} characters, at most {WIDEST_CELL} \
                     fit; put the rest below the table"
                ));
            }
        }
    }
    found
}

fn cells(row: &str) -> Vec<String> {
    let bar = "\u{0}";
    row.trim()
        .trim_matches('|')
        .replace("\\|", bar)
        .split('|')
        .map(|cell| cell.trim().replace(bar, "|"))
        .collect()
}

/// A cell without the targets of its links.
fn shown(cell: &str) -> String {
    let mut pieces = cell.split("](");
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        text.push(']');
        text.push_str(piece.split_once(')').map_or(piece, |(_, rest)| rest));
    }
    text
}

#[test]
fn pages_are_narrow_enough_to_read() {
    let wide: Vec<String> = pages()
        .iter()
        .flat_map(|(page, text)| {
            let name = page.strip_prefix(root()).unwrap();
            too_wide(&name.display().to_string(), text)
        })
        .collect();
    assert!(wide.is_empty(), "{}", wide.join("\n"));
}

#[test]
fn wide_lines_and_wide_cells_are_found() {
    let words = |length: usize| "a ".repeat(length / 2);
    let link = format!("[a](page.md#{})", "a".repeat(200));
    assert_eq!(too_wide("a.md", &words(120)), [] as [&str; 0]);
    assert_eq!(
        too_wide("a.md", &format!("\n{}", words(122))),
        ["a.md:2: 122 characters, and a line has at most 120"]
    );
    let row = format!("| {} | {link} \\| {} |", "b".repeat(100), "c".repeat(94));
    assert_eq!(too_wide("a.md", &row), [] as [&str; 0]);
    let found = too_wide("a.md", &format!("|a|\n|-|\n| b | {} |", "c".repeat(101)));
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("a.md:3: the cell \"ccc"), "{found:?}");
}

#[test]
fn decision_records_have_numbers_without_holes_and_are_linked() {
    let mut records = markdown(&root().join("docs/decisions"));
    records.sort();
    let architecture = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    for (number, record) in (1..).zip(&records) {
        let name = record.file_name().unwrap().to_str().unwrap();
        assert!(
            name.starts_with(&format!("{number:04}-")),
            "docs/decisions/{name} is record {number}: the numbers have no holes"
        );
        let title = fs::read_to_string(record).unwrap();
        assert!(
            title.starts_with(&format!("# {number}. ")),
            "docs/decisions/{name}:1: the title begins with {number}."
        );
        assert!(
            architecture.contains(&format!("(decisions/{name})")),
            "docs/architecture.md does not link to {name}"
        );
    }
}

#[test]
fn every_place_that_the_architecture_names_is_there() {
    let page = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let mut missing = Vec::new();
    for (number, line) in page.lines().enumerate() {
        let quoted = line.split('`').skip(1).step_by(2);
        let places =
            quoted.filter(|words| words.starts_with("src/") || words.starts_with("tests/"));
        for place in places.filter(|words| !words.contains(' ')) {
            if !root().join(place).exists() {
                missing.push(format!(
                    "docs/architecture.md:{}: there is no {place}",
                    number + 1
                ));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
