use std::fmt;
use std::path::PathBuf;

/// A shorter token is soon guessed.
pub const SHORTEST_TOKEN: usize = 8;

/// The token as typed. It is a secret, which no message shows.
#[derive(Clone, PartialEq, Eq)]
pub enum TokenSource {
    /// The token itself, without a fault.
    Typed(String),
    /// The file that holds it.
    File(PathBuf),
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Typed(_) => f.write_str("Typed(***)"),
            Self::File(file) => f.debug_tuple("File").field(file).finish(),
        }
    }
}

/// What is wrong with a token, and what to do, without its text; `None` where it is fine.
pub fn token_fault(text: &str) -> Option<(String, &'static str)> {
    const REMEDY: &str = "give 8 or more letters, digits and signs, or @FILE to read them from a file; a run without one makes its own";
    if text.is_empty() {
        Some(("is empty".to_owned(), REMEDY))
    } else if text.len() < SHORTEST_TOKEN {
        let cause = format!("has {} characters, which are easily guessed", text.len());
        Some((cause, REMEDY))
    } else if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Some((
            "has a blank or a character that no HTTP header carries".to_owned(),
            REMEDY,
        ))
    } else {
        None
    }
}
