//! JSON texts of a usual size to Lua values, built on Lua's stack: as many steps of Lua as there are values and keys.

use std::borrow::Cow;
use std::fmt;

use mlua::{Lua, LuaSerdeExt, Value};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::key::Key;
use super::limits::MOST_FIELDS_AHEAD;
use crate::script::vm::headroom::Headroom;
use crate::script::vm::natives::{self, Full, MOST_KEYS, Stack};

/// The longest text: its values take well under a millisecond, so that nobody has to look at the clock.
pub(super) const LONGEST: usize = 64 << 10;

/// The value that a text says; none where it is not valid, or where it needs the slow way: no room, a whole number that is no
/// integer of Lua.
pub(super) fn decode(lua: &Lua, room: &Headroom<'_>, bytes: &[u8]) -> mlua::Result<Option<Value>> {
    natives::build(lua, room, &lua.array_metatable(), |stack| {
        let mut text = serde_json::Deserializer::from_slice(bytes);
        let mut build = Build {
            stack,
            fields: 0,
            lists: 0,
            keys: Vec::new(),
            expected: 0,
        };
        build.deserialize(&mut text).is_ok() && text.end().is_ok()
    })
}

/// The value under way.
struct Build<'s, 'de> {
    stack: &'s mut Stack,
    /// Fields of the last object: the next one is often its like, and a table of the right size need not grow.
    fields: usize,
    /// How many lists the value is in.
    lists: usize,
    /// Keys of the objects in lists, which the stack keeps: those of the next object are mostly the same, in the same order.
    keys: Vec<&'de str>,
    /// Which of them is likely to be next.
    expected: usize,
}

fn full<E: Error>(_: Full) -> E {
    E::custom("the stack is full")
}

impl<'de> Build<'_, 'de> {
    fn push_key(&mut self, key: Cow<'de, str>) -> Result<(), Full> {
        let Cow::Borrowed(key) = key else {
            return self.stack.text(&key);
        };
        if self.lists == 0 {
            return self.stack.text(key);
        }
        let found = if self.keys.get(self.expected) == Some(&key) {
            Some(self.expected)
        } else {
            self.keys.iter().position(|known| *known == key)
        };
        if let Some(number) = found {
            self.expected = number + 1;
            return self.stack.key(number);
        }
        self.stack.text(key)?;
        if self.keys.len() < MOST_KEYS {
            self.stack.keep_key();
            self.keys.push(key);
            self.expected = self.keys.len();
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for &mut Build<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &mut Build<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.stack.null().map_err(full)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.stack.boolean(value).map_err(full)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.stack.integer(value).map_err(full)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        match i64::try_from(value) {
            Ok(integer) => self.stack.integer(integer).map_err(full),
            Err(_) => Err(E::custom("no integer of Lua")),
        }
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.stack.number(value).map_err(full)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.stack.text(value).map_err(full)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.stack.table(0).map_err(full)?;
        self.stack.mark_list();
        self.lists += 1;
        let mut index = 1;
        while items.next_element_seed(&mut *self)?.is_some() {
            self.stack.set_item(index).map_err(full)?;
            index += 1;
        }
        self.lists -= 1;
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        self.stack
            .table(self.fields.min(MOST_FIELDS_AHEAD))
            .map_err(full)?;
        let mut count = 0;
        while let Some(key) = fields.next_key_seed(Key)? {
            self.push_key(key).map_err(full)?;
            fields.next_value_seed(&mut *self)?;
            self.stack.set_field().map_err(full)?;
            count += 1;
        }
        self.fields = count;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::decode;
    use super::*;

    const TEXTS: [&str; 12] = [
        "5",
        "\"a\\u00e9\\n\"",
        "null",
        "[]",
        "{}",
        "[[], {}, [null, true, false], 1.5, -3, 3.0, 1e300]",
        r#"{"a": {"b": [1, 2, {"c": "d"}]}, "a": 2}"#,
        r#"[{"id": 1, "name": "x"}, {"id": 2, "name": "y"}, {"name": "z", "id": 3, "more": []}]"#,
        r#"[{"k\n": 1}, {"k\n": 2}, {"": 3}]"#,
        r#"{"items": [{"a": 1, "b": {"a": 2}}, {"b": {"a": 4}, "a": 3}], "total": 2}"#,
        "[9223372036854775807, 9223372036854775808, 18446744073709551616]",
        "[-9223372036854775808, 0.1, 12345678901234567890.5]",
    ];

    /// As JSON, with what tells a list from an object.
    fn shown(lua: &Lua, text: &str) -> String {
        match decode(lua, text.as_bytes()) {
            Ok(value) => {
                let bytes = super::super::to_bytes(&value).unwrap();
                String::from_utf8(bytes).unwrap()
            }
            Err(why) => why.to_string(),
        }
    }

    #[test]
    fn a_text_gives_the_same_values_either_way() {
        let lua = Lua::new();
        let many_keys: Vec<String> = (0..100).map(|key| format!("\"k{key}\": {key}")).collect();
        let object = format!("{{{}}}", many_keys.join(", "));
        let deep = |levels| "[".repeat(levels) + &"]".repeat(levels);
        let longer = [
            format!("[{object}, {object}]"),
            deep(127),
            format!("{{\"a\": {}}}", deep(126)),
        ];
        let before = lua.used_memory();
        for text in TEXTS.iter().map(|text| (*text).to_owned()).chain(longer) {
            let slow = " ".repeat(LONGEST) + &text;
            assert_eq!(shown(&lua, &text), shown(&lua, &slow), "{text}");
        }
        lua.gc_collect().unwrap();
        assert!(lua.used_memory() < before + (64 << 10));
    }

    #[test]
    fn what_is_wrong_has_its_place() {
        let lua = Lua::new();
        for text in ["[1, 2", "{\"a\" 1}", "[1] 2", &"[".repeat(200)] {
            let quick = decode(&lua, text.as_bytes()).unwrap_err().to_string();
            assert!(quick.contains("line 1 column"), "{quick}");
        }
        assert_eq!(shown(&lua, "[1]"), "[1]");
    }

    #[test]
    fn without_room_nothing_is_built_here() {
        let lua = Lua::new();
        lua.set_memory_limit(lua.used_memory() + 4096).unwrap();
        let room = Headroom::of(&lua, 1 << 20);
        let built = super::decode(&lua, &room, b"[1, 2, 3]").unwrap();
        assert!(built.is_none());
        drop(room);
        let room = Headroom::of(&lua, 1024);
        let built = super::decode(&lua, &room, b"[1, 2, 3]").unwrap();
        assert!(built.is_some());
    }
}
