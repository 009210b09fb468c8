//! A clean-up of a run that is over: the same deletions, without a crowd.

use std::rc::Rc;

use tokio::task::LocalSet;

use super::runner::{Extent, Headway};
use super::system_user::Bearing;
use super::{runner, system_user};
use crate::engine::roster::CROWD;
use crate::http::{LoadedSettings, Origin};
use crate::ledger::{Ledger, LedgerError};
use crate::metrics::TypeId;
use crate::request::admission::Limits;
use crate::script::{Shutdown, Terms};

/// A clean-up of what one run left on its target.
pub struct Cleanup {
    /// What it left.
    pub ledger: Ledger,
    /// How its target is reached.
    pub http: LoadedSettings,
    /// Its target.
    pub origin: Origin,
    /// Its id and the path of its base URL.
    pub terms: Terms,
    /// Requests a second, at most.
    pub rps: f64,
}

impl Cleanup {
    /// Deletes what there is, until it is done or `over` is set; `headway` tells how far it is.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn run(self, over: Rc<Shutdown>, headway: Rc<Headway>) -> Result<(), LedgerError> {
        let bearing = Bearing {
            http: self.http,
            origin: self.origin,
            ledger: self.ledger.handle(0, false),
            limits: Limits::none(),
            terms: self.terms,
        };
        let context = system_user::of(bearing, &[CROWD.to_owned()], TypeId(0));
        let extent = Extent {
            only_over: false,
            rps: self.rps,
        };
        // Connections of HTTP/2 have tasks of their own, which need not be `Send`.
        LocalSet::new()
            .run_until(runner::clean(&context, &self.ledger, extent, over, headway))
            .await
    }
}
