//! Reads what a function of `http` was called with.

use ::http::Method;
use mlua::Value;

use super::call;
use super::send::Prepared;
use crate::script::api::{ModuleDeclarations, argument};
use crate::script::vm::scope;

/// The call of the user at work.
///
/// # Errors
/// When nobody is at work, and for a path or an option that is wrong.
pub fn prepare(
    function: &str,
    method: Method,
    path: &Value,
    opts: &Value,
    declared: &ModuleDeclarations,
) -> mlua::Result<Prepared> {
    let context = scope::need_waiting(function)?;
    let scheme = declared.scheme.borrow();
    let path = argument::string(function, "path", path)?;
    let opts = argument::optional_table(function, "opts", opts)?;
    let call = call::read(&context, method, &path, opts.as_ref(), scheme.as_ref())
        .map_err(|why| mlua::Error::runtime(format!("{function}: {}", argument::words(&why))))?;
    Ok((context, Box::new(call)))
}
