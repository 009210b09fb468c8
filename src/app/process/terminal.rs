/// Columns where stdout is no terminal, or one that tells nothing.
const DEFAULT_WIDTH: usize = 80;

/// Columns of the terminal that stdout is.
pub fn width() -> usize {
    let size = console::Term::stdout().size_checked();
    size.map_or(DEFAULT_WIDTH, |(_, columns)| usize::from(columns))
}

/// Gives the terminal back, if a view has it.
pub fn restore() {
    if ratatui::crossterm::terminal::is_raw_mode_enabled().unwrap_or(false) {
        // A terminal that is gone needs nothing back.
        let _ = ratatui::try_restore();
    }
}
