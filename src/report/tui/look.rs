use std::cell::Cell;

use ratatui::style::{Color, Modifier, Style};

use crate::report::Rates;
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

/// The order of the rows of endpoints and steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Those with most failures, then those that there are most of.
    #[default]
    Failures,
    Count,
    P95,
    Name,
}

impl Sort {
    /// What it is by, for titles.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Failures => "failures",
            Self::Count => "count",
            Self::P95 => "p95",
            Self::Name => "name",
        }
    }

    /// The next one in turn.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Failures => Self::Count,
            Self::Count => Self::P95,
            Self::P95 => Self::Name,
            Self::Name => Self::Failures,
        }
    }
}

/// What is looked at, and how.
#[derive(Clone, Debug, Default)]
pub struct Look {
    pub tab: Tab,
    /// The row that is selected, or the first line that is shown where there are no rows.
    pub selected: usize,
    /// How far that can be, as drawn last.
    pub reach: Cell<usize>,
    pub sort: Sort,
    /// Rows whose name does not have this in it are left out, whatever the case of letters.
    pub filter: String,
    /// Whether letters are added to the filter.
    pub is_typing: bool,
    pub help: bool,
    /// Whether colours may be used; without them words say everything, too.
    pub colours: bool,
    /// What came of the last key.
    pub said: String,
    /// The last seconds.
    pub rates: Rates,
    /// The address of the run's page.
    pub page: Option<String>,
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
        (self.tab, self.selected) = (tab, 0);
    }

    /// Selects a later row, as far as there is one.
    pub fn on(&mut self, rows: usize) {
        self.selected = (self.selected + rows).min(self.reach.get());
    }

    /// Selects an earlier row.
    pub fn back(&mut self, rows: usize) {
        self.selected = self.selected.min(self.reach.get()).saturating_sub(rows);
    }

    /// Another order; the first row is selected.
    pub fn sort_on(&mut self) {
        (self.sort, self.selected) = (self.sort.next(), 0);
    }

    /// Changes the filter; the first row is selected.
    pub fn filter_by(&mut self, filter: String) {
        (self.filter, self.selected) = (filter, 0);
    }

    /// Whether the filter leaves a row of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        let (name, filter) = (name.to_lowercase(), self.filter.to_lowercase());
        name.contains(&filter)
    }

    /// Before all is drawn anew.
    pub(crate) fn begin(&self) {
        self.reach.set(0);
    }

    /// The selected one of so many rows.
    pub(crate) fn row_of(&self, rows: usize) -> usize {
        let last = rows.saturating_sub(1);
        self.reach.set(self.reach.get().max(last));
        self.selected.min(last)
    }

    pub(crate) fn style(&self, ink: Ink) -> Style {
        let plain = Style::default();
        if ink == Ink::Bold {
            return plain.add_modifier(Modifier::BOLD);
        }
        if !self.colours {
            return match ink {
                Ink::Bad | Ink::Warning => plain.add_modifier(Modifier::BOLD),
                _ => plain,
            };
        }
        match ink {
            Ink::Good => plain.fg(Color::Green),
            Ink::Warning => plain.fg(Color::Yellow),
            Ink::Bad => plain.fg(Color::Red),
            Ink::Meant => plain.fg(Color::Cyan),
            Ink::Dim => plain.fg(Color::DarkGray),
            _ => plain,
        }
    }
}
