use std::path::PathBuf;
use std::sync::Arc;

use crate::run_log::RunLog;
use crate::secrets::Masker;
use crate::web::control::Control;
use crate::web::limits::Limits;
use crate::web::scripts::ScriptFolders;

/// What holds for every request.
#[derive(Debug, Default)]
pub struct Config {
    /// The way to the run; without one it can only be read, and beyond loopback not even that.
    pub control: Option<Control>,
    /// What no response shows.
    pub secrets: Arc<Masker>,
    pub limits: Limits,
    /// The log of the run; failures are written to it here.
    pub log: RunLog,
    /// The folders of its scripts; none where they are inside the program.
    pub scripts: Option<ScriptFolders>,
    /// The folder of the history; none where no run is kept.
    pub history: Option<PathBuf>,
}
