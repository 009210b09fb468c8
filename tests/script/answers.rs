//! The result of a call, its outcome, and each request that it took.

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::support::{Target, act, json as answer, nowhere, status, text};
use crate::support::{on_one_thread, read_request, serve, serve_bytes};

#[test]
fn a_result_has_what_came() {
    on_one_thread(async {
        let address = serve_bytes(
            "HTTP/1.1 201 Created\r\nX-One: a\r\nx-one: b\r\nSet-Cookie: \
                                   a=1\r\nSet-Cookie: b=2\r\nContent-Length: \
                                   19\r\n\r\n{\"id\":5,\"no\":null }",
        )
        .await;
        let body = "local r = http.get('/') say({ r.ok, r.status, r.body, r.headers['x-one'], r.headers['X-One'] == nil })
            say(r.headers['set-cookie']) say(r:json().id) say(r:json().no == json.null) say(r.error == nil) say(r.duration > 0 and r.duration < 5)
            local n = 0 for name, seconds in pairs(r.timings) do n = n + 1 assert(seconds >= 0) end say(n) say(r.timings.wait > 0) say(select(2, pcall(function() return r.staus end)):find('a response has no .staus.; there are: status, ok') ~= nil) say(rawequal(r.body, r.body))";
        assert_eq!(
            json!(act(body, address).await.fine()),
            json!([
                [true, 201, "{\"id\":5,\"no\":null }", "a, b", true],
                ["a=1", "b=2"],
                5,
                true,
                true,
                true,
                7,
                true,
                true,
                true
            ])
        );
    });
}

#[test]
fn a_pointer_gives_a_part_of_the_body_and_what_is_none_is_a_mistake() {
    on_one_thread(async {
        let target = Target::start(|seen, _| {
            Some(if seen.target == "/html" {
                text(200, "<html>hello")
            } else {
                answer(
                    200,
                    &json!({"items": [{"id": "a"}, {"id": "b", "tags": []}], "total": 2}),
                )
            })
        })
        .await;
        let script = "local r = http.get('/list') \
             say(r:json('/items/1/id')) say(r:json('/total') == 2) say(json.encode(r:json('/items/1/tags'))) \
             say(#r:json('').items) say({ r:json('/items/2') }) \
             say(select(2, http.get('/html'):json('/a')):match('^the body is not valid JSON') ~= nil) \
             say(select(2, pcall(r.json, r, 'items.0')))";
        let said = act(script, target.address).await.fine();
        assert_eq!(said[..4], [json!("b"), json!(true), json!("[]"), json!(2)]);
        assert_eq!(said[4][1], "the body has nothing at /items/2");
        assert_eq!(said[5], true);
        let why = said[6].as_str().unwrap();
        assert!(
            why.contains("res:json: 'items.0' is no JSON pointer (RFC 6901): it begins with /"),
            "{why}"
        );
    });
}

#[test]
fn a_body_that_is_no_json_is_said_and_an_empty_one_is_nil() {
    on_one_thread(async {
        let target = Target::start(|seen, _| {
            Some(if seen.target == "/empty" {
                status(204)
            } else {
                text(200, "<html>hello")
            })
        })
        .await;
        let act1 = act(
            "say(http.get('/empty'):json() == nil)\nlocal value, why = \
             http.get('/html'):json()\nsay(value == nil) say(why)",
            target.address,
        )
        .await;
        let said = act1.fine();
        assert_eq!(said[..2], [true, true]);
        let why = said[2].as_str().unwrap();
        assert!(why.starts_with("the body is not valid JSON ("), "{why}");
        assert!(why.ends_with("it begins with: <html>hello"), "{why}");
        let failed = act(
            "local r = http.get('/') say(r:json() == nil) say(r.body == nil) \
                          say(r.headers == nil) say(r.status == nil)",
            nowhere(),
        )
        .await;
        assert_eq!(failed.fine(), [true, true, true, true]);
    });
}

#[test]
fn outcomes_are_what_the_call_declared() {
    for (call, outcome, ok) in [
        ("http.get('/status/200')", "200 ok", true),
        ("http.get('/status/304')", "304 ok", true),
        ("http.get('/status/404')", "404 unexpected", false),
        ("http.get('/status/500')", "500 unexpected", false),
        (
            "http.get('/status/404', { expect = 404 })",
            "404 expected",
            false,
        ),
        (
            "http.get('/status/404', { expect = '4xx' })",
            "404 expected",
            false,
        ),
        (
            "http.get('/status/404', { expect = { 200, '4xx' } })",
            "404 expected",
            false,
        ),
        (
            "http.get('/status/200', { expect = { 200, 404 } })",
            "200 ok",
            true,
        ),
        (
            "http.get('/status/200', { expect = 404 })",
            "200 unexpected",
            true,
        ),
        (
            "http.get('/status/503', { expect = '4xx' })",
            "503 unexpected",
            false,
        ),
    ] {
        on_one_thread(async {
            let target = Target::echo().await;
            let act = act(&format!("say({call}.ok)"), target.address).await;
            let requests = act.requests();
            assert_eq!(requests.len(), 1, "{call}");
            assert!(
                requests[0].ends_with(&format!("{outcome} x1")),
                "{call}: {requests:?}"
            );
            assert_eq!(act.fine(), [ok], "{call}");
        });
    }
}

#[test]
fn failures_of_the_network_are_results() {
    on_one_thread(async {
        let cut =
            serve_bytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")
                .await;
        let truncated =
            crate::support::serve_bytes_once("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhel")
                .await;
        let nonsense = crate::support::serve_bytes_once("SSH-2.0-OpenSSH\r\n").await;
        let silent = crate::support::serve_bytes_once("").await;
        let said = "local r = http.get('/', { timeout = 0.3 }) say({ r.ok, r.error, r.status == \
                    nil, type(r.message) })";
        for (address, kind) in [
            (nowhere(), "connect"),
            (truncated, "truncated"),
            (nonsense, "protocol"),
            (silent, "reset"),
        ] {
            let act = act(said, address).await;
            assert_eq!(act.requests().len(), 1, "{kind}");
            assert!(
                act.requests()[0].ends_with("error x1"),
                "{kind}: {:?}",
                act.requests()
            );
            assert_eq!(act.fine(), [json!([false, kind, true, "string"])]);
        }
        assert_eq!(act("say(http.get('/').body)", cut).await.fine(), ["hello"]);
        let unknown = act(
            "local r = http.get('http://nowhere.invalid/') say({ r.ok, r.error })",
            cut,
        )
        .await;
        assert_eq!(unknown.fine(), [json!([false, "dns"])]);
    });
}

#[test]
fn a_timeout_is_an_error_with_its_words() {
    on_one_thread(async {
        let target = Target::echo().await;
        // The connection is there already, so that what times out on a busy machine, too, is the wait for the response.
        let act = act(
            "http.get('/') local r = http.get('/hang', { timeout = 0.05 })
             say({ r.error, r.duration >= 0.05 and r.duration < 5, r.message })",
            target.address,
        )
        .await;
        assert_eq!(act.requests(), ["GET / 200 ok x1", "GET /hang 0 error x1"]);
        let said = act.fine();
        assert_eq!(
            (&said[0][0], &said[0][1]),
            (&json!("timeout"), &json!(true))
        );
        assert!(
            said[0][2]
                .as_str()
                .unwrap()
                .contains("waiting for the first byte"),
            "{said:?}"
        );
    });
}

#[test]
fn giving_up_is_expected_and_the_target_saw_the_whole_request() {
    on_one_thread(async {
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        let address = serve(move |mut stream, _| {
            let tell = tell.clone();
            async move {
                let (_, body) = read_request(&mut stream).await.unwrap();
                let closed = stream.read_u8().await.is_err();
                let _ = tell.send((body.len(), closed));
            }
        })
        .await;
        for after in ["0", "0.02"] {
            let body = format!(
                "local r = http.post('/slow', {{ give_up_after = {after}, body = ('x'):rep(100000) \
                 }}) say({{ r.ok, r.given_up, r.status == nil, r.error == nil }})"
            );
            let act = act(&body, address).await;
            assert_eq!(act.requests(), ["POST /slow 0 expected x1"]);
            assert_eq!(act.fine(), [json!([false, true, true, true])]);
            assert_eq!(told.recv().await, Some((100_000, true)));
        }
    });
}

#[test]
fn an_answer_before_the_patience_ends_is_an_answer() {
    on_one_thread(async {
        let target = Target::echo().await;
        let act = act(
            "say(http.get('/x', { give_up_after = 5 }).status)",
            target.address,
        )
        .await;
        assert_eq!(act.requests(), ["GET /x 200 ok x1"]);
        assert_eq!(act.fine(), [200]);
    });
}

/// `/hop/3` leads to `/hop/2`, and so on to `/hop/0`, which is 200.
async fn hops() -> Target {
    Target::start(|seen, _| {
        let left: u32 = seen.target.rsplit('/').next().unwrap().parse().unwrap();
        Some(match left.checked_sub(1) {
            None => text(200, "there"),
            Some(next) => {
                let mut answer = status(302);
                let place = format!("/hop/{next}").parse().unwrap();
                answer.headers_mut().insert("location", place);
                answer
            }
        })
    })
    .await
}

#[test]
fn each_hop_of_a_redirect_is_a_request() {
    on_one_thread(async {
        let target = hops().await;
        let followed = act(
            "say(http.post('/hop/3', { body = 'x' }).body) say(user.requests_left)",
            target.address,
        )
        .await;
        assert_eq!(
            followed.requests(),
            [
                "GET /hop/{} 200 ok x1",
                "GET /hop/{} 302 ok x2",
                "POST /hop/{} 302 ok x1"
            ]
        );
        assert_eq!(json!(followed.fine()), json!(["there", 6]));
        assert_eq!(
            target.asked(),
            ["POST /hop/3", "GET /hop/2", "GET /hop/1", "GET /hop/0"]
        );
        for off in ["0", "false"] {
            let body = format!(
                "local r = http.get('/hop/2', {{ redirects = {off} }}) say({{ r.ok, r.status, \
                 r.headers.location }})"
            );
            assert_eq!(
                act(&body, target.address).await.fine(),
                [json!([true, 302, "/hop/1"])]
            );
        }
        let many = act(
            "local r = http.get('/hop/5', { redirects = 2 }) say({ r.error, r.status == \
                        nil }) say(r.message)",
            target.address,
        )
        .await;
        assert_eq!(
            many.requests(),
            ["GET /hop/{} 302 ok x2", "GET /hop/{} 302 error x1"]
                .map(String::from)
                .to_vec()
                .tap_sorted()
        );
        let said = many.fine();
        assert_eq!(said[0], json!(["redirects", true]));
        assert!(
            said[1]
                .as_str()
                .unwrap()
                .ends_with("/hop/3: more than 2 redirects"),
            "{said:?}"
        );
    });
}

trait Sorted {
    fn tap_sorted(self) -> Self;
}

impl Sorted for Vec<String> {
    fn tap_sorted(mut self) -> Self {
        self.sort_by_key(|line| line.contains("error"));
        self
    }
}

#[test]
fn each_retry_is_a_request_and_only_what_is_safe_is_repeated() {
    on_one_thread(async {
        let twice = |bad: u16| {
            Target::start(move |_, number| {
                Some(if number == 0 {
                    status(bad)
                } else {
                    answer(200, &json!({}))
                })
            })
        };
        for (call, bad, requests, end) in [
            (
                "http.get('/x', { retry = 2 })",
                503,
                vec!["GET /x 200 ok x1", "GET /x 503 unexpected x1"],
                200,
            ),
            (
                "http.put('/x', { retry = 1 })",
                429,
                vec!["PUT /x 200 ok x1", "PUT /x 429 unexpected x1"],
                200,
            ),
            (
                "http.post('/x', { retry = 2 })",
                503,
                vec!["POST /x 503 unexpected x1"],
                503,
            ),
            (
                "http.get('/x', { retry = 2 })",
                404,
                vec!["GET /x 404 unexpected x1"],
                404,
            ),
            (
                "http.get('/x', { retry = 2, expect = 503 })",
                503,
                vec!["GET /x 503 expected x1"],
                503,
            ),
            ("http.get('/x')", 503, vec!["GET /x 503 unexpected x1"], 503),
        ] {
            let target = twice(bad).await;
            let act = act(&format!("say({call}.status)"), target.address).await;
            assert_eq!(act.requests(), requests, "{call}");
            assert_eq!(act.fine(), [end], "{call}");
        }
        let refused = act("say(http.get('/x', { retry = 1 }).error)", nowhere()).await;
        assert_eq!(refused.requests(), ["GET /x 0 error x2"]);
    });
}

#[test]
fn a_stop_takes_a_step_away_at_its_next_request() {
    on_one_thread(async {
        let target = Target::echo().await;
        let folder = super::support::Folder::step(
            "http.get('/one')\nhalt()\nhttp.get('/two')\nsay('not reached')",
        );
        let stage = super::support::Stage::new(&folder, target.address);
        let vm = stage.vm("one");
        let shard = std::rc::Rc::clone(&stage.shard);
        let shutdown = vm
            .lua
            .create_function(move |_, ()| {
                shard.requests.shutdown.set();
                Ok(())
            })
            .unwrap();
        vm.lua.globals().raw_set("halt", shutdown).unwrap();
        let end = stage.user(&vm, 0).step(0).await;
        assert!(matches!(end, throng::script::CallEnd::Left), "{end:?}");
        assert_eq!(target.asked(), ["GET /one"]);
        assert!(stage.said().is_empty());
    });
}

#[test]
fn a_slow_reader_of_answers_leaves_nothing_behind() {
    on_one_thread(async {
        let address = serve(|mut stream, _| async move {
            while read_request(&mut stream).await.is_some() {
                let _ = stream
                    .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
                    .await;
            }
        })
        .await;
        let body = "local all = {} for i = 1, 50 do all[i] = http.get('/') end for i = 1, 50 do \
                    assert(all[i].body == '{}') end say(#all)";
        assert_eq!(act(body, address).await.fine(), [50]);
    });
}
