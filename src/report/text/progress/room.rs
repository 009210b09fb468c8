use crate::report::text::Paint;

/// The room for the display, and what it shows beside the view.
#[derive(Clone, Copy, Debug)]
pub struct Room<'a> {
    /// Columns.
    pub width: usize,
    /// Lines of the terminal: the log above the display has some of them.
    pub height: usize,
    pub paint: Paint,
    /// The address of the run's page.
    pub page: Option<&'a str>,
    /// Requests a second of the last seconds, the newest last.
    pub rates: &'a [u64],
}

impl Room<'_> {
    /// Lines that the display may fill beyond what it has to say: a third is the log's.
    pub(super) fn lines(&self) -> usize {
        self.height - self.height / 3
    }
}
