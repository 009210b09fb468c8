//! `think(seconds)`: a pause inside a step, stretched by `--think-factor` like those between steps.

use mlua::{Function, Lua};

use super::http::perform;
use crate::pace::Think;
use crate::script::context;

/// The function `think`: a number of seconds, or two for a draw between them.
///
/// # Errors
/// When Lua has no memory left.
pub fn function(lua: &Lua) -> mlua::Result<Function> {
    lua.create_async_function(|_, (from, to): (f64, Option<f64>)| {
        let context = context::need_waiting("think");
        async move {
            let context = context?;
            let unit = context.stream.borrow_mut().float();
            let user = &context.user;
            let pause = match to {
                Some(to) => Think::Range(from, to),
                None => Think::Fixed(from),
            }
            .draw(unit, user.world.terms.think_factor);
            let until = tokio::time::Instant::now() + pause;
            tokio::select! {
                () = tokio::time::sleep_until(until) => {}
                () = user.world.halt.wait() => perform::may_go_on(user).await,
            }
            // The plan means the next request to leave when the pause is over.
            user.planned.set(Some(until));
            Ok(())
        }
    })
}
