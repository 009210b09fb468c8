//! Schemas of OpenAPI 3.0 as those of 3.1, which are JSON Schema 2020-12.

use serde_json::{Map, Value, json};

/// Rewrites all schemas of a document of 3.0.
pub(super) fn modernise(root: &mut Value) {
    if let Some(Value::Object(schemas)) = root.pointer_mut("/components/schemas") {
        schemas.values_mut().for_each(schema);
    }
    if let Value::Object(fields) = root {
        for (name, value) in fields {
            find(name, value);
        }
    }
}

/// Finds schemas below a value that is none. Those of `components` are done.
fn find(name: &str, value: &mut Value) {
    match value {
        Value::Object(_) if name == "schema" => schema(value),
        Value::Object(_) if matches!(name, "schemas" | "example" | "examples") => {}
        Value::Object(fields) => fields
            .iter_mut()
            .for_each(|(name, value)| find(name, value)),
        Value::Array(items) => items.iter_mut().for_each(|item| find("", item)),
        _ => {}
    }
}

fn schema(value: &mut Value) {
    let Value::Object(fields) = value else { return };
    if fields.contains_key("$ref") {
        // In 3.0 nothing counts beside it.
        fields.retain(|name, _| name == "$ref");
        return;
    }
    for name in ["items", "not", "additionalProperties"] {
        if let Some(inner) = fields.get_mut(name) {
            schema(inner);
        }
    }
    for name in ["allOf", "anyOf", "oneOf"] {
        if let Some(Value::Array(all)) = fields.get_mut(name) {
            all.iter_mut().for_each(schema);
        }
    }
    if let Some(Value::Object(properties)) = fields.get_mut("properties") {
        properties.values_mut().for_each(schema);
    }
    bound(fields, "exclusiveMinimum", "minimum");
    bound(fields, "exclusiveMaximum", "maximum");
    if fields.remove("nullable") == Some(Value::Bool(true)) {
        let inner = std::mem::take(fields);
        *fields = nullable(inner);
    }
}

/// `exclusiveMinimum: true` says that `minimum` is not allowed itself.
fn bound(fields: &mut Map<String, Value>, exclusive: &str, inclusive: &str) {
    match fields.get(exclusive) {
        Some(Value::Bool(true)) => match fields.remove(inclusive) {
            Some(limit) => drop(fields.insert(exclusive.to_owned(), limit)),
            None => drop(fields.remove(exclusive)),
        },
        Some(Value::Bool(false)) => drop(fields.remove(exclusive)),
        _ => {}
    }
}

fn nullable(mut fields: Map<String, Value>) -> Map<String, Value> {
    if let Some(Value::String(kind)) = fields.get("type") {
        let kinds = json!([kind, "null"]);
        fields.insert("type".to_owned(), kinds);
        if let Some(Value::Array(all)) = fields.get_mut("enum")
            && !all.contains(&Value::Null)
        {
            all.push(Value::Null);
        }
        return fields;
    }
    let any = json!([Value::Object(fields), {"type": "null"}]);
    Map::from_iter([("anyOf".to_owned(), any)])
}

/// Takes back from `required` what an answer never has: properties that are only written.
pub(super) fn as_answered(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(as_answered),
        Value::Object(fields) => {
            fields.values_mut().for_each(as_answered);
            let Some(Value::Object(properties)) = fields.get("properties") else {
                return;
            };
            let is_written = |name: &Value| {
                let property = name.as_str().and_then(|name| properties.get(name));
                property.and_then(|one| one.get("writeOnly")) == Some(&Value::Bool(true))
            };
            let Some(Value::Array(required)) = fields.get("required") else {
                return;
            };
            let kept: Vec<Value> = required
                .iter()
                .filter(|one| !is_written(one))
                .cloned()
                .collect();
            fields.insert("required".to_owned(), Value::Array(kept));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemas_of_3_0_become_those_of_3_1() {
        let mut root = json!({
            "components": {"schemas": {
                "A": {"type": "string", "nullable": true, "enum": ["x"]},
                "B": {"allOf": [{"$ref": "#/a", "description": "no"}], "nullable": true},
                "C": {"type": "object", "properties": {
                    "nullable": {"type": "integer", "minimum": 1, "exclusiveMinimum": true}}}
            }},
            "paths": {"/": {"get": {"responses": {"200": {"content": {"a/b": {
                "schema": {"type": "number", "maximum": 2, "exclusiveMaximum": false}}}}}}}}
        });
        modernise(&mut root);
        assert_eq!(
            root["components"]["schemas"],
            json!({
                "A": {"type": ["string", "null"], "enum": ["x", null]},
                "B": {"anyOf": [{"allOf": [{"$ref": "#/a"}]}, {"type": "null"}]},
                "C": {"type": "object", "properties": {
                    "nullable": {"type": "integer", "exclusiveMinimum": 1}}}
            })
        );
        let schema = root.pointer("/paths/~1/get/responses/200/content/a~1b/schema");
        assert_eq!(schema, Some(&json!({"type": "number", "maximum": 2})));
    }

    #[test]
    fn an_answer_need_not_have_what_is_only_written() {
        let mut schema =
            json!({"required": ["a", "b"], "properties": {"a": {"writeOnly": true}, "b": {}}});
        as_answered(&mut schema);
        assert_eq!(schema["required"], json!(["b"]));
    }
}
