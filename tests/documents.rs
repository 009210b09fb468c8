//! The documents say what is true: command lines parse, links lead somewhere.

use std::fs;
use std::path::{Path, PathBuf};

use throng::cli::{self, Refusal, Surroundings};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The pages: those at the top, and all below `docs` and `examples`.
fn pages() -> Vec<(PathBuf, String)> {
    let mut folders = vec![root().join("docs"), root().join("examples")];
    let mut pages: Vec<PathBuf> = markdown(root());
    while let Some(folder) = folders.pop() {
        pages.extend(markdown(&folder));
        let inside = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        folders.extend(inside.filter(|path| path.is_dir() && !path.ends_with("target")));
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

/// The lines of fenced blocks that are not of another language.
fn typed_lines(text: &str) -> Vec<&str> {
    let mut inside = None;
    let mut lines = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix("```"), inside) {
            (Some(language), None) => {
                inside = Some(matches!(language, "" | "sh" | "bash" | "console"))
            }
            (Some(_), Some(_)) => inside = None,
            (None, Some(true)) => lines.push(line.trim()),
            (None, _) => {}
        }
    }
    lines
}

/// The words of a line that runs throng, without what the shell does with its output.
fn words_of_throng(line: &str) -> Option<Vec<String>> {
    let line = line.strip_prefix("$ ").unwrap_or(line);
    let words = line
        .strip_prefix("throng ")
        .or_else(|| line.strip_prefix("cargo run --release -- "))?;
    let words = words
        .split("  ")
        .next()
        .unwrap_or(words)
        .split(" > ")
        .next()
        .unwrap_or(words);
    // A word in capitals or brackets stands for what a reader would type.
    let typed =
        !words.contains("[OPTIONS]") && !words.contains("SHELL") && !words.contains("COMMAND");
    typed.then(|| {
        words
            .split_whitespace()
            .map(|word| word.trim_matches('"').to_owned())
            .collect()
    })
}

#[test]
fn every_command_line_in_a_page_is_understood() {
    let around = Surroundings {
        cores: 2,
        scripts_here: true,
        fresh_seed: 1,
    };
    let mut tried = 0;
    for (page, text) in pages() {
        for line in typed_lines(&text) {
            let Some(words) = words_of_throng(line) else {
                continue;
            };
            tried += 1;
            let line = std::iter::once("throng".to_owned()).chain(words);
            match cli::parse(line, &around) {
                Ok(_) => {}
                Err(Refusal::Words(error)) if error.exit_code() == 0 => {}
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
            if !page.parent().unwrap().join(file).exists() {
                broken.push(format!("{} links to {target}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(tried >= 8, "only {tried} links were found");
}
