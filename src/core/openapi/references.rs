//! `$ref`: each leads to a value of the same document, by a JSON pointer.

use serde_json::Value;

use super::fault::Fault;
use super::limits::{MAX_FAULTS, MAX_REFERENCES};
use super::pointer;

/// Fields whose values are data, in which `$ref` means nothing.
const DATA: [&str; 6] = ["example", "examples", "default", "enum", "const", "value"];

/// Says of each `$ref` that leads to no value of the document where it stands.
pub(super) fn check(root: &Value) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut walk = Walk {
        root,
        faults: &mut faults,
        at: String::new(),
    };
    walk.value(root, false);
    faults
}

struct Walk<'a> {
    root: &'a Value,
    faults: &'a mut Vec<Fault>,
    at: String,
}

impl Walk<'_> {
    /// `is_named`: the fields of the value are names, such as those of properties, and none has a meaning.
    fn value(&mut self, value: &Value, is_named: bool) {
        if self.faults.len() >= MAX_FAULTS {
            return;
        }
        let length = self.at.len();
        match value {
            Value::Array(items) => {
                for (number, item) in items.iter().enumerate() {
                    self.at += &format!("/{number}");
                    self.value(item, false);
                    self.at.truncate(length);
                }
            }
            Value::Object(fields) => {
                for (name, value) in fields {
                    let is_data = DATA.contains(&name.as_str()) || name.starts_with("x-");
                    if !is_named && is_data {
                        continue;
                    }
                    self.at = pointer::join(&self.at, name);
                    match value {
                        Value::String(reference) if !is_named && name == "$ref" => {
                            self.reference(reference);
                        }
                        _ => self.value(value, !is_named && NAMED.contains(&name.as_str())),
                    }
                    self.at.truncate(length);
                }
            }
            _ => {}
        }
    }

    fn reference(&mut self, reference: &str) {
        if let Some(words) = why_not(self.root, reference) {
            self.faults.push(Fault::of(self.at.clone(), words));
        }
    }
}

/// Fields whose values have names as fields.
const NAMED: [&str; 16] = [
    "properties",
    "patternProperties",
    "$defs",
    "definitions",
    "dependentSchemas",
    "schemas",
    "responses",
    "parameters",
    "requestBodies",
    "headers",
    "securitySchemes",
    "links",
    "callbacks",
    "pathItems",
    "paths",
    "content",
];

fn why_not(root: &Value, reference: &str) -> Option<String> {
    let shown = format!("$ref {reference:?}");
    if !reference.starts_with('#') {
        return Some(format!(
            "{shown} leads out of the document, and nothing is fetched for it; bundle the \
             documents into one, such as with `redocly bundle` or `swagger-cli bundle`"
        ));
    }
    let Some(pointer) = pointer::of_fragment(reference) else {
        return Some(format!(
            "{shown} is not a JSON pointer; name the place as in \"#/components/schemas/User\""
        ));
    };
    let mut at = pointer;
    for _ in 0..MAX_REFERENCES {
        match pointer::value(root, &at) {
            None => {
                return Some(format!(
                    "{shown} leads to #{at}, where the document has nothing"
                ));
            }
            Some(value) => match next(value) {
                None => return None,
                Some(further) => at = further,
            },
        }
    }
    Some(format!(
        "{shown} leads from one $ref to the next and back to itself"
    ))
}

/// Where the `$ref` of a value leads. One beside which the value says more is part of a schema of 3.1, not a stand-in.
fn next(value: &Value) -> Option<String> {
    pointer::of_fragment(value.get("$ref")?.as_str()?)
}

/// The value itself, or what its `$ref` leads to; within a document whose references are checked.
pub(super) fn resolve<'a>(root: &'a Value, value: &'a Value) -> &'a Value {
    let mut at = value;
    for _ in 0..MAX_REFERENCES {
        match next(at).and_then(|pointer| pointer::value(root, &pointer)) {
            Some(further) => at = further,
            None => break,
        }
    }
    at
}

/// The pointer of what a pointer leads to in the end: the same for all that share a component.
pub(super) fn canonical(root: &Value, pointer: String) -> String {
    let mut at = pointer;
    for _ in 0..MAX_REFERENCES {
        let value = pointer::value(root, &at);
        let is_bare = |value: &&Value| value.as_object().is_some_and(|fields| fields.len() == 1);
        match value.filter(is_bare).and_then(next) {
            Some(further) => at = further,
            None => break,
        }
    }
    at
}
