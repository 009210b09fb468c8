//! The summary at the end of a run, to be read by people.

mod changes;
mod head;
mod look;
mod requests;
mod scripts;
pub mod versions;

pub use look::{Look, WIDTH};

use crate::metrics::Snapshot;

/// The summary without colour in [`WIDTH`] columns.
pub fn text(snapshot: &Snapshot) -> String {
    styled(snapshot, Look::default())
}

/// The summary as it should look; each section ends with a line's end.
pub fn styled(snapshot: &Snapshot, look: Look) -> String {
    let sections = [
        head::head(snapshot, look),
        requests::by_type(snapshot, look),
        versions::versions(snapshot, look),
        requests::by_endpoint(snapshot, look),
        requests::errors(snapshot, look),
        scripts::failed_sessions(snapshot, look),
        scripts::checks(snapshot, look),
        scripts::metrics(snapshot, look),
        scripts::errors(snapshot, look),
        changes::changes(snapshot, look),
    ];
    let said: Vec<_> = sections
        .into_iter()
        .filter(|section| !section.is_empty())
        .collect();
    said.join("\n")
}
