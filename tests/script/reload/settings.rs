//! `throng.toml` in the script folder.

use std::collections::BTreeMap;

use throng::plan::Change;
use throng::script::{self, Diagnostic};

use super::{Folder, Watched, marked, terms};

fn read(text: impl AsRef<[u8]>) -> Result<Change, Vec<Diagnostic>> {
    let folder = Folder::one(&marked(""))
        .script("two.lua", marked(""))
        .script("throng.toml", text);
    script::check_whole(&folder.bundle(), &terms(), &[]).map(|checked| checked.settings)
}

#[test]
fn all_that_may_be_changed_is_read() {
    let all = "# crowd\nusers = 1_200\nerror_rate = 7.5\nthink_factor = 2\ncanary = 12.5\n\n[weights]\none = 30\n\"two\" = 0.5\n";
    let weights = BTreeMap::from([("one".to_owned(), 30.0), ("two".to_owned(), 0.5)]);
    let change = Change {
        users: Some(1200),
        error_rate: Some(7.5),
        think_factor: Some(2.0),
        canary: Some(12.5),
        weights,
    };
    assert_eq!(read(all), Ok(change));
    assert_eq!(read(""), Ok(Change::default()));
    assert_eq!(read("weights = { one = 0 }").unwrap().weights["one"], 0.0);
    assert_eq!(read("users = 0x10").unwrap().users, Some(16));
}

#[test]
fn what_is_wrong_is_named_with_line_and_column() {
    for (text, fault) in [
        (
            "user = 3",
            ":1:1: 'user' is nothing that can be changed; there are: users, error_rate, think_factor, canary, [weights]",
        ),
        (
            "\n users = \"many\"",
            ":2:10: users is \"many\"; it takes a whole number such as 200",
        ),
        (
            "users = 1.5",
            ":1:9: users is 1.5; it takes a whole number such as 200",
        ),
        (
            "users = -1",
            ":1:9: users is -1; it takes a whole number from 1 to a million",
        ),
        (
            "users = 99999999999",
            ":1:9: users is 99999999999; it takes a whole number from 1 to a million",
        ),
        (
            "users = 2000000",
            ":1:9: users 2000000: a crowd has one user to a million; give a whole number from 1 to 1000000, or pause the run",
        ),
        (
            "error_rate = 101",
            ":1:14: error_rate 101: a share of the requests lies between 0 and 100 per cent; give a number from 0 to 100, such as 15",
        ),
        (
            "error_rate = nan",
            ":1:14: error_rate NaN: a share of the requests lies between 0 and 100 per cent; give a number from 0 to 100, such as 15",
        ),
        (
            "error_rate = true",
            ":1:14: error_rate is true; it takes a share in per cent such as 15",
        ),
        (
            "think_factor = inf",
            ":1:16: think_factor inf: a pause is stretched by 0 to a million; give a number from 0 (no pauses), such as 0.5 for half as long",
        ),
        (
            "think_factor = 2026-01-01",
            ":1:16: think_factor is 2026-01-01; it takes a factor such as 0.5",
        ),
        (
            "weights = 5",
            ":1:11: weights is 5; it takes a table: [weights], and below it lines such as active = 50",
        ),
        (
            "[weights]\nghost = 5",
            ":2:1: weights: there is no type 'ghost'; there are: one, two",
        ),
        (
            "[weights]\none = -5",
            ":2:7: weights.one -5: a share of the crowd is a number from 0; give one such as 25; 0 is nobody",
        ),
        (
            "[weights]\none = []",
            ":2:7: weights.one is []; it takes a share such as 25",
        ),
        (
            "[[weights]]\none = 5",
            ":1:1: weights is [[weights]]; it takes a table: [weights], and below it lines such as active = 50",
        ),
        (
            "users = 3\nusers = 4",
            ":2:1: is no valid TOML: duplicate key",
        ),
        (
            "users = ",
            ":1:9: is no valid TOML: string values must be quoted, expected literal string",
        ),
    ] {
        let faults = read(text).unwrap_err();
        assert_eq!(faults.len(), 1, "{text}: {faults:#?}");
        assert_eq!(
            faults[0].to_string(),
            format!("scripts/throng.toml{fault}"),
            "{text}"
        );
    }
    assert_eq!(
        read(b"users = 3\nb = '\xe9'").unwrap_err()[0].to_string(),
        "scripts/throng.toml:2: is no UTF-8; save the file as UTF-8"
    );
    let many = read("user = 3\nerror_rate = -1\n[weights]\nghost = 'x'").unwrap_err();
    let places: Vec<&str> = many.iter().map(|fault| fault.place.as_str()).collect();
    assert_eq!(
        places,
        ["1:1", "2:14", "4:1", "4:9"].map(|at| format!("scripts/throng.toml:{at}"))
    );
}

#[test]
fn a_change_of_it_is_offered_and_moves_nobody() {
    let watched = Watched::new(Folder::one(&marked("")));
    watched.folder.write("scripts/throng.toml", "users = 5\n");
    let fresh = watched.fresh();
    assert_eq!(fresh.settings.users, Some(5));
    assert_eq!(fresh.bundle.closure("one"), watched.first.closure("one"));
    watched
        .folder
        .write("scripts/throng.toml", "users = 'five'\n");
    assert_eq!(
        watched.fault(),
        "scripts/throng.toml:1:9: users is 'five'; it takes a whole number such as 200"
    );
    watched.folder.remove("scripts/throng.toml");
    assert!(watched.fresh().settings.is_empty());
}
