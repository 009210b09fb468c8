//! What the program prints and draws: the map, and every circle with its arrows.

#![cfg_attr(
    test,
    allow(dead_code, reason = "main.rs prints what the tests compare")
)]

use std::fmt::Write;
use std::fs;

use super::graph::Graph;
use super::{map, root, the_tree, wings};

const PAGE: &str = "docs/architecture.md";

/// Draws the map into its page.
pub fn draw() -> Result<String, String> {
    let path = root().join(PAGE);
    let page = fs::read_to_string(&path).map_err(|why| format!("{PAGE}: {why}"))?;
    let Some(new) = map::redrawn(&page, &the_tree()) else {
        return Err(format!(
            "{PAGE} has no place for the map: {:?} and {:?}",
            map::BEGIN,
            map::END
        ));
    };
    if new == page {
        return Ok(format!("{PAGE} has the map of this tree already"));
    }
    fs::write(&path, new).map_err(|why| format!("{PAGE}: {why}"))?;
    Ok(format!("{PAGE} has the map of this tree now"))
}

#[test]
fn the_map_is_that_of_the_tree() {
    let page = fs::read_to_string(root().join(PAGE)).unwrap();
    let new = map::redrawn(&page, &the_tree()).unwrap();
    let stale = page
        .lines()
        .zip(new.lines())
        .position(|(is, should)| is != should);
    assert!(
        page == new,
        "{PAGE}:{}: the map is not that of the tree; draw it anew with tests/architecture --draw",
        stale.unwrap_or(0) + 1
    );
}

/// Each knot of files with its shortest circle and all its arrows.
pub fn circles() -> String {
    let files = the_tree();
    let graph = Graph::of(&files);
    let mut text = String::new();
    for circle in graph.circles() {
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
