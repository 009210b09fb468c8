//! The environment belongs to a process, so each case runs itself again in a child with its variables.

use std::process::Command;

use super::{demo, parse, refusal, run};
use throng::cli::{HttpVersion, Listen, Mode, Request, Var, Verbosity};
use throng::plan::Length;

/// Tells a child that it is one.
const CHILD: &str = "TEST_WITH_VARIABLES";

/// Runs `check` with these variables and no other of ours: in a child that runs only the test `name` of this room.
pub(super) fn with(variables: &[(&str, &str)], name: &str, check: fn()) {
    if std::env::var_os(CHILD).is_some() {
        return check();
    }
    let mut child = Command::new(std::env::current_exe().unwrap());
    for (key, _) in std::env::vars().filter(|(key, _)| key.starts_with("THRONG_")) {
        child.env_remove(key);
    }
    let test = format!("cli::{name}");
    let output = child
        .args([test.as_str(), "--exact"])
        .env(CHILD, "1")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
}

#[test]
fn a_variable_stands_for_an_option_that_is_not_typed() {
    let variables = [
        ("THRONG_USERS", "7"),
        ("THRONG_BASE_URL", "http://example.com"),
        ("THRONG_VERBOSE", "true"),
        ("THRONG_CLEANUP", "no"),
        ("THRONG_VARS", "A=1;B=x,y\nC=@f;D"),
        ("THRONG_RESOLVE", "a:1:127.0.0.1,b:2:::1"),
    ];
    with(
        &variables,
        "environment::a_variable_stands_for_an_option_that_is_not_typed",
        || {
            let resolved = run(&[]);
            assert_eq!(resolved.plan.users, 7);
            assert_eq!(resolved.plan.base_url.as_str(), "http://example.com/");
            assert_eq!(resolved.output.verbosity, Verbosity::Verbose);
            assert_eq!(resolved.plan.cleanup, None);
            let hidden = |key: &str, value: &str| Var::Value {
                key: key.to_owned(),
                value: value.to_owned(),
                shown: false,
            };
            let file = Var::File("C".to_owned(), "f".into());
            let all = [
                hidden("A", "1"),
                hidden("B", "x,y"),
                file,
                Var::Environment("D".to_owned()),
            ];
            assert_eq!(resolved.vars, all);
            assert_eq!(resolved.http.resolve.len(), 2);
            assert_eq!(run(&["--users", "8"]).plan.users, 8);
            assert_eq!(demo(&[]).plan.users, 7);
            assert_eq!(
                demo(&[]).plan.base_url.as_str(),
                "http://localhost/",
                "a demo brings its own target"
            );
        },
    );
}

#[test]
fn what_is_typed_wins_over_a_variable_that_it_excludes() {
    let variables = [
        ("THRONG_DURATION", "5m"),
        ("THRONG_NO_LISTEN", "1"),
        ("THRONG_QUIET", "on"),
        ("THRONG_DRY_RUN", "yes"),
        ("THRONG_HTTP1", "1"),
    ];
    with(
        &variables,
        "environment::what_is_typed_wins_over_a_variable_that_it_excludes",
        || {
            let line = [
                "run",
                "--continuous",
                "--listen",
                "127.0.0.1:1",
                "--debug",
                "--trace",
                "new",
                "--http2",
            ];
            let Ok(Request::Run(resolved)) = parse(&line) else {
                panic!("{:?}", parse(&line))
            };
            assert_eq!(
                resolved.listen,
                Listen::Asked("127.0.0.1:1".parse().unwrap())
            );
            assert_eq!(resolved.output.verbosity, Verbosity::Debug);
            assert_eq!(resolved.mode, Mode::Trace);
            assert_eq!(resolved.http.version, HttpVersion::Http2);
            assert_eq!(run(&["--sessions", "3"]).plan.length, Length::Sessions(3));
        },
    );
}

#[test]
fn a_value_that_cannot_be_is_told_with_the_variable_it_came_from() {
    let variables = [("THRONG_USERS", "none"), ("THRONG_VARS", "A-B=hush")];
    with(
        &variables,
        "environment::a_value_that_cannot_be_is_told_with_the_variable_it_came_from",
        || {
            assert_eq!(
                refusal(&["run"]),
                "2 things are wrong\n  \
             --users none (from THRONG_USERS): must be a whole number from 1 to 1,000,000; give one such as 300\n  \
             -e A-B=... (from THRONG_VARS): the key is not a valid name; give KEY=VALUE, with a key of letters, digits and _ that does not begin with a digit"
            );
        },
    );
}
