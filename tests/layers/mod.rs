//! The tree keeps its floors: arrows point down, between rooms and between the wings of a room; no files use each other in
//! a circle; rooms do not know what they must not; files stay short.

mod checker_fails;
mod graph;
pub mod lists;
mod map;
mod modules;
mod rules;
pub mod source;
#[cfg(test)]
mod trips;
mod wings;

use std::fs;
use std::path::{Path, PathBuf};

use graph::Graph;
use rules::{CEILING, CORE, MAIN_CEILING, Room, THRONG};
use source::{bare, paths_to_rooms, words};

/// A file as the checker sees it: the folder of its crate, its path below that, with slashes, and its text.
pub struct File {
    folder: &'static str,
    path: String,
    text: String,
}

impl File {
    /// The folder below that of the crate, or the name of a file that lies there itself.
    fn room(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// How many modules the file lies below the root: 1 for `plan/mod.rs`, 2 for `plan/fault.rs`.
    fn depth(&self) -> usize {
        let parts = self.path.split('/').count();
        if self.path.ends_with("mod.rs") || parts == 1 {
            parts - 1
        } else {
            parts
        }
    }
}

/// Everything about the files that breaks a rule.
fn broken(files: &[File]) -> Vec<String> {
    let of_a_file = |file| {
        [
            too_long(file),
            arrows(file),
            forbidden(file),
            undescribed(file),
        ]
        .concat()
    };
    let mut found: Vec<String> = files.iter().flat_map(of_a_file).collect();
    found.extend(wings::without_place(files));
    found.extend(files.iter().filter_map(wings::without_contract));
    let graph = Graph::of(files);
    for arrow in wings::upward(&graph, files) {
        found.push(wings::say_upward(&graph, files, arrow));
    }
    for circle in graph.circles() {
        found.push(wings::say_circle(&graph, files, &circle));
    }
    found
}

fn too_long(file: &File) -> Vec<String> {
    let ceiling = if file.path == "main.rs" {
        MAIN_CEILING
    } else {
        CEILING
    };
    let lines = file.text.lines().count();
    if lines <= ceiling {
        return Vec::new();
    }
    vec![format!(
        "{}: {lines} lines, and the ceiling is {ceiling}; give a part of it a file",
        file.path
    )]
}

fn arrows(file: &File) -> Vec<String> {
    let from = file.room();
    if ["lib", "build"].contains(&from) {
        return Vec::new();
    }
    let Some(room) = Room::named(from) else {
        return vec![format!(
            "{}: {from} has no floor; give it one in tests/layers/rules.rs",
            file.path
        )];
    };
    let mut found = Vec::new();
    if file.folder != room.folder {
        found.push(format!(
            "{}/{}: {from} is a room of {}",
            file.folder, file.path, room.folder
        ));
    }
    for (line, to) in paths_to_rooms(&bare(&file.text), file.depth()) {
        if to != from && Room::named(&to).is_some() && !room.may_use.contains(&to.as_str()) {
            found.push(format!(
                "{}:{line}: {from} uses {to}; it may use {}",
                file.path,
                list(room.may_use)
            ));
        }
    }
    found
}

fn forbidden(file: &File) -> Vec<String> {
    let Some(room) = Room::named(file.room()) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (number, line) in bare(&file.text).lines().enumerate() {
        for word in room.never {
            if words(line, word) {
                found.push(format!(
                    "{}:{}: {} must never know {word}",
                    file.path,
                    number + 1,
                    file.room()
                ));
            }
        }
    }
    found
}

fn undescribed(file: &File) -> Vec<String> {
    let is_the_front = file.path == format!("{}/mod.rs", file.room()) || file.path == "lib.rs";
    if !is_the_front || file.text.starts_with("//!") {
        return Vec::new();
    }
    vec![format!(
        "{}: opens without a word on what comes in, what goes out and what it must never know",
        file.path
    )]
}

fn list(rooms: &[&str]) -> String {
    if rooms.is_empty() {
        "no other room".to_owned()
    } else {
        rooms.join(", ")
    }
}

fn sources(folder: &'static str) -> Vec<File> {
    let below = &root().join(folder);
    let mut open: Vec<PathBuf> = vec![below.to_owned()];
    let mut files = Vec::new();
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                // The files of a crate of its own are none of this one, but for a room that is a crate.
                let is_room = path.parent() == Some(below)
                    && path
                        .file_name()
                        .and_then(|name| Room::named(name.to_str()?))
                        .is_some_and(|room| room.folder == folder);
                if is_room || !path.join("Cargo.toml").exists() {
                    open.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path
                    .strip_prefix(below)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .replace('\\', "/");
                files.push(File {
                    folder,
                    path: name,
                    text: fs::read_to_string(&path).unwrap(),
                });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files of both crates, which have one tree of rooms.
fn the_tree() -> Vec<File> {
    let mut files = sources(CORE);
    files.extend(sources(THRONG));
    files
}

#[test]
fn the_tree_keeps_its_floors() {
    let files = the_tree();
    assert!(
        files.iter().any(|file| file.path == "plan/mod.rs"),
        "the tree was not found"
    );
    let broken = broken(&files);
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_demo_service_keeps_its_files_short() {
    let files = sources("examples/user-service/src");
    let broken: Vec<String> = files.iter().flat_map(too_long).collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_rules_themselves_point_down() {
    for room in rules::ROOMS {
        for other in room.may_use {
            let below = Room::named(other).unwrap();
            assert!(below.floor < room.floor, "{} may use {other}", room.name);
            let crates = [room.folder, below.folder];
            assert_ne!(crates, [CORE, THRONG], "{} may use {other}", room.name);
        }
    }
}
