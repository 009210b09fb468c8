//! What changes a run: each needs its token, reads its body, gives one command and waits for the answer.

use axum::Json;
use axum::extract::{Request, State};
use serde_json::Value;

use super::settings;
use crate::engine::{Answer, Command};
use crate::metrics::Phase;
use crate::plan::Fault;
use crate::web::control::Obeyed;
use crate::web::problem::Problem;
use crate::web::request_body as body;
use crate::web::server::guard;
use crate::web::server::state::Site;

type Told = Result<Json<Obeyed>, Problem>;

pub(super) async fn set(State(site): State<Site>, request: Request) -> Told {
    let control = guard::commander(&site, &request)?;
    let by = guard::client(request.headers());
    let object = body::object(request, control.patience()).await?;
    let change = settings::change(object.unwrap_or_default()).map_err(Problem::invalid)?;
    obeyed(
        control
            .ask(by, |answer| Command::Set(change, answer))
            .await?
            .0,
    )
}

pub(super) async fn pause(State(site): State<Site>, request: Request) -> Told {
    give(&site, request, Command::Pause).await
}

pub(super) async fn resume(State(site): State<Site>, request: Request) -> Told {
    give(&site, request, Command::Resume).await
}

pub(super) async fn reload(State(site): State<Site>, request: Request) -> Told {
    give(&site, request, Command::Reload).await
}

pub(super) async fn promote(State(site): State<Site>, request: Request) -> Told {
    give(&site, request, Command::Promote).await
}

pub(super) async fn rollback(State(site): State<Site>, request: Request) -> Told {
    let control = guard::commander(&site, &request)?;
    let by = guard::client(request.headers());
    let object = body::object(request, control.patience()).await?;
    let kind = type_of(object.unwrap_or_default()).map_err(Problem::invalid)?;
    obeyed(
        control
            .ask(by, |answer| Command::Rollback(kind, answer))
            .await?
            .0,
    )
}

/// A stop has no answer of the run's: that it goes on ending can be watched.
pub(super) async fn stop(State(site): State<Site>, request: Request) -> Told {
    let control = guard::commander(&site, &request)?;
    let by = guard::client(request.headers());
    body::nothing(request, control.patience()).await?;
    match site.snapshot().phase {
        Phase::Done => Err(Problem::over()),
        Phase::Stopping | Phase::Cleaning => obeyed("the run is ending already"),
        Phase::Starting | Phase::Running | Phase::Paused => {
            control.tell(Command::Stop(by))?;
            obeyed("the run ends: users finish their request and leave")
        }
    }
}

/// A command that says all by its name.
async fn give(site: &Site, request: Request, command: fn(Answer) -> Command) -> Told {
    let control = guard::commander(site, &request)?;
    let by = guard::client(request.headers());
    body::nothing(request, control.patience()).await?;
    obeyed(control.ask(by, command).await?.0)
}

fn obeyed(done: impl Into<String>) -> Told {
    Ok(Json(Obeyed { done: done.into() }))
}

/// The type to roll back; none is all that the last release changed.
fn type_of(object: body::Object) -> Result<Option<String>, Vec<Fault>> {
    let mut kind = None;
    let mut faults = Vec::new();
    for (key, value) in object {
        match (key.as_str(), value) {
            ("type", Value::String(name)) if !name.is_empty() => kind = Some(name),
            ("type", value) => faults.push(Fault::new(
                format!("type {value}"),
                "is not the name of a type",
                "give one such as \"active\", or leave it out for all that changed last",
            )),
            _ => faults.push(body::unknown(&key, &["type"])),
        }
    }
    if faults.is_empty() {
        Ok(kind)
    } else {
        Err(faults)
    }
}
