//! `require`: modules of the bundle, each loaded once per VM; a cycle is an error that prints its path.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use mlua::{Function, Lua, MultiValue, Table, Value};

use crate::script::api::argument;
use crate::script::api::signature::{self, required, returned};
use crate::script::source::bundle::Bundle;
use crate::script::vm::compile::chunk;
use crate::script::vm::natives;
use crate::script::vm::protected_call::ProtectedCall;
use crate::text::did_you_mean;

/// How deeply modules may require each other while they load: each level takes a part of the thread's stack.
const DEPTH: usize = 32;

/// `require`.
pub const REQUIRE: signature::Function = signature::Function::global(
    "require",
    "The result of a module, which runs once in each VM.",
)
.takes(&[required("name", "string")
    .doc("`name` is lib/name.lua, or a built-in module; `_name` is a file of the script folder.")])
.returns(&[returned(
    "any",
    "What the module returned; true where it returned nothing.",
)])
.fails("An error when the module does not exist, or when modules require each other in a cycle.")
.example(include_str!("examples/require.lua"));

/// What is said of a module that there is not.
fn unknown(name: &str, bundle: &Bundle) -> String {
    let own: Vec<&str> = bundle.own_modules().map(|(name, _)| name).collect();
    let (of_folder, built_in): (Vec<&str>, Vec<&str>) =
        bundle.module_names().partition(|name| own.contains(name));
    let listed = |names: &[&str]| match names {
        [] => "which has none".to_owned(),
        names => names.join(", "),
    };
    let meant = did_you_mean(name, bundle.module_names());
    format!(
        "module '{name}' is neither in the lib folder ({}) nor built in ({}){meant}",
        listed(&of_folder),
        listed(&built_in)
    )
}

/// Makes `require` for a VM.
///
/// # Errors
/// When Lua has no memory left.
pub fn function(lua: &Lua, bundle: &Arc<Bundle>) -> mlua::Result<Function> {
    let loaded: Table = lua.create_table()?;
    let loading = Rc::new(RefCell::new(Vec::<String>::new()));
    let bundle = Arc::clone(bundle);
    let protected = ProtectedCall::new(lua)?;
    let require = signature::function(lua, &REQUIRE, move |lua, name: Value| {
        let name = argument::string("require", "name", &name)?.to_string_lossy();
        let known: Value = loaded.raw_get(name.as_str())?;
        if !known.is_nil() {
            return Ok(MultiValue::from_iter([known]));
        }
        let Some(source) = bundle.module(&name) else {
            return Err(mlua::Error::runtime(unknown(&name, &bundle)));
        };
        if loading.borrow().contains(&name) {
            let path = format!("{} -> {name}", loading.borrow().join(" -> "));
            return Err(mlua::Error::runtime(format!(
                "modules require each other in a cycle: {path}"
            )));
        }
        if loading.borrow().len() >= DEPTH {
            return Err(mlua::Error::runtime(format!(
                "modules require each other more than {DEPTH} deep, down to '{name}'"
            )));
        }
        loading.borrow_mut().push(name.clone());
        let made = chunk(lua, source).and_then(|chunk| {
            let (call, (chunk, handler)) = protected.around(chunk);
            ProtectedCall::sort(call.call((chunk, handler, name.as_str()))?)
        });
        loading.borrow_mut().pop();
        let value = match made? {
            Ok(mut results) => match results.pop_front() {
                None | Some(Value::Nil) => Value::Boolean(true),
                Some(value) => value,
            },
            Err(raised) => return Ok(natives::thrown(raised)),
        };
        loaded.raw_set(name, &value)?;
        Ok(MultiValue::from_iter([value]))
    })?;
    natives::throwing(lua, &require)
}
