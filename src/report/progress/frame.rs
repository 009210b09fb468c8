//! The lines of the live display, for a width.

use crate::metrics::{Left, Phase, Snapshot};
use crate::report::units::{count, rate, share, span, time};
use crate::report::{Ink, Paint};

/// Failures shown at most.
const FAILURES: usize = 3;

/// Script errors shown at most.
const SCRIPT_ERRORS: usize = 3;

/// The display in lines, each at most `width` columns wide. What does not fit is left out from
/// the right, where the less important things are.
pub fn frame(snapshot: &Snapshot, width: usize, paint: Paint) -> Vec<String> {
    let mut lines = vec![
        head(snapshot, paint),
        users(snapshot, paint),
        requests(snapshot, paint),
    ];
    lines.push(outcomes(snapshot, paint));
    lines.push(times(snapshot, paint));
    lines.push(sessions(snapshot, paint));
    let failures = snapshot.failures.iter().rev().take(FAILURES);
    lines.extend(failures.map(|failure| {
        let mut line = Line::new("failure", paint);
        line.sentence(Ink::Bad, &one_line(&failure.text));
        line
    }));
    let errors = snapshot
        .totals
        .script_errors
        .iter()
        .rev()
        .take(SCRIPT_ERRORS);
    lines.extend(errors.map(|error| {
        let mut line = Line::new("script", paint);
        let text = format!(
            "{} {} (x{})",
            error.place,
            one_line(&error.message),
            count(error.count)
        );
        line.sentence(Ink::Bad, &text);
        line
    }));
    lines.into_iter().map(|line| line.fitted(width)).collect()
}

fn head(snapshot: &Snapshot, paint: Paint) -> Line {
    let mut line = Line::new(phase(snapshot.phase), paint);
    line.inked(Ink::Bold, &span(snapshot.elapsed));
    match snapshot.left {
        Some(Left::Time(left)) => line.plain(&format!("{} left", span(left))),
        Some(Left::Sessions(left)) => line.plain(&format!("{} sessions left", count(left))),
        None => {}
    }
    line.plain(&snapshot.run.base_url);
    line.inked(Ink::Dim, &format!("run {}", snapshot.run.id));
    line
}

fn users(snapshot: &Snapshot, paint: Paint) -> Line {
    let mut line = Line::new("users", paint);
    let (alive, planned) = (snapshot.users_alive().max(0) as u64, snapshot.run.users);
    line.inked(
        Ink::Bold,
        &format!("{} of {}", count(alive), count(planned)),
    );
    for (kind, name) in snapshot.types() {
        line.plain(&format!("{name} {}", snapshot.users_of(kind)));
    }
    line
}

fn requests(snapshot: &Snapshot, paint: Paint) -> Line {
    let mut line = Line::new("requests", paint);
    line.inked(Ink::Bold, &count(snapshot.requests().total()));
    line.plain(&format!("{}/s now", rate(snapshot.interval.rate())));
    line.plain(&format!("{}/s mean", rate(snapshot.rate())));
    line
}

fn outcomes(snapshot: &Snapshot, paint: Paint) -> Line {
    let requests = snapshot.requests();
    let part = |name, count| format!("{name} {}", share(count, requests.total()));
    let mut line = Line::new("outcomes", paint);
    line.inked(Ink::Good, &part("ok", requests.ok));
    line.inked(Ink::Meant, &part("expected", requests.expected));
    let failed = format!(
        "failed {} ({})",
        count(requests.failed()),
        share(requests.failed(), requests.total())
    );
    if requests.failed() > 0 {
        line.inked(Ink::Bad, &failed)
    } else {
        line.plain(&failed)
    }
    if requests.cut > 0 {
        line.plain(&format!("cut {}", count(requests.cut)));
    }
    line
}

/// Of the last second, as long as anything happened in it; else of the whole run.
fn times(snapshot: &Snapshot, paint: Paint) -> Line {
    let now = snapshot.interval.service();
    let (times, of) = if now.is_empty() {
        (snapshot.service(), "whole run")
    } else {
        (now, "last second")
    };
    let mut line = Line::new("times", paint);
    for (name, quantile) in [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)] {
        line.plain(&format!("{name} {}", time(times.quantile(quantile) as f64)));
    }
    line.inked(Ink::Dim, of);
    line
}

fn sessions(snapshot: &Snapshot, paint: Paint) -> Line {
    let sessions = snapshot.sessions();
    let mut line = Line::new("sessions", paint);
    line.plain(&format!("{} completed", count(sessions.completed)));
    let failed = format!("{} failed", count(sessions.failed));
    if sessions.failed > 0 {
        line.inked(Ink::Bad, &failed)
    } else {
        line.plain(&failed)
    }
    if sessions.stopped > 0 {
        line.plain(&format!("{} stopped", count(sessions.stopped)));
    }
    line
}

fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Starting => "starting",
        Phase::Running => "running",
        Phase::Stopping => "stopping",
        Phase::Cleaning => "cleaning",
        Phase::Done => "done",
    }
}

/// Text without control characters: what a target answers must not move the cursor.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}

/// A label and its pieces, the most important first.
struct Line {
    paint: Paint,
    label: &'static str,
    pieces: Vec<Piece>,
}

struct Piece {
    text: String,
    ink: Option<Ink>,
    /// A part of it still says something.
    divisible: bool,
}

/// Columns of the labels, and between pieces.
const LABEL: usize = 10;
const GAP: usize = 2;

impl Line {
    fn new(label: &'static str, paint: Paint) -> Self {
        Line {
            paint,
            label,
            pieces: Vec::new(),
        }
    }

    fn plain(&mut self, text: &str) {
        self.pieces.push(Piece {
            text: text.to_owned(),
            ink: None,
            divisible: false,
        });
    }

    fn inked(&mut self, ink: Ink, text: &str) {
        self.pieces.push(Piece {
            text: text.to_owned(),
            ink: Some(ink),
            divisible: false,
        });
    }

    fn sentence(&mut self, ink: Ink, text: &str) {
        self.pieces.push(Piece {
            text: text.to_owned(),
            ink: Some(ink),
            divisible: true,
        });
    }

    fn fitted(&self, width: usize) -> String {
        let label = format!("{:LABEL$}", self.label);
        let mut used = LABEL;
        let mut line = self
            .paint
            .ink(Ink::Dim, &console::truncate_str(&label, width, ""));
        for (at, piece) in self.pieces.iter().enumerate() {
            let gap = if at > 0 { GAP } else { 0 };
            let room = width.saturating_sub(used + gap);
            let text = if piece.divisible {
                console::truncate_str(&piece.text, room, "...")
            } else {
                piece.text.as_str().into()
            };
            let wide = console::measure_text_width(&text);
            if wide > room || wide == 0 {
                break;
            }
            used += gap + wide;
            line.extend(std::iter::repeat_n(' ', gap));
            line.push_str(&piece.ink.map_or_else(
                || text.clone().into_owned(),
                |ink| self.paint.ink(ink, &text),
            ));
        }
        line
    }
}
