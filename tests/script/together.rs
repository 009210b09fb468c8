//! `parallel` and `think`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use throng::plan::{LiveSettings, Plan};

use super::support::{Folder, Stage, Target, act, nowhere, script_config};
use crate::support::{on_one_thread, read_request, serve};

#[test]
fn results_come_in_their_order() {
    on_one_thread(async {
        let target = Target::echo().await;
        let body = "local a, b, c = parallel { function() think(0.03) return 'slow' end, function() return http.get('/b').status end, function() end }
            say({ a, b, c == nil }) say(select('#', parallel {})) say(select('#', parallel { print, print, print, print }))
            say({ parallel { function() return 1, 2 end } })";
        assert_eq!(
            json!(act(body, target.address).await.fine()),
            json!([["slow", 200, true], 0, 4, [1]])
        );
    });
}

#[test]
fn the_first_error_cancels_the_rest() {
    on_one_thread(async {
        let target = Target::echo().await;
        let began = Instant::now();
        let act = act(
            "parallel {\n function() http.get('/hang') say('never') end,\n function() \
                       think(0.05) error('first') end }",
            target.address,
        )
        .await;
        assert_eq!(act.fault(), "scripts/one.lua:4: first");
        assert_eq!(act.requests(), ["GET /hang 0 cancelled x1"]);
        assert!(act.said.is_empty());
        assert!(began.elapsed() < Duration::from_secs(3));
        let caught = super::support::act(
            "say({ pcall(parallel, { function() error('x', 0) end }) \
                                          }) say(http.get('/after').status)",
            target.address,
        )
        .await;
        assert_eq!(
            json!(caught.fine()),
            json!([[false, "scripts/one.lua:2: x"], 200])
        );
    });
}

#[test]
fn six_connections_at_most() {
    on_one_thread(async {
        let (open, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let seen = Arc::clone(&most);
        let address = serve(move |mut stream, _| {
            let (open, most) = (Arc::clone(&open), Arc::clone(&most));
            async move {
                use tokio::io::AsyncWriteExt;
                while read_request(&mut stream).await.is_some() {
                    most.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    open.fetch_sub(1, Ordering::SeqCst);
                    let _ = stream
                        .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                        .await;
                }
            }
        })
        .await;
        let act = act(
            "local f = {} for i = 1, 20 do f[i] = function() return http.get('/').status \
                       end end parallel(f)",
            address,
        )
        .await;
        assert_eq!(act.requests(), ["GET / 200 ok x20"]);
        act.fine();
        assert_eq!(seen.load(Ordering::SeqCst), 6);
    });
}

#[test]
fn each_branch_draws_from_a_stream_of_its_own() {
    on_one_thread(async {
        let draw = |first: &str, second: &str| {
            format!(
                "say({{ parallel {{ function() {first} return random.int(1, 1000000) end, \
                 function() {second} return random.int(1, 1000000) end }} }}) say(random.int(1, \
                 1000000))"
            )
        };
        let plain = act(&draw("", ""), nowhere()).await.fine();
        let waited = act(&draw("think(0.02)", ""), nowhere()).await.fine();
        assert_eq!(
            plain, waited,
            "the order in which branches run must not matter"
        );
        assert_ne!(plain[0][0], plain[0][1]);
    });
}

#[test]
fn wrong_arguments_are_said() {
    for (body, words) in [
        (
            "parallel(5)",
            "parallel: list is a number, a table was expected",
        ),
        (
            "parallel { 5 }",
            "parallel: item 1 is a number, not a function; write parallel { function() ... end, \
             ... }",
        ),
        (
            "parallel { print, f = print }",
            "parallel: 'f' is not a list index; write parallel { function() ... end, ... }",
        ),
        (
            "local f = {} for i = 1, 101 do f[i] = print end parallel(f)",
            "parallel: 101 functions at once; at most 100",
        ),
        (
            "think('x')",
            "think: seconds is a string, a number was expected",
        ),
        ("think()", "think: seconds is nil, a number was expected"),
        (
            "think(1, {})",
            "think: longest is a table, a number was expected",
        ),
    ] {
        let act = on_one_thread(async { act(body, nowhere()).await });
        assert_eq!(act.fault(), format!("scripts/one.lua:2: {words}"), "{body}");
    }
}

#[test]
fn thinking_takes_its_time_stretched() {
    on_one_thread(async {
        for (body, factor, least, most) in [
            ("think(0.02)", 1.0, 20, 3000),
            ("think(100)", 0.0, 0, 3000),
            ("think(10, 20)", 0.001, 10, 3000),
        ] {
            let stage = Stage::with(
                &Folder::step(body),
                nowhere(),
                script_config(),
                &throng::http::Settings::default(),
            );
            let plan = Plan {
                think_factor: factor,
                ..Plan::default()
            };
            stage.shard.set(LiveSettings::of(&plan));
            let script_user = stage.one();
            let began = Instant::now();
            let end = script_user.step(0).await;
            let took = began.elapsed().as_millis();
            assert!(matches!(end, throng::script::CallEnd::Done), "{end:?}");
            assert!(
                (least..most).contains(&took),
                "{body} x {factor}: {took} ms"
            );
        }
    });
}

#[test]
fn a_pause_inside_a_step_is_no_part_of_the_response_time() {
    let response = on_one_thread(async {
        let target = Target::start(|_, _| Some(super::support::status(200))).await;
        let stage = Stage::new(&Folder::step("think(0.2) http.get('/')"), target.address);
        let script_user = stage.one();
        let now = tokio::time::Instant::now();
        script_user.context.user.requester.planned.set(Some(now));
        script_user.step(0).await;
        assert!(now.elapsed() >= Duration::from_millis(200));
        stage.counted().totals.types[&throng::metrics::TypeId(0)]
            .response
            .max()
    });
    // From when the plan meant to send, which is the end of the pause.
    assert!(response < 150_000, "{response} us");
}
