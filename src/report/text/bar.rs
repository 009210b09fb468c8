//! Figures as blocks: a bar of what is done, and a line of the last seconds.

/// Heights of a column, from nothing to full.
const STEPS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// `████████░░░░░░`: a share, 0 to 1, of so many columns. What is neither nothing nor all is never drawn as such.
pub fn bar(share: f64, columns: usize) -> String {
    let share = share.clamp(0.0, 1.0);
    let mut full = (share * columns as f64).round() as usize;
    if share < 1.0 {
        full = full.min(columns.saturating_sub(1));
    }
    if share > 0.0 {
        full = full.max(1.min(columns));
    }
    let rest = columns - full;
    format!("{}{}", "█".repeat(full), "░".repeat(rest))
}

/// The newest figures that fit, a column each, from zero to the largest: `▁▂▅█▇`.
pub fn sparkline(figures: &[u64], columns: usize) -> String {
    let newest = &figures[figures.len().saturating_sub(columns)..];
    let most = newest.iter().copied().max().unwrap_or(0);
    let column = |figure: u64| {
        if most == 0 || figure == 0 {
            return STEPS[0];
        }
        // Something is never nothing.
        let step = (figure as f64 / most as f64 * 8.0).round() as usize;
        STEPS[step.clamp(1, 8)]
    };
    newest.iter().map(|figure| column(*figure)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_all_is_a_full_bar_and_only_nothing_an_empty_one() {
        for (share, drawn) in [
            (0.0, "░░░░"),
            (0.001, "█░░░"),
            (0.5, "██░░"),
            (0.999, "███░"),
            (1.0, "████"),
            (7.0, "████"),
        ] {
            assert_eq!(bar(share, 4), drawn, "{share}");
        }
        assert_eq!((bar(0.5, 0), bar(0.5, 1)), (String::new(), "█".to_owned()));
    }

    #[test]
    fn a_sparkline_begins_at_zero_and_has_the_newest() {
        assert_eq!(sparkline(&[9, 0, 1, 50, 100], 4), " ▁▄█");
        assert_eq!(sparkline(&[0, 0], 4), "  ");
        assert_eq!(sparkline(&[], 4), "");
    }
}
