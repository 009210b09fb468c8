//! `journey`: what spans requests and pauses, measured as one: a function, or what is between `begin` and `finish`.

use std::rc::Rc;

use mlua::{Lua, MetaMethod, Table, UserData, UserDataMethods, UserDataRef, Value};

use super::argument;
use super::signature::{Field, Function, Namespace, Registration, required, returned};
use crate::script::user::context::{self, Context};

const OF_NAME: Field = required("name", "string").doc("A fixed text, such as \"checkout\".");
const NAME: &[Field] = &[OF_NAME];
const BEGIN: Function = Function::new(
    "journey",
    "begin",
    "Begins a journey, which may last over steps until it is finished.",
)
.takes(NAME)
.fails("An error when one of this name is under way.")
.example(include_str!("examples/journey.begin.lua"));
const FINISH: Function = Function::new("journey", "finish", "Finishes a journey that was begun.")
    .takes(NAME)
    .fails("An error when none of this name is under way, or it is that of a function.")
    .example(include_str!("examples/journey.finish.lua"));

/// `journey(name, body)`.
pub const JOURNEY: Function = Function::global(
    "journey",
    "Calls a function, measures it as a journey and returns its results.",
)
.takes(&[
    OF_NAME,
    required("body", "fun(): any").doc("What belongs to it; requests and pauses may be in it."),
])
.returns(&[returned("any...", "What the body returns.")])
.fails("An error of the body is raised, and the journey is lost; so it is when its session ends.")
.example(include_str!("examples/journey.lua"));

/// `journey`, which is also called itself.
pub const TABLE: Namespace = Namespace {
    name: "journey",
    doc: "Journeys of a user.",
    functions: &[&BEGIN, &FINISH],
    values: &[],
};

/// The variable is closed whatever ends the function: its return, an error, a stop.
const CALL: &str = "
local open, finish = ...
local function returned(opened, ...)
  finish(opened)
  return ...
end
return function(_, name, body)
  local opened <close> = open(name, body)
  return returned(opened, body())
end";

/// The table `journey`.
///
/// # Errors
/// When Lua has no memory left.
pub fn table(lua: &Lua) -> mlua::Result<Table> {
    let table = Registration::new(lua, &TABLE)?;
    table.function(&BEGIN, |_, name: Value| {
        begin("journey.begin", &name, false).map(drop)
    })?;
    table.function(&FINISH, |_, name: Value| {
        let name = named("journey.finish", &name)?;
        let user = &context::need("journey.finish")?.user;
        let finished = user.journeys.borrow_mut().finish(&user.requester, &name);
        finished.map_err(|why| mlua::Error::runtime(format!("journey.finish: {why}")))
    })?;
    table.finish()
}

/// Makes the table one that can be called: `journey(name, body)`.
///
/// # Errors
/// When Lua has no memory left.
pub fn make_callable(lua: &Lua, table: &Table) -> mlua::Result<()> {
    let open = lua.create_function(|_, (name, body): (Value, Value)| {
        if !matches!(body, Value::Function(_)) {
            return Err(argument::wrong("journey", "body", &body, "a function"));
        }
        begin("journey", &name, true)
    })?;
    let finish = lua.create_function(|_, opened: UserDataRef<Opened>| {
        let user = &opened.context.user;
        let mut journeys = user.journeys.borrow_mut();
        journeys.returned(&user.requester, &opened.name);
        Ok(())
    })?;
    let chunk = lua.load(CALL).set_name("=journey");
    let call: mlua::Function = chunk.call((open, finish))?;
    let meta = match table.metatable() {
        Some(meta) => meta,
        None => lua.create_table()?,
    };
    meta.raw_set("__call", call)?;
    table.set_metatable(Some(meta))
}

/// A journey that spans a function.
struct Opened {
    context: Rc<Context>,
    name: Rc<str>,
}

impl UserData for Opened {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        // A step that is taken away closes its variables outside of all polls, where there is no current user.
        methods.add_meta_method(MetaMethod::Close, |_, opened, error: Value| {
            let user = &opened.context.user;
            let mut journeys = user.journeys.borrow_mut();
            journeys.left(&user.requester, &opened.name, !error.is_nil());
            Ok(())
        });
    }
}

fn begin(function: &str, name: &Value, of_function: bool) -> mlua::Result<Opened> {
    let name = named(function, name)?;
    let context = context::need(function)?;
    let user = &context.user;
    let mut journeys = user.journeys.borrow_mut();
    let begun = journeys.begin(&user.requester, &name, of_function);
    drop(journeys);
    let name = begun.map_err(|why| mlua::Error::runtime(format!("{function}: {why}")))?;
    Ok(Opened { context, name })
}

fn named(function: &str, name: &Value) -> mlua::Result<String> {
    let name = argument::string(function, "name", name)?.to_string_lossy();
    if name.is_empty() {
        return Err(mlua::Error::runtime(format!(
            "{function}: name is empty; it is a label, such as \"checkout\""
        )));
    }
    argument::name(&format!("{function}: name"), &name)?;
    Ok(name)
}
