//! `metrics`, `log`, `vars`, `crowd`: what scripts count and say.

use std::sync::Arc;

use serde_json::json;
use throng::metrics::CustomValue;

use super::support::{Folder, Stage, act, fault_of, nowhere, script_config};
use crate::support::on_one_thread;

const METRICS: &str =
    "local carts = metrics.counter('carts_total', { help = 'Carts.', labels = { 'size' } })
local depth = metrics.gauge('depth')
local wait = metrics.histogram('wait_seconds')
return { step = function(user)
";

fn play(body: &str) -> (throng::script::CallEnd, throng::metrics::Batch) {
    on_one_thread(async {
        let stage = Stage::new(&Folder::one(&format!("{METRICS}{body}\nend }}")), nowhere());
        (stage.one().step(0).await, stage.counted())
    })
}

#[test]
fn metrics_count_by_label() {
    let (end, batch) = play("carts:add() carts:add(2, { size = 'big' }) carts:add(1, { size = 'big' }) depth:set(5) depth:set(3) wait:observe(0.5) wait:observe(1.5)
        metrics.check('has items', true) metrics.check('has items', nil) metrics.check('has items', 0)");
    assert!(matches!(end, throng::script::CallEnd::Done), "{end:?}");
    let custom = &batch.totals.custom;
    let value = |name: &str, labels: &[&str]| {
        custom[name].values[&labels.iter().map(ToString::to_string).collect::<Vec<_>>()].clone()
    };
    assert_eq!(value("carts_total", &[""]), CustomValue::Counter(1.0));
    assert_eq!(value("carts_total", &["big"]), CustomValue::Counter(3.0));
    assert_eq!(value("depth", &[]), CustomValue::Gauge(3.0));
    assert!(
        matches!(value("wait_seconds", &[]), CustomValue::Histogram { sum, .. } if (sum - 2.0).abs() < 1e-9)
    );
    let check = &batch.totals.checks["has items"];
    assert_eq!((check.passed, check.failed), (2, 1));
}

#[test]
fn wrong_uses_are_said() {
    for (body, words) in [
        ("depth:add(1)", "depth:add: it is a gauge: use :set(value)"),
        (
            "carts:observe(1)",
            "carts_total:observe: it is a counter: use :add(n)",
        ),
        (
            "wait:set(1)",
            "wait_seconds:set: it is a histogram: use :observe(value)",
        ),
        (
            "carts:add(1, { sise = 'x' })",
            "carts_total:add: it has no label 'sise'; there are: size",
        ),
        (
            "depth:set('x')",
            "depth:set: value is a string, a number was expected",
        ),
        (
            "metrics.counter('late')",
            "metrics: \"late\" is declared inside a function; declare it at the top of the file, \
             where it runs once",
        ),
        (
            "metrics.check()",
            "metrics.check: name is nil, a string was expected",
        ),
    ] {
        let (end, _) = play(body);
        assert_eq!(
            fault_of(&end).to_string(),
            format!("scripts/one.lua:5: {words}"),
            "{body}"
        );
    }
    let (end, _) = play("carts:add(-1)");
    assert!(
        fault_of(&end).message.starts_with("carts_total:add: "),
        "{end:?}"
    );
}

#[test]
fn wrong_declarations_are_said_when_the_file_loads() {
    for (top, words) in [
        ("metrics.counter('no name')", "metrics: "),
        (
            "metrics.counter('x', { lables = {} })",
            "metrics: \"x\" has the unknown key 'lables'; there are: help, labels",
        ),
        ("metrics.counter('x') metrics.gauge('x')", "metrics: "),
        (
            "metrics.counter()",
            "metrics.counter: name is nil, a string was expected",
        ),
        (
            "metrics.check('x', true)",
            "metrics.check can be called only while a user runs",
        ),
    ] {
        let fault = Folder::one(&format!("\n{top}\nreturn {{ step = function() end }}")).fault();
        assert!(
            fault.starts_with(&format!("scripts/one.lua:2: {words}")),
            "{top}: {fault}"
        );
    }
}

#[test]
fn the_crowd_is_what_setup_returned() {
    on_one_thread(async {
        let mut script_config = script_config();
        script_config.crowd = Some(Arc::new(
            json!({ "admin": { "email": "a", "roles": [1, 2] }, "list": [3, 4], "none": null }),
        ));
        let folder = Folder::step(
            "say({ crowd.admin.email, #crowd.admin.roles, crowd.list[2], crowd.none == json.null, \
             crowd.absent == nil })\nsay(json.encode(crowd.admin))\ncrowd.admin = nil",
        );
        let stage = Stage::with(
            &folder,
            nowhere(),
            script_config,
            &throng::http::Settings::default(),
        );
        let end = stage.one().step(0).await;
        assert_eq!(
            json!(stage.said()),
            json!([["a", 2, 4, true, true], "{\"email\":\"a\",\"roles\":[1,2]}"])
        );
        assert_eq!(
            fault_of(&end).to_string(),
            "scripts/one.lua:4: crowd.admin: crowd is read-only"
        );
    });
}

#[test]
fn words_of_a_script_are_logged_and_odd_ones_do_no_harm() {
    on_one_thread(async {
        let body = "log.info('made', { id = 7 }) log.debug(nil) log.warn({}) log.error('x', json.null) print('a', 1, nil)
            local t = setmetatable({}, { __tostring = function() return 'mine' end }) log.info(t) say('done')";
        assert_eq!(act(body, nowhere()).await.fine(), ["done"]);
        let fault = act("log.info('x', { f = print })", nowhere()).await.fault();
        assert!(fault.starts_with("scripts/one.lua:2: "), "{fault}");
        let deep = act(
            "local t t = setmetatable({}, { __tostring = function() log.info(t) return \
                        'x' end }) log.info(t)",
            nowhere(),
        )
        .await;
        assert!(
            matches!(deep.end, throng::script::CallEnd::Failed(_)),
            "{:?}",
            deep.end
        );
    });
}
