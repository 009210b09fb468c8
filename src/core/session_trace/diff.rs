//! How a state differs from the one before.

use std::collections::BTreeSet;

use serde_json::Value;

/// One value of a state that is not what it was.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// It is there now.
    Added(String, Value),
    /// It is gone.
    Removed(String, Value),
    /// It was the first and is the second.
    Changed(String, Value, Value),
}

/// What differs, by path such as `cart[2].price`, in the order of the paths; tables are compared value by value.
pub fn differences(before: &Value, after: &Value) -> Vec<Change> {
    let mut found = Vec::new();
    compare("", before, after, &mut found);
    found
}

fn compare(path: &str, before: &Value, after: &Value, found: &mut Vec<Change>) {
    match (before, after) {
        _ if before == after => {}
        (Value::Object(one), Value::Object(other)) => {
            let keys: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
            for key in keys {
                let path = match path {
                    "" => key.clone(),
                    _ => format!("{path}.{key}"),
                };
                member(path, one.get(key), other.get(key), found);
            }
        }
        (Value::Array(one), Value::Array(other)) => {
            for at in 0..one.len().max(other.len()) {
                // As Lua counts.
                let path = format!("{path}[{}]", at + 1);
                member(path, one.get(at), other.get(at), found);
            }
        }
        // An empty table is a list and has fields, whatever it becomes.
        (Value::Object(one), Value::Array(_)) if one.is_empty() => {
            compare(path, &Value::Array(Vec::new()), after, found);
        }
        (Value::Array(_), Value::Object(other)) if other.is_empty() => {
            compare(path, before, &Value::Array(Vec::new()), found);
        }
        _ => found.push(Change::Changed(
            path.to_owned(),
            before.clone(),
            after.clone(),
        )),
    }
}

fn member(path: String, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<Change>) {
    match (before, after) {
        (Some(before), Some(after)) => compare(&path, before, after, found),
        (None, Some(after)) => found.push(Change::Added(path, after.clone())),
        (Some(before), None) => found.push(Change::Removed(path, before.clone())),
        (None, None) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_difference_names_the_path_of_each_value() {
        let before = json!({ "id": 1, "cart": [{ "price": 3 }, 7], "gone": true });
        let after = json!({ "id": 1, "cart": [{ "price": 4 }, 7, 8], "name": "Ann" });
        assert_eq!(
            differences(&before, &after),
            [
                Change::Changed("cart[1].price".into(), json!(3), json!(4)),
                Change::Added("cart[3]".into(), json!(8)),
                Change::Removed("gone".into(), json!(true)),
                Change::Added("name".into(), json!("Ann")),
            ]
        );
        assert_eq!(differences(&before, &before), []);
        assert_eq!(
            differences(&json!({ "cart": {} }), &json!({ "cart": [7] })),
            [Change::Added("cart[1]".into(), json!(7))]
        );
    }
}
