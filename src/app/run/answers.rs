//! What answers the requests of a run in place of its target.

use std::path::Path;
use std::sync::Arc;

use crate::app::process::exit::Failure;
use crate::app::state_dir::LedgerPlace;
use crate::cli::Resolved;
use crate::script::{Bundle, Mock, MockFile, MockServer, ScriptConfig};

/// Reads the file of `--mock`.
///
/// # Errors
/// Why it cannot be read: a mistake in the command line. What is wrong in the file is one of a script.
pub fn read(file: &Path) -> Result<MockFile, Failure> {
    MockFile::read(file).map_err(|fault| Failure::Usage(format!("--mock {fault}")))
}

/// The mock of `--mock`, which has passed its checks, or that of a dry run of the built-in types; and where the ledger is: what a mock has created ends with it.
///
/// # Errors
/// Why it cannot be read, or every fault in it.
pub fn mock(
    resolved: &Resolved,
    bundle: &Arc<Bundle>,
    script_config: &ScriptConfig,
    (keeping, rehearsed): (LedgerPlace, bool),
) -> Result<(Option<Mock>, LedgerPlace), Failure> {
    let Some(file) = &resolved.mock else {
        return Ok((rehearsed.then_some(Mock::DemoService), keeping));
    };
    let mock = read(file)?;
    // The run loads it again, on its own thread.
    MockServer::open(&mock, bundle, script_config)
        .map(drop)
        .map_err(Failure::Scripts)?;
    Ok((Some(Mock::File(mock)), LedgerPlace::Memory))
}
