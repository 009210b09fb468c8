//! `journey`: what it counts, and where it ends.

use throng::metrics::{JourneyTotals, StepResults};
use throng::script::{CallEnd, Unfinished};

use super::support::{Folder, Stage, nowhere};
use crate::support::on_one_thread;

/// Calls `on_start` and each step of a script, ends the session, and gives what its journeys came to.
fn play(script: &str, steps: usize, end: Unfinished) -> Played {
    on_one_thread(async {
        let stage = Stage::new(&Folder::one(script), nowhere());
        let user = stage.one();
        let mut ends = vec![user.start().await];
        for index in 0..steps {
            ends.push(user.step(index).await);
        }
        user.end(end);
        let totals = stage.counted().totals;
        let journeys = totals.journeys.into_iter();
        Played {
            ends,
            journeys: journeys.map(|((_, name), of)| (name, of)).collect(),
        }
    })
}

struct Played {
    ends: Vec<CallEnd>,
    journeys: Vec<(String, JourneyTotals)>,
}

impl Played {
    fn one(&self, name: &str) -> &JourneyTotals {
        let found = self.journeys.iter().find(|(known, _)| known == name);
        &found
            .unwrap_or_else(|| panic!("no {name}: {:?}", self.journeys))
            .1
    }

    fn fault(&self) -> String {
        match self.ends.last() {
            Some(CallEnd::Failed(fault)) => fault.to_string(),
            other => panic!("{other:?}"),
        }
    }
}

fn results(of: &JourneyTotals) -> [u64; 4] {
    let StepResults {
        ok,
        failed,
        error,
        cancelled,
    } = of.ended.results;
    [ok, failed, error, cancelled]
}

fn lost(of: &JourneyTotals) -> Vec<(&str, u64)> {
    of.lost.iter().map(|(at, count)| (&**at, *count)).collect()
}

#[test]
fn a_function_is_called_and_its_results_and_errors_come_through() {
    let played = play(
        "return { step = function()
          local a, b, c = journey('plain', function() think(0) return 1, nil, 'three' end)
          assert(a == 1 and b == nil and c == 'three')
          assert(select('#', journey('none', function() end)) == 0)
          journey('checked', function() metrics.check('is so', false) end)
          local fine, why = pcall(journey, 'raising', function() think(0) error({ code = 7 }) end)
          assert(not fine and why.code == 7)
          journey('outer', function() journey('inner', function() think(0) end) end)
        end }",
        1,
        Unfinished::Lost,
    );
    assert!(matches!(played.ends[1], CallEnd::Done), "{:?}", played.ends);
    for name in ["plain", "none", "outer", "inner"] {
        let of = played.one(name);
        assert_eq!((of.begun, of.finished, results(of)), (1, 1, [1, 0, 0, 0]));
    }
    let checked = played.one("checked");
    assert_eq!((checked.finished, results(checked)), (1, [0, 1, 0, 0]));
    let raising = played.one("raising");
    assert_eq!((raising.begun, raising.finished), (1, 0));
    assert_eq!(results(raising), [0, 0, 1, 0]);
    assert_eq!(lost(raising), [("step", 1)]);
}

#[test]
fn an_error_of_a_journey_keeps_its_line_and_its_frames() {
    let played = play(
        "local function pay()
  local nothing
  return nothing.here
end
return { step = function()
  journey('checkout', function()
    pay()
  end)
end }",
        1,
        Unfinished::Error,
    );
    let Some(CallEnd::Failed(fault)) = played.ends.last() else {
        panic!("{:?}", played.ends)
    };
    assert!(fault.place.ends_with("one.lua:3"), "{fault}");
    let frames = fault.traceback.join("\n");
    assert!(frames.contains("one.lua:7"), "{frames}");
    assert_eq!(results(played.one("checkout")), [0, 0, 1, 0]);
}

const OVER_STEPS: &str = "return {
  on_start = function() journey.begin('visit') end,
  steps = {
    { 1, function() journey.begin('checkout') end, name = 'add' },
    { 1, function() think(0) end, name = 'pay' },
    { 1, function() journey.finish('checkout') end, name = 'receipt' },
  },
}";

#[test]
fn a_journey_over_steps_is_finished_or_lost_where_its_user_was_last() {
    let whole = play(OVER_STEPS, 3, Unfinished::Lost);
    assert_eq!(results(whole.one("checkout")), [1, 0, 0, 0]);
    let visit = whole.one("visit");
    assert_eq!((visit.begun, visit.finished), (1, 0));
    assert_eq!(results(visit), [0, 1, 0, 0]);
    assert_eq!(lost(visit), [("receipt", 1)]);

    let half = play(OVER_STEPS, 2, Unfinished::Lost);
    assert_eq!(lost(half.one("checkout")), [("pay", 1)]);
    let begun = play(OVER_STEPS, 1, Unfinished::Error);
    assert_eq!(lost(begun.one("checkout")), [("add", 1)]);
    assert_eq!(results(begun.one("checkout")), [0, 0, 1, 0]);
    let started = play(OVER_STEPS, 0, Unfinished::Lost);
    assert_eq!(lost(started.one("visit")), [("on_start", 1)]);

    let stopped = play(OVER_STEPS, 2, Unfinished::Cancelled);
    for name in ["visit", "checkout"] {
        assert_eq!(results(stopped.one(name)), [0, 0, 0, 1]);
        assert_eq!(lost(stopped.one(name)), []);
    }
}

#[test]
fn a_journey_whose_step_is_ended_from_outside_ends_with_it() {
    let overrun = play(
        "return { step = function() journey('endless', function() while true do end end) end }",
        1,
        Unfinished::Error,
    );
    assert!(overrun.fault().contains("one.lua"), "{}", overrun.fault());
    assert_eq!(results(overrun.one("endless")), [0, 0, 1, 0]);

    let siblings = play(
        "return { step = function()
          pcall(parallel, {
            function() journey('long', function() think(3600) end) end,
            function() think(0) error('no') end,
          })
          journey('long', function() end)
        end }",
        1,
        Unfinished::Lost,
    );
    assert!(
        matches!(siblings.ends[1], CallEnd::Done),
        "{:?}",
        siblings.ends
    );
    assert_eq!(results(siblings.one("long")), [1, 0, 0, 1]);

    let forgotten = play(
        "return { step = function()
          local inside = coroutine.create(function()
            journey('held', function() coroutine.yield() end)
          end)
          coroutine.resume(inside)
        end }",
        1,
        Unfinished::Lost,
    );
    assert_eq!(lost(forgotten.one("held")), [("step", 1)]);
}

#[test]
fn wrong_uses_are_said_with_what_to_do() {
    for (body, words) in [
        (
            "journey.begin('a') journey.begin('a')",
            "journey.begin: \"a\" is under way already, since step; finish it first",
        ),
        (
            "journey('a', function() journey('a', function() end) end)",
            "journey: \"a\" is under way already",
        ),
        (
            "journey.begin('checkout') journey.finish('chekout')",
            "no journey \"chekout\" is under way; begin it with journey.begin; did you mean checkout?",
        ),
        (
            "journey('a', function() journey.finish('a') end)",
            "\"a\" ends with the function",
        ),
        (
            "journey('a')",
            "journey: body is nil, a function was expected",
        ),
        (
            "journey(7, print)",
            "journey: name is a number, a string was expected",
        ),
        ("journey.begin('')", "journey.begin: name is empty"),
        ("journey.begin(string.rep('x', 201))", "has 201 bytes"),
        (
            "journey.start('a')",
            "journey has no 'start'; there are: begin, finish",
        ),
        (
            "for n = 1, 101 do journey.begin('j' .. n) end",
            "100 journeys are under way",
        ),
        ("journey.x = 1", "journey is read-only"),
    ] {
        let script = format!("return {{ step = function() {body} end }}");
        let played = play(&script, 1, Unfinished::Error);
        let fault = played.fault();
        assert!(fault.contains(words), "{body}: {fault}");
        assert!(fault.contains("one.lua:1: "), "{body}: {fault}");
    }
}
