//! JSON text to Lua values, built while the text is read: nothing stands between the parser and the tables.

use std::cell::{Cell, OnceCell, RefCell};
use std::fmt;
use std::rc::Rc;

use mlua::{IntoLua, Lua, LuaSerdeExt, LuaString, Table, Value};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::decode_small;
use super::key::Key;
use super::limits::{MAX_VALUES, MOST_FIELDS_AHEAD};
use crate::script::api::big_integer::BigInteger;
use crate::script::vm::cpu_budget;
use crate::script::vm::headroom::Headroom;
use crate::text::json_input;

/// Why a text did not become a value.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// The text is not JSON, too deep or too large: what, line and column.
    #[error("{0}")]
    Text(String),
    /// The VM refused, e.g. its memory is used up.
    #[error(transparent)]
    Lua(#[from] mlua::Error),
}

impl From<DecodeError> for mlua::Error {
    fn from(fault: DecodeError) -> Self {
        match fault {
            DecodeError::Text(message) => mlua::Error::runtime(message),
            DecodeError::Lua(error) => error,
        }
    }
}

/// The value that the text says, any fault as a Lua error: `json: ` and what, line and column.
///
/// # Errors
/// As [`decode`].
pub fn to_lua(lua: &Lua, bytes: &[u8]) -> mlua::Result<Value> {
    decode(lua, bytes).map_err(|fault| match fault {
        DecodeError::Text(message) => mlua::Error::runtime(format!("json: {message}")),
        DecodeError::Lua(error) => error,
    })
}

/// The value that the text says, with faults of the text apart from those of the VM.
///
/// # Errors
/// [`DecodeError::Text`] for anything but one JSON text of at most [`super::MAX_DEPTH`] levels and [`MAX_VALUES`] values.
pub fn decode(lua: &Lua, bytes: &[u8]) -> Result<Value, DecodeError> {
    let bytes = json_input::without_mark(bytes);
    let read = parse(lua, bytes);
    if matches!(read, Err(DecodeError::Text(_)))
        && let Some(mended) = json_input::mended(bytes)
    {
        return parse(lua, &mended);
    }
    read
}

fn parse(lua: &Lua, bytes: &[u8]) -> Result<Value, DecodeError> {
    let room = Headroom::of(lua, bytes.len().saturating_mul(MOST_BYTES_OF_A_BYTE));
    // One text without an escape, as parts of responses mostly are.
    if bytes.first() == Some(&b'"')
        && let Ok(text) = serde_json::from_slice::<&str>(bytes)
    {
        return Ok(lua.create_string(text).map(Value::String)?);
    }
    let floats = if json_input::has_long_number(bytes) {
        json_input::floats(bytes)
    } else if bytes.len() <= decode_small::LONGEST
        && let Some(value) = decode_small::decode(lua, &room, bytes)?
    {
        return Ok(value);
    } else {
        // What is wrong in it is found below.
        Vec::new()
    };
    let build = Build {
        lua,
        mark: OnceCell::new(),
        values: Cell::new(0),
        fields: Cell::new(0),
        lists: Cell::new(0),
        keys: RefCell::default(),
        floats: &floats,
        next_float: Cell::new(0),
        failure: RefCell::new(None),
    };
    let root = RefCell::new(Value::Nil);
    let mut text = serde_json::Deserializer::from_slice(bytes);
    let read = Seat {
        build: &build,
        place: Place::Root(&root),
    }
    .deserialize(&mut text)
    .and_then(|()| text.end());
    match (read, build.failure.into_inner()) {
        (_, Some(failure)) => Err(DecodeError::Lua(failure)),
        (Err(error), None) => Err(DecodeError::Text(error.to_string())),
        (Ok(()), None) => Ok(root.into_inner()),
    }
}

/// Bytes of the VM that a byte of text becomes at most: empty objects of three bytes, each in a table for
/// [`MOST_FIELDS_AHEAD`], are 230 a byte.
const MOST_BYTES_OF_A_BYTE: usize = 512;

/// How often the clock of the script's slice is looked at: that many values take about a millisecond.
const VALUES_PER_LOOK: usize = 1 << 14;

/// Keys that are kept: objects of lists seldom have more.
const MOST_KNOWN_KEYS: usize = 32;

/// What the whole of one reading shares.
struct Build<'a> {
    lua: &'a Lua,
    /// The metatable of arrays, fetched with the first array.
    mark: OnceCell<Table>,
    values: Cell<usize>,
    /// Fields of the last object: the next one is often its like, and a table of the right size need not grow.
    fields: Cell<usize>,
    /// How many lists the value under way is in.
    lists: Cell<usize>,
    keys: RefCell<KnownKeys>,
    /// The numbers that come as floats (see [`json_input::floats`]); empty where no digits can be lost.
    floats: &'a [Option<&'a str>],
    next_float: Cell<usize>,
    /// An error of the VM: serde carries only words.
    failure: RefCell<Option<mlua::Error>>,
}

/// Keys of the objects in lists: those of the next object are mostly the same, in the same order.
#[derive(Default)]
struct KnownKeys {
    all: Vec<(Box<str>, Rc<LuaString>)>,
    /// Which of them is likely to be next.
    expected: usize,
}

impl KnownKeys {
    fn find(&mut self, key: &str, lua: &Lua) -> Option<Rc<LuaString>> {
        let is_it = |(known, _): &(Box<str>, _)| **known == *key;
        let place = if self.all.get(self.expected).is_some_and(is_it) {
            self.expected
        } else if let Some(place) = self.all.iter().position(is_it) {
            place
        } else if self.all.len() < MOST_KNOWN_KEYS {
            // If memory runs out here, setting the field fails as well, and that error is reported.
            let made = lua.create_string(key).ok()?;
            self.all.push((key.into(), Rc::new(made)));
            self.all.len() - 1
        } else {
            return None;
        };
        self.expected = place + 1;
        Some(Rc::clone(&self.all[place].1))
    }
}

impl Build<'_> {
    /// A key that is in the VM already; none for one outside of lists, or of many.
    fn known(&self, key: &str) -> Option<Rc<LuaString>> {
        if self.lists.get() == 0 {
            return None;
        }
        self.keys.borrow_mut().find(key, self.lua)
    }

    fn keep<T, E: serde::de::Error>(&self, result: mlua::Result<T>) -> Result<T, E> {
        result.map_err(|error| {
            *self.failure.borrow_mut() = Some(error);
            E::custom("the Lua VM refused")
        })
    }
}

/// Where the next value goes. Writing it there at once spares a handle for each string.
enum Place<'a> {
    Root(&'a RefCell<Value>),
    Item(&'a Table, usize),
    Field(&'a Table, &'a str),
    /// The same with a key that is there already.
    Known(&'a Table, Rc<LuaString>),
}

struct Seat<'a> {
    build: &'a Build<'a>,
    place: Place<'a>,
}

impl Seat<'_> {
    fn put<E: serde::de::Error>(self, value: impl IntoLua) -> Result<(), E> {
        let build = self.build;
        let count = build.values.get() + 1;
        build.values.set(count);
        if count > MAX_VALUES {
            return Err(E::custom(format_args!("more than {MAX_VALUES} values")));
        }
        if count.is_multiple_of(VALUES_PER_LOOK) {
            build.keep(cpu_budget::in_time(build.lua))?;
        }
        build.keep(match self.place {
            Place::Root(root) => value
                .into_lua(build.lua)
                .map(|value| *root.borrow_mut() = value),
            Place::Item(table, index) => table.raw_seti(index, value),
            Place::Field(table, key) => table.raw_set(key, value),
            Place::Known(table, key) => table.raw_set(&*key, value),
        })
    }
}

impl Seat<'_> {
    /// A whole number that no integer of Lua holds.
    fn put_big_integer<E: serde::de::Error>(self, digits: &str) -> Result<(), E> {
        let integer = self.build.keep(BigInteger::of(self.build.lua, digits))?;
        self.put(integer)
    }
}

impl<'de> DeserializeSeed<'de> for Seat<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seat<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.put(Value::NULL)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<(), E> {
        self.put(value)
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<(), E> {
        self.put(value)
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<(), E> {
        match i64::try_from(value) {
            Ok(integer) => self.put(integer),
            Err(_) => self.put_big_integer(&value.to_string()),
        }
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<(), E> {
        let build = self.build;
        let number = build.next_float.replace(build.next_float.get() + 1);
        match build.floats.get(number) {
            Some(Some(digits)) => self.put_big_integer(digits),
            _ => self.put(value),
        }
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<(), E> {
        self.put(value)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let build = self.build;
        let table = build.keep(build.lua.create_table())?;
        let mut index = 1;
        build.lists.set(build.lists.get() + 1);
        while items
            .next_element_seed(Seat {
                build,
                place: Place::Item(&table, index),
            })?
            .is_some()
        {
            index += 1;
        }
        build.lists.set(build.lists.get() - 1);
        let mark = build
            .mark
            .get_or_init(|| build.lua.array_metatable())
            .clone();
        build.keep(table.set_metatable(Some(mark)))?;
        self.put(table)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        let build = self.build;
        let table = build.keep(
            build
                .lua
                .create_table_with_capacity(0, build.fields.get().min(MOST_FIELDS_AHEAD)),
        )?;
        let mut count = 0;
        while let Some(key) = fields.next_key_seed(Key)? {
            let place = match build.known(&key) {
                Some(known) => Place::Known(&table, known),
                None => Place::Field(&table, &key),
            };
            fields.next_value_seed(Seat { build, place })?;
            count += 1;
        }
        build.fields.set(count);
        self.put(table)
    }
}
