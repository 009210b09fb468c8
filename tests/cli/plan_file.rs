//! The plan file: which one counts, what its keys mean, and what is wrong with it.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;
use throng::cli::{self, Environment, HttpVersion, Refusal, Request, Resolved, Scripts, Var};
use throng::plan::{Length, Setting};

use super::AROUND;
use super::environment::with;

pub(super) const READING: Environment = Environment {
    read: |path| match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(why) => Err(format!("cannot be read: {why}")),
    },
    ..AROUND
};

pub(super) struct File {
    pub(super) folder: TempDir,
}

impl File {
    pub(super) fn new(text: impl AsRef<[u8]>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("plan.toml"), text).unwrap();
        Self { folder }
    }

    fn path(&self) -> String {
        self.folder.path().join("plan.toml").display().to_string()
    }

    pub(super) fn parse(&self, command: &str, words: &[&str]) -> Result<Request, Refusal> {
        let path = self.path();
        let line = ["throng", command, "--plan", &path].into_iter();
        cli::parse(line.chain(words.iter().copied()), &READING)
    }

    pub(super) fn run(&self, words: &[&str]) -> Resolved {
        match self.parse("run", words) {
            Ok(Request::Run(resolved)) => *resolved,
            other => panic!("{other:?}"),
        }
    }

    /// The message, with `plan.toml` for the path of the file.
    pub(super) fn refusal(&self, words: &[&str]) -> String {
        match self.parse("run", words) {
            Err(refusal @ Refusal::Invalid(_)) => {
                refusal.to_string().replace(&self.path(), "plan.toml")
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn every_kind_of_option_may_stand_in_it() {
    let file = File::new(
        "users = 7\nbase_url = 'http://example.com'\nduration = 90\ncleanup = true\n\
         user_types = ['new', 'admin']\nresolve = ['a:1:127.0.0.1', 'b:2:::1']\nmax_rps = 0.5\n\
         stop_if = 'p95 > 2s for 30s'\nca = 'certs/ca.pem'\nsummary_json = '/tmp/s.json'\n\
         http1 = false\nvar = ['@more.env', 'D']\n\n[vars]\nA = 'x=y'\nB = '@b.txt'\nC = 3\n",
    );
    let resolved = file.run(&[]);
    let plan = &resolved.plan;
    assert_eq!(plan.users, 7);
    assert_eq!(plan.base_url.as_str(), "http://example.com/");
    assert_eq!(plan.length, Length::Duration(Duration::from_secs(90)));
    assert!(plan.cleanup.is_some());
    assert_eq!(plan.types, Some(vec!["new".to_owned(), "admin".to_owned()]));
    assert_eq!(plan.limits.max_rps, Some(0.5));
    assert_eq!(resolved.http.resolve.len(), 2);
    assert_eq!(resolved.http.version, HttpVersion::Negotiated);
    assert!(plan.valve.contains(&"p95 > 2s for 30s".parse().unwrap()));
    // Paths are relative to the file.
    let folder = file.folder.path();
    assert_eq!(resolved.http.ca, Some(folder.join("certs/ca.pem")));
    assert_eq!(
        resolved.output.summary_json,
        Some(PathBuf::from("/tmp/s.json"))
    );
    let value = |key: &str, value: &str| Var::Value {
        key: key.to_owned(),
        value: value.to_owned(),
        shown: false,
    };
    let vars = [
        Var::Lines(folder.join("more.env")),
        Var::Environment("D".to_owned()),
        value("A", "x=y"),
        Var::File("B".to_owned(), folder.join("b.txt")),
        value("C", "3"),
    ];
    assert_eq!(resolved.vars, vars);
}

#[test]
fn the_line_wins_over_it_and_also_over_what_it_excludes() {
    let file = File::new("users = 7\nduration = '5m'\nhttp1 = true\nno_valve = true\nquiet = true");
    let resolved = file.run(&["--users", "8", "--continuous", "--http2", "--verbose"]);
    assert_eq!(resolved.plan.users, 8);
    assert_eq!(resolved.plan.length, Length::Continuous);
    assert_eq!(resolved.http.version, HttpVersion::Http2);
    assert_eq!(resolved.output.verbosity, throng::cli::Verbosity::Verbose);
    assert!(resolved.plan.valve.is_empty());
    let resolved = file.run(&["--stop-if", "rate < 1 for 5s"]);
    assert_eq!(resolved.plan.valve.len(), 4);
}

#[test]
fn a_variable_wins_over_it_and_the_line_over_both() {
    with(
        &[
            ("THRONG_USERS", "9"),
            ("THRONG_SESSIONS", "5"),
            ("THRONG_CLEANUP", "false"),
        ],
        "plan_file::a_variable_wins_over_it_and_the_line_over_both",
        || {
            let file = File::new("users = 7\nduration = 60\ncleanup = true\nerror_rate = 2");
            let resolved = file.run(&[]);
            assert_eq!(resolved.plan.users, 9);
            assert_eq!(resolved.plan.length, Length::Sessions(5));
            assert_eq!(resolved.plan.cleanup, None);
            assert_eq!(resolved.plan.error_rate, 2.0);
            assert_eq!(file.run(&["--users", "10"]).plan.users, 10);
            // Without the file: what stands in stronger places, and the defaults.
            let base = resolved.plan_file.base;
            assert_eq!((base.users(), base.get(Setting::ErrorRate)), (9, 15.0));
        },
    );
}

#[test]
fn it_is_that_of_the_script_folder_unless_another_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("throng.toml");
    fs::write(&inside, "users = 3\nbase_url = 'http://example.com'").unwrap();
    let scripts = folder.path().display().to_string();
    let parse = |command: &str, words: &[&str]| {
        let line = ["throng", command, "-s", &scripts].into_iter();
        match cli::parse(line.chain(words.iter().copied()), &READING) {
            Ok(Request::Run(resolved) | Request::Demo(resolved)) => *resolved,
            other => panic!("{other:?}"),
        }
    };
    let resolved = parse("run", &[]);
    assert_eq!(resolved.plan.users, 3);
    assert_eq!(resolved.plan_file.path, Some(inside));
    // A demo brings its own target.
    let demo = parse("demo", &[]).plan;
    assert_eq!(
        (demo.users, demo.base_url.as_str()),
        (3, "http://localhost/")
    );
    let other = File::new("users = 4");
    let resolved = parse("run", &["--plan", &other.path()]);
    assert_eq!(resolved.plan.users, 4);
    assert_eq!(resolved.plan.base_url.as_str(), "http://localhost/");
    assert!(resolved.plan_file.is_named);
    let builtin = File::new("builtin = true").run(&[]);
    assert_eq!(builtin.scripts, Scripts::Embedded);
    let named = File::new("builtin = true").run(&["-s", "here"]);
    assert_eq!(named.scripts, Scripts::Folder("here".into()));
}

#[test]
fn a_canary_is_a_share_or_has_a_time_too() {
    for (text, expected) in [
        ("canary = 10", Some((0.1, 20))),
        ("canary = '10%'", Some((0.1, 20))),
        ("canary = '25%/30s'", Some((0.25, 30))),
        ("canary = '0.5/1m'", Some((0.5, 60))),
        ("canary = 0", None),
    ] {
        let resolved = File::new(text).run(&[]);
        let rules = resolved.plan.reload.canary;
        let found = rules.map(|rules| (rules.share, rules.time.as_secs()));
        assert_eq!(found, expected, "{text}");
        let live = resolved.plan_file.file.live.get(Setting::Canary);
        let share = expected.map_or(0.0, |(share, _)| share * 100.0);
        assert_eq!(live, Some(share), "{text}");
        assert_eq!(resolved.plan_file.base.get(Setting::Canary), 0.0, "{text}");
    }
}

/// A file with one thing that cannot be, and the whole message.
const FAULTS: &[(&str, &str)] = &[
    (
        "user = 3",
        "plan.toml:1:1: user: is not a key of a plan file; did you mean users?",
    ),
    (
        "run_time = \"5m\"",
        "plan.toml:1:1: run_time: is not a key of a plan file; did you mean duration?",
    ),
    (
        "error-rate = 3",
        "plan.toml:1:1: error-rate: is not a key of a plan file; did you mean error_rate?",
    ),
    (
        "\n  users = 0",
        "plan.toml:2:11: users 0: must be a whole number from 1 to 1,000,000; give one such as 300",
    ),
    (
        "duration = '5x'",
        "plan.toml:1:12: duration 5x: is not a valid duration; give seconds such as 300, or units such as 5m or 1h30m",
    ),
    (
        "cleanup = 'yes'",
        "plan.toml:1:11: cleanup 'yes': must be true or false; write cleanup = true",
    ),
    (
        "max_rps = true",
        "plan.toml:1:11: max_rps true: must be a string or a number; write max_rps = \"VALUE\"",
    ),
    (
        "resolve = { a = 1 }",
        "plan.toml:1:11: resolve { a = 1 }: must be a string, or an array of them; write resolve = [\"ONE\", \"OTHER\"]",
    ),
    (
        "resolve = ['a:1:127.0.0.1',\n 'nonsense']",
        "plan.toml:2:2: resolve nonsense: is not a valid HOST:PORT:ADDR; give one such as api.example.com:443:127.0.0.1",
    ),
    (
        "vars = 3.5",
        "plan.toml:1:8: vars 3.5: the key is not a valid name; give KEY=VALUE, with a key of letters, digits and _ that does not begin with a digit",
    ),
    (
        "[vars]\nA = 1\n'b c' = 'secret'",
        "plan.toml:3:9: vars \"b c\"=...: the key is not a valid name; give KEY=VALUE, with a key of letters, digits and _ that does not begin with a digit",
    ),
    (
        "[vars]\nA = ['secret']",
        "plan.toml:2:5: vars.A: must be a string, a number, true or false; write A = \"VALUE\"",
    ),
    (
        "http1 = true\nhttp2 = true",
        "plan.toml:1:9: http1 with http2: a request has one version; give one of them, or none to let TLS choose",
    ),
    (
        "duration = 5\nsessions = 5",
        "plan.toml:1:12: duration with sessions: each of them says when the run ends; give one of them",
    ),
    (
        "min_requests = 9\nmax_requests = 3",
        "plan.toml:1:16: min_requests 9: more than max_requests 3; give a minimum that is at most the maximum",
    ),
    (
        "token = 'abcdefgh'",
        "plan.toml:1:1: token: is not allowed in a plan file, which others may read; give --token @FILE or THRONG_TOKEN",
    ),
    (
        "script_dir = 'x'",
        "plan.toml:1:1: script_dir: is not allowed in a plan file, which is looked for in that folder; give --script-dir or THRONG_SCRIPT_DIR",
    ),
    (
        "users = 3\nusers = 4",
        "plan.toml:2:1: users: is given by plan.toml:1:1 too; give it once",
    ),
    (
        "[types.new] # them\nweight = 3\n  [ types.old ]\n[types.new]",
        "plan.toml:4:8: [types.new]: is given by plan.toml:1:1 too; give it once",
    ),
    (
        "[[incident]]\nfor = 1\nrandom = { for = 2 }\nname = 'x'\nfor = 3",
        "plan.toml:5:1: for: is given by plan.toml:2:1 too; give it once",
    ),
    (
        "[[incident]]\nname = 'x'\n[[incident]]\nfor = 1\nrandom = { every = 2, every = 3 }",
        "plan.toml:5:23: every: is given by plan.toml:5:12 too; give it once",
    ),
    (
        "stage = []",
        "plan.toml:1:9: stage []: is empty; write stage = \"2m:100,5m:100,1m:0\", or leave it out",
    ),
    (
        "[arrivals]\nstages = []",
        "plan.toml:2:10: arrivals.stages []: is empty; write [[arrivals.stages]], or leave it out",
    ),
    (
        "[types.new]\nstages = []",
        "plan.toml:2:10: types.new.stages []: is empty; write stages = \"2m:100,5m:100,1m:0\", or leave it out",
    ),
    (
        "[[incident]]\nname = 'x'\nfor = 5\nstep = ''",
        "plan.toml:4:8: step '': must be the name of a step; write step = \"checkout\", or leave it out",
    ),
    (
        "[types.new]\nwight = 3",
        "plan.toml:2:1: wight: is not a key of a type; did you mean weight?",
    ),
    (
        "[types]\nnew = 3",
        "plan.toml:2:7: types.new 3: must be a table; write [types.NAME] and its keys below it",
    ),
    (
        "[types.new]\nweight = -1",
        "plan.toml:2:10: types.new.weight -1: must be a number from 0; give one such as 25; 0 for no users",
    ),
    (
        "[weights]\nnew = 1\n[types.new]\nweight = 2",
        "plan.toml:2:7: the weight of new: is given by plan.toml:4:10 too; give it once",
    ),
    (
        "state_dir = ''",
        "plan.toml:1:13: state_dir \"\": is not a valid path; give the path of a folder, or leave it out",
    ),
];

#[test]
fn a_fault_has_its_line_and_column_and_a_remedy() {
    for (text, message) in FAULTS {
        assert_eq!(File::new(text).refusal(&[]), *message, "{text}");
    }
    assert_eq!(
        File::new(b"users = 3\nb = '\xe9'").refusal(&[]),
        "plan.toml:2:6: the text: is not UTF-8; save the file as UTF-8"
    );
}

#[test]
fn all_faults_come_at_once_in_the_order_of_the_text() {
    let file = File::new("duration = '5x'\nuser = 3\nerror_rate = 200\nramp = 'x'");
    let message = file.refusal(&["--max-rps", "x"]);
    let starts: Vec<&str> = message.lines().collect();
    assert_eq!(starts[0], "5 things are wrong");
    for (line, start) in starts[1..].iter().zip([
        "  plan.toml:1:12: duration 5x: ",
        "  plan.toml:2:1: user: ",
        "  plan.toml:3:14: error_rate 200: ",
        "  plan.toml:4:8: ramp x: ",
        "  --max-rps x: ",
    ]) {
        assert!(line.starts_with(start), "{line}");
    }
}

#[test]
fn a_file_that_is_named_must_be_there() {
    let message = |path: &str| match cli::parse(["throng", "run", "--plan", path], &READING) {
        Err(refusal @ Refusal::Invalid(_)) => refusal.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        message("/nowhere/plan.toml"),
        "--plan /nowhere/plan.toml: does not exist; name a file that can be read, or leave --plan out"
    );
    assert!(message("/").starts_with("--plan /: cannot be read: "));
    assert!(message("").starts_with("--plan \"\": "));
}

#[test]
fn a_type_has_values_in_place_of_those_of_its_script() {
    let file = File::new(
        "[types.new]\nrequests = [10, 50]\nthink = 1.5\nweight = 3\n[types.admin]\nrequests = 7\nthink = [0, 2]\n\
         [types.active]\npace = 2\naway = [300, 7200]\nreturns = 0.6\nkeep_cookies = true",
    );
    let resolved = file.run(&[]);
    let new = resolved.plan.overrides["new"];
    assert_eq!(new.requests, Some((10, 50)));
    assert_eq!(new.think, Some(throng::pace::Think::Fixed(1.5)));
    let admin = resolved.plan.overrides["admin"];
    assert_eq!(admin.requests, Some((7, 7)));
    assert_eq!(admin.think, Some(throng::pace::Think::Range(0.0, 2.0)));
    assert_eq!(resolved.plan.weights["new"], 3.0);
    let active = resolved.plan.overrides["active"];
    assert_eq!(active.pace, Some(2.0));
    assert_eq!(active.away, Some((300.0, 7200.0)));
    assert_eq!(
        (active.returns, active.keep_cookies),
        (Some(0.6), Some(true))
    );
    let texts = File::new(
        "[types.new]\nthink = ['500ms', 2]\naway = ['5m', '2h']\nreturns = '60%'\n[types.old]\npace = '1m'",
    );
    let plan = texts.run(&[]).plan;
    let new = &plan.overrides["new"];
    assert_eq!(new.think, Some(throng::pace::Think::Range(0.5, 2.0)));
    assert_eq!((new.away, new.returns), (Some((300.0, 7200.0)), Some(0.6)));
    assert_eq!(plan.overrides["old"].pace, Some(60.0));
    let both = File::new("[types.new]\npace = 2\nthink = 1").refusal(&[]);
    assert!(
        both.starts_with("plan.toml:1:8: types.new: has both think and pace"),
        "{both}"
    );
    let fault = File::new("[types.new]\nreturns = 2").refusal(&[]);
    assert!(
        fault.starts_with("plan.toml:2:11: types.new.returns 2: takes a share from 0 to 1"),
        "{fault}"
    );
    for text in ["0", "1.5", "[5, 3]", "[1]", "'3'"] {
        let file = File::new(format!("[types.new]\nrequests = {text}"));
        assert_eq!(
            file.refusal(&[]),
            format!(
                "plan.toml:2:12: types.new.requests {text}: takes a whole number from 1, or a range with the smaller one first; write requests = [30, 100]"
            )
        );
    }
    for text in ["-1", "inf", "nan", "[2, 1]", "true", "1e9", "'soon'"] {
        let file = File::new(format!("[types.new]\nthink = {text}"));
        let message = file.refusal(&[]);
        assert!(
            message.starts_with("plan.toml:2:9: types.new.think "),
            "{message}"
        );
    }
}

#[test]
fn a_misspelt_option_or_command_gets_the_same_suggestion_as_a_key() {
    let said = |words: &[&str]| {
        let line = std::iter::once("throng").chain(words.iter().copied());
        match cli::parse(line, &READING) {
            Err(Refusal::Usage(error)) => error.to_string(),
            other => panic!("{other:?}"),
        }
    };
    assert!(said(&["run", "--usrs", "5"]).contains("'--users'"));
    assert!(said(&["run", "--eror_rate=5"]).contains("'--error-rate'"));
    assert!(!said(&["run", "--banana"]).contains("similar"));
    assert!(said(&["pln"]).contains("'plan'"));
    assert!(said(&["ctl", "stauts"]).contains("'status'"));
    let message = match cli::parse(["throng", "ctl", "set", "user=3"], &READING) {
        Err(refusal @ Refusal::Invalid(_)) => refusal.to_string(),
        other => panic!("{other:?}"),
    };
    assert!(
        message.ends_with("weights.TYPE; did you mean users?"),
        "{message}"
    );
}

#[test]
fn a_plan_tells_where_each_value_comes_from() {
    with(
        &[("THRONG_DURATION", "5m")],
        "plan_file::a_plan_tells_where_each_value_comes_from",
        || {
            let file = File::new(
                "error_rate = 5\ncleanup = true\n[vars]\nA = 'hidden'\nB = '@b'\n[types.new]\nweight = 2",
            );
            let resolved = match file.parse("plan", &["--users", "7", "--token", "12345678"]) {
                Ok(Request::Run(resolved)) => *resolved,
                other => panic!("{other:?}"),
            };
            let shown = |key: &str| {
                let found = resolved.options.iter().find(|option| option.key == key);
                let option = found.unwrap();
                let origin = option.origin.to_string().replace(&file.path(), "plan.toml");
                format!("{} from {origin}", option.value)
            };
            assert_eq!(shown("users"), "7 from --users");
            assert_eq!(shown("duration"), "5m from THRONG_DURATION");
            assert_eq!(shown("error_rate"), "5 from plan.toml:1:14");
            assert_eq!(shown("cleanup"), "true from plan.toml:2:11");
            assert_eq!(shown("think_factor"), "1 from default");
            assert_eq!(shown("continuous"), "false from default");
            assert_eq!(shown("types.new.weight"), "2 from plan.toml:7:10");
            assert_eq!(shown("token"), "*** from --token");
            let folder = file.folder.path().display();
            assert_eq!(
                shown("var"),
                format!("A=***, B=@{folder}/b from plan.toml:3:1")
            );
            assert_eq!(shown("seed"), "drawn, and printed from default");
        },
    );
}

#[test]
fn a_fault_of_an_item_has_the_place_of_the_one_that_is_named_whole() {
    let vars = "[vars]\nA = 'x'\nAB = '@'\n";
    let fault = File::new(vars).refusal(&[]);
    assert!(fault.starts_with("plan.toml:3:6: vars AB=@: "), "{fault}");
}
