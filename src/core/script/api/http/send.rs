//! Sends the calls of scripts.

use std::rc::Rc;

use mlua::Table;

use super::response::ResponseTables;
use crate::request::Call;
use crate::script::user::context::Context;

/// A call, and who makes it.
pub type Prepared = (Rc<Context>, Box<Call>);

/// Sends a call; the reply as scripts have it.
///
/// # Errors
/// What was wrong with the call.
pub async fn send(
    prepared: mlua::Result<Prepared>,
    responses: ResponseTables,
) -> mlua::Result<Table> {
    let (context, call) = prepared?;
    let reply = Box::pin(context.send(call)).await;
    responses.table(&context, reply)
}
