//! `--dry-run`: the plan as a table, nothing sent.

use std::fmt::Write;

use super::expected_visits;
use crate::app::run::shape;
use crate::cli::{Resolved, Scripts, show_span};
use crate::engine::RunConfig;
use crate::metrics::BUILT_IN;
use crate::plan::{DEFAULT_BREAKER, Limits, Plan, SearchPlan, show_length, show_level};
use crate::script::TypeSpec;
use crate::text;

/// What shows more.
const MORE: &str = "; --mock FILE.lua shows more";

/// The plan in words, and that nothing was sent.
pub fn text(resolved: &Resolved, specs: &[TypeSpec], warnings: &[String]) -> String {
    let table = table(resolved, specs, warnings);
    let chains = specs.iter().filter(|spec| spec.chain.has_rows());
    let visits = expected_visits::text(&resolved.plan, chains);
    format!("{table}{visits}\nnothing was sent (--dry-run){MORE}\n")
}

/// The plan in words: what would run, against what, how long; and these warnings.
pub fn table(resolved: &Resolved, specs: &[TypeSpec], warnings: &[String]) -> String {
    let plan = &resolved.plan;
    let mut text = String::new();
    let mut line = |name: &str, value: String| {
        let _ = writeln!(text, "{name:<12} {}", text::line(&value));
    };
    line("target", plan.base_url.to_string());
    line(
        "scripts",
        match &resolved.scripts {
            Scripts::Embedded => BUILT_IN.to_owned(),
            Scripts::Folder(folder) => folder.display().to_string(),
        },
    );
    for (name, value) in shape::lines(plan, specs) {
        line(name, value);
    }
    match &plan.search {
        Some(search) => line("search", of_search(search)),
        None => line("length", show_length(plan.length)),
    }
    line("mistakes", format!("{} % of requests", plan.error_rate));
    line("seed", plan.seed.to_string());
    if let Some(cleanup) = &plan.cleanup {
        let every = cleanup.interval.map_or_else(String::new, |interval| {
            format!(", and every {}", show_span(interval))
        });
        line("clean-up", format!("at the end{every}"));
    }
    line("stops if", rules(plan));
    let limits = limits(&plan.limits);
    if !limits.is_empty() {
        line("limits", limits);
    }
    text.push('\n');
    let _ = writeln!(
        text,
        "{:<14} {:>6} {:>7} {:>9}  {:<9} {:>5}  file",
        "type", "users", "weight", "requests", "think", "steps"
    );
    for (spec, users) in specs.iter().zip(RunConfig::counts(plan, specs)) {
        let (low, high) = plan.requests.clamp(spec.requests);
        let requests = format!("{low}-{high}");
        let weight = shape::weight(plan, spec);
        let weight = weight.map_or_else(|| "-".to_owned(), |weight| weight.to_string());
        let _ = writeln!(
            text,
            "{:<14} {users:>6} {:>7} {requests:>9}  {:<9} {:>5}  {}",
            text::line(&spec.name),
            weight,
            spec.think,
            spec.steps,
            text::line(&spec.path)
        );
    }
    for words in warnings {
        let _ = writeln!(text, "\nwarning: {}", text::line(words));
    }
    text
}

/// What is searched for, and between which levels.
fn of_search(search: &SearchPlan) -> String {
    format!(
        "the most {} with {}, from {} to {}",
        if search.open { "arrivals" } else { "users" },
        search.objective(),
        show_level(search.from, search.open),
        show_level(search.at_most, search.open)
    )
}

/// What the safety valve ends the run for.
fn rules(plan: &Plan) -> String {
    if plan.valve.is_empty() {
        return "nothing (--no-valve)".to_owned();
    }
    let rules: Vec<String> = plan.valve.iter().map(ToString::to_string).collect();
    rules.join(", ")
}

/// What it may at most do, where anything was said of it.
fn limits(limits: &Limits) -> String {
    let rate = limits.max_rps.map(|rate| format!("{rate} requests/s"));
    let connections = limits.max_connections;
    let breaker = match limits.breaker {
        None => Some("no circuit breaker".to_owned()),
        Some(failures) if failures != DEFAULT_BREAKER => {
            Some(format!("circuit breaker after {failures} failures"))
        }
        Some(_) => None,
    };
    let said = [
        rate,
        connections.map(|most| format!("{most} connections")),
        breaker,
        limits
            .adaptive_timeout
            .then(|| "adaptive timeouts".to_owned()),
        limits.degrade.then(|| "degradation".to_owned()),
    ];
    said.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
