//! How scripts reload, and who may steer a run: what the options mean, refuse, and take from the environment.

use std::path::PathBuf;
use std::time::Duration;

use super::environment::with;
use super::{parse, refusal, run};
use throng::cli::{Refusal, TokenSource};
use throng::plan::{CanaryRules, MixAt, Reload, ReloadAt, Watch};

#[test]
fn changed_scripts_reach_the_users_as_typed() {
    let rules = |share, seconds| {
        Some(CanaryRules {
            share,
            time: Duration::from_secs(seconds),
        })
    };
    let plain = Reload::default();
    for (line, reload) in [
        ("--seed 1", plain),
        ("--reload-at step", plain),
        (
            "--reload-at session",
            Reload {
                at: ReloadAt::Session,
                ..plain
            },
        ),
        (
            "--reload-at now --canary-tolerance 0.5",
            Reload {
                at: ReloadAt::Now,
                tolerance: 0.5,
                ..plain
            },
        ),
        (
            "--mix-at step",
            Reload {
                mix_at: MixAt::Step,
                ..plain
            },
        ),
        (
            "--canary 10%/20s",
            Reload {
                canary: rules(0.1, 20),
                ..plain
            },
        ),
        (
            "--canary 0.25/1m30s --canary-tolerance 5%",
            Reload {
                canary: rules(0.25, 90),
                tolerance: 5.0,
                ..plain
            },
        ),
        (
            "--canary 99.5%/300",
            Reload {
                canary: rules(0.995, 300),
                ..plain
            },
        ),
    ] {
        let resolved = run(&line.split(' ').collect::<Vec<_>>());
        assert_eq!(resolved.plan.reload, reload, "{line}");
    }
}

#[test]
fn the_scripts_are_watched_as_typed() {
    for (word, watch) in [
        ("auto", Watch::Auto),
        ("native", Watch::Native),
        ("poll", Watch::Poll),
        ("off", Watch::Off),
    ] {
        assert_eq!(run(&["--watch", word]).watch, watch, "{word}");
    }
}

#[test]
fn a_token_is_typed_or_in_a_file_and_never_shown() {
    let resolved = run(&["--token", "s3cr3t-t0ken"]);
    assert_eq!(
        resolved.token,
        Some(TokenSource::Typed("s3cr3t-t0ken".to_owned()))
    );
    let shown = format!("{resolved:?}");
    assert!(shown.contains("token: Some(Typed(***))"), "{shown}");
    assert!(!shown.contains("s3cr3t"), "{shown}");
    assert_eq!(
        run(&["--token", "@key.txt"]).token,
        Some(TokenSource::File(PathBuf::from("key.txt")))
    );
}

/// One option with a value that cannot be, and the whole message.
const VALUES: &[(&[&str], &str)] = &[
    (
        &["--watch", "inotify"],
        "--watch inotify: is not a valid watch mode; give auto, native, poll or off",
    ),
    (
        &["--reload-at", "once"],
        "--reload-at once: is not a valid time to reload; give step, session or now",
    ),
    (
        &["--mix-at", "now"],
        "--mix-at now: is not a valid time to change types; give session or step",
    ),
    (
        &["--canary", "10%"],
        "--canary 10%: is not a valid share and duration; give both, such as 10%/20s or 0.1/20s",
    ),
    (
        &["--canary", "10%/soon"],
        "--canary 10%/soon: is not a valid share and duration; give both, such as 10%/20s or 0.1/20s",
    ),
    (
        &["--canary", "few/20s"],
        "--canary few/20s: is not a valid share and duration; give both, such as 10%/20s or 0.1/20s",
    ),
    (
        &["--canary", "10/20s"],
        "--canary 1000%/20s: the share must be above 0% and below 100%; give a share and a time, such as 10%/20s or 0.1/20s",
    ),
    (
        &["--canary", "100%/20s"],
        "--canary 100%/20s: the share must be above 0% and below 100%; give a share and a time, such as 10%/20s or 0.1/20s",
    ),
    (
        &["--canary", "0/1m"],
        "--canary 0%/60s: the share must be above 0% and below 100%; give a share and a time, such as 10%/20s or 0.1/20s",
    ),
    (
        &["--canary", "-5%/1m"],
        "--canary -5%/1m: is not a valid share and duration; give both, such as 10%/20s or 0.1/20s",
    ),
    (
        &["--canary", "NaN/1m"],
        "--canary NaN/1m: is not a valid share and duration; give both, such as 10%/20s or 0.1/20s",
    ),
    (
        &["--canary", "7%/0"],
        "--canary 7%/0s: the duration must be above 0; give a share and a time, such as 10%/20s or 0.1/20s",
    ),
    (
        &["--canary-tolerance", "some"],
        "--canary-tolerance some: is not a valid number; give points from 0 to 100, such as 2",
    ),
    (
        &["--canary-tolerance", "-1"],
        "--canary-tolerance -1: must be 0 to 100 percentage points; give a number from 0 to 100, such as 2",
    ),
    (
        &["--canary-tolerance", "100.5"],
        "--canary-tolerance 100.5: must be 0 to 100 percentage points; give a number from 0 to 100, such as 2",
    ),
    (
        &["--token", ""],
        "--token ...: is empty; give 8 or more letters, digits and signs, or @FILE to read them from a file; a run without one makes its own",
    ),
    (
        &["--token", "hunter2"],
        "--token ...: has 7 characters, which are easily guessed; give 8 or more letters, digits and signs, or @FILE to read them from a file; a run without one makes its own",
    ),
    (
        &["--token", "correct horse"],
        "--token ...: has a blank or a character that no HTTP header carries; give 8 or more letters, digits and signs, or @FILE to read them from a file; a run without one makes its own",
    ),
    (
        &["--token", "@"],
        "--token @: names no file; give the path of a file after the @",
    ),
];

#[test]
fn every_value_that_cannot_be_is_named_with_its_cause_and_what_to_do() {
    for (words, message) in VALUES {
        let line: Vec<&str> = std::iter::once("run")
            .chain(words.iter().copied())
            .collect();
        assert_eq!(refusal(&line), *message, "{words:?}");
    }
}

#[test]
fn variables_say_how_scripts_reload_and_who_may_steer_unless_it_is_typed() {
    let variables = [
        ("THRONG_WATCH", "poll"),
        ("THRONG_RELOAD_AT", "session"),
        ("THRONG_MIX_AT", "step"),
        ("THRONG_CANARY", "10%/20s"),
        ("THRONG_CANARY_TOLERANCE", "3"),
        ("THRONG_TOKEN", "of-the-environment"),
        ("THRONG_USERS", "100"),
    ];
    with(
        &variables,
        "reloads::variables_say_how_scripts_reload_and_who_may_steer_unless_it_is_typed",
        || {
            let resolved = run(&[]);
            let reload = resolved.plan.reload;
            assert_eq!(resolved.watch, Watch::Poll);
            assert_eq!((reload.at, reload.tolerance), (ReloadAt::Session, 3.0));
            assert_eq!(reload.mix_at, MixAt::Step);
            assert_eq!(reload.canary.map(|rules| rules.share), Some(0.1));
            assert_eq!(
                resolved.token,
                Some(TokenSource::Typed("of-the-environment".to_owned()))
            );
            let words =
                "--watch off --reload-at now --canary 0.5/1m --canary-tolerance 0 --token @typed";
            let resolved = run(&words.split(' ').collect::<Vec<_>>());
            let reload = resolved.plan.reload;
            assert_eq!(resolved.watch, Watch::Off);
            assert_eq!((reload.at, reload.tolerance), (ReloadAt::Now, 0.0));
            assert_eq!(reload.canary.map(|rules| rules.share), Some(0.5));
            assert_eq!(resolved.token, Some(TokenSource::File("typed".into())));
            let Err(Refusal::Usage(help)) = parse(&["run", "--help"]) else {
                panic!("no help")
            };
            let help = help.to_string();
            assert!(help.contains("[env: THRONG_WATCH=poll]"), "{help}");
            assert!(help.contains("[env: THRONG_TOKEN]"), "{help}");
            assert!(!help.contains("of-the-environment"), "{help}");
        },
    );
}

#[test]
fn a_reload_or_token_that_cannot_be_is_told_with_its_variable_and_without_the_secret() {
    let variables = [
        ("THRONG_WATCH", "never"),
        ("THRONG_CANARY", "2/20s"),
        ("THRONG_TOKEN", "shrt"),
    ];
    with(
        &variables,
        "reloads::a_reload_or_token_that_cannot_be_is_told_with_its_variable_and_without_the_secret",
        || {
            assert_eq!(
                refusal(&["run"]),
                "3 things are wrong\n  \
             --token ... (from THRONG_TOKEN): has 4 characters, which are easily guessed; give 8 or more letters, digits and signs, or @FILE to read them from a file; a run without one makes its own\n  \
             --watch never (from THRONG_WATCH): is not a valid watch mode; give auto, native, poll or off\n  \
             --canary 200%/20s (from THRONG_CANARY): the share must be above 0% and below 100%; give a share and a time, such as 10%/20s or 0.1/20s"
            );
        },
    );
}
