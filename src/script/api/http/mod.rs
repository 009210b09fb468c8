//! `http`: requests of a user. In: a path and options; out: a table with status, headers, body, or an error kind.

mod answer;
mod body;
pub mod call;
mod content_type;
mod cookies;
mod creates;
mod expect;
mod fields;
mod multipart;
mod retry;
mod values;

use std::rc::Rc;

use ::http::Method;
use mlua::{Function, Lua, Table, Value};

pub use answer::Answers;

use super::{Declared, argument};
use crate::request::Call;
use crate::script::user::context;
use crate::script::vm::scope;

const METHODS: [(&str, &str); 7] = [
    ("get", "http.get"),
    ("post", "http.post"),
    ("put", "http.put"),
    ("patch", "http.patch"),
    ("delete", "http.delete"),
    ("head", "http.head"),
    ("options", "http.options"),
];

/// The table `http`.
///
/// # Errors
/// When Lua has no memory left.
pub fn table(lua: &Lua, answers: &Answers, declared: &Rc<Declared>) -> mlua::Result<Table> {
    let table = lua.create_table()?;
    for (name, function) in METHODS {
        let method = Method::from_bytes(name.to_ascii_uppercase().as_bytes())
            .map_err(mlua::Error::external)?;
        table.set(name, verb(lua, answers, declared, method, function)?)?;
    }
    table.set("request", any(lua, answers, declared)?)?;
    table.set("cookies", cookies::table(lua)?)?;
    Ok(table)
}

fn verb(
    lua: &Lua,
    answers: &Answers,
    declared: &Rc<Declared>,
    method: Method,
    function: &'static str,
) -> mlua::Result<Function> {
    let (answers, declared) = (answers.clone(), Rc::clone(declared));
    lua.create_async_function(move |_, (path, opts): (Value, Value)| {
        let prepared = prepare(function, method.clone(), &path, &opts, &declared);
        let answers = answers.clone();
        async move {
            let (context, call) = prepared?;
            let reply = Box::pin(context.user.send(call)).await;
            answers.table(&context, reply)
        }
    })
}

fn any(lua: &Lua, answers: &Answers, declared: &Rc<Declared>) -> mlua::Result<Function> {
    let (answers, declared) = (answers.clone(), Rc::clone(declared));
    lua.create_async_function(move |_, (method, path, opts): (Value, Value, Value)| {
        let prepared = argument::string("http.request", "method", &method).and_then(|method| {
            let method = method.to_string_lossy();
            Method::from_bytes(method.to_ascii_uppercase().as_bytes())
                .map_err(|_| {
                    mlua::Error::runtime(format!("http.request: \"{method}\" is no method"))
                })
                .and_then(|method| prepare("http.request", method, &path, &opts, &declared))
        });
        let answers = answers.clone();
        async move {
            let (context, call) = prepared?;
            let reply = Box::pin(context.user.send(call)).await;
            answers.table(&context, reply)
        }
    })
}

fn prepare(
    function: &str,
    method: Method,
    path: &Value,
    opts: &Value,
    declared: &Declared,
) -> mlua::Result<(Rc<context::Context>, Box<Call>)> {
    let context = scope::need_waiting(function)?;
    let scheme = declared.scheme.borrow();
    let path = argument::string(function, "path", path)?;
    let opts = argument::optional_table(function, "opts", opts)?;
    let call = call::read(&context, method, &path, opts.as_ref(), scheme.as_ref())
        .map_err(|why| mlua::Error::runtime(format!("{function}: {}", super::words(&why))))?;
    Ok((context, Box::new(call)))
}
