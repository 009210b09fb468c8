//! Rules: what they say, and what cannot be one.

use std::time::Duration;

use throng::plan::shape::parse_stages;
use throng::plan::{
    DEFAULT_VALVE, Label, Length, Measure, Plan, Rule, Selector, Side, Subject, Window,
};

const P50: Measure = Measure::Quantile(5_000);
const P90: Measure = Measure::Quantile(9_000);
const P95: Measure = Measure::Quantile(9_500);
const P99: Measure = Measure::Quantile(9_900);

fn rule(measure: Measure, side: Side, bound: f64, seconds: f64) -> Rule {
    Rule {
        measure,
        selector: Selector::ALL,
        side,
        bound,
        window: Window::Each(Duration::from_secs_f64(seconds)),
        after: Duration::ZERO,
        abort: false,
    }
}

/// What is wrong with a stop rule: the thing, the cause and the remedy.
fn wrong(text: &str) -> [String; 3] {
    let fault = Rule::parse("stop-if", text).unwrap_err();
    [fault.thing, fault.cause, fault.remedy]
}

#[test]
fn a_rule_is_a_measure_a_bound_and_a_time() {
    use Measure::{Errors, Failed, FailedChecks, Rate, ScriptErrors, Unexpected};
    use Side::{Above, Below};
    for (text, parsed, shown) in [
        (
            "failed > 90% for 60s",
            rule(Failed, Above, 0.9, 60.0),
            "failed > 90% for 60s",
        ),
        (
            "errors > 50% for 15s",
            rule(Errors, Above, 0.5, 15.0),
            "errors > 50% for 15s",
        ),
        (
            "p99 > 10s for 30s",
            rule(P99, Above, 10.0, 30.0),
            "p99 > 10s for 30s",
        ),
        (
            "unexpected>7 % for 1m30s",
            rule(Unexpected, Above, 0.07, 90.0),
            "unexpected > 7% for 90s",
        ),
        (
            "  failed  >  0.9  for  60  ",
            rule(Failed, Above, 0.9, 60.0),
            "failed > 90% for 60s",
        ),
        (
            "failed > 0% for 1s",
            rule(Failed, Above, 0.0, 1.0),
            "failed > 0% for 1s",
        ),
        (
            "failed > 0.125% for 2.5s",
            rule(Failed, Above, 0.001_25, 2.5),
            "failed > 0.125% for 2.5s",
        ),
        (
            "p50>0.4ms for 5",
            rule(P50, Above, 0.000_4, 5.0),
            "p50 > 400us for 5s",
        ),
        (
            "p90 > 500ms for 5m",
            rule(P90, Above, 0.5, 300.0),
            "p90 > 500ms for 300s",
        ),
        (
            "p95 > 1m30s for 1h",
            rule(P95, Above, 90.0, 3600.0),
            "p95 > 90s for 3600s",
        ),
        (
            "p95 < 1.5s for 3s",
            rule(P95, Below, 1.5, 3.0),
            "p95 < 1.5s for 3s",
        ),
        (
            "rate < 25 for 30s",
            rule(Rate, Below, 25.0, 30.0),
            "rate < 25 for 30s",
        ),
        (
            "rate > 1000.5/s for 30s",
            rule(Rate, Above, 1000.5, 30.0),
            "rate > 1000.5 for 30s",
        ),
        (
            "script_errors > 5% for 10s",
            rule(ScriptErrors, Above, 0.05, 10.0),
            "script_errors > 5% for 10s",
        ),
        (
            "failed_checks > 1% for 10s",
            rule(FailedChecks, Above, 0.01, 10.0),
            "failed_checks > 1% for 10s",
        ),
    ] {
        assert_eq!(text.parse(), Ok(parsed.clone()), "{text}");
        assert_eq!(parsed.to_string(), shown, "{text}");
        assert_eq!(shown.parse(), Ok(parsed), "what is shown is read again");
    }
}

#[test]
fn the_rules_of_a_run_that_names_none_are_these_three() {
    let shown = DEFAULT_VALVE.map(|rule| rule.to_string());
    assert_eq!(
        shown,
        [
            "failed > 90% for 60s",
            "errors > 50% for 15s",
            "p99 > 10s for 30s"
        ]
    );
    assert_eq!(Plan::default().valve, DEFAULT_VALVE);
    assert_eq!(Plan::default().validate(), Ok(()));
}

const NO_RULE: &str = "give one such as 'failed > 90% for 60s' or 'p99 > 10s for 30s'";
const MEASURES: &str = "give one of failed, errors, unexpected, p95 or any other quantile such as \
                        p99.9, mean, max, rate, script_errors, failed_checks";

#[test]
fn what_is_no_rule_is_told_with_its_cause_and_what_to_do() {
    for (text, cause, remedy) in [
        ("", "has no > or < between a measure and its bound", NO_RULE),
        (
            "failed 90%",
            "has no > or < between a measure and its bound",
            NO_RULE,
        ),
        (
            "failed >= 90% for 60s",
            "a bound has > or <, without =",
            NO_RULE,
        ),
        (
            "failed > 90% for60s",
            "\"90% for60s\" is not a valid share",
            "give per cent such as 10%, or a fraction such as 0.1",
        ),
        ("> 90% for 60s", "\"\" is not a valid measure", MEASURES),
        (
            "p(95) > 500ms for 5s",
            "\"p(95)\" is not a valid measure",
            &format!("{MEASURES}; did you mean p95?"),
        ),
        (
            "Failed > 90% for 5s",
            "\"Failed\" is not a valid measure",
            &format!("{MEASURES}; did you mean failed?"),
        ),
        ("p99 > 500 for 5s", "500 has no unit", "write 500ms or 500s"),
        (
            "p99 > 5% for 5s",
            "\"5%\" is not a valid duration",
            "give one with its unit, such as 500ms or 10s",
        ),
        (
            "failed > 90 for 5s",
            "90 is more than 1, as a fraction",
            "write 90% for per cent",
        ),
        (
            "failed > -5% for 5s",
            "\"-5%\" is not a valid share",
            "give per cent such as 10%, or a fraction such as 0.1",
        ),
        (
            "failed > NaN for 5s",
            "\"NaN\" is not a valid share",
            "give per cent such as 10%, or a fraction such as 0.1",
        ),
        (
            "failed > for 5s",
            "\"\" is not a valid share",
            "give per cent such as 10%, or a fraction such as 0.1",
        ),
        (
            "rate < 10% for 5s",
            "\"10%\" is not a valid rate",
            "give one such as 25 or 25/s",
        ),
        (
            "rate < inf for 5s",
            "\"inf\" is not a valid rate",
            "give one such as 25 or 25/s",
        ),
        (
            "failed > 5% for",
            "\"\" is not a valid duration",
            "give seconds such as 60s, or units such as 1m30s",
        ),
        (
            "failed > 5% for ever",
            "\"ever\" is not a valid duration",
            "give seconds such as 60s, or units such as 1m30s",
        ),
        (
            "failed > 5% for 5s and on",
            "\"5s and on\" is not a valid duration",
            "give seconds such as 60s, or units such as 1m30s",
        ),
    ] {
        let expected = [
            format!("stop-if {text:?}"),
            cause.to_owned(),
            remedy.to_owned(),
        ];
        assert_eq!(wrong(text), expected);
    }
}

#[test]
fn a_rule_that_no_run_or_every_run_would_meet_is_refused() {
    const BOUND: &str = "give a bound between 0% and 100%, such as 90%";
    for (text, fault) in [
        (
            "failed > 100% for 5s",
            format!(
                "stop-if 'failed > 100% for 5s': can never be true; \
                                          {BOUND}"
            ),
        ),
        (
            "errors > 150% for 5s",
            format!(
                "stop-if 'errors > 150% for 5s': can never be true; \
                                          {BOUND}"
            ),
        ),
        (
            "failed < 0% for 5s",
            format!(
                "stop-if 'failed < 0% for 5s': can never be true; \
                                        {BOUND}"
            ),
        ),
        (
            "failed < 101% for 5s",
            format!(
                "stop-if 'failed < 101% for 5s': is always true; \
                                          {BOUND}"
            ),
        ),
        (
            "p99 < 0s for 5s",
            "stop-if 'p99 < 0ms for 5s': can never be true; give a bound above 0, such as \
             10s"
            .to_owned(),
        ),
        (
            "p99 > 0s for 5s",
            "stop-if 'p99 > 0ms for 5s': is always true; give a bound above 0, such as 10s"
                .to_owned(),
        ),
        (
            "rate < 0 for 5s",
            "stop-if 'rate < 0 for 5s': can never be true; give a bound above 0, such as 25"
                .to_owned(),
        ),
        (
            "failed > 5%",
            "stop-if 'failed > 5%': does not say for how long; give a time such as 'for 60s' or \
             'over 5m'; --fail-if judges the whole run"
                .to_owned(),
        ),
        (
            "failed > 5% for 0.5s",
            "stop-if 'failed > 5% for 0.5s': rules are evaluated once a second; give a time \
             from 1s"
                .to_owned(),
        ),
    ] {
        let rule: Rule = text.parse().unwrap();
        assert_eq!(
            super::faults(|plan| plan.valve = vec![DEFAULT_VALVE[0].clone(), rule.clone()]),
            [fault]
        );
    }
}

#[test]
fn a_threshold_may_be_of_a_part_of_the_run() {
    use Label::{Check, Journey, Metric, Name, Step, Type};
    for (text, measure, labels, shown) in [
        (
            "p99{name=\"/users/{id}\"} > 1s",
            P99,
            vec![(Name, "/users/{id}")],
            "p99{name=\"/users/{id}\"} > 1s",
        ),
        (
            "failed{ type = \"admin\" , name = \"a\\\"b\" } > 1%",
            Measure::Failed,
            vec![(Type, "admin"), (Name, "a\"b")],
            "failed{type=\"admin\",name=\"a\\\"b\"} > 1%",
        ),
        (
            "step{checkout} p95 > 2s",
            P95,
            vec![(Step, "checkout")],
            "p95{step=\"checkout\"} > 2s",
        ),
        (
            "journey{buy {2} > 1} failed > 5% abort",
            Measure::Failed,
            vec![(Journey, "buy {2} > 1")],
            "failed{journey=\"buy {2} > 1\"} > 5% abort",
        ),
        (
            "check{login ok} < 99%",
            Measure::Passed,
            vec![(Check, "login ok")],
            "check{check=\"login ok\"} < 99%",
        ),
        (
            "custom{orders} < 10",
            Measure::Value,
            vec![(Metric, "orders")],
            "custom{metric=\"orders\"} < 10",
        ),
        (
            "custom{size} p99.9 > -2.5",
            Measure::Quantile(9_990),
            vec![(Metric, "size")],
            "p99.9{metric=\"size\"} > -2.5",
        ),
        ("mean > 90ms", Measure::Mean, vec![], "mean > 90ms"),
        ("max > 500us", Measure::Max, vec![], "max > 500us"),
    ] {
        let rule: Rule = text.parse().unwrap();
        assert_eq!((rule.measure, rule.to_string().as_str()), (measure, shown));
        for (label, value) in labels {
            assert_eq!(rule.selector.get(label), Some(value), "{text}");
        }
        assert_eq!(shown.parse(), Ok(rule), "what is shown is read again");
    }
    let stage: Rule = "rate{stage=\"2\"} < 200/s".parse().unwrap();
    assert_eq!(stage.selector.stage(), Some(2));
    assert_eq!(stage.selector.subject(), Subject::Run);
}

#[test]
fn a_threshold_is_about_the_run_a_window_or_each_second() {
    let seconds = Duration::from_secs;
    for (text, window, after, abort) in [
        ("failed > 1%", Window::Run, 0, false),
        ("failed > 1% over 5m", Window::Over(seconds(300)), 0, false),
        (
            "failed > 1% for 10s abort",
            Window::Each(seconds(10)),
            0,
            true,
        ),
        ("failed > 1% after 1m30s", Window::Run, 90, false),
        (
            "failed > 1% abort after 30s over 10s",
            Window::Over(seconds(10)),
            30,
            true,
        ),
    ] {
        let rule: Rule = text.parse().unwrap();
        assert_eq!(
            (rule.window, rule.after, rule.abort),
            (window, seconds(after), abort),
            "{text}"
        );
        assert_eq!(rule.to_string().parse(), Ok(rule));
    }
}

#[test]
fn what_is_no_threshold_is_refused() {
    for (text, cause) in [
        ("p99{name=\"/x\" > 1s", "has a { without its }"),
        ("p99{path=\"/x\"} > 1s", "\"path\" is not a valid label"),
        ("p99{name=/x} > 1s", "{name=/x} has no labels"),
        ("p99{} > 1s", "{} has no labels"),
        (
            "p99{name=\"a\",name=\"b\"} > 1s",
            "has the label name twice",
        ),
        (
            "p99{name=\"a\",step=\"b\"} > 1s",
            "nothing has both name and step",
        ),
        ("step{checkout} > 2s", "step{checkout} has no measure"),
        ("step{} p95 > 2s", "step{} has no name"),
        (
            "step{a} unexpected > 2%",
            "unexpected is not measured of a step",
        ),
        (
            "check{a} p95 > 2s",
            "p95 is not measured of a check, which is the share that passed",
        ),
        (
            "custom{a} failed > 2%",
            "failed is not measured of a metric of the scripts",
        ),
        (
            "failed_checks{type=\"a\"} > 2%",
            "failed_checks is not measured of requests of a type or name",
        ),
        (
            "check{check=\"a\",type=\"b\"} < 2%",
            "a check is counted over all types",
        ),
        ("failed{stage=\"0\"} > 2%", "\"0\" is not a valid stage"),
        ("failed > 1% for 5s over 5s", "has two times"),
        ("failed > 1% abort now", "\"now\" stands behind abort"),
        (
            "failed{type=\"a\"} p95 > 1%",
            "\"p95\" is between the labels and the bound",
        ),
        ("p100 > 1s", "\"p100\" is not a valid measure"),
        ("p99.999 > 1s", "\"p99.999\" is not a valid measure"),
    ] {
        let fault = Rule::parse("fail-if", text).unwrap_err();
        assert_eq!(fault.thing, format!("fail-if {text:?}"));
        assert_eq!(fault.cause, cause, "{text}");
        assert!(!fault.remedy.is_empty());
    }
    for (text, cause) in [
        (
            "failed > 1% over 1m after 10s",
            "looks at 1m from 10s on, and the run lasts 1m",
        ),
        (
            "failed > 1% for 2m",
            "looks at 2m from 0s on, and the run lasts 1m",
        ),
        (
            "failed > 1% after 1m",
            "looks at 1s from 1m on, and the run lasts 1m",
        ),
    ] {
        let faults = super::faults(|plan| {
            plan.length = Length::Duration(Duration::from_secs(60));
            plan.thresholds = vec![text.parse().unwrap()];
        });
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].contains(cause), "{faults:?}");
    }
    for (text, stages, cause) in [
        (
            "failed{stage=\"2\"} > 1% over 20s",
            "1m:5,10s:9",
            "looks at 20s from 1m on, and stage 2 ends after 1m10s",
        ),
        (
            "failed{stage=\"1\"} > 1% after 1m",
            "1m:5,10s:9",
            "looks at 1s from 1m on, and stage 1 ends after 1m",
        ),
        (
            "failed{stage=\"1\"} > 1% for 2s",
            "0s:5,10s:9",
            "looks at 2s from 0s on, and stage 1 ends after 0s",
        ),
    ] {
        for of_thresholds in [true, false] {
            let faults = super::faults(|plan| {
                plan.shape.stages = parse_stages(stages).unwrap();
                let rules = vec![text.parse().unwrap()];
                if of_thresholds {
                    plan.thresholds = rules;
                } else {
                    plan.valve = rules;
                }
            });
            // A stop rule without a time has a fault of its own.
            assert!(
                faults.iter().any(|fault| fault.contains(cause)),
                "{faults:?}"
            );
        }
    }
    let stage =
        |plan: &mut Plan| plan.thresholds = vec!["failed{stage=\"2\"} > 1%".parse().unwrap()];
    assert_eq!(
        super::faults(stage),
        [
            "fail-if 'failed{stage=\"2\"} > 1%': there is no stage 2: the plan has 0; give the number of one of its \
          stages, from 1, or leave the label out"
        ]
    );
}
