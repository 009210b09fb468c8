//! HTML and XML from any bytes: a tree or an error, links and forms that can be sent, the same in the tree and in its tokens.

use std::convert::Infallible;

use throng::markup::{Assets, Document, Form, ParseError, Selector};
use url::Url;

const ROOM: usize = 64 << 20;

pub fn check(input: &[u8]) {
    let page = Url::parse("http://shop.test/a/b?c=d").unwrap();
    xml(input);
    let document = match Document::html(input, ROOM, || Ok::<_, Infallible>(())) {
        Ok(document) => document,
        Err(ParseError::TooDeep | ParseError::TooLarge) => return,
        Err(other) => panic!("{other}"),
    };
    assert!(document.bytes() >= input.len());
    let root = document.root();
    assert!(document.name(root).is_none());
    let text = document.text(root);
    assert!(!text.contains("  ") && text.trim() == text, "{text:?}");
    for link in document.links(&[root], &page) {
        let url = Url::parse(&link).unwrap();
        assert_eq!(url.origin(), page.origin());
        assert!(
            url.fragment().is_none() && !link.contains(['{', '}']),
            "{link}"
        );
    }
    let all = |css: &str| {
        let selector = Selector::parse(css).unwrap();
        let tick = || Ok::<_, Infallible>(());
        let found = document.select(root, &selector, usize::MAX, tick);
        found.unwrap_or_else(|never| match never {})
    };
    let elements = all("*");
    for element in &elements {
        assert!(document.name(*element).is_some());
    }
    for node in all("form") {
        let form = Form::of(&document, node).unwrap();
        for (name, _) in form.values() {
            assert!(!name.is_empty());
        }
        if let Ok(submission) = form.submission(&page, Vec::new()) {
            Url::parse(&submission.url).unwrap();
            assert!(!submission.url.contains(['{', '}', '#']));
        }
    }
    let assets = Assets::of(input, &page, |_| true, || true);
    assert_eq!(assets.foreign, 0);
    for asset in assets.own {
        let url = Url::parse(&asset.url).unwrap();
        assert!(url.has_host() && url.password().is_none(), "{url}");
    }
}

/// What is XML has one element at the top.
fn xml(input: &[u8]) {
    match Document::xml(input, ROOM, || Ok::<_, Infallible>(())) {
        Ok(document) => {
            let selector = Selector::parse(":root").unwrap();
            let tick = || Ok::<_, Infallible>(());
            let found = document.select(document.root(), &selector, usize::MAX, tick);
            assert_eq!(found.map(|found| found.len()), Ok(1));
        }
        Err(ParseError::Syntax(why)) => assert!(!why.is_empty()),
        Err(ParseError::TooDeep | ParseError::TooLarge | ParseError::Stopped(_)) => {}
    }
}
