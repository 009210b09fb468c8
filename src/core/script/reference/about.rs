//! The sentences of a parameter, a field or a result, with unit and default.

use crate::script::api::signature::{Field, Returned, UNITLESS};

/// What is said of a parameter or a field.
pub(super) fn field(field: &Field) -> String {
    sentences(field.doc, field.unit, field.default)
}

/// What is said of a result.
pub(super) fn result(result: &Returned) -> String {
    sentences(result.doc, result.unit, "")
}

fn sentences(doc: &str, unit: &str, default: &str) -> String {
    let mut sentences = vec![doc.to_owned()];
    if !unit.is_empty() && unit != UNITLESS {
        sentences.push(format!("In {}.", words(unit)));
    }
    if !default.is_empty() {
        sentences.push(format!("Default: {default}."));
    }
    sentences.retain(|sentence| !sentence.is_empty());
    sentences.join(" ")
}

/// A unit in words.
fn words(unit: &str) -> &str {
    match unit {
        "s" => "seconds",
        other => other,
    }
}
