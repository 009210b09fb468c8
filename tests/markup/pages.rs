//! What is found on a page.

use throng::markup::Selector;
use url::Url;

use super::{find, first, page, texts};

#[test]
fn selectors_find_what_browsers_find() {
    let document = page(
        "<!doctype html><div id=list class='a b'><p>one<p>two <b>bold</b><p data-Kind=x>three</div>\
         <p>four",
    );
    for (css, found) in [
        ("p", vec!["one", "two bold", "three", "four"]),
        ("#list > p", vec!["one", "two bold", "three"]),
        (".a.b p:nth-child(2)", vec!["two bold"]),
        ("p:has(b)", vec!["two bold"]),
        ("p ~ p", vec!["two bold", "three"]),
        ("[data-kind=x], #list + p", vec!["three", "four"]),
        ("P B", vec!["bold"]),
        ("div div", vec![]),
        (":not(p, b, div):not(:has(*))", vec![""]),
    ] {
        assert_eq!(texts(&document, css), found, "{css}");
    }
    let list = first(&document, "#list");
    assert_eq!(document.name(list), Some("div"));
    assert_eq!(document.attr(list, "class"), Some("a b"));
    assert_eq!(document.attr(list, "CLASS"), Some("a b"));
    assert_eq!(document.attr(list, "title"), None);
    let kind = first(&document, "[data-kind]");
    assert_eq!(document.attr(kind, "data-Kind"), Some("x"));
}

#[test]
fn a_selector_that_is_none_is_named() {
    for (css, words) in [
        ("", "\"\" is not a valid CSS selector: "),
        ("p[", "\"p[\" is not a valid CSS selector: "),
        ("p:has(a:has(b))", "is not a valid CSS selector: "),
        ("a > > b", "is not a valid CSS selector: "),
    ] {
        let why = Selector::parse(css).err().expect(css).to_string();
        assert!(why.contains(words), "{why}");
    }
}

#[test]
fn text_reads_as_on_the_page() {
    let document = page(
        "<title> A  shop </title><style>b { x: 1 }</style><p>a<i>b</i>  c\n<br>d<td>e</p>\
         <table><tr><td>1</td><td>2</td></tr></table><script>var x = '  <b>';</script>\
         <pre> two\n  lines</pre><textarea>\n  kept  </textarea><p>&lt;&eacute;&nbsp;x",
    );
    assert_eq!(texts(&document, "p")[0], "ab c de");
    assert_eq!(texts(&document, "tr"), ["1 2"]);
    assert_eq!(texts(&document, "script"), ["var x = '  <b>';"]);
    assert_eq!(texts(&document, "pre"), [" two\n  lines"]);
    assert_eq!(texts(&document, "textarea"), ["  kept  "]);
    assert_eq!(texts(&document, "p")[1], "<\u{e9} x");
    let all = document.text(document.root());
    assert_eq!(all, "ab c de 1 2 two lines kept <\u{e9} x");
}

#[test]
fn links_are_whole_urls_of_the_same_origin() {
    let html = "<base href='/shop/'><a href=one>1</a><a href='one#top'>again</a><a href='#here'>no</a>\
                <a href='//other.test/x'>no</a><a href='mailto:a@b.c'>no</a><a href='JavaScript:x()'>no</a>\
                <a>no</a><area href='../two?q={x}'><nav><a href='http://user:pw@shop.test/three'>3</a></nav>\
                <a href='http://shop.test:81/'>no</a><a href='http://['>no</a>";
    let document = page(html);
    let url = Url::parse("http://shop.test/start").unwrap();
    let links = document.links(&[document.root()], &url);
    let wanted = [
        "http://shop.test/shop/one",
        "http://shop.test/two?q=%7Bx%7D",
        "http://shop.test/three",
    ];
    assert_eq!(links, wanted);
    let nav = find(&document, "nav");
    assert_eq!(document.links(&nav, &url), wanted[2..]);
    let itself = find(&document, "nav a");
    assert_eq!(document.links(&itself, &url), wanted[2..]);
}
