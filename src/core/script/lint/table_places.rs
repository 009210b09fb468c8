//! Where in a file a fault of the table that it returns stands: loading knows values, and not where they were written.

use full_moon::ast::{Ast, Expression, Field, TableConstructor};

use super::contract::{key_of, named, positional, returned, returned_value};
use super::finding::At;
use super::syntax::{parse, start};
use crate::script::source::bundle::Source;
use crate::script::source::lua_text::code;

/// The place of what a fault is about, by the words that loading says it in: `steps[2] ...`, `weight is ...`,
/// `... the unknown key 'wieght' ...`. None where the file cannot be read further.
pub(super) fn place_of(source: &Source, message: &str) -> Option<At> {
    let text = String::from_utf8_lossy(code(&source.text));
    let ast = parse(&text)?;
    find(&ast, message)
}

fn find(ast: &Ast, message: &str) -> Option<At> {
    let value = returned_value(ast)?;
    // Other messages are not about the table: memory ran out, or two types declare one metric.
    let is_of_whole = message.starts_with("has ") || message.starts_with("returns ");
    let is_there = !matches!(value, Expression::FunctionCall(_));
    let whole = (is_of_whole && is_there).then(|| start(value));
    let Some(table) = returned(ast) else {
        return whole;
    };
    let place = match unknown_key(message) {
        Some((owner, key)) => inner(table, owner)
            .and_then(table_of)
            .or(Some(table))
            .and_then(|owner| at_key(owner, key)),
        None => subject(message).and_then(|path| inner(table, path).map(start)),
    };
    place.or(whole)
}

/// `steps[1]` and `wieght` of `steps[1] has the unknown key 'wieght'; there are: ...`.
fn unknown_key(message: &str) -> Option<(&str, &str)> {
    let (before, rest) = message.split_once(" has the unknown key '")?;
    let (key, _) = rest.split_once('\'')?;
    Some((before.strip_prefix("the table").unwrap_or(before), key))
}

/// What a message begins with: the path of a value, or the second of two that exclude each other.
fn subject(message: &str) -> Option<&str> {
    if let Some(both) = message.strip_prefix("has both ") {
        let second = both.split(' ').nth(2)?;
        return Some(second.trim_end_matches(';'));
    }
    message.split([' ', ':', ',', ';']).next()
}

/// The value behind a path such as `steps[2].next`; as far as it is written there.
fn inner<'a>(table: &'a TableConstructor, path: &str) -> Option<&'a Expression> {
    let mut parts = path.split(['.', '[']).filter(|part| !part.is_empty());
    let mut found = entry(table, parts.next()?)?;
    for part in parts {
        match table_of(found).and_then(|table| entry(table, part)) {
            Some(value) => found = value,
            // The closest that is written there.
            None => break,
        }
    }
    Some(found)
}

/// The value of a key, or, of `2]`, the second without one.
fn entry<'a>(table: &'a TableConstructor, part: &str) -> Option<&'a Expression> {
    if let Some(place) = part.strip_suffix(']') {
        let place: usize = place.parse().ok()?;
        let mut values = table.fields().iter().filter_map(positional);
        return values.nth(place.checked_sub(1)?);
    }
    let mut entries = named(table);
    entries
        .find(|(key, _)| *key == part)
        .map(|(_, value)| value)
}

fn table_of(value: &Expression) -> Option<&TableConstructor> {
    match value {
        Expression::TableConstructor(table) => Some(table),
        _ => None,
    }
}

/// Where a key is written, or, of a number, a value without one.
fn at_key(table: &TableConstructor, wanted: &str) -> Option<At> {
    let written = |field: &Field| match field {
        Field::ExpressionKey { key, .. } if key.to_string().trim() == wanted => Some(start(key)),
        _ => key_of(field)
            .filter(|(key, _)| *key == wanted)
            .map(|(_, at)| at),
    };
    let by_place = || {
        let mut values = table.fields().iter().filter_map(positional);
        values.nth(wanted.parse::<usize>().ok()?.checked_sub(1)?)
    };
    let found = table.fields().iter().find_map(written);
    found.or_else(|| by_place().map(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"local function go() end

return {
  wieght = 1,
  weight = 0,
  steps = {
    { 1, go, name = "a" },
    { -1, go, heavi = 2 },
    go,
  },
  step = go,
}
"#;

    #[test]
    fn a_fault_is_placed_where_its_value_is_written() {
        let source = Source {
            path: "scripts/one.lua".to_owned(),
            text: TEXT.as_bytes().into(),
        };
        for (message, line, column) in [
            (
                "the table has the unknown key 'wieght'; there are: weight",
                4,
                3,
            ),
            ("weight is 0; it takes a number above 0", 5, 12),
            ("steps[2] has the weight -1; it takes one above 0", 8, 5),
            (
                "steps[2] has the unknown key 'heavi'; there are: name",
                8,
                15,
            ),
            ("steps[2].next leads to 'b'", 8, 5),
            ("steps[3] is wrong", 9, 5),
            ("has both steps and step; keep one", 11, 10),
            ("has no steps; write some", 3, 8),
        ] {
            let at = place_of(&source, message);
            assert_eq!(at, Some(At { line, column }), "{message}");
        }
        assert_eq!(place_of(&source, "not enough memory"), None);
    }
}
