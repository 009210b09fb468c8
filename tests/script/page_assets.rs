//! `http.page()`: what a browser loads with a page, and what its cache spares the target.

use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use serde_json::json;

use super::support::{Folder, Seen, Stage, Target, act, requests, status};
use crate::support::on_one_thread;
use crate::support::target::{Answer, Target as Threaded};

fn answer(code: u16, fields: &[(&str, &str)], body: &str) -> Response {
    let mut response = Response::builder().status(code);
    for (name, value) in fields {
        response = response.header(*name, *value);
    }
    response.body(Body::from(body.to_owned())).unwrap()
}

const PAGE: &str = "<link rel=stylesheet href=/fresh.css><script src=/tagged.js></script>\
    <img src=/dated.png><img src=/never.png><img src=/gone.png><img src=/moved.png>\
    <img src=http://elsewhere.invalid/x.png><noscript><img src=/noscript.png></noscript>";

fn shop(seen: &Seen, _: usize) -> Option<Response> {
    const TAG: &str = "\"v1\"";
    const DATE: &str = "Mon, 30 Nov 2020 12:00:00 GMT";
    Some(match seen.target.as_str() {
        "/fresh.css" => answer(200, &[("cache-control", "max-age=100")], "css"),
        "/tagged.js" if seen.header("if-none-match") == [TAG] => answer(304, &[("etag", TAG)], ""),
        "/tagged.js" => answer(200, &[("etag", TAG)], "javascript"),
        "/dated.png" if seen.header("if-modified-since") == [DATE] => answer(304, &[], ""),
        "/dated.png" => answer(
            200,
            &[("last-modified", DATE), ("cache-control", "no-cache")],
            "picture",
        ),
        "/never.png" => answer(200, &[("cache-control", "no-store"), ("etag", TAG)], "x"),
        "/gone.png" => status(404),
        "/moved.png" => answer(302, &[("location", "/fresh.css")], ""),
        _ => answer(200, &[("content-type", "text/html")], PAGE),
    })
}

const SAY: &str = "say({ a.loaded, a.revalidated, a.cached, a.failed, a.foreign, a.bytes > 0, a.duration >= res.duration })";

#[test]
fn a_page_comes_with_its_assets_and_again_with_fewer() {
    on_one_thread(async {
        let target = Target::start(shop).await;
        let folder = Folder::step(&format!(
            "local res, a = http.page('/shop?x=1') {SAY} say(#res:html():select('img'))
             res, a = http.page('/shop?x=1') {SAY}"
        ));
        let stage = Stage::new(&folder, target.address);
        let user = stage.one();
        let end = user.step(0).await;
        assert!(matches!(end, throng::script::CallEnd::Done), "{end:?}");
        assert_eq!(
            json!(stage.said()),
            json!([[5, 0, 0, 1, 1, true, true], 6, [2, 2, 1, 1, 1, true, true],])
        );
        let mut asked = target.asked();
        assert_eq!(asked.remove(0), "GET /shop?x=1");
        let again = asked
            .iter()
            .position(|line| line == "GET /shop?x=1")
            .unwrap();
        let (mut first, mut second) = (asked[..again].to_vec(), asked[again + 1..].to_vec());
        first.sort();
        second.sort();
        assert_eq!(
            first,
            [
                "GET /dated.png",
                "GET /fresh.css",
                "GET /fresh.css",
                "GET /gone.png",
                "GET /moved.png",
                "GET /never.png",
                "GET /tagged.js"
            ]
        );
        // The image that moved leads to the style sheet again: only what is asked for by its own name is cached.
        assert_eq!(
            second,
            [
                "GET /dated.png",
                "GET /fresh.css",
                "GET /gone.png",
                "GET /moved.png",
                "GET /never.png",
                "GET /tagged.js"
            ]
        );
        let counted = requests(&stage.counted());
        assert_eq!(
            counted,
            [
                "GET /shop 200 ok x2",
                "GET asset 200 ok x5",
                "GET asset 302 ok x2",
                "GET asset 304 ok x2",
                "GET asset 404 unexpected x2",
                "GET asset (redirect) 200 ok x2"
            ]
        );
        let seen = target.seen();
        let script = seen
            .iter()
            .find(|seen| seen.target == "/tagged.js")
            .unwrap();
        let page = format!("http://{}/shop?x=1", target.address);
        assert_eq!(script.header("referer"), [page]);
        assert_eq!(script.header("accept"), ["*/*"]);
    });
}

#[test]
fn a_new_session_has_an_empty_cache_and_another_user_its_own() {
    on_one_thread(async {
        let target = Target::start(shop).await;
        let folder =
            Folder::step("local _, a = http.page('/') say({ a.loaded, a.revalidated, a.cached })");
        let stage = Stage::new(&folder, target.address);
        let vm = stage.vm("one");
        let (first, second) = (stage.user(&vm, 0), stage.user(&vm, 1));
        let kept = |cookies| throng::request::Kept {
            cookies,
            connections: true,
        };
        for (user, cookies) in [
            (&first, None),
            (&second, None),
            (&first, Some(true)),
            (&first, Some(false)),
        ] {
            if let Some(cookies) = cookies {
                user.context.user.requester.begin_session(10, kept(cookies));
            }
            let end = user.step(0).await;
            assert!(matches!(end, throng::script::CallEnd::Done), "{end:?}");
        }
        assert_eq!(
            json!(stage.said()),
            json!([[5, 0, 0], [5, 0, 0], [2, 2, 1], [5, 0, 0]])
        );
    });
}

#[test]
fn what_is_no_page_has_no_assets() {
    on_one_thread(async {
        let target = Target::start(|seen, _| {
            Some(match seen.target.as_str() {
                "/data" => answer(200, &[("content-type", "application/json")], PAGE),
                "/bad" => answer(500, &[("content-type", "text/html")], PAGE),
                "/plain" => answer(200, &[], "<img src=a.png>"),
                _ => status(200),
            })
        })
        .await;
        let body = "for _, path in ipairs { '/data', '/bad', '/plain' } do
                local res, a = http.page(path, { expect = { 200, 500 } }) say({ res.status, a.loaded })
            end
            say(select(2, pcall(http.page, '/', nil, { 'https://cdn.test/' })))
            say(select(2, pcall(http.page, '/', { nme = 'x' })))";
        let said = act(body, target.address).await.fine();
        assert_eq!(json!(said[..3]), json!([[200, 0], [500, 0], [200, 1]]));
        let words = |at: usize| said[at].as_str().unwrap().to_owned();
        assert!(
            words(3).contains("http.page: hosts[1] is \"https://cdn.test/\"; write the host alone")
        );
        assert!(words(4).contains("http.page: unknown option 'nme'"));
        assert_eq!(target.asked().len(), 4);
    });
}

#[test]
fn six_come_at_once() {
    let images: String = (0..12).map(|n| format!("<img src=/i{n}.png>")).collect();
    let page = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{images}",
        images.len()
    );
    let pause = Duration::from_millis(150);
    let target = Threaded::new(move |request| match request.path.as_str() {
        "/" => Answer::Bytes(page.clone().into_bytes()),
        _ => Answer::Late(pause, 200),
    });
    let address = target.url().trim_start_matches("http://").parse().unwrap();
    on_one_thread(async {
        let body = "local _, a = http.page('/') say(a.loaded)";
        assert_eq!(act(body, address).await.fine(), [12]);
    });
    let at: Vec<_> = target.requests()[1..].iter().map(|seen| seen.at).collect();
    assert_eq!(at.len(), 12);
    for (earlier, later) in at.iter().zip(&at[6..]) {
        let apart = later.duration_since(*earlier);
        assert!(apart >= pause - Duration::from_millis(20), "{apart:?}");
    }
    // Together in two turns: one after the other would be twelve.
    assert!(at[11].duration_since(at[0]) < pause * 8);
}
