//! The figures that one looks at first, the rate over the last seconds, and what was done to the run.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::frame::framed;
use super::look::Look;
use super::rows::AROUND;
use super::{charts, failures, tables};
use crate::report::text::thresholds::mark;
use crate::report::text::{Ink, plain};
use crate::view::format::{count, cpu, measured, rate, share, span, time};
use crate::view::{Latency, ReloadStatus, RunView, ThresholdResult};

/// Lines of the figures, and of figures and charts in a tall view.
const FIGURES: u16 = 9;
const CHARTS: u16 = 13;
/// Lines from which it is one.
const TALL: u16 = 28;
/// Lines of the events and columns of the chart below which they are left out, with their frames.
const LEAST_EVENTS: u16 = 3;
/// Lines of the newest events where endpoints stand above them, and of endpoints below which they are left out.
const MOST_EVENTS: u16 = 8;
const LEAST_ENDPOINTS: u16 = AROUND + 3;
const LEAST_CHART: u16 = 14;

pub(crate) fn draw(frame: &mut Frame<'_>, area: Rect, view: &RunView, look: &Look) {
    let tall = if area.height >= TALL { CHARTS } else { FIGURES };
    let [figures, rest] =
        Layout::vertical([Constraint::Length(tall), Constraint::Min(0)]).areas(area);
    let facts = facts(view, look);
    let [left, right] = beside(figures, &facts);
    let facts = Paragraph::new(facts).block(framed("figures"));
    frame.render_widget(facts, left);
    charts::draw(frame, right, view, look);
    let judged = judged(view, look, area.height >= TALL);
    let wanted = judged.iter().map(|(_, lines)| lines.len()).max();
    let wanted = wanted.map_or(0, |lines| lines as u16 + 2);
    let [found, rest] =
        Layout::vertical([Constraint::Length(wanted), Constraint::Min(0)]).areas(rest);
    let parts = Layout::horizontal(judged.iter().map(|_| Constraint::Fill(1))).split(found);
    for ((title, lines), part) in judged.into_iter().zip(parts.iter()) {
        frame.render_widget(Paragraph::new(lines).block(framed(title)), *part);
    }
    let types = (view.types.len() as u16 + AROUND).min(rest.height);
    let [of_types, rest] =
        Layout::vertical([Constraint::Length(types), Constraint::Min(0)]).areas(rest);
    let happened = happened(&view.reload_status, look);
    let wanted = match happened.len() as u16 {
        0 => 0,
        lines => (lines + 2).min(MOST_EVENTS),
    };
    let has_endpoints = !view.endpoints.is_empty() && rest.height >= wanted + LEAST_ENDPOINTS;
    let wanted = match (has_endpoints, rest.height) {
        (true, _) => wanted,
        // A frame around nothing says less than another row of types.
        (false, height) if height < LEAST_EVENTS => 0,
        (false, height) => height,
    };
    let [between, events] =
        Layout::vertical([Constraint::Min(0), Constraint::Length(wanted)]).areas(rest);
    let of_types = match has_endpoints {
        true => of_types,
        false => of_types.union(between),
    };
    if of_types.height > AROUND {
        tables::types(frame, of_types, view, look, false);
    }
    if has_endpoints {
        tables::endpoints(frame, between, view, look, false);
    }
    if wanted > 0 {
        frame.render_widget(Paragraph::new(happened).block(framed("events")), events);
    }
}

/// Thresholds and failures, where there are any: a title and lines each.
fn judged(view: &RunView, look: &Look, is_tall: bool) -> Vec<(&'static str, Vec<Line<'static>>)> {
    let most = if is_tall { 8 } else { 3 };
    let mut all: Vec<_> = view.thresholds.iter().collect();
    all.sort_by_key(|one| one.result == ThresholdResult::Passed);
    let thresholds = all.into_iter().take(most).map(|one| {
        let (word, ink) = mark(one.result);
        Line::from(vec![
            Span::styled(format!("{word} "), look.style(ink)),
            Span::raw(format!("{}  ", plain::line(&one.rule))),
            Span::styled(plain::line(one.figures()), look.style(ink)),
        ])
    });
    let parts = [
        ("thresholds", thresholds.collect()),
        ("failures", failures::lines(view, most, look)),
    ];
    let parts = parts.into_iter();
    parts
        .filter(|(_, lines): &(_, Vec<_>)| !lines.is_empty())
        .collect()
}

/// The figures with all of their words, and the chart in what is left, where that is enough for one.
fn beside(area: Rect, facts: &[Line<'_>]) -> [Rect; 2] {
    let words = facts.iter().map(Line::width).max().unwrap_or(0);
    let words = u16::try_from(words + 2).unwrap_or(u16::MAX).min(area.width);
    let left = words.max(area.width * 58 / 100);
    let left = match area.width - left < LEAST_CHART {
        true => area.width,
        false => left,
    };
    Layout::horizontal([Constraint::Length(left), Constraint::Min(0)]).areas(area)
}

fn facts(view: &RunView, look: &Look) -> Vec<Line<'static>> {
    let (load, health) = (&view.load, &view.live.health);
    let (requests, sessions) = (&load.requests.outcomes, &load.sessions);
    let part = |ink, words: String| Span::styled(words, look.style(ink));
    let row = |name: &str, spans: Vec<Span<'static>>| {
        let mut line = vec![part(Ink::Dim, format!("{name:<10}"))];
        line.extend(spans);
        Line::from(line)
    };
    let bad = |is: bool| if is { Ink::Bad } else { Ink::Good };
    vec![
        row(
            "users",
            vec![
                part(Ink::Bold, count(view.live.users.max(0).unsigned_abs())),
                Span::raw(match (view.planned_users(), view.live.planned_arrivals) {
                    (Some(users), _) => format!(" of {}", count(users)),
                    (None, arrivals) => {
                        format!(
                            "  {} arrivals/s planned",
                            rate(arrivals.unwrap_or_default())
                        )
                    }
                }),
            ],
        ),
        row(
            "requests",
            vec![
                part(Ink::Bold, count(requests.total)),
                Span::raw(format!("  {}/s mean", rate(load.requests.per_second))),
            ],
        ),
        row(
            "outcomes",
            vec![
                part(
                    Ink::Good,
                    format!("ok {}", share(requests.ok, requests.total)),
                ),
                part(
                    Ink::Meant,
                    format!("  expected {}", share(requests.expected, requests.total)),
                ),
                part(
                    bad(requests.failed() > 0),
                    format!(
                        "  failed {} ({})",
                        count(requests.failed()),
                        share(requests.failed(), requests.total)
                    ),
                ),
            ],
        ),
        row(
            "service",
            vec![Span::raw(percentiles(&load.latency_seconds))],
        ),
        row(
            "response",
            vec![Span::raw(percentiles(&load.response_latency_seconds))],
        ),
        row(
            "sessions",
            vec![
                Span::raw(format!("{} completed", count(sessions.completed))),
                part(
                    if sessions.failed > 0 {
                        Ink::Bad
                    } else {
                        Ink::Dim
                    },
                    format!("  {} failed", count(sessions.failed)),
                ),
            ],
        ),
        row(
            "generator",
            vec![
                part(
                    bad(health.overloaded),
                    format!("lag {}", time(health.lag_p99_seconds)),
                ),
                Span::raw(format!(
                    "  cpu {}  {} connections",
                    cpu(health.cpu),
                    count(health.connections)
                )),
            ],
        ),
    ]
}

fn percentiles(times: &Latency) -> String {
    if times.count == 0 {
        return "nothing answered yet".to_owned();
    }
    let figures = [("p50", times.p50), ("p95", times.p95), ("p99", times.p99)];
    let words = figures.map(|(name, seconds)| format!("{name} {}", measured(seconds)));
    words.join("  ")
}

/// Newest first.
fn happened(reload_status: &ReloadStatus, look: &Look) -> Vec<Line<'static>> {
    let events = reload_status.events.iter().rev();
    let lines = events.map(|event| {
        let by = match event.by.as_str() {
            "" | "run" => String::new(),
            by => format!(" by {}", plain::line(by)),
        };
        Line::from(vec![
            Span::styled(
                format!("{:>12}  ", span(event.at_seconds)),
                look.style(Ink::Dim),
            ),
            Span::styled(
                format!("{:<9}", plain::line(&event.what)),
                look.style(Ink::Bold),
            ),
            Span::raw(plain::line(&event.text)),
            Span::styled(by, look.style(Ink::Dim)),
        ])
    });
    lines.collect()
}
