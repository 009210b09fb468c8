//! The pages of the site: what they say to do works, and the table of contents has all of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use super::follow::Reader;
use super::{pages, root};

fn docs() -> PathBuf {
    root().join("docs")
}

/// The pages of the table of contents, in its order.
fn contents() -> Vec<String> {
    let summary = fs::read_to_string(docs().join("SUMMARY.md")).unwrap();
    let targets = summary.split("](").skip(1);
    targets
        .filter_map(|rest| Some(rest.split_once(')')?.0.to_owned()))
        .collect()
}

/// Follows the pages below a folder, each as a reader who begins anew.
fn follow_each(names: &[&str]) {
    let mut followed = 0;
    let asked = |page: &String| names.iter().any(|name| page.starts_with(name));
    for page in contents().iter().filter(|page| asked(page)) {
        Reader::new().follow(&docs().join(page));
        followed += 1;
    }
    assert!(followed >= names.len(), "{followed} pages of {names:?}");
}

/// Follows the pages below a folder one after the other, as one reader; its overview stands by itself.
fn follow_through(folder: &str) {
    let mut reader = Reader::new();
    let pages = contents();
    let pages: Vec<_> = pages
        .iter()
        .filter(|page| page.starts_with(folder) && !page.ends_with("index.md"))
        .collect();
    assert!(pages.len() >= 3, "{pages:?}");
    for page in pages {
        reader.follow(&docs().join(page));
    }
}

#[test]
fn the_tutorial_works_from_its_first_page_to_its_last() {
    follow_through("tutorial/");
}

#[test]
fn the_readme_works() {
    Reader::new().follow(&root().join("README.md"));
}

#[test]
fn the_how_to_guides_on_load_work() {
    follow_each(&["how-to/from-a-recording", "how-to/from-an-access-log"]);
    follow_each(&["how-to/ci", "how-to/ramp", "how-to/day-curve"]);
}

#[test]
fn the_how_to_guides_on_openapi_work() {
    follow_each(&["how-to/coverage", "how-to/openapi"]);
}

#[test]
fn the_how_to_guides_on_scripts_work() {
    follow_each(&["how-to/csv-accounts", "how-to/canary", "how-to/clean-up"]);
}

#[test]
fn scripts_are_tested_and_answered_as_the_pages_say() {
    follow_each(&["how-to/test", "reference/mock", "reference/testing"]);
}

#[test]
fn the_other_how_to_guides_work() {
    let others = [
        "index",
        "grafana",
        "secrets-and-tls",
        "memory-leak",
        "container",
        "many-machines",
        "one-user",
        "otel-demo",
    ];
    let others = others.map(|name| format!("how-to/{name}"));
    follow_each(&others.each_ref().map(String::as_str));
}

#[test]
fn pages_for_those_who_come_from_other_tools_work() {
    follow_each(&["coming-from/"]);
}

#[test]
fn troubleshooting_shows_what_the_program_says() {
    follow_each(&["troubleshooting", "faq"]);
}

#[test]
fn the_portuguese_pages_work_from_the_first_to_the_last() {
    follow_each(&["pt/index"]);
    follow_through("pt/");
}

#[test]
fn every_how_to_guide_is_followed_by_a_test() {
    let tests = include_str!("site.rs");
    for page in contents().iter().filter(|page| page.starts_with("how-to/")) {
        let name = page.trim_start_matches("how-to/").trim_end_matches(".md");
        assert!(tests.contains(name), "no test follows docs/{page}");
    }
}

#[test]
fn the_table_of_contents_has_every_page() {
    let docs = docs();
    let there: BTreeSet<String> = pages()
        .iter()
        .filter_map(|(page, _)| page.strip_prefix(&docs).ok())
        .map(|page| page.display().to_string())
        .filter(|page| page != "SUMMARY.md")
        .collect();
    let listed: BTreeSet<String> = contents().into_iter().collect();
    let lacking: Vec<_> = there.difference(&listed).collect();
    assert!(lacking.is_empty(), "docs/SUMMARY.md lacks {lacking:?}");
    let gone: Vec<_> = listed.difference(&there).collect();
    assert!(gone.is_empty(), "docs/SUMMARY.md has {gone:?}");
    assert_eq!(listed.len(), contents().len(), "a page is listed twice");
}

#[test]
fn every_link_of_llms_txt_leads_to_a_page() {
    let text = fs::read_to_string(docs().join("llms.txt")).unwrap();
    let targets: Vec<&str> = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .collect();
    assert!(targets.len() >= 8, "{targets:?}");
    for target in targets {
        assert!(docs().join(target).is_file(), "docs/llms.txt: {target}");
    }
}
