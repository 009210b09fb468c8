//! The result of a call as a script sees it: a plain table, its body and headers made only when they are read.

use std::rc::Rc;
use std::time::Duration;

use mlua::{Function, IntoLua, Lua, LuaString, Table, Value};

use crate::http::{Headers, Timings};
use crate::request::{self, FinalResponse, Redirect, Reply, TooLate};
use crate::script::api::argument;
use crate::script::api::json;
use crate::script::user::context::{self, Context};

/// Makes result tables: one for each VM. A Lua function makes them, in one protected call: with a memory limit each
/// single write from outside is a protected call of its own.
#[derive(Clone)]
pub struct ResponseTables {
    make: Function,
    /// The methods of responses that few scripts call, by name.
    pub methods: Table,
}

/// What a response has.
const FIELDS: &str = "status, ok, headers, body, json(), html(), xml(), match(pattern), submit(form, fields), \
     fail(why), url, redirects, duration, timings, error, message, given_up, trace_id";

const MAKE: &str = "
local meta = ...
local setmetatable = setmetatable
return function(ok, duration, status, handle, error, message, given_up)
  local response = { handle, ok = ok, duration = duration, status = status }
  if not status then
    response.error, response.message, response.given_up = error, message, given_up
  end
  return setmetatable(response, meta)
end";

impl ResponseTables {
    /// The maker for a VM.
    ///
    /// # Errors
    /// When Lua has no memory left.
    pub fn new(lua: &Lua) -> mlua::Result<Self> {
        let decode = lua.create_function(|lua, (response, at): (Value, Value)| match response {
            Value::Table(response) => json_of(lua, &response, &at),
            _ => Err(mlua::Error::runtime(
                "json is called with a colon: res:json()",
            )),
        })?;
        let fail = lua.create_function(|_, (response, why): (Value, Value)| match response {
            Value::Table(response) => fail(&response, &why),
            _ => Err(mlua::Error::runtime(
                "fail is called with a colon: res:fail(\"why\")",
            )),
        })?;
        let (meta, methods) = (lua.create_table()?, lua.create_table()?);
        let others = methods.clone();
        let index = lua.create_function(move |lua, (response, key): (Table, LuaString)| {
            field(lua, [&decode, &fail], &others, &response, &key)
        })?;
        meta.raw_set("__index", index)?;
        meta.raw_set("__name", "response")?;
        meta.raw_set("__metatable", "response")?;
        let make = lua.load(MAKE).set_name("=response").call(meta)?;
        Ok(Self { make, methods })
    }

    /// The table for a reply to the user at work, which keeps the response until its step ends.
    ///
    /// # Errors
    /// When Lua has no memory left.
    pub fn table(&self, context: &Context, reply: Reply) -> mlua::Result<Table> {
        match reply {
            Reply::Response(response) => {
                let ok = (200..400).contains(&response.status);
                let (status, duration) =
                    (response.status, response.timings.service().as_secs_f64());
                let handle = context
                    .user
                    .responses
                    .borrow_mut()
                    .keep(response, &context.user.shard.epochs);
                self.make.call((ok, duration, status, handle))
            }
            Reply::Misread { method, why } => {
                let function = method.as_str().to_ascii_lowercase();
                Err(mlua::Error::runtime(format!("http.{function}: {why}")))
            }
            Reply::GivenUp { after } => {
                let nothing = Value::Nil;
                let arguments = (
                    false,
                    after.as_secs_f64(),
                    &nothing,
                    &nothing,
                    &nothing,
                    &nothing,
                    true,
                );
                self.make.call(arguments)
            }
            Reply::Failed {
                kind,
                message,
                timings,
            } => {
                let duration = timings.service().as_secs_f64();
                self.make
                    .call((false, duration, Value::Nil, Value::Nil, kind, message))
            }
        }
    }
}

fn field(
    lua: &Lua,
    [decode, fail]: [&Function; 2],
    methods: &Table,
    response: &Table,
    name: &LuaString,
) -> mlua::Result<Value> {
    let key = name.as_bytes();
    let made = match &*key {
        b"json" => return decode.clone().into_lua(lua),
        b"fail" => return fail.clone().into_lua(lua),
        b"body" => match kept(response, "body")? {
            Some(response) => lua.create_string(&response.body)?.into_lua(lua)?,
            None => Value::Nil,
        },
        b"headers" => match kept(response, "headers")? {
            Some(response) => headers(lua, &response.headers)?.into_lua(lua)?,
            None => Value::Nil,
        },
        b"timings" => match kept(response, "timings")? {
            Some(response) => timings(lua, &response.timings)?.into_lua(lua)?,
            None => Value::Nil,
        },
        b"url" => match kept(response, "url")? {
            Some(response) => response.place.url().into_lua(lua)?,
            None => Value::Nil,
        },
        b"redirects" => match kept(response, "redirects")? {
            Some(response) => redirects(lua, &response.redirects)?.into_lua(lua)?,
            None => Value::Nil,
        },
        b"trace_id" => match kept(response, "trace_id")? {
            Some(response) => response.trace_id.as_deref().into_lua(lua)?,
            None => Value::Nil,
        },
        b"status" | b"error" | b"message" | b"given_up" => Value::Nil,
        other => {
            let method: Value = methods.raw_get(name)?;
            if !method.is_nil() {
                return Ok(method);
            }
            let name = String::from_utf8_lossy(other);
            return Err(mlua::Error::runtime(format!(
                "a response has no '{name}'; there are: {FIELDS}"
            )));
        }
    };
    if !made.is_nil() {
        response.raw_set(lua.create_string(&key)?, &made)?;
    }
    Ok(made)
}

/// The script judges a response to be a failure. One that failed already, or never came, keeps its own reason.
fn fail(response: &Table, why: &Value) -> mlua::Result<()> {
    const FUNCTION: &str = "res:fail";
    let why = argument::string(FUNCTION, "why", why)?.to_string_lossy();
    if why.is_empty() {
        return Err(mlua::Error::runtime(
            "res:fail: why is empty; say what is wrong, such as \"sold out\"",
        ));
    }
    argument::name("res:fail: why", &why)?;
    if response.raw_get::<Option<i64>>(1)?.is_none() {
        return Ok(());
    }
    let requester = &context::need(FUNCTION)?.user.requester;
    // Of another step there is none.
    let judged = match kept(response, "fail") {
        Ok(Some(kept)) => request::fail(requester, &kept, &why),
        Ok(None) | Err(_) => Err(TooLate),
    };
    judged.map_err(|TooLate| {
        mlua::Error::runtime(
            "res:fail: the response is counted already, since the user has waited for something \
             else; call it before the next request, think or other wait, in the function that made \
             the request",
        )
    })?;
    response.raw_set("ok", false)
}

/// The body as Lua values, or the part of it that a pointer leads to; nil and why when it is not JSON or has no such part,
/// which is the target's fault and not the script's.
fn json_of(lua: &Lua, response: &Table, at: &Value) -> mlua::Result<(Value, Option<String>)> {
    let pointer = match at {
        Value::Nil => None,
        at => Some(json_pointer(at)?),
    };
    let Some(response) = kept(response, "json()")? else {
        return Ok((Value::Nil, Some("there was no response".to_owned())));
    };
    if response.body.is_empty() {
        return Ok((Value::Nil, Some("the body is empty".to_owned())));
    }
    let invalid = |why: String| {
        let start = String::from_utf8_lossy(&response.body[..response.body.len().min(80)]);
        format!("the body is not valid JSON ({why}); it begins with: {start}")
    };
    let bytes = match &pointer {
        None => &*response.body,
        Some(pointer) => match json::part(&response.body, pointer) {
            Ok(Some(part)) => part.get().as_bytes(),
            Ok(None) => {
                return Ok((
                    Value::Nil,
                    Some(format!("the body has nothing at {pointer}")),
                ));
            }
            Err(why) => return Ok((Value::Nil, Some(invalid(why)))),
        },
    };
    match json::decode(lua, bytes) {
        Ok(value) => Ok((value, None)),
        Err(json::DecodeError::Text(why)) => Ok((Value::Nil, Some(invalid(why)))),
        Err(json::DecodeError::Lua(error)) => Err(error),
    }
}

/// A JSON pointer (RFC 6901).
fn json_pointer(at: &Value) -> mlua::Result<String> {
    let pointer = argument::string("res:json", "at", at)?.to_string_lossy();
    if pointer.is_empty() || pointer.starts_with('/') {
        return Ok(pointer);
    }
    Err(mlua::Error::runtime(format!(
        "res:json: '{pointer}' is no JSON pointer (RFC 6901): it begins with /, such as \"/items/0/id\""
    )))
}

/// The response in Rust behind the table; none when there was no response.
pub(super) fn kept(response: &Table, what: &str) -> mlua::Result<Option<Rc<FinalResponse>>> {
    let Some(handle) = response.raw_get::<Option<i64>>(1)? else {
        return Ok(None);
    };
    let user = context::need("response")?;
    match user.user.responses.borrow().get(handle) {
        Some(response) => Ok(Some(response)),
        None => Err(mlua::Error::runtime(format!(
            "{what} of a response can be read only in its step; store what you need of it in user.state"
        ))),
    }
}

/// Names in lower case; a field that came several times has its values joined with ", " (RFC 9110, 5.3), but
/// `set-cookie` is always a list.
fn headers(lua: &Lua, headers: &Headers) -> mlua::Result<Table> {
    let table = lua.create_table()?;
    let mut joined = std::collections::BTreeMap::<String, Vec<u8>>::new();
    let cookies = lua.create_table()?;
    for (name, value) in headers {
        if name.eq_ignore_ascii_case("set-cookie") {
            cookies.raw_push(lua.create_string(value)?)?;
            continue;
        }
        let text = joined.entry(name.to_ascii_lowercase()).or_default();
        if !text.is_empty() {
            text.extend_from_slice(b", ");
        }
        text.extend_from_slice(value);
    }
    for (name, value) in joined {
        table.raw_set(name, lua.create_string(&value)?)?;
    }
    if cookies.raw_len() > 0 {
        table.raw_set("set-cookie", cookies)?;
    }
    Ok(table)
}

/// The hops before the last one: `{ status =, url =, headers = }` each.
fn redirects(lua: &Lua, hops: &[Redirect]) -> mlua::Result<Table> {
    let list = lua.create_table_with_capacity(hops.len(), 0)?;
    for hop in hops {
        let one = lua.create_table_with_capacity(0, 3)?;
        one.raw_set("status", hop.status)?;
        one.raw_set("url", hop.place.url())?;
        one.raw_set("headers", headers(lua, &hop.headers)?)?;
        list.raw_push(one)?;
    }
    Ok(list)
}

fn timings(lua: &Lua, timings: &Timings) -> mlua::Result<Table> {
    let table = lua.create_table_with_capacity(0, 7)?;
    let phases: [(&str, Duration); 7] = [
        ("blocked", timings.blocked),
        ("dns", timings.dns),
        ("connect", timings.connect),
        ("tls", timings.tls),
        ("send", timings.send),
        ("wait", timings.wait),
        ("receive", timings.receive),
    ];
    for (name, phase) in phases {
        table.raw_set(name, phase.as_secs_f64())?;
    }
    Ok(table)
}
