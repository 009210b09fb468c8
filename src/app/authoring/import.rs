//! Reads what `--from` names, and tells what became of it.

use std::fmt::Write as _;
use std::io::BufRead as _;
use std::path::Path;

use super::source;
use crate::app::process::exit::Failure;
use crate::cli::{ImportSource, SourcePlace};
use crate::import::{self, Format, Import, ImportError, Name, Wanted};
use crate::text;

/// Most notes that are shown.
const MOST_NOTES: usize = 20;

/// Reads the import; `name` is that of the type.
///
/// # Errors
/// When it cannot be read, is of no known format, or has a fault, each with its place.
pub(super) fn read(asked: &ImportSource, name: &str) -> Result<Import, Failure> {
    let (mut file, source) = match &asked.place {
        SourcePlace::File(path) => {
            let name = path.file_name().unwrap_or(path.as_os_str());
            (source::open(path)?, name.to_string_lossy().into_owned())
        }
        SourcePlace::Url(url) => (source::fetch(url)?, shown(url)),
    };
    let place = match &asked.place {
        SourcePlace::File(path) => path.display().to_string(),
        SourcePlace::Url(url) => shown(url),
    };
    let place = text::line(&place).into_owned();
    let refused = |fault: ImportError| {
        let at = fault.place.as_ref().map(|at| format!(":{at}"));
        let at = at.unwrap_or_default();
        Failure::Usage(format!("{place}{at}: {}; {}", fault.what, fault.remedy))
    };
    let format = match asked.format {
        Some(format) => format,
        None => {
            let head = file.fill_buf();
            let head =
                head.map_err(|why| Failure::Usage(format!("{place}: cannot be read: {why}")))?;
            Format::detect(head, &source).ok_or_else(|| refused(unknown(head)))?
        }
    };
    let wanted = Wanted {
        name: Name::of_type(name),
        source,
    };
    import::read(format, &mut *file, &wanted).map_err(refused)
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
