//! The shape and the incidents of a plan file, and what of a run gives way to them.

use std::time::Duration;

use throng::cli::{self, Overruled, Request, Resolved};
use throng::plan::Length;
use throng::plan::shape::CurveClock;

use super::plan_file::File;

#[test]
fn tables_give_the_run_a_shape() {
    let file = File::new(
        "[[stage]]\nover = '2m'\nusers = 100\n[[stage]]\nover = '1m'\nusers = 0\n\
         [[spike]]\nat = 30\nfor = 10\nlevel = '300%'\n\
         [curve]\nshape = 'office'\nday_length = '10m'\nnoise = '5%'\n",
    );
    let text = File::new(
        "stage = '2m:100,1m:0'\nspike = '30+10:300%'\ncurve = 'office'\nday_length = 600\nnoise = '5%'",
    );
    let shape = file.run(&[]).plan.shape;
    assert_eq!(shape, text.run(&[]).plan.shape);
    assert_eq!(shape.stages.len(), 2);
    let open = File::new("continuous = true\n[arrivals]\nrate = 50\neven = true\nmax_users = 70\n");
    let arrivals = open.run(&[]).plan.shape.arrivals.unwrap();
    assert!(arrivals.even);
    assert_eq!(arrivals.max_users, 70);
    let fault = File::new("[[stage]]\nover = '2m'\nusers = 5\n[[stage]]\nover = 'x'\nusers = 5")
        .refusal(&[]);
    assert!(fault.starts_with("plan.toml:1:1: stage "), "{fault}");
}

#[test]
fn what_a_shape_excludes_gives_way_to_the_stronger_place() {
    let file = File::new("stage = '2m:100,1m:0'");
    let resolved = file.run(&["--users", "5", "--duration", "1m"]);
    assert!(resolved.plan.shape.stages.is_empty());
    assert_eq!(resolved.plan.users, 5);
    assert_eq!(
        resolved.plan.length,
        Length::Duration(Duration::from_secs(60))
    );
    let flat = File::new("users = 7\nduration = '5m'").run(&["--stage", "10s:3"]);
    assert_eq!(flat.plan.shape.stages.len(), 1);
    assert_eq!(flat.plan.length, Length::Duration(Duration::from_secs(10)));
    let bare = File::new("duration = '1m'\n[[spike]]\nat = 5\nfor = 2\nlevel = 3\n").refusal(&[]);
    assert_eq!(
        bare,
        "plan.toml:2:1: spike 5+2:3: has the level 3 without %; write 300% for 3 times as many, or \
         3% for 0.03 times as many"
    );
    let both = File::new(
        "duration = '1m'\n[arrivals]\nrate = 5\n[[arrivals.stages]]\nover = 60\nrate = 9\n",
    );
    assert_eq!(
        both.refusal(&[]),
        "plan.toml:2:1: arrivals: has both rate and stages; give one of them"
    );
    let fault = File::new("users = 7\nstage = '2m:100'").refusal(&[]);
    assert!(
        fault.starts_with("plan.toml:2:9: stage with users: "),
        "{fault}"
    );
}

#[test]
fn what_does_not_hold_is_said_with_what_excludes_it() {
    let words = |text: &str, words: &[&str]| {
        let file = File::new(text);
        let resolved = match file.parse("plan", words) {
            Ok(Request::Run(resolved)) => *resolved,
            other => panic!("{other:?}"),
        };
        let marked = resolved.options.iter();
        let marked = marked.filter(|one| one.overruled_by.is_some()).count();
        assert_eq!(marked, resolved.overruled.len(), "{words:?}");
        let folder = format!("{}/", file.folder.path().display());
        let words = Overruled::words(&resolved.overruled).into_iter();
        words
            .map(|line| line.replace(&folder, ""))
            .collect::<Vec<_>>()
    };
    for (text, line, expected) in [
        (
            "[[stage]]\nover = '2m'\nusers = 9\n",
            "--duration 1m",
            "stage (plan.toml:1:1) does not hold: --duration is given",
        ),
        (
            "users = 7\nduration = '5m'\nramp = 3\n",
            "--stage 10s:3",
            "users (plan.toml:1:9), ramp (plan.toml:3:8), duration (plan.toml:2:12) do not hold: \
             --stage is given",
        ),
        (
            "[arrivals]\nmax_users = 9\n[[arrivals.stages]]\nover = 60\nrate = 5\n",
            "--duration 1m",
            "arrivals (plan.toml:3:1), max_users (plan.toml:2:13) do not hold: --duration is given",
        ),
        (
            "sessions = 5",
            "--continuous",
            "sessions (plan.toml:1:12) does not hold: --continuous is given",
        ),
    ] {
        let line: Vec<&str> = line.split(' ').collect();
        assert_eq!(words(text, &line), [expected], "{text}");
    }
    // The same option in a stronger place is no surprise, and a rate goes with what says when the run ends.
    for (text, line) in [
        ("duration = '5m'", "--duration 1m"),
        ("arrivals = '5/s'", "--duration 1m"),
        ("stage = '2m:9'", "--trace new"),
    ] {
        let line: Vec<&str> = line.split(' ').collect();
        assert_eq!(words(text, &line), [""; 0], "{text}");
    }
}

#[test]
fn of_what_says_how_a_run_goes_the_stronger_place_holds() {
    let stages = File::new("stage = '2m:100,1m:0'").run(&["--continuous"]);
    assert!(stages.plan.shape.stages.is_empty());
    assert_eq!(stages.plan.length, Length::Continuous);
    // A rate alone goes with what says when the run ends; one with times gives way to it.
    let rate = File::new("[arrivals]\nrate = 5\n").run(&["--sessions", "9"]);
    assert!(rate.plan.is_open());
    assert_eq!(rate.plan.length, Length::Sessions(9));
    let times = File::new("arrivals = '2m:5/s'").run(&["--duration", "9m"]);
    assert!(!times.plan.is_open());
    let day = "continuous = true\n[curve]\nshape = 'day'\n";
    let clock = |file: &str, words: &[&str]| {
        let curve = File::new(format!("{day}{file}"))
            .run(words)
            .plan
            .shape
            .curve;
        curve.map(|curve| curve.clock)
    };
    let (zone, began) = ("Europe/Berlin".to_owned(), Duration::ZERO);
    let real = CurveClock::Real { zone, began };
    assert_eq!(
        clock("day_length = '10m'", &["--timezone", "Europe/Berlin"]),
        Some(real)
    );
    let short = CurveClock::Compressed {
        day: Duration::from_secs(600),
    };
    assert_eq!(
        clock("timezone = 'UTC'", &["--day-length", "10m"]),
        Some(short)
    );
    let both = File::new(format!("{day}timezone = 'UTC'\nday_length = 60\n")).refusal(&[]);
    assert!(
        both.starts_with("plan.toml:4:12: timezone with day_length: "),
        "{both}"
    );
    assert_eq!(clock("day_length = '10m'", &["--curve", "none"]), None);
    let none = File::new("continuous = true\n[curve]\nshape = 'none'\ntimezone = 'UTC'\n");
    assert_eq!(none.run(&[]).plan.shape.curve, None);
}

#[test]
fn a_plan_of_a_trace_is_that_of_one_user_without_incidents() {
    let text = "users = 9\n[[incident]]\nname = 'rush'\nat = '10m'\nfor = '2m'\nusers = '300%'\n";
    let plan = |words: &[&str]| match File::new(text).parse("plan", words) {
        Ok(Request::Run(resolved)) => *resolved,
        other => panic!("{other:?}"),
    };
    let has_incident = |resolved: &Resolved| {
        let mut options = resolved.options.iter();
        options.any(|one| one.key == "incident rush")
    };
    let whole = plan(&[]);
    assert!(whole.plan.users == 9 && has_incident(&whole));
    // Every option of a run that may stand in a plan file has its row.
    for key in cli::plan_keys().options {
        let mut options = whole.options.iter();
        assert!(options.any(|one| one.key == key.name), "{key:?}");
    }
    let traced = plan(&["--trace", "new"]);
    assert_eq!(traced.plan.users, 1);
    assert_eq!(traced.plan.types, Some(vec!["new".to_owned()]));
    assert!(traced.plan.incidents.is_empty() && !has_incident(&traced));
}

#[test]
fn incidents_are_read_and_checked_with_their_place() {
    let text = "[[incident]]\nname = 'rush'\nat = '10m'\nfor = '2m'\nusers = '300%'\n";
    let resolved = File::new(text).run(&[]);
    assert_eq!(resolved.plan.incidents[0].name, "rush");
    assert_eq!(
        resolved.plan.incidents[0].overlay.users_per_cent,
        Some(300.0)
    );
    let twice = File::new(format!("{text}{text}")).refusal(&[]);
    assert!(
        twice.starts_with("plan.toml:6:1: incident rush: is there twice"),
        "{twice}"
    );
    let wrong = "[[incident]]\nname = 'idle'\nfor = 5\n[[incident]]\nname = 'brief'\nfor = 0.5\nusers = 3\n";
    assert_eq!(
        File::new(wrong).refusal(&[]),
        "2 things are wrong\n  \
         plan.toml:1:1: incident idle: changes nothing; say what holds meanwhile, such as error_rate = 50, users = \"300%\" or step = \"checkout\"\n  \
         plan.toml:4:1: incident brief: for 500ms: must be at least 1s; give a time such as for = \"2m\""
    );
    // Two at one moment are fine.
    let other = text.replace("rush", "other");
    assert_eq!(
        File::new(format!("{text}{other}"))
            .run(&[])
            .plan
            .incidents
            .len(),
        2
    );
    for (key, place) in [("for", "4:7"), ("at", "3:6")] {
        let eleven_years = 11 * 366 * 86_400;
        let was = if key == "for" {
            "for = '2m'"
        } else {
            "at = '10m'"
        };
        let text = text.replace(was, &format!("{key} = {eleven_years}"));
        let long = File::new(text).refusal(&[]);
        assert!(
            long.starts_with(&format!(
                "plan.toml:{place}: {key} {eleven_years}: is not a valid duration"
            )),
            "{long}"
        );
    }
}
