//! Where values stand in a request: the pairs of a query, headers, cookies, the body.

use serde_json::Value as Json;

use crate::import::{Body, Part, Request, Value};
use throng_openapi::{Content, Document, is_json};

use super::shape::Shape;
use super::values::Values;

/// The pairs of a query: those of a list each, those of an object by their names.
pub(super) fn flat(name: String, value: Value) -> Vec<(String, Value)> {
    match value {
        Value::List(items) => items.into_iter().map(|item| (name.clone(), item)).collect(),
        Value::Object(fields) => fields,
        value => vec![(name, value)],
    }
}

/// A value as text, for a header.
pub(super) fn as_text(value: Value) -> Value {
    match value {
        Value::Bool(value) => Value::text(value.to_string()),
        Value::Integer(number) => Value::text(number.to_string()),
        Value::Float(number) => Value::text(number.to_string()),
        Value::Call(function, arguments) => {
            Value::Joined(vec![Value::text(""), Value::Call(function, arguments)])
        }
        Value::Null | Value::List(_) | Value::Object(_) => Value::text(""),
        value => value,
    }
}

pub(super) fn cookie(cookies: Vec<(String, Value)>) -> Value {
    let mut parts = Vec::new();
    for (place, (name, value)) in cookies.into_iter().enumerate() {
        let between = if place == 0 { "" } else { "; " };
        parts.push(Value::text(format!("{between}{name}=")));
        parts.push(as_text(value));
    }
    Value::Joined(parts)
}

/// The body in the media type that throng can write best.
pub(super) fn set_body(
    document: &Document,
    contents: &[Content],
    values: &mut Values<'_>,
    request: &mut Request,
) {
    let json = contents.iter().find(|one| is_json(&one.media_type));
    let Some(content) = json.or_else(|| contents.first()) else {
        return;
    };
    let shape = content.schema.as_deref().map(|at| Shape::at(document, at));
    let mut shape = shape.unwrap_or_default();
    // An example of the whole body would hide what its fields need.
    if shape.properties.is_empty()
        && let Some(example) = &content.example
    {
        shape.keywords.insert("example".to_owned(), example.clone());
        if let (Some(value), true) = (Value::of_json(example), json.is_some()) {
            request.body = Body::Json(value);
            return;
        }
    }
    if let (Some(Json::Object(example)), false) = (&content.example, shape.properties.is_empty()) {
        for (name, value) in example {
            if let Some(Json::Object(schema)) = shape.properties.get_mut(name) {
                schema.entry("example").or_insert_with(|| value.clone());
            }
        }
    }
    let value = values.of("body", &shape);
    let fields = |value: Value| match value {
        Value::Object(fields) => fields,
        _ => Vec::new(),
    };
    let media_type = content.media_type.as_str();
    request.body = match media_type {
        _ if is_json(media_type) => Body::Json(value),
        "application/x-www-form-urlencoded" => Body::Form(fields(value)),
        "multipart/form-data" => {
            let part = |(name, content): (String, Value)| Part {
                name,
                content: as_text(content),
                filename: None,
                content_type: None,
            };
            Body::Multipart(fields(value).into_iter().map(part).collect())
        }
        _ => {
            let content_type = ("Content-Type".to_owned(), Value::text(media_type));
            request.headers.push(content_type);
            Body::Raw(as_text(value))
        }
    };
}
