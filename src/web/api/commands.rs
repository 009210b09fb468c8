//! What changes a run: each needs its token, reads its body, gives one command and waits for the answer.

use axum::Json;
use axum::extract::{Request, State};
use serde_json::Value;

use super::{incident as body_of_incident, settings};
use crate::engine::{Command, CommandReply};
use crate::plan::Fault;
use crate::view::{Phase, Views};
use crate::web::control::{Access, CommandResult, source};
use crate::web::problem::Problem;
use crate::web::request_body;

type Response = Result<Json<CommandResult>, Problem>;

pub async fn set(State(access): State<Access>, request: Request) -> Response {
    let control = access.command(&request)?;
    let by = source(request.headers());
    let object = request_body::object(request, control.timeout()).await?;
    let change = settings::change(object.unwrap_or_default()).map_err(Problem::invalid)?;
    done(
        control
            .ask(by, |answer| Command::Set(change, answer))
            .await?
            .0,
    )
}

pub async fn pause(State(access): State<Access>, request: Request) -> Response {
    simple(&access, request, Command::Pause).await
}

pub async fn resume(State(access): State<Access>, request: Request) -> Response {
    simple(&access, request, Command::Resume).await
}

pub async fn reload(State(access): State<Access>, request: Request) -> Response {
    simple(&access, request, Command::Reload).await
}

pub async fn promote(State(access): State<Access>, request: Request) -> Response {
    simple(&access, request, Command::Promote).await
}

pub async fn incident(State(access): State<Access>, request: Request) -> Response {
    let control = access.command(&request)?;
    let by = source(request.headers());
    let object = request_body::object(request, control.timeout()).await?;
    let command =
        body_of_incident::command(object.unwrap_or_default()).map_err(Problem::invalid)?;
    done(
        control
            .ask(by, |answer| Command::Incident(command, answer))
            .await?
            .0,
    )
}

pub async fn rollback(State(access): State<Access>, request: Request) -> Response {
    let control = access.command(&request)?;
    let by = source(request.headers());
    let object = request_body::object(request, control.timeout()).await?;
    let kind = type_of(object.unwrap_or_default()).map_err(Problem::invalid)?;
    done(
        control
            .ask(by, |answer| Command::Rollback(kind, answer))
            .await?
            .0,
    )
}

/// The run gives a stop no answer: its phase tells how far it is.
pub async fn stop(
    State(access): State<Access>,
    State(mut views): State<Views>,
    request: Request,
) -> Response {
    let control = access.command(&request)?;
    let by = source(request.headers());
    request_body::nothing(request, control.timeout()).await?;
    match views.latest().live.phase {
        Phase::Done => Err(Problem::run_over()),
        Phase::Stopping | Phase::Cleaning => done("the run is ending already"),
        Phase::Starting | Phase::Running | Phase::Paused => {
            control.send(Command::Stop(by))?;
            done("the run ends: users finish their requests and stop")
        }
    }
}

/// A command without parameters.
async fn simple(
    access: &Access,
    request: Request,
    command: fn(CommandReply) -> Command,
) -> Response {
    let control = access.command(&request)?;
    let by = source(request.headers());
    request_body::nothing(request, control.timeout()).await?;
    done(control.ask(by, command).await?.0)
}

fn done(done: impl Into<String>) -> Response {
    Ok(Json(CommandResult { done: done.into() }))
}

/// The type to roll back; none is all that the last release changed.
fn type_of(object: request_body::Object) -> Result<Option<String>, Vec<Fault>> {
    let mut kind = None;
    let mut faults = Vec::new();
    for (key, value) in object {
        match (key.as_str(), value) {
            ("type", Value::String(name)) if !name.is_empty() => kind = Some(name),
            ("type", value) => faults.push(Fault::new(
                format!("type {value}"),
                "is not a valid type name",
                "give one such as \"active\", or leave it out for all that changed last",
            )),
            _ => faults.push(request_body::unknown(&key, &["type"])),
        }
    }
    if faults.is_empty() {
        Ok(kind)
    } else {
        Err(faults)
    }
}
