//! The arrivals of a run with every change of them so far. Pure: the time is an argument.

use std::sync::Arc;
use std::time::Duration;

use crate::plan::TypeLevels;

/// Arrivals a second over the run's time.
pub(super) struct LiveArrivals {
    /// With each change at its moment.
    pub all: Arc<TypeLevels>,
    /// Those of the last change.
    last: TypeLevels,
}

impl LiveArrivals {
    /// At the beginning of a run.
    pub fn new(levels: TypeLevels) -> Self {
        Self {
            all: Arc::new(levels.clone()),
            last: levels,
        }
    }

    /// All of them, and those of the last change.
    pub fn state(&self) -> (TypeLevels, TypeLevels) {
        (TypeLevels::clone(&self.all), self.last.clone())
    }

    /// The same at another moment of the run.
    pub fn resume(&mut self, (all, last): (TypeLevels, TypeLevels)) {
        (self.all, self.last) = (Arc::new(all), last);
    }

    /// Other ones from a moment on; gives all of them, or none where they are those of the last change.
    pub fn change(&mut self, at: Duration, next: TypeLevels) -> Option<Arc<TypeLevels>> {
        if self.last == next {
            return None;
        }
        self.all = Arc::new(self.all.changed_at(at, &next));
        self.last = next;
        Some(Arc::clone(&self.all))
    }
}
