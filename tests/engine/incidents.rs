//! Incidents: what they hold, at the target; what holds again afterwards.

use std::time::Duration;

use throng::engine::{Command, IncidentCommand, Refused};
use throng::metrics::{Left, Snapshot};
use throng::plan::shape::{parse_arrivals, parse_spikes, parse_stages};
use throng::plan::{Change, Incident, Length, Overlay, Plan, Setting, Starts};

use super::{Folder, Run, Target, change};

const SHOP: &str = "local function checkout(user) http.get('/checkout') end
return { requests = 100000, think = 0.1, steps = {
    { 1, function(user) http.get('/browse') end, name = 'browse' },
    { 1, checkout },
} }";

fn incident(name: &str, starts: Starts, seconds: u64, overlay: Overlay) -> Incident {
    Incident {
        name: name.to_owned(),
        starts,
        lasts: Duration::from_secs(seconds),
        overlay,
    }
}

fn overlay(values: &[(&str, &str)]) -> Overlay {
    Overlay {
        change: change(values),
        ..Overlay::default()
    }
}

fn crowd(incidents: Vec<Incident>) -> impl FnOnce(&mut Plan) {
    move |plan| {
        plan.users = 4;
        plan.length = Length::Continuous;
        plan.incidents = incidents;
    }
}

fn number(snapshot: &Snapshot, setting: Setting) -> f64 {
    snapshot.settings.numbers[setting.name()]
}

fn holds(snapshot: &Snapshot, name: &str) -> bool {
    let mut incidents = snapshot.incidents.iter();
    incidents.any(|one| one.name == name && one.until.is_some())
}

fn texts(snapshot: &Snapshot) -> Vec<String> {
    let events = snapshot.reload_status.events.iter();
    let incidents = events.filter(|event| event.what == "incident");
    incidents.map(|event| event.text.clone()).collect()
}

#[test]
fn an_incident_of_the_plan_holds_for_its_time_and_then_what_was_set_meanwhile() {
    let target = Target::fine();
    let scripts = Folder::of("shop", SHOP);
    let at = Starts::At(Duration::from_secs(2));
    let slow = overlay(&[("think_factor", "3"), ("users", "2")]);
    let run = Run::start(
        &target,
        &scripts,
        crowd(vec![incident("slow", at, 6, slow)]),
    );
    run.until("four users", |seen| seen.users_alive() == 4);
    let held = run.until("held", |seen| holds(seen, "slow"));
    assert_eq!(number(&held, Setting::ThinkFactor), 3.0);
    // Those of the plan, whatever holds meanwhile.
    assert_eq!(held.run.users, 4);
    run.until("two users", |seen| seen.users_alive() == 2);
    // What is set meanwhile is beneath it.
    let said = run.tell(|reply| Command::Set(change(&[("think_factor", "0.5")]), reply));
    assert!(said.unwrap().contains("slow"), "it says what holds instead");
    assert_eq!(number(&run.snapshot(), Setting::ThinkFactor), 3.0);
    let over = run.until("over", |seen| {
        !holds(seen, "slow") && !seen.incidents[0].held.is_empty()
    });
    assert_eq!(number(&over, Setting::ThinkFactor), 0.5);
    run.until("four users again", |seen| seen.users_alive() == 4);
    let (from, to) = over.incidents[0].held[0];
    let lasted = to.unwrap() - from;
    assert!(
        from >= Duration::from_secs(2) && from < Duration::from_secs(4),
        "{from:?}"
    );
    assert!(
        lasted >= Duration::from_secs(5) && lasted < Duration::from_secs(9),
        "{lasted:?}"
    );
    assert_eq!(
        texts(&over),
        [
            "slow begins, for 6s: users 4 -> 2, think_factor 1 -> 3",
            "slow is over: users 2 -> 4, think_factor 3 -> 0.5"
        ]
    );
    run.stop();
}

#[test]
fn a_step_for_all_is_the_only_one_that_the_target_sees() {
    let target = Target::fine();
    let scripts = Folder::of("shop", SHOP);
    let rush = Overlay {
        step: Some("checkout".to_owned()),
        users_per_cent: Some(200.0),
        ..Overlay::default()
    };
    let plan = crowd(vec![incident("rush", Starts::OnCommand, 600, rush)]);
    let run = Run::start(&target, &scripts, plan);
    run.until("requests", |seen| seen.requests().total() > 20);
    let begin = IncidentCommand::Begin("rush".to_owned(), None);
    let said = run.tell(|reply| Command::Incident(begin, reply)).unwrap();
    assert_eq!(
        said,
        "rush begins, for 10m: users 4 -> 8, step each its own -> checkout"
    );
    run.until("eight users", |seen| seen.users_alive() == 8);
    // Steps that were under way may still send theirs.
    run.let_pass(Duration::from_secs(2));
    let before = target.requests().len();
    run.let_pass(Duration::from_secs(3));
    let sent = target.requests().split_off(before);
    assert!(!sent.is_empty());
    let paths: Vec<&str> = sent.iter().map(|request| request.path.as_str()).collect();
    assert!(paths.iter().all(|path| *path == "/checkout"), "{paths:?}");
    let end = IncidentCommand::End("rush".to_owned());
    run.tell(|reply| Command::Incident(end, reply)).unwrap();
    run.until("four users", |seen| seen.users_alive() == 4);
    let before = target.requests().len();
    run.let_pass(Duration::from_secs(3));
    let sent = target.requests().split_off(before);
    assert!(sent.iter().any(|request| request.path == "/browse"));
    run.stop();
}

#[test]
fn of_two_incidents_on_one_setting_the_later_one_wins() {
    let target = Target::fine();
    let scripts = Folder::of("shop", SHOP);
    let failing = |rate| overlay(&[("error_rate", rate)]);
    let plan = crowd(vec![
        incident("first", Starts::OnCommand, 600, failing("30")),
        incident("second", Starts::OnCommand, 600, failing("60")),
    ]);
    let run = Run::start(&target, &scripts, plan);
    let begin = |name: &str, lasts| {
        let begin = IncidentCommand::Begin(name.to_owned(), lasts);
        run.tell(|reply| Command::Incident(begin, reply)).unwrap()
    };
    begin("first", None);
    assert_eq!(number(&run.snapshot(), Setting::ErrorRate), 30.0);
    begin("second", Some(Duration::from_secs(3)));
    assert_eq!(number(&run.snapshot(), Setting::ErrorRate), 60.0);
    let over = run.until("over", |seen| !holds(seen, "second"));
    assert_eq!(number(&over, Setting::ErrorRate), 30.0);
    // One that holds already does not begin again.
    let brief = begin("first", Some(Duration::from_secs(1)));
    let holds_on = brief.starts_with("first holds for ") && brief.ends_with(" from now anyway");
    assert!(holds_on, "{brief}");
    let longer = begin("first", Some(Duration::from_secs(3_600)));
    assert_eq!(longer, "first goes on, for 1h from now");
    run.stop();
}

#[test]
fn what_cannot_be_is_refused_and_changes_nothing() {
    let target = Target::fine();
    let scripts = Folder::of("shop", SHOP);
    let nobody = Overlay {
        change: Change::of([("weights.shop", "0")]).unwrap(),
        ..Overlay::default()
    };
    let plan = crowd(vec![incident("nobody", Starts::OnCommand, 60, nobody)]);
    let run = Run::start(&target, &scripts, plan);
    let tell = |command| run.tell(|reply| Command::Incident(command, reply));
    let unknown = tell(IncidentCommand::Begin("nobdy".to_owned(), None));
    let Err(Refused::Invalid(faults)) = unknown else {
        panic!("{unknown:?}");
    };
    assert_eq!(
        faults[0].to_string(),
        "incident nobdy: does not exist; did you mean nobody?; name one of: nobody"
    );
    let refused = tell(IncidentCommand::Begin("nobody".to_owned(), None));
    assert!(matches!(refused, Err(Refused::Invalid(_))), "{refused:?}");
    assert!(!holds(&run.snapshot(), "nobody"));
    let early = tell(IncidentCommand::End("nobody".to_owned()));
    let Err(Refused::NotNow(why)) = early else {
        panic!("{early:?}");
    };
    assert_eq!(why, "the incident nobody is not under way");
    run.stop();
}

#[test]
fn what_is_set_of_the_shape_during_an_incident_is_meant_without_it() {
    let target = Target::fine();
    let scripts = Folder::of("shop", SHOP);
    let twice = Overlay {
        users_per_cent: Some(200.0),
        ..Overlay::default()
    };
    let plan = crowd(vec![incident("rush", Starts::OnCommand, 6_000, twice)]);
    let run = Run::start(&target, &scripts, plan);
    let tell = |command| run.tell(|reply| Command::Incident(command, reply));
    run.until("four users", |seen| seen.users_alive() == 4);
    tell(IncidentCommand::Begin("rush".to_owned(), None)).unwrap();
    run.until("eight users", |seen| seen.users_alive() == 8);
    let stages = change(&[("stages", "0s:6,1h:6")]);
    let set = || {
        run.tell(|reply| Command::Set(stages.clone(), reply))
            .unwrap()
    };
    let from_now_on = "stages 0s:6,1h:6 from now on; the run ends in 1h";
    assert_eq!(set(), from_now_on);
    run.until("twice six", |seen| seen.users_alive() == 12);
    tell(IncidentCommand::End("rush".to_owned())).unwrap();
    let six = run.until("six users", |seen| seen.users_alive() == 6);
    assert_eq!(six.planned_users.map(f64::round), Some(6.0));
    // The same again begins anew, and is said to.
    assert_eq!(set(), from_now_on);
    run.stop();
}

#[test]
fn a_number_of_users_takes_the_place_of_stages_and_per_cent_multiply_them() {
    let target = Target::fine();
    let scripts = Folder::of("shop", SHOP);
    let twice = Overlay {
        users_per_cent: Some(200.0),
        ..Overlay::default()
    };
    let run = Run::start(&target, &scripts, |plan| {
        plan.shape.stages = parse_stages("0s:3,1h:3").unwrap();
        plan.shape.spikes = parse_spikes("0s+1h:200%").unwrap();
        plan.users = 3;
        plan.length = Length::Duration(Duration::from_secs(3_600));
        plan.incidents = vec![
            incident("few", Starts::OnCommand, 600, overlay(&[("users", "5")])),
            incident("rush", Starts::OnCommand, 600, twice),
        ];
    });
    let tell = |command| run.tell(|reply| Command::Incident(command, reply)).unwrap();
    let begin = |name: &str| tell(IncidentCommand::Begin(name.to_owned(), None));
    let end = |name: &str| tell(IncidentCommand::End(name.to_owned()));
    run.until("six users", |seen| seen.users_alive() == 6);
    assert_eq!(begin("rush"), "rush begins, for 10m: users 100 % -> 200 %");
    run.until("twelve users", |seen| seen.users_alive() == 12);
    assert_eq!(begin("few"), "few begins, for 10m: users 200 % -> 5");
    let few = run.until("five users", |seen| {
        seen.users_alive() == 5 && seen.planned_users == Some(5.0)
    });
    // The end of the run is that of its stages.
    assert!(matches!(few.left, Some(Left::Time(left)) if left < Duration::from_secs(3_600)));
    assert_eq!(end("rush"), "rush is over");
    assert_eq!(end("few"), "few is over: users 5 -> 100 %");
    run.until("six users again", |seen| seen.users_alive() == 6);
    run.stop();
}

#[test]
fn arrivals_that_are_set_during_an_incident_are_meant_without_it() {
    let target = Target::fine();
    let scripts = Folder::of(
        "one",
        "return { requests = 1, think = 0, step = function() http.get '/x' end }",
    );
    let triple = Overlay {
        users_per_cent: Some(300.0),
        ..Overlay::default()
    };
    let run = Run::start_at(4.0, &target, &scripts, |plan| {
        plan.shape.arrivals = Some(parse_arrivals("2/s").unwrap());
        plan.users = 10_000;
        plan.length = Length::Continuous;
        plan.incidents = vec![incident("rush", Starts::OnCommand, 6_000, triple)];
    });
    let tell = |command| run.tell(|reply| Command::Incident(command, reply));
    let said = tell(IncidentCommand::Begin("rush".to_owned(), None)).unwrap();
    assert_eq!(said, "rush begins, for 1h40m: arrivals 100 % -> 300 %");
    let arrivals = change(&[("arrivals", "10/s")]);
    run.tell(|reply| Command::Set(arrivals, reply)).unwrap();
    let in_twenty_seconds = || {
        let from = run.snapshot().elapsed + Duration::from_secs(2);
        let from = run.until("later", |seen| seen.elapsed >= from);
        let until = from.elapsed + Duration::from_secs(20);
        let until = run.until("much later", |seen| seen.elapsed >= until);
        until.arrivals().total - from.arrivals().total
    };
    // 600 and 200 are expected, with a standard deviation of 25 and 15.
    let held = in_twenty_seconds();
    assert!((400..900).contains(&held), "{held}");
    tell(IncidentCommand::End("rush".to_owned())).unwrap();
    let over = in_twenty_seconds();
    assert!((100..300).contains(&over), "{over}");
    run.stop();
}

#[test]
fn two_at_one_moment_are_told_one_by_one_and_what_holds_at_the_end_ends_with_the_run() {
    let target = Target::fine();
    let scripts = Folder::of("shop", SHOP);
    let at = Starts::At(Duration::from_secs(2));
    let run = Run::start(
        &target,
        &scripts,
        crowd(vec![
            incident("slow", at, 6_000, overlay(&[("think_factor", "3")])),
            incident("failing", at, 6_000, overlay(&[("error_rate", "40")])),
        ]),
    );
    run.until("both", |seen| holds(seen, "slow") && holds(seen, "failing"));
    let (ended, _) = run.stop();
    let snapshot = &ended.snapshot;
    assert_eq!(
        texts(snapshot),
        [
            "slow begins, for 1h40m: think_factor 1 -> 3",
            "failing begins, for 1h40m: error_rate 0 -> 40",
            "failing is over, because the run ends",
            "slow is over, because the run ends",
        ]
    );
    for incident in &snapshot.incidents {
        assert_eq!((incident.until, incident.next), (None, None));
        let (from, until) = incident.held[0];
        assert!(until.unwrap() > from, "{incident:?}");
    }
}

#[test]
fn a_change_that_would_leave_nobody_once_an_incident_is_over_is_refused() {
    let target = Target::fine();
    let scripts = Folder::of("shop", SHOP);
    let held = overlay(&[("weights.shop", "5")]);
    let plan = crowd(vec![incident("held", Starts::OnCommand, 600, held)]);
    let run = Run::start(&target, &scripts, plan);
    let begin = IncidentCommand::Begin("held".to_owned(), None);
    run.tell(|reply| Command::Incident(begin, reply)).unwrap();
    let nobody = change(&[("weights.shop", "0")]);
    let refused = run.tell(|reply| Command::Set(nobody, reply));
    assert!(matches!(refused, Err(Refused::Invalid(_))), "{refused:?}");
    run.stop();
}
