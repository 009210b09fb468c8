//! What the live display says of scripts that change.

use std::collections::BTreeMap;
use std::time::Duration;

use throng::metrics::{Phase, Snapshot, TypeId};
use throng::report::text::Paint;
use throng::report::text::progress::Lines;
use throng::view::RunView;

use super::crowd::{ACTIVE, NEW, frame, snapshot};
use super::reloaded::{arrived, event, everything, on_trial, refused, under_way};

/// The lines below those that every run has, of which the last one is about sessions.
fn below(snapshot: &Snapshot, width: usize) -> Vec<String> {
    let lines = frame(snapshot, width, Paint::PLAIN).into_iter();
    let lines = lines.skip_while(|line| !line.starts_with("sessions"));
    lines.skip(1).collect()
}

fn labelled<'a>(lines: &'a [String], label: &str) -> Vec<&'a str> {
    let lines = lines.iter().map(String::as_str);
    lines.filter(|line| line.starts_with(label)).collect()
}

#[test]
fn old_and_new_stand_below_each_other_while_users_move() {
    for width in [79, 119] {
        assert_eq!(
            below(&under_way(), width)[..4],
            [
                "scripts   release 3  active 2 -> 3: 45 of 50 moved",
                "compare             requests  failed     p50     p95     p99  script errors",
                "          active 2     1,000   2.0 %  502 ms  950 ms  991 ms              0",
                "          active 3       400  10.0 %  301 ms  481 ms  498 ms              2",
            ]
        );
    }
    assert_eq!(
        below(&under_way(), 39)[..4],
        [
            "scripts  release 3",
            "compare           requests failed",
            "         active 2    1,000  2.0 %",
            "         active 3      400 10.0 %",
        ]
    );
    assert_eq!(
        below(&under_way(), 40)[2],
        "         active 2    1,000  2.0 % 502 ms"
    );
}

#[test]
fn when_all_have_moved_the_time_is_told_and_the_comparison_stays_a_minute() {
    let mut snapshot = arrived();
    let lines = below(&snapshot, 79);
    assert_eq!(
        lines[0],
        "scripts   release 3  active 2 -> 3  all moved after 1.23 s"
    );
    assert!(lines[3].starts_with("          active 3       400  10.0 %"));
    // Published at second 40; 1.2 s later all had moved.
    snapshot.elapsed = Duration::from_secs(101);
    assert_eq!(below(&snapshot, 79)[0], lines[0]);
    snapshot.elapsed = Duration::from_secs(102);
    let lines = below(&snapshot, 79);
    assert_eq!(labelled(&lines, "scripts"), [] as [&str; 0]);
    assert_eq!(labelled(&lines, "compare"), [] as [&str; 0]);
    assert_eq!(labelled(&lines, "event"), [] as [&str; 0]);
}

#[test]
fn users_that_sleep_in_the_old_version_keep_the_comparison_up() {
    let mut snapshot = under_way();
    snapshot.elapsed = Duration::from_secs(3_000);
    assert_eq!(
        below(&snapshot, 79)[0],
        "scripts   release 3  active 2 -> 3: 45 of 50 moved"
    );
}

#[test]
fn a_type_that_joins_has_nothing_to_be_compared_with() {
    let mut snapshot = arrived();
    snapshot.run.types.push("fifth".to_owned());
    snapshot.versions.insert(TypeId(3), 3);
    snapshot.users.insert(TypeId(3), BTreeMap::from([(3, 7)]));
    let last = snapshot.reload_status.last.as_mut().unwrap();
    last.types.push(TypeId(3));
    let lines = below(&snapshot, 119);
    assert_eq!(
        lines[0],
        "scripts   release 3  active 2 -> 3  fifth is added  all moved after 1.23 s"
    );
    assert!(!lines[1..].iter().any(|line| line.contains("fifth")));
}

#[test]
fn after_a_way_back_the_one_in_use_is_compared_with_the_one_that_was_bad() {
    let mut snapshot = arrived();
    snapshot.users.insert(ACTIVE, BTreeMap::from([(1, 50)]));
    snapshot.versions.insert(ACTIVE, 1);
    let lines = below(&snapshot, 79);
    assert_eq!(
        lines[0],
        "scripts   release 3  active 3 -> 1  all moved after 1.23 s"
    );
    assert!(lines[2].starts_with("          active 1       500   1.0 %"));
    assert!(lines[3].starts_with("          active 3       400  10.0 %"));
}

#[test]
fn a_trial_says_how_far_it_is() {
    let mut snapshot = on_trial();
    let lines = below(&snapshot, 79);
    assert_eq!(
        lines[0],
        "canary    release 4 on 10 % (5 users)  12 s and 80 steps left"
    );
    assert!(lines[2].starts_with("          active 3       400  10.0 %"));
    assert!(lines[3].starts_with("          active 4         0       -       -"));
    for (left, steps, words) in [
        (0, 199, "release 4 on 10 % (5 users)  1 step left"),
        (3, 200, "release 4 on 10 % (5 users)  3 s left"),
        (0, 250, "release 4 on 10 % (5 users)"),
    ] {
        let canary = snapshot.reload_status.canary.as_mut().unwrap();
        (canary.left, canary.steps) = (Duration::from_secs(left), steps);
        assert_eq!(below(&snapshot, 79)[0], format!("canary    {words}"));
    }
    // Another type that moves meanwhile is told beside it.
    snapshot.users.insert(NEW, BTreeMap::from([(1, 4), (3, 6)]));
    snapshot.versions.insert(NEW, 3);
    assert_eq!(
        below(&snapshot, 79)[0],
        "scripts   release 3  new 1 -> 3: 6 of 10 moved"
    );
}

#[test]
fn scripts_that_were_taken_back_are_said_to_wait() {
    let mut snapshot = snapshot();
    assert_eq!(labelled(&below(&snapshot, 79), "rollback"), [] as [&str; 0]);
    snapshot.reload_status.rolled_back = true;
    assert_eq!(
        labelled(&below(&snapshot, 119), "rollback"),
        [
            "rollback  the saved scripts were rolled back; they wait for a change or a reload command"
        ]
    );
}

#[test]
fn a_refusal_names_three_faults_and_counts_the_others() {
    let lines = below(&refused(), 79);
    assert_eq!(
        lines[1..5],
        [
            "refused   scripts/power.lua:12: unexpected symbol near 'end'",
            "          scripts/power.lua:14: module 'accuonts' not found in lib or script...",
            "          scripts/power.lua:15: a step needs a weight",
            "          +2 more",
        ]
    );
    // Its event would say the same again.
    assert_eq!(
        labelled(&lines, "event"),
        [
            "event     40 s  release 3: active 2 -> 3",
            "event     12 s  release 2: active 1 -> 2",
        ]
    );
    let coloured = frame(&refused(), 79, Paint::COLOUR);
    let words = "\u{1b}[31mscripts/power.lua:12: unexpected symbol";
    assert!(coloured.iter().any(|line| line.contains(words)));
    let mut mended = refused();
    mended.reload_status.refusal = None;
    let lines = below(&mended, 79);
    assert_eq!(labelled(&lines, "refused"), [] as [&str; 0]);
    assert_eq!(
        labelled(&lines, "event")[0],
        "event     43 s  scripts/power.lua:12: unexpected symbol near 'end' (and 4 more)"
    );
}

#[test]
fn the_last_two_events_of_the_last_minute_are_told() {
    let mut snapshot = snapshot();
    for (second, text) in [
        (1, "users 1 -> 2"),
        (2, "users 2 -> 3"),
        (3, "users 3 -> 4"),
    ] {
        snapshot.reload_status.event(event(second, "set", text));
    }
    assert_eq!(
        labelled(&below(&snapshot, 79), "event"),
        ["event     3 s  users 3 -> 4", "event     2 s  users 2 -> 3"]
    );
    snapshot.elapsed = Duration::from_secs(63);
    assert_eq!(labelled(&below(&snapshot, 79), "event").len(), 1);
}

#[test]
fn many_types_leave_room_for_the_rest() {
    let mut snapshot = under_way();
    for kind in 3..20 {
        snapshot.run.types.push(format!("type-{kind}"));
        snapshot.versions.insert(TypeId(kind), 3);
        snapshot
            .users
            .insert(TypeId(kind), BTreeMap::from([(1, 1), (3, 1)]));
    }
    let lines = below(&snapshot, 79);
    let rows = lines.iter().filter(|line| line.starts_with("          "));
    assert_eq!(rows.count(), 2 * 5);
    assert!(
        lines[0].starts_with("scripts   release 3  active 2 -> 3: 45 of 50 moved  type-3 1 -> 3")
    );
}

#[test]
fn no_width_is_too_small_for_news_of_scripts() {
    for snapshot in [under_way(), arrived(), refused(), on_trial(), everything()] {
        for width in 0..130 {
            for paint in [Paint::PLAIN, Paint::COLOUR] {
                for line in frame(&snapshot, width, paint) {
                    assert!(
                        console::measure_text_width(&line) <= width,
                        "{width}: {line:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_pause_is_said_first_and_in_plain_lines_once() {
    let mut snapshot = under_way();
    snapshot.phase = Phase::Paused;
    let lines = frame(&snapshot, 79, Paint::PLAIN);
    assert!(labelled(&lines, "paused")[0].starts_with("paused    42 s"));
    let mut lines = Lines::new();
    let mut at = |second, phase| {
        snapshot.elapsed = Duration::from_secs(second);
        snapshot.phase = phase;
        lines.update(&RunView::of(&snapshot))
    };
    assert!(at(5, Phase::Running).unwrap().starts_with("   5 s  users"));
    // The clock stands still from second 7 on.
    assert_eq!(at(6, Phase::Running), None);
    let paused = at(7, Phase::Paused).unwrap();
    assert!(
        paused.starts_with("   7 s  paused  users 60  requests 1,901 (0.00/s)"),
        "{paused}"
    );
    assert_eq!(at(7, Phase::Paused), None);
    assert_eq!(at(7, Phase::Paused), None);
    assert_eq!(at(8, Phase::Running), None);
    let on = at(12, Phase::Running).unwrap();
    assert!(on.starts_with("  12 s  users"), "{on}");
    // A pause that begins with a line due says it once, and no rate of no time.
    let again = at(12, Phase::Paused).unwrap();
    assert!(again.contains("requests 1,901 (-)"), "{again}");
    assert_eq!(at(12, Phase::Paused), None);
}
