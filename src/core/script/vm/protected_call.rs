//! Protected calls: the host calls a script's functions, and errors stay the values that were raised. By itself mlua
//! would turn a table into text.

use std::sync::Arc;

use mlua::{Error, Function, IntoLua, Lua, MultiValue, Result, Value};

/// Lua's own `xpcall`, taken before scripts get another one.
#[derive(Clone)]
pub struct ProtectedCall {
    xpcall: Function,
    /// Gives words their traceback, as mlua does it, and lets all else be.
    handler: Function,
}

impl ProtectedCall {
    /// For a VM that is not yet narrowed.
    ///
    /// # Errors
    /// When Lua has no memory left.
    pub fn new(lua: &Lua) -> Result<Self> {
        let handler = |lua: &Lua, error: Value| match error {
            Value::String(words) => {
                let traceback = lua.traceback(None, 1)?.to_string_lossy();
                let cause = Arc::new(Error::RuntimeError(words.to_string_lossy()));
                Error::CallbackError { traceback, cause }.into_lua(lua)
            }
            other => Ok(other),
        };
        Ok(Self {
            xpcall: lua.globals().get("xpcall")?,
            handler: lua.create_function(handler)?,
        })
    }

    /// What is called in place of a function, and with which arguments before its own.
    pub fn around(&self, function: Function) -> (Function, (Function, Function)) {
        (self.xpcall.clone(), (function, self.handler.clone()))
    }

    /// The results of such a call.
    ///
    /// # Errors
    /// The value that was raised, when it is no error of the host or words.
    pub fn sort(mut results: MultiValue) -> Result<std::result::Result<MultiValue, Value>> {
        if results.pop_front() == Some(Value::Boolean(true)) {
            return Ok(Ok(results));
        }
        match results.pop_front().unwrap_or(Value::Nil) {
            Value::Error(error) => Err(*error),
            value => Ok(Err(value)),
        }
    }
}
