//! What a browser sends of a form.

use throng::markup::{
    Document, Encoding, EntryValue, FieldValue, File, Form, FormError, FormMethod, Submission,
    urlencoded,
};
use url::Url;

use super::{find, page};

fn at() -> Url {
    Url::parse("http://shop.test/a/page?x=1#top").unwrap()
}

fn submit(
    document: &Document,
    css: &str,
    fields: Vec<(&str, FieldValue)>,
) -> Result<Submission, FormError> {
    let form = find(document, css)[0];
    let fields = fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    Form::of(document, form)?.submission(&at(), fields)
}

/// The body that the first form of a page sends with these fields.
fn sent(html: &str, fields: Vec<(&str, FieldValue)>) -> String {
    let submission = submit(&page(html), "form", fields).expect("it is sent");
    urlencoded(&submission.entries)
}

fn text(value: &str) -> FieldValue {
    FieldValue::Texts(vec![value.into()])
}

fn texts(values: &[&str]) -> FieldValue {
    FieldValue::Texts(values.iter().map(|value| (*value).into()).collect())
}

#[test]
fn what_the_page_holds_is_sent_in_its_order() {
    let html = "<form><input type=hidden name=csrf value='a b&c'><input name=_charset_ type=hidden>\
        <input name=user value=me><input type=password name=pw><input value=nameless>\
        <input type=checkbox name=c1 checked><input type=checkbox name=c2 value=no>\
        <input type=radio name=r value=1><input type=radio name=r value=2 checked>\
        <select name=s><option>first  one<option value=2></select>\
        <select name=t><option value=a disabled><option value=b></select>\
        <select name=m multiple><option selected>x<option selected>y<option>z</select>\
        <textarea name=note>\none\ntwo</textarea><input name=off disabled value=1>\
        <fieldset disabled><legend><input name=legend value=in></legend><input name=out></fieldset>\
        <datalist><input name=data></datalist><button type=button name=b value=1>no</button>\
        <input type=reset name=re value=1><input type=submit name=go value=Send>\
        <button name=other value=2>no</button></form>";
    assert_eq!(
        sent(html, Vec::new()),
        "csrf=a+b%26c&_charset_=UTF-8&user=me&pw=&c1=on&r=2&s=first+one&t=b&m=x&m=y&\
         note=one%0D%0Atwo&legend=in&go=Send"
    );
    let document = page(html);
    let form = Form::of(&document, find(&document, "form")[0]).unwrap();
    let values = form.values();
    let value = |name: &str| values.iter().find(|(other, _)| other == name);
    assert_eq!(value("csrf").unwrap().1, "a b&c");
    assert!(value("go").is_none());
}

#[test]
fn fields_take_the_place_of_what_is_there() {
    let html = "<form><input name=q value=old><input name=q value=old2><input type=checkbox name=c \
        value=yes><input type=checkbox name=d value=1><input type=checkbox name=d value=2 checked>\
        <input type=radio name=r value=1 checked><select name=s><option>1<option>2</select></form>";
    for (fields, body) in [
        (vec![], "q=old&q=old2&d=2&r=1&s=1"),
        (vec![("q", text("new"))], "q=new&q=old2&d=2&r=1&s=1"),
        (
            vec![("q", texts(&["a", "b", "c"]))],
            "q=a&q=b&d=2&r=1&s=1&q=c",
        ),
        (vec![("q", FieldValue::Off)], "d=2&r=1&s=1"),
        (
            vec![("c", FieldValue::On)],
            "q=old&q=old2&c=yes&d=2&r=1&s=1",
        ),
        (
            vec![("d", texts(&["1", "2"]))],
            "q=old&q=old2&d=1&d=2&r=1&s=1",
        ),
        (vec![("d", FieldValue::Off)], "q=old&q=old2&r=1&s=1"),
        (
            vec![("r", text("9")), ("s", text("2"))],
            "q=old&q=old2&d=2&r=9&s=2",
        ),
        (
            vec![("extra", text("a\nb")), ("flag", FieldValue::On)],
            "q=old&q=old2&d=2&r=1&s=1&extra=a%0D%0Ab&flag=true",
        ),
    ] {
        assert_eq!(sent(html, fields.clone()), body, "{fields:?}");
    }
}

#[test]
fn a_button_is_pressed() {
    let html = "<form action=/save><input name=x value=1><button name=do value=save>S</button>\
        <button name=do value=delete formaction=/gone formmethod=post formenctype=multipart/form-data>D\
        </button><input type=image name=map></form>";
    let document = page(html);
    let of = |fields| {
        let said = submit(&document, "form", fields).expect("it is sent");
        (said.method, said.url, said.encoding)
    };
    assert_eq!(
        of(Vec::new()),
        (
            FormMethod::Get,
            "http://shop.test/save?x=1&do=save".to_owned(),
            Encoding::Urlencoded
        )
    );
    assert_eq!(
        of(vec![("do", text("delete"))]),
        (
            FormMethod::Post,
            "http://shop.test/gone".to_owned(),
            Encoding::Multipart
        )
    );
    for (fields, body) in [
        (vec![("do", text("delete"))], "x=1&do=delete"),
        (vec![("do", text("forged"))], "x=1&do=forged"),
        (vec![("do", FieldValue::On)], "x=1&do=save"),
        (vec![("map", FieldValue::On)], "x=1&map.x=0&map.y=0"),
    ] {
        assert_eq!(
            sent(html, fields.clone()).split("&map=").next().unwrap(),
            body,
            "{fields:?}"
        );
    }
    assert_eq!(
        sent("<form><input name=a><button>go</button></form>", vec![]),
        "a="
    );
}

#[test]
fn controls_outside_of_the_form_belong_to_it() {
    // The parser closes the form at once inside of a table, and browsers still know whose the fields are.
    let html = "<table><form id=f><tr><td><input name=in value=1></td></tr></form></table>\
        <form id=other><input name=foreign></form><input name=apart form=f value=2>\
        <input name=lost form=nobody>";
    assert_eq!(sent(html, Vec::new()), "in=1&apart=2");
}

#[test]
fn where_it_goes_is_resolved() {
    for (html, url) in [
        ("<form method=post>", "http://shop.test/a/page?x=1"),
        (
            "<form method=post action=''>",
            "http://shop.test/a/page?x=1",
        ),
        ("<form method=post action=next>", "http://shop.test/a/next"),
        (
            "<base href='http://cdn.test/b/'><form method=POST action='?y'>",
            "http://cdn.test/b/?y",
        ),
        (
            "<form action='/find?old=1#x'><input name=q>",
            "http://shop.test/find?q=",
        ),
        ("<form>", "http://shop.test/a/page?"),
        (
            "<form method=post action='/{id}'>",
            "http://shop.test/%7Bid%7D",
        ),
    ] {
        let said = submit(&page(html), "form", Vec::new()).expect("it is sent");
        assert_eq!(said.url, url, "{html}");
    }
    for (html, why) in [
        (
            "<form action='javascript:x()'>",
            FormError::Action("javascript:x()".to_owned()),
        ),
        ("<form method=dialog>", FormError::Dialog),
    ] {
        assert_eq!(submit(&page(html), "form", Vec::new()), Err(why));
    }
    let why = submit(&page("<p>"), "p", Vec::new()).unwrap_err();
    assert_eq!(why.to_string(), "the element is <p>, not <form>");
}

#[test]
fn files_go_along() {
    let html = "<form method=post enctype=multipart/form-data><input type=file name=f>";
    let none = submit(&page(html), "form", Vec::new()).unwrap();
    assert_eq!(none.entries[0].value, EntryValue::File(File::default()));
    let file = File {
        name: b"a.txt".to_vec(),
        kind: None,
        content: b"hello\n".to_vec(),
    };
    let fields = vec![("f", FieldValue::File(file.clone()))];
    let one = submit(&page(html), "form", fields).unwrap();
    assert_eq!(one.encoding, Encoding::Multipart);
    assert_eq!(one.entries.len(), 1);
    assert_eq!(one.entries[0].value, EntryValue::File(file));
}
