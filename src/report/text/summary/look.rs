//! How wide and how colourful a summary is.

use crate::report::text::status::folded;
use crate::report::text::table::{GAP, Table};
use crate::report::text::{Ink, Paint};
use crate::view::format::count;

/// The width for which the tables are laid out where nobody says.
pub const WIDTH: usize = 100;

/// Rows of endpoints, steps, journeys and failures, each, that a short summary has.
pub const ROWS: usize = 15;

/// Before what belongs to the line above.
pub(super) const INDENT: usize = 4;

/// How the summary looks.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Columns; tables that are wider are parted.
    pub width: usize,
    /// Whether names and sentences stay whole where they are wider than that: in a pipe or a file nothing is lost.
    pub whole: bool,
    /// Rows of endpoints, steps, journeys and failures, each: [`ROWS`], or all.
    pub rows: usize,
    pub paint: Paint,
}

impl Look {
    /// Columns for sentences.
    pub(super) fn columns(self) -> usize {
        if self.whole { usize::MAX } else { self.width }
    }

    /// The first of the rows, and in words how many are left out.
    pub(super) fn first<T>(self, mut rows: Vec<T>) -> (Vec<T>, String) {
        let more = rows.len().saturating_sub(self.rows);
        rows.truncate(self.rows);
        let words = if more == 0 {
            String::new()
        } else {
            format!("{} more with --summary full\n", count(more as u64))
        };
        (rows, words)
    }

    /// A table as [`Table::render`] has it.
    pub(super) fn table(self, table: &Table, keys: usize, split: &str) -> String {
        table.render(self.width, self.whole, keys, split, self.paint)
    }

    /// Words in lines below each other, each indented by four: the first line and the others.
    pub(super) fn folded(self, words: &str) -> (String, Vec<String>) {
        let mut lines = folded(words, self.columns().saturating_sub(INDENT).max(1)).into_iter();
        (lines.next().unwrap_or_default(), lines.collect())
    }

    /// Further lines of folded words.
    pub(super) fn below(self, lines: &[String], ink: Option<Ink>) -> String {
        let lines = lines.iter().map(|line| {
            let line = ink.map_or_else(|| line.clone(), |ink| self.paint.ink(ink, line));
            format!("\n{}{line}", " ".repeat(INDENT))
        });
        lines.collect()
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
            if used + wide <= self.width {
                text.push_str(piece);
                used += wide;
                continue;
            }
            // A sentence that is wider than a line.
            for (at, word) in piece.split(' ').enumerate() {
                let wide = console::measure_text_width(word);
                if at > 0 && used + 1 + wide > self.width {
                    text.push('\n');
                    text.extend(std::iter::repeat_n(' ', indent));
                    used = indent;
                } else if at > 0 {
                    text.push(' ');
                    used += 1;
                }
                text.push_str(word);
                used += wide;
            }
        }
        text
    }
}

impl Default for Look {
    fn default() -> Self {
        Look {
            width: WIDTH,
            whole: false,
            rows: ROWS,
            paint: Paint::PLAIN,
        }
    }
}
