//! Retries: which calls, after what, how long after; and what is wrong with what a script says of them.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::response::Response;
use serde_json::json;

use super::support::{Target, act, json as answer, nowhere, status};
use crate::support::on_one_thread;

/// Fails so often with this status, then all is well.
async fn failing(times: usize, bad: u16) -> Target {
    Target::start(move |_, number| {
        Some(if number < times {
            status(bad)
        } else {
            answer(200, &json!({}))
        })
    })
    .await
}

#[test]
fn a_table_says_how_often_after_what_and_for_which_methods() {
    on_one_thread(async {
        for (call, times, bad, asked, end) in [
            (
                "post('/x', { retry = { 2, any_method = true, pause = 0 } })",
                1,
                503,
                2,
                200,
            ),
            ("post('/x', { retry = { 2, pause = 0 } })", 1, 503, 1, 503),
            (
                "get('/x', { retry = { times = 3, pause = 0 } })",
                3,
                502,
                4,
                200,
            ),
            ("get('/x', { retry = { 1, pause = 0 } })", 2, 502, 2, 502),
            ("get('/x', { retry = { pause = 0 } })", 1, 504, 2, 200),
            (
                "get('/x', { retry = { 1, on = 500, pause = 0 } })",
                1,
                500,
                2,
                200,
            ),
            (
                "get('/x', { retry = { 1, on = { 500, 404 }, pause = 0 } })",
                1,
                404,
                2,
                200,
            ),
            (
                "get('/x', { retry = { 1, on = { 500 }, pause = 0 } })",
                1,
                503,
                1,
                503,
            ),
            (
                "get('/x', { retry = { 1, on = 500, pause = 0 }, expect = 500 })",
                1,
                500,
                1,
                500,
            ),
            ("get('/x', { retry = false })", 1, 503, 1, 503),
        ] {
            let target = failing(times, bad).await;
            let act = act(&format!("say(http.{call}.status)"), target.address).await;
            assert_eq!(target.asked().len(), asked, "{call}");
            assert_eq!(
                act.batch.totals.protection.retries as usize,
                asked - 1,
                "{call}"
            );
            assert_eq!(act.fine(), [end], "{call}");
        }
        let call = "say(http.post('/x', { retry = { 1, any_method = true, pause = 0 } }).error)";
        let refused = act(call, nowhere()).await;
        assert_eq!(refused.requests(), ["POST /x 0 error x2"]);
    });
}

#[test]
fn pauses_have_a_floor_a_growing_ceiling_and_obey_the_target() {
    on_one_thread(async {
        let target = failing(3, 503).await;
        let began = Instant::now();
        act(
            "http.get('/x', { retry = { 3, pause = 0.05 } })",
            target.address,
        )
        .await
        .fine();
        // At least the pause each time; at most 2, 4 and 8 times as long.
        let took = began.elapsed();
        assert!(took >= Duration::from_millis(150), "{took:?}");
        assert!(took < Duration::from_millis(1_200), "{took:?}");

        let target = Target::start(|_, number| {
            let busy = Response::builder()
                .status(if number == 0 { 429 } else { 200 })
                .header("Retry-After", "1");
            Some(busy.body(Body::empty()).unwrap())
        })
        .await;
        let began = Instant::now();
        act(
            "http.get('/x', { retry = { 1, pause = 0 } })",
            target.address,
        )
        .await
        .fine();
        let took = began.elapsed();
        assert!((1_000..1_600).contains(&took.as_millis()), "{took:?}");
    });
}

#[test]
fn what_is_wrong_with_a_retry_is_said_with_its_place() {
    on_one_thread(async {
        for (retry, says) in [
            (
                "'2'",
                "option retry is a string; it takes a whole number from 0 to 100",
            ),
            (
                "{ 101 }",
                "option retry[1] is 101; it takes a whole number from 0 to 100",
            ),
            (
                "{ times = -1 }",
                "option retry.times is -1; it takes a whole number from 0 to 100",
            ),
            (
                "{ 1, any_method = 1 }",
                "option retry.any_method is 1; it takes true or false",
            ),
            (
                "{ 1, on = 'x' }",
                "option retry.on is a string; it takes a status, or a list of them such as { 500, 503 }",
            ),
            (
                "{ 1, on = { 7 } }",
                "option retry.on is 7; it takes a status, or a list of them such as { 500, 503 }",
            ),
            (
                "{ 1, pause = -1 }",
                "option retry.pause is -1; it takes seconds that are not negative",
            ),
            (
                "{ 1, any = true }",
                "option retry has the unknown key 'any'; there are: times, any_method, on, pause, expected",
            ),
            (
                "{ 1, 2 }",
                "option retry has the unknown key '2'; there are: times, any_method, on, pause, expected",
            ),
        ] {
            let act = act(&format!("http.get('/x', {{ retry = {retry} }})"), nowhere()).await;
            assert_eq!(
                act.fault(),
                format!("scripts/one.lua:2: http.get: {says}"),
                "{retry}"
            );
        }
    });
}
