/// Gives the terminal back, if a view has it.
pub fn restore() {
    if ratatui::crossterm::terminal::is_raw_mode_enabled().unwrap_or(false) {
        // A terminal that is gone needs nothing back.
        let _ = ratatui::try_restore();
    }
}
