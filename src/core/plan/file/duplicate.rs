//! A key or a table that a text gives twice: where it stands first.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::reading::{Reading, Value};
use crate::plan::Fault;

/// What TOML says of a key that is there already.
pub(super) const MESSAGE: &str = "duplicate key";

/// The fault of a key that is given again at this part of the text, with the place of the first where that is known.
pub(super) fn fault(reader: &Reading<'_>, table: &DeTable<'_>, key: Range<usize>) -> Fault {
    let text = reader.text;
    let begin = text[..key.start].rfind('\n').map_or(0, |end| end + 1);
    let line = text[begin..].lines().next().and_then(header);
    let first = match line {
        Some(header) => first_header(&text[..begin], header),
        None => first_key(text, table, &key),
    };
    let cause = match first {
        Some(at) => format!("is given by {} too", reader.place(at)),
        None => "is given twice".to_owned(),
    };
    let thing = line.or_else(|| text.get(key)).unwrap_or_default();
    Fault::new(thing, cause, "give it once")
}

/// `[types.new]`, where a line is the header of a table.
fn header(line: &str) -> Option<&str> {
    let written = line.split('#').next().unwrap_or_default().trim();
    let is_header = written.starts_with('[') && written.ends_with(']');
    is_header.then_some(written)
}

/// The first line before that has the same header: the table that TOML gives is the last one.
fn first_header(before: &str, wanted: &str) -> Option<usize> {
    let mut begin = 0;
    for line in before.split_inclusive('\n') {
        if header(line) == Some(wanted) {
            return Some(begin + line.find('[')?);
        }
        begin += line.len();
    }
    None
}

/// The nearest key before that is written alike, if no header of a table is between the two.
fn first_key(text: &str, table: &DeTable<'_>, key: &Range<usize>) -> Option<usize> {
    let at = nearest(text, table, key)?;
    let mut between = text.get(at..key.start)?.lines();
    between.all(|line| header(line).is_none()).then_some(at)
}

fn nearest(text: &str, table: &DeTable<'_>, key: &Range<usize>) -> Option<usize> {
    let found = table.iter().map(|(name, value)| {
        let span = name.span();
        let is_before = span.end <= key.start;
        let is_like = is_before && text.get(span.clone()) == text.get(key.clone());
        is_like.then_some(span.start).max(within(text, value, key))
    });
    found.max().flatten()
}

fn within(text: &str, value: &Value<'_>, key: &Range<usize>) -> Option<usize> {
    let span = value.span();
    // A table in braces has keys of its own.
    let is_inline = text.get(span.start..)?.starts_with('{');
    if is_inline && !span.contains(&key.start) {
        return None;
    }
    match value.get_ref() {
        DeValue::Table(table) => nearest(text, table, key),
        DeValue::Array(values) => {
            let found = values.iter().map(|value| within(text, value, key));
            found.max().flatten()
        }
        _ => None,
    }
}
