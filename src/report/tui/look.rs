use std::cell::Cell;

use ratatui::style::{Color, Modifier, Style};

use crate::report::text::Ink;

/// What can be looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    #[default]
    Overview,
    Endpoints,
    Steps,
    Types,
    Failures,
    Scripts,
}

/// In the order of their keys, 1 to 6.
pub const TABS: [(Tab, &str); 6] = [
    (Tab::Overview, "overview"),
    (Tab::Endpoints, "endpoints"),
    (Tab::Steps, "steps"),
    (Tab::Types, "types"),
    (Tab::Failures, "failures"),
    (Tab::Scripts, "scripts"),
];

/// What is looked at, and how.
#[derive(Clone, Debug, Default)]
pub struct Look {
    pub tab: Tab,
    /// Lines that are scrolled away.
    pub scroll: usize,
    /// How many can be, as drawn last.
    pub reach: Cell<usize>,
    pub help: bool,
    /// Whether colours may be used; without them everything still is told by words.
    pub colours: bool,
    /// What came of the last key.
    pub said: String,
    /// Requests a second of the last seconds, the newest last.
    pub rates: Vec<u64>,
}

impl Look {
    /// The tab with this place, which wraps around.
    pub fn turn(&mut self, places: isize) {
        let count = TABS.len() as isize;
        let now = TABS
            .iter()
            .position(|(tab, _)| *tab == self.tab)
            .unwrap_or(0) as isize;
        // Below the number of tabs, which are six.
        self.show(TABS[(now + places).rem_euclid(count) as usize].0);
    }

    pub fn show(&mut self, tab: Tab) {
        (self.tab, self.scroll) = (tab, 0);
    }

    /// Scrolls on, as far as there is anything.
    pub fn on(&mut self, lines: usize) {
        self.scroll = (self.scroll + lines).min(self.reach.get());
    }

    /// Before all is drawn anew.
    pub(crate) fn begin(&self) {
        self.reach.set(0);
    }

    /// The first of so many rows that is shown: at least the last one stays.
    pub(crate) fn first_of(&self, rows: usize) -> usize {
        let last = rows.saturating_sub(1);
        self.reach.set(self.reach.get().max(last));
        self.scroll.min(last)
    }

    pub(crate) fn style(&self, ink: Ink) -> Style {
        let plain = Style::default();
        if ink == Ink::Bold {
            return plain.add_modifier(Modifier::BOLD);
        }
        if !self.colours {
            return match ink {
                Ink::Bad => plain.add_modifier(Modifier::BOLD),
                _ => plain,
            };
        }
        match ink {
            Ink::Good => plain.fg(Color::Green),
            Ink::Bad => plain.fg(Color::Red),
            Ink::Meant => plain.fg(Color::Cyan),
            Ink::Dim => plain.fg(Color::DarkGray),
            _ => plain,
        }
    }
}
