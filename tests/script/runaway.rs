//! Scripts that never end or take all memory: their step ends, the others go on.

use std::time::{Duration, Instant};

use super::support::{Folder, Stage, Target, act, fault_of, nowhere};
use crate::support::on_one_thread;
use throng::script::CallEnd;

const WORDS: &str =
    "computed for more than 50 ms without waiting; use less, or wait in between with think()";

#[test]
fn an_endless_step_ends_wherever_it_is() {
    for body in [
        "while true do end",
        "pcall(function() while true do end end)",
        "while true do pcall(function() while true do end end) end",
        "while true do xpcall(function() while true do end end, function(e) while true do end end) end",
        "coroutine.wrap(function() while true do end end)()",
        "while true do coroutine.resume(coroutine.create(function() while true do end end)) end",
        "table.sort({ 1, 2, 3 }, function() while true do end end)",
        "while true do pcall(table.sort, { 1, 2, 3 }, function() while true do end end) end",
        "string.gsub('x', '.', function() while true do end end)",
        "while true do pcall(string.gsub, 'x', '.', function() while true do end end) end",
        "tostring(setmetatable({}, { __tostring = function() while true do end end }))",
        "error(setmetatable({}, { __tostring = function() while true do end end }))",
        "local t = setmetatable({}, { __index = function(t, k) return t[k] end }) while true do pcall(function() return t.x end) end",
        "for _ in function() return 1 end do end",
        "parallel { function() while true do end end }",
        "while true do pcall(parallel, { function() while true do end end }) end",
        "local m = {} local t = setmetatable({}, m) m.__close = function() while true do end end local x <close> = t while true do end",
        "local m = {} local t = setmetatable({}, m) m.__close = function() while true do end end local x <close> = t http.get('/')",
        "('x'):rep(100000):find(('.-'):rep(30) .. 'b')",
    ] {
        let began = Instant::now();
        let act = on_one_thread(async { act(body, nowhere()).await });
        let took = began.elapsed();
        assert!(took < Duration::from_secs(15), "{body}: {took:?}");
        let fault = act.fault();
        assert!(fault.starts_with("scripts/one.lua:2: "), "{body}: {fault}");
        assert!(
            fault.ends_with(WORDS) || fault.contains("steps"),
            "{body}: {fault}"
        );
    }
}

#[test]
fn the_others_of_the_shard_go_on() {
    on_one_thread(async {
        let target = Target::echo().await;
        let folder = Folder::step(
            "if user.id == 0 then\n  http.get('/first')\n  while true do pcall(function() while true do end end) end\nend\nfor i = 1, 3 do http.get('/user/{n}', { params = { n = i } }) end",
        );
        let stage = Stage::new(&folder, target.address);
        let vm = stage.vm("one");
        let (runaway, other) = (stage.user(&vm, 0), stage.user(&vm, 1));
        let began = Instant::now();
        let (bad, good) = tokio::join!(runaway.step(0), other.step(0));
        assert!(began.elapsed() < Duration::from_secs(15));
        assert_eq!(
            fault_of(&bad).to_string(),
            format!("scripts/one.lua:4: {WORDS}")
        );
        assert!(matches!(good, CallEnd::Done), "{good:?}");
        assert!(matches!(other.step(0).await, CallEnd::Done));
        assert_eq!(target.seen().len(), 1 + 6);
    });
}

#[test]
fn an_endless_think_function_fails_its_own_user_only() {
    on_one_thread(async {
        let target = Target::echo().await;
        let folder = Folder::one(
            "return { think = function(user)\n  while user.id == 0 do end\n  return 0\nend, step = function() http.get('/') end }",
        );
        let stage = Stage::new(&folder, target.address);
        let vm = stage.vm("one");
        let (runaway, other) = (stage.user(&vm, 0), stage.user(&vm, 1));
        let fault = runaway.think(0.0).unwrap_err();
        assert_eq!(fault.to_string(), format!("scripts/one.lua:2: {WORDS}"));
        let end = other.step(0).await;
        assert!(matches!(end, CallEnd::Done), "{end:?}");
    });
}

#[test]
fn many_short_computations_with_waits_between_are_fine() {
    on_one_thread(async {
        let act = act(
            "for _ = 1, 20 do local n = 0 for i = 1, 100000 do n = n + i end think(0) end",
            nowhere(),
        )
        .await;
        act.fine();
    });
}

#[test]
fn a_memory_bomb_ends_its_step_and_the_memory_comes_back() {
    on_one_thread(async {
        let target = Target::echo().await;
        for bomb in [
            "local s = 'x' for _ = 1, 40 do s = s .. s end",
            "local s = 'x' user.state.keep = {} for i = 1, 40 do s = s .. s user.state.keep[i] = s end",
        ] {
            let folder = Folder::step(&format!(
                "if user.id == 0 then {bomb} end say(http.get('/').status)"
            ));
            let stage = Stage::with_short_rests(&folder, target.address);
            let vm = stage.vm("one");
            let (bad, good) = (stage.user(&vm, 0), stage.user(&vm, 1));
            let end = bad.step(0).await;
            assert_eq!(
                fault_of(&end).message,
                "not enough memory: the script's VM reached its limit"
            );
            bad.end(throng::script::Unfinished::Error);
            assert!(matches!(good.step(0).await, CallEnd::Done));
            assert_eq!(stage.said(), [200]);
            assert!(
                vm.memory() < 16 << 20,
                "{} bytes are still held",
                vm.memory()
            );
        }
    });
}
