//! Old and new beside each other in the summary.

use throng::metrics::Snapshot;
use throng::report::text::Paint;
use throng::report::text::summary::{Look, ROWS, WIDTH};

use super::crowd::{snapshot, styled, text};
use super::reloaded::{arrived, event, everything, on_trial, refused, under_way};
use super::summary::{section, widest};

#[test]
fn versions_stand_below_each_other() {
    assert_eq!(
        section(&text(&under_way()), "Versions"),
        [
            "Versions",
            "type    version  users  count  failed             p50     p95     p99  steps  script errors",
            "active        1      -    500       5   1.0 %  251 ms  475 ms  496 ms    500              -",
            "              2      5  1,000      20   2.0 %  502 ms  950 ms  991 ms  1,000              -",
            "              3     45    400      40  10.0 %  301 ms  481 ms  498 ms    400              2",
        ]
    );
    let narrow = Look {
        width: 80,
        whole: false,
        rows: ROWS,
        paint: Paint::PLAIN,
    };
    let narrow = styled(&under_way(), narrow);
    assert_eq!(
        section(&narrow, "Versions")[4],
        "              3     45    400      40  10.0 %"
    );
    assert_eq!(
        section(&narrow, "type    version     p50")[3],
        "              3  301 ms  481 ms  498 ms    400              2"
    );
}

#[test]
fn the_end_of_a_run_shows_no_column_for_users_that_are_gone() {
    let mut snapshot = arrived();
    snapshot.users.clear();
    assert_eq!(
        section(&text(&snapshot), "Versions")[1],
        "type    version  count  failed             p50     p95     p99  steps  script errors"
    );
}

#[test]
fn versions_too_old_to_be_told_apart_are_one_row() {
    let mut snapshot = under_way();
    let versions = &mut snapshot
        .totals
        .types
        .get_mut(&super::crowd::ACTIVE)
        .unwrap()
        .versions;
    let oldest = versions.remove(&1).unwrap();
    versions.insert(0, oldest);
    assert!(section(&text(&snapshot), "Versions")[2].starts_with("active    older "));
}

#[test]
fn what_was_done_to_the_run_is_told_with_its_time() {
    assert_eq!(
        section(&text(&refused()), "Changes"),
        [
            "Changes",
            "reloads   2 accepted  1 unchanged  1 refused",
            "moved     93 copied  2 restarted",
            "last      release 3: 1.23 s from the save to the last user's move",
            "  at  what     happened",
            "12 s  reload   release 2: active 1 -> 2",
            "13 s  moved    the last user moved 0.8 s after the change",
            "40 s  reload   release 3: active 2 -> 3",
            "43 s  refused  scripts/power.lua:12: unexpected symbol near 'end' (and 4 more)",
        ]
    );
    assert_eq!(
        section(&text(&under_way()), "Changes")[3],
        "last      release 3: not every user had moved to it"
    );
}

#[test]
fn of_many_events_the_last_are_told() {
    let mut snapshot = arrived();
    for number in 0..30 {
        let text = format!("think_factor {number} -> \u{1b}[2J{}", number + 1);
        snapshot
            .reload_status
            .event(event(50 + number, "set", &text));
    }
    let text = text(&snapshot);
    let lines = section(&text, "Changes");
    assert_eq!(lines.len(), 4 + 1 + 20 + 1);
    assert_eq!(
        lines[5],
        r" 1 min 0 s  set   think_factor 10 -> \u{1b}[2J11"
    );
    assert_eq!(lines[25], "13 earlier ones are in the JSON summary");
}

#[test]
fn a_run_whose_scripts_stayed_says_nothing_of_it() {
    for snapshot in [snapshot(), Snapshot::default()] {
        let text = text(&snapshot);
        assert!(
            !text.contains("Versions") && !text.contains("Changes"),
            "{text}"
        );
    }
}

#[test]
fn a_change_without_a_reload_is_told_too() {
    let mut snapshot = snapshot();
    snapshot
        .reload_status
        .event(event(9, "set", "users 60 -> 80"));
    let text = text(&snapshot);
    assert_eq!(
        section(&text, "Changes"),
        [
            "Changes",
            " at  what  happened",
            "9 s  set   users 60 -> 80"
        ]
    );
    assert!(!text.contains("Versions"));
}

#[test]
fn tables_fit_and_colour_changes_no_word() {
    for snapshot in [refused(), on_trial(), everything()] {
        for width in [80, WIDTH, 120] {
            let look = |paint| {
                styled(
                    &snapshot,
                    Look {
                        width,
                        paint,
                        whole: false,
                        rows: ROWS,
                    },
                )
            };
            let plain = look(Paint::PLAIN);
            for from in ["Versions", "Changes"] {
                let section = section(&plain, from).join("\n");
                assert!(widest(&section) <= width, "{section}");
            }
            assert_eq!(console::strip_ansi_codes(&look(Paint::COLOUR)), plain);
        }
    }
}
