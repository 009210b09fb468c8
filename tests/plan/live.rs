//! Settings that change while a run goes on: the same value, and the same words, wherever it is written.

use throng::plan::live::Scalar;
use throng::plan::{Change, LiveSettings, Plan, Setting};

fn change(values: &[(&str, &str)]) -> Change {
    Change::of(values.iter().copied()).unwrap()
}

#[test]
fn a_value_is_read_alike_from_a_line_and_from_a_file() {
    for (setting, text, scalar, value) in [
        (Setting::Users, "300", Scalar::Whole(300), 300.0),
        (Setting::Users, "1000000", Scalar::Whole(1_000_000), 1e6),
        (Setting::ErrorRate, "7.5%", Scalar::Number(7.5), 7.5),
        (Setting::ErrorRate, "100", Scalar::Whole(100), 100.0),
        (Setting::ThinkFactor, "0", Scalar::Whole(0), 0.0),
        (Setting::Canary, "12.5", Scalar::Number(12.5), 12.5),
    ] {
        assert_eq!(setting.read(Scalar::Text(text)), Ok(value), "{text}");
        assert_eq!(setting.read(scalar), Ok(value), "{scalar}");
    }
}

#[test]
fn a_value_that_cannot_be_is_refused_in_the_same_words_everywhere() {
    for (setting, values, words) in [
        (
            Setting::Users,
            [
                Scalar::Text("0"),
                Scalar::Text("1.5"),
                Scalar::Whole(1_000_001),
                Scalar::Number(300.0),
                Scalar::Other("\"300\""),
            ],
            "must be a whole number from 1 to 1,000,000; give one such as 300",
        ),
        (
            Setting::ErrorRate,
            [
                Scalar::Text("many"),
                Scalar::Text("NaN"),
                Scalar::Whole(-1),
                Scalar::Number(100.5),
                Scalar::Other("true"),
            ],
            "must be a percentage from 0 to 100; give one such as 15",
        ),
        (
            Setting::ThinkFactor,
            [
                Scalar::Text("inf"),
                Scalar::Text("5%"),
                Scalar::Whole(1_000_001),
                Scalar::Number(-0.5),
                Scalar::Other("null"),
            ],
            "must be a number from 0 to 1,000,000; give one such as 0.5 for half as long; 0 for no pauses",
        ),
        (
            Setting::Canary,
            [
                Scalar::Text(""),
                Scalar::Text("100%"),
                Scalar::Whole(100),
                Scalar::Number(f64::NAN),
                Scalar::Other("[]"),
            ],
            "must be a percentage from 0 to less than 100; give one such as 10; 0 for no canary",
        ),
    ] {
        for value in values {
            let why = setting.read(value).unwrap_err();
            let said = format!("{}; {}", why.cause, why.remedy);
            assert_eq!(said, words, "{setting:?} {value}");
        }
    }
}

#[test]
fn a_change_names_every_value_that_cannot_be() {
    let values = [
        ("users", "300"),
        ("error_rate", "-1"),
        ("weights.new", "inf"),
        ("weights.", "1"),
        ("weights", "3"),
        ("colour", "red"),
    ];
    let faults = Change::of(values).unwrap_err();
    let things: Vec<&str> = faults.iter().map(|fault| &*fault.thing).collect();
    assert_eq!(
        things,
        [
            "error_rate -1",
            "weights.new inf",
            "weights.",
            "weights 3",
            "colour"
        ]
    );
}

#[test]
fn what_was_changed_is_told_by_name() {
    let before = LiveSettings::of(&Plan::default());
    let after = before
        .clone()
        .with(&change(&[("canary", "20"), ("users", "300")]));
    assert_eq!(after.since(&before), ["users 100 -> 300", "canary 0 -> 20"]);
    assert_eq!(after.users(), 300);
    assert!(before.since(&before).is_empty());
}

#[test]
fn a_plan_that_begins_with_settings_says_them() {
    let change = change(&[
        ("users", "7"),
        ("error_rate", "3"),
        ("think_factor", "0.5"),
        ("canary", "20"),
        ("weights.new", "2"),
    ]);
    let settings = LiveSettings::of(&Plan::default()).with(&change);
    let mut plan = Plan::default();
    settings.set_in_plan(&mut plan);
    assert_eq!(LiveSettings::of(&plan), settings);
}
