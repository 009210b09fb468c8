//! Steps, journeys and judged responses of a whole run: what it reports is what the target saw.

use std::collections::BTreeMap;

use serde_json::Value;

use super::program::run;
use super::service::{ask, samples};
use super::{Answer, Folder, Target};

/// A shop in which the second half of the items is sold out; every user buys once a session.
const SHOP: &str = "local function browse()
  http.get('/items')
end
local function buy(user)
  journey('checkout', function()
    http.post('/cart')
    think(0.05)
    local res = http.post('/orders')
    if res:json().state == 'sold out' then res:fail('sold out') end
  end)
end
return {
  requests = 12, think = 0.02,
  on_start = function() journey.begin('visit') end,
  steps = { { 3, browse }, { 1, buy, name = 'buy it' }, { 1, function(user)
    if user.state.gift then return end
    user.state.gift = true
    journey.begin('gift')
    http.get('/gifts')
  end, name = 'gift' } },
  on_stop = function() journey.finish('visit') end,
}";

fn shop() -> Target {
    let orders = std::sync::atomic::AtomicUsize::new(0);
    Target::new(move |request| match request.path.as_str() {
        "/orders" => {
            let number = orders.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let state = if number.is_multiple_of(2) {
                "sold out"
            } else {
                "yours"
            };
            Answer::Status(200, format!("{{\"state\":\"{state}\"}}"))
        }
        _ => Answer::ok(),
    })
}

fn asked(target: &Target) -> BTreeMap<String, u64> {
    let mut asked = BTreeMap::new();
    for request in target.requests() {
        *asked.entry(request.path).or_default() += 1;
    }
    asked
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

fn named<'a>(list: &'a Value, name: &str) -> &'a Value {
    let mut list = list.as_array().unwrap().iter();
    list.find(|one| one["name"] == name).unwrap()
}

#[test]
fn steps_and_journeys_of_a_run_are_what_the_target_saw() {
    let (target, scripts) = (shop(), Folder::of("shop", SHOP));
    let words = [
        "--users",
        "8",
        "--ramp",
        "0",
        "--sessions",
        "40",
        "--threads",
        "2",
        "--breaker",
        "1",
        "--no-valve",
    ];
    let ended = run(&target.url(), &scripts.path(), &words)
        .fast()
        .with_summary()
        .end();
    let (summary, asked) = (ended.summary(), asked(&target));
    assert_eq!(summary["script_errors"], serde_json::json!([]));
    assert_eq!(summary["requests"]["total"], target.count());

    let steps = &summary["steps"];
    let results = |name: &str, result: &str| number(&named(steps, name)["results"][result]);
    assert_eq!(results("browse", "ok"), asked["/items"]);
    assert_eq!(
        results("buy it", "ok") + results("buy it", "failed"),
        asked["/orders"]
    );
    let sold_out = asked["/orders"].div_ceil(2);
    assert_eq!(results("buy it", "failed"), sold_out);
    assert_eq!(summary["requests"]["unexpected"], sold_out);
    let failure = &summary["errors"][0];
    assert_eq!(failure["kind"], "status 200: sold out");
    assert_eq!(number(&failure["count"]), sold_out);
    assert!(results("gift", "ok") >= asked["/gifts"]);

    let checkout = named(&summary["journeys"], "checkout");
    assert_eq!(number(&checkout["finished"]), asked["/orders"]);
    assert_eq!(number(&checkout["results"]["failed"]), sold_out);
    // The think time is part of a journey and not of a step.
    let mean = |one: &Value| one["duration_seconds"]["mean"].as_f64().unwrap();
    assert!(mean(checkout) > mean(named(steps, "buy it")), "{summary:#}");
    let gift = named(&summary["journeys"], "gift");
    assert_eq!(number(&gift["begun"]), asked["/gifts"]);
    assert_eq!(number(&gift["lost"]), asked["/gifts"]);
    let visit = named(&summary["journeys"], "visit");
    assert_eq!(number(&visit["begun"]), 40);
    assert_eq!(number(&visit["finished"]), 40);
    for one in summary["journeys"].as_array().unwrap() {
        assert_eq!(one["under_way"], 0, "{one}");
    }
    // Judged responses are no failures for circuit breakers.
    assert_eq!(summary["protection"]["breaker"]["requests"], 0);
    assert!(ended.stdout.contains("\nSteps\n") && ended.stdout.contains("\nJourneys\n"));
}

#[test]
fn a_run_that_is_stopped_exports_each_request_once_and_no_open_journey() {
    let (target, scripts) = (shop(), Folder::of("shop", SHOP));
    let run = super::throng(["run", "--base-url", &target.url(), "--script-dir"])
        .arg(scripts.path())
        .args(&[
            "--users",
            "20",
            "--ramp",
            "0",
            "--continuous",
            "--threads",
            "2",
        ])
        .args(&["--listen", "127.0.0.1:0", "--linger", "1h"])
        .with_summary()
        .fast()
        .start();
    let address = run.metrics_address();
    target.wait_for(400);
    run.signal("INT");
    run.wait_for("the run is over; its figures stay at http://");
    let (_, text) = ask(address, "GET", "/metrics", None, None);
    let sum = |name: &str, label: &str, value: &str| -> u64 {
        let all = samples(&text, name).into_iter();
        let some = all.filter(|(labels, _)| value.is_empty() || labels[label] == value);
        some.map(|(_, count)| count as u64).sum()
    };
    assert_eq!(sum("throng_requests_total", "", ""), target.count() as u64);
    let asked = asked(&target);
    // Steps that were cancelled made no request, or one that was; each of 20 users was in one at most.
    let steps = sum("throng_steps_total", "step", "browse");
    let made = asked["/items"]..=asked["/items"] + 20;
    assert!(made.contains(&steps), "{steps} {asked:?}");
    assert!(
        sum("throng_journeys_total", "result", "cancelled") > 0,
        "{text}"
    );
    run.signal("INT");
    let ended = run.end();
    let journeys = ended.summary()["journeys"].take();
    for name in ["visit", "checkout", "gift"] {
        let journey = named(&journeys, name);
        assert_eq!(journey["under_way"], 0, "{journey}");
        let exported = sum("throng_journeys_total", "journey", name);
        assert_eq!(number(&journey["begun"]), exported, "{journey}");
    }
    assert!(number(&named(&journeys, "checkout")["begun"]) >= asked["/cart"]);
    assert!(number(&named(&journeys, "gift")["begun"]) >= asked["/gifts"]);
}

#[test]
fn stop_rules_count_what_scripts_judge() {
    let target = Target::fine();
    let script = "return { requests = 1000, think = 0.05, step = function() http.get('/'):fail('empty') end }";
    let scripts = Folder::of("busy", script);
    let words = [
        "--users",
        "2",
        "--ramp",
        "0",
        "--continuous",
        "--stop-if",
        "failed > 90% for 2s",
    ];
    let ended = run(&target.url(), &scripts.path(), &words)
        .fast()
        .end()
        .with_code(6);
    ended.said("the safety valve ends the run: failed > 90% for 2s: 100 % for ");
    assert!(ended.stdout.contains("\n200: empty  x"), "{}", ended.stdout);
}

#[test]
fn too_many_names_are_said_once_and_their_sums_stay() {
    let script = "local number = 0
return { requests = 300, think = 0.02, step = function()
  number = number + 1
  journey('order ' .. number, function() http.get('/') end)
end }";
    let (target, scripts) = (Target::fine(), Folder::of("orders", script));
    let words = ["--users", "1", "--sessions", "1", "--threads", "1"];
    let ended = run(&target.url(), &scripts.path(), &words)
        .fast()
        .with_summary()
        .end()
        .with_code(0);
    let told = "steps and journeys have more than 200 names: further ones are counted as __other__";
    assert_eq!(ended.stderr.matches(told).count(), 1, "{}", ended.stderr);
    let journeys = ended.summary()["journeys"].take();
    let journeys = journeys.as_array().unwrap();
    // Of 200 names one is the step's.
    assert_eq!(journeys.len(), 199 + 1);
    let finished: u64 = journeys.iter().map(|one| number(&one["finished"])).sum();
    assert_eq!(finished, 300);
    assert_eq!(target.count(), 300);
}
