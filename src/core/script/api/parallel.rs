//! `parallel { f, g }`: functions of one step at the same time. Results in their order; the first error cancels the rest.

use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use mlua::{Function, Lua, MultiValue, Value};

use super::argument;
use super::signature::{self, required, returned};
use crate::script::user::context::Context;
use crate::script::vm::protected_call::ProtectedCall;
use crate::script::vm::scope::{self, Ended, Scope};
use crate::script::vm::{cpu_budget, natives};

/// The most functions that one call may run.
const MOST: usize = 100;

/// How deeply calls may nest: each takes a part of the thread's stack.
const DEPTH: u32 = 4;

type Branch = Pin<Box<dyn Future<Output = Ended<mlua::Result<MultiValue>>>>>;

/// `parallel`.
pub const PARALLEL: signature::Function = signature::Function::global(
    "parallel",
    "Runs functions at the same time and waits for all of them.",
)
.takes(&[required("functions", "(fun(): any)[]").doc("A list, of at most 100 functions.")])
.returns(&[returned(
    "any...",
    "The first result of each, in their order.",
)])
.waits()
.fails("An error of one function ends the others and is raised.")
.example(include_str!("examples/parallel.lua"));

/// The function `parallel`. Each function's first result comes back, in order; each draws from a random stream of its own.
///
/// # Errors
/// When Lua has no memory left.
pub fn function(lua: &Lua) -> mlua::Result<Function> {
    let protected = ProtectedCall::new(lua)?;
    let parallel = signature::waiting(lua, &PARALLEL, move |lua, functions: Value| {
        let prepared = prepare(&functions);
        let protected = protected.clone();
        async move {
            let (context, functions) = prepared?;
            match join(&lua, &context, &protected, functions).await? {
                Ok(results) => Ok(MultiValue::from_iter(results)),
                Err(raised) => Ok(natives::thrown(raised)),
            }
        }
    })?;
    natives::throwing(lua, &parallel)
}

fn prepare(functions: &Value) -> mlua::Result<(Rc<Context>, Vec<Function>)> {
    let context = scope::need_waiting("parallel")?;
    let functions = argument::table("parallel", "list", functions)?;
    if context.depth >= DEPTH {
        return Err(mlua::Error::runtime(format!(
            "parallel: nested more than {DEPTH} deep"
        )));
    }
    let mut list = Vec::new();
    for (index, value) in functions.sequence_values::<Value>().enumerate() {
        match value? {
            Value::Function(function) => list.push(function),
            other => {
                return Err(mlua::Error::runtime(format!(
                    "parallel: item {} is {}, not a function; write parallel {{ function() ... \
                     end, ... }}",
                    index + 1,
                    argument::kind(&other)
                )));
            }
        }
    }
    functions.for_each(|key: Value, _: Value| match key {
        Value::Integer(place)
            if usize::try_from(place).is_ok_and(|at| (1..=list.len()).contains(&at)) =>
        {
            Ok(())
        }
        other => Err(mlua::Error::runtime(format!(
            "parallel: '{}' is not a list index; write parallel {{ function() ... end, ... }}",
            other.to_string().unwrap_or_default()
        ))),
    })?;
    if list.len() > MOST {
        return Err(mlua::Error::runtime(format!(
            "parallel: {} functions at once; at most {MOST}",
            list.len()
        )));
    }
    Ok((context, list))
}

async fn join(
    lua: &Lua,
    context: &Rc<Context>,
    protected: &ProtectedCall,
    functions: Vec<Function>,
) -> mlua::Result<Result<Vec<Value>, Value>> {
    let mut branches: Vec<Option<Branch>> = functions
        .into_iter()
        .map(|function| {
            let (call, arguments) = protected.around(function);
            let call = Box::pin(call.call_async::<MultiValue>(arguments));
            Some(Box::pin(Scope::new(lua, context.branch(), call)) as Branch)
        })
        .collect();
    let mut results = vec![Value::Nil; branches.len()];
    let raised = poll_fn(|cx| {
        let mut open = false;
        for (slot, result) in branches.iter_mut().zip(&mut results) {
            let Some(branch) = slot else { continue };
            match branch.as_mut().poll(cx) {
                Poll::Pending => open = true,
                Poll::Ready(Ended::Done(Ok(values))) => match ProtectedCall::sort(values) {
                    Ok(Ok(values)) => {
                        *result = values.into_iter().next().unwrap_or(Value::Nil);
                        *slot = None;
                    }
                    Ok(Err(raised)) => return Poll::Ready(Ok(Some(raised))),
                    Err(error) => return Poll::Ready(Err(error)),
                },
                Poll::Ready(Ended::Done(Err(error))) => return Poll::Ready(Err(error)),
                // The whole step is taken away at the end of this poll, in both cases.
                Poll::Ready(Ended::Overrun(place)) => {
                    cpu_budget::overrun(place);
                    return Poll::Pending;
                }
                Poll::Ready(Ended::Left) => return Poll::Pending,
            }
        }
        if open {
            Poll::Pending
        } else {
            Poll::Ready(Ok(None))
        }
    })
    .await?;
    Ok(raised.map_or(Ok(results), Err))
}
