use std::path::PathBuf;

use url::Url;

use super::resolved::Resolved;
use crate::import::{Format, LogOptions};

/// What a line of `check` means.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// The run whose scripts are checked.
    pub run: Resolved,
    /// Whether warnings are faults too.
    pub deny_warnings: bool,
    pub json: bool,
}

/// What a line of `api` means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Api {
    /// Everything is listed.
    List,
    /// This is described.
    Describe(String),
    /// The types are printed.
    PrintMeta,
    /// The types are written to this file.
    WriteMeta(PathBuf),
}

/// What a line of `init` means.
#[derive(Clone, Debug, PartialEq)]
pub struct Init {
    pub dir: PathBuf,
    /// None: that of the import, or the demo service.
    pub base_url: Option<Url>,
    pub force: bool,
    pub import: Option<ImportSource>,
}

/// What a line of `new` means.
#[derive(Clone, Debug, PartialEq)]
pub struct New {
    pub name: String,
    pub script_dir: PathBuf,
    pub force: bool,
    pub import: Option<ImportSource>,
}

/// What a line of `replay` means.
#[derive(Clone, Debug, PartialEq)]
pub struct Replay {
    /// The run that it becomes: its scripts and its users are replaced.
    pub run: Resolved,
    /// The log.
    pub source: ImportSource,
    /// How many times as fast as it was, above 0.
    pub speed: f64,
}

/// What `--from` names.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportSource {
    pub place: SourcePlace,
    /// None: what it looks like.
    pub format: Option<Format>,
    /// Of an OpenAPI document: which operations are wanted, by their tags and ids; none: all.
    pub tags: Vec<String>,
    pub operations: Vec<String>,
    /// Whether users also make mistakes.
    pub mistakes: bool,
    /// How an access log is read.
    pub log: LogOptions,
}

/// Where a recording is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourcePlace {
    File(PathBuf),
    Url(Url),
}
