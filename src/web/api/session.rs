//! `POST /api/v1/session`: the code of `--open` in exchange for the token.

use std::time::Duration;

use axum::Json;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;

use crate::web::auth::Client;
use crate::web::control::Access;
use crate::web::problem::Problem;
use crate::web::request_body;
use crate::web::unmasked::Unmasked;

/// How long the body may take.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Serialize)]
struct Session<'a> {
    token: &'a str,
}

pub async fn session(State(access): State<Access>, request: Request) -> Result<Response, Problem> {
    let client = request.extensions().get::<Client>().copied();
    let object = request_body::object(request, PATIENCE).await?;
    let code = object.as_ref().and_then(|object| object.get("code"));
    let code = code.and_then(Value::as_str).unwrap_or_default();
    let token = access.exchange(client, code)?;
    let session = Session {
        token: token.reveal(),
    };
    let mut response = Json(session).into_response();
    response.extensions_mut().insert(Unmasked);
    Ok(response)
}
