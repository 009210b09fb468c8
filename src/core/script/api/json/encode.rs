//! Lua values to JSON text.

use std::ffi::c_void;

use mlua::{Error, LuaSerdeExt, Table, Value};

use super::super::argument::kind;
use super::fault::{EncodeError, Segment};
use super::limits::{MAX_BYTES, MAX_DEPTH};
use crate::script::api::big_integer::digits;
use crate::script::vm::read_only;

/// How the text is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Without a blank.
    Compact,
    /// A line for each value, two blanks a level.
    Pretty,
}

/// How to write a value, and the words for a fault in it.
#[derive(Clone, Copy, Debug)]
pub struct Form<'a> {
    /// The function that the script called, such as `http.post`.
    pub caller: &'a str,
    /// What the value is to that function, such as `body`: faults name `body.items[3]`.
    pub root: &'a str,
    pub layout: Layout,
    /// Whether strings that are no UTF-8 are written all the same, with replacement characters: for people to read.
    pub any_bytes: bool,
}

/// The compact text of a value. Faults read `json: value.items[3] is a function, ...`.
///
/// # Errors
/// As [`encode`].
pub fn to_bytes(value: &Value) -> mlua::Result<Vec<u8>> {
    encode(
        value,
        Form {
            caller: "json",
            root: "value",
            layout: Layout::Compact,
            any_bytes: false,
        },
    )
}

/// The text of a value.
///
/// # Errors
/// For what JSON cannot hold, with the path to it: functions, userdata and coroutines, strings that are no UTF-8, NaN and
/// infinity, tables with text keys beside a list, lists with holes, tables that contain themselves; for more than
/// [`MAX_DEPTH`] levels or [`MAX_BYTES`] bytes.
pub fn encode(value: &Value, form: Form<'_>) -> mlua::Result<Vec<u8>> {
    let mut writer = Writer {
        text: Vec::with_capacity(128),
        pretty: form.layout == Layout::Pretty,
        any_bytes: form.any_bytes,
        above: Vec::new(),
        keys: String::new(),
        fields: Vec::new(),
        mark: None,
    };
    match writer.value(value) {
        Ok(()) => Ok(writer.text),
        Err(fault) => Err(Error::runtime(fault.words(form.caller, form.root))),
    }
}

/// Values kept while an object is walked; behind them they are looked up, since the VM has a limited number of handles.
const MOST_HANDLES: usize = 256;

type Outcome = Result<(), EncodeError>;

struct Writer {
    text: Vec<u8>,
    pretty: bool,
    any_bytes: bool,
    /// The tables that hold the present one, outermost first.
    above: Vec<*const c_void>,
    /// The keys of the objects being written, one after the other.
    keys: String,
    fields: Vec<Field>,
    mark: Option<Table>,
}

impl Writer {
    fn value(&mut self, value: &Value) -> Outcome {
        match value {
            Value::Nil => self.text.extend_from_slice(b"null"),
            Value::LightUserData(pointer) if pointer.0.is_null() => {
                self.text.extend_from_slice(b"null")
            }
            Value::Boolean(true) => self.text.extend_from_slice(b"true"),
            Value::Boolean(false) => self.text.extend_from_slice(b"false"),
            Value::Integer(integer) => self.plain(integer)?,
            Value::Number(number) if number.is_finite() => self.plain(number)?,
            Value::Number(number) if number.is_nan() => {
                return Err(EncodeError::new(
                    "is NaN (not a number), which JSON cannot represent",
                ));
            }
            Value::Number(_) => {
                return Err(EncodeError::new("is infinite, which JSON cannot represent"));
            }
            // It takes more room than this as JSON: refused before all of it is written.
            Value::String(string) if self.text.len() + string.as_bytes().len() > MAX_BYTES - 2 => {
                return Err(too_long());
            }
            Value::String(string) => match std::str::from_utf8(&string.as_bytes()) {
                Ok(string) => self.plain(string)?,
                Err(_) if self.any_bytes => self.plain(&*string.to_string_lossy())?,
                Err(error) => {
                    return Err(EncodeError::new(format!(
                        "is a string that is not UTF-8 (byte {}); use base64.encode for bytes",
                        error.valid_up_to() + 1
                    )));
                }
            },
            Value::Table(table) => match read_only::behind(table) {
                Some(real) => self.table(&real)?,
                None => self.table(table)?,
            },
            other => {
                if let Some(digits) = digits(other) {
                    self.text.extend_from_slice(digits.as_bytes());
                    return Ok(());
                }
                return Err(EncodeError::new(format!(
                    "is {}; a table, string, number, boolean or json.null was expected",
                    kind(other)
                )));
            }
        }
        if self.text.len() > MAX_BYTES {
            return Err(too_long());
        }
        Ok(())
    }

    fn plain<T: serde::Serialize + ?Sized>(&mut self, value: &T) -> Outcome {
        serde_json::to_writer(&mut self.text, value)
            .map_err(|error| EncodeError::new(error.to_string()))
    }

    fn table(&mut self, table: &Table) -> Outcome {
        let pointer = table.to_pointer();
        if self.above.contains(&pointer) {
            return Err(EncodeError::new("is a table that contains itself"));
        }
        if self.above.len() == MAX_DEPTH {
            return Err(EncodeError::new(format!(
                "is nested more than {MAX_DEPTH} levels deep"
            )));
        }
        self.above.push(pointer);
        let marked = self.marked(table);
        if !((marked || table.raw_len() > 0) && self.list(table)?) {
            let (first, first_key) = (self.fields.len(), self.keys.len());
            match self.shape(table, marked)? {
                Shape::Array(length) => self.array(table, length)?,
                Shape::Object => self.object(table, first)?,
            }
            self.fields.truncate(first);
            self.keys.truncate(first_key);
        }
        self.above.pop();
        Ok(())
    }

    fn marked(&mut self, table: &Table) -> bool {
        let mark = &mut self.mark;
        table.metatable().is_some_and(|own| {
            *mark.get_or_insert_with(|| table.weak_lua().upgrade().array_metatable()) == own
        })
    }

    /// Writes a list as it is walked, which is nearly always from 1 on. False, with nothing written, when it is not.
    fn list(&mut self, table: &Table) -> Result<bool, EncodeError> {
        let before = self.text.len();
        self.text.push(b'[');
        let mut length = 0;
        for pair in table.pairs::<Value, Value>() {
            let (key, item) = pair?;
            if key != Value::Integer(length as i64 + 1) {
                self.text.truncate(before);
                return Ok(false);
            }
            length += 1;
            self.separator(length == 1);
            self.value(&item)
                .map_err(|fault| fault.under(Segment::Index(length)))?;
        }
        self.close(b']', length == 0);
        Ok(true)
    }

    /// Array or object; the fields of an object are left at the end of `self.fields`, sorted.
    fn shape(&mut self, table: &Table, marked: bool) -> Result<Shape, EncodeError> {
        let (mut count, mut highest, mut odd) = (0_usize, 0_i64, None);
        let first = self.fields.len();
        let (keys, fields, any_bytes) = (&mut self.keys, &mut self.fields, self.any_bytes);
        table.for_each(|key: Value, value: Value| {
            match key {
                Value::Integer(index) if index >= 1 => {
                    count += 1;
                    highest = highest.max(index);
                }
                Value::String(key) => {
                    let from = keys.len();
                    match std::str::from_utf8(&key.as_bytes()) {
                        Ok(key) => keys.push_str(key),
                        Err(_) if any_bytes => keys.push_str(&key.to_string_lossy()),
                        Err(_) => odd = Some(bad_key(&Value::String(key.clone()))),
                    }
                    let value = (any_bytes || fields.len() - first < MOST_HANDLES).then_some(value);
                    let to = keys.len();
                    fields.push(Field { from, to, value });
                }
                other => odd = Some(bad_key(&other)),
            }
            Ok(())
        })?;
        let named = &mut fields[first..];
        if let Some(odd) = odd {
            return Err(EncodeError::new(odd));
        }
        if let Some(field) = named.first()
            && (marked || count > 0)
        {
            let key = &keys[field.from..field.to];
            let list = if marked {
                "is marked as an array"
            } else {
                "is a list"
            };
            return Err(EncodeError::new(format!(
                "{list} and also has the key {key:?}; JSON cannot represent both in one table"
            )));
        }
        if highest as usize != count {
            return Err(EncodeError::new(format!(
                "is a list with holes ({count} items, the last at {highest}); fill them with json.null"
            )));
        }
        if count > 0 || marked {
            return Ok(Shape::Array(count));
        }
        named.sort_unstable_by(|a, b| keys[a.from..a.to].cmp(&keys[b.from..b.to]));
        Ok(Shape::Object)
    }

    fn array(&mut self, table: &Table, length: usize) -> Outcome {
        self.text.push(b'[');
        for index in 1..=length {
            self.separator(index == 1);
            let item: Value = table.raw_get(index)?;
            self.value(&item)
                .map_err(|fault| fault.under(Segment::Index(index)))?;
        }
        self.close(b']', length == 0);
        Ok(())
    }

    fn object(&mut self, table: &Table, first: usize) -> Outcome {
        self.text.push(b'{');
        let last = self.fields.len();
        for place in first..last {
            self.separator(place == first);
            let Field { from, to, .. } = self.fields[place];
            let value = match self.fields[place].value.take() {
                Some(value) => value,
                None => table.raw_get(&self.keys[from..to])?,
            };
            serde_json::to_writer(&mut self.text, &self.keys[from..to])
                .map_err(|error| EncodeError::new(error.to_string()))?;
            let colon: &[u8] = if self.pretty { b": " } else { b":" };
            self.text.extend_from_slice(colon);
            self.value(&value)
                .map_err(|fault| fault.under(Segment::Key(self.keys[from..to].to_owned())))?;
        }
        self.close(b'}', first == last);
        Ok(())
    }

    fn separator(&mut self, first: bool) {
        if !first {
            self.text.push(b',');
        }
        if self.pretty {
            self.line(self.above.len());
        }
    }

    fn close(&mut self, bracket: u8, empty: bool) {
        if self.pretty && !empty {
            self.line(self.above.len() - 1);
        }
        self.text.push(bracket);
    }

    fn line(&mut self, level: usize) {
        self.text.push(b'\n');
        self.text.extend(std::iter::repeat_n(b' ', 2 * level));
    }
}

/// A field of an object being written: the place of its key in [`Writer::keys`], and its value if it was kept.
struct Field {
    from: usize,
    to: usize,
    value: Option<Value>,
}

enum Shape {
    Array(usize),
    Object,
}

fn too_long() -> EncodeError {
    EncodeError::new(format!(
        "exceeds the {} MiB that one text may have",
        MAX_BYTES >> 20
    ))
}

fn bad_key(key: &Value) -> String {
    match key {
        Value::String(key) => format!(
            "has the key {:?}, which is not UTF-8",
            key.to_string_lossy()
        ),
        Value::Integer(_) | Value::Number(_) => format!(
            "has the number {} as a key; keys are strings, or 1, 2, 3... in a list",
            key.to_string().unwrap_or_default()
        ),
        other => format!(
            "has {} as a key; keys are strings, or 1, 2, 3... in a list",
            kind(other)
        ),
    }
}
