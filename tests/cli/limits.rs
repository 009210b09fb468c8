//! Limits, the circuit breaker and what else spares a target: what their options mean and refuse.

use super::environment::with;
use super::{refusal, run};
use throng::plan::Limits;

fn limits(words: &[&str]) -> Limits {
    run(words).plan.limits
}

#[test]
fn a_run_has_a_breaker_and_no_limit_unless_it_is_told_otherwise() {
    let default = Limits {
        max_rps: None,
        max_connections: None,
        breaker: Some(20),
        adaptive_timeout: false,
        degrade: false,
    };
    assert_eq!(limits(&[]), default);
    for (words, expected) in [
        (
            vec!["--max-rps", "0.5"],
            Limits {
                max_rps: Some(0.5),
                ..default
            },
        ),
        (
            vec!["--max-connections", "7"],
            Limits {
                max_connections: Some(7),
                ..default
            },
        ),
        (
            vec!["--breaker", "3"],
            Limits {
                breaker: Some(3),
                ..default
            },
        ),
        (
            vec!["--breaker", "0"],
            Limits {
                breaker: None,
                ..default
            },
        ),
        (
            vec!["--no-breaker"],
            Limits {
                breaker: None,
                ..default
            },
        ),
        (
            vec!["--breaker", "0", "--no-breaker"],
            Limits {
                breaker: None,
                ..default
            },
        ),
        (
            vec!["--adaptive-timeout", "--degrade"],
            Limits {
                adaptive_timeout: true,
                degrade: true,
                ..default
            },
        ),
    ] {
        assert_eq!(limits(&words), expected, "{words:?}");
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    for (words, says) in [
        (
            vec!["--max-rps", "fast"],
            "--max-rps fast: is not a valid request rate; give one such as 50 or 0.5",
        ),
        (
            vec!["--max-rps", "0"],
            "--max-rps 0: must be 0.001 to 10,000,000 requests a second; give requests a second such as 50 or 0.5, or pause the run",
        ),
        (
            vec!["--max-rps", "NaN"],
            "--max-rps NaN: must be 0.001 to 10,000,000 requests a second; give requests a second such as 50 or 0.5, or pause the run",
        ),
        (
            vec!["--max-connections", "-1"],
            "--max-connections -1: is not a valid number of connections; give a whole number from 1",
        ),
        (
            vec!["--max-connections", "0"],
            "--max-connections 0: must be 1 to 10,000,000 connections; give a whole number from 1",
        ),
        (
            vec!["--breaker", "x"],
            "--breaker x: is not a valid number of failures; give a whole number such as 20, or 0 for none",
        ),
        (
            vec!["--breaker", "5", "--no-breaker"],
            "--breaker with --no-breaker: one sets the circuit breaker and the other turns it off; give one of them",
        ),
    ] {
        let line: Vec<&str> = std::iter::once("run").chain(words).collect();
        assert_eq!(refusal(&line), says);
    }
}

#[test]
fn the_environment_says_the_same_and_what_is_typed_wins() {
    let variables = [
        ("THRONG_MAX_RPS", "50"),
        ("THRONG_NO_BREAKER", "true"),
        ("THRONG_DEGRADE", "on"),
    ];
    with(
        &variables,
        "limits::the_environment_says_the_same_and_what_is_typed_wins",
        || {
            let read = limits(&[]);
            assert_eq!(read.max_rps, Some(50.0));
            assert_eq!((read.breaker, read.degrade), (None, true));
            let typed = limits(&["--breaker", "9", "--max-rps", "7"]);
            assert_eq!((typed.max_rps, typed.breaker), (Some(7.0), Some(9)));
        },
    );
}
