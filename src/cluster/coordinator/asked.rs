//! Asks the run how it stands, one question at a time: what it answers is as it stands after exactly the reports that came
//! before the question, so that it goes with how the link stood then.

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::checkpoints::LinkState;
use crate::engine::Report;

/// The question that is open, if one is.
pub struct Asked {
    reports: mpsc::UnboundedSender<Report>,
    /// Whether the run has begun: before, there is nothing to go on with.
    has_begun: bool,
    number: u64,
    /// How the link stood when it was asked, and when that was.
    open: Option<(LinkState, Instant)>,
    /// The answer is being kept.
    is_keeping: bool,
    /// Something happened meanwhile.
    is_due: bool,
}

impl Asked {
    pub fn new(reports: mpsc::UnboundedSender<Report>, has_begun: bool) -> Self {
        Self {
            reports,
            has_begun,
            number: 0,
            open: None,
            is_keeping: false,
            is_due: false,
        }
    }

    /// The run begins.
    pub fn begin(&mut self, link: LinkState) {
        self.has_begun = true;
        self.ask(link);
    }

    /// Asks, or does so once the question that is open is done with.
    pub fn ask(&mut self, link: LinkState) {
        if !self.has_begun {
            return;
        }
        if self.open.is_some() || self.is_keeping {
            self.is_due = true;
            return;
        }
        self.number += 1;
        self.is_due = false;
        self.open = Some((link, Instant::now()));
        let number = self.number;
        let _ = self.reports.send(Report::Checkpoint { number });
    }

    /// The question with this number is answered: how the link stood, and when that was.
    pub fn answered(&mut self, number: u64) -> Option<(LinkState, Instant)> {
        let answered = self.open.take_if(|_| number == self.number);
        self.is_keeping = answered.is_some();
        answered
    }

    /// The answer is kept, or could not be; whether it is time for the next.
    pub fn is_over(&mut self) -> bool {
        self.is_keeping = false;
        self.is_due
    }
}
