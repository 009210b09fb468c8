use std::path::PathBuf;

use crate::cli::faults::Faults;
use crate::cli::token::{TokenSource, token_fault};

/// The token, typed or in a file; what the file holds, only its reader knows.
pub(super) fn token(text: Option<&str>, faults: &mut Faults<'_>) -> Option<TokenSource> {
    let text = text?;
    match text.strip_prefix('@') {
        Some("") => faults.push(
            "--token @",
            "names no file",
            "give the path of a file after the @",
        ),
        Some(file) => return Some(TokenSource::File(PathBuf::from(file))),
        None => match token_fault(text) {
            // A token that is wrong is a secret all the same.
            Some((cause, remedy)) => faults.push("--token ...", cause, remedy),
            None => return Some(TokenSource::Typed(text.to_owned())),
        },
    }
    None
}
