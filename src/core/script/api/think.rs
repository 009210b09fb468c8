//! `think(seconds)`: a pause inside a step, stretched by `--think-factor` like those between steps.

use std::rc::Rc;
use std::time::Duration;

use mlua::{Function, Lua, Value};

use super::argument;
use super::signature::{self, optional, required};
use crate::pace::Think;
use crate::plan::Setting;
use crate::script::user::context::Context;
use crate::script::vm::scope;
use crate::session_trace::What;

/// `think`.
pub const THINK: signature::Function =
    signature::Function::global("think", "Pauses inside a step, scaled by --think-factor.")
        .takes(&[
            required("seconds", "number")
                .doc("How long, at least 0.")
                .unit("s"),
            optional("longest", "number")
                .doc("Where it is given, a time between the two is drawn.")
                .unit("s"),
        ])
        .fails("An error when a time is negative or not finite.")
        .waits()
        .example(include_str!("examples/think.lua"));

/// The function `think`: a number of seconds, or two for a draw between them.
///
/// # Errors
/// When Lua has no memory left.
pub fn function(lua: &Lua) -> mlua::Result<Function> {
    signature::waiting(lua, &THINK, |_, (from, to): (Value, Value)| {
        let prepared = prepare(&from, &to);
        async move {
            let (context, pause) = prepared?;
            let user = &context.user;
            if let Some(recorder) = user.requester.recorder() {
                recorder.add(What::Think {
                    seconds: pause.as_secs_f64(),
                    is_between_steps: false,
                });
            }
            let _pause = user.requester.session.pause();
            if let Some(observed) = &user.shard.observed {
                observed.pause(user.requester.kind.get(), pause);
            }
            let until = tokio::select! {
                biased;
                until = user.shard.requests.clock.sleep(pause) => until,
                () = user.shard.requests.shutdown.wait() => {
                    if let Err(cancelled) = user.cancel_token().check() {
                        user.leave(cancelled).await;
                    }
                    tokio::time::Instant::now() + pause
                }
            };
            if pause.is_zero() {
                // A wait all the same: others have their turn.
                user.shard.requests.run.clock.breathe().await;
            }
            // The plan means the next request to leave when the pause is over.
            user.requester.planned.set(Some(until));
            Ok(())
        }
    })
}

fn prepare(from: &Value, to: &Value) -> mlua::Result<(Rc<Context>, Duration)> {
    let context = scope::need_waiting("think")?;
    let seconds = |name, value| {
        let seconds = argument::number("think", name, value)?;
        if seconds < 0.0 {
            return Err(mlua::Error::runtime(format!(
                "think: {name} is {seconds}, a number of at least 0 was expected"
            )));
        }
        Ok(seconds)
    };
    let from = seconds("seconds", from)?;
    let factor = context.user.shard.setting(Setting::ThinkFactor);
    let pause = if to.is_nil() {
        Think::Fixed(from).draw(0.0, factor)
    } else {
        let to = seconds("longest", to)?;
        let unit = context.stream.borrow_mut().float();
        Think::Range(from, to).draw(unit, factor)
    };
    Ok((context, pause))
}
