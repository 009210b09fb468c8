use super::document::Item;
use crate::import::request::Key;
use crate::import::{Extraction, Name, Place, Request};

/// Calls that keep a value, up to their first argument.
const SETTERS: [&str; 6] = [
    "pm.environment.set(",
    "pm.collectionVariables.set(",
    "pm.globals.set(",
    "pm.variables.set(",
    "postman.setEnvironmentVariable(",
    "postman.setGlobalVariable(",
];

/// What tests of a request keep of its answer: `pm.environment.set("token", json.data.token)`, with the path in the JSON.
pub(super) fn kept(item: &Item) -> Vec<(String, Vec<Key>)> {
    let tests = item.event.iter().filter(|event| event.listen == "test");
    tests
        .flat_map(|event| event.lines())
        .filter_map(setter)
        .collect()
}

fn setter(line: &str) -> Option<(String, Vec<Key>)> {
    let rest = SETTERS.iter().find_map(|setter| {
        let at = line.find(setter)?;
        Some(&line[at + setter.len()..])
    })?;
    let rest = rest.trim_start();
    let quote = rest
        .chars()
        .next()
        .filter(|quote| matches!(quote, '"' | '\''))?;
    let (name, rest) = rest[1..].split_once(quote)?;
    let value = rest.trim_start().strip_prefix(',')?.trim();
    let value = value.trim_end_matches(';').trim().strip_suffix(')')?.trim();
    Some((name.to_owned(), path(value)?))
}

/// The path of `pm.response.json().a[0].b`, or of any name before it that stands for the answer's JSON.
fn path(expression: &str) -> Option<Vec<Key>> {
    let rest = match expression.strip_prefix("pm.response.json()") {
        Some(rest) => rest,
        None => {
            let end = expression.find(['.', '['])?;
            let root = &expression[..end];
            let is_name = root
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if !is_name || root == "pm" {
                return None;
            }
            &expression[end..]
        }
    };
    let mut path = Vec::new();
    let mut rest = rest;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            let name = &after[..end];
            let is_name = name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$'));
            if name.is_empty() || !is_name {
                return None;
            }
            path.push(Key::Field(name.to_owned()));
            rest = &after[end..];
        } else {
            let (inside, after) = rest.strip_prefix('[')?.split_once(']')?;
            path.push(match inside.parse() {
                Ok(index) => Key::Index(index),
                Err(_) => {
                    let name = inside.trim_matches(['"', '\'']);
                    (name.len() + 2 == inside.len()).then(|| Key::Field(name.to_owned()))?
                }
            });
            rest = after;
        }
    }
    (!path.is_empty()).then_some(path)
}

/// Takes over what tests keep, and says what else was written in JavaScript.
pub(super) fn note(item: &Item, request: &mut Request) {
    let kept = kept(item);
    for event in &item.event {
        let lines = event.lines();
        let code = lines.iter().filter(|line| {
            let line = line.trim();
            !line.is_empty() && !line.starts_with("//")
        });
        let count = code.count();
        let what = match event.listen.as_str() {
            "prerequest" => "A script before the request",
            "test" => "A test of the answer",
            _ => continue,
        };
        if count > kept.len() || (count > 0 && event.listen == "prerequest") {
            request.comments.push(format!(
                "{what}, {count} lines of JavaScript, was not taken over."
            ));
        }
    }
    for (name, path) in kept {
        let variable = Name::of(&name, "value");
        if request
            .extract
            .iter()
            .any(|extraction| extraction.variable == variable)
        {
            continue;
        }
        request.extract.push(Extraction {
            variable,
            place: Place::Json(path),
            required: false,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_test_keeps_is_found() {
        let field = |name: &str| Key::Field(name.to_owned());
        for (line, found) in [
            (
                "pm.environment.set(\"token\", pm.response.json().data.token);",
                Some(("token", vec![field("data"), field("token")])),
            ),
            (
                "  pm.globals.set('id', json.items[0]['id'])",
                Some(("id", vec![field("items"), Key::Index(0), field("id")])),
            ),
            ("pm.environment.set(\"x\", evil())", None),
            ("pm.environment.set(\"x\", a.b + 1)", None),
            ("console.log(1)", None),
        ] {
            let expected = found.map(|(name, path)| (name.to_owned(), path));
            assert_eq!(setter(line), expected, "{line}");
        }
    }
}
