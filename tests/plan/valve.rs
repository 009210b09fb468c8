//! Rules of the safety valve: what they say, and what cannot be one.

use std::time::Duration;

use throng::plan::{DEFAULT_VALVE, Measure, Plan, Rule, Side};

fn rule(measure: Measure, side: Side, bound: f64, seconds: f64) -> Rule {
    Rule {
        measure,
        side,
        bound,
        time: Duration::from_secs_f64(seconds),
    }
}

#[test]
fn a_rule_is_a_measure_a_bound_and_a_time() {
    use Measure::{
        Errors, Failed, FailedChecks, P50, P90, P95, P99, Rate, ScriptErrors, Unexpected,
    };
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
            "p50 > 0.4ms for 5s",
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
        assert_eq!(text.parse(), Ok(parsed), "{text}");
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
const MEASURES: &str = "give one of failed, errors, unexpected, p50, p90, p95, p99, rate, \
                        script_errors, failed_checks";

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
        ("failed > 90%", "does not say for how long", NO_RULE),
        ("failed > 90% for60s", "does not say for how long", NO_RULE),
        ("> 90% for 60s", "\"\" is not a valid measure", MEASURES),
        (
            "p(95) > 500ms for 5s",
            "\"p(95)\" is not a valid measure",
            MEASURES,
        ),
        (
            "Failed > 90% for 5s",
            "\"Failed\" is not a valid measure",
            MEASURES,
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
            "\"10%\" is not a valid request rate",
            "give one such as 25",
        ),
        (
            "rate < inf for 5s",
            "\"inf\" is not a valid request rate",
            "give one such as 25",
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
        let fault = text.parse::<Rule>().unwrap_err();
        assert_eq!(
            (fault.thing, fault.cause.as_str(), fault.remedy.as_str()),
            (format!("stop-if {text:?}"), cause, remedy)
        );
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
            "failed > 5% for 0.5s",
            "stop-if 'failed > 5% for 0.5s': rules are evaluated once a second; give a time \
             from 1s"
                .to_owned(),
        ),
    ] {
        let rule: Rule = text.parse().unwrap();
        assert_eq!(
            super::faults(|plan| plan.valve = vec![DEFAULT_VALVE[0], rule]),
            [fault]
        );
    }
}
