//! The service's time, a seam so that tests see tokens expire and windows end without waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

const RFC3339_MILLIS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// Wall clock in UTC that can be put forward.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    ahead_millis: Arc<AtomicI64>,
}

impl Clock {
    /// The present, in UTC.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
            + time::Duration::milliseconds(self.ahead_millis.load(Ordering::Relaxed))
    }

    /// The present as RFC 3339 text with milliseconds, as it stands in every answer.
    #[must_use]
    pub fn stamp(&self) -> String {
        text(self.now())
    }

    /// Puts the clock forward; every holder of a clone sees it.
    pub fn advance(&self, by: Duration) {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.ahead_millis.fetch_add(millis, Ordering::Relaxed);
    }
}

/// RFC 3339 text, UTC, milliseconds.
pub(crate) fn text(at: OffsetDateTime) -> String {
    // Formatting numbers into a string fails for no date of this clock; an empty stamp would be seen at once.
    at.format(RFC3339_MILLIS).unwrap_or_default()
}
