//! The summary at the end of a run, to be read by people.

mod changes;
mod generations;
mod head;
mod requests;
mod scripts;

use super::Paint;
use crate::metrics::Snapshot;

/// The width for which the tables are laid out.
pub const WIDTH: usize = 100;

/// How the summary looks.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Columns; tables that are wider are parted.
    pub width: usize,
    pub paint: Paint,
}

impl Default for Look {
    fn default() -> Self {
        Look {
            width: WIDTH,
            paint: Paint::PLAIN,
        }
    }
}

/// The summary without colour in [`WIDTH`] columns.
pub fn text(snapshot: &Snapshot) -> String {
    styled(snapshot, Look::default())
}

/// The summary as it should look; each section ends with a line's end.
pub fn styled(snapshot: &Snapshot, look: Look) -> String {
    let sections = [
        head::head(snapshot, look),
        requests::by_type(snapshot, look),
        generations::generations(snapshot, look),
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
