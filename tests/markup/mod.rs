//! HTML and XML of targets, as broken and hostile as they come.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

mod assets;
mod forms;
mod hostile;
mod pages;
mod xml;

use std::convert::Infallible;

use throng::markup::{Document, Node, Selector};

/// More than any test takes.
const ROOM: usize = 256 << 20;

/// A page without bounds of time.
fn page(html: &str) -> Document {
    Document::html(html.as_bytes(), ROOM, || Ok::<_, Infallible>(())).expect("it is read")
}

fn find(document: &Document, css: &str) -> Vec<Node> {
    let selector = Selector::parse(css).expect("it is a selector");
    let tick = || Ok::<_, Infallible>(());
    let found = document.select(document.root(), &selector, usize::MAX, tick);
    found.unwrap_or_else(|never| match never {})
}

fn first(document: &Document, css: &str) -> Node {
    *find(document, css).first().expect("there is one")
}

/// The texts of what a selector finds.
fn texts(document: &Document, css: &str) -> Vec<String> {
    let found = find(document, css).into_iter();
    found.map(|node| document.text(node)).collect()
}
