//! One line of the live display.

use crate::report::text::{Ink, Paint};
use crate::text;

/// A label and its pieces, the most important first.
pub(crate) struct Line {
    paint: Paint,
    label: &'static str,
    label_ink: Ink,
    is_labelled: bool,
    pieces: Vec<Piece>,
}

struct Piece {
    text: String,
    ink: Option<Ink>,
    divisible: bool,
}

/// Columns of the label and its gap, and of the gap between pieces.
const ROOMY: (usize, usize) = (10, 2);
const NARROW: (usize, usize) = (9, 1);

/// Below so many columns every one counts.
const NARROW_BELOW: usize = 60;

impl Line {
    pub(crate) fn new(label: &'static str, paint: Paint) -> Self {
        Self::marked(label, Ink::Dim, paint)
    }

    /// A line whose label says how something stands.
    pub(crate) fn marked(label: &'static str, ink: Ink, paint: Paint) -> Self {
        Line {
            paint,
            label,
            label_ink: ink,
            is_labelled: true,
            pieces: Vec::new(),
        }
    }

    /// A line without a label.
    pub(crate) fn unlabelled(paint: Paint) -> Self {
        Line {
            is_labelled: false,
            ..Self::new("", paint)
        }
    }

    /// A piece that is shown whole or not at all.
    pub(crate) fn plain(&mut self, text: &str) {
        self.push(text, None, false);
    }

    pub(crate) fn inked(&mut self, ink: Ink, text: &str) {
        self.push(text, Some(ink), false);
    }

    /// A piece of which a part still says something.
    pub(crate) fn sentence(&mut self, ink: Ink, text: &str) {
        self.push(text, Some(ink), true);
    }

    fn push(&mut self, text: &str, ink: Option<Ink>, divisible: bool) {
        self.pieces.push(Piece {
            text: text::line(text).into_owned(),
            ink,
            divisible,
        });
    }

    /// The line in at most `width` columns: pieces that have no room are left out.
    pub(crate) fn fitted(&self, width: usize) -> String {
        let (used_by_label, gap_width) = if width < NARROW_BELOW { NARROW } else { ROOMY };
        let used_by_label = if self.is_labelled { used_by_label } else { 0 };
        let label = format!("{:used_by_label$}", self.label);
        let mut used = used_by_label;
        let mut line = self
            .paint
            .ink(self.label_ink, &console::truncate_str(&label, width, ""));
        for (at, piece) in self.pieces.iter().enumerate() {
            let gap = if at > 0 { gap_width } else { 0 };
            let room = width.saturating_sub(used + gap);
            let text = if piece.divisible {
                console::truncate_str(&piece.text, room, "...")
            } else {
                piece.text.as_str().into()
            };
            let wide = console::measure_text_width(&text);
            if wide > room || wide == 0 {
                break;
            }
            used += gap + wide;
            line.extend(std::iter::repeat_n(' ', gap));
            line.push_str(&piece.ink.map_or_else(
                || text.clone().into_owned(),
                |ink| self.paint.ink(ink, &text),
            ));
        }
        line
    }
}
