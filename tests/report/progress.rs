use std::io::Write as _;
use std::time::Duration;

use indicatif::InMemoryTerm;
use throng::metrics::{Aggregator, Left, Phase, Recorder, Snapshot};
use throng::report::text::Paint;
use throng::report::text::progress::{Lines, Live};
use throng::view::RunView;
use tracing_subscriber::fmt::MakeWriter as _;

use super::crowd::{NEW, frame, overloaded, record, request, run, snapshot};

fn screen(width: u16, snapshot: &Snapshot) -> String {
    let term = InMemoryTerm::new(24, width);
    let mut live = Live::new(term.clone(), Paint::PLAIN);
    live.update(&RunView::of(snapshot));
    term.contents()
}

#[test]
fn eighty_columns_show_everything() {
    assert_eq!(
        screen(80, &snapshot()),
        "✓ Nothing is wrong: 40 users, 25.0 requests/s, 1.9 % failed, p95 948 ms\n\
         running   42 s  18 s left  ██████████████░░░░░░ 70 %  http://127.0.0.1:9501\n\
         users     40 of 60  new 12  active 28  admin 0\n\
         requests  1,050  25.0/s now  25.0/s mean  █\n\
         outcomes  ok 95.2 %  failed 20 (1.9 %)  expected 1.9 %  cancelled 10\n\
         times     p50 480 ms  p95 948 ms  p99 990 ms  last second\n\
         sessions  31 completed  1 failed  1 interrupted\n\
         failure   POST /api/v1/users: timeout\n\
         failure   POST /api/v1/users: 500\n\
         script    scripts/active.lua:12 attempt to index a nil value (local 'person'...\n\
         endpoint                requests    /s  failed      p50     p95\n\
         POST /api/v1/users            50  1.19      20  5.00 ms       -\n\
         GET /api/v1/users/{id}     1,000  23.8       -   502 ms  950 ms"
    );
}

#[test]
fn an_open_crowd_has_planned_arrivals_in_place_of_planned_users() {
    let mut open = snapshot();
    open.planned_arrivals = Some(12.5);
    let shown = screen(80, &open);
    assert_eq!(
        shown.lines().nth(2),
        Some("users     40  12.5 arrivals/s planned  new 12  active 28  admin 0")
    );
}

#[test]
fn an_overloaded_generator_is_said_at_the_top() {
    let shown = screen(80, &overloaded());
    assert_eq!(
        shown.lines().next(),
        Some("✗ Generator overloaded in 12 of 42 s")
    );
    let line = Lines::new().update(&RunView::of(&overloaded())).unwrap();
    assert!(
        line.contains("  generator overloaded in 12 of 42 s"),
        "{line}"
    );
}

#[test]
fn where_there_is_nothing_to_say_nothing_is_said() {
    let mut aggregator = Aggregator::new(run());
    for second in 1..6 {
        aggregator.tick(Duration::from_secs(second));
    }
    let nothing = aggregator.tick(Duration::from_secs(6));
    let shown = screen(80, &nothing);
    assert!(
        shown.contains(
            "requests  0  0.00/s now  0.00/s mean\n\
             outcomes  ok -  failed 0 (-)  expected -\n\
             times     p50 -  p95 -  p99 -  whole run"
        ),
        "{shown}"
    );
    let line = Lines::new().update(&RunView::of(&nothing)).unwrap();
    assert!(
        line.ends_with("failed 0 (+0)  p50 -  p95 -  p99 -"),
        "{line}"
    );
    // A pause has no rate, and is said at once, however little time there was since the line before.
    let mut lines = Lines::new();
    let mut recorder = Recorder::new();
    (0..80).for_each(|_| record(&mut recorder, &request(NEW, "GET", "/", 2_000)));
    let mut aggregator = Aggregator::new(run());
    aggregator.absorb(0, recorder.take());
    assert!(
        lines
            .update(&RunView::of(&aggregator.tick(Duration::from_secs(5))))
            .is_some()
    );
    (0..7).for_each(|_| record(&mut recorder, &request(NEW, "GET", "/", 2_000)));
    aggregator.absorb(0, recorder.take());
    aggregator.phase(Phase::Paused);
    let pause = aggregator.tick(Duration::from_millis(5_008));
    assert!(screen(80, &pause).contains("requests  87  - now  17.4/s mean"));
    let line = lines.update(&RunView::of(&pause)).unwrap();
    assert!(
        line.contains("paused  users 0  requests 87 (-)  ok 100 %"),
        "{line}"
    );
}

#[test]
fn forty_columns_show_what_matters_most() {
    assert_eq!(
        screen(40, &snapshot()),
        "✓ Nothing is wrong: 40 users, 25.0\n  \
           requests/s, 1.9 % failed, p95 948 ms\n\
         running  42 s 18 s left\n\
         users    40 of 60 new 12 active 28\n\
         requests 1,050 25.0/s now 25.0/s mean █\n\
         outcomes ok 95.2 % failed 20 (1.9 %)\n\
         times    p50 480 ms p95 948 ms\n\
         sessions 31 completed 1 failed\n\
         failure  POST /api/v1/users: timeout\n\
         failure  POST /api/v1/users: 500\n\
         script   scripts/active.lua:12 attem...\n\
         endpoint       requests  failed     p95\n\
         POST ...users        50      20       -\n\
         GET /.../{id}     1,000       -  950 ms"
    );
}

#[test]
fn two_hundred_columns_cut_nothing() {
    let screen = screen(200, &snapshot());
    assert!(
        screen.contains("attempt to index a nil value (local 'person') (x3)"),
        "{screen}"
    );
}

#[test]
fn no_width_is_too_small_and_no_line_too_wide() {
    let mut snapshot = snapshot();
    snapshot.failures[0].text = "GET /名前/名前/名前/名前/名前\u{1b}[2J\r\n".repeat(5);
    for width in 0..120 {
        for paint in [Paint::PLAIN, Paint::COLOUR] {
            for line in frame(&snapshot, width, paint) {
                assert!(
                    console::measure_text_width(&line) <= width,
                    "{width}: {line:?}"
                );
                let plain = console::strip_ansi_codes(&line);
                assert!(!plain.contains(char::is_control), "{width}: {line:?}");
            }
        }
    }
    for (rows, columns) in [(1, 1), (2, 10), (24, 5)] {
        Live::new(InMemoryTerm::new(rows, columns), Paint::COLOUR).update(&RunView::of(&snapshot));
    }
}

#[test]
fn a_new_snapshot_takes_the_place_of_the_old_one() {
    let term = InMemoryTerm::new(24, 80);
    let mut live = Live::new(term.clone(), Paint::PLAIN);
    let mut snapshot = snapshot();
    live.update(&RunView::of(&snapshot));
    snapshot.left = Some(Left::Sessions(1_200));
    snapshot.totals.script_errors.clear();
    live.update(&RunView::of(&snapshot));
    let shown = term.contents();
    assert_eq!(shown.matches("outcomes").count(), 1);
    assert!(
        shown.contains("\nrunning   42 s  1,200 sessions left  █░"),
        "{shown}"
    );
    assert!(!shown.contains("script"));
    live.clear();
    assert_eq!(term.contents(), "");
}

#[test]
fn failures_of_one_kind_at_one_endpoint_take_one_line() {
    let mut snapshot = snapshot();
    for (at, note) in snapshot.failures.iter_mut().enumerate() {
        note.text += &format!(" trace {at}");
    }
    let lines = frame(&snapshot, 80, Paint::PLAIN);
    let failures: Vec<_> = lines
        .iter()
        .filter(|line| line.starts_with("failure"))
        .collect();
    assert_eq!(failures.len(), 2);
    assert!(
        failures[0].ends_with("timeout trace 9"),
        "the newest: {failures:?}"
    );
}

#[test]
fn log_lines_pass_above_the_display() {
    let term = InMemoryTerm::new(40, 80);
    let mut live = Live::new(term.clone(), Paint::PLAIN);
    live.update(&RunView::of(&snapshot()));
    let log = live.log_lines();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(log.clone())
        .without_time()
        .with_ansi(false);
    tracing::subscriber::with_default(subscriber.finish(), || {
        tracing::warn!("the first line");
        tracing::warn!("the second line");
    });
    // Written in two parts, as a formatter may.
    let mut writer = log.make_writer();
    writer.write_all(b"a third ").unwrap();
    writer.write_all(b"line\n").unwrap();
    drop(writer);
    live.update(&RunView::of(&snapshot()));
    let shown = term.contents();
    let lines: Vec<_> = shown.lines().collect();
    assert!(
        lines[0].contains("WARN") && lines[0].ends_with("the first line"),
        "{shown}"
    );
    assert!(lines[1].ends_with("the second line"), "{shown}");
    assert_eq!(lines[2], "a third line");
    assert!(lines[3].starts_with("✓ Nothing is wrong"), "{shown}");
    assert_eq!(lines.len(), 3 + 10 + 3, "{shown}");
    live.clear();
    assert_eq!(term.contents().lines().count(), 3);
}

#[test]
fn a_plain_line_comes_every_five_seconds_and_tells_what_is_new() {
    let (mut recorder, mut aggregator, mut lines) =
        (Recorder::new(), Aggregator::new(run()), Lines::new());
    recorder.users(NEW, 1, 60);
    let mut said = Vec::new();
    for second in 1..=10 {
        // 80 requests of 2 ms a second, then 40 of 4 ms: 200 in five seconds, of which there is no p99.
        let (requests, micros) = if second <= 5 {
            (80, 2_000)
        } else {
            (40, 4_000)
        };
        for _ in 0..requests {
            record(&mut recorder, &request(NEW, "GET", "/", micros));
        }
        aggregator.absorb(0, recorder.take());
        aggregator.left((second > 5).then_some(Left::Time(Duration::from_secs(90))));
        // A tick never comes exactly when it is due.
        let elapsed =
            Duration::from_millis(second * 1_000 + if second % 2 == 0 { 3 } else { 0 } - 1);
        said.extend(
            lines
                .update(&RunView::of(&aggregator.tick(elapsed)))
                .map(|line| (second, line)),
        );
    }
    assert_eq!(said, [
        (5, "   5 s  users 60  requests 400 (80.0/s)  ok 100 %  expected 0 %  failed 0 (+0)  p50 2.00 ms  p95 2.00 ms  p99 2.00 ms".to_owned()),
        (10, "  10 s  users 60  requests 600 (40.0/s)  ok 100 %  expected 0 %  failed 0 (+0)  p50 4.00 ms  p95 4.00 ms  p99 -  1 min 30 s left".to_owned()),
    ]);
}
