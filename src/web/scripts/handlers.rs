use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::folders::{self, File, ScriptFolders, TEXT_LIMIT};
use crate::engine::Command;
use crate::secrets::Masker;
use crate::web::control::{Access, CommandResult, source};
use crate::web::problem::Problem;
use crate::web::request_body;

/// The folders of the run, if its scripts are not inside the program, and what no response shows.
#[derive(Clone)]
pub struct Scripts {
    folders: Option<Arc<ScriptFolders>>,
    secrets: Arc<Masker>,
}

impl Scripts {
    pub fn new(folders: Option<ScriptFolders>, secrets: Arc<Masker>) -> Self {
        Self {
            folders: folders.map(Arc::new),
            secrets,
        }
    }

    fn folders(&self) -> Result<&ScriptFolders, Problem> {
        self.folders.as_deref().ok_or_else(|| {
            Problem::new(
                StatusCode::NOT_FOUND,
                "the scripts of this run are inside the program; name a folder with --script-dir",
            )
        })
    }
}

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
    /// A digest of the text: a save names the text that was edited by it.
    pub fingerprint: String,
    /// Whether it may be written: not where a secret in it is masked, which would be lost.
    pub editable: bool,
}

pub async fn list(State(scripts): State<Scripts>) -> Result<Json<Files>, Problem> {
    let folders = scripts.folders()?;
    Ok(Json(Files {
        editable: folders.editable(),
        files: folders.files(),
    }))
}

pub async fn read(
    State(scripts): State<Scripts>,
    Path(path): Path<String>,
) -> Result<Json<Script>, Problem> {
    let folders = scripts.folders()?;
    let text = folders.read(&path)?;
    let masked = *scripts.secrets.text(&text) != *text;
    Ok(Json(Script {
        fingerprint: folders::fingerprint(&text),
        editable: folders.editable() && !masked,
        path,
        text,
    }))
}

/// Saves a file and has it read at once: the response says what became of it.
pub async fn save(
    State(access): State<Access>,
    State(scripts): State<Scripts>,
    Path(path): Path<String>,
    request: Request,
) -> Result<Json<CommandResult>, Problem> {
    let control = access.command(&request)?;
    let by = source(request.headers());
    let folders = scripts.folders()?;
    if !folders.editable() {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "scripts cannot be written from here: begin the run with --edit to allow it",
        ));
    }
    let limit = 2 * TEXT_LIMIT;
    let said = request_body::object_within(limit, request, control.timeout()).await?;
    let (text, was) = words(said.unwrap_or_default())?;
    folders.write(&path, &text, &was)?;
    let answer = control
        .ask(by, |answer| Command::Edited(path.clone(), answer))
        .await;
    let done = answer.map_err(|problem| {
        let problem = problem.after(&format!("{path} is saved, but "));
        problem.of_other_files_than(&path)
    })?;
    Ok(Json(CommandResult { done: done.0 }))
}

fn words(mut said: request_body::Object) -> Result<(String, String), Problem> {
    let mut take = |key: &str| match said.remove(key) {
        Some(serde_json::Value::String(text)) => Ok(text),
        _ => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            format!(
                "{key:?} is missing: give the new text as \"text\", and the \"fingerprint\" of the text that was edited"
            ),
        )),
    };
    Ok((take("text")?, take("fingerprint")?))
}
