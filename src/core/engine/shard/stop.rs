//! A user that stops before a step, and does what is typed.

use std::pin::Pin;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::session_end::SessionEnd;
use super::state::ShardState;
use crate::engine::step_prompt::{Go, Place, Said, Stopped, Typed};
use crate::script::{Evaluated, ScriptUser};
use crate::session_trace::What;

/// A stop, in a box: those who never stop have no room for it in their tasks.
type StopFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Stops before the step with this number, if it is to. An error ends the session, as it was asked for at the prompt.
pub fn before_step<'a>(
    state: &'a ShardState,
    script_user: &'a ScriptUser,
    index: usize,
) -> Option<StopFuture<'a, Result<(), SessionEnd>>> {
    let name = script_user.vm.step_names.get(index)?;
    let stops = state.stops.before(name)?;
    let place = Place::BeforeStep(name.to_string());
    Some(Box::pin(async move {
        let go = stop(state, script_user, &stops, place).await;
        // The time at the prompt is part of no latency.
        let requester = &script_user.context.user.requester;
        requester.planned.set(Some(Instant::now()));
        match go {
            Go::Quit => Err(SessionEnd::Interrupted),
            Go::Step | Go::Continue => Ok(()),
        }
    }))
}

/// Stops after the session, if it stopped before its steps, so that what remains can be looked at.
pub fn after_session<'a>(
    state: &'a ShardState,
    script_user: &'a ScriptUser,
    end: &SessionEnd,
) -> Option<StopFuture<'a, ()>> {
    let stops = state.stops.after()?;
    let place = Place::SessionOver {
        result: end.as_str(),
        why: end.why().map(str::to_owned),
    };
    Some(Box::pin(async move {
        stop(state, script_user, &stops, place).await;
    }))
}

async fn stop(
    state: &ShardState,
    script_user: &ScriptUser,
    stops: &mpsc::UnboundedSender<Stopped>,
    place: Place,
) -> Go {
    let shutdown = &state.context.requests.shutdown;
    if shutdown.is_set() {
        return Go::Continue;
    }
    let requester = &script_user.context.user.requester;
    if let Some(recorder) = requester.recorder() {
        let before = match &place {
            Place::BeforeStep(name) => Some(requester.shared.run.secrets.text(name).into_owned()),
            Place::SessionOver { .. } => None,
        };
        recorder.add(What::Stopped { before });
    }
    let (lines, mut typed) = mpsc::unbounded_channel();
    if stops.send(Stopped { place, lines }).is_err() {
        return Go::Continue;
    }
    let go = loop {
        let typed = tokio::select! {
            typed = typed.recv() => typed,
            () = shutdown.wait() => None,
        };
        match typed {
            None => break Go::Continue,
            Some(Typed::Go(go)) => break go,
            Some(Typed::Lua(line, said)) => {
                let evaluated = script_user.evaluate(&line).await;
                record(script_user, &line, &evaluated);
                let answer = match evaluated {
                    Evaluated::Value(value) => Said::Value(value),
                    Evaluated::Incomplete => Said::Incomplete,
                    Evaluated::Error(why) => Said::Error(why),
                    Evaluated::Left => Said::Ending,
                };
                // Nobody waits where the prompt is gone.
                let _ = said.send(answer);
            }
        }
    };
    script_user.end_evaluation();
    state.stops.go(&go);
    go
}

/// Records what was typed, and what came of it.
fn record(script_user: &ScriptUser, line: &str, evaluated: &Evaluated) {
    let requester = &script_user.context.user.requester;
    let (said, failed) = match evaluated {
        Evaluated::Value(said) => (said.clone(), false),
        Evaluated::Error(why) => (Some(why.clone()), true),
        Evaluated::Incomplete | Evaluated::Left => return,
    };
    if let Some(recorder) = requester.recorder() {
        let line = requester.shared.run.secrets.text(line).into_owned();
        recorder.add(What::Typed { line, said, failed });
    }
}
