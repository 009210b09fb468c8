//! Commands to the run.
//!
//! In: a request and a command. Out: what the run answered, or why it was not asked.
//! Must never know: paths, and what commands do.

mod access;
mod rate_limit;
mod result;
mod sender;

pub(super) use access::{Access, source};
pub use result::CommandResult;
pub use sender::{COMMAND_TIMEOUT, Control};
