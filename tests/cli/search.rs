//! What `throng search` searches for, and what is wrong with a search.

use std::time::Duration;

use throng::cli::{Request, Resolved};
use throng::plan::shape::{Arrivals, Rate};
use throng::plan::{Length, Shape};

use super::{parse, refusal};

fn search(words: &[&str]) -> Resolved {
    let line: Vec<&str> = std::iter::once("search")
        .chain(words.iter().copied())
        .collect();
    match parse(&line) {
        Ok(Request::Run(resolved)) => *resolved,
        other => panic!("{line:?} gave {other:?}"),
    }
}

#[test]
fn arrivals_or_users_are_raised_from_a_32nd_of_the_most() {
    let slo = "p99{name=\"/a,b\"} < 300ms, step{pay, twice} p95 < 2s,failed < 1%";
    let open = search(&["--slo", slo, "--at-most", "3200/s", "--max-users", "70"]).plan;
    let found = open.search.unwrap();
    let rules: Vec<String> = found.slo.iter().map(ToString::to_string).collect();
    let expected = [
        "p99{name=\"/a,b\"} < 300ms",
        "p95{step=\"pay, twice\"} < 2s",
        "failed < 1%",
    ];
    assert_eq!(rules, expected);
    assert_eq!(
        (found.from, found.at_most, found.open),
        (100.0, 3200.0, true)
    );
    assert_eq!(found.measure, Duration::from_secs(15));
    let arrivals = Some(Arrivals {
        rate: Rate::Constant(100.0),
        even: false,
        max_users: 70,
    });
    assert_eq!(
        open.shape,
        Shape {
            arrivals,
            ..Shape::default()
        }
    );
    assert_eq!(open.length, Length::Continuous);

    let closed = search(&[
        "--slo",
        "p95 < 1s",
        "--at-most",
        "20",
        "--json",
        "--passes",
        "1",
    ]);
    assert_eq!(
        (closed.plan.users, closed.plan.shape),
        (1, Shape::default())
    );
    let found = closed.plan.search.unwrap();
    assert_eq!((found.from, found.at_most, found.passes), (1.0, 20.0, 1));
    assert_eq!(closed.output.summary_json, Some("-".into()));
    let given = ["--from", "4", "--settle", "500ms", "--precision", "0.1"];
    let given = [&["--slo", "p95 < 1s", "--at-most", "20"][..], &given].concat();
    let found = search(&given).plan.search.unwrap();
    assert_eq!((found.from, found.precision), (4.0, 0.1));
    assert_eq!(found.settle, Duration::from_millis(500));
}

#[test]
fn what_is_wrong_with_a_search_is_named_with_what_to_do() {
    let right = ["--slo", "p95 < 1s", "--at-most", "50/s"];
    for (words, message) in [
        (
            &[][..],
            "--slo: is missing: nothing says what must hold; give an objective such as 'p99 < 300ms, failed < 1%'",
        ),
        (
            &[],
            "--at-most: is missing: nothing says how far the load may be raised; give the highest level, such as 500/s for arrivals or 500 for users",
        ),
        (
            &["--slo", "p95 < 1s, fialed < 1%"],
            "\"fialed\" is not a valid measure",
        ),
        (
            &["--slo", "failed < 0%", "--at-most", "9"],
            "--slo 'failed < 0%': can never be true",
        ),
        (
            &["--slo", "p95 < 1s for 5s", "--at-most", "9"],
            "--slo 'p95 < 1s for 5s': says when it is measured, and each level is measured as a whole",
        ),
        (
            &["--slo", "p95{stage=\"1\"} < 1s", "--at-most", "9"],
            "names a stage, and a search has none",
        ),
        (
            &["--at-most", "many"],
            "--at-most many: is not a valid level; give arrivals such as 500/s or 300/m, or users such as 500",
        ),
        (
            &["--at-most", "1m:50/s"],
            "--at-most 1m:50/s: is not a valid level",
        ),
        (
            &["--slo", "p95 < 1s", "--at-most", "0"],
            "--at-most 0: must be 1 to 1,000,000 users",
        ),
    ] {
        let line: Vec<&str> = std::iter::once("search")
            .chain(words.iter().copied())
            .collect();
        let said = refusal(&line);
        assert!(said.contains(message), "{words:?}: {said}");
    }
    for (words, message) in [
        (
            &["--from", "60/s"][..],
            "--from 60/s: is above --at-most; give a lower one",
        ),
        (
            &["--from", "6"],
            "--from 6: is not of the same kind as --at-most",
        ),
        (
            &["--measure", "0.5"],
            "--measure 500ms: levels are judged by whole seconds; give a time from 1s",
        ),
        (
            &["--settle", "soon"],
            "--settle soon: is not a valid duration",
        ),
        (
            &["--precision", "0%"],
            "--precision 0%: must be 0.1 to 100 per cent",
        ),
        (&["--passes", "0"], "--passes 0: must be 1 to 20"),
        (
            &["--users", "5"],
            "--users with throng search: the search sets the level, and says when the run ends; leave it out, or give --from and --at-most",
        ),
        (&["--stage", "1m:5"], "--stage with throng search"),
        (
            &["--fail-if", "failed > 1%"],
            "--fail-if with throng search: the search judges each level by --slo, not the run",
        ),
        (
            &["--trace", "new"],
            "--trace with throng search: a search needs more than one user",
        ),
    ] {
        let line = [&["search"][..], &right, words].concat();
        let said = refusal(&line);
        assert!(said.contains(message), "{words:?}: {said}");
    }
}
