//! Colour, or none.

use std::io::IsTerminal;

use crate::text;

/// What a word's colour says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// A heading.
    Bold,
    /// A label, which the eye may skip.
    Dim,
    Good,
    /// Something is wrong, and the run goes on.
    Warning,
    /// A refusal that was meant to come.
    Meant,
    Bad,
}

/// Whether words are coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paint {
    on: bool,
}

impl Paint {
    /// For files, pipes and tests.
    pub const PLAIN: Paint = Paint { on: false };
    /// Colours whatever comes.
    pub const COLOUR: Paint = Paint { on: true };

    /// Colours what goes to a terminal, unless `NO_COLOR` (<https://no-color.org>) is set to
    /// something or the terminal is a dumb one.
    pub fn on(stream: &impl IsTerminal) -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Paint {
            on: stream.is_terminal() && !refused && !dumb,
        }
    }

    /// The words on one line, in the ink if colours are on; what a terminal would obey is escaped (see [`text::line`]).
    pub fn ink(self, ink: Ink, words: &str) -> String {
        let words = text::line(words);
        if !self.on {
            return words.into_owned();
        }
        let code = match ink {
            Ink::Bold => "1",
            Ink::Dim => "2",
            Ink::Good => "32",
            Ink::Warning => "33",
            Ink::Meant => "36",
            Ink::Bad => "31",
        };
        format!("\u{1b}[{code}m{words}\u{1b}[0m")
    }
}
