//! XML, strictly.

use std::convert::Infallible;

use throng::markup::{Document, ParseError};

use super::{ROOM, first, texts};

fn read(xml: &str) -> Result<Document, ParseError<Infallible>> {
    Document::xml(xml.as_bytes(), ROOM, || Ok(()))
}

#[test]
fn names_keep_their_case_and_go_without_prefix() {
    let document = read(
        "\u{feff}<?xml version=\"1.0\"?><!-- c --><r:Feed xmlns:r='urn:r' xmlns:dc='urn:d'>\n\
         <Item id='1' xlink:href='&lt;a&#10;b'><dc:creator> A &amp; B </dc:creator></Item>\
         <Item id=\"2\"/><t>a<![CDATA[<b>]]>c&#x41;</t></r:Feed>\n",
    )
    .expect("it is read");
    assert_eq!(texts(&document, "Feed > Item creator"), ["A & B"]);
    assert_eq!(texts(&document, "t"), ["a<b>cA"]);
    assert!(texts(&document, "item").is_empty());
    let item = first(&document, "Item");
    assert_eq!(document.name(item), Some("Item"));
    assert_eq!(document.attr(item, "href"), Some("<a\nb"));
    assert_eq!(document.attr(item, "ID"), None);
    let second = first(&document, "Item[id='2']");
    assert_eq!(document.text(second), "");
}

#[test]
fn what_is_not_well_formed_is_refused_with_its_place() {
    for (xml, words) in [
        ("", "it has no element at byte 0"),
        ("plain", "text outside of the element at the top"),
        ("<a>", "1 elements are not closed"),
        ("<a></b>", "at byte 3"),
        ("</a>", "at byte"),
        ("<a/><b/>", "a second element at the top"),
        ("<a>&nbsp;</a>", "the entity &nbsp; is not defined"),
        ("<a>&#0;</a>", "at byte"),
        ("<a x>", "at byte"),
        ("<a x='&y;'/>", "at byte"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "document type"),
        ("<a", "at byte"),
        ("<html><br></html>", "at byte"),
    ] {
        let why = read(xml).err().expect(xml).to_string();
        assert!(why.contains(words), "{xml}: {why}");
    }
    let why = Document::xml(b"<a>\xff</a>", ROOM, || Ok::<_, Infallible>(()));
    assert_eq!(why.err().unwrap().to_string(), "it is not UTF-8 at byte 3");
}

#[test]
fn hostile_documents_are_bounded() {
    let deep = "<a>".repeat(100_000);
    assert_eq!(read(&deep).err(), Some(ParseError::TooDeep));
    let wide = format!("<a>{}</a>", "<b/>".repeat(200_000));
    let small = Document::xml(wide.as_bytes(), 1 << 20, || Ok::<_, Infallible>(()));
    assert_eq!(small.err(), Some(ParseError::TooLarge));
    let attributes: String = (0..100_000).map(|n| format!(" a{n}='x'")).collect();
    assert!(read(&format!("<a{attributes}/>")).is_ok());
    let stopped = Document::xml(wide.as_bytes(), ROOM, || Err(7));
    assert_eq!(stopped.err(), Some(ParseError::Stopped(7)));
}
