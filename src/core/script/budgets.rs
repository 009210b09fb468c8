//! Budgets of time: how long scripts may compute before they wait, have others have their turn, or are stopped.

use std::time::Duration;

/// How long one slice (from one wait to the next) of a user's script may compute.
pub const SLICE_BUDGET: Duration = Duration::from_millis(50);

/// How long a script computes before others of its shard have their turn, where it can be interrupted.
pub const TURN: Duration = Duration::from_millis(2);

/// How long the top level of a script or module may compute when it is loaded.
pub const LOAD_BUDGET: Duration = Duration::from_secs(1);

/// How long the host may parse one page for a script, beside what the script computes.
pub const PARSE_BUDGET: Duration = Duration::from_millis(250);
