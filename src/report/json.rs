//! The summary as JSON; `docs/summary.schema.json` says its form.

use serde_json::Value;

use crate::view::RunView;

/// Everything the run counted, in seconds and rates a second.
pub fn summary(view: &RunView) -> Value {
    // Plain data with keys of text always is JSON.
    serde_json::to_value(view).unwrap_or_default()
}
