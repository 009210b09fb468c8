//! The checker can fail: made-up files that break each rule.

use super::{File, broken};

fn found(path: &str, text: &str) -> Vec<String> {
    broken(&[File {
        path: path.to_owned(),
        text: text.to_owned(),
    }])
}

#[test]
fn an_arrow_upward_is_found_in_each_way_to_write_it() {
    let up = ["http/client.rs:2: http uses engine; it may use no other room"];
    for text in [
        "\nuse crate::engine::Shard;",
        "\npub(crate) use crate::engine;",
        "\nfn f() { crate::engine::start() }",
        "\nuse crate::{http::Outcome, engine::{Shard, plan}};",
        "\nuse super::super::engine;",
        "\nuse super::super::{engine::Shard};",
    ] {
        assert_eq!(found("http/client.rs", text), up, "{text}");
    }
    let group = "use crate::{\n    http,\n    engine::User,\n};";
    assert_eq!(
        found("script/api/http.rs", group),
        [
            "script/api/http.rs:3: script uses engine; it may use http, ledger, metrics, pace, plan, secrets, text"
        ]
    );
}

#[test]
fn rooms_of_one_floor_do_not_know_each_other() {
    assert_eq!(found("http/a.rs", "use crate::metrics::Sample;").len(), 1);
    assert_eq!(found("report/a.rs", "use crate::engine::Run;").len(), 1);
    assert_eq!(found("plan/a.rs", "use crate::script::Bundle;").len(), 1);
    assert_eq!(
        found("script/a.rs", "use crate::plan::Plan;"),
        [] as [&str; 0]
    );
}

#[test]
fn arrows_downward_and_inside_a_room_are_fine() {
    for (path, text) in [
        (
            "engine/user.rs",
            "use crate::{pace::Ramp, script::vm, http};",
        ),
        ("engine/user.rs", "use super::shard::Shard;"),
        (
            "script/api/auth.rs",
            "use super::http;\nuse super::super::metrics_table;",
        ),
        ("cli/resolve/http.rs", "use crate::cli::words::HttpOptions;"),
        (
            "http/a.rs",
            "/// See [`crate::engine`].\nconst A: &str = \"use crate::engine;\";",
        ),
        (
            "http/a.rs",
            "/* crate::engine /* nested */ crate::engine */\nfn f<'a>(a: &'a str) -> char { '\"' }",
        ),
        ("http/a.rs", "const A: &str = r#\"\" crate::engine \"#;"),
        ("main.rs", "fn main() { throng::app::main() }"),
    ] {
        assert_eq!(found(path, text), [] as [&str; 0], "{text}");
    }
}

#[test]
fn what_follows_a_string_or_a_comment_is_still_read() {
    for text in [
        "const A: &str = \"\\\"\"; use crate::engine;",
        "const A: char = '\"'; use crate::engine;",
        "const A: char = '\\''; use crate::engine;",
        "const A: &[u8] = br#\"\"\"#; use crate::engine;",
        "/* a */ use crate::engine;",
    ] {
        assert_eq!(found("http/a.rs", text).len(), 1, "{text}");
    }
}

#[test]
fn a_word_that_a_room_must_never_know_is_found() {
    for (path, text, message) in [
        (
            "metrics/a.rs",
            "use mlua::Lua;",
            "metrics/a.rs:1: metrics must never know mlua",
        ),
        (
            "http/a.rs",
            "\n\nfn f(lua: &mlua::Lua) {}",
            "http/a.rs:3: http must never know mlua",
        ),
        (
            "cli/a.rs",
            "use tokio::sync;",
            "cli/a.rs:1: cli must never know tokio",
        ),
        (
            "engine/a.rs",
            "let out = std::io::stdout();",
            "engine/a.rs:1: engine must never know std::io::stdout",
        ),
        (
            "plan/a.rs",
            "std::fs::read(path)",
            "plan/a.rs:1: plan must never know std::fs",
        ),
        (
            "pace/a.rs",
            "let now = Instant::now();",
            "pace/a.rs:1: pace must never know Instant",
        ),
    ] {
        assert_eq!(found(path, text), [message]);
    }
    assert_eq!(
        found(
            "metrics/a.rs",
            "// mlua is not known here\nlet mluaish = 1;"
        ),
        [] as [&str; 0]
    );
}

#[test]
fn a_long_file_is_found() {
    assert_eq!(found("plan/a.rs", &"//\n".repeat(400)), [] as [&str; 0]);
    assert_eq!(
        found("plan/a.rs", &"//\n".repeat(401)),
        ["plan/a.rs: 401 lines, and the ceiling is 400; give a part of it a file"]
    );
    assert_eq!(
        found("main.rs", &"//\n".repeat(41)),
        ["main.rs: 41 lines, and the ceiling is 40; give a part of it a file"]
    );
}

#[test]
fn a_room_without_a_floor_or_a_word_about_itself_is_found() {
    assert_eq!(
        found("attic/a.rs", ""),
        ["attic/a.rs: attic has no floor; give it one in tests/architecture/rules.rs"]
    );
    assert_eq!(
        found("pace/mod.rs", "mod ramp;"),
        [
            "pace/mod.rs: opens without a word on what comes in, what goes out and what it must never know"
        ]
    );
}
