//! Which step comes after which: `next` of the steps, beside their weights.

use std::time::Duration;

use throng::metrics::TypeId;
use throng::plan::{Length, Limits, ReloadAt};

use super::{Answer, Folder, Run, Target};

const ONE: TypeId = TypeId(0);

/// The paths that each user asked for, in order.
fn by_user(target: &Target, users: usize) -> Vec<Vec<String>> {
    let mut all = vec![Vec::new(); users];
    for request in target.requests() {
        let (path, user) = request.path.split_once("?user=").unwrap();
        all[user.parse::<usize>().unwrap()].push(path.to_owned());
    }
    all
}

/// A step that asks for its own name.
fn step(weight: f64, name: &str, more: &str) -> String {
    format!(
        "{{ {weight}, function(user) http.get('/{name}', {{ query = {{ user = user.id }} }}) end, name = '{name}', {more} }},"
    )
}

fn script(steps: &[String]) -> String {
    format!(
        "return {{ requests = 1000000, think = 0.02, steps = {{ {} }},
            on_stop = function(user) http.get('/stop', {{ query = {{ user = user.id }} }}) end }}",
        steps.join("\n")
    )
}

fn shop() -> String {
    script(&[
        step(
            1.0,
            "browse",
            "next = { browse = 0.5, search = 0.3, leave = 0.2 }",
        ),
        step(
            0.0,
            "search",
            "next = { browse = 0.4, pay = 0.5, leave = 0.1 }",
        ),
        step(0.0, "pay", "next = { leave = 1 }"),
    ])
}

#[test]
fn steps_follow_each_other_in_the_shares_of_next_and_leaving_completes_the_session() {
    let target = Target::fine();
    let scripts = Folder::of("shop", &shop().replace("think = 0.02", "think = 0"));
    let run = Run::start(&target, &scripts, |plan| {
        plan.users = 4;
        plan.length = Length::Sessions(2_000);
    });
    let ended = run.end();
    let totals = &ended.snapshot.totals.types[&ONE];
    assert_eq!(totals.sessions.completed, 2_000, "{:?}", totals.sessions);
    // What the target saw: each session from its first step to the stop.
    let mut follows = std::collections::BTreeMap::<(String, String), f64>::new();
    let mut visits = std::collections::BTreeMap::<String, f64>::new();
    for paths in by_user(&target, 4) {
        let mut before = "start".to_owned();
        for path in paths {
            *follows.entry((before.clone(), path.clone())).or_default() += 1.0;
            *visits.entry(before).or_default() += 1.0;
            before = match path.as_str() {
                "/stop" => "start".to_owned(),
                other => other.to_owned(),
            };
        }
    }
    for (from, to, share) in [
        ("start", "/browse", 1.0),
        ("/browse", "/browse", 0.5),
        ("/browse", "/search", 0.3),
        ("/browse", "/stop", 0.2),
        ("/search", "/browse", 0.4),
        ("/search", "/pay", 0.5),
        ("/search", "/stop", 0.1),
        ("/pay", "/stop", 1.0),
    ] {
        let count = follows.remove(&(from.to_owned(), to.to_owned())).unwrap();
        let seen = count / visits[from];
        // Three standard deviations of a share.
        let tolerance = 3.0 * (share * (1.0 - share) / visits[from]).sqrt();
        assert!((seen - share).abs() <= tolerance, "{from} {to}: {seen}");
    }
    assert!(follows.is_empty(), "{follows:?}");
    // What the plan expects of it.
    let spec = &scripts.check().unwrap()[0];
    let expected = spec.chain.expected_session((1_000_000, 1_000_000));
    for (name, expected) in spec.step_names.iter().zip(expected.visits) {
        let seen = visits[&format!("/{name}")] / 2_000.0;
        assert!(
            (seen / expected - 1.0).abs() < 0.1,
            "{name}: {seen}, {expected}"
        );
    }
}

#[test]
fn a_step_without_next_goes_on_by_weight() {
    let target = Target::fine();
    let scripts = Folder::of(
        "one",
        &script(&[
            step(1.0, "first", "next = { last = 1 }"),
            step(3.0, "middle", ""),
            step(0.0, "last", ""),
        ])
        .replace("think = 0.02", "think = 0"),
    );
    let run = Run::start(&target, &scripts, |plan| {
        plan.users = 1;
        plan.length = Length::Continuous;
    });
    target.wait_for(2_000);
    run.stop();
    let paths = by_user(&target, 1).remove(0);
    let after = |name: &str, next: &str| {
        let pairs = paths.windows(2).filter(|pair| pair[0] == name);
        let (all, met) = pairs.fold((0, 0), |(all, met), pair| {
            (all + 1, met + usize::from(pair[1] == next))
        });
        f64::from(met as u32) / f64::from(all)
    };
    assert!((after("/first", "/last") - 1.0).abs() < 0.02);
    for step in ["/middle", "/last"] {
        assert!((after(step, "/middle") - 0.75).abs() < 0.06, "{step}");
    }
}

#[test]
fn a_user_whose_step_a_reload_took_away_goes_on_by_weight_which_is_said_once() {
    let target = Target::fine();
    let old = [
        step(1.0, "start", "next = { gone = 1 }"),
        step(0.0, "gone", "next = { gone = 1 }"),
    ];
    let scripts = Folder::of("one", &script(&old));
    let run = Run::start(&target, &scripts, |plan| {
        plan.length = Length::Continuous;
        plan.reload.at = ReloadAt::Step;
    });
    target.wait_for(10);
    // A next that leads to it still is a fault, and the run goes on.
    let faulty = Folder::of("one", &script(&old[..1]));
    let fault = faulty.fault();
    let words = "has next.gone, and there is no step of that name; there are: start, leave";
    assert!(fault.ends_with(words), "{fault}");
    let new = script(&[
        step(2.0, "start", "next = { kept = 1 }"),
        step(0.0, "kept", "next = { kept = 1 }"),
    ]);
    run.offer(&scripts.with("one", &new));
    run.until("in version 2", |snapshot| {
        let users = snapshot.users.get(&ONE);
        users.is_some_and(|users| users.get(&2) == Some(&2))
    });
    let before = target.count();
    target.wait_for(before + 20);
    let (ended, _) = run.stop();
    for paths in by_user(&target, 2) {
        let moved = paths.iter().rposition(|path| path == "/gone").unwrap();
        // By weight: what only another step leads to is not the next.
        assert_eq!(paths[moved + 1..moved + 3], ["/start", "/kept"]);
        assert!(
            paths[moved + 2..paths.len() - 1]
                .iter()
                .all(|path| path == "/kept")
        );
    }
    let events = &ended.snapshot.reload_status.events;
    let told = events.iter().filter(|event| {
        event
            .text
            .contains("the steps do not include gone any more")
    });
    assert_eq!(told.count(), 1, "{events:#?}");
}

#[test]
fn a_user_keeps_its_place_where_its_step_is_still_there() {
    let target = Target::fine();
    let scripts = Folder::of(
        "one",
        &script(&[
            step(1.0, "start", "next = { inside = 1 }"),
            step(0.0, "inside", "next = { inside = 1 }"),
        ]),
    );
    let run = Run::start(&target, &scripts, |plan| plan.length = Length::Continuous);
    target.wait_for(10);
    // In another place of the list.
    let new = script(&[
        step(0.0, "inside", "next = { after = 1 }"),
        step(0.0, "after", "next = { after = 1 }"),
        step(1.0, "start", "next = { inside = 1 }"),
    ]);
    run.offer(&scripts.with("one", &new));
    run.until("in version 2", |snapshot| {
        let users = snapshot.users.get(&ONE);
        users.is_some_and(|users| users.get(&2) == Some(&2))
    });
    let before = target.count();
    target.wait_for(before + 10);
    run.stop();
    for paths in by_user(&target, 2) {
        assert_eq!(paths.iter().filter(|path| *path == "/start").count(), 1);
        assert!(paths.iter().any(|path| path == "/after"));
    }
}

#[test]
fn a_shed_step_is_replaced_by_another_that_the_step_before_leads_to() {
    let target = Target::new(|request| {
        let status = if request.path.starts_with("/light") {
            500
        } else {
            200
        };
        Answer::Status(status, "{}".to_owned())
    });
    let text = script(&[
        step(1.0, "light", "next = { export = 0.5, light = 0.5 }"),
        step(0.0, "export", "heavy = true, next = { light = 1 }"),
        step(1.0, "other", "next = { export = 1 }"),
    ])
    .replace("think = 0.02,", "think = 0.1,");
    let scripts = Folder::of("one", &text);
    let run = Run::start(&target, &scripts, |plan| {
        plan.length = Length::Duration(Duration::from_secs(60));
        plan.valve = Vec::new();
        plan.limits = Limits {
            degrade: true,
            breaker: None,
            ..Limits::default()
        };
    });
    run.until("degraded", |snapshot| snapshot.guard.level > 0);
    run.let_pass(Duration::from_secs(2));
    let from = target.count();
    target.wait_for(from + 60);
    let seen = target.requests().split_off(from);
    run.stop();
    assert!(
        seen.iter()
            .all(|request| !request.path.starts_with("/export")),
        "{seen:?}"
    );
    // From `other` only the shed step is reached: there any step is drawn.
    assert!(
        seen.iter()
            .any(|request| request.path.starts_with("/light"))
    );
}
