//! The timetable of a stop. All of it ends within 30 s, whatever the target and the scripts do.

use std::time::Duration;

/// Requests under way may take this long; then they are cut.
pub const CUT_AFTER: Duration = Duration::from_secs(10);
/// `on_stop` may take until then.
pub const END_AFTER: Duration = Duration::from_secs(20);
/// Clean-up may take until then; what remains is listed.
pub const CLEAN_UNTIL: Duration = Duration::from_secs(28);
/// A shard that has not ended by then is left behind (its script computes without end inside one slice).
pub const LEAVE_BEHIND_AFTER: Duration = Duration::from_secs(22);
