//! What answers the requests of a run in place of its target.

use std::sync::Arc;

use crate::app::process::exit::Failure;
use crate::app::state_dir::LedgerPlace;
use crate::cli::Resolved;
use crate::script::{Bundle, Mock, MockFile, MockServer, ScriptConfig};

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
    let mock = MockFile::read(file).map_err(|fault| Failure::Scripts(vec![fault]))?;
    // The run loads it again, on its own thread.
    MockServer::open(&mock, bundle, script_config)
        .map(drop)
        .map_err(Failure::Scripts)?;
    Ok((Some(Mock::File(mock)), LedgerPlace::Memory))
}
