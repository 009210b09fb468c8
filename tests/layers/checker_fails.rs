//! The checker can fail: made-up files that break each rule.

use super::rules::{Room, THRONG};
use super::{File, broken};

/// A file in the crate of its room.
fn made_up(path: &str, text: &str) -> File {
    let mut file = File {
        folder: THRONG,
        path: path.to_owned(),
        text: text.to_owned(),
    };
    if let Some(room) = Room::named(file.room()) {
        file.folder = room.folder;
    }
    file
}

fn found(path: &str, text: &str) -> Vec<String> {
    broken(&[made_up(path, text)])
}

#[test]
fn an_arrow_upward_is_found_in_each_way_to_write_it() {
    let up = ["http/client.rs:2: http uses engine; it may use no other room"];
    for text in [
        "\nuse crate::engine::Shard;",
        "\npub(crate) use crate::engine;",
        "\nfn f() { crate::engine::start() }",
        "\nuse throng_core::engine::Shard;",
        "\nuse crate::{http::Outcome, engine::{Shard, plan}};",
        "\nuse super::super::engine;",
        "\nuse super::super::{engine::Shard};",
    ] {
        assert_eq!(found("http/client.rs", text), up, "{text}");
    }
    // A room that is a crate.
    let up = ["http/client.rs:2: http uses cluster; it may use no other room"];
    for text in [
        "\nuse throng_cluster::Worker;",
        "\nuse throng_cluster as cluster;",
    ] {
        assert_eq!(found("http/client.rs", text), up, "{text}");
    }
    let group = "use crate::{\n    http,\n    engine::User,\n};";
    let found = found("script/api/http.rs", group);
    assert!(
        found[0].starts_with("script/api/http.rs:3: script uses engine; it may use "),
        "{found:?}"
    );
}

#[test]
fn rooms_of_one_floor_do_not_know_each_other() {
    assert_eq!(
        found("http/client/a.rs", "use crate::metrics::Sample;").len(),
        1
    );
    assert_eq!(
        found("report/text/a.rs", "use crate::engine::Run;").len(),
        1
    );
    assert_eq!(found("plan/a.rs", "use crate::script::Bundle;").len(), 1);
    assert_eq!(
        found("script/api/a.rs", "use crate::plan::Plan;"),
        [] as [&str; 0]
    );
}

#[test]
fn arrows_downward_and_inside_a_room_are_fine() {
    for (path, text) in [
        (
            "engine/shard/user.rs",
            "use crate::{pace::Ramp, script::vm, http};",
        ),
        ("engine/shard/user.rs", "use super::thread::Shard;"),
        (
            "script/api/auth.rs",
            "use super::http;\nuse super::super::metrics_table;",
        ),
        ("cli/resolve/http.rs", "use crate::cli::words::HttpOptions;"),
        (
            "http/client/a.rs",
            "/// See [`crate::engine`].\nconst A: &str = \"use crate::engine;\";",
        ),
        (
            "http/client/a.rs",
            "/* crate::engine /* nested */ crate::engine */\nfn f<'a>(a: &'a str) -> char { '\"' }",
        ),
        (
            "http/client/a.rs",
            "const A: &str = r#\"\" crate::engine \"#;",
        ),
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
        assert_eq!(found("http/client/a.rs", text).len(), 1, "{text}");
    }
}

#[test]
fn a_word_that_a_room_must_never_know_is_found() {
    for (path, text, message) in [
        (
            "metrics/model/a.rs",
            "use mlua::Lua;",
            "metrics/model/a.rs:1: metrics must never know mlua",
        ),
        (
            "http/client/a.rs",
            "\n\nfn f(lua: &mlua::Lua) {}",
            "http/client/a.rs:3: http must never know mlua",
        ),
        (
            "cli/resolve/a.rs",
            "use tokio::sync;",
            "cli/resolve/a.rs:1: cli must never know tokio",
        ),
        (
            "engine/run/a.rs",
            "let out = std::io::stdout();",
            "engine/run/a.rs:1: engine must never know std::io::stdout",
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
            "metrics/model/a.rs",
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
        ["attic/a.rs: attic has no floor; give it one in tests/layers/rules.rs"]
    );
    assert_eq!(
        found("pace/mod.rs", "mod ramp;"),
        [
            "pace/mod.rs: opens without a word on what comes in, what goes out and what it must \
             never know"
        ]
    );
}

#[test]
fn a_room_in_another_crate_than_its_own_is_found() {
    let engine = File {
        folder: THRONG,
        ..made_up("engine/run/a.rs", "")
    };
    assert_eq!(
        broken(&[engine]),
        ["src/engine/run/a.rs: engine is a room of src/core"]
    );
    let page = File {
        folder: super::rules::CORE,
        ..made_up("page/data/a.rs", "")
    };
    assert_eq!(
        broken(&[page]),
        ["src/core/page/data/a.rs: page is a room of src"]
    );
}

/// What is wrong in a tree of these files.
fn found_in(files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<File> = files
        .iter()
        .map(|(path, text)| made_up(path, text))
        .collect();
    broken(&files)
}

#[test]
fn an_arrow_between_wings_upward_is_found() {
    let shard = ("engine/shard/made_up.rs", "pub struct Shard;");
    let to_run = "engine/protection/made_up.rs:2 -> engine/shard/made_up.rs: protection may use \
                  arc_serde; hand it what it needs, or move that into a wing below both";
    for text in [
        "\nuse crate::engine::shard::made_up::Shard;",
        "\nuse super::super::{shard::made_up::Shard as Other};",
        "use super::super::shard;\nfn f(_: shard::made_up::Shard) {}",
    ] {
        let files = [shard, ("engine/protection/made_up.rs", text)];
        assert_eq!(found_in(&files), [to_run], "{text}");
    }
    let config = ("engine/config.rs", "use super::shard::made_up::Shard;");
    let found = found_in(&[shard, config]);
    assert!(
        found[0].starts_with(
            "engine/config.rs:1 -> engine/shard/made_up.rs: config may use checkpoint, "
        ),
        "{found:?}"
    );
}

#[test]
fn wings_side_by_side_do_not_know_each_other() {
    let files = [
        ("engine/cleanup/made_up.rs", "pub struct Runner;"),
        (
            "engine/shard/made_up.rs",
            "use crate::engine::cleanup::made_up::Runner;",
        ),
    ];
    assert_eq!(found_in(&files).len(), 1);
}

#[test]
fn a_re_export_is_looked_through() {
    let front = (
        "engine/mod.rs",
        "//! a\nmod protection;\nmod run;\npub use run::Run;",
    );
    let run = (
        "engine/run/mod.rs",
        "//! In: Out: Never\nmod state;\npub use state::Run;",
    );
    let state = ("engine/run/state.rs", "pub struct Run;");
    let below = ("engine/protection/made_up.rs", "use crate::engine::Run;");
    assert_eq!(found_in(&[front, run, state]), [] as [&str; 0]);
    let found = found_in(&[front, run, state, below]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with("engine/protection/made_up.rs:1 -> engine/run/state.rs: "),
        "{found:?}"
    );
}

#[test]
fn a_wing_without_a_place_is_found() {
    assert_eq!(
        found_in(&[("engine/attic/a.rs", "")]),
        [
            "engine/attic/a.rs: attic is not among the wings of engine; give it a place in \
             tests/layers/rules.rs"
        ]
    );
}

#[test]
fn a_circle_of_files_is_found_whole() {
    let files = [
        ("plan/one.rs", "\nuse super::two::Two;\npub struct One;"),
        (
            "plan/two.rs",
            "use crate::plan::three::Three;\npub struct Two;",
        ),
        ("plan/three.rs", "pub struct Three(pub super::one::One);"),
        ("plan/four.rs", "use super::one::One;"),
    ];
    assert_eq!(
        found_in(&files),
        [
            "plan/one.rs:2 -> plan/two.rs:1 -> plan/three.rs:1 -> plan/one.rs: a circle; move what \
             both sides need into a file below them, or hand it over as an argument"
        ]
    );
    assert_eq!(found_in(&files[..2]), [] as [&str; 0]);
}

#[test]
fn the_shortest_circle_stands_for_all_that_hang_together() {
    let files = [
        (
            "plan/one.rs",
            "use super::{two::Two, three::Three};\npub struct One;",
        ),
        ("plan/two.rs", "use super::three::Three;\npub struct Two;"),
        ("plan/three.rs", "use super::one::One;\npub struct Three;"),
    ];
    let found = found_in(&files);
    assert_eq!(found.len(), 1);
    assert!(
        found[0].starts_with(
            "plan/one.rs:1 -> plan/three.rs:1 -> plan/one.rs: a circle among 3 files that all \
             reach each other;"
        ),
        "{found:?}"
    );
}

#[test]
fn a_parent_and_its_child_are_a_circle_only_if_both_use_each_other() {
    let child = (
        "plan/deep/child.rs",
        "use super::Shared;\npub fn f(_: Shared) {}",
    );
    for (parent, circles) in [
        // It hands out what its child makes, and defines what the child uses.
        ("mod child;\npub use child::f;\npub struct Shared;", 0),
        (
            "mod child;\npub(super) use child::f as g;\npub struct Shared;",
            0,
        ),
        // Its own code uses the child too, in each way to write it.
        ("mod child;\nuse child::f;\npub struct Shared;", 1),
        (
            "mod child;\npub use child::f;\npub struct Shared;\nfn g() { f(Shared) }",
            1,
        ),
        (
            "mod child;\npub struct Shared;\nfn g() { child::f(Shared) }",
            1,
        ),
        (
            "mod child;\npub struct Shared;\nfn g() { self::child::f(Shared) }",
            1,
        ),
    ] {
        let parent = format!("//! In: a. Out: b. Never: c.\n{parent}");
        let found = found_in(&[child, ("plan/deep/mod.rs", &parent)]);
        assert_eq!(found.len(), circles, "{parent}: {found:?}");
    }
}

#[test]
fn tests_in_a_file_and_names_of_others_are_no_arrows() {
    let files = [
        (
            "plan/one.rs",
            "pub struct One;\n#[cfg(test)]\nmod tests { use super::super::two::Two; }",
        ),
        (
            "plan/two.rs",
            "use super::one::One;\npub struct Two;\nfn f(x: &One) { x.two(); std::two::Two }",
        ),
    ];
    assert_eq!(found_in(&files), [] as [&str; 0]);
}

#[test]
fn a_wing_without_a_contract_is_found() {
    let ask = "say in at most 5 lines of `//!` what comes in, what goes out and what the wing must \
               never know";
    let long = "//! In: a. Out: b.\n//! Never: c.\n".to_owned() + &"//! More.\n".repeat(4);
    for (text, why) in [
        ("mod state;", "opens without a contract"),
        (
            "//! The one state of a run.",
            "opens without all of `In:`, `Out:` and `Never`",
        ),
        (
            "//! TODO In: Out: never",
            "opens without all of `In:`, `Out:` and `Never`",
        ),
        (&long, "says more than its contract"),
    ] {
        assert_eq!(
            found_in(&[("engine/shard/mod.rs", text)]),
            [format!("engine/shard/mod.rs:1: {why}; {ask}")]
        );
    }
    let undivided = found_in(&[("ledger/store/mod.rs", "mod row;")]);
    assert_eq!(undivided.len(), 1, "{undivided:?}");
    let fine = "//! In: commands. Out: reports. It must never know files.\n\n//! More";
    assert_eq!(found_in(&[("engine/shard/mod.rs", fine)]), [] as [&str; 0]);
}
