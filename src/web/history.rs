//! The history of runs, for the page and for programs.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

use super::problem::Problem;
use crate::history::compare::{Comparison, compare};
use crate::history::{HistoryError, PATIENCE, Record, Store, find_kept};

/// Runs that are listed where no other number is asked for, and at most.
const LISTED: u32 = 100;
const MOST_LISTED: u32 = 1_000;

/// The folder of the history, if runs are kept. Its file is read on threads of its own, for one client at a time.
#[derive(Clone)]
pub struct History {
    folder: Option<Arc<PathBuf>>,
    turns: Arc<Semaphore>,
}

/// `GET /api/v1/runs`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Runs {
    /// The newest first.
    pub runs: Vec<Record>,
}

/// What is asked of the list.
#[derive(Debug, Deserialize)]
pub struct Listed {
    limit: Option<u32>,
}

/// Which runs are compared: ids, beginnings of them, `last` or `last~N`.
#[derive(Debug, Deserialize)]
pub struct Compared {
    a: String,
    b: String,
}

impl History {
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self {
            folder: folder.map(Arc::new),
            turns: Arc::new(Semaphore::new(1)),
        }
    }

    /// Reads the history, off the thread that answers.
    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Store) -> Result<T, HistoryError> + Send + 'static,
    ) -> Result<T, Problem> {
        let nothing = || Problem::new(StatusCode::NOT_FOUND, "no runs are kept here");
        let folder = self.folder.clone().ok_or_else(nothing)?;
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let store = Store::read(&folder, PATIENCE)?;
            store.as_ref().map(read).transpose()
        });
        match done.await {
            Ok(Ok(Some(read))) => Ok(read),
            Ok(Ok(None)) => Err(nothing()),
            Ok(Err(HistoryError::Unknown(words))) => {
                Err(Problem::new(StatusCode::NOT_FOUND, words))
            }
            Ok(Err(why)) => Err(broken(&why)),
            Err(why) => Err(broken(&why)),
        }
    }
}

fn broken(why: &dyn std::fmt::Display) -> Problem {
    let error = format!("the history cannot be read: {why}");
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error)
}

pub async fn runs(
    State(history): State<History>,
    Query(asked): Query<Listed>,
) -> Result<Json<Runs>, Problem> {
    let most = asked.limit.unwrap_or(LISTED).min(MOST_LISTED);
    let runs = history.read(move |store| store.runs(Some(most))).await?;
    let runs = runs.into_iter().map(|(_, record)| record).collect();
    Ok(Json(Runs { runs }))
}

pub async fn comparison(
    State(history): State<History>,
    Query(asked): Query<Compared>,
) -> Result<Json<Comparison>, Problem> {
    let compared = history.read(move |store| {
        let run = |words: &str| store.run(find_kept(words, store)?);
        Ok(compare(&run(&asked.a)?, &run(&asked.b)?))
    });
    compared.await.map(Json)
}
