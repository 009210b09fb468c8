use throng::metrics::{
    Aggregator, CustomKind, Declaration, FailureKind, Outcome, Recorder, Snapshot, Trace,
};
use throng::report::text::Paint;
use throng::report::text::summary::{Look, ROWS, WIDTH};

use super::crowd::{
    NEW, Request, overloaded, record, request, run, snapshot, snapshot_of, styled, text,
};
use super::reloaded::stop;

pub fn widest(text: &str) -> usize {
    text.lines().map(|line| line.chars().count()).max().unwrap()
}

/// The lines from the one that begins with `from` to the next empty one.
pub fn section<'a>(text: &'a str, from: &str) -> Vec<&'a str> {
    let lines = text.lines().skip_while(|line| !line.starts_with(from));
    lines.take_while(|line| !line.is_empty()).collect()
}

#[test]
fn what_is_wrong_comes_first_and_the_totals_come_last() {
    let text = text(&snapshot());
    assert!(
        text.starts_with(
            "✓ Nothing is wrong: 40 users, 25.0 requests/s, 1.9 % failed, p95 948 ms\n\
         \n\
         throng 0.1.0  run 7f3a  seed 42\n\
         60 users against http://127.0.0.1:9501 for 42 s\n\n"
        ),
        "{text}"
    );
    assert!(
        text.contains(
            "\n\nTotals\n\
         generator valid: kept up in all 42 s\n\
         requests  1,050 (25.0/s)\n\
         outcomes  ok 1,000 (95.2 %)  expected 20 (1.9 %)  unexpected 10 (1.0 %)  \
         error 10 (1.0 %)\n\
         \x20         cancelled 10 (1.0 %)\n\
         statuses  200 x1,000  none x30  409 x10  500 x10\n\
         sessions  31 completed  1 failed  1 interrupted\n\
         bytes     105 kB sent  1.57 MB received\n\
         service   mean 481 ms  p50 480 ms  p90 897 ms  p95 948 ms  p99 990 ms  max 1.00 s\n\
         response  mean 482 ms  p50 481 ms  p90 897 ms  p95 949 ms  p99 991 ms  max 1.00 s\n"
        ),
        "{text}"
    );
}

#[test]
fn the_totals_say_why_a_run_ended_itself() {
    let mut snapshot = snapshot();
    assert!(!text(&snapshot).contains("stopped   "));
    snapshot.stopped_by = Some(stop());
    assert!(text(&snapshot).contains(
        "\nstopped   by its safety valve: failed > 90% for 30s: 91.3 % to 100 % for 30 s (4,210 \
         requests)\nrequests  1,050"
    ));
}

#[test]
fn the_totals_say_for_how_long_the_generator_was_overloaded() {
    let words: Vec<_> = text(&overloaded())
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    let words = words.join(" ");
    assert!(
        words.contains(
            "Totals generator invalid: timers were more than 10 ms late (p99) in 12 of 42 s; a \
             thread used more than 85 % of a core in 4 of 42 s (busiest thread 99 % of a core, lag \
             p99 300 µs): times of those seconds say more about it than about the target requests \
             1,050"
        ),
        "{words}"
    );
}

#[test]
fn tables_line_up_and_a_wide_one_is_parted() {
    let text = text(&snapshot());
    assert_eq!(
        section(&text, "By type"),
        [
            "By type",
            "type    sessions  count    /s   ok  expected  failed  cancelled",
            "new            2    300  7.14  250        20      20         10",
            "active        31    750  17.9  750         -       -          -",
            "admin          0      -  0.00    -         -       -          -",
        ]
    );
    assert_eq!(
        section(&text, "By endpoint"),
        [
            "By endpoint",
            "method  name                count    /s     ok  expected  failed  cancelled",
            "POST    /api/v1/users          50  1.19      -        20      20         10",
            "GET     /api/v1/users/{id}  1,000  23.8  1,000         -       -          -",
        ]
    );
    assert_eq!(
        section(&text, "method  name                   mean"),
        [
            "method  name                   mean      p50      p90     p95     p99      max",
            "POST    /api/v1/users       5.00 ms  5.00 ms  5.00 ms       -       -  5.00 ms",
            "GET     /api/v1/users/{id}   500 ms   502 ms   901 ms  950 ms  991 ms   1.00 s",
        ]
    );
    assert!(
        text.contains("p50 takes 5, p90 29, p95 59, p99 299.\n"),
        "{text}"
    );
    let wide = styled(
        &snapshot(),
        Look {
            width: 200,
            whole: false,
            rows: ROWS,
            paint: Paint::PLAIN,
        },
    );
    assert_eq!(section(&wide, "By endpoint").len(), 4);
    assert!(section(&wide, "By endpoint")[1].ends_with("max"));
}

#[test]
fn the_micro_sign_is_one_column_wide() {
    let fast = snapshot_of(&request(NEW, "GET", "/fast", 812));
    let text = styled(
        &fast,
        Look {
            width: 200,
            whole: false,
            rows: ROWS,
            paint: Paint::PLAIN,
        },
    );
    let rows = section(&text, "By endpoint");
    assert!(rows[2].ends_with("  812 µs"), "{text}");
    assert_eq!(
        rows[1].chars().count(),
        rows[2].chars().count(),
        "the heading ends where its column does: {text}"
    );
}

#[test]
fn failures_and_what_scripts_said_are_there() {
    let text = text(&snapshot());
    assert_eq!(
        section(&text, "Failures"),
        [
            "Failures",
            "500      x10  POST /api/v1/users  at 0 s",
            "    POST /api/v1/users: 500",
            "timeout  x10  POST /api/v1/users  at 0 s",
            "    POST /api/v1/users: timeout",
        ]
    );
    let mut traced = snapshot();
    for (key, group) in &mut traced.totals.failure_groups {
        let note = group.example.as_mut().unwrap();
        note.trace = (key.reason.to_string() == "timeout").then(|| Trace {
            id: "4bf92f3577b34da6a3ce929d0e0e4736".to_owned(),
            ..Trace::default()
        });
    }
    let traced = self::text(&traced);
    let traced = section(&traced, "Failures");
    assert_eq!(
        traced[4..],
        [
            "    POST /api/v1/users: timeout",
            "    trace_id 4bf92f3577b34da6a3ce929d0e0e4736",
        ]
    );
    assert_eq!(
        section(&text, "Checks")[2],
        "has a name       3       1  75.0 %"
    );
    assert_eq!(
        section(&text, "Metrics")[3],
        "orders{kind=a \"quoted\" one}  3"
    );
    assert_eq!(
        section(&text, "Failed sessions")[2],
        "    1  could not register"
    );
    assert_eq!(
        section(&text, "Script errors"),
        [
            "Script errors",
            "scripts/active.lua:12: attempt to index a nil value (local 'person')",
            "    3 times, type active, version 1",
            "    scripts/active.lua:12: in upvalue 'edit'",
            "    scripts/active.lua:40: in function 'step'",
        ]
    );
}

#[test]
fn a_hundred_columns_are_enough_whatever_the_names() {
    let mut snapshot = snapshot();
    let (mut series, totals) = snapshot.totals.series.pop_first().unwrap();
    series.operation.name = "/api/v1/".to_owned().repeat(40).into();
    snapshot.totals.series.insert(series, totals);
    for width in [WIDTH, 80] {
        let text = styled(
            &snapshot,
            Look {
                width,
                whole: false,
                rows: ROWS,
                paint: Paint::PLAIN,
            },
        );
        // The figures of the head are a sentence; only tables are fitted.
        let tables = text.split_once("By endpoint").unwrap().1;
        assert!(widest(tables) <= width, "{text}");
        assert!(tables.contains("..."));
    }
}

#[test]
fn a_run_without_a_request_is_short_and_whole() {
    let snapshot = Snapshot {
        run: run(),
        ..Snapshot::default()
    };
    let text = text(&snapshot);
    assert!(text.contains(
        "requests  0 (0.00/s)\noutcomes  ok 0 (-)  expected 0 (-)\nsessions  none ended\n"
    ));
    for absent in [
        "By endpoint",
        "Failures",
        "Checks",
        "Script errors",
        "generator",
        "service",
        "lag",
    ] {
        assert!(!text.contains(absent), "{absent}");
    }
}

#[test]
fn in_a_pipe_nothing_is_shortened_and_on_a_terminal_the_head_is_wrapped() {
    let mut snapshot = snapshot();
    let (mut series, totals) = snapshot.totals.series.pop_first().unwrap();
    let name = "/名前/".to_owned().repeat(40);
    series.operation.name = name.clone().into();
    snapshot.totals.series.insert(series, totals);
    let look = |width, whole| Look {
        width,
        whole,
        rows: ROWS,
        paint: Paint::PLAIN,
    };
    for width in [40, 100, usize::MAX] {
        let text = styled(&snapshot, look(width, true));
        assert!(text.contains(&name), "{width}: {text}");
        assert!(!text.contains("..."), "{width}: {text}");
    }
    for width in [80, 100, 300] {
        let text = styled(&snapshot, look(width, false));
        let (head, tables) = text.split_once("By type").unwrap();
        assert!(
            widest(tables.split_once("Script errors").unwrap().0) <= width,
            "{width}: {text}"
        );
        let figures = head.split_once("\n\n").unwrap().1;
        let sentences = ["generator", "lag"];
        for line in figures
            .lines()
            .filter(|line| !sentences.iter().any(|one| line.starts_with(one)))
        {
            assert!(
                console::measure_text_width(line) <= width,
                "{width}: {line}"
            );
        }
    }
}

#[test]
fn percentiles_of_whole_numbers_are_whole() {
    let mut recorder = Recorder::new();
    let declared = |name: &str| Declaration {
        kind: CustomKind::Histogram,
        name: name.to_owned(),
        help: "A metric of the test.".to_owned(),
        labels: Vec::new(),
    };
    let items = recorder.declare(declared("items")).unwrap();
    let parts = recorder.declare(declared("parts")).unwrap();
    for value in [3.0, 7.0, 41.0, 1_234.0] {
        recorder.update(items, &[], value).unwrap();
        recorder.update(parts, &[], value + 0.25).unwrap();
    }
    let mut aggregator = Aggregator::new(run());
    // Added up, they stay whole.
    aggregator.absorb(0, recorder.take());
    recorder.update(items, &[], 3.0).unwrap();
    aggregator.absorb(0, recorder.take());
    let text = text(&aggregator.tick(std::time::Duration::from_secs(1)));
    let line = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name));
        line.unwrap_or_else(|| panic!("{name}: {text}")).to_owned()
    };
    let items = line("items");
    assert!(items.contains("count 5  mean 257.6  p50 7  p95"), "{items}");
    let (_, percentiles) = items.split_once("p50").unwrap();
    assert!(!percentiles.contains('.'), "{items}");
    assert!(line("parts").contains('.'), "{}", line("parts"));
}

#[test]
fn colour_changes_no_word() {
    let coloured = styled(
        &snapshot(),
        Look {
            width: WIDTH,
            whole: false,
            rows: ROWS,
            paint: Paint::COLOUR,
        },
    );
    assert!(coloured.contains("\u{1b}[31m"));
    assert_eq!(console::strip_ansi_codes(&coloured), text(&snapshot()));
}

#[test]
fn what_a_target_says_cannot_move_the_cursor() {
    let mut snapshot = snapshot();
    for group in snapshot.totals.failure_groups.values_mut() {
        group.example.as_mut().unwrap().text = "\u{1b}[2Jgone\r\nnext".to_owned();
    }
    snapshot.totals.script_errors[0].message = "\u{1b}]0;title\u{7}".to_owned();
    snapshot.totals.script_errors[0].traceback = "a\u{1b}[1mb".to_owned();
    let text = text(&snapshot);
    assert!(
        !text.contains(|letter: char| letter.is_control() && letter != '\n'),
        "{text:?}"
    );
    assert!(text.contains(r"\u{1b}[2Jgone\r\nnext"), "{text}");
}

#[test]
fn sixty_columns_are_enough_and_no_reason_is_cut() {
    let mut snapshot = overloaded();
    let reason = "the cart holds an item that nobody has put there, and its sum is wrong";
    let mut recorder = Recorder::new();
    for number in 0..20 {
        let name: &'static str = Box::leak(format!("/api/v1/carts/{number}").into_boxed_str());
        record(
            &mut recorder,
            &Request {
                status: 418,
                outcome: Outcome::Unexpected,
                ..request(NEW, "PUT", name, 1_000)
            },
        );
    }
    let mut other = Aggregator::new(run());
    other.absorb(0, recorder.take());
    snapshot.merge(Snapshot::clone(&other.tick(std::time::Duration::ZERO)));
    let groups = std::mem::take(&mut snapshot.totals.failure_groups);
    for (mut key, group) in groups {
        if key.reason.to_string() == "status 500" {
            key.reason = FailureKind::Judged {
                status: 200.into(),
                reason: reason.to_owned(),
            };
        }
        snapshot.totals.failure_groups.insert(key, group);
    }
    snapshot.stopped_by = Some(stop());
    for width in 60..=200 {
        let look = |rows| Look {
            width,
            whole: false,
            rows,
            paint: Paint::PLAIN,
        };
        let short = styled(&snapshot, look(ROWS));
        for line in short.lines() {
            let wide = console::measure_text_width(line);
            assert!(wide <= width, "{width}: {line}");
        }
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words(&short).contains(reason), "{width}: {short}");
        assert!(short.contains("418  "), "{short}");
        assert_eq!(
            short.matches("more with --summary full").count(),
            2,
            "{short}"
        );
        let full = styled(&snapshot, look(usize::MAX));
        assert!(!full.contains("--summary full"), "{full}");
        assert!(full.contains("/api/v1/carts/19"), "{full}");
    }
}
