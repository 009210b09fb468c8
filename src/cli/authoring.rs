use std::path::PathBuf;

use url::Url;

use super::resolved::Resolved;

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Init {
    pub dir: PathBuf,
    pub base_url: Url,
    pub force: bool,
}

/// What a line of `new` means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct New {
    pub name: String,
    pub script_dir: PathBuf,
    pub force: bool,
}
