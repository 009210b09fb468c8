use crate::cli::faults::Faults;
use crate::cli::typed::Typed;
use crate::cli::words::SafetyWords;
use crate::plan::{DEFAULT_VALVE, Rule};

/// The rules of the safety valve: those given, and the default ones for measures of which none is given. Whether a rule
/// makes sense is the plan's to say.
pub(super) fn valve(words: &SafetyWords, typed: &Typed<'_>, faults: &mut Faults<'_>) -> Vec<Rule> {
    if words.no_valve && !words.stop_if.is_empty() {
        match (typed.on_the_line("stop_if"), typed.on_the_line("no_valve")) {
            (false, true) => return Vec::new(),
            (true, false) => {}
            _ => faults.push(
                "--stop-if with --no-valve",
                "one ends the run by a rule and the other by none",
                "give one of them; a rule takes the place of the default one for its measure",
            ),
        }
    } else if words.no_valve {
        return Vec::new();
    }
    let from_environment = typed.in_the_environment("stop_if");
    let mut given = Vec::new();
    for text in &words.stop_if {
        if from_environment && text.trim().is_empty() {
            continue;
        }
        match text.trim().parse::<Rule>() {
            Ok(rule) => given.push(rule),
            Err(fault) => faults.add_of_plan(vec![fault]),
        }
    }
    let others = DEFAULT_VALVE
        .into_iter()
        .filter(|default| given.iter().all(|rule| rule.measure != default.measure));
    let mut rules: Vec<Rule> = others.collect();
    rules.extend(given);
    rules
}
