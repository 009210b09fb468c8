use std::io::{BufRead, Read};

use super::{Import, ImportError, Shape, Wanted, har, log, openapi, postman};
use throng_openapi::MAX_DOCUMENT_BYTES;

/// What the beginning of a file has to show, to tell its format.
pub const HEAD: usize = 16 * 1024;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A recording of a browser: HTTP Archive 1.1 or 1.2.
    Har,
    /// A description of an API: OpenAPI 3.0 or 3.1, JSON or YAML.
    OpenApi,
    /// A collection of Postman, 2.0 or 2.1.
    Postman,
    /// An access log as Apache and nginx write it.
    Combined,
    /// An access log of a JSON object a line.
    Json,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Har,
        Self::OpenApi,
        Self::Postman,
        Self::Combined,
        Self::Json,
    ];

    /// The word for it on a command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Har => "har",
            Self::OpenApi => "openapi",
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
        // Where its first fields are shown; JSON may have them anywhere.
        let is_said = |word: &str| {
            text.contains(&format!("\"{word}\""))
                || text
                    .lines()
                    .any(|line| line.starts_with(&format!("{word}:")))
        };
        let ends = [".yaml", ".yml"];
        let name = name.to_ascii_lowercase();
        let is_yaml = ends.iter().any(|end| name.ends_with(end));
        if is_said("openapi") || is_said("swagger") || is_yaml || name.contains("openapi") {
            return Some(Self::OpenApi);
        }
        let is_named_har = name.ends_with(".har");
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
        Format::OpenApi => openapi::read(&document(file)?, wanted),
        Format::Postman => postman::read(file, wanted),
        Format::Combined => log::read(file, Shape::Combined, wanted),
        Format::Json => log::read(file, Shape::Json, wanted),
    }
}

/// All of a document, which is held in memory.
fn document(file: &mut dyn BufRead) -> Result<String, ImportError> {
    let mut bytes = Vec::new();
    let most = MAX_DOCUMENT_BYTES as u64;
    let read = Read::take(&mut *file, most + 1).read_to_end(&mut bytes);
    read.map_err(|why| ImportError::new(format!("cannot be read: {why}"), "give another file"))?;
    if bytes.len() > MAX_DOCUMENT_BYTES {
        let what = format!("is longer than {} MiB", MAX_DOCUMENT_BYTES >> 20);
        return Err(ImportError::new(
            what,
            "give a document of the operations that are needed",
        ));
    }
    String::from_utf8(bytes).map_err(|why| {
        let at = why.utf8_error().valid_up_to() + 1;
        ImportError::new(
            format!("is not UTF-8: byte {at} is none of it"),
            "give it in UTF-8",
        )
    })
}
