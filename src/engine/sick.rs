//! Finds types whose every session fails: they are said loudly and their users rest.

use std::time::Duration;

use crate::metrics::{Snapshot, TypeId};

/// A type is sick when for so long its script failed and no session of it completed.
const SICK_AFTER: Duration = Duration::from_secs(30);
/// How long its users rest before they try again.
pub const REST: Duration = Duration::from_secs(60);

/// What is known of the types' last good session.
#[derive(Default)]
pub struct Ward {
    types: Vec<Bed>,
}

#[derive(Default, Clone)]
struct Bed {
    completed: u64,
    failed: u64,
    errors: u64,
    since: Option<Duration>,
}

impl Ward {
    /// Looks at a snapshot; gives the types that have been sick long enough, once each time.
    pub fn look(&mut self, snapshot: &Snapshot) -> Vec<TypeId> {
        let mut sick = Vec::new();
        for (kind, totals) in &snapshot.totals.types {
            let index = usize::from(kind.0);
            if self.types.len() <= index {
                self.types.resize(index + 1, Bed::default());
            }
            let errors = snapshot
                .totals
                .script_errors
                .iter()
                .filter(|error| error.kind == *kind)
                .map(|error| error.count)
                .sum();
            let bed = &mut self.types[index];
            let sessions = &totals.sessions;
            if sessions.completed > bed.completed {
                bed.since = None;
            } else if errors > bed.errors && sessions.failed > bed.failed {
                let since = *bed.since.get_or_insert(snapshot.elapsed);
                if snapshot.elapsed.saturating_sub(since) >= SICK_AFTER {
                    bed.since = None;
                    sick.push(*kind);
                }
            }
            bed.completed = sessions.completed;
            bed.failed = sessions.failed;
            bed.errors = errors;
        }
        sick
    }
}
