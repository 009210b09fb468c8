//! What the recipes found missing: bodies of deletions, retries that are expected, tokens of `auth.bearer`, stages of a type
//! that take no time.

use std::sync::Mutex;

use super::{Answer, Folder, Target};
use crate::support::program::run;

#[test]
fn a_deletion_has_the_id_in_its_body() {
    let target = Target::new(|request| match request.path.as_str() {
        "/items" => Answer::Status(201, "{\"id\": 77}".to_owned()),
        _ => Answer::ok(),
    });
    let folder = Folder::one(
        "return { requests = 1, think = 0, step = function()
          http.post('/items', { json = {}, creates = { kind = 'item', id = '/id', delete = {
            method = 'POST', path = '/trash', json = { ids = { '{id}' }, why = 'clean-up of {id}', other = '{x}' },
          } } })
        end }",
    );
    let words = ["--users", "1", "--sessions", "1", "--cleanup"];
    run(&target.url(), &folder.path(), &words)
        .fast()
        .end()
        .with_code(0);
    let requests = target.requests();
    let trash = requests.iter().find(|request| request.path == "/trash");
    let body = &trash.unwrap().body;
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    let wanted = serde_json::json!({ "ids": ["77"], "why": "clean-up of 77", "other": "{x}" });
    assert_eq!(body, wanted);
}

#[test]
fn responses_that_are_retried_can_be_expected() {
    for (retry, expected, unexpected) in [
        ("{ 2, pause = 0, expected = true }", 1, 0),
        ("{ 2, pause = 0 }", 0, 1),
        // The last one is no retry any more.
        ("{ 1, pause = 0, on = { 500 }, expected = true }", 0, 1),
    ] {
        let failed = Mutex::new(false);
        let target = Target::new(move |_| {
            let is_first = !std::mem::replace(&mut *failed.lock().unwrap(), true);
            Answer::Status(if is_first { 503 } else { 200 }, "{}".to_owned())
        });
        let script = format!(
            "return {{ requests = 1, think = 0, step = function() http.get('/', {{ retry = {retry} }}) end }}"
        );
        let folder = Folder::one(&script);
        let words = ["--users", "1", "--sessions", "1", "--no-valve"];
        let ended = run(&target.url(), &folder.path(), &words)
            .fast()
            .with_summary()
            .end();
        let requests = &ended.summary()["requests"];
        assert_eq!(requests["expected"], expected, "{retry}: {requests}");
        assert_eq!(requests["unexpected"], unexpected, "{retry}: {requests}");
    }
}

#[test]
fn the_token_of_auth_bearer_is_that_of_auth_token() {
    let target = Target::fine();
    let folder = Folder::one(
        "return { requests = 1, think = 0, step = function()
          metrics.check('none before', auth.token() == nil)
          auth.bearer 'abc.def'
          metrics.check('there', auth.token() == 'abc.def')
          auth.basic('me', 'secret')
          metrics.check('no bearer', auth.token() == nil)
          auth.bearer 'abc.def'
          auth.clear()
          metrics.check('cleared', auth.token() == nil)
          http.get '/'
        end }",
    );
    let words = ["--users", "1", "--sessions", "1"];
    let ended = run(&target.url(), &folder.path(), &words)
        .fast()
        .with_summary()
        .end()
        .with_code(0);
    let summary = ended.summary();
    let checks = summary["checks"].as_array().unwrap();
    assert_eq!(checks.len(), 4, "{checks:?}");
    assert!(
        checks.iter().all(|check| check["failed"] == 0),
        "{checks:?}"
    );
}

#[test]
fn stages_of_a_type_may_take_no_time_at_all() {
    let target = Target::fine();
    let script = "return { requests = 1000, think = 1, step = function() http.get '/' end }";
    let folder = Folder::one(script).with("other", script).script(
        "throng.toml",
        "duration = 4\nramp = 0\nusers = 1\n[types.one]\nstages = \"0s:2\"\n",
    );
    let ended = run(&target.url(), &folder.path(), &[])
        .fast()
        .with_summary()
        .end()
        .with_code(0);
    let summary = ended.summary();
    assert_eq!(summary["sessions"]["total"], 3, "{}", summary["sessions"]);
}
