//! Counts requests by the tags of their calls, as a metric of the script's own: `tagged_requests{tag,value,outcome}`.

use crate::metrics::{CustomKind, Declaration, Outcome, Recorder};

/// Counts a request under each of its tags.
pub fn count(recorder: &mut Recorder, tags: &[(String, String)], outcome: Outcome) {
    if tags.is_empty() {
        return;
    }
    let declaration = Declaration {
        kind: CustomKind::Counter,
        name: "tagged_requests".to_owned(),
        help: "Requests by their tags.".to_owned(),
        labels: ["tag", "value", "outcome"].map(str::to_owned).to_vec(),
    };
    // Refused only when scripts declared a hundred metrics before, or one of this name: then tags are not counted.
    let Ok(metric) = recorder.declare(declaration) else {
        return;
    };
    for (tag, value) in tags {
        let _ = recorder.update(metric, &[tag, value, outcome.as_str()], 1.0);
    }
}
