//! The map of docs/architecture.md, drawn from the tree: rooms by floor and their wings, with an arrow from each to what it
//! uses. An arrow that follows from others (a to c, where a uses b and b uses c) is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::graph::Graph;
#[cfg(test)]
use super::rules::CORE;
use super::rules::{ROOMS, Room};
use super::source::{bare, paths_to_rooms};
use super::{File, wings};

pub const BEGIN: &str = "<!-- the map: drawn by tests/architecture --draw -->\n";
pub const END: &str = "<!-- the end of the map -->\n";

type Arrows = BTreeSet<(String, String)>;

/// The page with the map made anew between its marks; none where a mark is missing.
pub fn redrawn(page: &str, files: &[File]) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{}{END}{after}", map(files)))
}

fn map(files: &[File]) -> String {
    let between = without_shortcuts(&between_rooms(files));
    let mut text = String::from("\n```mermaid\nflowchart TB\n");
    let mut floors: Vec<u8> = ROOMS.iter().map(|room| room.floor).collect();
    floors.sort_unstable_by(|a, b| b.cmp(a));
    floors.dedup();
    for floor in floors {
        let _ = writeln!(text, "  subgraph floor{floor}[\"floor {floor}\"]");
        for room in ROOMS.iter().filter(|room| room.floor == floor) {
            let _ = writeln!(text, "    {}", room.name);
        }
        text.push_str("  end\n");
    }
    draw(&mut text, &between);
    text.push_str("```\n");
    let graph = Graph::of(files);
    for room in ROOMS.iter().filter(|room| !room.wings().is_empty()) {
        let _ = writeln!(text, "\nInside `{}`, from the top down:\n", room.name);
        text.push_str("```mermaid\nflowchart TB\n");
        for (row, side_by_side) in room.wings().iter().enumerate() {
            let _ = writeln!(text, "  subgraph row{row}[\" \"]");
            for wing in *side_by_side {
                let _ = writeln!(text, "    {wing}");
            }
            text.push_str("  end\n");
        }
        draw(
            &mut text,
            &without_shortcuts(&between_wings(&graph, files, room)),
        );
        text.push_str("```\n");
    }
    text + "\n"
}

fn draw(text: &mut String, arrows: &Arrows) {
    for (from, to) in arrows {
        let _ = writeln!(text, "  {from} --> {to}");
    }
}

fn between_rooms(files: &[File]) -> Arrows {
    let mut arrows = Arrows::new();
    for file in files
        .iter()
        .filter(|file| Room::named(file.room()).is_some())
    {
        for (_, to) in paths_to_rooms(&bare(&file.text), file.depth()) {
            if to != file.room() && Room::named(&to).is_some() {
                arrows.insert((file.room().to_owned(), to));
            }
        }
    }
    arrows
}

fn between_wings(graph: &Graph<'_>, files: &[File], room: &Room) -> Arrows {
    let inside = graph
        .arrows
        .keys()
        .map(|(from, to)| (&files[*from], &files[*to]));
    inside
        .filter(|(from, to)| from.room() == room.name && to.room() == room.name)
        .map(|(from, to)| (wings::wing(from).to_owned(), wings::wing(to).to_owned()))
        .filter(|(from, to)| from != to && from != "mod" && to != "mod")
        .collect()
}

/// Without the arrows that follow from others; in a circle none follows, so that it is seen.
fn without_shortcuts(arrows: &Arrows) -> Arrows {
    let mut next: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (from, to) in arrows {
        next.entry(from).or_default().insert(to);
    }
    let follows = |from: &str, to: &str| {
        next[from].iter().any(|by_way_of| {
            let beyond = reached(&next, by_way_of);
            beyond.contains(to) && !beyond.contains(from) && *by_way_of != to
        })
    };
    let kept = arrows.iter().filter(|(from, to)| !follows(from, to));
    kept.cloned().collect()
}

fn reached<'a>(next: &BTreeMap<&'a str, BTreeSet<&'a str>>, start: &str) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    let mut open = vec![start];
    while let Some(here) = open.pop() {
        for to in next.get(here).into_iter().flatten() {
            if seen.insert(*to) {
                open.push(to);
            }
        }
    }
    seen
}

#[test]
fn an_arrow_that_follows_from_others_is_not_drawn() {
    let arrows = |pairs: &[(&str, &str)]| -> Arrows {
        let owned = pairs
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()));
        owned.collect()
    };
    let chain = arrows(&[("a", "b"), ("b", "c"), ("a", "c"), ("c", "d"), ("a", "d")]);
    assert_eq!(
        without_shortcuts(&chain),
        arrows(&[("a", "b"), ("b", "c"), ("c", "d")])
    );
    let circle = arrows(&[("a", "b"), ("b", "c"), ("c", "a"), ("a", "c")]);
    assert_eq!(without_shortcuts(&circle), circle);
}

#[test]
fn the_page_has_the_floors_of_the_rules() {
    let page = std::fs::read_to_string(super::root().join("docs/architecture.md")).unwrap();
    let told: Vec<(u8, &str)> = page
        .lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix("| ")?.split(" | ");
            let floor = cells.next()?.parse().ok()?;
            let room = cells.next()?.trim_matches('`');
            Some((floor, room.strip_suffix(".rs").unwrap_or(room)))
        })
        .collect();
    let mut floors: Vec<(u8, &str)> = ROOMS.iter().map(|room| (room.floor, room.name)).collect();
    floors.sort_by_key(|(floor, room)| (u8::MAX - floor, *room));
    assert_eq!(told, floors, "the table of floors in docs/architecture.md");
}

#[test]
fn the_page_has_the_rooms_of_the_core() {
    let page = std::fs::read_to_string(super::root().join("docs/architecture.md")).unwrap();
    let (_, below) = page.split_once("`src/core`:").unwrap();
    let (list, _) = below.split_once('.').unwrap();
    let listed: Vec<&str> = list.split('`').skip(1).step_by(2).collect();
    let mut rooms: Vec<&str> = ROOMS
        .iter()
        .filter(|room| room.folder == CORE)
        .map(|room| room.name)
        .collect();
    rooms.sort_unstable();
    assert_eq!(
        listed, rooms,
        "the rooms of src/core in docs/architecture.md"
    );
}
