//! `throng.toml` in the script folder.

use throng::plan::file::Baseline;
use throng::plan::{Change, Setting};
use throng::script::{self, Diagnostic};

use super::{Folder, Watched, marked, script_config};

fn read(text: impl AsRef<[u8]>) -> Result<Change, Vec<Diagnostic>> {
    let folder = Folder::one(&marked(""))
        .script("two.lua", marked(""))
        .script("throng.toml", text);
    script::check_whole(
        &folder.bundle(),
        &script_config(),
        &[],
        &Baseline::default(),
    )
    .map(|checked| checked.settings)
}

#[test]
fn all_that_may_be_changed_is_read() {
    let all = "# crowd\nusers = 1_200\nerror_rate = 7.5\nthink_factor = 2\ncanary = 12.5\n\n[weights]\none = 30\n\"two\" = 0.5\n";
    let change = Change::of([
        ("users", "1200"),
        ("error_rate", "7.5"),
        ("think_factor", "2"),
        ("canary", "12.5"),
        ("weights.one", "30"),
        ("weights.two", "0.5"),
    ]);
    assert_eq!(read(all), Ok(change.unwrap()));
    assert_eq!(read(""), Ok(Change::default()));
    assert_eq!(read("weights = { one = 0 }").unwrap().weights()["one"], 0.0);
    assert_eq!(
        read("users = 0x10").unwrap().get(Setting::Users),
        Some(16.0)
    );
}

#[test]
fn what_is_wrong_is_named_with_line_and_column() {
    for (text, fault) in [
        (
            "user = 3",
            ":1:1: user: is not a key of a plan file; did you mean users?",
        ),
        (
            "\n users = \"many\"",
            ":2:10: users \"many\": must be a whole number from 1 to 1,000,000; give one such as 300",
        ),
        (
            "users = 1.5",
            ":1:9: users 1.5: must be a whole number from 1 to 1,000,000; give one such as 300",
        ),
        (
            "users = -1",
            ":1:9: users -1: must be a whole number from 1 to 1,000,000; give one such as 300",
        ),
        (
            "users = 99999999999",
            ":1:9: users 99999999999: must be a whole number from 1 to 1,000,000; give one such as 300",
        ),
        (
            "users = 2000000",
            ":1:9: users 2000000: must be a whole number from 1 to 1,000,000; give one such as 300",
        ),
        (
            "error_rate = 101",
            ":1:14: error_rate 101: must be a percentage from 0 to 100; give one such as 15",
        ),
        (
            "error_rate = nan",
            ":1:14: error_rate NaN: must be a percentage from 0 to 100; give one such as 15",
        ),
        (
            "error_rate = true",
            ":1:14: error_rate true: must be a percentage from 0 to 100; give one such as 15",
        ),
        (
            "think_factor = inf",
            ":1:16: think_factor inf: must be a number from 0 to 1,000,000; give one such as 0.5 for half as long; 0 for no pauses",
        ),
        (
            "think_factor = 2026-01-01",
            ":1:16: think_factor 2026-01-01: must be a number from 0 to 1,000,000; give one such as 0.5 for half as long; 0 for no pauses",
        ),
        (
            "weights = 5",
            ":1:11: weights 5: must be a share for each type; give some such as 30 for weights.new",
        ),
        (
            "[weights]\nghost = 5",
            ":2:1: type ghost: does not exist; there are: one, two",
        ),
        (
            "[weights]\none = -5",
            ":2:7: weights.one -5: must be a number from 0; give one such as 25; 0 for no users",
        ),
        (
            "[weights]\none = []",
            ":2:7: weights.one []: must be a number from 0; give one such as 25; 0 for no users",
        ),
        (
            "[[weights]]\none = 5",
            ":1:1: weights [[weights]]: must be a share for each type; give some such as 30 for weights.new",
        ),
        (
            "users = 3\nusers = 4",
            ":2:1: users: is given by scripts/throng.toml:1:1 too; give it once",
        ),
        (
            "users = ",
            ":1:9: is not valid TOML: string values must be quoted, expected literal string; correct it",
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
        "scripts/throng.toml:2:6: the text: is not UTF-8; save the file as UTF-8"
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
    let loaded = watched.loaded();
    assert_eq!(loaded.settings.get(Setting::Users), Some(5.0));
    assert_eq!(loaded.bundle.closure("one"), watched.first.closure("one"));
    watched
        .folder
        .write("scripts/throng.toml", "users = 'five'\n");
    assert_eq!(
        watched.fault(),
        "scripts/throng.toml:1:9: users 'five': must be a whole number from 1 to 1,000,000; give one such as 300"
    );
    watched.folder.remove("scripts/throng.toml");
    assert!(watched.loaded().settings.is_empty());
}
