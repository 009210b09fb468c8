//! The files of the script folders, to be looked at and, when the run allows it, edited.

mod folders;

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::control::Obeyed;
use super::problem::Problem;
use super::request_body as body;
use super::server::guard;
use super::server::state::Site;
use crate::engine::Command;

pub use folders::{File, Shelf, TEXT_LIMIT};

/// `GET /api/v1/scripts`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Files {
    /// Whether they may be written.
    pub editable: bool,
    pub files: Vec<File>,
}

/// `GET /api/v1/scripts/{path}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    pub path: String,
    pub text: String,
    /// Tells this text from any other: who saves says which one was edited.
    pub print: String,
    /// Whether it may be written: not where a secret in it is masked, which would be lost.
    pub editable: bool,
}

pub(super) async fn list(State(site): State<Site>) -> Result<Json<Files>, Problem> {
    let shelf = shelf(&site)?;
    Ok(Json(Files {
        editable: shelf.editable(),
        files: shelf.files(),
    }))
}

pub(super) async fn read(
    State(site): State<Site>,
    Path(path): Path<String>,
) -> Result<Json<Script>, Problem> {
    let shelf = shelf(&site)?;
    let text = shelf.read(&path)?;
    let masked = *site.secrets.text(&text) != *text;
    Ok(Json(Script {
        print: folders::print(&text),
        editable: shelf.editable() && !masked,
        path,
        text,
    }))
}

/// Saves a file and has it read at once: the answer says what became of it.
pub(super) async fn save(
    State(site): State<Site>,
    Path(path): Path<String>,
    request: Request,
) -> Result<Json<Obeyed>, Problem> {
    let control = guard::commander(&site, &request)?;
    let by = guard::client(request.headers());
    let shelf = shelf(&site)?;
    if !shelf.editable() {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "scripts cannot be written from here: begin the run with --edit to allow it",
        ));
    }
    let limit = 2 * TEXT_LIMIT;
    let said = body::object_within(limit, request, control.patience()).await?;
    let (text, was) = words(said.unwrap_or_default())?;
    shelf.write(&path, &text, &was)?;
    let answer = control
        .ask(by, |answer| Command::Edited(path.clone(), answer))
        .await;
    let done = answer.map_err(|problem| {
        let problem = problem.after(&format!("{path} is saved, but "));
        problem.of_other_files_than(&path)
    })?;
    Ok(Json(Obeyed { done: done.0 }))
}

fn words(mut said: body::Object) -> Result<(String, String), Problem> {
    let mut take = |key: &str| match said.remove(key) {
        Some(serde_json::Value::String(text)) => Ok(text),
        _ => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            format!(
                "{key:?} is missing: give the new text as \"text\", and the \"print\" of the text that was edited"
            ),
        )),
    };
    Ok((take("text")?, take("print")?))
}

fn shelf(site: &Site) -> Result<&Arc<Shelf>, Problem> {
    site.shelf.as_ref().ok_or_else(|| {
        Problem::new(
            StatusCode::NOT_FOUND,
            "the scripts of this run are inside the program; name a folder with --script-dir",
        )
    })
}
