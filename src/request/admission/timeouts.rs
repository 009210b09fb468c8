//! How long a request may take by what its endpoint usually takes.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::Duration;

use crate::metrics::{Recorder, SeriesId};

/// Nothing times out sooner: below it is the noise of networks and of this machine.
pub const SHORTEST: Duration = Duration::from_millis(100);
/// Nothing is waited for longer.
pub const LONGEST: Duration = Duration::from_secs(30);
/// Requests of an endpoint before its times say something.
pub const LEAST_SAMPLES: u64 = 100;

/// The timeout of each endpoint that has one, by method and name.
pub type Times = HashMap<(Box<str>, Box<str>), Duration>;

/// Timeouts by series, found by its number.
#[derive(Default)]
pub struct Timeouts {
    known: Cell<bool>,
    by_series: RefCell<Vec<Option<Duration>>>,
}

impl Timeouts {
    /// These hold from now on.
    pub fn set(&self, times: &Times, recorder: &Recorder) {
        let of = |series: &crate::metrics::Series| {
            times
                .get(&(series.method.clone(), series.name.clone()))
                .copied()
        };
        *self.by_series.borrow_mut() = recorder.known().iter().map(of).collect();
        self.known.set(!times.is_empty());
    }

    /// That of a request; none: its endpoint is not known well enough.
    pub fn of(&self, series: SeriesId) -> Option<Duration> {
        if !self.known.get() {
            return None;
        }
        self.by_series.borrow().get(series.index()).copied()?
    }
}
