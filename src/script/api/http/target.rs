//! From a path template, its parameters and a query to what stands on the request line.

use std::collections::BTreeMap;

use crate::script::api::argument;
use mlua::{Table, Value};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stays as it is in a path segment: unreserved characters of RFC 3986, 2.3, and `@`, `:` and sub-delims.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'@')
    .remove(b':')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=');
/// What stays as it is in a name or value of a query: unreserved characters.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// A path that a script wrote out itself is only made safe for the request line.
const WRITTEN: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'`')
    .add(b'#');

/// Values for the braces of a path, by name.
pub type Params = BTreeMap<String, String>;

/// Fills `{name}` in `path` from `params`, each value percent-encoded as one segment, and puts `base` before it.
///
/// # Errors
/// Names a brace without a value, and a value without a brace.
pub fn fill(base: &str, path: &str, params: &Params) -> Result<String, String> {
    let mut target = String::with_capacity(base.len() + path.len() + 40);
    target.push_str(base);
    let mut rest = path;
    let mut used = 0;
    while let Some(open) = rest.find('{') {
        let Some(close) = rest[open..].find('}').map(|at| open + at) else {
            break;
        };
        let name = &rest[open + 1..close];
        let Some(value) = params.get(name) else {
            return Err(format!(
                "{path} needs params.{name}, which is missing or nil"
            ));
        };
        target.extend(utf8_percent_encode(&rest[..open], WRITTEN));
        target.extend(utf8_percent_encode(value, SEGMENT));
        used += 1;
        rest = &rest[close + 1..];
    }
    if used < params.len() {
        let spare = params
            .keys()
            .find(|name| !path.contains(&format!("{{{name}}}")));
        if let Some(spare) = spare {
            return Err(format!(
                "params.{spare} has no place in {path}; write {{{spare}}} there, or use query"
            ));
        }
    }
    target.extend(utf8_percent_encode(rest, WRITTEN));
    Ok(target)
}

/// Adds `name=value` pairs to a target, sorted by name so that a seed gives the same requests; a list gives its name
/// once for each item.
///
/// # Errors
/// Names a value that is no text.
pub fn add_query(target: &mut String, query: &Table) -> mlua::Result<()> {
    let mut separator = if target.contains('?') { '&' } else { '?' };
    for (name, value) in pairs(query, "query")? {
        target.push(separator);
        separator = '&';
        target.extend(utf8_percent_encode(&name, QUERY));
        target.push('=');
        target.extend(utf8_percent_encode(&value, QUERY));
    }
    Ok(())
}

/// Names and values of a flat table, sorted by name.
///
/// # Errors
/// Names the key whose value is neither text, number, boolean nor a list of these.
pub fn pairs(table: &Table, what: &str) -> mlua::Result<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    table.for_each(|name: Value, value: Value| {
        let name = text(&name, what)?;
        match &value {
            Value::Table(list) => {
                if list.raw_len() == 0 && !list.is_empty() {
                    return Err(mlua::Error::runtime(format!(
                        "{what}.{name} is a table with names; write a list of strings, numbers or booleans"
                    )));
                }
                for item in list.sequence_values::<Value>() {
                    pairs.push((name.clone(), text(&item?, &format!("{what}.{name}"))?));
                }
            }
            one => {
                let value = text(one, &format!("{what}.{name}"))?;
                pairs.push((name, value));
            }
        }
        Ok(())
    })?;
    // By name only: a list keeps its order.
    pairs.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(pairs)
}

/// Values for braces: text each, no lists.
///
/// # Errors
/// Names the key whose value is neither text, number nor boolean.
pub fn params(table: &Table, what: &str) -> mlua::Result<Params> {
    let mut params = Params::new();
    table.for_each(|name: Value, value: Value| {
        let name = text(&name, what)?;
        let value = text(&value, &format!("{what}.{name}"))?;
        params.insert(name, value);
        Ok(())
    })?;
    Ok(params)
}

/// A Lua value that stands for text.
///
/// # Errors
/// Names the place and the type that is none.
pub fn text(value: &Value, place: &str) -> mlua::Result<String> {
    match value {
        Value::String(text) => Ok(text.to_str()?.to_owned()),
        Value::Integer(number) => Ok(number.to_string()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Boolean(flag) => Ok(flag.to_string()),
        other => Err(mlua::Error::runtime(format!(
            "{place} is {}; write a string, a number or a boolean",
            argument::kind(other)
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_encoded_as_one_segment() {
        let params = Params::from([("id".to_owned(), "a/b ?".to_owned())]);
        assert_eq!(
            fill("/base", "/users/{id}/x", &params),
            Ok("/base/users/a%2Fb%20%3F/x".to_owned())
        );
        assert!(fill("", "/users/{who}", &params).is_err_and(|why| why.contains("params.who")));
        assert!(
            fill("", "/users", &params).is_err_and(|why| why.contains("params.id has no place"))
        );
    }
}
