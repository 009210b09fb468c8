use std::io::BufRead;

use super::{Import, ImportError, Shape, Wanted, har, log, postman};

/// What the beginning of a file has to show, to tell its format.
pub const HEAD: usize = 16 * 1024;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A recording of a browser: HTTP Archive 1.1 or 1.2.
    Har,
    /// A collection of Postman, 2.0 or 2.1.
    Postman,
    /// An access log as Apache and nginx write it.
    Combined,
    /// An access log of a JSON object a line.
    Json,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Har, Self::Postman, Self::Combined, Self::Json];

    /// The word for it on a command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Har => "har",
            Self::Postman => "postman",
            Self::Combined => "combined",
            Self::Json => "json",
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
        let is_collection = text.contains("getpostman.com") || text.contains("\"_postman_id\"");
        if text.starts_with('{') && is_collection {
            return Some(Self::Postman);
        }
        let line = text.lines().next().unwrap_or_default().trim();
        let is_whole = serde_json::from_str::<serde_json::Map<_, _>>(line).is_ok();
        if is_whole && line.len() > 2 {
            return Some(Self::Json);
        }
        let is_combined = line.contains('[') && line.contains("] \"");
        is_combined.then_some(Self::Combined)
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
        Format::Postman => postman::read(file, wanted),
        Format::Combined => log::read(file, Shape::Combined, wanted),
        Format::Json => log::read(file, Shape::Json, wanted),
    }
}
