//! The trips of docs/architecture.md, checked with the tree: their files are there, each is entered once, and each has to do
//! with another.

use std::collections::BTreeSet;

use super::graph::Graph;
use super::{File, the_tree};

/// What a file begins with that is entered again, on the way back.
const BACK: &str = "Back in ";

/// Most files of each trip, by its heading.
const MOST: &[(&str, usize)] = &[
    ("From `http.get` to `/metrics`", 22),
    ("From a saved script to the next step of its users", 20),
    ("`throng ctl set users=300`", 15),
    ("From a created account to its deletion", 18),
];

/// The files of a trip, and whether each is entered for the first time.
fn files_of<'a>(page: &'a str, heading: &str) -> Vec<(&'a str, bool)> {
    let section = page.split_once(&format!("\n### {heading}\n"));
    let section = section.map_or("", |(_, below)| below);
    let section = section.split("\n#").next().unwrap_or_default();
    let stops = section.lines().filter_map(|line| {
        let (number, stop) = line.split_once(". ")?;
        number.parse::<usize>().ok()?;
        let file = stop.split('`').nth(1)?;
        Some((file, !stop.starts_with(BACK)))
    });
    stops.collect()
}

#[test]
fn trips_are_short_and_their_files_are_there() {
    let page = std::fs::read_to_string(super::root().join("docs/architecture.md")).unwrap();
    let files = the_tree();
    let graph = Graph::of(&files);
    let place = |path: &str| {
        let is_at =
            |file: &File| path.strip_prefix(file.folder) == Some(&format!("/{}", file.path));
        files.iter().position(is_at)
    };
    let uses = |file: usize| -> BTreeSet<usize> {
        let arrows = graph.arrows.keys().filter(|(from, _)| *from == file);
        arrows.map(|(_, to)| *to).collect()
    };
    let mut wrong = Vec::new();
    for (heading, most) in MOST {
        let stops = files_of(&page, heading);
        let entered: Vec<&str> = stops
            .iter()
            .filter(|stop| stop.1)
            .map(|stop| stop.0)
            .collect();
        let distinct: BTreeSet<&&str> = entered.iter().collect();
        if entered.is_empty() || entered.len() > *most || distinct.len() < entered.len() {
            let count = entered.len();
            wrong.push(format!(
                "{heading}: 1 to {most} files, none twice, and it has {count}"
            ));
        }
        let places: Vec<Option<usize>> = stops.iter().map(|(path, _)| place(path)).collect();
        for ((path, _), file) in stops.iter().zip(&places) {
            let Some(file) = *file else {
                wrong.push(format!("{heading}: there is no {path}"));
                continue;
            };
            // They call each other, or share a message.
            let meets = |other: usize| {
                uses(other).contains(&file)
                    || uses(file).contains(&other)
                    || !uses(file).is_disjoint(&uses(other))
            };
            let others = places.iter().flatten().filter(|other| **other != file);
            if !others.copied().any(meets) {
                wrong.push(format!(
                    "{heading}: {path} has to do with no other file of it"
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "docs/architecture.md: {}",
        wrong.join("\n")
    );
}
