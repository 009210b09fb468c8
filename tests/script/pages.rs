//! Pages and forms, for users of a site: `res:html()`, `res:submit()`, `res:xml()`, `res:match()`.

use serde_json::json;

use super::support::{Folder, Stage, Target, act, nowhere, status, text};
use crate::support::on_one_thread;

/// What a target says that answers each path with one page; `/post` with what was sent.
async fn site(pages: &'static [(&'static str, &'static str)]) -> Target {
    Target::start(move |seen, _| {
        let path = seen.target.split('?').next().unwrap();
        let page = pages.iter().find(|(other, _)| *other == path);
        Some(match page {
            Some((_, page)) => text(200, page),
            None if path == "/broken" => text(500, "<h1>sorry"),
            None => text(200, &format!("{} {}", seen.method, seen.target)),
        })
    })
    .await
}

const SHOP: &[(&str, &str)] = &[
    (
        "/login",
        "<!doctype html><title>Shop</title><form action=/search><input name=q></form>\
         <form id=login method=post action='/session?from=1'><input type=hidden name=csrf value=tok&amp;en>\
         <input name=user><input name=pass type=password><input type=checkbox name=stay value=yes>\
         <button name=do value=in>Log in</button><button name=do value=up>Sign up</button></form>\
         <ul><li><a href='/p/1'>One</a><li><a href='p/2#x'>Two</a><li><a href='http://other.test/'>no</a></ul>",
    ),
    (
        "/upload",
        "<form method=post action=/files enctype=multipart/form-data>\
         <input name=title value=mine><input type=file name=doc></form>",
    ),
    (
        "/feed",
        "<rss><channel><item><dc:creator xmlns:dc='x'>Ann</dc:creator></item></channel></rss>",
    ),
];

#[test]
fn a_page_is_asked_by_selectors() {
    on_one_thread(async {
        let target = site(SHOP).await;
        let body = "local res = http.get('/login') local page = assert(res:html())
            say(page.name) say(#page:select('li')) say(page:select('li a')[2]:text())
            say(page:first('#login input[name=csrf]'):attr('value')) say(page:first('video') == nil)
            say(page:links()) say(#page:forms()) say(page:forms()[2]:attr('id')) say(page:first('form'):attr('method') == nil)
            say(page:forms()[2]:values()) say(page:first('ul').name) say(page:first('ul'):first('a'):text())
            say(page:links('li:first-child'))
            say(#res:html():select('li'))";
        let base = format!("http://{}", target.address);
        assert_eq!(
            json!(act(body, target.address).await.fine()),
            json!([
                "#document",
                3,
                "Two",
                "tok&en",
                true,
                [format!("{base}/p/1"), format!("{base}/p/2")],
                2,
                "login",
                true,
                { "csrf": "tok&en", "user": "", "pass": "" },
                "ul",
                "One",
                [format!("{base}/p/1")],
                3
            ])
        );
    });
}

#[test]
fn a_form_is_sent_as_a_browser_sends_it() {
    on_one_thread(async {
        let target = site(SHOP).await;
        let body = "local res = http.get('/login')
            res:submit('#login', { user = 'me', pass = 'p w', stay = true })
            res:submit(res:html():forms()[2], { ['do'] = 'up', pass = false, count = 7 }, { name = 'sign up', expect = 200 })
            say(res:submit(nil, { q = 'a b' }).body)
            local up = http.get('/upload')
            up:submit('form', { doc = { content = 'hello', filename = 'a.txt', type = 'text/plain' } })
            up:submit()";
        let acted = act(body, target.address).await;
        assert_eq!(
            acted.requests(),
            [
                "GET /login 200 ok x1",
                "GET /search 200 ok x1",
                "GET /upload 200 ok x1",
                "POST /files 200 ok x2",
                "POST /session 200 ok x1",
                "POST sign up 200 ok x1"
            ]
        );
        assert_eq!(acted.fine(), ["GET /search?q=a+b"]);
        let seen = target.seen();
        let base = format!("http://{}", target.address);
        assert_eq!(seen[1].target, "/session?from=1");
        assert_eq!(
            seen[1].text(),
            "csrf=tok%26en&user=me&pass=p+w&stay=yes&do=in"
        );
        let of = |name| seen[1].header(name);
        assert_eq!(of("content-type"), ["application/x-www-form-urlencoded"]);
        assert_eq!(of("referer"), [format!("{base}/login")]);
        assert_eq!(of("origin"), [base.as_str()]);
        assert_eq!(seen[2].text(), "csrf=tok%26en&user=&do=up&count=7");
        assert_eq!(seen[3].header("origin"), [""; 0]);
        assert_eq!(seen[3].header("referer"), [format!("{base}/login")]);
        let multipart = seen[5].text();
        assert!(seen[5].header("content-type")[0].starts_with("multipart/form-data; boundary="));
        assert!(
            multipart.contains("name=\"title\"\r\n\r\nmine\r\n")
                && multipart.contains(
                    "name=\"doc\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
                ),
            "{multipart}"
        );
        assert!(
            seen[6]
                .text()
                .contains("filename=\"\"\r\nContent-Type: application/octet-stream\r\n\r\n\r\n"),
            "{}",
            seen[6].text()
        );
    });
}

#[test]
fn mistakes_in_a_form_are_named() {
    on_one_thread(async {
        let target = site(SHOP).await;
        for (call, words) in [
            (
                "res:submit('#none')",
                "res:submit: the page has no form that \"#none\" matches: http://",
            ),
            (
                "res:submit('ul')",
                "res:submit: the element is <ul>, not <form>",
            ),
            (
                "res:submit('[')",
                "res:submit: \"[\" is not a valid CSS selector",
            ),
            (
                "res:submit(7)",
                "res:submit: form is a number, an element or a selector was expected",
            ),
            (
                "res:submit(nil, { q = print })",
                "res:submit: fields.q is a function; write a string, a number or a boolean",
            ),
            (
                "res:submit(nil, { q = { content = 'x', name = 'y' } })",
                "res:submit: fields.q has the unknown key 'name'; there are: content, filename, type",
            ),
            (
                "res:submit(nil, nil, { json = {} })",
                "res:submit: opts.json is given, but the form is what is sent; write fields",
            ),
            (
                "res:submit(nil, nil, { exepct = 200 })",
                "res:submit: unknown option 'exepct'",
            ),
            (
                "res.submit()",
                "submit is called with a colon: res:submit()",
            ),
            ("res.html()", "html is called with a colon: res:html()"),
            (
                "res:html():txt()",
                "an element has no 'txt'; there are: select, first, text, attr, links, forms, \
                 values, name; did you mean text?",
            ),
            (
                "res:html():select('a[')",
                "element:select: \"a[\" is not a valid CSS selector",
            ),
            (
                "res:html():values()",
                "element:values: the element is <html>, not <form>",
            ),
            (
                "user.state.page = res:html()",
                "user.state.page is a userdata; user.state holds plain data only",
            ),
        ] {
            let acted = act(
                &format!("local res = http.get('/login') {call}"),
                target.address,
            )
            .await;
            let fault = acted.fault();
            assert!(fault.contains(words), "{call}: {fault}");
            assert!(
                fault.starts_with("scripts/one.lua:2: ") || call.starts_with("user"),
                "{fault}"
            );
        }
    });
}

#[test]
fn a_page_that_failed_has_no_form_and_that_is_no_mistake_of_the_script() {
    on_one_thread(async {
        let target = site(SHOP).await;
        let said = "local r = http.get('/broken'):submit('#login') say({ r.ok, r.error, r.message, r.status == nil })";
        let acted = act(said, target.address).await;
        assert_eq!(acted.requests(), ["GET /broken 500 unexpected x1"]);
        assert_eq!(
            acted.fine(),
            [json!([
                false,
                "no_form",
                "not sent: the page has no form that \"#login\" matches",
                true
            ])]
        );
        let unreachable = act(said, nowhere()).await;
        assert_eq!(
            unreachable.fine(),
            [json!([
                false,
                "no_form",
                "not sent: there was no response",
                true
            ])]
        );
        let nothing = "local page, why = http.get('/'):html() say(page == nil) say(why)
             page, why = http.get('/'):xml() say(page == nil) say(why) say(http.get('/'):match('x') == nil)";
        let empty = Target::start(|_, _| Some(status(204))).await;
        assert_eq!(
            act(nothing, empty.address).await.fine(),
            [
                json!(true),
                json!("the body is empty"),
                json!(true),
                json!("the body is empty"),
                json!(true)
            ]
        );
    });
}

#[test]
fn bodies_are_read_by_patterns_and_as_xml() {
    on_one_thread(async {
        let target = site(SHOP).await;
        let body = "local res = http.get('/login') say({ res:match('name=(%w+) value=([%w&;]+)') })
            say(res:match('nothing') == nil) say(res:match('<(%w+)', 10))
            local feed = http.get('/feed'):xml() say(feed:first('item creator'):text()) say(feed:select('rss > channel')[1].name)
            local doc, why = res:xml() say(doc == nil) say(why)
            say(select(2, pcall(res.match, res, '(')))";
        let said = act(body, target.address).await.fine();
        assert_eq!(
            json!(said[..6]),
            json!([
                ["csrf", "tok&amp;en"],
                true,
                "title",
                "Ann",
                "channel",
                true
            ])
        );
        let why = said[6].as_str().unwrap();
        assert!(
            why.starts_with("the body is not valid XML: it has a document type"),
            "{why}"
        );
        let why = said[7].as_str().unwrap();
        assert!(
            why.starts_with("scripts/one.lua:6: unfinished capture"),
            "{why}"
        );
    });
}

#[test]
fn a_page_is_gone_when_its_step_is_over() {
    on_one_thread(async {
        let target = site(SHOP).await;
        let folder = Folder::one(
            "local kept
             return { steps = {
               function() kept = http.get('/login'):html() say(kept:first('title'):text()) end,
               function() say(kept:text()) end,
             } }",
        );
        let stage = Stage::new(&folder, target.address);
        let user = stage.one();
        assert!(matches!(user.step(0).await, throng::script::CallEnd::Done));
        assert_eq!(stage.said(), ["Shop"]);
        let end = user.step(1).await;
        let fault = super::support::fault_of(&end).to_string();
        assert!(
            fault.contains(
                "element:text: an element can be used only in the step that got its page"
            ),
            "{fault}"
        );
    });
}

#[test]
fn the_memory_of_pages_counts_against_the_vm_and_is_given_back() {
    on_one_thread(async {
        // About 2 MB each: some 250 of them in one step are more than a VM has.
        let target = Target::start(|_, _| Some(text(200, &"<i>x</i>".repeat(6_000)))).await;
        let folder = Folder::one(
            "return { steps = {
               function() for i = 1, 500 do assert(http.get('/'):html()) think(0) end say('all') end,
               function() assert(http.get('/'):html()) say('one') end,
             } }",
        );
        let stage = Stage::with_short_rests(&folder, target.address);
        let user = stage.one();
        let end = user.step(0).await;
        let fault = super::support::fault_of(&end).to_string();
        assert!(fault.contains("not enough memory"), "{fault}");
        let pages = target.asked().len();
        assert!((100..500).contains(&pages), "{pages}");
        // What the step held is free again.
        let end = user.step(1).await;
        assert!(matches!(end, throng::script::CallEnd::Done), "{end:?}");
        assert_eq!(stage.said(), ["one"]);
    });
}

#[test]
fn a_hostile_page_ends_its_step_at_most() {
    on_one_thread(async {
        let target = Target::start(|seen, _| {
            Some(text(
                200,
                &match seen.target.as_str() {
                    "/deep" => "<div>".repeat(3_000),
                    _ => (0..60_000).map(|n| format!("<b a{n}></p><p>")).collect(),
                },
            ))
        })
        .await;
        let said = act(
            "local page, why = http.get('/deep'):html() say(page == nil) say(why)",
            target.address,
        )
        .await
        .fine();
        assert_eq!(
            json!(said),
            json!([
                true,
                "the page cannot be read: its elements are nested more than 512 deep"
            ])
        );
        // It is read or refused, and the script goes on: what the host computes is not its own.
        let slow = act(
            "local page, why = http.get('/slow'):html() say(page and 'read' or why)",
            target.address,
        )
        .await
        .fine();
        let words = slow[0].as_str().unwrap();
        assert!(
            matches!(
                words,
                "read"
                    | "the page cannot be read: it takes too long"
                    | "the page cannot be read: its elements are nested more than 512 deep"
            ),
            "{words}"
        );
    });
}
