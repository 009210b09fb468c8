//! HTTP Archives, as browsers, proxies and k6 Studio record them.
//!
//! In: the text of a HAR file. Out: one type, whose steps are the pages. Must never know other formats.

mod document;
mod kinds;
mod pages;
mod requests;

use std::io::BufRead;

use super::{Import, ImportError, Note, Wanted};

/// Most requests in a script: a reader loses the thread long before.
const MOST_REQUESTS: usize = 1000;

/// Reads a recording.
///
/// # Errors
/// When it is no HAR, ends too early, or has nothing that can be sent.
pub fn read(file: &mut dyn BufRead, wanted: &Wanted) -> Result<Import, ImportError> {
    let mut recording = document::read(file)?;
    let mut notes = std::mem::take(&mut recording.notes);
    let mut kept = kinds::kept(&recording.exchanges, &mut notes);
    if kept.exchanges.is_empty() {
        return Err(ImportError::new(
            format!(
                "has no request of a page or an API among its {} entries",
                recording.exchanges.len()
            ),
            "record again with the network tab open before the page loads, and export all entries",
        ));
    }
    if kept.exchanges.len() > MOST_REQUESTS {
        notes.push(Note {
            place: None,
            words: format!(
                "the first {MOST_REQUESTS} of {} requests were taken; record shorter ways of users",
                kept.exchanges.len()
            ),
        });
        kept.exchanges.truncate(MOST_REQUESTS);
    }
    let behaviour = pages::behaviour(&kept, &recording.titles, wanted, &mut notes);
    Ok(Import {
        base_url: Some(kept.base_url),
        behaviours: vec![behaviour],
        notes,
        ..Import::default()
    })
}
