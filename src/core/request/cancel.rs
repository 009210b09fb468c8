//! Cancellation as a value: the caller says what ends a call, and the pipeline asks before each wait.

use std::future::pending;

use super::shutdown::ShutdownSignal;

/// The call ends without a reply: the run is over, and its user leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the run is over")]
pub struct Cancelled;

/// What ends a call before its reply is there.
#[derive(Clone, Copy)]
pub struct CancelToken<'a>(Option<&'a ShutdownSignal>);

impl<'a> CancelToken<'a> {
    /// The shutdown ends it: a step of a user.
    pub fn on(shutdown: &'a ShutdownSignal) -> Self {
        Self(Some(shutdown))
    }

    /// Nothing ends it: what a user does last, setup, teardown and clean-up.
    pub fn never() -> Self {
        Self(None)
    }

    /// Whether the call may go on.
    ///
    /// # Errors
    /// When it may not.
    pub fn check(self) -> Result<(), Cancelled> {
        match self.0 {
            Some(shutdown) if shutdown.is_set() => Err(Cancelled),
            _ => Ok(()),
        }
    }

    /// Waits until the call has to end; for ever where nothing ends it.
    pub async fn cancelled(self) -> Cancelled {
        match self.0 {
            Some(shutdown) => shutdown.wait().await,
            None => pending().await,
        }
        Cancelled
    }
}
