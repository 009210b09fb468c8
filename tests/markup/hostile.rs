//! Pages that mean harm: none may panic, hang, or take the memory of the machine.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use throng::markup::{Assets, Document, Form, MAX_DEPTH, ParseError, Selector};
use url::Url;

use super::{ROOM, find, page};

/// Reads a page for as long as a script may compute, ten times over since this build is not optimised.
fn read(html: &str) -> Result<Document, ParseError<()>> {
    let end = Instant::now() + Duration::from_millis(500);
    Document::html(html.as_bytes(), ROOM, || {
        (Instant::now() < end).then_some(()).ok_or(())
    })
}

fn begun(at: Instant, what: &str) {
    // The machine may be busy; a hang is minutes.
    assert!(
        at.elapsed() < Duration::from_secs(20),
        "{what}: {:?}",
        at.elapsed()
    );
}

#[test]
fn what_nests_too_deeply_is_refused() {
    for unit in [
        "<div>",
        "<b a1><i>",
        "<ul><li>",
        "<table><td>",
        "<svg><g>",
        "<font x><p>",
    ] {
        let begin = Instant::now();
        let html = unit.repeat(200_000);
        let why = read(&html).err().expect(unit);
        assert!(
            matches!(why, ParseError::TooDeep | ParseError::Stopped(())),
            "{unit}: {why}"
        );
        begun(begin, unit);
    }
    let fits = "<div>".repeat(MAX_DEPTH - 12) + "deep";
    let document = page(&fits);
    assert_eq!(find(&document, "div div").len(), MAX_DEPTH - 13);
    assert_eq!(document.text(document.root()), "deep");
}

#[test]
fn what_takes_too_long_is_stopped() {
    let attributes: String = (0..300_000).map(|n| format!(" a{n}")).collect();
    let formats: String = (0..60_000).map(|n| format!("<b a{n}></p><p>")).collect();
    for html in [
        format!("<p{attributes}>"),
        formats,
        "<div>".repeat(500) + &"<p></p>x".repeat(200_000),
        "<a>".repeat(400_000),
        "<table>".repeat(300) + &"text<tr>".repeat(100_000),
    ] {
        let begin = Instant::now();
        // Read or refused, but in time.
        let _ = read(&html);
        begun(begin, &html[..20]);
    }
}

#[test]
fn memory_has_a_bound() {
    let html = "<b></b>".repeat(100_000);
    let small = Document::html(html.as_bytes(), 1 << 20, || Ok::<_, Infallible>(()));
    assert_eq!(small.err(), Some(ParseError::TooLarge));
    let document = page(&html);
    assert!(document.bytes() > 100_000 * 100, "{}", document.bytes());
    let texts = "<p>some text of a usual page</p>".repeat(1_000);
    let document = page(&texts);
    assert!((texts.len()..2 << 20).contains(&document.bytes()));
}

#[test]
fn any_bytes_are_a_page() {
    for bytes in [
        &b""[..],
        b"\0\0\0",
        b"\xff\xfe<\0p\0>",
        b"<",
        b"<!",
        b"<!--",
        b"</",
        b"<p a=\"",
        b"&#x110000;&#xD800;&;&amp",
        b"<![CDATA[",
        b"<script>",
        b"<plaintext><p>",
        b"<html><frameset><frame></frameset><p>",
        b"<template><td><template></td>",
        b"<select><select><option><input><textarea>",
        b"<math><mi><p></math><svg><foreignObject><body>",
        b"<form><form></form><input></form><table><form><input><form>",
        b"</body></html></html><p></p>",
        b"<isindex prompt=x><image><nobr><nobr>",
    ] {
        let document = Document::html(bytes, ROOM, || Ok::<_, Infallible>(())).unwrap();
        let url = Url::parse("http://a.test/").unwrap();
        let _ = document.text(document.root());
        let _ = document.links(&[document.root()], &url);
        for form in find(&document, "form") {
            let form = Form::of(&document, form).unwrap();
            let _ = (form.values(), form.submission(&url, Vec::new()));
        }
        let _ = Assets::of(bytes, &url, |_| true, || true);
    }
}

#[test]
fn a_selector_that_takes_too_long_is_stopped() {
    let document = page(&("<p></p>".repeat(50_000) + "<i>"));
    for css in [
        "p ~ p ~ p ~ i",
        "p:nth-last-of-type(3)",
        ":has(b)",
        "p:not(:has(~ b))",
    ] {
        let begin = Instant::now();
        let selector = Selector::parse(css).unwrap();
        let end = begin + Duration::from_millis(200);
        let tick = || (Instant::now() < end).then_some(()).ok_or(());
        let _ = document.select(document.root(), &selector, usize::MAX, tick);
        begun(begin, css);
    }
}

#[test]
fn forms_of_any_size_take_a_while_at_most() {
    let begin = Instant::now();
    let inputs = "<input form=f name=a>".repeat(50_000);
    let document = page(&format!(
        "<fieldset disabled>{inputs}<form id=g></form><form id=f></form></fieldset>"
    ));
    let form = Form::of(&document, find(&document, "#f")[0]).unwrap();
    assert!(form.values().is_empty());
    begun(begin, "a fieldset of inputs");
}
