//! Coroutines of a script, and the places in which nothing can wait.

use serde_json::json;

use super::support::{Folder, Stage, Target, act, fault_of, nowhere};
use crate::support::on_one_thread;

#[test]
fn coroutines_of_a_script_work() {
    let body = "
        local co = coroutine.create(function(a) local b = coroutine.yield(a + 1) return b * 2 end)
        say({ coroutine.resume(co, 1) }) say(coroutine.status(co)) say({ coroutine.resume(co, 5) }) say(coroutine.status(co))
        say({ coroutine.resume(co) })
        local words = {} for w in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end) do words[#words + 1] = w end say(words)
        local bad = coroutine.create(function() error({ code = 9 }) end)
        local ok, e = coroutine.resume(bad) say({ ok, e.code })
        ok, e = pcall(coroutine.wrap(function() error('inside') end)) say({ ok, e })
        local open = coroutine.create(function() coroutine.yield() end) coroutine.resume(open) say(coroutine.close(open)) say(coroutine.status(open))
        local outer = coroutine.wrap(function() local inner = coroutine.wrap(function() coroutine.yield('in') end) coroutine.yield(inner()) coroutine.yield('out') end)
        say({ outer(), outer() })
        say(coroutine.isyieldable())
        ok, e = coroutine.resume(coroutine.create(function() random.int('x', 1) end)) say(e)";
    let said = on_one_thread(async { act(body, nowhere()).await.fine() });
    assert_eq!(
        json!(said[..10]),
        json!([
            [true, 2],
            "suspended",
            [true, 10],
            "dead",
            [false, "cannot resume dead coroutine"],
            [1, 2, 3],
            [false, 9],
            [false, "scripts/one.lua:9: inside"],
            true,
            "dead"
        ])
    );
    assert_eq!(said[10], json!(["in", "out"]));
    assert_eq!(
        said[12],
        "scripts/one.lua:14: random.int: lo is a string, an integer was expected"
    );
}

#[test]
fn waiting_where_nothing_can_wait_is_refused_and_the_user_goes_on() {
    on_one_thread(async {
        let target = Target::echo().await;
        for (call, place) in [
            (
                "coroutine.wrap(function() http.get('/in') end)()",
                "http.get waits, and cannot be called inside a coroutine that the script made",
            ),
            (
                "coroutine.wrap(function() think(0) end)()",
                "think waits, and cannot be called inside a coroutine that the script made",
            ),
            (
                "table.sort({ 2, 1 }, function(a, b) http.get('/in') return a < b end)",
                "http.get waits, and cannot be called inside the comparator of table.sort",
            ),
            (
                "string.gsub('x', '.', function() http.get('/in') end)",
                "http.get waits, and cannot be called inside the function that string.gsub calls",
            ),
            (
                "local _ = tostring(setmetatable({}, { __tostring = function() http.get('/in') return 'x' end }))",
                "a call that waits (http, auth, think, parallel) was made where Lua cannot wait, for example in a metamethod; make it before or after",
            ),
        ] {
            let body = format!("{call}\n");
            let refused = act(&body, target.address).await;
            assert_eq!(
                refused.fault(),
                format!("scripts/one.lua:2: {place}"),
                "{call}"
            );
            let body = format!("pcall(function() {call} end)\nsay(http.get('/after').status)");
            let after = act(&body, target.address).await;
            assert_eq!(after.fine(), [200], "{call}");
        }
        assert!(
            target.asked().iter().all(|asked| asked == "GET /after"),
            "{:?}",
            target.asked()
        );
    });
}

#[test]
fn metamethods_that_lua_itself_calls_may_wait() {
    on_one_thread(async {
        let target = Target::echo().await;
        let body = "local t = setmetatable({}, { __index = function(_, key) return http.get('/' .. key).status end })
            say(t.users)
            for status in function(_, last) if not last then return http.get('/next').status end end do say(status) end";
        assert_eq!(act(body, target.address).await.fine(), [200, 200]);
    });
}

#[test]
fn a_wrong_argument_to_resume_leaves_no_mark() {
    on_one_thread(async {
        let target = Target::echo().await;
        let body = "local ok, e = pcall(coroutine.resume, 5) say(e) pcall(table.sort, nil, function() end) say(http.get('/after').status)";
        let said = act(body, target.address).await.fine();
        assert_eq!(
            said[0],
            "bad argument #1 to 'coroutine.resume' (thread expected, got number)"
        );
        assert_eq!(said[1], 200);
    });
}

#[test]
fn yielding_to_nobody_is_said() {
    let act = on_one_thread(async { act("coroutine.yield(1)", nowhere()).await });
    assert_eq!(
        act.fault(),
        "scripts/one.lua:2: coroutine.yield: nothing to yield to; to wait use think(seconds)"
    );
}

#[test]
fn a_wait_inside_pcall_is_a_wait() {
    on_one_thread(async {
        let target = Target::echo().await;
        let body = "say({ pcall(function() return http.get('/a').status end) })
            say({ xpcall(function() return pcall(http.get, '/b') end, print) ~= nil })";
        let said = act(body, target.address).await.fine();
        assert_eq!(said[0], json!([true, 200]));
        assert_eq!(target.asked(), ["GET /a", "GET /b"]);
    });
}

#[test]
fn the_think_function_of_a_type_cannot_wait() {
    on_one_thread(async {
        let folder = Folder::one(
            "return { think = function(user) return user.state.pause or think(1) end, step = function(user) user.state.pause = 0.5 end }",
        );
        let stage = Stage::new(&folder, nowhere());
        let script_user = stage.one();
        let fault = script_user.think(0.0).unwrap_err();
        assert_eq!(
            fault.to_string(),
            "scripts/one.lua:1: think waits, and cannot be called inside a function that cannot wait"
        );
        let _ = script_user.step(0).await;
        assert_eq!(script_user.think(0.0).unwrap().as_secs_f64(), 0.5);
    });
}

#[test]
fn a_pause_that_is_no_pause_is_an_error_of_the_script() {
    on_one_thread(async {
        for (returned, shown) in [
            ("math.huge", "inf"),
            ("-math.huge", "-inf"),
            ("0 / 0", "NaN"),
            ("-1", "-1"),
            ("-0.5", "-0.5"),
            ("nil", "nil"),
            ("'2'", "\"2\""),
            ("{}", "a table"),
        ] {
            let folder = Folder::one(&format!(
                "return {{\n think = function() return {returned} end, step = function() end }}"
            ));
            let fault = Stage::new(&folder, nowhere()).one().think(0.0).unwrap_err();
            assert_eq!(
                fault.to_string(),
                format!(
                    "scripts/one.lua:2: think returned {shown}; it returns seconds, a finite number from 0 up"
                )
            );
        }
        let folder =
            Folder::one("return { think = function() return 0 end, step = function() end }");
        let pause = Stage::new(&folder, nowhere()).one().think(0.0).unwrap();
        assert!(pause.is_zero());
        for (option, shown) in [
            ("math.huge", "inf"),
            ("-1", "-1"),
            ("0 / 0", "NaN"),
            ("{ 1, math.huge }", "{ 1, inf }"),
            ("{ -1, 1 }", "{ -1, 1 }"),
        ] {
            let fault = Folder::one(&format!(
                "return {{ think = {option}, step = function() end }}"
            ))
            .fault();
            assert!(
                fault.contains(&format!("think is {shown}; it takes seconds")),
                "{fault}"
            );
        }
        for (call, words) in [
            (
                "think(math.huge)",
                "think: seconds is inf, a finite number was expected",
            ),
            (
                "think(0 / 0)",
                "think: seconds is NaN, a finite number was expected",
            ),
            (
                "think(-1)",
                "think: seconds is -1, a number of at least 0 was expected",
            ),
            (
                "think(1, -2)",
                "think: longest is -2, a number of at least 0 was expected",
            ),
            (
                "think(1, math.huge)",
                "think: longest is inf, a finite number was expected",
            ),
        ] {
            let fault = act(call, nowhere()).await.fault();
            assert_eq!(fault, format!("scripts/one.lua:2: {words}"));
        }
    });
}

#[test]
fn an_error_in_a_coroutine_is_told_with_the_line_inside_it() {
    let act = on_one_thread(async {
        act(
            "local f = coroutine.wrap(function()\n  local x = nil\n  return x.y\nend)\nf()",
            nowhere(),
        )
        .await
    });
    assert_eq!(
        fault_of(&act.end).to_string(),
        "scripts/one.lua:4: attempt to index a nil value (local 'x')"
    );
}
