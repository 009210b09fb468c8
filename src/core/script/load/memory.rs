//! `user.memory` between two sessions: plain data as bytes, which no VM holds.
//!
//! JSON would lose the bytes of strings, the keys that are numbers and the difference between 1 and 1.0.

use mlua::{Lua, LuaSerdeExt, Table, Value};

use crate::script::api::big_integer;
use crate::script::api::big_integer::BigInteger;
use crate::script::vm::natives::PlainSizes;
use crate::script::vm::read_only;

/// Bytes of one memory, at most.
pub const MOST_BYTES: usize = 64 << 10;

const NIL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const INTEGER: u8 = 3;
const NUMBER: u8 = 4;
const STRING: u8 = 5;
const TABLE: u8 = 6;
const LIST: u8 = 7;
const NULL: u8 = 8;
const BIG_INTEGER: u8 = 9;
const END: u8 = 10;

/// Bytes of a table without what is in it.
pub const TABLE_BYTES: usize = 2;

/// Bytes of the values that have one size.
pub const SIZES: PlainSizes = PlainSizes {
    table: TABLE_BYTES,
    number: 1 + 8,
    text: 1 + 4,
    other: 1,
};

/// The bytes that a value takes which is no table: what [`encode`] writes of it.
pub fn size_of(value: &Value) -> usize {
    match value {
        Value::Integer(_) | Value::Number(_) => SIZES.number,
        Value::String(words) => SIZES.text + words.as_bytes().len(),
        Value::UserData(_) => {
            let digits = big_integer::digits(value);
            digits.map_or(SIZES.other, |digits| SIZES.text + digits.len())
        }
        _ => SIZES.other,
    }
}

/// The bytes of a table that was found to be plain data; none where they are more than [`MOST_BYTES`].
pub fn encode(memory: &Table, lua: &Lua) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let written = table(memory, lua, &mut bytes);
    written.is_ok().then_some(bytes)
}

/// The table that was encoded, in a VM.
///
/// # Errors
/// When the VM has no memory left.
pub fn decode(bytes: &[u8], lua: &Lua) -> mlua::Result<Table> {
    let mut reader = Reader { bytes, lua };
    match reader.value()? {
        Some(Value::Table(memory)) => Ok(memory),
        // What `encode` wrote is a table.
        _ => lua.create_table(),
    }
}

/// There is no more room.
struct Full;

fn table(of: &Table, lua: &Lua, bytes: &mut Vec<u8>) -> Result<(), Full> {
    let of = &read_only::real(of);
    let is_list = of.metatable().as_ref() == Some(&lua.array_metatable());
    bytes.push(if is_list { LIST } else { TABLE });
    let written = of.for_each(|key: Value, one: Value| {
        let both = value(&key, lua, bytes).and_then(|()| value(&one, lua, bytes));
        both.map_err(|Full| mlua::Error::runtime("full"))
    });
    written.map_err(|_| Full)?;
    bytes.push(END);
    Ok(())
}

fn value(of: &Value, lua: &Lua, bytes: &mut Vec<u8>) -> Result<(), Full> {
    let text = |bytes: &mut Vec<u8>, kind: u8, text: &[u8]| {
        bytes.push(kind);
        // A text that is longer than this does not fit anyway.
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        bytes.extend(length.to_le_bytes());
        if text.len() <= MOST_BYTES {
            bytes.extend(text);
        }
        (text.len() <= MOST_BYTES).then_some(()).ok_or(Full)
    };
    match of {
        Value::Boolean(false) => bytes.push(FALSE),
        Value::Boolean(true) => bytes.push(TRUE),
        Value::Integer(number) => {
            bytes.push(INTEGER);
            bytes.extend(number.to_le_bytes());
        }
        Value::Number(number) => {
            bytes.push(NUMBER);
            bytes.extend(number.to_le_bytes());
        }
        Value::String(words) => text(bytes, STRING, &words.as_bytes())?,
        Value::Table(inner) => table(inner, lua, bytes)?,
        Value::LightUserData(pointer) if pointer.0.is_null() => bytes.push(NULL),
        other => match big_integer::digits(other) {
            Some(digits) => text(bytes, BIG_INTEGER, digits.as_bytes())?,
            None => bytes.push(NIL),
        },
    }
    (bytes.len() <= MOST_BYTES).then_some(()).ok_or(Full)
}

/// Reads what `encode` wrote.
struct Reader<'a> {
    bytes: &'a [u8],
    lua: &'a Lua,
}

impl Reader<'_> {
    /// The next value; none at the end of a table, or where the bytes are over.
    fn value(&mut self) -> mlua::Result<Option<Value>> {
        let Some([kind]) = self.take(1) else {
            return Ok(None);
        };
        Ok(Some(match *kind {
            FALSE => Value::Boolean(false),
            TRUE => Value::Boolean(true),
            INTEGER => Value::Integer(i64::from_le_bytes(self.eight())),
            NUMBER => Value::Number(f64::from_le_bytes(self.eight())),
            STRING => Value::String(self.lua.create_string(self.text())?),
            NULL => Value::NULL,
            BIG_INTEGER => {
                let digits = String::from_utf8_lossy(self.text()).into_owned();
                BigInteger::of(self.lua, &digits).unwrap_or(Value::Nil)
            }
            kind @ (TABLE | LIST) => {
                let table = self.lua.create_table()?;
                if kind == LIST {
                    table.set_metatable(Some(self.lua.array_metatable()))?;
                }
                while let Some(key) = self.value()? {
                    let one = self.value()?.unwrap_or(Value::Nil);
                    let is_key = match key {
                        Value::Nil => false,
                        Value::Number(number) => !number.is_nan(),
                        _ => true,
                    };
                    if is_key {
                        table.raw_set(key, one)?;
                    }
                }
                Value::Table(table)
            }
            NIL => Value::Nil,
            _ => return Ok(None),
        }))
    }

    fn text(&mut self) -> &[u8] {
        let length = self.take(4).and_then(|four| four.try_into().ok());
        let length = u32::from_le_bytes(length.unwrap_or_default());
        self.take(length as usize).unwrap_or_default()
    }

    fn eight(&mut self) -> [u8; 8] {
        let eight = self.take(8).and_then(|eight| eight.try_into().ok());
        eight.unwrap_or_default()
    }

    fn take(&mut self, count: usize) -> Option<&[u8]> {
        let (taken, rest) = self.bytes.split_at_checked(count)?;
        self.bytes = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the check of a session adds it up.
    fn size(of: &Table) -> usize {
        let pairs = of.pairs::<Value, Value>().map(|pair| pair.unwrap());
        let one = |value: &Value| match value {
            Value::Table(inner) => size(inner),
            plain => size_of(plain),
        };
        TABLE_BYTES
            + pairs
                .map(|(key, value)| one(&key) + one(&value))
                .sum::<usize>()
    }

    fn run(lua: &Lua, script: &str) -> Table {
        lua.load(script).eval().expect("the script runs")
    }

    #[test]
    fn plain_data_is_the_same_in_another_vm() {
        let (from, to) = (Lua::new(), Lua::new());
        let memory = run(
            &from,
            r#"return {
                name = "Zo\xc3\xab", bytes = "\0\xff", [1] = "first", [2.5] = true, [false] = 0,
                one = 1, float = 1.0, deep = { { { x = -7 } } },
                huge = math.huge, least = math.mininteger, empty = {}, truth = { true },
            }"#,
        );
        let bytes = encode(&memory, &from).expect("it fits");
        assert_eq!(bytes.len(), size(&memory));
        let read = decode(&bytes, &to).expect("there is memory");
        to.globals().set("read", read).expect("it is set");
        let is_same = to
            .load(
                r#"return read.name == "Zo\xc3\xab" and read.bytes == "\0\xff"
                and read[1] == "first" and read[2.5] == true and read[false] == 0
                and math.type(read.one) == "integer" and math.type(read.float) == "float"
                and read.deep[1][1].x == -7 and read.huge == math.huge
                and read.least == math.mininteger and next(read.empty) == nil"#,
            )
            .eval::<bool>();
        assert!(is_same.expect("it runs"));
    }

    #[test]
    fn what_is_too_much_is_refused() {
        let lua = Lua::new();
        let fits = run(&lua, "return { x = ('x'):rep(65000) }");
        assert!(encode(&fits, &lua).is_some());
        for script in [
            "return { x = ('x'):rep(66000) }",
            "local all = {} for i = 1, 10000 do all[i] = i end return all",
        ] {
            assert!(encode(&run(&lua, script), &lua).is_none(), "{script}");
        }
    }

    #[test]
    fn bytes_that_nobody_wrote_are_read_as_far_as_they_go() {
        let lua = Lua::new();
        for (bytes, values) in [
            (&[][..], 0),
            (&[TABLE], 0),
            (&[TABLE, STRING, 9, 0], 1),
            (&[99], 0),
            (&[TABLE, INTEGER], 0),
            (&[TABLE, NULL, TRUE, NIL, TRUE, FALSE], 1),
            (&[TABLE, TRUE, TRUE, FALSE, FALSE, STRING, 255], 2),
            (&[TABLE, TRUE, LIST, TRUE, TRUE], 1),
            (&[TABLE, TRUE, TRUE, END, FALSE, TRUE], 1),
        ] {
            let read = decode(bytes, &lua).expect("there is memory");
            let pairs = read.pairs::<Value, Value>();
            assert_eq!(pairs.filter_map(Result::ok).count(), values, "{bytes:?}");
        }
    }
}
