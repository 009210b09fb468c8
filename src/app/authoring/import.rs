//! Reads what `--from` names, and tells what became of it.

use std::fmt::Write as _;
use std::io::BufRead as _;
use std::path::Path;

use crate::app::document_source::{self, Source};
use crate::app::process::exit::Failure;
use crate::cli::{ImportSource, SourcePlace};
use crate::http::Settings;
use crate::import::{self, Format, Import, ImportError, Name, Shape, Wanted};
use crate::text;

/// Longest answer of a URL, in bytes.
const LONGEST_ANSWER: usize = 256 * 1024 * 1024;
/// Most notes that are shown.
const MOST_NOTES: usize = 20;

/// Reads the import; `name` is that of the type.
///
/// # Errors
/// When it cannot be read, is of no known format, or has a fault, each with its place.
pub(super) fn read(asked: &ImportSource, name: &str) -> Result<Import, Failure> {
    let (mut file, source) = open(asked)?;
    let format = format(asked, &mut file, &source)?;
    let wanted = Wanted {
        name: Name::of_type(name),
        source,
        tags: asked.tags.clone(),
        operations: asked.operations.clone(),
        mistakes: asked.mistakes,
        log: asked.log.clone(),
    };
    import::read(format, &mut *file, &wanted).map_err(|fault| refused(asked, &fault))
}

/// Opens an access log, and says what it looks like.
///
/// # Errors
/// When it cannot be read, or is no log.
pub fn open_log(asked: &ImportSource) -> Result<(Source, Shape), Failure> {
    let (mut file, source) = open(asked)?;
    match format(asked, &mut file, &source)? {
        Format::Combined => Ok((file, Shape::Combined)),
        Format::Json => Ok((file, Shape::Json)),
        other => {
            let what = format!("is no access log, but {}", other.word());
            let remedy = "give a log, or make a behaviour of it with throng new NAME --from";
            Err(refused(asked, &ImportError::new(what, remedy)))
        }
    }
}

/// The file, and what it is called.
fn open(asked: &ImportSource) -> Result<(Source, String), Failure> {
    match &asked.place {
        SourcePlace::File(path) => {
            let name = path.file_name().unwrap_or(path.as_os_str());
            let file = document_source::open(path).map_err(|why| unread(asked, &why))?;
            Ok((file, name.to_string_lossy().into_owned()))
        }
        SourcePlace::Url(url) => {
            let settings = Settings::default();
            let page = document_source::fetch(url, &settings, LONGEST_ANSWER);
            Ok((page.map_err(|why| unread(asked, &why))?, shown(url)))
        }
    }
}

/// What the file is: as it was said, or as it looks like.
fn format(asked: &ImportSource, file: &mut Source, name: &str) -> Result<Format, Failure> {
    if let Some(format) = asked.format {
        return Ok(format);
    }
    let head = file.fill_buf().map_err(|why| {
        let why = format!("cannot be read: {why}");
        refused(asked, &ImportError::new(why, "see that the file is whole"))
    })?;
    Format::detect(head, name).ok_or_else(|| refused(asked, &unknown(head)))
}

/// What `--from` names.
fn place(asked: &ImportSource) -> String {
    let place = match &asked.place {
        SourcePlace::File(path) => path.display().to_string(),
        SourcePlace::Url(url) => shown(url),
    };
    text::line(&place).into_owned()
}

/// Why there is no file.
fn unread(asked: &ImportSource, why: &str) -> Failure {
    Failure::Usage(format!("--from {}: {}", place(asked), text::line(why)))
}

/// A fault of the file, with its place in it.
pub fn refused(asked: &ImportSource, fault: &ImportError) -> Failure {
    let place = place(asked);
    let at = fault.place.as_ref().map(|at| format!(":{at}"));
    let at = at.unwrap_or_default();
    Failure::Usage(format!("{place}{at}: {}; {}", fault.what, fault.remedy))
}

fn unknown(head: &[u8]) -> ImportError {
    let words = Format::ALL.map(Format::word).join(", ");
    let remedy = format!("say what it is with --format: {words}");
    match head.is_empty() {
        true => ImportError::new("is empty", "give a recording"),
        false => ImportError::new("is of no format that throng knows", remedy),
    }
}

/// A URL without its credentials.
fn shown(url: &url::Url) -> String {
    let mut url = url.clone();
    let _ = url.set_password(None);
    let _ = url.set_username("");
    url.to_string()
}

/// What the reader should know, one line each.
pub(super) fn notes(import: &Import) -> String {
    let mut to = String::new();
    for note in import.notes.iter().take(MOST_NOTES) {
        let place = note.place.as_ref().map(|place| format!("{place}: "));
        let line = format!("{}{}", place.unwrap_or_default(), note.words);
        let _ = writeln!(to, "note: {}", text::line(&line));
    }
    let more = import.notes.len().saturating_sub(MOST_NOTES);
    if more > 0 {
        let _ = writeln!(to, "note: {more} more");
    }
    to
}

/// The name of a type that a file suggests, for a project that begins with it.
pub(super) fn type_name(asked: &ImportSource) -> Name {
    let stem = match &asked.place {
        SourcePlace::File(path) => path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned()),
        SourcePlace::Url(url) => {
            let last = url.path_segments().and_then(|mut parts| parts.next_back());
            last.and_then(|last| Path::new(last).file_stem())
                .map(|stem| stem.to_string_lossy().into_owned())
        }
    };
    Name::of(&stem.unwrap_or_default(), "visitor")
}
