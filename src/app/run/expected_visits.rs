//! How often a session of a type makes each of its steps.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use crate::plan::{ExpectedSession, Plan};
use crate::script::TypeSpec;
use crate::text;
use crate::view::format;

/// The steps of each type with their visits, below a line that says how long its sessions are; nothing of types with one
/// step.
pub fn text<'a>(plan: &Plan, specs: impl IntoIterator<Item = &'a TypeSpec>) -> String {
    let mut text = String::new();
    for spec in specs.into_iter().filter(|spec| spec.chain.len() > 1) {
        let session = session(plan, spec);
        let leaving = match spec.chain.has_rows() {
            true => format!("; {} leave before", format::ratio(Some(session.leaving))),
            false => String::new(),
        };
        let _ = writeln!(
            text,
            "\n{}: {} steps in a session on average, of one request each{leaving}",
            text::line(&spec.name),
            format::figure(session.steps())
        );
        for (step, visits) in session.visits.iter().enumerate() {
            let name = spec.step_name(step);
            let visits = format::figure(*visits);
            let _ = writeln!(text, "  {:<24} {visits:>8}", text::line(name));
        }
    }
    text
}

/// The same of one type: `{ "steps": 3.8, "leaving": 1.0, "visits": { "browse": 2.6 } }`.
pub fn json(plan: &Plan, spec: &TypeSpec) -> Value {
    let session = session(plan, spec);
    let mut by_name = Map::new();
    for (step, visits) in session.visits.iter().enumerate() {
        // Steps of one name are counted together, as they are measured.
        let so_far = by_name
            .entry(spec.step_name(step).to_owned())
            .or_insert(json!(0.0));
        *so_far = json!(so_far.as_f64().unwrap_or_default() + visits);
    }
    json!({ "steps": session.steps(), "leaving": session.leaving, "visits": by_name })
}

fn session(plan: &Plan, spec: &TypeSpec) -> ExpectedSession {
    let requests = plan.requests.clamp(spec.requests);
    spec.chain.expected_session(requests)
}
