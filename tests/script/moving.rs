//! A user that goes to another version in the middle of its session: what comes along, to the last byte.

use std::rc::Rc;
use std::time::Duration;

use serde_json::json;
use throng::script::{CallEnd, Moved, ScriptUser, Vm, VmResources};
use tokio::time::timeout;

use super::support::{Folder, Stage, Target, nowhere};
use crate::support::on_one_thread;

/// A VM of version 2 of a stage's type, from other sources, in which `say` tells the same test.
fn second(stage: &Stage, folder: &Folder) -> Rc<Vm> {
    stage.vm_of(&folder.bundle(), "one", 2, &VmResources::alone())
}

/// Moves to a script that does only this.
fn move_to(stage: &Stage, script_user: &ScriptUser, text: &str) -> (ScriptUser, Moved) {
    let folder = Folder::one(text);
    script_user.move_to(second(stage, &folder)).unwrap()
}

#[test]
fn every_kind_of_plain_data_comes_along() {
    on_one_thread(async {
        let fill = r#"
            local s = user.state
            s.bytes = '\0\255\xfe' s.whole = 9007199254740993 s.part = 2.0 s.yes, s.no = true, false
            s.null, s.list, s.empty = json.null, { 1, 'two', { 3 } }, json.decode '[]'
            s[1], s[2.5], s[true] = 'one', 'two and a half', 'yes'
            s.deep = { a = { b = { c = {} } } }"#;
        let tell = r#"return { step = function(user)
            local s = user.state
            assert(s.bytes == '\0\255\xfe')
            assert(s.whole == 9007199254740993 and math.type(s.whole) == 'integer')
            assert(s.part == 2 and math.type(s.part) == 'float')
            assert(s.yes == true and s.no == false and s.null == json.null)
            assert(s[1] == 'one' and s[2.5] == 'two and a half' and s[true] == 'yes')
            assert(next(s.deep.a.b.c) == nil)
            say(json.encode { s.list, s.empty, s.deep })
            s.after = true
        end }"#;
        let stage = Stage::new(&Folder::step(fill), nowhere());
        let script_user = stage.one();
        assert!(matches!(script_user.step(0).await, CallEnd::Done));
        let (moved, how) = move_to(&stage, &script_user, tell);
        assert!(matches!(how, Moved::Copied), "{how:?}");
        let end = moved.step(0).await;
        assert!(matches!(end, CallEnd::Done), "{end:?}");
        assert_eq!(
            stage.said(),
            [json!(r#"[[1,"two",[3]],[],{"a":{"b":{"c":{}}}}]"#)]
        );
        // What the new one does is not seen in the old.
        let (back, _) = move_to(
            &stage,
            &script_user,
            "return { step = function(user) say(user.state.after == nil) end }",
        );
        back.step(0).await;
        assert_eq!(stage.said(), [json!(true)]);
    });
}

#[test]
fn the_user_stays_itself() {
    on_one_thread(async {
        let target = Target::echo().await;
        let draw = "return { step = function(user)
            http.get('/cookie')
            say { user.id, user.type, user.session, user.requests_left, random.int(1, 1000000), random.unique() }
        end }";
        let stage = Stage::new(&Folder::one(draw), target.address);
        let stays = stage.one();
        for _ in 0..2 {
            stays.step(0).await;
        }
        let unmoved = stage.said();

        let stage = Stage::new(&Folder::one(draw), target.address);
        let script_user = stage.one();
        script_user.step(0).await;
        let (moved, _) = move_to(&stage, &script_user, draw);
        moved.step(0).await;
        assert_eq!(
            stage.said(),
            unmoved,
            "draws, names and requests left go on where they were"
        );
        let user = &moved.context.user;
        assert_eq!((user.requester.version.get(), moved.vm.version), (2, 2));
        let batch = stage.counted();
        let versions = &batch.totals.types.values().next().unwrap().versions;
        let requests: Vec<(u32, u64)> = versions
            .iter()
            .map(|(one, totals)| (*one, totals.outcomes.total()))
            .collect();
        assert_eq!(requests, [(1, 1), (2, 1)]);
    });
}

#[test]
fn what_a_cancelled_step_left_is_looked_at_before_it_moves() {
    for (left, words) in [
        ("user.state.f = print", "user.state.f is a function"),
        ("user.state.me = user.state", "user.state.me holds itself"),
        ("user.state = 7", "user.state is an integer"),
        ("user.memory.f = print", "user.memory.f is a function"),
    ] {
        on_one_thread(async {
            let stage = Stage::new(&Folder::step(&format!("{left} think(3600)")), nowhere());
            let script_user = stage.one();
            let mut step = Box::pin(script_user.step(0));
            let polled = timeout(Duration::ZERO, step.as_mut()).await;
            assert!(polled.is_err(), "{polled:?}");
            drop(step);
            let tell = "return { step = function(user)
                say(next(user.state) == nil and next(user.memory) == nil) end }";
            let (moved, how) = move_to(&stage, &script_user, tell);
            let Moved::Restarted(fault) = how else {
                panic!("{left}: {how:?}")
            };
            assert!(fault.to_string().contains(words), "{left}: {fault}");
            moved.step(0).await;
            assert_eq!(stage.said(), [json!(true)], "{left}");
        });
    }
}

#[test]
fn a_state_that_was_dropped_is_empty_there_and_the_memory_comes_along() {
    let tell = "step = function(user) say { next(user.state) == nil, user.memory.kept } end";
    for (rest, is_migrated) in [
        ("", false),
        ("migrate = function(state) return state end,", true),
    ] {
        on_one_thread(async {
            let stage = Stage::new(
                &Folder::step("user.memory.kept = 7 user.state = nil"),
                nowhere(),
            );
            let script_user = stage.one();
            script_user.step(0).await;
            let (moved, how) =
                move_to(&stage, &script_user, &format!("return {{ {rest} {tell} }}"));
            assert_eq!(matches!(how, Moved::Migrated), is_migrated, "{how:?}");
            moved.step(0).await;
            assert_eq!(stage.said(), [json!([true, 7])]);
        });
    }
}

#[test]
fn migrate_gets_a_copy_and_the_old_number() {
    on_one_thread(async {
        let stage = Stage::new(&Folder::step("user.state.n = 5"), nowhere());
        let script_user = stage.one();
        script_user.step(0).await;
        let text = "return {
            migrate = function(state, from) return { was = state.n, from = from } end,
            step = function(user) say { user.state.was, user.state.from, user.state.n } end }";
        let (moved, how) = move_to(&stage, &script_user, text);
        assert!(matches!(how, Moved::Migrated), "{how:?}");
        moved.step(0).await;
        assert_eq!(stage.said(), [json!([5, 1])]);
    });
}

#[test]
fn a_migrate_that_fails_leaves_a_fresh_state_and_says_where() {
    for (body, words) in [
        ("error('too old')", "scripts/one.lua:2: too old"),
        (
            "return 7",
            "scripts/one.lua: migrate returned an integer; it returns the state of this version, a table",
        ),
        (
            "return { f = print }",
            "scripts/one.lua: migrate: user.state.f is a function; user.state holds plain data only: strings, numbers, booleans, tables",
        ),
        (
            "think(1)",
            "scripts/one.lua:2: think waits, and cannot be called inside a function that cannot wait",
        ),
        ("while true do end", "scripts/one.lua:2: "),
        (
            "return setmetatable({}, {})",
            "scripts/one.lua: migrate: user.state has a metatable",
        ),
    ] {
        on_one_thread(async {
            let stage = Stage::new(&Folder::step("user.state.n = 5"), nowhere());
            let script_user = stage.one();
            script_user.step(0).await;
            let text = format!(
                "return {{ migrate = function(state)\n{body}\nend,
                step = function(user) say(next(user.state) == nil) end }}"
            );
            let (moved, how) = move_to(&stage, &script_user, &text);
            let Moved::Restarted(fault) = how else {
                panic!("{body}: {how:?}")
            };
            assert!(fault.to_string().starts_with(words), "{body}: {fault}");
            moved.step(0).await;
            assert_eq!(stage.said(), [json!(true)], "{body}");
        });
    }
}
