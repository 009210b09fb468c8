//! The summary at the end of a run, to be read by people.

mod changes;
mod head;
mod requests;
mod scripts;
pub mod versions;

use super::table::{GAP, Table};
use crate::metrics::Snapshot;
use crate::report::Paint;

/// The width for which the tables are laid out where nobody says.
pub const WIDTH: usize = 100;

/// How the summary looks.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Columns; tables that are wider are parted.
    pub width: usize,
    /// Whether names and sentences stay whole where they are wider than that: in a pipe or a file nothing is lost.
    pub whole: bool,
    pub paint: Paint,
}

impl Look {
    /// A table as [`Table::render`] has it.
    fn table(self, table: &Table, keys: usize, split: &str) -> String {
        table.render(self.width, self.whole, keys, split, self.paint)
    }

    /// Pieces with two blanks between them, in lines that begin below the first piece.
    fn wrapped(self, words: &str, indent: usize) -> String {
        if self.whole {
            return words.to_owned();
        }
        let mut text = String::new();
        let mut used = indent;
        for (at, piece) in words.split("  ").enumerate() {
            let wide = console::measure_text_width(piece);
            if at > 0 && used + GAP + wide > self.width {
                text.push('\n');
                text.extend(std::iter::repeat_n(' ', indent));
                used = indent;
            } else if at > 0 {
                text.push_str("  ");
                used += GAP;
            }
            text.push_str(piece);
            used += wide;
        }
        text
    }
}

impl Default for Look {
    fn default() -> Self {
        Look {
            width: WIDTH,
            whole: false,
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
