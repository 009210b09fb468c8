//! Descriptions of the Lua API say all that they should: results, units, errors, an example of each.

use throng::script::api::signature::{Field, Function};
use throng::script::reference;

/// Whether a type has a number, whose unit has to be told.
fn is_number(kind: &str) -> bool {
    let mut words = kind.split(|sign: char| !sign.is_ascii_alphanumeric());
    words.any(|word| matches!(word, "number" | "integer"))
}

/// What is missing in the description of a parameter or a field.
fn of_field(owner: &str, field: &Field) -> Vec<String> {
    let mut missing = Vec::new();
    if field.doc.is_empty() {
        missing.push(format!("{owner}: {} has no sentence", field.name));
    }
    if is_number(field.kind) && field.unit.is_empty() {
        missing.push(format!(
            "{owner}: {} is a number without a unit; .unitless() says that it has none",
            field.name
        ));
    }
    missing
}

/// What is missing in the description of a function.
fn of_function(function: &Function) -> Vec<String> {
    let path = function.path();
    let mut missing: Vec<String> = function
        .params
        .iter()
        .flat_map(|param| of_field(&path, param))
        .collect();
    for result in function.returns {
        if result.doc.is_empty() {
            missing.push(format!("{path}: a result has no sentence"));
        }
        if is_number(result.kind) && result.unit.is_empty() {
            missing.push(format!("{path}: the result is a number without a unit"));
        }
    }
    let may_be_nil = function.returns.first().is_some_and(|first| {
        let is_told = first.doc.contains("nil") || function.errors.contains("nil");
        first.kind.ends_with('?') && !is_told
    });
    if may_be_nil {
        missing.push(format!("{path}: when is the result nil?"));
    }
    if function.example.is_empty() {
        missing.push(format!("{path}: there is no example"));
    }
    missing
}

#[test]
fn every_function_has_results_units_and_an_example() {
    let mut missing: Vec<String> = reference::functions().flat_map(of_function).collect();
    for object in reference::objects() {
        let fields = object.fields.iter();
        missing.extend(fields.flat_map(|field| of_field(object.kind, field)));
        if object.example.is_empty() && object.methods.is_empty() {
            missing.push(format!("{}: there is no example", object.kind));
        }
    }
    for table in reference::options() {
        let fields = table.fields.iter();
        missing.extend(fields.flat_map(|field| of_field(table.kind, field)));
        if table.example.is_empty() {
            missing.push(format!("{}: there is no example", table.kind));
        }
    }
    assert!(missing.is_empty(), "\n{}", missing.join("\n"));
}

#[test]
fn a_number_needs_a_unit_wherever_it_stands_in_a_type() {
    for kind in [
        "number",
        "integer?",
        "number|number[]",
        "table<string, number>",
    ] {
        assert!(is_number(kind), "{kind}");
    }
    assert!(!is_number("table<string, string>"));
    const NAKED: Function = Function::new("t", "f", "Does.");
    assert_eq!(of_function(&NAKED), ["t.f: there is no example"]);
}
