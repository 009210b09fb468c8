//! Values that follow a schema: what another operation gives, or else examples, defaults and what the schema allows.

use serde_json::Value as Json;

use crate::import::Value;
use throng_openapi::Document;

use super::links::{Links, Source};
use super::shape::Shape;
use super::strings::{self, Purpose};
use super::words;

/// How deeply values nest.
const DEEPEST: usize = 5;

/// Makes the values of one operation.
pub(super) struct Values<'a> {
    pub(super) document: &'a Document,
    pub(super) links: &'a Links,
    /// The operation.
    pub(super) number: usize,
    /// What it is about.
    pub(super) kind: &'a str,
    /// Whether what it sends is written.
    pub(super) is_write: bool,
    /// Values for some fields, whatever their schemas say.
    pub(super) given: Vec<(String, Value)>,
    /// The fields whose values are guesses.
    pub(super) guessed: Vec<String>,
}

impl Values<'_> {
    /// Of a parameter or field.
    pub(super) fn of(&mut self, name: &str, shape: &Shape) -> Value {
        self.value(name, shape, (0, false))
    }

    fn value(&mut self, name: &str, shape: &Shape, (depth, person): (usize, bool)) -> Value {
        if let Some((_, value)) = self.given.iter().find(|(given, _)| given == name) {
            return value.clone();
        }
        if let Some(source) = self.links.source(self.number, name) {
            return of_source(source, shape);
        }
        match shape.kind() {
            "object" => self.object(shape, depth),
            "array" => self.array(name, shape, depth),
            "boolean" => match shape.given() {
                Some(Json::Bool(given)) => Value::Bool(*given),
                _ => Value::Bool(true),
            },
            "integer" => self.integer(name, shape),
            "number" => self.number(name, shape),
            "null" => Value::Null,
            _ => {
                let purpose = Purpose {
                    name,
                    kind: self.kind,
                    must_differ: self.is_write,
                    is_of_person: person,
                };
                let (value, is_guess) = strings::text(shape, purpose);
                if is_guess {
                    self.guessed.push(name.to_owned());
                }
                value
            }
        }
    }

    /// The fields that must be there, and those for which the document or the name says what they may be.
    fn object(&mut self, shape: &Shape, depth: usize) -> Value {
        if shape.properties.is_empty() {
            let given = shape.given().and_then(Value::of_json);
            return given.unwrap_or(Value::Object(Vec::new()));
        }
        let has_email = shape
            .properties
            .keys()
            .any(|name| words::plain(name) == "email");
        let mut fields = Vec::new();
        for (name, schema) in &shape.properties {
            let inner = Shape::of(self.document, schema);
            let required = shape.required.contains(name);
            if inner.is_read_only()
                || !required && (depth >= DEEPEST || !self.is_safe(name, &inner))
            {
                continue;
            }
            let value = match depth > DEEPEST {
                true => Value::Null,
                false => self.value(name, &inner, (depth + 1, has_email)),
            };
            fields.push((name.clone(), value));
        }
        Value::Object(fields)
    }

    /// Whether a field that may be left out is better sent.
    fn is_safe(&self, name: &str, shape: &Shape) -> bool {
        if self.links.source(self.number, name).is_some() || shape.given().is_some() {
            return true;
        }
        match shape.kind() {
            "string" => {
                let said = ["enum", "format", "pattern"];
                said.iter().any(|keyword| shape.get(keyword).is_some()) || strings::is_known(name)
            }
            "boolean" => true,
            "integer" | "number" => {
                shape.get("minimum").is_some() || shape.get("maximum").is_some()
            }
            "object" => !shape.properties.is_empty(),
            _ => false,
        }
    }

    fn array(&mut self, name: &str, shape: &Shape, depth: usize) -> Value {
        if let Some(given @ Json::Array(_)) = shape.given()
            && let Some(value) = Value::of_json(given)
        {
            return value;
        }
        let items = shape
            .get("items")
            .map(|items| Shape::of(self.document, items));
        let Some(items) = items.filter(|_| depth < DEEPEST) else {
            return Value::List(Vec::new());
        };
        let least = shape.get("minItems").and_then(Json::as_u64).unwrap_or(1);
        let count = least.clamp(1, 20);
        let one = words::singular(name);
        let all = (0..count).map(|_| self.value(&one, &items, (depth + 1, false)));
        Value::List(all.collect())
    }

    fn integer(&mut self, name: &str, shape: &Shape) -> Value {
        if let Some(given) = chosen(shape).and_then(|given| given.as_i64()) {
            return Value::Integer(given);
        }
        let bound = |inclusive: &str, exclusive: &str, step: i64| {
            let inside = shape.get(inclusive).and_then(Json::as_i64);
            let outside = shape.get(exclusive).and_then(Json::as_i64);
            inside.or_else(|| outside.map(|limit| limit.saturating_add(step)))
        };
        let least = bound("minimum", "exclusiveMinimum", 1);
        let most = bound("maximum", "exclusiveMaximum", -1);
        let step = shape
            .get("multipleOf")
            .and_then(Json::as_i64)
            .filter(|step| *step > 1);
        match (least, most, step) {
            (Some(least), Some(most), None) if least < most => {
                let ends = [Value::Integer(least), Value::Integer(most)];
                Value::Call("random.int", ends.into())
            }
            (least, most, step) => {
                if least.is_none() && most.is_none() {
                    self.guessed.push(name.to_owned());
                }
                let value = least.or(most.map(|most| most.min(1))).unwrap_or(1);
                let step = step.unwrap_or(1);
                let below = value.rem_euclid(step);
                Value::Integer(if below == 0 {
                    value
                } else {
                    value + step - below
                })
            }
        }
    }

    fn number(&mut self, name: &str, shape: &Shape) -> Value {
        if let Some(given) = chosen(shape).and_then(|given| given.as_f64()) {
            return Value::Float(given);
        }
        let limit = |name: &str| shape.get(name).and_then(Json::as_f64);
        let least = limit("minimum").or_else(|| limit("exclusiveMinimum").map(|low| low + 0.5));
        let most = limit("maximum").or_else(|| limit("exclusiveMaximum").map(|high| high - 0.5));
        match (least, most) {
            (Some(least), Some(most)) if least <= most => Value::Float(f64::midpoint(least, most)),
            (Some(one), _) | (None, Some(one)) => Value::Float(one),
            (None, None) => {
                self.guessed.push(name.to_owned());
                Value::Float(1.5)
            }
        }
    }
}

/// An example, or the first of the values that are allowed.
fn chosen(shape: &Shape) -> Option<&Json> {
    let first = || shape.get("enum")?.as_array()?.first();
    shape.given().or_else(first)
}

fn of_source(source: &Source, shape: &Shape) -> Value {
    let state = Value::State(source.variable.clone());
    match source.is_list || shape.kind() == "array" {
        true => Value::List(vec![state]),
        false => state,
    }
}
