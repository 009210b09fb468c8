//! `require`: modules of the bundle, each loaded once per VM; a cycle is an error that prints its path.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use mlua::chunk::ChunkMode;
use mlua::{Function, Lua, Table, Value};

use super::api::argument;
use super::bundle::{Bundle, Source};

/// How deeply modules may require each other while they load: each level takes a part of the thread's stack.
const DEPTH: usize = 32;

/// Makes `require` for a VM.
///
/// # Errors
/// When Lua has no memory left.
pub fn function(lua: &Lua, bundle: &Arc<Bundle>) -> mlua::Result<Function> {
    let loaded: Table = lua.create_table()?;
    let loading = Rc::new(RefCell::new(Vec::<String>::new()));
    let bundle = Arc::clone(bundle);
    lua.create_function(move |lua, name: Value| {
        let name = argument::string("require", "name", &name)?.to_string_lossy();
        let known: Value = loaded.raw_get(name.as_str())?;
        if !known.is_nil() {
            return Ok(known);
        }
        let Some(source) = bundle.module(&name) else {
            let names: Vec<&str> = bundle.module_names().collect();
            return Err(mlua::Error::runtime(format!(
                "module '{name}' is not in the lib folder; there are: {}",
                names.join(", ")
            )));
        };
        if loading.borrow().contains(&name) {
            let path = format!("{} -> {name}", loading.borrow().join(" -> "));
            return Err(mlua::Error::runtime(format!(
                "modules require each other in a circle: {path}"
            )));
        }
        if loading.borrow().len() >= DEPTH {
            return Err(mlua::Error::runtime(format!(
                "modules require each other more than {DEPTH} deep, down to '{name}'"
            )));
        }
        loading.borrow_mut().push(name.clone());
        let made = chunk(lua, source).and_then(|chunk| chunk.call::<Value>(name.as_str()));
        loading.borrow_mut().pop();
        let value = match made? {
            Value::Nil => Value::Boolean(true),
            value => value,
        };
        loaded.raw_set(name, &value)?;
        Ok(value)
    })
}

/// What some editors put before the first line.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Compiles a source: text only, bytecode could break the VM.
///
/// # Errors
/// A syntax error with its line.
pub fn chunk(lua: &Lua, source: &Source) -> mlua::Result<Function> {
    let text = &*source.text;
    lua.load(text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text))
        .set_name(format!("@{}", source.path))
        .set_mode(ChunkMode::Text)
        .into_function()
}
