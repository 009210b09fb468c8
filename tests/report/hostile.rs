//! Texts that a terminal would obey, everywhere in a snapshot: no report shows one of them.

use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use throng::metrics::{Breaker, BreakerState, Event, FailureKind, Refusal, Scope, Snapshot};
use throng::report::text::Paint;
use throng::report::text::progress::Lines;
use throng::report::text::summary;
use throng::report::tui::{Look, TABS, draw};
use throng::text::is_shown;
use throng::view::RunView;

use super::crowd::{self, HOSTILE, frame, styled, text};

/// Every text of it comes from elsewhere.
fn hostile() -> Snapshot {
    let words = || HOSTILE.to_owned();
    let mut snapshot = crowd::snapshot();
    let request = crowd::request(crowd::NEW, "GET", HOSTILE, 7_000);
    snapshot.merge(crowd::snapshot_of(&request));
    for kind in &mut snapshot.run.types {
        kind.push_str(HOSTILE);
    }
    snapshot.run.base_url.push_str(HOSTILE);
    for failure in &mut snapshot.failures {
        (failure.text, failure.request, failure.response) = (words(), words(), words());
        failure.failure = FailureKind::Network(words().into());
        failure.operation.name = HOSTILE.into();
    }
    for totals in snapshot.totals.series.values_mut() {
        for failure in totals.failures.values_mut() {
            failure.example = Some(words());
        }
    }
    for error in &mut snapshot.totals.script_errors {
        (error.place, error.message, error.traceback) = (words(), words(), words());
    }
    snapshot.totals.failed_sessions.insert(words(), 3);
    snapshot.totals.checks.insert(words(), Default::default());
    snapshot.left_behind.insert(words(), 4);
    snapshot.reload_status.event(Event {
        at: Duration::from_secs(41),
        what: words(),
        by: words(),
        text: words(),
    });
    snapshot.reload_status.refusal = Some(Refusal {
        at: Duration::from_secs(41),
        faults: vec![(words(), words())],
    });
    snapshot.guard.breakers.insert(
        Scope::Endpoint(words()),
        Breaker {
            state: BreakerState::Open,
            ..Breaker::default()
        },
    );
    snapshot
}

fn fit(what: &str, text: &str) {
    let plain = console::strip_ansi_codes(text);
    for line in plain.lines() {
        assert!(line.chars().all(is_shown), "{what}: {line:?}");
        assert!(!line.starts_with("FAKE"), "{what}: {line:?}");
    }
}

#[test]
fn no_text_from_elsewhere_reaches_a_terminal_as_it_is() {
    let snapshot = hostile();
    for paint in [Paint::PLAIN, Paint::COLOUR] {
        for width in [20, 80, 400] {
            let look = summary::Look {
                width,
                paint,
                whole: false,
                rows: summary::ROWS,
            };
            fit("the summary", &styled(&snapshot, look));
            for line in frame(&snapshot, width, paint) {
                assert!(!line.contains('\n'), "{line:?}");
                fit("the live display", &line);
            }
        }
    }
    assert!(text(&snapshot).contains(r"\u{1b}[31mred\r\nFAKE"));
    fit(
        "a plain line",
        &Lines::new().update(&RunView::of(&snapshot)).unwrap(),
    );
    let view = RunView::of(&snapshot);
    for (tab, _) in TABS {
        let mut terminal = Terminal::new(TestBackend::new(200, 60)).unwrap();
        let look = Look {
            tab,
            said: HOSTILE.to_owned(),
            ..Look::default()
        };
        let log = [HOSTILE.to_owned()];
        terminal
            .draw(|frame| draw(frame, &view, &look, &log))
            .unwrap();
        let buffer = terminal.backend().buffer();
        for cell in buffer.content() {
            assert!(cell.symbol().chars().all(is_shown), "{tab:?}: {cell:?}");
        }
    }
}
