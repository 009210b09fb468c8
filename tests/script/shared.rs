//! What users of one VM share, and what none of them can do to another.

use std::sync::Arc;

use serde_json::json;

use super::support::{Folder, Stage, Target, fault_of, nowhere, script_config};
use crate::support::on_one_thread;

/// A stage whose `crowd` is this.
fn with_crowd(body: &str, crowd: serde_json::Value) -> Stage {
    let mut script_config = script_config();
    script_config.crowd = Some(Arc::new(crowd));
    let settings = throng::http::Settings::default();
    Stage::with(&Folder::step(body), nowhere(), script_config, &settings)
}

#[test]
fn a_user_cannot_resume_or_close_the_step_of_another() {
    on_one_thread(async {
        let target = Target::echo().await;
        let folder = Folder::one(
            "local other
            return { step = function(user)
              if user.id == 0 then other = coroutine.running() http.get('/first') http.get('/second') return end
              say({ coroutine.resume(other) })
              say({ pcall(coroutine.close, other) })
              say(coroutine.status(other))
              say({ coroutine.resume((coroutine.running())) })
            end }",
        );
        let stage = Stage::new(&folder, target.address);
        let vm = stage.vm("one");
        let (one, two) = (stage.user(&vm, 0), stage.user(&vm, 1));
        let (first, second) = tokio::join!(one.step(0), two.step(0));
        assert!(matches!(first, throng::script::CallEnd::Done), "{first:?}");
        assert!(
            matches!(second, throng::script::CallEnd::Done),
            "{second:?}"
        );
        let refused = "cannot resume a coroutine that the script did not make";
        assert_eq!(
            json!(stage.said()),
            json!([
                [false, refused],
                [
                    false,
                    "cannot close a coroutine that the script did not make"
                ],
                "suspended",
                [false, "cannot resume non-suspended coroutine"],
            ])
        );
        assert_eq!(target.asked(), ["GET /first", "GET /second"]);
    });
}

#[test]
fn the_functions_of_parallel_cannot_be_resumed_either() {
    on_one_thread(async {
        let target = Target::echo().await;
        let body = "local other
            parallel {
              function() other = coroutine.running() http.get('/one') end,
              function() say({ coroutine.resume(other) }) http.get('/two') end,
            }";
        let act = super::support::act(body, target.address).await;
        assert_eq!(act.fine().len(), 1);
        assert_eq!(target.asked().len(), 2);
    });
}

#[test]
fn a_coroutine_is_its_makers_unless_it_was_made_while_the_file_loaded() {
    on_one_thread(async {
        let folder = Folder::one(
            "local numbers = coroutine.wrap(function() local n = 0 while true do n = n + 1 coroutine.yield(n) end end)
            local kept, wrapped
            return { step = function(user)
              say(numbers())
              if user.id == 0 then
                kept = kept or coroutine.create(function() while true do coroutine.yield(user.id) end end)
                wrapped = wrapped or coroutine.wrap(function() while true do coroutine.yield('own') end end)
              end
              say({ coroutine.resume(kept) })
              say({ pcall(wrapped) })
              say({ pcall(coroutine.close, kept) })
            end }",
        );
        let stage = Stage::new(&folder, nowhere());
        let vm = stage.vm("one");
        let (one, two) = (stage.user(&vm, 0), stage.user(&vm, 1));
        let _ = one.step(0).await;
        assert_eq!(
            json!(stage.said()),
            json!([1, [true, 0], [true, "own"], [true, true]])
        );
        let _ = two.step(0).await;
        let whose = "a coroutine that another user made; make one for each user";
        assert_eq!(
            json!(stage.said()),
            json!([
                2,
                [false, format!("cannot resume {whose}")],
                [false, format!("cannot resume {whose}")],
                [false, format!("cannot close {whose}")],
            ])
        );
    });
}

#[test]
fn the_crowd_is_read_only_down_to_its_last_table() {
    on_one_thread(async {
        let crowd = json!({ "people": [{ "name": "ann", "tags": ["a", "b"] }, { "name": "bo" }] });
        for (write, words) in [
            ("crowd.people = nil", "crowd.people: crowd is read-only"),
            ("crowd.new = 1", "crowd.new: crowd is read-only"),
            (
                "crowd.people[1].name = 'x'",
                "crowd.people[1].name: crowd is read-only",
            ),
            (
                "crowd.people[1].tags[3] = 'c'",
                "crowd.people[1].tags[3]: crowd is read-only",
            ),
            (
                "table.insert(crowd.people, {})",
                "crowd.people[3]: crowd is read-only",
            ),
            (
                "table.remove(crowd.people[1].tags)",
                "crowd.people[1].tags[2]: crowd is read-only",
            ),
            (
                "table.sort(crowd.people[1].tags, function(a, b) return a > b end)",
                "crowd.people[1].tags[1]: crowd is read-only",
            ),
            (
                "table.move({ 1 }, 1, 1, 1, crowd.people)",
                "crowd.people[1]: crowd is read-only",
            ),
            (
                "rawset(crowd.people, 1, 'x')",
                "rawset: crowd is read-only; keep your own in a local or in user.state",
            ),
            (
                "setmetatable(crowd.people, {})",
                "cannot change a protected metatable",
            ),
            (
                "local _, all = pairs(crowd) all.people = nil",
                "crowd.people: crowd is read-only",
            ),
            (
                "for _, one in pairs(crowd.people) do one.name = 'x' end",
                "crowd.people[1].name: crowd is read-only",
            ),
            (
                "random.pick(crowd.people).name = 'x'",
                "name: crowd is read-only",
            ),
            (
                "random.shuffle(crowd.people)[1].name = 'x'",
                "name: crowd is read-only",
            ),
            (
                "json.array(crowd.people[1])",
                "json.array: the table is read-only, a table of your own was expected",
            ),
            ("vars.KEY = 'x'", "vars.KEY: vars is read-only"),
            (
                "local _, all = pairs(http) all.get = nil",
                "http.get: http is read-only; keep your own in a local",
            ),
        ] {
            let stage = with_crowd(write, crowd.clone());
            let vm = stage.vm("one");
            let end = stage.user(&vm, 0).step(0).await;
            let fault = fault_of(&end).to_string();
            assert!(
                fault.starts_with("scripts/one.lua:2: ") && fault.ends_with(words),
                "{write}: {fault}"
            );
            // Nothing has changed for the next one.
            let said: serde_json::Value = vm
                .lua
                .load("return json.encode(crowd)")
                .eval::<String>()
                .map(|text| serde_json::from_str(&text).unwrap())
                .unwrap();
            assert_eq!(said, crowd, "{write}");
        }
    });
}

#[test]
fn what_reads_a_table_reads_the_crowd() {
    on_one_thread(async {
        let target = Target::echo().await;
        let body = "
            local people, tags = crowd.people, crowd.people[1].tags
            say({ #people, #tags, type(people), rawlen(tags), rawget(tags, 2), next(tags), (next(tags, 1)) })
            local names = {} for i, one in ipairs(people) do names[i] = one.name end say(names)
            local keys = {} for key in pairs(people[1]) do keys[#keys + 1] = key end table.sort(keys) say(keys)
            say({ table.concat(tags, '+'), table.unpack(tags) })
            say(select('#', table.unpack(tags)))
            say(table.move(tags, 1, 2, 1, {}))
            say(json.encode(people)) say(json.encode({ people[2] })) say(json.encode(json.array(tags)))
            say(('a'):gsub('a', crowd.words))
            say(random.pick(tags) == 'a' or random.pick(tags) ~= nil)
            say(#random.shuffle(people))
            say(random.weighted(crowd.weights))
            say(crowd.people == people and crowd.people[1] == people[1])
            say(crowd.none == json.null and crowd.absent == nil)
            user.state.account = people[1]
            http.get('/{name}', { params = crowd.names, query = crowd.query, headers = crowd.query, expect = crowd.statuses })
            http.post('/', { json = people[1] }) http.post('/', { form = crowd.query })
            log.info('crowd', crowd)";
        let crowd = json!({
            "people": [{ "name": "ann", "tags": ["a", "b"] }, { "name": "bo" }],
            "words": { "a": "found" }, "weights": { "one": 1 }, "names": { "name": "x" },
            "query": { "q": [1, 2], "r": "s" }, "statuses": [200, 404], "none": null,
        });
        let mut script_config = script_config();
        script_config.crowd = Some(Arc::new(crowd));
        let settings = throng::http::Settings::default();
        let stage = Stage::with(
            &Folder::step(body),
            target.address,
            script_config,
            &settings,
        );
        let script_user = stage.one();
        let end = script_user.step(0).await;
        assert!(matches!(end, throng::script::CallEnd::Done), "{end:?}");
        assert_eq!(
            json!(stage.said()),
            json!([
                [2, 2, "table", 2, "b", 1, 2],
                ["ann", "bo"],
                ["name", "tags"],
                ["a+b", "a", "b"],
                2,
                ["a", "b"],
                "[{\"name\":\"ann\",\"tags\":[\"a\",\"b\"]},{\"name\":\"bo\"}]",
                "[{\"name\":\"bo\"}]",
                "[\"a\",\"b\"]",
                "found",
                true,
                2,
                "one",
                true,
                true
            ])
        );
        let seen = target.seen();
        assert_eq!(seen[0].target, "/x?q=1&q=2&r=s");
        assert_eq!(seen[0].header("q"), ["1", "2"]);
        assert_eq!(seen[1].text(), "{\"name\":\"ann\",\"tags\":[\"a\",\"b\"]}");
        assert_eq!(seen[2].text(), "q=1&q=2&r=s");
    });
}

#[test]
fn a_part_of_the_crowd_in_the_state_comes_along_to_another_version() {
    on_one_thread(async {
        let crowd = json!({ "people": [{ "name": "ann", "tags": ["a", "b"] }] });
        let stage = with_crowd("user.state.who = crowd.people[1]", crowd);
        let script_user = stage.one();
        let end = script_user.step(0).await;
        assert!(matches!(end, throng::script::CallEnd::Done), "{end:?}");
        let folder = Folder::step("say(json.encode(user.state.who))");
        let resources = throng::script::VmResources::alone();
        let (moved, _) = script_user
            .move_to(stage.vm_of(&folder.bundle(), "one", 2, &resources))
            .unwrap();
        moved.step(0).await;
        assert_eq!(
            stage.said(),
            [json!("{\"name\":\"ann\",\"tags\":[\"a\",\"b\"]}")]
        );
    });
}

#[test]
fn what_is_raised_stays_what_it_is_on_its_way_through_the_host() {
    on_one_thread(async {
        let target = Target::echo().await;
        let body = "
            local function seen(...) local ok, e = pcall(...) say({ ok, type(e) == 'table' and e.code or e }) end
            seen(parallel, { function() error({ code = 5 }) end })
            seen(parallel, { function() http.get('/a') error({ code = 6 }) end, function() http.get('/b') end })
            seen(parallel, { function() error('words') end })
            seen(parallel, { function() error(7) end })
            seen(function() return parallel { function() return random.int('x', 1) end } end)
            seen(string.gsub, 'x', 'x', function() error({ code = 8 }) end)
            seen(string.gsub, 'x', 'x', function() random.int('x', 1) end)
            seen(require, 'bad')
            seen(require, 'worse')
            local f = function() return parallel { 5 } end seen(f)
            say(select('#', parallel { function() return 1, 2 end, function() end, function() return nil, 3 end }))";
        let folder = Folder::step(body)
            .lib("bad.lua", "error({ code = 9 })")
            .lib("worse.lua", "\nerror('words')");
        let stage = Stage::new(&folder, target.address);
        let end = stage.one().step(0).await;
        assert!(matches!(end, throng::script::CallEnd::Done), "{end:?}");
        let integer = "random.int: lo is a string, an integer was expected";
        let place = "scripts/one.lua";
        assert_eq!(
            json!(stage.said()),
            json!([
                [false, 5],
                [false, 6],
                [false, format!("{place}:6: words")],
                [false, 7],
                [false, format!("{place}:8: {integer}")],
                [false, 8],
                [false, format!("{place}:10: {integer}")],
                [false, 9],
                [false, "lib/worse.lua:2: words"],
                [
                    false,
                    format!(
                        "{place}:13: parallel: item 1 is a number, not a function; write parallel {{ function() ... end, ... }}"
                    )
                ],
                3,
            ])
        );
    });
}
