//! The report for a pull request.

use throng::metrics::{
    Aggregator, FailureKind, IncidentStatus, Outcome, Phase, Recorder, Snapshot, Threshold,
    ThresholdResult,
};
use throng::report;
use throng::view::RunView;

use super::crowd::{HOSTILE, NEW, Request, record, request, run, snapshot};

fn markdown(view: &RunView) -> String {
    report::markdown(view, &|words| words.replace("hush_hush", "***"))
}

fn over() -> Snapshot {
    let mut snapshot = snapshot();
    snapshot.phase = Phase::Done;
    snapshot.left = None;
    snapshot.thresholds = vec![
        Threshold {
            rule: "p95 > 300ms".to_owned(),
            result: ThresholdResult::Failed,
            value: Some(0.948),
            bound: 0.3,
            beyond_since_seconds: Some(20.0),
            figure: Some("948 ms".to_owned()),
            met: Some("948 ms (1,020 requests)".to_owned()),
        },
        Threshold {
            rule: "failed{type=\"new\"} > 50%".to_owned(),
            result: ThresholdResult::Passed,
            value: Some(0.08),
            bound: 0.5,
            beyond_since_seconds: None,
            figure: Some("8.0 %".to_owned()),
            met: None,
        },
    ];
    snapshot
}

#[test]
fn it_begins_with_what_is_wrong_and_folds_away_what_few_read() {
    let text = markdown(&RunView::of(&over()));
    let begin = "### ✗ p95 948 ms over 300 ms \\(1,020 requests\\)\n\n\
                 - ! 3 script errors at scripts/active.lua:12: attempt to index a nil value \\(local 'person'\\)\n\n\
                 60 users against `http://127.0.0.1:9501` for 42 s: **1,050** requests (25.0/s), **1.9 %** failed, \
                 p50 480 ms, **p95 948 ms**, p99 990 ms. Run `7f3a`, seed 42, throng 0.1.0.\n\n\
                 **Thresholds**\n\n\
                 |  | fails when | figure |\n\
                 |:--|:--|:--|\n\
                 | ✗ failed | `p95 > 300ms` | 948 ms \\(1,020 requests\\) |\n\
                 | ✓ passed | `failed{type=\"new\"} > 50%` | 8.0 % |\n\n\
                 **Failures**\n\n\
                 | reason | count | endpoint | incident | when |\n\
                 |:--|--:|:--|:--|:--|\n\
                 | 500 | 10 | `POST /api/v1/users` |  | 0 s |\n";
    assert!(text.starts_with(begin), "{text}");
    let folded = "<details><summary>2 endpoints</summary>\n\n\
                  | endpoint | requests | /s | failed | p50 | p95 | p99 |\n\
                  |:--|--:|--:|--:|--:|--:|--:|\n\
                  | `POST /api/v1/users` | 50 | 1.19 | 20 | 5.00 ms | - | - |\n";
    assert!(text.contains(folded), "{text}");
    assert_eq!(
        text.matches("<details>").count(),
        text.matches("</details>").count()
    );
    let none = markdown(&RunView::of(&Snapshot {
        run: run(),
        phase: Phase::Done,
        ..Snapshot::default()
    }));
    assert!(none.starts_with("### ✗ No request was sent\n"), "{none}");
    assert!(
        !none.contains("<details>") && !none.contains("Thresholds"),
        "{none}"
    );
}

#[test]
fn nothing_from_a_target_becomes_markdown() {
    let mut snapshot = over();
    let name: &'static str = "/a|b`c``d<img src=x>@team #1 [x](y) ![z](w)";
    let mut recorder = Recorder::new();
    for _ in 0..30 {
        record(
            &mut recorder,
            &Request {
                status: 500,
                outcome: Outcome::Unexpected,
                ..request(NEW, "GET", name, 1_000)
            },
        );
    }
    let mut aggregator = Aggregator::new(run());
    aggregator.absorb(0, recorder.take());
    snapshot.merge(Snapshot::clone(&aggregator.tick(std::time::Duration::ZERO)));
    let groups = std::mem::take(&mut snapshot.totals.failure_groups);
    for (mut key, mut group) in groups {
        key.reason = FailureKind::Judged {
            status: 200.into(),
            reason: format!("{name} {HOSTILE}"),
        };
        group.incidents.insert(name.to_owned(), group.count);
        snapshot.totals.failure_groups.insert(key, group);
    }
    snapshot.incidents.push(IncidentStatus::default());
    let text = markdown(&RunView::of(&snapshot));
    for line in text.lines().filter(|line| line.starts_with('|')) {
        // Each row has as many cells as its heading.
        let cells = line.replace("\\|", "").matches('|').count();
        assert!([4, 6, 8].contains(&cells), "{cells}: {line}");
        assert!(!line.contains(char::is_control), "{line}");
        // What is not code is escaped.
        let words = line.split(" | ").filter(|cell| !cell.contains("``"));
        for cell in words {
            assert!(!cell.contains("<img") && !cell.contains("@team"), "{cell}");
            assert!(!cell.contains("[x](y)"), "{cell}");
        }
    }
    // A secret is masked before its letters are escaped.
    snapshot.run.base_url = "http://hush_hush@host/".to_owned();
    snapshot.totals.script_errors[0].message = "no hush_hush here".to_owned();
    let secret = markdown(&RunView::of(&snapshot));
    assert!(secret.contains("no \\*\\*\\* here"), "{secret}");
    assert!(!secret.contains("hush"), "{secret}");
    assert!(text.contains("``` GET /a\\|b`c``d<img"), "{text}");
}
