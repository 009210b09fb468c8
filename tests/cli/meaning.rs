use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;
use std::time::Duration;

use super::{AROUND, demo, parse, run};
use throng::cli::{
    self, Color, Environment, HttpVersion, Lib, Listen, LogFormat, Mode, ReportFile, ReportFormat,
    Request, Resolve, Scripts, Var, Verbosity,
};
use throng::plan::{Cleanup, Length, Plan, RequestLimits, Watch};

#[test]
fn a_run_without_options_is_the_default_plan_on_all_cores() {
    let resolved = run(&[]);
    assert_eq!(
        resolved.plan,
        Plan {
            seed: 424_242,
            shards: 4,
            ..Plan::default()
        }
    );
    assert_eq!(resolved.mode, Mode::Run);
    assert!(resolved.seed_is_fresh);
    assert_eq!(
        (resolved.scripts, resolved.lib),
        (Scripts::Folder("scripts".into()), Lib::Beside("lib".into()))
    );
    assert_eq!(
        resolved.listen,
        Listen::Default("127.0.0.1:9900".parse().unwrap())
    );
    assert_eq!(resolved.output.verbosity, Verbosity::Normal);
    assert_eq!(resolved.http.connect_timeout, Duration::from_secs(5));
    assert_eq!(resolved.http.request_timeout, Duration::from_secs(30));
    assert_eq!(resolved.http.body_limit, 10_485_760);
    assert_eq!(resolved.http.version, HttpVersion::Negotiated);
    assert_eq!((resolved.watch, resolved.token), (Watch::Auto, None));
}

#[test]
fn the_crowd_is_as_typed() {
    let words = "--users 7 --user-types new,admin --min-requests 5 --max-requests 20 --error-rate 2.5 --seed 9 --threads 2 --think-factor 0.5 --ramp 3s";
    let resolved = run(&words.split(' ').collect::<Vec<_>>());
    let expected = Plan {
        users: 7,
        types: Some(vec!["new".to_owned(), "admin".to_owned()]),
        requests: RequestLimits {
            min: Some(5),
            max: Some(20),
        },
        ramp: Some(Duration::from_secs(3)),
        error_rate: 2.5,
        seed: 9,
        shards: 2,
        think_factor: 0.5,
        ..Plan::default()
    };
    assert_eq!(resolved.plan, expected);
    assert!(!resolved.seed_is_fresh);
}

#[test]
fn the_six_lines_of_the_plan_mean_what_they_say() {
    let minutes = |count: u64| Length::Duration(Duration::from_secs(count * 60));
    let limits = |min, max| RequestLimits {
        min: Some(min),
        max: Some(max),
    };
    let none = RequestLimits::default();
    let at_the_end = Some(Cleanup { interval: None });
    let hourly = Some(Cleanup {
        interval: Some(Duration::from_secs(3600)),
    });
    for (line, users, requests, length, cleanup, verbosity) in [
        (
            "--users=10 --min-requests=5 --max-requests=20 --duration=300",
            10,
            limits(5, 20),
            minutes(5),
            None,
            Verbosity::Normal,
        ),
        (
            "--users=5 --debug --verbose",
            5,
            none,
            Length::Once,
            None,
            Verbosity::Debug,
        ),
        (
            "--users=100 --min-requests=20 --max-requests=200 --duration=3600",
            100,
            limits(20, 200),
            minutes(60),
            None,
            Verbosity::Normal,
        ),
        (
            "--users=500 --min-requests=50 --max-requests=500 --duration=1800",
            500,
            limits(50, 500),
            minutes(30),
            None,
            Verbosity::Normal,
        ),
        (
            "--users=1000 --min-requests=10 --max-requests=1000 --duration=7200 --cleanup",
            1000,
            limits(10, 1000),
            minutes(120),
            at_the_end,
            Verbosity::Normal,
        ),
        (
            "--users=200 --continuous --cleanup-interval=3600",
            200,
            none,
            Length::Continuous,
            hourly,
            Verbosity::Normal,
        ),
    ] {
        let words: Vec<&str> = std::iter::once("user:populate")
            .chain(line.split(' '))
            .collect();
        let Ok(Request::Run(resolved)) = parse(&words) else {
            panic!("{line}")
        };
        assert_eq!(resolved.plan.users, users, "{line}");
        assert_eq!(resolved.plan.requests, requests, "{line}");
        assert_eq!(resolved.plan.length, length, "{line}");
        assert_eq!(resolved.plan.cleanup, cleanup, "{line}");
        assert_eq!(resolved.output.verbosity, verbosity, "{line}");
    }
}

#[test]
fn the_names_that_the_plan_gave_work_too() {
    let resolved = run(&["--min-request-count", "3", "--max-request-count", "4"]);
    assert_eq!(
        resolved.plan.requests,
        RequestLimits {
            min: Some(3),
            max: Some(4)
        }
    );
}

#[test]
fn a_run_ends_by_time_by_sessions_or_not_at_all() {
    assert_eq!(
        run(&["--duration", "1h30m"]).plan.length,
        Length::Duration(Duration::from_secs(5400))
    );
    assert_eq!(
        run(&["--sessions", "250"]).plan.length,
        Length::Sessions(250)
    );
    assert_eq!(run(&["--continuous"]).plan.length, Length::Continuous);
}

#[test]
fn cleaning_up_happens_at_the_end_and_every_interval_when_there_is_no_end() {
    let interval = |seconds| {
        Some(Cleanup {
            interval: Some(Duration::from_secs(seconds)),
        })
    };
    for (line, cleanup) in [
        ("--seed 1", None),
        ("--cleanup", Some(Cleanup { interval: None })),
        ("--cleanup --duration 5m", Some(Cleanup { interval: None })),
        ("--cleanup --continuous", interval(3600)),
        ("--cleanup-interval 60", interval(60)),
        ("--cleanup-interval 10m --continuous", interval(600)),
    ] {
        assert_eq!(
            run(&line.split(' ').collect::<Vec<_>>()).plan.cleanup,
            cleanup,
            "{line}"
        );
    }
}

#[test]
fn a_demo_is_sixty_users_for_two_short_days_unless_told() {
    let plan = demo(&[]).plan;
    assert_eq!(
        (plan.users, plan.length),
        (60, Length::Duration(Duration::from_secs(120)))
    );
    assert_eq!(plan.incidents.len(), 1);
    let plan = demo(&["--flat", "--users", "100"]).plan;
    assert_eq!(
        (plan.users, plan.length),
        (100, Length::Duration(Duration::from_secs(60)))
    );
    assert!(plan.shape.is_flat() && plan.incidents.is_empty());
    let plan = demo(&["--sessions", "3"]).plan;
    assert_eq!((plan.users, plan.length), (60, Length::Sessions(3)));
    assert_eq!(demo(&["--continuous"]).plan.length, Length::Continuous);
}

#[test]
fn a_trace_is_one_user_of_one_type_for_one_session() {
    let resolved = run(&["--trace", "admin", "--users", "50", "--duration", "5m"]);
    assert_eq!(resolved.mode, Mode::Trace);
    assert_eq!(resolved.plan.types, Some(vec!["admin".to_owned()]));
    assert_eq!(
        (
            resolved.plan.users,
            resolved.plan.length,
            resolved.plan.shards
        ),
        (1, Length::Once, 1)
    );
    assert_eq!(run(&["--dry-run"]).mode, Mode::DryRun);
}

#[test]
fn scripts_are_those_named_then_those_here_then_those_inside() {
    let nowhere = Environment {
        scripts_here: false,
        ..AROUND
    };
    let folders = |words: &[&str], around: &Environment| match cli::parse(
        ["throng", "run"].iter().chain(words),
        around,
    ) {
        Ok(Request::Run(resolved)) => (resolved.scripts, resolved.lib),
        other => panic!("{other:?}"),
    };
    let folder = |path: &str| Scripts::Folder(PathBuf::from(path));
    let beside = |path: &str| Lib::Beside(PathBuf::from(path));
    assert_eq!(folders(&[], &AROUND), (folder("scripts"), beside("lib")));
    assert_eq!(
        folders(&["-s", "a/b"], &AROUND),
        (folder("a/b"), beside("a/lib"))
    );
    assert_eq!(
        folders(&["-s", "/srv/types/"], &nowhere),
        (folder("/srv/types/"), beside("/srv/lib"))
    );
    assert_eq!(
        folders(&["-s", "."], &AROUND),
        (folder("."), beside("./../lib"))
    );
    let inside = (Scripts::Embedded, Lib::Embedded);
    assert_eq!(folders(&["--builtin"], &AROUND), inside);
    assert_eq!(folders(&["--builtin"], &nowhere), inside);
    assert_eq!(
        folders(&["--builtin", "--lib-dir", "m"], &nowhere),
        (Scripts::Embedded, Lib::Named(PathBuf::from("m")))
    );
}

#[test]
fn without_a_folder_the_types_inside_must_be_asked_for() {
    let nowhere = Environment {
        scripts_here: false,
        ..AROUND
    };
    let line = |words: &[&'static str]| {
        cli::parse(
            std::iter::once("throng").chain(words.iter().copied()),
            &nowhere,
        )
    };
    for words in [
        &["run"][..],
        &["run", "--dry-run"],
        &["run", "--trace", "new"],
        &["run", "--lib-dir", "m"],
    ] {
        let Err(refusal @ cli::Refusal::Invalid(_)) = line(words) else {
            panic!("{words:?}");
        };
        let said = refusal.to_string();
        assert!(said.contains("there is no folder 'scripts' here"), "{said}");
        assert!(
            said.contains("--script-dir") && said.contains("--builtin"),
            "{said}"
        );
    }
    for words in [
        &["user:populate"][..],
        &["demo"],
        &["user:populate", "--builtin"],
    ] {
        let (Ok(Request::Run(resolved)) | Ok(Request::Demo(resolved))) = line(words) else {
            panic!("{words:?}");
        };
        assert_eq!(resolved.scripts, Scripts::Embedded, "{words:?}");
    }
    let Err(refusal) = line(&["run", "--builtin", "--script-dir", "a"]) else {
        panic!("both were taken");
    };
    assert_eq!(
        refusal.to_string(),
        "--builtin with --script-dir: one is for the types inside the program and the other for those of a folder; give one of them"
    );
}

#[test]
fn variables_keep_what_stands_behind_the_first_equals_sign() {
    let vars = run(&[
        "-e",
        "KEY=a=b;c",
        "-e",
        "EMPTY=",
        "-e",
        "FILE=@token.txt",
        "-e",
        "KEY2=x",
        "--var",
        "KEY2=y",
        "-e",
        "HOME",
        "-e",
        "@all.env",
    ])
    .vars;
    let typed = |key: &str, value: &str| Var::Value {
        key: key.to_owned(),
        value: value.to_owned(),
        shown: true,
    };
    assert_eq!(
        vars,
        [
            typed("KEY", "a=b;c"),
            typed("EMPTY", ""),
            Var::File("FILE".to_owned(), PathBuf::from("token.txt")),
            typed("KEY2", "x"),
            typed("KEY2", "y"),
            Var::Environment("HOME".to_owned()),
            Var::Lines(PathBuf::from("all.env")),
        ]
    );
    assert!(
        !format!("{vars:?}").contains("a=b"),
        "no message shows values"
    );
}

#[test]
fn requests_travel_as_typed() {
    let words = "--ca ca.pem --cert c.pem --key k.pem --insecure --resolve API.test:443:127.0.0.1 --resolve [::1]:80:[::2] --proxy http://u:p@proxy:3128 --connect-timeout 500ms --request-timeout 2m --body-limit 512KiB --http2";
    let http = run(&words.split(' ').collect::<Vec<_>>()).http;
    assert_eq!(http.ca, Some(PathBuf::from("ca.pem")));
    assert_eq!(
        http.identity,
        Some((PathBuf::from("c.pem"), PathBuf::from("k.pem")))
    );
    assert!(http.insecure);
    let to = |host: &str, port, addr| Resolve {
        host: host.to_owned(),
        port,
        addr,
    };
    let expected = [
        to("api.test", 443, IpAddr::V4(Ipv4Addr::LOCALHOST)),
        to("::1", 80, IpAddr::V6(Ipv6Addr::new(0, 0, 0, 0, 0, 0, 0, 2))),
    ];
    assert_eq!(http.resolve, expected);
    assert_eq!(http.proxy.unwrap().as_str(), "http://u:p@proxy:3128/");
    assert_eq!(
        (http.connect_timeout, http.request_timeout),
        (Duration::from_millis(500), Duration::from_secs(120))
    );
    assert_eq!(
        (http.body_limit, http.version),
        (524_288, HttpVersion::Http2)
    );
    assert_eq!(run(&["--http1"]).http.version, HttpVersion::Http1);
}

#[test]
fn output_is_as_typed() {
    let output = run(&[
        "--quiet",
        "--color",
        "never",
        "--log-format",
        "json",
        "--summary-json",
        "out.json",
    ])
    .output;
    assert_eq!(
        (output.verbosity, output.color, output.log_format),
        (Verbosity::Quiet, Color::Never, LogFormat::Json)
    );
    assert_eq!(output.summary_json, Some(PathBuf::from("out.json")));
    assert_eq!(output.reports, []);
    let output = run(&["--report", "a.JSON", "--report", "dir/b.junit.xml"]).output;
    let report = |path, format| ReportFile {
        path: PathBuf::from(path),
        format,
    };
    assert_eq!(
        output.reports,
        [
            report("a.JSON", ReportFormat::Json),
            report("dir/b.junit.xml", ReportFormat::Junit)
        ]
    );
    assert_eq!(run(&["-v"]).output.verbosity, Verbosity::Verbose);
}

#[test]
fn a_port_that_was_asked_for_is_told_from_the_default() {
    assert_eq!(
        run(&["--listen", "127.0.0.1:9900"]).listen,
        Listen::Asked("127.0.0.1:9900".parse().unwrap())
    );
    assert_eq!(
        run(&["--listen", "localhost:0"]).listen,
        Listen::Asked("127.0.0.1:0".parse().unwrap())
    );
    assert_eq!(run(&["--no-listen"]).listen, Listen::Nowhere);
}

#[test]
fn completions_name_the_options() {
    let Ok(Request::Completions(shell)) = parse(&["completions", "bash"]) else {
        panic!()
    };
    let script = cli::completions(shell);
    for option in ["--script-dir", "--cleanup-interval", "--summary-json"] {
        assert!(script.contains(option), "{option}");
    }
}
