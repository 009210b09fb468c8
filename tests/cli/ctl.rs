//! What a line of `throng ctl` means, and what is wrong with it.

use std::time::Duration;

use super::environment::with;
use super::{parse, refusal};
use throng::cli::{Ctl, CtlCommand, LogQuery, Refusal, Request, TokenSource};
use throng::plan::Change;
use throng::run_log::{Kind, Level};

fn ctl(words: &[&str]) -> Ctl {
    let line: Vec<&str> = std::iter::once("ctl")
        .chain(words.iter().copied())
        .collect();
    match parse(&line) {
        Ok(Request::Ctl(ctl)) => *ctl,
        other => panic!("{line:?} gave {other:?}"),
    }
}

#[test]
fn every_verb_is_a_deed_to_the_only_run() {
    for (line, deed) in [
        ("status", CtlCommand::Status),
        ("watch", CtlCommand::Watch),
        ("logs", CtlCommand::Logs(LogQuery::default())),
        (
            "logs -f --since 5m --level warn --type new --kind script,failure",
            CtlCommand::Logs(LogQuery {
                follow: true,
                since: Some(Duration::from_mins(5)),
                level: Some(Level::Warn),
                kinds: vec![Kind::Script, Kind::Failure],
                user_type: Some("new".to_owned()),
            }),
        ),
        ("versions", CtlCommand::Versions),
        ("reload", CtlCommand::Reload),
        ("rollback", CtlCommand::Rollback(None)),
        (
            "rollback active",
            CtlCommand::Rollback(Some("active".to_owned())),
        ),
        ("promote", CtlCommand::Promote),
        ("pause", CtlCommand::Pause),
        ("resume", CtlCommand::Resume),
        ("stop", CtlCommand::Stop),
    ] {
        let expected = Ctl {
            deed,
            run: None,
            url: None,
            token: None,
            json: false,
        };
        assert_eq!(
            ctl(&line.split(' ').collect::<Vec<_>>()),
            expected,
            "{line}"
        );
    }
}

#[test]
fn a_run_is_named_before_the_verb_or_after_it() {
    for line in [
        "--run 3f9a status --json --token s3cr3t-t0ken",
        "status --run 3f9a --json --token s3cr3t-t0ken",
    ] {
        let asked = ctl(&line.split(' ').collect::<Vec<_>>());
        assert_eq!((asked.run.as_deref(), asked.json), (Some("3f9a"), true));
        assert_eq!(
            asked.token,
            Some(TokenSource::Typed("s3cr3t-t0ken".to_owned()))
        );
    }
    let asked = ctl(&["pause", "--url", "http://10.1.2.3:9900", "--token", "@key"]);
    assert_eq!(asked.url.unwrap().as_str(), "http://10.1.2.3:9900/");
    assert_eq!(asked.token, Some(TokenSource::File("key".into())));
}

#[test]
fn values_to_set_are_a_change_of_the_plan() {
    for (words, change) in [
        (
            "users=300 error_rate=5 think_factor=0.5 canary=10% weights.new=30 weights.old_one=0",
            [
                ("users", "300"),
                ("error_rate", "5"),
                ("think_factor", "0.5"),
                ("canary", "10"),
                ("weights.new", "30"),
                ("weights.old_one", "0"),
            ]
            .as_slice(),
        ),
        (
            "error-rate=2.5% think-factor=0 weights.a-b=1",
            &[
                ("error_rate", "2.5"),
                ("think_factor", "0"),
                ("weights.a-b", "1"),
            ],
        ),
    ] {
        let line: Vec<&str> = std::iter::once("set").chain(words.split(' ')).collect();
        let change = Change::of(change.iter().copied()).unwrap();
        assert_eq!(ctl(&line).deed, CtlCommand::Set(change), "{words}");
    }
}

#[test]
fn what_cannot_be_is_told_with_its_cause_and_what_to_do() {
    for (line, message) in [
        (
            "set users=0",
            "users 0: must be a whole number from 1 to 1,000,000; give one such as 300",
        ),
        (
            "set users=many",
            "users many: must be a whole number from 1 to 1,000,000; give one such as 300",
        ),
        (
            "set users=-3",
            "users -3: must be a whole number from 1 to 1,000,000; give one such as 300",
        ),
        (
            "set error-rate=high",
            "error_rate high: must be a percentage from 0 to 100; give one such as 15",
        ),
        (
            "set error_rate=101",
            "error_rate 101: must be a percentage from 0 to 100; give one such as 15",
        ),
        (
            "set canary=100",
            "canary 100: must be a percentage from 0 to less than 100; give one such as 10; 0 for no canary",
        ),
        (
            "set think_factor=NaN",
            "think_factor NaN: must be a number from 0 to 1,000,000; give one such as 0.5 for half as long; 0 for no pauses",
        ),
        (
            "set weights.new=-1",
            "weights.new -1: must be a number from 0; give one such as 25; 0 for no users",
        ),
        (
            "set weights.=1",
            "weights.: is not a valid setting; give some of users, error_rate, think_factor, canary, stages, arrivals, curve, workers, weights.TYPE",
        ),
        (
            "set ramp=3",
            "ramp: is not a valid setting; give some of users, error_rate, think_factor, canary, stages, arrivals, curve, workers, weights.TYPE",
        ),
        ("set users", "users: has no =; give one such as users=300"),
        (
            "set error_rate=1 error-rate=2",
            "error-rate=2: error_rate is given twice; give it once",
        ),
        (
            "status --url 127.0.0.1:9900",
            "--url 127.0.0.1:9900: is not a valid URL of a run; give one such as http://127.0.0.1:9900",
        ),
        (
            "status --url https://127.0.0.1:9900",
            "--url https://127.0.0.1:9900: is not a valid URL of a run; give one such as http://127.0.0.1:9900",
        ),
        (
            "status --url http://ann:hunter2@127.0.0.1:9900",
            "--url http://...@...: has a user name, which no run has; leave it out, and give the run's token with --token",
        ),
        (
            "logs --since soon",
            "--since soon: is not a valid duration; give seconds such as 30, or units such as 5m",
        ),
        (
            "logs --kind scripts,run",
            "--kind scripts: is not a valid kind; give some of run, event, script, failure, with commas between them",
        ),
        (
            "incident slow --for 0.5",
            "--for 0.5: is not a valid duration from 1s; give seconds such as 120, or units such as 2m",
        ),
        (
            "status --run 3f9a --url http://127.0.0.1:9900",
            "--run with --url: each of them selects a run; give one of them",
        ),
        (
            "pause --token short",
            "--token ...: has 5 characters, which are easily guessed; give 8 or more letters, digits and signs, or @FILE to read them from a file; a run without one makes its own",
        ),
    ] {
        let line: Vec<&str> = std::iter::once("ctl").chain(line.split(' ')).collect();
        assert_eq!(refusal(&line), message, "{line:?}");
    }
}

#[test]
fn all_that_cannot_be_is_told_at_once() {
    assert_eq!(
        refusal(&["ctl", "--url", "x", "set", "users=0", "foo=1", "bar"]),
        "4 things are wrong\n  \
         --url x: is not a valid URL of a run; give one such as http://127.0.0.1:9900\n  \
         users 0: must be a whole number from 1 to 1,000,000; give one such as 300\n  \
         foo: is not a valid setting; give some of users, error_rate, think_factor, canary, stages, arrivals, curve, workers, weights.TYPE\n  \
         bar: has no =; give one such as users=300"
    );
}

#[test]
fn a_line_without_a_verb_or_without_what_it_needs_is_refused() {
    for (line, start) in [
        (vec!["ctl", "walk"], "error: unrecognized subcommand 'walk'"),
        (
            vec!["ctl", "set"],
            "error: the following required arguments were not provided:\n  <KEY=VALUE>...",
        ),
        (
            vec!["ctl", "rollback", "a", "b"],
            "error: unexpected argument 'b' found",
        ),
        (
            vec!["ctl", "pause", "now"],
            "error: unexpected argument 'now' found",
        ),
    ] {
        let Err(Refusal::Usage(error)) = parse(&line) else {
            panic!("{line:?}")
        };
        assert!(error.to_string().starts_with(start), "{error}");
        assert_eq!(error.exit_code(), 2);
    }
    let Err(Refusal::Usage(help)) = parse(&["ctl"]) else {
        panic!("no help")
    };
    assert!(
        help.to_string().contains("throng ctl set users=300"),
        "{help}"
    );
    assert_eq!(help.exit_code(), 2);
}

#[test]
fn variables_name_the_run_and_its_token_unless_it_is_typed() {
    let variables = [
        ("THRONG_RUN", "3f9a"),
        ("THRONG_TOKEN", "of-the-environment"),
    ];
    with(
        &variables,
        "ctl::variables_name_the_run_and_its_token_unless_it_is_typed",
        || {
            let asked = ctl(&["status"]);
            assert_eq!(asked.run.as_deref(), Some("3f9a"));
            assert_eq!(
                asked.token,
                Some(TokenSource::Typed("of-the-environment".to_owned()))
            );
            assert_eq!(
                ctl(&["status", "--run", "beef"]).run.as_deref(),
                Some("beef")
            );
            // What is typed wins also over a variable that it excludes.
            let asked = ctl(&["status", "--url", "http://localhost:1"]);
            assert_eq!((asked.run, asked.url.is_some()), (None, true));
            let Err(Refusal::Usage(help)) = parse(&["ctl", "--help"]) else {
                panic!("no help")
            };
            let help = help.to_string();
            assert!(help.contains("[env: THRONG_RUN=3f9a]"), "{help}");
            assert!(!help.contains("of-the-environment"), "{help}");
        },
    );
}
