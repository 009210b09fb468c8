use std::path::{Path, PathBuf};

/// A file of `--report`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportFile {
    pub path: PathBuf,
    pub format: ReportFormat,
}

/// What is written to it, by its extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportFormat {
    /// `.html`: the live page in one file.
    Html,
    /// `.json`: the document of `--summary-json`.
    Json,
    /// `.xml`: JUnit.
    Junit,
    /// `.csv`: the course of the run by type and endpoint.
    Csv,
    /// `.md`: Markdown, for a pull request.
    Markdown,
}

/// Each extension with its format, in the order in which messages list them.
const EXTENSIONS: [(&str, ReportFormat); 5] = [
    ("html", ReportFormat::Html),
    ("json", ReportFormat::Json),
    ("xml", ReportFormat::Junit),
    ("csv", ReportFormat::Csv),
    ("md", ReportFormat::Markdown),
];

impl ReportFormat {
    /// That of a path, in letters of either case; none where it has another extension or none.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?;
        let mut known = EXTENSIONS.into_iter();
        let found = known.find(|(known, _)| known.eq_ignore_ascii_case(extension));
        found.map(|(_, format)| format)
    }

    /// The extensions, for a message: `.json, .xml or .csv`.
    pub(super) fn extensions() -> String {
        let known = EXTENSIONS.map(|(extension, _)| format!(".{extension}"));
        match known.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, others)) => format!("{} or {last}", others.join(", ")),
            None => String::new(),
        }
    }
}
