//! The page of a run as it was: one file with its data in it, which needs nobody to ask.
//!
//! In: the history of a run, its last view, and what masks secrets. Out: HTML.
//! Must never know: where it is written, and what is on it: it is the page with its data.

use std::borrow::Cow;
use std::io::{self, Read};

use flate2::read::GzDecoder;

use super::data::{failures, history, now};
use crate::view::{History, RunView};

/// The page around its data, its files in it: made by `build.rs`.
const BEFORE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/frozen-before.gz"));
const AFTER: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/frozen-after.gz"));
/// The page of a session's trace around its data.
const SESSION_BEFORE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/session-before.gz"));
const SESSION_AFTER: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/session-after.gz"));

/// The page of this run; `mask` replaces secrets in JSON.
///
/// # Errors
/// When what the program carries is damaged.
pub fn html(
    view: &RunView,
    history: &History,
    mask: &dyn Fn(&str) -> String,
) -> io::Result<String> {
    let data = format!(
        r#"{{"history":{},"now":{},"failures":{}}}"#,
        history::json(history),
        now::json(view, None),
        failures::json(view),
    );
    around((BEFORE, AFTER), &mask(&data))
}

/// The page of a session's trace, which is JSON.
///
/// # Errors
/// When what the program carries is damaged.
pub fn session(trace: &str) -> io::Result<String> {
    around((SESSION_BEFORE, SESSION_AFTER), trace)
}

fn around((before, after): (&[u8], &[u8]), data: &str) -> io::Result<String> {
    let mut page = unpacked(before)?;
    page.push_str(&in_script(data));
    page.push_str(&unpacked(after)?);
    Ok(page)
}

/// JSON as it may stand in an element: no text of a run ends that.
fn in_script(json: &str) -> Cow<'_, str> {
    match json.contains('<') {
        // Outside of texts JSON has none.
        true => json.replace('<', "\\u003c").into(),
        false => json.into(),
    }
}

fn unpacked(packed: &[u8]) -> io::Result<String> {
    let mut text = String::new();
    GzDecoder::new(packed).read_to_string(&mut text)?;
    Ok(text)
}
