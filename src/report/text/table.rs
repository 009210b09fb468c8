//! Columns that line up.

use crate::report::text::{Ink, Paint};
use crate::text;

/// Between two columns.
pub const GAP: usize = 2;

pub use crate::view::format::NOTHING;

/// A column that says less than this says nothing.
const LEAST: usize = 8;

/// Columns that are left out first where all have no room.
const SPARE: [&str; 5] = ["mean", "p90", "cancelled", "/s", "sessions"];

/// Which way a column leans.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
}

/// One cell, which is one line whatever its text; the ink is not part of its width.
pub struct Cell {
    text: String,
    ink: Option<Ink>,
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl From<&str> for Cell {
    fn from(words: &str) -> Self {
        Cell {
            text: text::line(words).into_owned(),
            ink: None,
        }
    }
}

impl Cell {
    /// A cell in colour.
    pub fn inked(text: String, ink: Ink) -> Self {
        Cell {
            ink: Some(ink),
            ..text.into()
        }
    }

    fn width(&self) -> usize {
        console::measure_text_width(&self.text)
    }
}

/// A table with a heading; every row has as many cells as there are columns.
pub struct Table {
    columns: Vec<(&'static str, Side)>,
    /// A column that is never shortened.
    whole: Option<&'static str>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// A table without rows.
    pub fn new(columns: &[(&'static str, Side)]) -> Self {
        Table {
            columns: columns.to_vec(),
            whole: None,
            rows: Vec::new(),
        }
    }

    /// One row more.
    pub fn row(&mut self, cells: Vec<Cell>) {
        debug_assert_eq!(cells.len(), self.columns.len());
        self.rows.push(cells);
    }

    /// The column of this name is never shortened, whatever the width.
    pub fn keep_whole(&mut self, name: &'static str) {
        self.whole = Some(name);
    }

    /// Takes a column away when all that it says is [`NOTHING`].
    pub fn drop_idle(&mut self, name: &str) {
        let Some(at) = self.columns.iter().position(|(column, _)| *column == name) else {
            return;
        };
        if self.rows.iter().all(|row| row[at].text == NOTHING) {
            self.columns.remove(at);
            self.rows.iter_mut().for_each(|row| drop(row.remove(at)));
        }
    }

    /// The table in lines as long as they need to be, without colours.
    pub fn plain(&self) -> String {
        let all: Vec<_> = (0..self.columns.len()).collect();
        self.columns(&all, usize::MAX, Paint::PLAIN)
    }

    /// The table in lines of at most `width`: where it is wider, the columns from the one named
    /// `split` on follow as a second table, which begins with the first `keys` columns again. What is still
    /// wider is shortened, unless all of it is to stay `whole`.
    pub fn render(
        &self,
        width: usize,
        whole: bool,
        keys: usize,
        split: &str,
        paint: Paint,
    ) -> String {
        let all: Vec<_> = (0..self.columns.len()).collect();
        let fits = self.width(&all) <= width;
        let width = if whole { usize::MAX } else { width };
        if fits {
            return self.columns(&all, width, paint);
        }
        let named = self.columns.iter().position(|(column, _)| *column == split);
        let (first, rest) = all.split_at(named.unwrap_or(all.len()));
        if rest.is_empty() {
            return self.columns(first, width, paint);
        }
        let second: Vec<_> = first[..keys].iter().chain(rest).copied().collect();
        format!(
            "{}\n{}",
            self.columns(first, width, paint),
            self.columns(&second, width, paint)
        )
    }

    fn width(&self, columns: &[usize]) -> usize {
        let cells: usize = columns
            .iter()
            .map(|&column| self.column_width(column))
            .sum();
        cells + GAP * columns.len().saturating_sub(1)
    }

    fn column_width(&self, column: usize) -> usize {
        let cells = self
            .rows
            .iter()
            .filter_map(|row| row.get(column))
            .map(Cell::width);
        cells.max().unwrap_or(0).max(self.columns[column].0.len())
    }

    /// The columns that there is room for, names shortened as far as they may be: figures that say least go first.
    fn fitting(&self, columns: &[usize], width: usize) -> Vec<usize> {
        let least = |column: usize| {
            let (name, side) = self.columns[column];
            let wide = self.column_width(column);
            match side {
                Side::Left if self.whole != Some(name) => wide.min(LEAST),
                _ => wide,
            }
        };
        let mut kept = columns.to_vec();
        while kept.len() > 1 {
            let cells: usize = kept.iter().map(|&column| least(column)).sum();
            if cells + GAP * (kept.len() - 1) <= width {
                break;
            }
            let place = |name: &&str| {
                let mut names = kept.iter().map(|&column| self.columns[column].0);
                names.position(|one| one == *name)
            };
            let spare = SPARE.iter().find_map(place);
            kept.remove(spare.unwrap_or(kept.len() - 1));
        }
        kept
    }

    fn columns(&self, columns: &[usize], width: usize, paint: Paint) -> String {
        let columns = &self.fitting(columns, width);
        let mut widths: Vec<_> = columns
            .iter()
            .map(|&column| (column, self.column_width(column)))
            .collect();
        // What is still too wide is taken from the widest columns that lean left: names, words.
        for _ in width..self.width(columns) {
            let left = widths.iter_mut().filter(|(column, _)| {
                let (name, side) = self.columns[*column];
                side == Side::Left && self.whole != Some(name)
            });
            match left.max_by_key(|(_, wide)| *wide) {
                Some((_, wide)) if *wide > LEAST => *wide -= 1,
                _ => break,
            }
        }
        let mut lines = vec![line(
            widths.iter().map(|&(column, width)| {
                let (name, side) = self.columns[column];
                (name, side, width, Some(Ink::Dim))
            }),
            paint,
        )];
        for row in &self.rows {
            lines.push(line(
                widths.iter().map(|&(column, width)| {
                    let cell = &row[column];
                    (cell.text.as_str(), self.columns[column].1, width, cell.ink)
                }),
                paint,
            ));
        }
        lines.push(String::new());
        lines.join("\n")
    }
}

fn line<'a>(
    cells: impl Iterator<Item = (&'a str, Side, usize, Option<Ink>)>,
    paint: Paint,
) -> String {
    let mut line = String::new();
    let mut owed = 0;
    for (at, (text, side, width, ink)) in cells.enumerate() {
        let text = shortened(text, width);
        let free = width.saturating_sub(console::measure_text_width(&text));
        let (before, after) = if side == Side::Right {
            (free, 0)
        } else {
            (0, free)
        };
        owed += before + if at > 0 { GAP } else { 0 };
        if text.is_empty() {
            owed += after;
            continue;
        }
        line.extend(std::iter::repeat_n(' ', owed));
        line.push_str(&ink.map_or_else(|| text.clone(), |ink| paint.ink(ink, &text)));
        owed = after;
    }
    line
}

/// Text in at most `width` columns, `...` standing for the middle: of a path, both the
/// beginning and the end tell what it is.
pub fn shortened(text: &str, width: usize) -> String {
    if console::measure_text_width(text) <= width {
        return text.to_owned();
    }
    let kept = width.saturating_sub(3);
    let head = kept / 2;
    let middle = if width > 3 { "..." } else { "" };
    let begin: String = within(text.chars(), head).collect();
    let end: Vec<char> = within(text.chars().rev(), kept - head).collect();
    let end: String = end.into_iter().rev().collect();
    format!("{begin}{middle}{end}")
}

/// The first letters that fit: some take two columns.
fn within(letters: impl Iterator<Item = char>, width: usize) -> impl Iterator<Item = char> {
    let mut used = 0;
    letters.take_while(move |letter| {
        used += console::measure_text_width(letter.encode_utf8(&mut [0; 4]));
        used <= width
    })
}
