//! One user of the crowd: its session, as it happens.
//!
//! In: the number of a user or a type, with the run's token. Out: server-sent events, each an event of the session.
//! Must never know: how a session is recorded.

mod query;

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::engine::Command;
use crate::secrets::Masker;
use crate::session_trace::Event;
use crate::web::connection_activity::Activity;
use crate::web::control::{Access, source};
use crate::web::problem::Problem;
use crate::web::sse::{CONTENT_TYPE, EventStream, event};

/// Events that wait for a client that reads slowly; those after them are dropped and counted.
const WAITING: usize = 256;
/// After so long without an event a comment is sent, so that the client and what is in between see that the stream lives.
const KEEP_ALIVE: Duration = Duration::from_secs(5);
/// How long a client may take to read a frame.
const PATIENCE: Duration = Duration::from_secs(30);

/// `GET /api/v1/inspect`: what a user does from now on, until its session ends; or one of its last sessions.
pub async fn follow(
    State(access): State<Access>,
    State(secrets): State<Arc<Masker>>,
    Extension(activity): Extension<Arc<Activity>>,
    request: Request,
) -> Result<Response, Problem> {
    let control = access.command(&request)?;
    let (recorded, last) = query::recorded(request.uri())?;
    let by = source(request.headers());
    let (begun, events) = if let Some(number) = last {
        let (to, past) = oneshot::channel();
        let done = control.ask(by, |reply| {
            Command::LastSession(recorded, number, to, reply)
        });
        let done = done.await?.0;
        // It is there before the answer is.
        let (events, kept) = match past.await {
            Ok(past) => (past.events.to_vec(), past.kept),
            Err(_) => (Vec::new(), Vec::new()),
        };
        let begun = json!({ "done": done, "kept": kept, "number": number });
        (begun, all_of(events))
    } else {
        let (to, events) = mpsc::channel(WAITING);
        let done = control.ask(by, |reply| Command::Record(recorded, to, reply));
        (json!({ "done": done.await?.0 }), events)
    };
    // One frame waits: a client that does not read holds up its own stream, and the run goes on without it.
    let (frames, waiting) = mpsc::channel(1);
    let stream = EventStream::new(waiting, &activity);
    tokio::spawn(async move {
        if !send(&begun.to_string(), events, &secrets, &frames).await {
            activity.close_stalled();
        }
    });
    Ok(([(header::CONTENT_TYPE, CONTENT_TYPE)], Body::new(stream)).into_response())
}

/// Events that are there already.
fn all_of(events: Vec<Event>) -> mpsc::Receiver<Event> {
    let (to, waiting) = mpsc::channel(events.len().max(1));
    for event in events {
        // There is room for all of them.
        let _ = to.try_send(event);
    }
    waiting
}

/// Sends `begun` and events until the session is over or the client gone; whether the client read them.
async fn send(
    begun: &str,
    mut events: mpsc::Receiver<Event>,
    secrets: &Masker,
    frames: &mpsc::Sender<Bytes>,
) -> bool {
    let mut frame = event("begun", 0, &secrets.quoted(begun));
    let mut number = 0;
    loop {
        match timeout(PATIENCE, frames.send(frame)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return true,
            Err(_) => return false,
        }
        let heard = tokio::select! {
            heard = timeout(KEEP_ALIVE, events.recv()) => heard,
            () = frames.closed() => return true,
        };
        frame = match heard {
            Err(_) => Bytes::from_static(b": nothing new\n\n"),
            Ok(Some(one)) => {
                number += 1;
                // Plain data with keys of text always is JSON.
                let json = serde_json::to_string(&one).unwrap_or_default();
                event("session", number, &secrets.quoted(&json))
            }
            Ok(None) => {
                let _ = timeout(PATIENCE, frames.send(event("end", number, "{}"))).await;
                return true;
            }
        };
    }
}
