//! A level over time, drawn as text.

use std::time::Duration;

use crate::cli::show_span;

/// Lines of a chart without its axis.
const HEIGHT: usize = 8;
/// Columns before the drawing: a number and the axis.
const MARGIN: usize = 10;
/// Narrower drawings show nothing.
const NARROWEST: usize = 20;
/// Wider ones are no clearer.
const WIDEST: usize = 120;

/// Eighths of a character's height, from below.
const EIGHTHS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Columns of bars from 0 to the greatest level, with both axes; `width` is that of the terminal.
pub fn draw(level: &dyn Fn(Duration) -> f64, horizon: Duration, width: usize) -> String {
    let columns = width.saturating_sub(MARGIN + 1).clamp(NARROWEST, WIDEST);
    let levels: Vec<f64> = (0..columns)
        .map(|column| level(horizon.mul_f64((column as f64 + 0.5) / columns as f64)).max(0.0))
        .collect();
    let greatest = levels.iter().copied().fold(0.0, f64::max);
    let mut chart = String::new();
    for row in (0..HEIGHT).rev() {
        let label = match row {
            _ if row == HEIGHT - 1 => short(greatest),
            _ if row == HEIGHT / 2 - 1 => short(greatest / 2.0),
            _ => String::new(),
        };
        let bars: String = levels
            .iter()
            .map(|level| {
                let share = if greatest > 0.0 {
                    level / greatest
                } else {
                    0.0
                };
                let filled = (share * HEIGHT as f64 - row as f64).clamp(0.0, 1.0);
                EIGHTHS[(filled * 8.0).round() as usize]
            })
            .collect();
        chart.push_str(&format!("{label:>8} ┤{}", bars.trim_end()));
        chart.push('\n');
    }
    chart.push_str(&format!("{:>8} └{}\n", "0", "─".repeat(columns)));
    let (middle, end) = (show_span(whole(horizon / 2)), show_span(whole(horizon)));
    let before = (columns / 2).saturating_sub(1 + middle.len() / 2);
    let between = columns.saturating_sub(1 + before + middle.len() + end.len());
    let blank = " ".repeat(MARGIN);
    let (before, between) = (" ".repeat(before), " ".repeat(between));
    chart.push_str(&format!("{blank}0{before}{middle}{between}{end}\n"));
    chart
}

/// Without parts of a second, where it is long.
fn whole(span: Duration) -> Duration {
    if span < Duration::from_secs(10) {
        return span;
    }
    Duration::from_secs(span.as_secs())
}

fn short(level: f64) -> String {
    if level >= 100.0 || level.fract() == 0.0 {
        return format!("{level:.0}");
    }
    format!("{level:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_up_is_a_line_up() {
        let minute = Duration::from_secs(60);
        let chart = draw(&|at| at.as_secs_f64() * 2.0, minute, 40);
        let lines: Vec<&str> = chart.lines().collect();
        assert_eq!(lines.len(), HEIGHT + 2);
        assert!(
            lines.iter().all(|line| line.chars().count() <= 40),
            "{chart}"
        );
        assert!(lines[0].ends_with(['▆', '▇', '█']), "{chart}");
        let full = |line: &str| line.matches('█').count();
        assert!((0..HEIGHT - 1).all(|row| full(lines[row]) <= full(lines[row + 1])));
        assert!(lines[HEIGHT + 1].ends_with("1m"), "{chart}");
    }

    #[test]
    fn nobody_at_all_is_drawn_too() {
        let chart = draw(&|_| 0.0, Duration::ZERO, 0);
        assert_eq!(chart.lines().count(), HEIGHT + 2);
        assert!(!chart.contains('█'));
    }
}
