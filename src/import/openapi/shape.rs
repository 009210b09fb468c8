//! The shape of a schema: what its references, `allOf` and alternatives add up to.

use serde_json::{Map, Value};

use throng_openapi::Document;

/// Deepest chain of references and combinations.
const DEEPEST: usize = 12;

/// The keywords that hold for a value, with those of all parts; of alternatives the first that is no null.
#[derive(Clone, Debug, Default)]
pub(super) struct Shape {
    /// The keywords beside those below.
    pub(super) keywords: Map<String, Value>,
    /// Properties in the order of their names.
    pub(super) properties: Map<String, Value>,
    pub(super) required: Vec<String>,
}

impl Shape {
    /// Of a schema.
    pub(super) fn of(document: &Document, schema: &Value) -> Self {
        let mut shape = Self::default();
        shape.add(document, schema, 0);
        shape
    }

    /// Of the schema that a pointer leads to.
    pub(super) fn at(document: &Document, pointer: &str) -> Self {
        let schema = document.value(pointer);
        schema.map_or_else(Self::default, |schema| Self::of(document, schema))
    }

    fn add(&mut self, document: &Document, schema: &Value, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        let Value::Object(fields) = schema else {
            return;
        };
        if fields.contains_key("$ref") {
            self.add(document, document.resolve(schema), depth + 1);
        }
        for part in fields
            .get("allOf")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            self.add(document, part, depth + 1);
        }
        for name in ["oneOf", "anyOf"] {
            let parts = fields
                .get(name)
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            let is_null = |part: &&Value| part.get("type") == Some(&Value::from("null"));
            if let Some(part) = parts.into_iter().find(|part| !is_null(part)) {
                self.add(document, part, depth + 1);
            }
        }
        for (name, value) in fields {
            match (name.as_str(), value) {
                ("$ref" | "allOf" | "oneOf" | "anyOf", _) => {}
                ("properties", Value::Object(properties)) => {
                    self.properties.extend(properties.clone());
                }
                ("required", Value::Array(names)) => {
                    let names = names.iter().filter_map(Value::as_str);
                    self.required.extend(names.map(str::to_owned));
                }
                _ => drop(self.keywords.insert(name.clone(), value.clone())),
            }
        }
    }

    /// A keyword.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.keywords.get(name)
    }

    /// A keyword that is a text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    /// The first type that is not null; where none is named, what its keywords are about.
    pub(super) fn kind(&self) -> &str {
        let said = match self.get("type") {
            Some(Value::String(kind)) => Some(kind.as_str()),
            Some(Value::Array(kinds)) => {
                let mut kinds = kinds.iter().filter_map(Value::as_str);
                kinds.find(|kind| *kind != "null")
            }
            _ => None,
        };
        let about = || match () {
            () if !self.properties.is_empty() => "object",
            () if self.get("items").is_some() => "array",
            () if self.get("minimum").is_some() || self.get("maximum").is_some() => "number",
            () => "string",
        };
        said.unwrap_or_else(about)
    }

    /// An example, the only value, or the default.
    pub(super) fn given(&self) -> Option<&Value> {
        let first = |name: &str| self.get(name)?.as_array()?.first();
        self.get("const")
            .or_else(|| self.get("example"))
            .or_else(|| first("examples"))
            .or_else(|| self.get("default"))
            .filter(|value| !value.is_null())
    }

    /// Whether it is in answers only.
    pub(super) fn is_read_only(&self) -> bool {
        self.get("readOnly") == Some(&Value::Bool(true))
    }
}
