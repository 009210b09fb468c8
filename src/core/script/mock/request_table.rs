//! `req`: a request as the functions of a mock see it. What is seldom asked for is made when it is.

use std::cell::RefCell;
use std::rc::Rc;

use bytes::Bytes;
use mlua::{Lua, Table, Value};

use super::route::Parameters;
use crate::http::{Headers, Request};
use crate::script::api::json;
use crate::script::api::test_api::REQUEST;
use crate::text::did_you_mean;

/// What is said of one that is asked for later.
const OVER: &str = "the request is over; read what you keep of it while it is answered";

/// A request that a function answers just now.
pub struct Seen {
    /// How many requests its route has had, this one included.
    pub number: u64,
    pub path: String,
    pub query: Option<String>,
    pub url: String,
    /// Its fields as they would be on the wire.
    headers: Headers,
    body: Bytes,
}

/// The request that is answered just now.
pub type Current = Rc<RefCell<Option<Seen>>>;

impl Seen {
    /// A request with the head that would be on the wire, without what comes before every path.
    pub fn of(
        request: &Request,
        head: &[u8],
        (path, query): (&str, Option<&str>),
        number: u64,
    ) -> Self {
        let fields = head
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(&b""[..], |end| &head[end + 1..]);
        let end = fields.windows(4).position(|four| four == b"\r\n\r\n");
        // Where there is no field, the empty line comes at once.
        let fields = end.map_or(&b""[..], |end| &fields[..end + 2]);
        Self {
            number,
            path: path.to_owned(),
            query: query.map(str::to_owned),
            url: request.url(),
            headers: Headers::from_lines(fields),
            body: request.body.clone(),
        }
    }
}

/// Makes the tables of requests of a VM.
pub struct RequestTables {
    meta: Table,
    pub current: Current,
}

impl RequestTables {
    /// For a VM.
    ///
    /// # Errors
    /// When it has no memory left.
    pub fn new(lua: &Lua) -> mlua::Result<Self> {
        let current = Current::default();
        let meta = lua.create_table()?;
        let asked = Rc::clone(&current);
        let index = move |lua: &Lua, (table, key): (Table, Value)| -> mlua::Result<Value> {
            let key = match &key {
                Value::String(key) => key.to_string_lossy(),
                other => other.to_string()?,
            };
            let seen = asked.borrow();
            let number: u64 = table.raw_get("number").unwrap_or_default();
            let seen = seen.as_ref().filter(|seen| seen.number == number);
            let Some(seen) = seen else {
                return Err(mlua::Error::runtime(format!("req.{key}: {OVER}")));
            };
            let value = field(lua, seen, &key)?;
            if !value.is_nil() {
                table.raw_set(key, &value)?;
            }
            Ok(value)
        };
        meta.raw_set("__index", lua.create_function(index)?)?;
        meta.raw_set("__metatable", "req")?;
        Ok(Self { meta, current })
    }

    /// The table of a request.
    ///
    /// # Errors
    /// When the VM has no memory left.
    pub fn table(
        &self,
        lua: &Lua,
        request: &Request,
        seen: &Seen,
        parameters: Parameters,
    ) -> mlua::Result<Table> {
        let table = lua.create_table_with_capacity(0, 6)?;
        table.raw_set("method", request.method.as_str())?;
        table.raw_set("path", seen.path.as_str())?;
        table.raw_set("number", seen.number)?;
        table.raw_set("params", lua.create_table_from(parameters)?)?;
        table.set_metatable(Some(self.meta.clone()))?;
        Ok(table)
    }
}

fn field(lua: &Lua, seen: &Seen, key: &str) -> mlua::Result<Value> {
    Ok(match key {
        "url" => Value::String(lua.create_string(&seen.url)?),
        "query" => Value::Table(pairs(
            lua,
            seen.query.as_deref().unwrap_or_default().as_bytes(),
        )?),
        "headers" => Value::Table(headers(lua, &seen.headers)?),
        "cookies" => Value::Table(cookies(lua, &seen.headers)?),
        "body" => Value::String(lua.create_string(&seen.body)?),
        // What is no JSON has none: a server answers that with 400.
        "json" => json::decode(lua, &seen.body).unwrap_or(Value::Nil),
        "form" => Value::Table(pairs(lua, &seen.body)?),
        other => {
            let fields: Vec<&str> = REQUEST.fields.iter().map(|field| field.name).collect();
            let meant = did_you_mean(other, fields.iter().copied());
            return Err(mlua::Error::runtime(format!(
                "req has no '{other}'; there are: {}{meant}",
                fields.join(", ")
            )));
        }
    })
}

/// The pairs of a query or a form by name; of a name that comes again, a list.
fn pairs(lua: &Lua, text: &[u8]) -> mlua::Result<Table> {
    let table = lua.create_table()?;
    for (name, value) in url::form_urlencoded::parse(text) {
        let value = Value::String(lua.create_string(value.as_bytes())?);
        match table.raw_get::<Value>(&*name)? {
            Value::Nil => table.raw_set(&*name, value)?,
            Value::Table(list) => list.raw_push(value)?,
            first => {
                let list = lua.create_sequence_from([first, value])?;
                table.raw_set(&*name, list)?;
            }
        }
    }
    Ok(table)
}

/// By names in small letters; values of one name with commas between.
fn headers(lua: &Lua, headers: &Headers) -> mlua::Result<Table> {
    let table = lua.create_table()?;
    for (name, value) in headers {
        let name = name.to_ascii_lowercase();
        let value = match table.raw_get::<Option<mlua::LuaString>>(&*name)? {
            Some(before) => [&before.as_bytes()[..], b", ", value].concat(),
            None => value.to_vec(),
        };
        table.raw_set(name, lua.create_string(value)?)?;
    }
    // `req.headers.Authorization` and `req.headers.authorization` are one.
    let meta = lua.create_table()?;
    let index = lua.create_function(|_, (table, key): (Table, Value)| {
        let Value::String(key) = key else {
            return Ok(Value::Nil);
        };
        table.raw_get::<Value>(key.to_string_lossy().to_ascii_lowercase())
    })?;
    meta.raw_set("__index", index)?;
    table.set_metatable(Some(meta))?;
    Ok(table)
}

fn cookies(lua: &Lua, headers: &Headers) -> mlua::Result<Table> {
    let table = lua.create_table()?;
    for value in headers.get_all("cookie") {
        let value = String::from_utf8_lossy(value);
        for (name, value) in value.split(';').filter_map(|pair| pair.split_once('=')) {
            table.raw_set(name.trim(), value.trim())?;
        }
    }
    Ok(table)
}
