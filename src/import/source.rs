use std::io::BufRead;

use super::{Import, ImportError, Wanted, har};

/// What the beginning of a file has to show, to tell its format.
pub const HEAD: usize = 16 * 1024;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A recording of a browser: HTTP Archive 1.1 or 1.2.
    Har,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 1] = [Self::Har];

    /// The word for it on a command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Har => "har",
        }
    }

    /// The format of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.word() == word)
    }

    /// The format that the beginning of a file shows; `name` is that of the file.
    pub fn detect(head: &[u8], name: &str) -> Option<Self> {
        let head = String::from_utf8_lossy(head);
        let text = head.trim_start_matches('\u{feff}').trim_start();
        let is_named_har = name.to_ascii_lowercase().ends_with(".har");
        if text.starts_with('{') && (is_named_har || text.contains("\"log\"")) {
            return Some(Self::Har);
        }
        None
    }
}

/// Reads a file.
///
/// # Errors
/// What is wrong in it, with its place.
pub fn read(
    format: Format,
    file: &mut dyn BufRead,
    wanted: &Wanted,
) -> Result<Import, ImportError> {
    match format {
        Format::Har => har::read(file, wanted),
    }
}
