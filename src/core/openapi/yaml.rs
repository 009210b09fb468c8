//! YAML as the value that the same document in JSON would be: aliases and merge keys are resolved within a budget.

use std::collections::HashMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, Tag};
use serde_json::{Map, Value};

use super::fault::Fault;
use super::limits::{MAX_ALIASED_BYTES, MAX_DEPTH};
use super::scalar;

/// What a value costs beside its texts.
const VALUE_BYTES: usize = 64;

/// The one document of a text.
///
/// # Errors
/// When it is no YAML, has aliases that lead nowhere, to themselves or to too much, or keys that JSON has not.
pub(super) fn read(text: &str) -> Result<Value, Fault> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|why| {
            let place = why.marker();
            // The parser has a bound of its own, which is larger.
            let words = match why.info().contains("recursion") {
                true => format!("values nest more than {MAX_DEPTH} deep"),
                false => format!("is neither JSON nor YAML: {}", why.info()),
            };
            Fault::at(place.line(), place.col() + 1, words)
        })?;
        match event {
            Event::DocumentStart(_) if builder.root.is_some() => {
                let words =
                    "a second document begins here, and only one is read; keep one in the file";
                return Err(at(&span, words));
            }
            event => builder.event(event, &span)?,
        }
    }
    Ok(builder.root.unwrap_or(Value::Null))
}

fn at(span: &Span, words: impl Into<String>) -> Fault {
    place(span.start, words)
}

fn place(marker: Marker, words: impl Into<String>) -> Fault {
    Fault::at(marker.line(), marker.col() + 1, words)
}

/// A value with what a copy of it would cost.
struct Built {
    value: Value,
    bytes: usize,
}

enum Frame {
    Sequence {
        items: Vec<Value>,
        anchor: usize,
        bytes: usize,
    },
    Mapping {
        fields: Map<String, Value>,
        /// What merge keys add where the mapping has no field of the name, the first before others.
        merged: Vec<Value>,
        key: Option<String>,
        anchor: usize,
        bytes: usize,
        begins: Marker,
    },
}

#[derive(Default)]
struct Builder {
    stack: Vec<Frame>,
    anchors: HashMap<usize, (Value, usize)>,
    /// What aliases and anchors have cost.
    aliased: usize,
    root: Option<Value>,
}

impl Builder {
    fn event(&mut self, event: Event<'_>, span: &Span) -> Result<(), Fault> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                if self.wants_key() {
                    return self.key(text.into_owned(), span);
                }
                let value = scalar_of(&text, style, tag.as_deref());
                let bytes = VALUE_BYTES + text.len();
                self.anchored(anchor, &value, bytes, span)?;
                self.add(Built { value, bytes }, span)
            }
            Event::SequenceStart(anchor, _) => self.open(
                Frame::Sequence {
                    items: Vec::new(),
                    anchor,
                    bytes: VALUE_BYTES,
                },
                span,
            ),
            Event::MappingStart(anchor, _) => self.open(
                Frame::Mapping {
                    fields: Map::new(),
                    merged: Vec::new(),
                    key: None,
                    anchor,
                    bytes: VALUE_BYTES,
                    begins: span.start,
                },
                span,
            ),
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(anchor) => {
                let Some((value, bytes)) = self.anchors.get(&anchor) else {
                    let words =
                        "an alias leads to the value that it is part of; write the value out";
                    return Err(at(span, words));
                };
                let (bytes, copied) = (*bytes, self.aliased + bytes);
                let value = (copied <= MAX_ALIASED_BYTES).then(|| value.clone());
                self.aliased = copied;
                let value = value.ok_or_else(|| too_much(span))?;
                if self.wants_key() {
                    return match value {
                        Value::String(key) => self.key(key, span),
                        _ => Err(at(span, "an alias is a key, and leads to no text")),
                    };
                }
                self.add(Built { value, bytes }, span)
            }
            _ => Ok(()),
        }
    }

    fn wants_key(&self) -> bool {
        matches!(self.stack.last(), Some(Frame::Mapping { key: None, .. }))
    }

    fn key(&mut self, text: String, span: &Span) -> Result<(), Fault> {
        if let Some(Frame::Mapping { fields, key, .. }) = self.stack.last_mut() {
            if fields.contains_key(&text) {
                return Err(at(span, format!("the key {text:?} is here a second time")));
            }
            *key = Some(text);
        }
        Ok(())
    }

    fn open(&mut self, frame: Frame, span: &Span) -> Result<(), Fault> {
        if self.wants_key() {
            return Err(at(
                span,
                "a key is a mapping or a list; JSON has texts as keys only",
            ));
        }
        if self.stack.len() >= MAX_DEPTH {
            return Err(at(span, format!("values nest more than {MAX_DEPTH} deep")));
        }
        self.stack.push(frame);
        Ok(())
    }

    fn close(&mut self, span: &Span) -> Result<(), Fault> {
        let (value, anchor, bytes) = match self.stack.pop() {
            Some(Frame::Sequence {
                items,
                anchor,
                bytes,
            }) => (Value::Array(items), anchor, bytes),
            Some(Frame::Mapping {
                mut fields,
                merged,
                anchor,
                bytes,
                begins,
                ..
            }) => {
                for value in merged {
                    merge(&mut fields, value, begins)?;
                }
                (Value::Object(fields), anchor, bytes)
            }
            None => return Ok(()),
        };
        self.anchored(anchor, &value, bytes, span)?;
        self.add(Built { value, bytes }, span)
    }

    /// Keeps a value that has an anchor for its aliases.
    fn anchored(
        &mut self,
        anchor: usize,
        value: &Value,
        bytes: usize,
        span: &Span,
    ) -> Result<(), Fault> {
        if anchor == 0 {
            return Ok(());
        }
        self.aliased += bytes;
        if self.aliased > MAX_ALIASED_BYTES {
            return Err(too_much(span));
        }
        self.anchors.insert(anchor, (value.clone(), bytes));
        Ok(())
    }

    fn add(&mut self, built: Built, span: &Span) -> Result<(), Fault> {
        let Built { value, bytes: more } = built;
        match self.stack.last_mut() {
            None => self.root = Some(value),
            Some(Frame::Sequence { items, bytes, .. }) => {
                items.push(value);
                *bytes += more;
            }
            Some(Frame::Mapping {
                fields,
                merged,
                key,
                bytes,
                ..
            }) => {
                let Some(key) = key.take() else {
                    return Err(at(span, "a value has no key"));
                };
                *bytes += more + key.len();
                match (key.as_str(), value) {
                    ("<<", value @ (Value::Object(_) | Value::Array(_))) => merged.push(value),
                    (_, value) => drop(fields.insert(key, value)),
                }
            }
        }
        Ok(())
    }
}

/// Adds what a merge key leads to: a mapping, or a list of them, of which the first comes before others.
fn merge(fields: &mut Map<String, Value>, value: Value, begins: Marker) -> Result<(), Fault> {
    let all = match value {
        Value::Array(all) => all,
        one => vec![one],
    };
    for one in all {
        let Value::Object(more) = one else {
            let words = "the merge key << of this mapping leads to something that is not a mapping";
            return Err(place(begins, words));
        };
        for (key, value) in more {
            fields.entry(key).or_insert(value);
        }
    }
    Ok(())
}

fn scalar_of(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    let is_text = tag.is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str");
    match style {
        ScalarStyle::Plain if !is_text => scalar::plain(text),
        _ => Value::String(text.to_owned()),
    }
}

fn too_much(span: &Span) -> Fault {
    at(
        span,
        format!(
            "anchors and aliases of the document add up to more than {} MiB; write out what is \
             needed",
            MAX_ALIASED_BYTES >> 20
        ),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn anchors_and_merge_keys_are_what_they_lead_to() {
        let text = "base: &base {a: 1, b: 2}\none:\n  <<: *base\n  b: 3\ntwo: *base\n\
                    three:\n  <<: [{a: 9}, *base]\n200: ok\n";
        assert_eq!(
            read(text),
            Ok(json!({
                "base": {"a": 1, "b": 2}, "one": {"a": 1, "b": 3}, "two": {"a": 1, "b": 2},
                "three": {"a": 9, "b": 2}, "200": "ok"
            }))
        );
    }

    #[test]
    fn aliases_that_multiply_end_at_a_bound() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..30 {
            let before = format!("*a{}", level - 1);
            let all = vec![before; 10].join(", ");
            text += &format!("a{level}: &a{level} [{all}]\n");
        }
        let fault = read(&text).unwrap_err();
        assert!(fault.message.contains("64 MiB"), "{fault}");
        assert!(fault.position.is_some());
    }

    #[test]
    fn what_leads_to_itself_or_twice_is_told_with_its_place() {
        for (text, words, line) in [
            (
                "a: &a\n  b: *a\n",
                "an alias leads to the value that it is part of",
                2,
            ),
            (
                "a: 1\nb: 2\na: 3\n",
                "the key \"a\" is here a second time",
                3,
            ),
            ("a: [1\nb: 2\n", "is neither JSON nor YAML", 2),
            ("a: 1\n---\nb: 1\n", "a second document begins here", 2),
            ("? [a]\n: 1\n", "a key is a mapping or a list", 1),
        ] {
            let fault = read(text).unwrap_err();
            assert!(fault.message.contains(words), "{fault}");
            assert_eq!(fault.position.unwrap().line, line, "{fault}");
        }
    }

    #[test]
    fn nesting_ends_at_a_bound() {
        let text = "[".repeat(5_000);
        assert!(read(&text).unwrap_err().message.contains("nest"));
    }
}
