//! A run as a file of its own, for another machine: JSON, which any program reads.

use serde::{Deserialize, Serialize};

use super::error::HistoryError;
use super::model::RecordedRun;

/// What such a file says of itself.
const FORMAT: &str = "throng-run";
/// The version of its form.
const VERSION: u64 = 1;

#[derive(Serialize)]
struct Written<'a> {
    format: &'a str,
    form: u64,
    #[serde(flatten)]
    run: &'a RecordedRun,
}

#[derive(Deserialize)]
struct Head {
    format: Option<String>,
    form: Option<u64>,
    run: Option<SummaryRun>,
}

/// `run` of a summary.
#[derive(Deserialize)]
struct SummaryRun {
    id: String,
}

/// What a file holds.
pub enum Content {
    Run(Box<RecordedRun>),
    /// A summary, which has no blocks: the run of this id may be in the history.
    Summary(String),
}

/// The text of a run's file.
pub fn write(run: &RecordedRun) -> String {
    let written = Written {
        format: FORMAT,
        form: VERSION,
        run,
    };
    // Plain data with keys of text always is JSON.
    serde_json::to_string(&written).unwrap_or_default()
}

/// Reads a file's text; `named` is how messages call it.
///
/// # Errors
/// When it is neither a run nor a summary, or that of a newer throng.
pub fn read(named: &str, text: &str) -> Result<Content, HistoryError> {
    let unknown = |words: String| HistoryError::Unknown(format!("{named}: {words}"));
    let head: Head = serde_json::from_str(text).map_err(|why| {
        unknown(format!(
            "is not the JSON of a run: {why}; throng show ID --export FILE writes one"
        ))
    })?;
    match (head.format.as_deref(), head.form, head.run) {
        (Some(FORMAT), Some(form), _) if form > VERSION => Err(unknown(format!(
            "was written by a newer throng: its form is {form}, this throng reads up to {VERSION}; use that throng"
        ))),
        (Some(FORMAT), Some(_), _) => serde_json::from_str(text)
            .map(|run| Content::Run(Box::new(run)))
            .map_err(|why| unknown(format!("is damaged: {why}"))),
        (_, _, Some(run)) => Ok(Content::Summary(run.id)),
        _ => Err(unknown(
            "is not a run; throng show ID --export FILE writes one".to_owned(),
        )),
    }
}
