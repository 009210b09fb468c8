//! A clean-up of a run that is over: the same deletions, without a crowd.

use std::cell::RefCell;
use std::rc::Rc;

use tokio::task::LocalSet;

use super::runner::{CleanupOptions, CleanupProgress};
use super::{runner, system_user};
use crate::engine::roster::CROWD;
use crate::http::{LoadedSettings, Origin};
use crate::ledger::{Ledger, LedgerError};
use crate::metrics::{Batch, TypeId};
use crate::request::admission::Limits;
use crate::request::{RunInfo, SharedContext, ShutdownSignal};

/// A clean-up of what one run left on its target.
pub struct Cleanup {
    /// What it left.
    pub ledger: Ledger,
    /// How its target is reached.
    pub http: LoadedSettings,
    /// Its target.
    pub origin: Origin,
    /// What its requests need to know of it.
    pub run: RunInfo,
    /// Requests a second, at most.
    pub rps: f64,
    /// The type under which its requests are counted, and the names of all types; none: of that one alone.
    pub counted_as: Option<(TypeId, Vec<String>)>,
}

impl Cleanup {
    /// Deletes what there is, until it is done or `over` is set; `progress` tells how far it is. Gives what was counted.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn run(
        self,
        over: Rc<ShutdownSignal>,
        progress: Rc<CleanupProgress>,
    ) -> Result<Batch, LedgerError> {
        let ledger = self.ledger.handle(0, false);
        let shared = SharedContext::new(self.run, self.http, self.origin, Limits::none(), ledger);
        let one = || (TypeId(0), vec![CROWD.to_owned()]);
        let (kind, names) = self.counted_as.unwrap_or_else(one);
        let shared = shared.named(names.iter().map(String::as_str));
        let user = system_user::of(shared, kind);
        let options = CleanupOptions {
            only_over: false,
            rps: self.rps,
        };
        // Connections of HTTP/2 have tasks of their own, which need not be `Send`.
        LocalSet::new()
            .run_until(runner::clean(
                &user,
                &self.ledger,
                options,
                over,
                progress,
                &RefCell::default(),
            ))
            .await?;
        let counted = user.shared.recorder.borrow_mut().take();
        Ok(counted)
    }
}
