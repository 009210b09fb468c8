//! The page of the API tells what the API does: its paths, its fields, its examples, its command lines.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use throng::engine::Done;
use throng::plan::Change;
use throng::web::api::{CommandResult, ErrorBody};

use super::figures;
use super::site::{said, steered};

const PAGE: &str = include_str!("../../docs/control-api.md");

/// Objects whose keys are names of types or results, not fields.
const BY_NAME: [&str; 3] = [
    "settings.weights",
    "reload_status.results",
    "reload_status.moved",
];

/// What stands below a heading, up to the next.
fn section(heading: &str) -> &'static str {
    let below = PAGE.split_once(&format!("\n## {heading}\n")).unwrap().1;
    below.split("\n## ").next().unwrap()
}

/// The cells of the tables of a text, without their heads and quotes.
fn rows(text: &str) -> Vec<Vec<&str>> {
    text.lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| {
            let cells = line.trim_matches('|').split('|');
            cells.map(|cell| cell.trim().trim_matches('`')).collect()
        })
        .collect()
}

/// The blocks of a language.
fn blocks<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    text.split(&format!("```{language}\n"))
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .collect()
}

/// The names of all fields that hold no others, as the page writes them.
fn fields(value: &Value, name: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) if !BY_NAME.contains(&name) => fields_of(object, name, found),
        Value::Array(array) => {
            for one in array {
                fields(one, &format!("{name}[]"), found);
            }
        }
        _ => {
            found.insert(name.to_owned());
        }
    }
}

fn fields_of(object: &Map<String, Value>, name: &str, found: &mut BTreeSet<String>) {
    for (key, value) in object {
        let dot = if name.is_empty() { "" } else { "." };
        fields(value, &format!("{name}{dot}{key}"), found);
    }
}

#[tokio::test]
async fn the_tables_have_every_field_of_the_answers_and_no_other() {
    let site = steered();
    for (heading, path) in [("The run", "/api/v1/run"), ("Versions", "/api/v1/versions")] {
        let mut told = BTreeSet::new();
        // The first has every field; with nothing known, those that may be null are so.
        for snapshot in [
            figures::filled(),
            figures::counted_down(),
            figures::arriving(),
            std::sync::Arc::default(),
        ] {
            site.snapshots.send_replace(snapshot);
            fields(&site.get(path).await.body, "", &mut told);
        }
        // Of an empty list nothing can be seen.
        told.retain(|name| !["types", "incidents", "thresholds"].contains(&name.as_str()));
        let named: BTreeSet<String> = rows(section(heading))
            .iter()
            .map(|row| row[0].to_owned())
            .collect();
        assert_eq!(named, told, "the table of {path}");
    }
}

#[tokio::test]
async fn the_examples_are_answers() {
    let site = steered();
    site.snapshots.send_replace(figures::filled());
    for (heading, path) in [("The run", "/api/v1/run"), ("Versions", "/api/v1/versions")] {
        let example: Value = serde_json::from_str(blocks(section(heading), "json")[0]).unwrap();
        assert_eq!(example, site.get(path).await.body, "the example of {path}");
    }
    let examples = blocks(section("Responses to commands"), "json");
    let done: Value = serde_json::from_str(examples[0]).unwrap();
    let obeyed: CommandResult = serde_json::from_value(done.clone()).unwrap();
    assert_eq!(serde_json::to_value(obeyed).unwrap(), done);
    let trouble: Value = serde_json::from_str(examples[1]).unwrap();
    let read: ErrorBody = serde_json::from_value(trouble.clone()).unwrap();
    assert_eq!(serde_json::to_value(read).unwrap(), trouble);
    let change = serde_json::json!({ "users": 0, "colour": 1 });
    let refused = said(site.request("PATCH", "/api/v1/run").json(&change)).await;
    let sorted = |body: &Value| {
        let mut faults = body["faults"].as_array().unwrap().clone();
        faults.sort_by_key(Value::to_string);
        (body["error"].clone(), faults)
    };
    assert_eq!(sorted(&refused.body), sorted(&trouble));
}

#[tokio::test]
async fn every_path_of_the_page_is_there_and_locked_as_it_says() {
    let site = steered();
    let paths: Vec<Vec<&str>> = rows(PAGE)
        .into_iter()
        .filter(|row| row.get(1).is_some_and(|path| path.starts_with('/')))
        .collect();
    assert_eq!(paths.len(), 23);
    for row in paths {
        let answer = site.bare(row[0], row[1]).send().await.unwrap();
        let there = match row[1] {
            // These scripts are inside the program, and no runs are kept.
            path if path.contains("/scripts") || path.ends_with("/runs") => 404,
            // It names no runs.
            path if path.ends_with("/compare") => 400,
            _ => 200,
        };
        let expected = if row[2].starts_with("yes") {
            401
        } else {
            there
        };
        assert_eq!(answer.status(), expected, "{} {}", row[0], row[1]);
    }
}

#[test]
fn the_settings_are_those_of_a_change() {
    let change = Change::of([
        ("users", "1"),
        ("error_rate", "1"),
        ("think_factor", "1"),
        ("canary", "10"),
        ("weights.a", "1"),
        ("stages", "1m:5"),
        ("arrivals", "5/s"),
        ("curve", "day"),
    ]);
    let change = serde_json::to_value(change.unwrap());
    let change = change.unwrap();
    let known: BTreeSet<&str> = change
        .as_object()
        .unwrap()
        .keys()
        .map(|key| &**key)
        .collect();
    let named: BTreeSet<&str> = rows(section("Settings")).iter().map(|row| row[0]).collect();
    assert_eq!(named, known);
}

#[tokio::test]
async fn every_curl_of_the_page_is_obeyed() {
    let mut site = steered();
    let blocks = blocks(PAGE, "sh").into_iter();
    let blocks: Vec<String> = blocks.map(|block| block.replace("\\\n", "")).collect();
    let lines: Vec<&str> = blocks
        .iter()
        .flat_map(|block| block.lines())
        .filter_map(|line| line.strip_prefix("curl "))
        .collect();
    assert_eq!(lines.len(), 10);
    for line in lines {
        let path = line.rsplit_once(":9900").unwrap().1;
        let method = line
            .strip_prefix("-X ")
            .map_or("GET", |rest| rest.split(' ').next().unwrap());
        if method == "GET" {
            assert_eq!(site.get(path).await.status, 200, "{line}");
            continue;
        }
        assert!(
            line.contains("-H \"Authorization: Bearer $TOKEN\""),
            "{line}"
        );
        let mut request = site.request(method, path);
        if let Some((_, rest)) = line.split_once("--json '") {
            let body: Value = serde_json::from_str(rest.split('\'').next().unwrap()).unwrap();
            request = request.json(&body);
        }
        let (said, given) = site.answered(request, Ok(Done("so".to_owned()))).await;
        assert_eq!(said.status, 200, "{line}");
        let word = path.rsplit('/').next().unwrap().replace("run", "set");
        assert!(given.starts_with(&word), "{line} gave {given}");
    }
}
