//! The source of randomness: the stream of the user at work.

use mlua::{Error, Result};

use crate::random::Stream;
use crate::script::user::identity::Identity;

/// Where the stream of the user at work comes from.
pub trait Source: 'static {
    /// Lends the user's stream and identity to `act`; `None` while no user is at work.
    fn with<R>(act: impl FnOnce(&mut Stream, &Identity) -> R) -> Option<R>;
}

/// A draw, or the words when no user is at work.
pub(super) fn draw<S: Source, R>(
    function: &str,
    act: impl FnOnce(&mut Stream, &Identity) -> R,
) -> Result<R> {
    S::with(act).ok_or_else(|| {
        Error::runtime(format!(
            "{function} can be called only while a user runs (in a step, on_start or on_stop), \
             not when the module loads"
        ))
    })
}
