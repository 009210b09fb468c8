//! HTTP Archives, as browsers, proxies and k6 Studio record them.
//!
//! In: the text of a HAR file. Out: one type, whose steps are the pages. Must never know other formats.

mod document;
mod kinds;
mod pages;
mod requests;

use std::io::BufRead;

use super::correlate::correlate;
use super::login;
use super::name::Names;
use super::{Action, Auth, Import, ImportError, Note, Request, Wanted};
use kinds::Kept;
use pages::Ways;

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
    let ways = ways(&kept);
    let behaviour = pages::behaviour(&kept, ways, &recording.titles, wanted);
    Ok(Import {
        base_url: Some(kept.base_url),
        behaviours: vec![behaviour],
        notes,
        ..Import::default()
    })
}

/// What each exchange becomes: the account of the run, tokens in `auth`, and variables in the place of values that an
/// answer had before.
fn ways(kept: &Kept<'_>) -> Ways {
    let exchanges = &kept.exchanges;
    let mut requests: Vec<Option<Request>> = exchanges
        .iter()
        .map(|exchange| Some(requests::request(exchange, &kept.base_url)))
        .collect();
    for request in requests.iter_mut().flatten() {
        login::replace_account(request);
        login::replace_keys(request);
    }
    let mut others: Vec<Option<Action>> = vec![None; requests.len()];
    let auth = match login::login(exchanges, &requests, &kept.base_url) {
        Some((place, mut call)) => {
            requests[place] = None;
            others[place] = Some(Action::Login);
            login::take_over(&mut call, place, &mut requests, &mut others);
            Auth::Login(call)
        }
        None => login::sent(exchanges),
    };
    // `last_step` is the writer's own.
    correlate(exchanges, &mut requests, &mut Names::with(&["last_step"]));
    let actions = requests.into_iter().zip(others).map(|(request, other)| {
        let request = request.map(|request| Action::Request(Box::new(request)));
        request.or(other)
    });
    Ways {
        actions: actions.collect(),
        auth,
    }
}
