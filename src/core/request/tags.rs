//! Tags of calls: requests are counted by them as a metric of the script's own, `tagged_requests{tag,value,outcome}`.

use std::rc::Rc;

use crate::metrics::{CustomKind, Declaration, Outcome, Recorder};

/// The tags of a call, with their values; shared by the samples of it that its script may still judge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags(Option<Rc<[(String, String)]>>);

impl Tags {
    /// These.
    pub fn new(tags: Vec<(String, String)>) -> Self {
        Self((!tags.is_empty()).then(|| tags.into()))
    }

    /// Counts a request under each of them.
    pub(super) fn count(&self, recorder: &mut Recorder, outcome: Outcome) {
        let Some(tags) = &self.0 else {
            return;
        };
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
        for (tag, value) in tags.iter() {
            let _ = recorder.update(metric, &[tag, value, outcome.as_str()], 1.0);
        }
    }
}
