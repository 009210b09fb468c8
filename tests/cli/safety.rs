//! The safety valve: what its options mean, refuse, and take from the environment.

use super::environment::with;
use super::{demo, parse, refusal, run};
use throng::cli::Refusal;

/// The rules of a line.
fn rules(words: &[&str]) -> Vec<String> {
    shown(&run(words).plan.valve)
}

fn shown(rules: &[throng::plan::Rule]) -> Vec<String> {
    rules.iter().map(ToString::to_string).collect()
}

const FAILED: &str = "failed > 90% for 60s";
const ERRORS: &str = "errors > 50% for 15s";
const P99: &str = "p99 > 10s for 30s";

#[test]
fn a_run_has_a_valve_unless_it_is_told_otherwise() {
    assert_eq!(rules(&[]), [FAILED, ERRORS, P99]);
    assert_eq!(shown(&demo(&[]).plan.valve), [FAILED, ERRORS, P99]);
    assert_eq!(rules(&["--no-valve"]), [""; 0]);
}

#[test]
fn a_rule_takes_the_place_of_the_default_one_for_its_measure() {
    for (given, expected) in [
        (
            vec!["p95 > 2s for 30s"],
            vec![FAILED, ERRORS, P99, "p95 > 2s for 30s"],
        ),
        (
            vec!["p99>500ms for 10"],
            vec![FAILED, ERRORS, "p99 > 500ms for 10s"],
        ),
        (
            vec![
                "errors > 5% for 60s",
                "failed > 99% for 1h",
                "errors > 90% for 2s",
                "p99 > 1m for 5m",
            ],
            vec![
                "errors > 5% for 60s",
                "failed > 99% for 3600s",
                "errors > 90% for 2s",
                "p99 > 60s for 300s",
            ],
        ),
        (
            vec!["rate < 1 for 10s; rate > 500 for 5s"],
            vec![FAILED, ERRORS, P99, "rate < 1 for 10s", "rate > 500 for 5s"],
        ),
    ] {
        let words: Vec<&str> = given.iter().flat_map(|rule| ["--stop-if", *rule]).collect();
        assert_eq!(rules(&words), expected, "{given:?}");
    }
}

#[test]
fn rules_that_cannot_be_are_told_all_at_once() {
    for (words, message) in [
        (
            vec!["--stop-if", ""],
            "--stop-if \"\": has no > or < between a measure and its bound; give one such as 'failed > 90% for 60s' or 'p99 > 10s for 30s'",
        ),
        (
            vec!["--stop-if", "p99 > 500 for 5s"],
            "--stop-if \"p99 > 500 for 5s\": 500 has no unit; write 500ms or 500s",
        ),
        (
            vec!["--stop-if", "failed > 100% for 5s"],
            "--stop-if 'failed > 100% for 5s': can never be true; give a bound between 0% and 100%, such as 90%",
        ),
        (
            vec!["--stop-if", "failed > 5% for 60s", "--no-valve"],
            "--stop-if with --no-valve: one adds a stop rule and the other turns all of them off; give one of them; a rule takes the place of the default one for its measure",
        ),
        (
            vec![
                "--stop-if",
                "failed > 5%",
                "--stop-if",
                "checks > 5% for 5s",
            ],
            "2 things are wrong\n  \
             --stop-if \"checks > 5% for 5s\": \"checks\" is not a valid measure; give one of failed, errors, unexpected, p95 or any other quantile such as p99.9, mean, max, rate, script_errors, failed_checks\n  \
             --stop-if 'failed > 5%': does not say for how long; give a time such as 'for 60s' or 'over 5m'; --fail-if judges the whole run",
        ),
    ] {
        let line: Vec<&str> = std::iter::once("run")
            .chain(words.iter().copied())
            .collect();
        assert_eq!(refusal(&line), message, "{words:?}");
    }
    let Err(Refusal::Usage(error)) = parse(&["run", "--stop-if"]) else {
        panic!()
    };
    assert_eq!(error.exit_code(), 2);
}

#[test]
fn the_environment_has_several_rules_with_semicolons_between_them() {
    let variables = [("THRONG_STOP_IF", "p95 > 2s for 30s; failed > 99% for 5m;")];
    with(
        &variables,
        "safety::the_environment_has_several_rules_with_semicolons_between_them",
        || {
            assert_eq!(
                rules(&[]),
                [ERRORS, P99, "p95 > 2s for 30s", "failed > 99% for 300s"]
            );
            assert_eq!(rules(&["--no-valve"]), [""; 0], "what is typed wins");
            assert_eq!(
                rules(&["--stop-if", "rate < 1 for 5s"]),
                [FAILED, ERRORS, P99, "rate < 1 for 5s"]
            );
        },
    );
}

#[test]
fn a_valve_that_the_environment_takes_out_comes_back_with_a_rule() {
    let variables = [("THRONG_NO_VALVE", "yes")];
    with(
        &variables,
        "safety::a_valve_that_the_environment_takes_out_comes_back_with_a_rule",
        || {
            assert_eq!(rules(&[]), [""; 0]);
            assert_eq!(
                rules(&["--stop-if", "p99 > 1s for 5s"]),
                [FAILED, ERRORS, "p99 > 1s for 5s"]
            );
        },
    );
}

#[test]
fn a_rule_of_the_environment_that_cannot_be_is_told_with_its_variable() {
    let variables = [("THRONG_STOP_IF", "p99 > 1s for 5s;p99 > 1 for 5s")];
    with(
        &variables,
        "safety::a_rule_of_the_environment_that_cannot_be_is_told_with_its_variable",
        || {
            assert_eq!(
                refusal(&["run"]),
                "--stop-if \"p99 > 1 for 5s\" (from THRONG_STOP_IF): 1 has no unit; write 1ms or 1s"
            );
        },
    );
}
