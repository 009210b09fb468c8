//! The values of a table of options, read in one pass.

use mlua::{Error, FromLua, Lua, Result, Table, Value};

use super::Options;
use crate::script::vm::read_only;

/// What a table has for each of its keys.
pub struct OptionValues {
    options: &'static Options,
    /// In the order of the fields of `options`; nil where there is none.
    values: Vec<Value>,
    /// A table that may have more than its own keys.
    behind: Option<Table>,
    lua: Lua,
}

impl Options {
    /// Reads a table; a key that nothing reads is refused as [`check`](Self::check) does.
    ///
    /// # Errors
    /// Names the first such key and those there are.
    pub fn read(&'static self, what: &str, table: &Table) -> Result<OptionValues> {
        let real = read_only::real(table);
        let mut values = vec![Value::Nil; self.fields.len()];
        real.for_each(|key: Value, value: Value| {
            let place = match &key {
                Value::String(key) => self.place(&key.as_bytes()),
                _ => None,
            };
            let Some(place) = place else {
                let key = key.to_string()?;
                return Err(Error::runtime(format!("{what} {}", self.unknown(&key))));
            };
            values[place] = value;
            Ok(())
        })?;
        Ok(OptionValues {
            options: self,
            values,
            behind: real.metatable().map(|_| real.clone()),
            lua: table.weak_lua().upgrade(),
        })
    }

    fn place(&self, key: &[u8]) -> Option<usize> {
        let mut fields = self.fields.iter();
        fields.position(|field| field.name.as_bytes() == key)
    }
}

impl OptionValues {
    /// The value of a key, the first time that it is asked for.
    ///
    /// # Errors
    /// When it is of another type.
    pub fn take<T: FromLua>(&mut self, key: &str) -> Result<T> {
        let place = self.options.place(key.as_bytes());
        let own = place.map_or(Value::Nil, |place| std::mem::take(&mut self.values[place]));
        match &self.behind {
            Some(table) if own.is_nil() => table.get(key),
            _ => T::from_lua(own, &self.lua),
        }
    }
}
