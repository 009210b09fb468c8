//! The last seconds as charts: requests a second, and how long they took.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::widgets::Sparkline;

use super::frame::framed;
use super::look::Look;
use crate::report::text::Ink;
use crate::view::RunView;
use crate::view::format::{NOTHING, measured, rate, time};

/// Both, one below the other, on one time axis.
pub(crate) fn draw(frame: &mut Frame<'_>, area: Rect, view: &RunView, look: &Look) {
    let [above, below] = Layout::vertical([Constraint::Fill(1), Constraint::Fill(1)]).areas(area);
    let interval = &view.live.interval;
    let now = interval.per_second.map_or_else(|| NOTHING.to_owned(), rate);
    let requests = [
        format!("requests a second, now {now}"),
        format!("now {now}/s"),
    ];
    chart(frame, above, look, look.rates.newest(), &requests);
    let now = measured(interval.latency_seconds.p95);
    let most = newest(look.rates.p95_micros(), below).iter().max().copied();
    let most = time(most.unwrap_or(0) as f64 / 1e6);
    let latency = [
        format!("p95 by second, now {now}, at most {most}"),
        format!("p95 now {now}"),
    ];
    chart(frame, below, look, look.rates.p95_micros(), &latency);
}

/// The title is the first of those that fit.
fn chart(frame: &mut Frame<'_>, area: Rect, look: &Look, figures: &[u64], titles: &[String; 2]) {
    let room = usize::from(area.width.saturating_sub(2));
    let [long, short] = titles;
    let title = if console::measure_text_width(long) <= room {
        long
    } else {
        short
    };
    let chart = Sparkline::default()
        .data(newest(figures, area))
        .style(look.style(Ink::Meant));
    frame.render_widget(chart.block(framed(title)), area);
}

/// As many as there are columns for.
fn newest(figures: &[u64], area: Rect) -> &[u64] {
    let room = usize::from(area.width.saturating_sub(2));
    &figures[figures.len().saturating_sub(room)..]
}
