//! The part of a JSON text that a pointer leads to, found without decoding the rest.

use std::fmt;

use serde::Deserialize as _;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::key::Key;
use crate::text::json_input;

/// The text of the part at a JSON pointer (RFC 6901); none where there is nothing. What follows the part is not read, so
/// of two fields with one name the first counts.
///
/// # Errors
/// What is wrong with the text before the part.
pub fn part<'a>(bytes: &'a [u8], pointer: &str) -> Result<Option<&'a RawValue>, String> {
    let name = |token: &str| token.replace("~1", "/").replace("~0", "~");
    let names: Vec<String> = pointer.split('/').skip(1).map(name).collect();
    let mut found = None;
    let mut text = serde_json::Deserializer::from_slice(json_input::without_mark(bytes));
    let descend = Descend {
        names: &names,
        found: &mut found,
    };
    let read = descend.deserialize(&mut text).and_then(|()| text.end());
    match (found, read) {
        (None, Err(why)) => Err(why.to_string()),
        (found, _) => Ok(found),
    }
}

/// One level further down. It ends with an error once the part is found, so that nothing more is read.
struct Descend<'n, 'f, 'de> {
    names: &'n [String],
    found: &'f mut Option<&'de RawValue>,
}

impl<'de> Descend<'_, '_, 'de> {
    fn below(&mut self) -> Descend<'_, '_, 'de> {
        Descend {
            names: self.names.get(1..).unwrap_or_default(),
            found: self.found,
        }
    }

    /// The place in a list that the next name says: digits without a leading zero.
    fn place(&self) -> Option<usize> {
        let name = self.names.first()?;
        let is_plain = name == "0" || !name.starts_with(['0', '+']);
        name.parse().ok().filter(|_| is_plain)
    }
}

impl<'de> DeserializeSeed<'de> for Descend<'_, '_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if !self.names.is_empty() {
            return deserializer.deserialize_any(self);
        }
        *self.found = Some(<&RawValue>::deserialize(deserializer)?);
        Err(D::Error::custom("it is found"))
    }
}

impl<'de> Visitor<'de> for Descend<'_, '_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        let place = self.place();
        for index in 0.. {
            let is_there = if Some(index) == place {
                items.next_element_seed(self.below())?.is_some()
            } else {
                items.next_element::<IgnoredAny>()?.is_some()
            };
            if !is_there {
                break;
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut fields: A) -> Result<(), A::Error> {
        while let Some(key) = fields.next_key_seed(Key)? {
            if self.names.first().is_some_and(|name| *name == key) {
                fields.next_value_seed(self.below())?;
            } else {
                fields.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#" {"items": [{"id": 1, "n": {"a/b": [true], "m~n": null}}, {"id": "two"}],
        "": 5, "k\n": -1.5, "big": 12345678901234567890, "id": "outer"} "#;

    fn at(pointer: &str) -> Option<String> {
        let part = part(TEXT.as_bytes(), pointer).expect("it is JSON");
        part.map(|part| part.get().to_owned())
    }

    #[test]
    fn a_pointer_leads_to_what_serde_json_finds_there() {
        let whole: serde_json::Value = serde_json::from_str(TEXT).expect("it is JSON");
        for pointer in [
            "/items/0/id",
            "/items/1/id",
            "/items/1",
            "/items/0/n/a~1b/0",
            "/items/0/n/m~0n",
            "/",
            "/k\n",
            "/big",
            "/id",
            "/items/2",
            "/items/00",
            "/items/+1",
            "/items/-",
            "/items/id",
            "/nothing",
            "/id/0",
            "/big/0",
        ] {
            let expected = whole.pointer(pointer);
            let found = at(pointer).map(|text| serde_json::from_str(&text).expect("it is JSON"));
            assert_eq!(found.as_ref(), expected, "{pointer}");
        }
        assert_eq!(at("").as_deref(), Some(TEXT.trim()));
    }

    #[test]
    fn what_is_wrong_before_the_part_is_said_and_what_comes_after_is_not_read() {
        let fault = part(b"{\"a\": 1, \"b\" 2, \"c\": 3}", "/c").unwrap_err();
        assert!(fault.contains("line 1 column"), "{fault}");
        let found = part(b"{\"a\": [1], \"b\" 2", "/a/0").expect("the part is read");
        assert_eq!(found.map(RawValue::get), Some("1"));
        assert!(part(b"{\"a\": 1} x", "/b").is_err());
        assert!(part(b"", "/b").is_err());
        let first = part(br#"{"a": 1, "a": 2}"#, "/a").expect("it is JSON");
        assert_eq!(first.map(RawValue::get), Some("1"));
    }
}
