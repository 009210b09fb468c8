//! What a script's table must be: every fault by its words, all at once.

use super::support::Folder;

/// The faults of a table, without their common place.
fn faults(table: &str) -> Vec<String> {
    let faults = Folder::one(&format!("local f = function() end\nreturn {table}")).faults();
    let short = |fault: String| {
        let (place, words) = fault.split_once(": ").unwrap();
        assert!(place.starts_with("scripts/one.lua:"), "{fault}");
        words.to_owned()
    };
    faults.into_iter().map(short).collect()
}

#[test]
fn a_sheet_says_what_the_script_says() {
    let specs = Folder::one(
        "local f = function() end
        return { weight = 2.5, requests = { 3, 9 }, think = { 0.5, 1 }, on_start = f, on_stop = f, migrate = f,
          steps = { { 40, f }, { 1.5, f, name = 'profile' }, f } }",
    )
    .script("two.lua", "return { step = function() end, think = function() return 1 end, requests = 7 }")
    .check()
    .unwrap();
    assert_eq!((specs[0].name.as_str(), specs[0].weight), ("one", 2.5));
    assert_eq!((specs[0].requests, specs[0].steps), (Some((3, 9)), 3));
    assert_eq!(
        (specs[0].think.as_str(), specs[0].path.as_str()),
        ("0.5-1 s", "scripts/one.lua")
    );
    assert_eq!(
        (specs[1].weight, specs[1].requests, specs[1].steps),
        (1.0, Some((7, 7)), 1)
    );
    assert_eq!(specs[1].think, "its own");
}

#[test]
fn each_fault_has_its_words() {
    let steps = "steps = { { 1, f } }";
    for (table, words) in [
        (
            "5",
            "returns an integer, not a table; end it with return { weight = 1, steps = { ... } }",
        ),
        (
            "{}",
            "has no steps; write steps = { { 1, function(user) ... end } }, or step = function(user) ... end",
        ),
        (
            "{ steps = {} }",
            "steps is empty; write at least one, such as { 1, function(user) ... end }",
        ),
        (
            "{ steps = 5 }",
            "steps is 5; it takes a list such as { { 40, look_up }, { 15, edit } }",
        ),
        (
            "{ step = f, steps = { f } }",
            "has both steps and step; keep one",
        ),
        (
            "{ step = f, steps = 5 }",
            "has both steps and step; keep one",
        ),
        ("{ step = 'look' }", "step is \"look\"; it takes a function"),
        (
            "{ steps = { { 1, nil } } }",
            "steps[1] has nil where its function belongs; is a name misspelt, or defined further down?",
        ),
        (
            "{ steps = { { 1, f }, { 0, f } } }",
            "steps[2] has the weight 0; it takes a number above 0",
        ),
        (
            "{ steps = { { f } } }",
            "steps[1] has the weight a function; it takes a number above 0",
        ),
        (
            "{ steps = { 'look' } }",
            "steps[1] is \"look\"; it takes { weight, function }",
        ),
        (
            "{ steps = { f, nil, f } }",
            "steps has a hole: 3 is set, 2 is nil; is a name misspelt, or defined further down?",
        ),
        (
            "{ steps = { f, look = f } }",
            "steps has the unknown key 'look'; it is a list such as { { 40, look_up }, { 15, edit } }",
        ),
        (
            "{ steps = { { 1, f, nmae = 'x' } } }",
            "steps[1] has the unknown key 'nmae'; there are: weight, function, name, heavy, next; did you mean name?",
        ),
        (
            "{ steps = { { 1, f, name = 5 } } }",
            "steps[1] has the name 5; it takes a string",
        ),
    ] {
        assert_eq!(faults(table), [words], "{table}");
    }
    for (field, words) in [
        ("weight = 'x'", "weight is \"x\"; it takes a number above 0"),
        ("weight = 0", "weight is 0; it takes a number above 0"),
        ("weight = -1", "weight is -1; it takes a number above 0"),
        ("weight = 0/0", "weight is NaN; it takes a number above 0"),
        ("weight = 1/0", "weight is inf; it takes a number above 0"),
        (
            "requests = { 100, 30 }",
            "requests is { 100, 30 }; it takes a range such as { 30, 100 }, the smaller first, from 1 up",
        ),
        (
            "requests = 0",
            "requests is 0; it takes a range such as { 30, 100 }, the smaller first, from 1 up",
        ),
        (
            "requests = 'many'",
            "requests is \"many\"; it takes a range such as { 30, 100 }, the smaller first, from 1 up",
        ),
        (
            "requests = { 5 }",
            "requests is { 5, nil }; it takes a range such as { 30, 100 }, the smaller first, from 1 up",
        ),
        (
            "requests = { 1, 2, 3 }",
            "requests is a table; it takes a range such as { 30, 100 }, the smaller first, from 1 up",
        ),
        (
            "think = -1",
            "think is -1; it takes seconds, a range such as { 0.1, 2.0 }, or a function",
        ),
        (
            "think = { 2, 1 }",
            "think is { 2, 1 }; it takes seconds, a range such as { 0.1, 2.0 }, or a function",
        ),
        ("on_start = 5", "on_start is 5; it takes a function"),
        ("on_stop = {}", "on_stop is a table; it takes a function"),
        ("migrate = true", "migrate is true; it takes a function"),
        (
            "away = { 9, 3 }",
            "away is { 9, 3 }; it takes seconds, or a range such as { 300, 7200 }, the smaller first",
        ),
        (
            "away = -1",
            "away is -1; it takes seconds, or a range such as { 300, 7200 }, the smaller first",
        ),
        (
            "returns = 60",
            "returns is 60; it takes a share from 0 to 1, such as 0.6",
        ),
        (
            "keep_cookies = 'yes'",
            "keep_cookies is \"yes\"; it takes true or false",
        ),
        (
            "wieght = 5",
            "the table has the unknown key 'wieght'; there are: weight, requests, think, pace, headers, away, returns, keep_cookies, on_start, steps, step, on_stop, migrate; did you mean weight?",
        ),
        (
            "5",
            "the table has the unknown key '1'; there are: weight, requests, think, pace, headers, away, returns, keep_cookies, on_start, steps, step, on_stop, migrate",
        ),
    ] {
        assert_eq!(
            faults(&format!("{{ {field}, {steps} }}")),
            [words],
            "{field}"
        );
    }
}

#[test]
fn all_faults_of_all_files_come_at_once() {
    let folder = Folder::one(
        "return { weight = 'x', requests = { 2, 1 }, think = -1, on_stop = 1, steps = {} }",
    )
    .script("two.lua", "return {")
    .script(
        "_crowd.lua",
        "return { setup = 5, tear_down = function() end, function() end }",
    );
    let faults = folder.faults();
    let one = faults
        .iter()
        .filter(|fault| fault.starts_with("scripts/one.lua:1:"));
    assert_eq!(one.count(), 5, "{faults:#?}");
    assert!(
        faults.contains(&"scripts/two.lua:1: unexpected symbol near <eof>".to_owned()),
        "{faults:#?}"
    );
    for words in [
        "setup is 5; it takes a function",
        "the table has the unknown key 'tear_down'; there are: setup, teardown; did you mean teardown?",
        "the table has the unknown key '1'; there are: setup, teardown",
    ] {
        let is_it = |fault: &String| {
            let (place, said) = fault.split_once(": ").unwrap();
            place.starts_with("scripts/_crowd.lua:1:") && said == words
        };
        assert!(faults.iter().any(is_it), "{words} in {faults:#?}");
    }
}

#[test]
fn a_fault_in_a_shared_module_is_said_once() {
    let broken = "local shared = require 'shared'\nreturn { step = function() end }";
    let folder = Folder::one(broken)
        .script("three.lua", broken)
        .script("two.lua", "return { step = 5, steps = { function() end } }")
        .lib("shared.lua", "local x = = 1");
    let faults = folder.faults();
    assert_eq!(
        faults,
        [
            "lib/shared.lua:1: unexpected symbol near '='",
            "scripts/two.lua:1:17: step is 5; it takes a function",
        ]
    );
}

#[test]
fn metrics_of_two_types_must_agree() {
    let folder = Folder::one(
        "metrics.counter('carts_total', { labels = { 'size' } })\nreturn { step = function() end }",
    )
    .script(
        "two.lua",
        "metrics.gauge('carts_total')\nreturn { step = function() end }",
    );
    let fault = folder.fault();
    assert!(fault.starts_with("scripts/two.lua: "), "{fault}");
    assert!(fault.contains("carts_total"), "{fault}");
}

#[test]
fn each_fault_of_a_next_has_its_place_and_its_words() {
    for (steps, words) in [
        (
            "{ 1, f, name = 'a', next = 5 }",
            ": steps[1] has next = 5; it takes the shares of the steps after it, such as { browse = 0.9, leave = 0.1 }",
        ),
        (
            "{ 1, f, name = 'a', next = { 'a' } }",
            ": steps[1] has a share at next[1]; each share has the name of a step, as in { browse = 0.9, leave = 0.1 }",
        ),
        (
            "{ 1, f, name = 'a', next = { a = -1, leave = 2 } }",
            ": steps[1] has next.a = -1; a share is a number from 0 to 1",
        ),
        (
            "{ 1, f, name = 'a', next = { a = '1' } }",
            ": steps[1] has next.a = \"1\"; a share is a number from 0 to 1",
        ),
        (
            "{ 1, f, name = 'a', next = { a = 0.5, leave = 0.4 } }",
            ": steps[1] has a next whose shares add up to 0.9; they add up to 1",
        ),
        (
            "{ 1, f, name = 'a', next = {} }",
            ": steps[1] has a next whose shares add up to 0; they add up to 1",
        ),
        (
            "{ 1, f, name = 'browse', next = { brwose = 0.5, leave = 0.5 } }",
            ":1: steps[1] (browse) has next.brwose, and there is no step of that name; there are: browse, leave; did you mean browse?",
        ),
        (
            "{ 1, f, name = 'a', next = { b = 1 } }, { 1, f, name = 'b' }, { 1, f, name = 'b' }",
            ":1: steps[1] (a) has next.b, and both steps[2] and steps[3] have that name; give each its own",
        ),
        (
            "{ 1, f, name = 'leave', next = { leave = 1 } }",
            ":1: steps[1] (leave) has the name that `next` has for the end of the session; name it otherwise",
        ),
        (
            "{ 0, f, name = 'a', next = { a = 1 } }",
            ": no step can be the first: all have the weight 0; give one a weight above 0",
        ),
        (
            "{ 1, f, name = 'a', next = { leave = 1 } }, { 0, f, name = 'b', next = { b = 1 } }",
            ":1: steps[2] (b) cannot be reached: its weight is 0, and no step that can be reached leads to it; give it a weight, or a share in another's next",
        ),
    ] {
        let text = format!("local f = function() end\nreturn {{ steps = {{ {steps} }} }}");
        let fault = Folder::one(&text).fault();
        match words.strip_prefix(": ") {
            // Of a step without a line of its own, or of none.
            Some(words) => {
                let (place, said) = fault.split_once(": ").unwrap();
                assert!(place.starts_with("scripts/one.lua"), "{fault}");
                assert_eq!(said, words);
            }
            None => assert_eq!(fault, format!("scripts/one.lua{words}")),
        }
    }
    // Within rounding they add up to 1.
    let thirds = "return { steps = { { 1, function() end, name = 'a', next = { a = 1/3, leave = 0.66666667 } } } }";
    let specs = Folder::one(thirds).check().unwrap();
    assert_eq!(specs[0].cannot_leave(), None);
}

#[test]
fn a_type_that_cannot_leave_is_told() {
    let specs = Folder::one(
        "local f = function() end
        return { steps = {
            { 1, f, name = 'in', next = { trap = 0.5, leave = 0.5 } },
            { 0, f, name = 'trap', next = { trap = 1 } },
        } }",
    )
    .check()
    .unwrap();
    assert_eq!(
        specs[0].cannot_leave().unwrap(),
        "scripts/one.lua: from trap no next leads to leave: there a session ends by its number of requests alone"
    );
    // Without `next` that is as ever.
    let specs = Folder::one("return { steps = { function() end } }")
        .check()
        .unwrap();
    assert_eq!(specs[0].cannot_leave(), None);
}
