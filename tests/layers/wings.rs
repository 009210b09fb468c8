//! The rules inside a room: arrows between its wings point down, its files have no circles, a wing says what it is for.

use super::File;
use super::graph::{Circle, Graph};
use super::rules::Room;

/// Longest contract of a wing, in lines.
const LONGEST_CONTRACT: usize = 5;

/// What a contract has to say.
const PARTS: [&str; 3] = ["in:", "out:", "never"];

/// The folder or the file directly below the room in which a file lies; `mod` is the room's own `mod.rs`.
pub fn wing(file: &File) -> &str {
    let below = file
        .path
        .split_once('/')
        .map_or(file.path.as_str(), |(_, below)| below);
    let first = below.split('/').next().unwrap_or(below);
    first.strip_suffix(".rs").unwrap_or(first)
}

/// How far down in its room's list a wing is; a room's own file is above all.
fn height(room: &Room, wing: &str) -> Option<usize> {
    if wing == "mod" {
        return Some(0);
    }
    let mut rows = room.wings().iter();
    Some(rows.position(|side_by_side| side_by_side.contains(&wing))? + 1)
}

/// Wings that their room's list does not have.
pub fn without_place(files: &[File]) -> Vec<String> {
    let divided = files.iter().filter_map(|file| {
        let room = Room::named(file.room()).filter(|room| !room.wings().is_empty())?;
        height(room, wing(file)).is_none().then_some((file, room))
    });
    divided
        .map(|(file, room)| {
            format!(
                "{}: {} is not among the wings of {}; give it a place in tests/layers/rules.rs",
                file.path,
                wing(file),
                room.name
            )
        })
        .collect()
}

/// Arrows between wings of a room that do not point down.
pub fn upward(graph: &Graph<'_>, files: &[File]) -> Vec<(usize, usize)> {
    let points_up = |from: &File, to: &File| {
        let room = Room::named(from.room()).filter(|room| room.name == to.room())?;
        let (above, below) = (height(room, wing(from))?, height(room, wing(to))?);
        Some(wing(from) != wing(to) && below <= above)
    };
    let arrows = graph.arrows.keys().copied();
    arrows
        .filter(|(from, to)| points_up(&files[*from], &files[*to]) == Some(true))
        .collect()
}

pub fn say_upward(graph: &Graph<'_>, files: &[File], (from, to): (usize, usize)) -> String {
    let wing = wing(&files[from]);
    let room = Room::named(files[from].room());
    let below = room.map_or_else(Vec::new, |room| {
        room.wings()[height(room, wing).unwrap_or(0)..].concat()
    });
    let below = if below.is_empty() {
        "itself alone".to_owned()
    } else {
        below.join(", ")
    };
    format!(
        "{}: {wing} may use {below}; hand it what it needs, or move that into a wing below both",
        graph.named(from, to),
    )
}

pub fn say_circle(graph: &Graph<'_>, files: &[File], circle: &Circle) -> String {
    let among = if circle.knot.len() > circle.files.len() {
        format!(
            " among {} files that all reach each other",
            circle.knot.len()
        )
    } else {
        String::new()
    };
    format!(
        "{}: a circle{among}; move what both sides need into a file below them, or hand it over as an argument",
        way(graph, files, circle),
    )
}

/// `a.rs:1 -> b.rs:7 -> a.rs`.
pub fn way(graph: &Graph<'_>, files: &[File], circle: &Circle) -> String {
    let mut text = String::new();
    for (place, from) in circle.files.iter().enumerate() {
        let to = circle.files[(place + 1) % circle.files.len()];
        let line = graph.arrows[&(*from, to)];
        text.push_str(&format!("{}:{line} -> ", files[*from].path));
    }
    text + &files[circle.files[0]].path
}

/// What is wrong with the first lines of a wing's `mod.rs`.
pub fn without_contract(file: &File) -> Option<String> {
    let room = Room::named(file.room()).filter(|room| room.has_contracts())?;
    if file.path != format!("{}/{}/mod.rs", room.name, wing(file)) {
        return None;
    }
    let lines = file.text.lines();
    let contract: Vec<&str> = lines.map_while(|line| line.strip_prefix("//!")).collect();
    let text = contract.join(" ").to_lowercase();
    let why = if contract.is_empty() {
        "opens without a contract"
    } else if text.contains("todo") || !PARTS.iter().all(|part| text.contains(part)) {
        "opens without all of `In:`, `Out:` and `Never`"
    } else if contract.len() > LONGEST_CONTRACT {
        "says more than its contract"
    } else {
        return None;
    };
    Some(format!(
        "{}:1: {why}; say in at most {LONGEST_CONTRACT} lines of `//!` what comes in, what goes out and what the wing must never know",
        file.path
    ))
}
