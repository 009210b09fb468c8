//! The log of the run: what is kept of it, and what comes.
//!
//! In: queries, and the views of the run, whose failures are entries too. Out: JSON; server-sent events, each an entry.
//! Must never know: who writes the rest of the log.

mod failures;
mod handlers;
mod query;
mod stream;

pub(super) use failures::follow as follow_failures;
pub use handlers::LogPage;
pub(super) use handlers::{Logs, feed, list};
