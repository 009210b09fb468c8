//! The body of `POST /api/v1/incident`.

use std::time::Duration;

use serde_json::Value;

use crate::engine::IncidentCommand;
use crate::plan::span::{parse_span, span_of_seconds};
use crate::plan::{Fault, SHORTEST_INCIDENT};
use crate::web::request_body::{self, Object};

/// What is to happen to which incident.
pub fn command(object: Object) -> Result<IncidentCommand, Vec<Fault>> {
    let (mut name, mut lasts, mut end) = (None, None, false);
    let mut faults = Vec::new();
    for (key, value) in object {
        match (key.as_str(), value) {
            ("name", Value::String(text)) if !text.is_empty() => name = Some(text),
            ("name", value) => faults.push(Fault::new(
                format!("name {value}"),
                "is not a valid name of an incident",
                "give that of an incident of the plan, in quotes",
            )),
            ("for", value) => match time(&value) {
                Some(time) => lasts = Some(time),
                None => faults.push(Fault::new(
                    format!("for {value}"),
                    "is not a valid duration from 1s",
                    "give seconds such as 120, or a text such as \"2m\"",
                )),
            },
            ("end", Value::Bool(ends)) => end = ends,
            ("end", value) => faults.push(Fault::new(
                format!("end {value}"),
                "must be true or false",
                "give true to end the incident now, or leave it out",
            )),
            _ => faults.push(request_body::unknown(&key, &["name", "for", "end"])),
        }
    }
    if end && lasts.is_some() {
        faults.push(Fault::new(
            "end with for",
            "one ends the incident and the other begins it",
            "give one of them",
        ));
    }
    match name {
        Some(name) if faults.is_empty() && end => Ok(IncidentCommand::End(name)),
        Some(name) if faults.is_empty() => Ok(IncidentCommand::Begin(name, lasts)),
        None if faults.is_empty() => Err(vec![Fault::new(
            "name",
            "is missing",
            "give the name of an incident of the plan",
        )]),
        _ => Err(faults),
    }
}

/// From 1 s, in seconds or as a text with units.
fn time(value: &Value) -> Option<Duration> {
    let time = match value {
        Value::String(text) => parse_span(text)?,
        Value::Number(number) => span_of_seconds(number.as_f64()?)?,
        _ => return None,
    };
    (time >= SHORTEST_INCIDENT).then_some(time)
}
