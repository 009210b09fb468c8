//! How wide and how colourful a summary is.

use crate::report::text::Paint;
use crate::report::text::table::{GAP, Table};

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
    pub(super) fn table(self, table: &Table, keys: usize, split: &str) -> String {
        table.render(self.width, self.whole, keys, split, self.paint)
    }

    /// Pieces with two blanks between them, in lines that begin below the first piece.
    pub(super) fn wrapped(self, words: &str, indent: usize) -> String {
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
