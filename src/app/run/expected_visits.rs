//! How often a session of a type makes each of its steps, as text.

use std::fmt::Write;

use crate::script::TypeSpec;
use crate::text;
use crate::view::format;

/// The steps of a type with their visits, below a line that says how long its sessions are; nothing for a type with one
/// step. `requests` are those of a session.
pub fn of(spec: &TypeSpec, requests: (u32, u32)) -> String {
    let mut text = String::new();
    if spec.chain.len() < 2 {
        return text;
    }
    let session = spec.chain.expected_session(requests);
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
        let _ = writeln!(
            text,
            "  {:<24} {:>8}",
            text::line(&name),
            format::figure(*visits)
        );
    }
    text
}
