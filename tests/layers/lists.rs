//! The tree as it is, for those who mend it: every circle with its arrows, and the lists of `known.rs` made anew.

#![cfg_attr(
    test,
    allow(dead_code, reason = "main.rs prints what the tests compare")
)]

use std::fmt::Write;
use std::path::Path;

use super::graph::Graph;
use super::{File, sources, wings};

/// Each knot of files with its shortest circle and all its arrows.
pub fn circles(root: &Path) -> String {
    let files = sources(&root.join("src"));
    let graph = Graph::of(&files);
    let mut text = String::new();
    for circle in graph.circles(&|_, _| true) {
        let room = files[circle.files[0]].room();
        let _ = writeln!(text, "{room}: {} files", circle.knot.len());
        let _ = writeln!(text, "  shortest: {}", wings::way(&graph, &files, &circle));
        for (from, to) in graph.arrows.keys() {
            if circle.knot.contains(from) && circle.knot.contains(to) {
                let _ = writeln!(text, "    {}", graph.named(*from, *to));
            }
        }
    }
    for arrow in wings::upward(&graph, &files) {
        let _ = writeln!(text, "upward: {}", wings::say_upward(&graph, &files, arrow));
    }
    text
}

/// What the lists of `known.rs` have to hold for this tree.
pub struct Known {
    pub in_circles: Vec<String>,
    pub upward: Vec<(String, String)>,
    pub without_contract: Vec<String>,
}

impl Known {
    pub fn of(files: &[File]) -> Self {
        let graph = Graph::of(files);
        let name = |file: usize| files[file].path.clone();
        let circles = graph.circles(&|_, _| true);
        let mut in_circles: Vec<String> = circles
            .iter()
            .flat_map(|circle| circle.knot.iter().copied().map(name))
            .collect();
        in_circles.sort();
        let upward = wings::upward(&graph, files);
        let nameless = files
            .iter()
            .filter(|file| wings::without_contract(file).is_some());
        Self {
            in_circles,
            upward: upward
                .iter()
                .map(|(from, to)| (name(*from), name(*to)))
                .collect(),
            without_contract: nameless.map(|file| file.path.clone()).collect(),
        }
    }
}

/// The lists as source.
pub fn known(root: &Path) -> String {
    let known = Known::of(&sources(&root.join("src")));
    let mut text = String::new();
    let _ = writeln!(text, "pub const IN_CIRCLES: &[&str] = &[");
    for file in &known.in_circles {
        let _ = writeln!(text, "    {file:?},");
    }
    let _ = writeln!(text, "];\npub const UPWARD: &[(&str, &str)] = &[");
    for arrow in &known.upward {
        let _ = writeln!(text, "    {arrow:?},");
    }
    let _ = writeln!(text, "];\npub const WITHOUT_CONTRACT: &[&str] = &[");
    for file in &known.without_contract {
        let _ = writeln!(text, "    {file:?},");
    }
    text + "];\n"
}
