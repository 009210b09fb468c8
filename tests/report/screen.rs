//! The full-screen view, drawn into cells that a test can read.

use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Color;
use throng::metrics::{
    FailureGroup, FailureGroupKey, FailureKind, FailureNote, OperationRef, Origin, Outcome,
    Snapshot, Threshold, ThresholdResult, TypeId,
};
use throng::report::Rates;
use throng::report::tui::{Look, SMALLEST, Sort, TABS, Tab, draw};
use throng::view::RunView;

use super::crowd;

fn terminal(
    snapshot: &Snapshot,
    look: &Look,
    (width, height): (u16, u16),
) -> Terminal<TestBackend> {
    let view = RunView::of(snapshot);
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let log = ["12:00:01  INFO a line of the log".to_owned()];
    terminal
        .draw(|frame| draw(frame, &view, look, &log))
        .unwrap();
    terminal
}

fn drawn(snapshot: &Snapshot, look: &Look, size: (u16, u16)) -> String {
    let terminal = terminal(snapshot, look, size);
    let buffer = terminal.backend().buffer();
    let rows = buffer.content().chunks(usize::from(size.0));
    rows.map(|row| row.iter().map(|cell| cell.symbol()).collect::<String>() + "\n")
        .collect()
}

fn at(tab: Tab) -> Look {
    Look {
        tab,
        colours: true,
        rates: rates(),
        ..Look::default()
    }
}

fn rates() -> Rates {
    let mut rates = Rates::default();
    let mut snapshot = crowd::snapshot();
    for number in 1..=3 {
        snapshot.interval.number = number;
        assert!(rates.add(&RunView::of(&snapshot)));
    }
    assert!(!rates.add(&RunView::of(&snapshot)), "each second once");
    rates
}

fn with_failure() -> Snapshot {
    let mut snapshot = crowd::snapshot();
    let note = FailureNote {
        number: 1,
        trace: None,
        kind: TypeId(0),
        operation: OperationRef::http("GET", "/users").into(),
        outcome: Outcome::Unexpected,
        failure: FailureKind::Status(503.into()),
        text: format!("GET /users -> 503: {}", crowd::HOSTILE),
        request: "GET http://localhost/users\nAuthorization: Bearer ***".to_owned(),
        response: "HTTP 503\ntoo busy".to_owned(),
        at: Duration::from_secs(3),
        service: None,
        version: 1,
        origin: Origin::default(),
    };
    let key = FailureGroupKey {
        reason: note.failure.clone(),
        operation: note.operation.clone(),
    };
    let group = FailureGroup {
        count: 5,
        example: Some(note),
        ..FailureGroup::default()
    };
    snapshot.totals.failure_groups.insert(key, group);
    snapshot
}

#[test]
fn the_overview_has_the_figures_of_the_run() {
    let snapshot = crowd::snapshot();
    let text = drawn(&snapshot, &at(Tab::Overview), (120, 40));
    let requests = snapshot.requests();
    for words in [
        format!("{} of {}", snapshot.users_alive(), snapshot.run.users),
        throng::view::format::count(requests.total()),
        format!("failed {}", throng::view::format::count(requests.failed())),
        "[1 overview]".to_owned(),
        "a line of the log".to_owned(),
        snapshot.run.id.clone(),
    ] {
        assert!(text.contains(&words), "{words} is not in\n{text}");
    }
}

#[test]
fn the_overview_of_an_open_crowd_has_planned_arrivals_in_place_of_planned_users() {
    let mut open = crowd::snapshot();
    open.planned_arrivals = Some(12.5);
    let text = drawn(&open, &at(Tab::Overview), (120, 40));
    let words = format!("{}  12.5 arrivals/s planned", open.users_alive());
    assert!(text.contains(&words), "{words} is not in\n{text}");
}

#[test]
fn the_overview_says_that_the_generator_was_overloaded() {
    let text = drawn(&crowd::overloaded(), &at(Tab::Overview), (160, 40));
    assert!(text.contains("overloaded in 12 of 42 s"), "{text}");
    let text = drawn(&crowd::snapshot(), &at(Tab::Overview), (160, 40));
    assert!(!text.contains("overloaded"), "{text}");
}

#[test]
fn each_tab_shows_its_own() {
    let snapshot = with_failure();
    for (tab, words) in [
        (Tab::Endpoints, "/s"),
        (Tab::Steps, "active: look up"),
        (Tab::Types, "sessions"),
        (Tab::Failures, "> Authorization: Bearer ***"),
        (Tab::Scripts, "versions, release"),
    ] {
        let mut look = at(tab);
        look.selected = if tab == Tab::Failures { 2 } else { 0 };
        let text = drawn(&snapshot, &look, (120, 40));
        assert!(text.contains(words), "{words} is not in\n{text}");
    }
    let mut look = at(Tab::Failures);
    look.selected = 2;
    let failures = drawn(&snapshot, &look, (120, 40));
    assert!(
        failures.contains("status 503") && failures.contains("< too busy"),
        "{failures}"
    );
    // What a target says moves no cursor.
    assert!(!failures.contains('\u{1b}'), "{failures}");
}

#[test]
fn every_tab_can_be_drawn_at_every_size_also_of_nothing() {
    for snapshot in [Snapshot::default(), with_failure()] {
        for size in [(1, 1), (20, 5), (40, 12), SMALLEST, (120, 40), (300, 90)] {
            for (tab, _) in TABS {
                for (selected, help) in [(0, false), (1_000_000, true)] {
                    let look = Look {
                        selected,
                        help,
                        ..at(tab)
                    };
                    drawn(&snapshot, &look, size);
                }
            }
        }
    }
}

/// The words of the headings that stand in the first row of the first table below the tabs.
fn headings(text: &str, first: &str) -> String {
    let row = text.lines().find(|row| row.contains(&format!("│{first}")));
    row.unwrap_or_else(|| panic!("no {first} in\n{text}"))
        .to_owned()
}

#[test]
fn no_heading_and_no_figure_is_cut_at_any_width() {
    let snapshot = with_failure();
    let tables = [
        (
            Tab::Endpoints,
            "request",
            &["requests", "/s", "expected", "failed", "p50", "p95", "p99"][..],
        ),
        (
            Tab::Steps,
            "step",
            &["count", "/s", "failed", "p50", "p95", "p99"],
        ),
        (
            Tab::Steps,
            "journey",
            &["begun", "finished", "lost", "failed", "p50", "p95"],
        ),
        (
            Tab::Types,
            "type",
            &[
                "users", "requests", "/s", "expected", "failed", "p50", "p99", "sessions",
            ],
        ),
        (
            Tab::Scripts,
            "version",
            &[
                "users", "requests", "failed", "p50", "p99", "steps", "errors",
            ],
        ),
    ];
    for (tab, first, heads) in tables {
        for width in SMALLEST.0..=200 {
            let text = drawn(&snapshot, &at(tab), (width, 40));
            let row = headings(&text, first);
            let words = row.split('│').nth(1).unwrap().trim_start_matches(first);
            // Those that are there are whole, and only from the right some are not.
            let mut rest = words.trim();
            let mut shown = 0;
            for head in heads {
                let Some(after) = rest.strip_prefix(head) else {
                    break;
                };
                rest = after.trim_start();
                shown += 1;
            }
            assert_eq!(rest, "", "{tab:?} at {width}: {row}");
            if width >= 80 {
                assert_eq!(shown, heads.len(), "{tab:?} at {width}: {row}");
            }
        }
    }
    let text = drawn(&snapshot, &at(Tab::Types), (80, 24));
    assert!(text.contains("active"), "{text}");
}

#[test]
fn at_80_columns_the_figures_of_the_overview_are_whole() {
    let snapshot = with_failure();
    let wide = drawn(&snapshot, &at(Tab::Overview), (200, 60));
    let narrow = drawn(&snapshot, &at(Tab::Overview), (80, 24));
    for label in [
        "users",
        "requests",
        "outcomes",
        "service",
        "response",
        "sessions",
        "generator",
    ] {
        let words = |text: &str| {
            let row = text
                .lines()
                .find(|row| row.starts_with(&format!("│{label}")))
                .unwrap()
                .to_owned();
            row.split('│').nth(1).unwrap().trim().to_owned()
        };
        assert_eq!(words(&narrow), words(&wide), "{narrow}");
    }
}

/// The words of the row that begins with these.
fn row_of(text: &str, first: &str) -> Vec<String> {
    let row = headings(text, first);
    let words = row.trim_matches('│').trim_start_matches(first);
    words.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn steps_and_journeys_have_their_figures_at_80_columns() {
    let mut snapshot = crowd::snapshot();
    let text = drawn(&snapshot, &at(Tab::Steps), (80, 24));
    assert!(
        text.contains("[3 steps]") && text.contains("1-6 tab") && text.contains("? help"),
        "{text}"
    );
    let step = row_of(&text, "active: look up");
    // One of 100 raised an error, three failed, and one that was cancelled is in no time.
    assert_eq!(step[0], "100", "{text}");
    assert_eq!(step[2..4], ["4.0", "%"], "{text}");
    assert_eq!(step[5], "ms", "{text}");
    let journey = row_of(&text, "active: checkout");
    assert_eq!(journey[..3], ["10", "4", "4"], "{text}");
    let register = row_of(&text, "new: register");
    assert_eq!(register[2..4], ["0", "%"], "{text}");

    // Without a journey the steps have the whole height.
    snapshot.totals.journeys.clear();
    let text = drawn(&snapshot, &at(Tab::Steps), (80, 24));
    assert!(!text.contains("journeys"), "{text}");

    // Of very many both are shown, and one comes to the last of them.
    let mut snapshot = crowd::snapshot();
    for number in 0..100 {
        let (step, journey) = {
            let totals = &snapshot.totals;
            let step = totals.steps.values().next().unwrap().clone();
            (step, totals.journeys.values().next().unwrap().clone())
        };
        let name = (TypeId(0), format!("more {number:02}"));
        snapshot.totals.steps.insert(name.clone(), step);
        snapshot.totals.journeys.insert(name, journey);
    }
    let mut look = at(Tab::Steps);
    look.sort = Sort::Name;
    let text = drawn(&snapshot, &look, (80, 24));
    assert_eq!(text.matches("new: more 00").count(), 2, "{text}");
    // The selected row is shown, of the steps first and then of the journeys.
    look.on(101);
    let text = drawn(&snapshot, &look, (80, 24));
    assert!(text.contains("new: register"), "{text}");
    look.on(1_000);
    let text = drawn(&snapshot, &look, (80, 24));
    assert_eq!(text.matches("new: more 99").count(), 1, "{text}");
}

#[test]
fn without_colours_no_cell_has_one() {
    let look = Look {
        colours: false,
        ..at(Tab::Overview)
    };
    let plain = |look: &Look| {
        let terminal = terminal(&with_failure(), look, (120, 40));
        let cells = terminal.backend().buffer().content().to_vec();
        cells
            .iter()
            .all(|cell| (cell.fg, cell.bg) == (Color::Reset, Color::Reset))
    };
    assert!(plain(&look));
    assert!(!plain(&at(Tab::Overview)));
}

#[test]
fn tabs_turn_around_and_begin_at_their_top() {
    let mut look = Look {
        selected: 7,
        ..at(Tab::Scripts)
    };
    look.turn(1);
    assert_eq!((look.tab, look.selected), (Tab::Overview, 0));
    look.turn(-1);
    assert_eq!(look.tab, Tab::Scripts);
}

#[test]
fn one_scrolls_no_further_than_to_the_last_row() {
    let mut look = at(Tab::Types);
    let snapshot = with_failure();
    let rows = snapshot.run.types.len();
    assert!(rows > 1);
    drawn(&snapshot, &look, (120, 40));
    look.on(1);
    assert_eq!(look.selected, 1);
    look.on(1_000);
    assert_eq!(look.selected, rows - 1);
}

/// A run in which this and that is wrong.
fn troubled() -> Snapshot {
    let mut snapshot = with_failure();
    snapshot.thresholds.push(Threshold {
        rule: "p95 > 300ms".to_owned(),
        result: ThresholdResult::Failed,
        value: Some(0.948),
        bound: 0.3,
        beyond_since_seconds: Some(22.0),
        figure: Some("948 ms".to_owned()),
        met: Some("948 ms (1,020 requests)".to_owned()),
    });
    snapshot.generator.overloaded = 2;
    snapshot.generator.faulty = 2;
    snapshot
}

#[test]
fn the_strip_says_what_is_wrong_in_every_tab_at_both_sizes() {
    for (tab, _) in TABS {
        let low = drawn(&troubled(), &at(tab), (80, 24));
        let first = low.lines().next().unwrap().trim_end();
        assert_eq!(
            first, "✗ p95 948 ms over 300 ms for 20 s  (and 1 more)",
            "{low}"
        );
        let tall = drawn(&troubled(), &at(tab), (200, 60));
        let lines: Vec<_> = tall.lines().take(2).map(str::trim_end).collect();
        assert_eq!(
            lines,
            [
                "✗ p95 948 ms over 300 ms for 20 s",
                "! Generator overloaded in 2 of 42 s"
            ],
            "{tall}"
        );
    }
    let healthy = drawn(&crowd::snapshot(), &at(Tab::Overview), (80, 24));
    assert!(
        healthy.starts_with("✓ Nothing is wrong: 40 users"),
        "{healthy}"
    );
}

#[test]
fn the_overview_has_thresholds_failures_and_both_charts() {
    for size in [(80, 24), (200, 60)] {
        let text = drawn(&troubled(), &at(Tab::Overview), size);
        for words in [
            "failed  p95 > 300ms  948 ms",
            "500 x10  POST /api/v1/users",
            "p95",
        ] {
            assert!(text.contains(words), "{words} is not in\n{text}");
        }
    }
    let text = drawn(&troubled(), &at(Tab::Overview), (200, 60));
    assert!(text.contains("requests a second, now 25.0"), "{text}");
    assert!(text.contains("p95 by second, now 948 ms"), "{text}");
    assert!(text.contains('█'), "{text}");
}

#[test]
fn rows_are_filtered_sorted_and_selected() {
    let snapshot = troubled();
    let mut look = at(Tab::Endpoints);
    let first = |text: &str| {
        let mut rows = text.lines().skip_while(|line| !line.contains("│request"));
        rows.nth(1).unwrap().to_owned()
    };
    let text = drawn(&snapshot, &look, (80, 24));
    assert!(text.contains("2 endpoints by failures"), "{text}");
    assert!(first(&text).contains("POST"), "{text}");
    look.sort_on();
    assert_eq!(look.sort, Sort::Count);
    let text = drawn(&snapshot, &look, (80, 24));
    assert!(first(&text).contains("GET"), "{text}");
    look.filter_by("post".to_owned());
    let text = drawn(&snapshot, &look, (80, 24));
    assert!(text.contains("1 of 2 endpoints by count"), "{text}");
    assert!(!text.contains("GET "), "{text}");
    look.is_typing = true;
    let text = drawn(&snapshot, &look, (80, 24));
    assert!(text.contains("filter: post_"), "{text}");
    // The selected failure is the one that is shown in full.
    let mut look = at(Tab::Failures);
    let text = drawn(&snapshot, &look, (120, 40));
    assert!(text.contains("POST /api/v1/users: 500"), "{text}");
    look.on(1);
    let text = drawn(&snapshot, &look, (120, 40));
    assert!(text.contains("POST /api/v1/users: timeout"), "{text}");
    assert!(!text.contains("POST /api/v1/users: 500"), "{text}");
    look.filter_by("nowhere".to_owned());
    let text = drawn(&snapshot, &look, (120, 40));
    assert!(text.contains("No failure has that in its name"), "{text}");
}

#[test]
fn below_its_least_size_the_view_says_so_and_what_is_wrong() {
    let text = drawn(&troubled(), &at(Tab::Overview), (60, 12));
    assert!(text.contains("has 60x12 cells"), "{text}");
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("needs 80x20. The run goes on."), "{text}");
    assert!(text.contains("✗ p95 948 ms over 300 ms for 20 s"), "{text}");
}
