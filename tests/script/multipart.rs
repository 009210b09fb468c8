//! `multipart`: the parts as the server gets them, and what is said of those that cannot be sent.

use super::support::{Seen, Target, act, nowhere};
use crate::support::on_one_thread;

/// The only request that a call makes.
fn seen(call: &str) -> Seen {
    on_one_thread(async {
        let target = Target::echo().await;
        act(call, target.address).await.fine();
        target.only()
    })
}

/// The parts of a body, without the line that keeps them apart.
fn parts(seen: &Seen) -> Vec<String> {
    let kind = seen.header("content-type")[0];
    let (_, boundary) = kind.rsplit_once("boundary=").unwrap();
    let text = seen.text();
    let inner = text
        .strip_suffix(&format!("--{boundary}--\r\n"))
        .unwrap_or_else(|| panic!("{kind}\n{text}"));
    let line = format!("--{boundary}\r\n");
    inner
        .split(&line)
        .skip(1)
        .map(|part| part.strip_suffix("\r\n").unwrap().to_owned())
        .collect()
}

#[test]
fn multipart_is_rfc_7578() {
    let seen = seen(
        "http.post('/x', { multipart = { note = 'hi', count = 5, file = { content = 'a\\r\\nb', \
         filename = 'q\"x.txt', type = 'text/plain' } } })",
    );
    let kind = seen.header("content-type")[0].to_owned();
    let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
    let wanted = format!(
        "--{boundary}\r\nContent-Disposition: form-data; \
         name=\"count\"\r\n\r\n5\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; \
         filename=\"q%22x.txt\"\r\nContent-Type: \
         text/plain\r\n\r\na\r\nb\r\n--{boundary}\r\nContent-Disposition: form-data; \
         name=\"note\"\r\n\r\nhi\r\n--{boundary}--\r\n"
    );
    assert_eq!(seen.text(), wanted);
}

#[test]
fn parts_go_in_the_order_of_a_list_and_share_names() {
    let seen = seen(
        "http.post('/x', { multipart = {
           { name = 'b', content = 1 },
           { name = 'a', content = 'x', type = 'text/plain', headers = { ['X-B'] = { 1, 2 }, ['X-A'] = true, ['X-C'] = false } },
           { name = 'b', content = '', filename = 'ä\\n.txt', headers = { ['content-type'] = 'image/png' } },
         } })",
    );
    assert_eq!(
        parts(&seen),
        [
            "Content-Disposition: form-data; name=\"b\"\r\n\r\n1",
            "Content-Disposition: form-data; name=\"a\"\r\nContent-Type: text/plain\r\nX-A: \
             true\r\nX-B: 1\r\nX-B: 2\r\n\r\nx",
            "Content-Disposition: form-data; name=\"b\"; filename=\"ä%0A.txt\"\r\ncontent-type: \
             image/png\r\n\r\n",
        ]
    );
}

#[test]
fn several_parts_under_a_name_of_the_table_are_a_list() {
    let seen = seen(
        "http.post('/x', { multipart = { tag = { 'a', 'b' }, file = { { content = 'c', filename = \
         'd' }, 5 } } })",
    );
    assert_eq!(
        parts(&seen),
        [
            "Content-Disposition: form-data; name=\"file\"; filename=\"d\"\r\n\r\nc",
            "Content-Disposition: form-data; name=\"file\"\r\n\r\n5",
            "Content-Disposition: form-data; name=\"tag\"\r\n\r\na",
            "Content-Disposition: form-data; name=\"tag\"\r\n\r\nb",
        ]
    );
}

#[test]
fn a_content_type_of_the_script_and_the_body_have_one_boundary() {
    for (given, wanted) in [
        (
            "multipart/form-data",
            "multipart/form-data; boundary=throng-",
        ),
        (
            "multipart/form-data; ",
            "multipart/form-data; boundary=throng-",
        ),
        (
            "multipart/related; type=\"a;b\"",
            "multipart/related; type=\"a;b\"; boundary=throng-",
        ),
        (
            "multipart/form-data; boundary=mine",
            "multipart/form-data; boundary=mine",
        ),
    ] {
        let seen = seen(&format!(
            "http.post('/x', {{ multipart = {{ a = 'b' }}, headers = {{ ['content-Type'] = \
             '{given}' }} }})"
        ));
        let kinds = seen.header("content-type");
        assert!(
            kinds.len() == 1 && kinds[0].starts_with(wanted),
            "{kinds:?}"
        );
        assert_eq!(
            parts(&seen),
            ["Content-Disposition: form-data; name=\"a\"\r\n\r\nb"]
        );
    }
    let quoted = seen(
        "http.post('/x', { multipart = { a = 'b' }, headers = { ['Content-Type'] = \
         'multipart/mixed; Boundary=\"a b\"; x=y' } })",
    );
    assert!(quoted.text().starts_with("--a b\r\n") && quoted.text().ends_with("\r\n--a b--\r\n"));
}

#[test]
fn the_boundary_is_the_same_for_the_same_parts_and_in_none_of_them() {
    let kind = |content: &str| {
        let call = format!("http.post('/x', {{ multipart = {{ a = {content} }} }})");
        seen(&call).header("content-type")[0].to_owned()
    };
    assert_eq!(kind("'x'"), kind("'x'"));
    assert_ne!(kind("'x'"), kind("'y'"));
}

#[test]
fn parts_that_cannot_be_sent_are_named() {
    let write = "write { name = \"...\", content = \"...\" }";
    for (parts, words) in [
        (
            "{ { content = 'x' } }",
            format!("multipart[1] has no name; {write}"),
        ),
        ("{ 'x' }", format!("multipart[1] is a string; {write}")),
        (
            "{ { name = 'a', content = 'x' }, b = 'c' }",
            "multipart has a list of parts and also a \
                                                        part \"b\"; "
                .to_owned(),
        ),
        (
            "{ { name = 'a', content = 'x', file = 'y' } }",
            "multipart[1] has the unknown key 'file'; \
             there are: name, content, filename, type, headers"
                .to_owned(),
        ),
        (
            "{ a = { content = 'x', contentType = 'y' } }",
            "multipart.a has the unknown key 'contentType'; \
             there are: content, filename, type, headers"
                .to_owned(),
        ),
        (
            "{ a = { filename = 'x' } }",
            "multipart.a has no content; ".to_owned(),
        ),
        ("{ a = {} }", "multipart.a has no content; ".to_owned()),
        (
            "{ a = { 'x', {} } }",
            "multipart.a[2] has no content; ".to_owned(),
        ),
        (
            "{ a = { 'x', b = 1 } }",
            "multipart.a is a table with names; ".to_owned(),
        ),
        ("{ a = json.null }", "multipart.a is json.null; ".to_owned()),
        (
            "{ a = { content = {} } }",
            "multipart.a.content is a table; ".to_owned(),
        ),
        (
            "{ a = { content = 'x', type = 'a\\r\\nb' } }",
            "multipart.a.type: the value of the \
                                                          header \"Content-Type\" has a line \
                                                          break"
                .to_owned(),
        ),
        (
            "{ a = { content = 'x', headers = { ['X Y'] = 1 } } }",
            "multipart.a.headers.X Y: \"X Y\" is not a header name".to_owned(),
        ),
        (
            "{ a = { content = 'x', headers = 'X: Y' } }",
            "multipart.a.headers is a string; ".to_owned(),
        ),
        (
            "{ a = 'x' }, headers = { ['Content-Type'] = 'text/plain' }",
            "headers.Content-Type: \"text/plain\" is not a multipart type; ".to_owned(),
        ),
        (
            "{ a = '1\\r\\n--x2' }, headers = { ['Content-Type'] = 'multipart/form-data; \
             boundary=x' }",
            "multipart.a has a line that begins with the boundary \"x\" of \
                 headers.Content-Type; "
                .to_owned(),
        ),
    ] {
        let call = format!("http.post('/x', {{ multipart = {parts} }})");
        let fault = on_one_thread(async { act(&call, nowhere()).await }).fault();
        let words = format!("scripts/one.lua:2: http.post: {words}");
        assert!(fault.starts_with(&words), "{call}\n   {fault}\nnot {words}");
    }
}
