//! Types with stages or a curve of their own, beside others that share the users or the arrivals by weight.

use std::collections::BTreeMap;
use std::time::Duration;

use throng::engine::{Command, Refused};
use throng::metrics::{Snapshot, TypeId};
use throng::plan::shape::{
    Arrivals, CurveClock, CurvePlan, CurveSource, Rate, TypeCurve, TypeShape, parse_stages,
};
use throng::plan::{Incident, Length, Overlay, Plan, Starts};

use super::{FAST, Folder, Run, Settings, Target, change};

const STEPS: &str = "return { requests = 1000000, think = 0.5,
    step = function(user) http.get('/step') end,
    on_stop = function(user) http.get('/bye') end }";

/// One request a session, by the user's type and number.
const SHORT: &str = "return { requests = 1, think = 0,
    step = function(user) http.get('/' .. user.type, { query = { user = user.id } }) end }";

const fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn stages(plan: &mut Plan, kind: &str, text: &str) {
    let shape = TypeShape {
        stages: parse_stages(text).unwrap(),
        ..TypeShape::default()
    };
    plan.shape.types.insert(kind.to_owned(), shape);
}

fn curve(plan: &mut Plan, kind: &str, day: Duration, text: &str) {
    let source = CurveSource::File("own.csv".to_owned());
    let mut curve = CurvePlan::new(source, CurveClock::Compressed { day });
    curve.read_file(text).unwrap();
    let shape = TypeShape {
        curve: TypeCurve::Own(curve),
        ..TypeShape::default()
    };
    plan.shape.types.insert(kind.to_owned(), shape);
}

/// Users of a type; their ids follow the alphabet.
fn alive(snapshot: &Snapshot, kind: u16) -> i64 {
    let versions = snapshot.users.get(&TypeId(kind));
    versions.map_or(0, |versions| versions.values().sum())
}

/// How often each path was asked for.
fn paths(target: &Target) -> BTreeMap<String, usize> {
    let mut paths = BTreeMap::new();
    for request in target.requests() {
        *paths.entry(request.path).or_default() += 1;
    }
    paths
}

/// Users that stay, of which those of `batch` have stages.
fn crowd(plan: &mut Plan) {
    plan.users = 9;
    plan.length = Length::Continuous;
    stages(plan, "batch", "0s:4,10s:4,0s:12,10s:12,0s:2,1h:2");
}

#[test]
fn a_type_follows_its_stages_while_the_others_stand() {
    let target = Target::fine();
    let scripts = Folder::of("batch", STEPS)
        .with("day", STEPS)
        .with("night", STEPS);
    let run = Run::start(&target, &scripts, |plan| {
        crowd(plan);
        plan.shards = 2;
    });
    let at = |second: u64, batch: i64| {
        move |snapshot: &Snapshot| {
            let others = (alive(snapshot, 1), alive(snapshot, 2));
            let is_so = alive(snapshot, 0) == batch && matches!(others, (4, 5) | (5, 4));
            snapshot.elapsed >= s(second) && is_so
        }
    };
    let four = run.until("four", at(1, 4));
    assert!(four.elapsed < s(9), "{:?}", four.elapsed);
    assert_eq!(four.planned_users, Some(13.0));
    let twelve = run.until("twelve", at(10, 12));
    assert!(twelve.elapsed < s(19), "{:?}", twelve.elapsed);
    assert_eq!(twelve.planned_users, Some(21.0));
    let two = run.until("two", at(20, 2));
    assert_eq!(two.planned_users, Some(11.0));
    // Those of its users who left did so after on_stop, before a step.
    let (ended, _) = run.stop();
    assert_eq!(
        target
            .requests()
            .iter()
            .filter(|request| request.path == "/bye")
            .count() as u64,
        ended.snapshot.sessions().total(),
    );
}

#[test]
fn weights_users_and_stages_of_the_others_change_and_leave_it_alone() {
    let target = Target::fine();
    let scripts = Folder::of("batch", STEPS)
        .with("day", STEPS)
        .with("night", STEPS);
    let run = Run::start(&target, &scripts, |plan| {
        crowd(plan);
        stages(plan, "batch", "0s:4,1h:4");
        plan.reload.mix_at = throng::plan::MixAt::Step;
    });
    let set =
        |key: &str, value: &str| run.tell(|answer| Command::Set(change(&[(key, value)]), answer));
    let are = |users: [i64; 3]| {
        move |snapshot: &Snapshot| (0..3).all(|kind| alive(snapshot, kind) == users[kind as usize])
    };
    let nine = |snapshot: &Snapshot| alive(snapshot, 0) == 4 && snapshot.users_alive() == 13;
    run.until("nine", nine);
    set("weights.day", "0").unwrap();
    run.until("nights", are([4, 0, 9]));
    set("users", "15").unwrap();
    let more = run.until("more", are([4, 0, 15]));
    assert_eq!(more.settings.weights.get("batch"), None);
    let refused = set("weights.batch", "3").unwrap_err().to_string();
    assert_eq!(
        refused,
        "weights.batch: the type has stages of its own, which say how many users it has; \
         set the weight of another type"
    );
    set("weights.night", "0").unwrap();
    run.until("only the one", are([4, 0, 0]));
    set("weights.day", "1").unwrap();
    // They do not end the run, whose own stages do.
    set("stages", "0s:6,10s:6").unwrap();
    run.until("six", are([4, 6, 0]));
    assert!(matches!(set("users", "3"), Err(Refused::Invalid(_))));
    assert!(!run.thread.is_finished());
    run.stop();
}

#[test]
fn the_last_stages_of_all_types_end_the_run() {
    let target = Target::fine();
    let scripts = Folder::of("batch", STEPS).with("day", STEPS);
    let run = Run::start(&target, &scripts, |plan| {
        plan.length = Length::Duration(s(3_600));
        stages(plan, "batch", "0s:3,4s:3");
        stages(plan, "day", "0s:2,12s:1");
    });
    run.until("five", |snapshot| snapshot.users_alive() == 5);
    let ended = run.end();
    let took = ended.snapshot.elapsed;
    assert!(took >= s(11) && took < s(30), "{took:?}");
    assert_eq!(ended.snapshot.peak_users, 5);
}

#[test]
fn an_incident_multiplies_users_of_stages_too() {
    let target = Target::fine();
    let scripts = Folder::of("batch", STEPS).with("day", STEPS);
    let run = Run::start(&target, &scripts, |plan| {
        plan.users = 5;
        plan.length = Length::Continuous;
        stages(plan, "batch", "0s:4,1h:4");
        plan.incidents = vec![Incident {
            name: "rush".to_owned(),
            starts: Starts::At(s(4)),
            lasts: s(10),
            overlay: Overlay {
                users_per_cent: Some(300.0),
                ..Overlay::default()
            },
        }];
    });
    let are = |batch: i64, day: i64| {
        move |snapshot: &Snapshot| alive(snapshot, 0) == batch && alive(snapshot, 1) == day
    };
    run.until("four", are(4, 5));
    run.until("twelve", are(12, 15));
    run.until("four again", are(4, 5));
    run.stop();
}

#[test]
fn a_curve_of_its_own_multiplies_the_share_of_a_type() {
    let target = Target::fine();
    let scripts = Folder::of("day", STEPS).with("night", STEPS);
    let run = Run::start(&target, &scripts, |plan| {
        plan.users = 20;
        plan.length = Length::Continuous;
        curve(plan, "night", s(48), "00:00,0\n12:00,2\n");
    });
    // Up from none at 0 s to twice its ten at 24 s, and down again.
    let noon = run.until("noon", |snapshot| snapshot.elapsed >= s(24));
    assert!((noon.planned_users.unwrap() - 30.0).abs() < 2.0, "{noon:?}");
    assert!((18..=20).contains(&alive(&noon, 1)), "{}", alive(&noon, 1));
    assert_eq!(alive(&noon, 0), 10);
    let evening = run.until("evening", |snapshot| snapshot.elapsed >= s(36));
    assert!(
        (8..=13).contains(&alive(&evening, 1)),
        "{}",
        alive(&evening, 1)
    );
    assert_eq!(alive(&evening, 0), 10);
    run.stop();
}

fn open(plan: &mut Plan, rate: f64, even: bool) {
    plan.shape.arrivals = Some(Arrivals {
        rate: Rate::Constant(rate),
        even,
        max_users: 10_000,
    });
}

#[test]
fn arrivals_of_a_type_follow_its_curve_and_its_weight() {
    let target = Target::fine();
    let scripts = Folder::of("day", SHORT).with("night", SHORT);
    let run = Run::start(&target, &scripts, |plan| {
        open(plan, 10.0, true);
        plan.length = Length::Continuous;
        curve(plan, "night", s(40), "00:00,0\n10:00,0\n12:00,2\n22:00,2\n");
    });
    let came = |snapshot: &Snapshot, kind: u16| {
        let of = snapshot.totals.types.get(&TypeId(kind));
        of.map_or(0, |of| of.arrivals.total)
    };
    let set =
        |key: &str, value: &str| run.tell(|answer| Command::Set(change(&[(key, value)]), answer));
    let morning = run.until("morning", |snapshot| snapshot.elapsed >= s(15));
    assert_eq!(came(&morning, 1), 0);
    assert!(came(&morning, 0).abs_diff(75) <= 3, "{}", came(&morning, 0));
    let midnight = run.until("midnight", |snapshot| snapshot.elapsed >= s(40));
    let night = came(&midnight, 1);
    // Twice five a second for 400 s of 24 and half of it for both slopes.
    assert!(night.abs_diff(200) <= 6, "{night}");
    assert!(came(&midnight, 0).abs_diff(200) <= 6);
    set("weights.night", "0").unwrap();
    let from = run.until("from", |snapshot| {
        snapshot.elapsed >= midnight.elapsed + s(2)
    });
    let until = run.until("until", |snapshot| snapshot.elapsed >= s(75));
    assert_eq!(came(&until, 1), came(&from, 1));
    let rate =
        (came(&until, 0) - came(&from, 0)) as f64 / (until.elapsed - from.elapsed).as_secs_f64();
    assert!((rate - 10.0).abs() < 1.0, "{rate}");
    run.stop();
}

#[test]
fn the_same_people_come_on_any_number_of_threads() {
    let came = |shards| {
        let target = Target::fine();
        let scripts = Folder::of("day", SHORT)
            .with("night", SHORT)
            .with("other", SHORT);
        let settings = Settings::default();
        let run = Run::start_with(FAST, &target.url(), &settings, 1, &scripts, |plan| {
            open(plan, 15.0, false);
            curve(plan, "night", s(20), "00:00,0.5\n12:00,2\n");
            plan.length = Length::Sessions(300);
            plan.shards = shards;
        });
        let ended = run.end();
        assert_eq!(ended.snapshot.arrivals().total, 300);
        paths(&target)
    };
    let one = came(1);
    assert_eq!(one.len(), 300);
    assert_eq!(came(2), one);
    assert!(one.keys().any(|path| path.starts_with("/night")));
}
