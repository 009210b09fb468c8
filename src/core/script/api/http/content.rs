//! What is in a response, for scripts: its page, its XML, what a pattern finds in it.

use std::rc::Rc;

use mlua::{Error, Function, Lua, MultiValue, Table, Value};
use url::Url;

use super::described::{HTML, MATCH, XML};
use super::response::kept;
use crate::markup::{Document, ParseError};
use crate::script::api::element::Element;
use crate::script::api::signature;
use crate::script::budgets::PARSE_BUDGET;
use crate::script::user::context;
use crate::script::user::documents::ParsedDocument;
use crate::script::vm::{cpu_budget, memory, sandbox};

/// Adds these methods to those of responses.
///
/// # Errors
/// When Lua has no memory left.
pub fn add(lua: &Lua, methods: &Table) -> mlua::Result<()> {
    for (described, is_xml) in [(&HTML, false), (&XML, true)] {
        let read = move |lua: &Lua, response: Value| {
            let response = of(described, response)?;
            match document(lua, &response, is_xml)? {
                Ok(document) => Ok((Some(Element::root(&document)), None)),
                Err(why) => Ok((None, Some(why))),
            }
        };
        methods.raw_set(described.name, signature::function(lua, described, read)?)?;
    }
    // What finds there is put in place later, with a limit on its steps.
    let string: Table = lua.globals().get("string")?;
    let find = move |_: &Lua, (response, pattern, init): (Value, Value, Value)| {
        let response = of(&MATCH, response)?;
        match response.get::<Value>("body")? {
            Value::Nil => Ok(MultiValue::from_iter([Value::Nil])),
            body => {
                let find: Function = string.get("match")?;
                find.call::<MultiValue>((body, pattern, init))
            }
        }
    };
    methods.raw_set(MATCH.name, signature::function(lua, &MATCH, find)?)
}

/// The response whose method was called.
///
/// # Errors
/// When it was called without a colon.
pub fn of(described: &signature::Function, response: Value) -> mlua::Result<Table> {
    match response {
        Value::Table(response) => Ok(response),
        _ => Err(Error::runtime(format!(
            "{} is called with a colon: res:{}()",
            described.name, described.name
        ))),
    }
}

/// The document in a response, which is parsed once; or why there is none.
///
/// # Errors
/// When the step of the response is over, and when the VM's memory is used up.
pub fn document(
    lua: &Lua,
    response: &Table,
    is_xml: bool,
) -> mlua::Result<Result<Rc<ParsedDocument>, String>> {
    let what = if is_xml { "xml()" } else { "html()" };
    let Some(kept) = kept(response, what)? else {
        return Ok(Err("there was no response".to_owned()));
    };
    let handle: i64 = response.raw_get(1)?;
    let user = Rc::clone(&context::need("response")?.user);
    if let Some(known) = user.responses.borrow().documents.get(handle, is_xml) {
        return Ok(Ok(Rc::clone(known)));
    }
    if kept.body.is_empty() {
        return Ok(Err("the body is empty".to_owned()));
    }
    let most = memory::room(lua);
    let parsed = cpu_budget::aside(PARSE_BUDGET, |may_go_on| {
        let tick = || may_go_on().then_some(()).ok_or(());
        match is_xml {
            true => Document::xml(&kept.body, most, tick),
            false => Document::html(&kept.body, most, tick),
        }
    });
    let document = match parsed {
        Ok(document) => document,
        Err(ParseError::TooLarge) => {
            return Err(Error::MemoryError("not enough memory".to_owned()));
        }
        Err(why) if is_xml => return Ok(Err(format!("the body is not valid XML: {why}"))),
        Err(why) => return Ok(Err(format!("the page cannot be read: {why}"))),
    };
    let url = Url::parse(&kept.place.url()).map_err(Error::external)?;
    let document = ParsedDocument {
        document,
        url,
        user: user.requester.number,
    };
    let account = memory::account(lua);
    let mut responses = user.responses.borrow_mut();
    let document = responses
        .documents
        .keep((handle, is_xml), document, &account);
    sandbox::bound_turn(lua);
    Ok(Ok(document))
}
