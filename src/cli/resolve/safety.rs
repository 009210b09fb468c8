use std::cmp::Ordering;

use crate::cli::faults::Faults;
use crate::cli::options::SafetyOptions;
use crate::cli::value_sources::ValueSources;
use crate::plan::{DEFAULT_BREAKER, DEFAULT_VALVE, Limits, Rule};

/// The rules of the safety valve: those given, and the default ones for measures of which none is given. Whether a rule
/// makes sense is the plan's to say.
pub(super) fn valve(
    options: &SafetyOptions,
    typed: &ValueSources<'_>,
    faults: &mut Faults<'_>,
) -> Vec<Rule> {
    if options.no_valve && !options.stop_if.is_empty() {
        match typed.compare("stop_if", "no_valve") {
            Ordering::Less => return Vec::new(),
            Ordering::Greater => {}
            Ordering::Equal => faults.push(
                "--stop-if with --no-valve",
                "one adds a stop rule and the other turns all of them off",
                "give one of them; a rule takes the place of the default one for its measure",
            ),
        }
    } else if options.no_valve {
        return Vec::new();
    }
    let given = rules(
        "stop-if",
        &options.stop_if,
        typed.in_the_environment("stop_if"),
        faults,
    );
    let others = DEFAULT_VALVE
        .into_iter()
        .filter(|default| !given.iter().any(|rule| rule.replaces(default)));
    let mut rules: Vec<Rule> = others.collect();
    rules.extend(given);
    rules
}

/// What must not be so, or the run has failed.
pub(super) fn thresholds(
    options: &SafetyOptions,
    typed: &ValueSources<'_>,
    faults: &mut Faults<'_>,
) -> Vec<Rule> {
    rules(
        "fail-if",
        &options.fail_if,
        typed.in_the_environment("fail_if"),
        faults,
    )
}

/// The rules that an option gives; in the environment there may be empty ones between semicolons.
fn rules(
    option: &str,
    texts: &[String],
    in_the_environment: bool,
    faults: &mut Faults<'_>,
) -> Vec<Rule> {
    let texts = texts.iter();
    let given = texts.filter(|text| !in_the_environment || !text.trim().is_empty());
    let mut rules = Vec::new();
    for text in given {
        match Rule::parse(option, text) {
            Ok(rule) => rules.push(rule),
            Err(fault) => faults.add_of_plan(vec![fault]),
        }
    }
    rules
}

/// What the run may at most do; whether that makes sense is the plan's to say.
pub(super) fn limits(
    options: &SafetyOptions,
    typed: &ValueSources<'_>,
    faults: &mut Faults<'_>,
) -> Limits {
    let whole = "give a whole number from 1";
    Limits {
        max_rps: faults.read(
            "max-rps",
            options.max_rps.as_deref(),
            None,
            |text| text.parse().ok().map(Some),
            ("is not a valid request rate", "give one such as 50 or 0.5"),
        ),
        max_connections: faults.read(
            "max-connections",
            options.max_connections.as_deref(),
            None,
            |text| text.parse().ok().map(Some),
            ("is not a valid number of connections", whole),
        ),
        breaker: breaker(options, typed, faults),
        adaptive_timeout: options.adaptive_timeout,
        degrade: options.degrade,
    }
}

fn breaker(
    options: &SafetyOptions,
    typed: &ValueSources<'_>,
    faults: &mut Faults<'_>,
) -> Option<u32> {
    let given = faults.read(
        "breaker",
        options.breaker.as_deref(),
        DEFAULT_BREAKER,
        |text| text.parse().ok(),
        (
            "is not a valid number of failures",
            "give a whole number such as 20, or 0 for none",
        ),
    );
    if options.no_breaker && options.breaker.is_some() && given > 0 {
        match typed.compare("breaker", "no_breaker") {
            Ordering::Greater => return Some(given),
            Ordering::Less => return None,
            Ordering::Equal => faults.push(
                "--breaker with --no-breaker",
                "one sets the circuit breaker and the other turns it off",
                "give one of them",
            ),
        }
    }
    (!options.no_breaker && given > 0).then_some(given)
}
