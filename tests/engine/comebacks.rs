//! People who go away after a session and come back, or do not.

use std::collections::BTreeMap;
use std::time::Duration;

use throng::engine::Command;
use throng::metrics::{People, Snapshot, TypeId};
use throng::plan::Length;
use throng::plan::shape::{Arrivals, Rate};

use super::{FAST, Folder, Run, Settings, Target, change};

/// One request a session, which says who makes it and what it has in mind. `rest` are further keys of the type.
fn script(rest: &str) -> String {
    format!(
        "return {{ requests = 1, think = 0, {rest} step = function(user)
            user.memory.count = (user.memory.count or 0) + 1
            local sid = http.cookies.get('sid', '/') or 'none'
            if sid == 'none' then http.cookies.set('sid', tostring(user.person)) end
            http.get(('/%d/%d/%d/%d/%s'):format(user.id, user.person, user.visits, user.memory.count, sid), {{ name = 'x' }})
        end }}"
    )
}

/// A session as the target saw it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Seen {
    user: u64,
    person: u64,
    visit: u64,
    count: u64,
    cookie: Option<u64>,
}

fn seen(target: &Target) -> Vec<Seen> {
    let requests = target.requests();
    let one = |path: &str| {
        let words: Vec<&str> = path.split('/').skip(1).collect();
        let number = |at: usize| words[at].parse().unwrap();
        Seen {
            user: number(0),
            person: number(1),
            visit: number(2),
            count: number(3),
            cookie: words[4].parse().ok(),
        }
    };
    requests.iter().map(|request| one(&request.path)).collect()
}

fn people(snapshot: &Snapshot) -> People {
    snapshot.people()
}

#[test]
fn users_who_are_away_are_counted_apart_and_come_back_as_they_were() {
    let target = Target::fine();
    let scripts = Folder::of("one", &script("away = { 3, 4 }, keep_cookies = true,"));
    let run = Run::start(&target, &scripts, |plan| {
        plan.users = 5;
        plan.length = Length::Continuous;
    });
    let away = |snapshot: &Snapshot| snapshot.away.get(&TypeId(0)).copied().unwrap_or_default();
    let snapshot = run.until("away", |snapshot| away(snapshot) == 5);
    assert_eq!(snapshot.users_alive(), 0);
    target.wait_for(20);
    let (ended, _) = run.stop();
    let seen = seen(&target);
    for user in 0..5 {
        let sessions = seen.iter().filter(|one| one.user == user).enumerate();
        for (place, one) in sessions {
            let number = place as u64 + 1;
            let cookie = (number > 1).then_some(user);
            let expected = Seen {
                user,
                person: user,
                visit: number,
                count: number,
                cookie,
            };
            assert_eq!(*one, expected);
        }
    }
    let people = people(&ended.snapshot);
    assert_eq!((people.new, people.lost), (5, 0));
    assert_eq!(people.returning, seen.len() as u64 - 5);
    assert_eq!(
        (away(&ended.snapshot), ended.snapshot.users_alive()),
        (0, 0)
    );
}

#[test]
fn a_share_of_the_sessions_is_of_the_person_before() {
    let target = Target::fine();
    let scripts = Folder::of("one", &script("returns = 0.6,"));
    let run = Run::start(&target, &scripts, |plan| {
        plan.users = 10;
        plan.length = Length::Sessions(500);
    });
    let ended = run.end();
    let people = people(&ended.snapshot);
    assert_eq!(people.new + people.returning, 500);
    assert_eq!(people.new, 10 + people.lost);
    // Three standard deviations of 490 draws.
    assert!(people.returning.abs_diff(294) <= 33, "{people:?}");
    let mut visits = BTreeMap::new();
    for one in seen(&target) {
        assert_eq!(one.count, one.visit, "a new person has nothing in mind");
        assert_eq!(one.person % 1_000_000, one.user);
        assert_eq!(one.cookie, None, "cookies go with the session");
        let last = visits.insert(one.person, one.visit).unwrap_or_default();
        assert_eq!(one.visit, last + 1, "{one:?}");
    }
    assert_eq!(visits.len() as u64, people.new);
}

#[test]
fn the_last_session_ends_a_run_whoever_is_away() {
    let target = Target::fine();
    let scripts = Folder::of("one", &script("away = 100000,"));
    let run = Run::start(&target, &scripts, |plan| {
        plan.users = 4;
        plan.length = Length::Sessions(4);
    });
    let ended = run.end();
    assert_eq!(target.count(), 4);
    assert!(ended.snapshot.elapsed < Duration::from_secs(100));
}

#[test]
fn those_who_come_in_an_open_crowd_are_the_same_on_any_number_of_threads() {
    let came = |shards| {
        let target = Target::fine();
        let scripts = Folder::of(
            "one",
            &script("returns = 0.5, away = 5, keep_cookies = true,"),
        );
        let settings = Settings::default();
        let run = Run::start_with(FAST, &target.url(), &settings, 5, &scripts, |plan| {
            plan.shape.arrivals = Some(Arrivals {
                rate: Rate::Constant(8.0),
                even: false,
                max_users: 10_000,
            });
            plan.length = Length::Sessions(400);
            plan.shards = shards;
        });
        let ended = run.end();
        let people = people(&ended.snapshot);
        let total = ended.snapshot.arrivals().total;
        assert_eq!(total, 400, "returns add no arrivals");
        assert_eq!(people.new + people.returning, 400);
        // Less than half: at first nobody can be back.
        assert!((40..=200).contains(&people.returning), "{people:?}");
        let mut seen = seen(&target);
        seen.sort();
        let mut visits = BTreeMap::new();
        for one in &seen {
            assert_eq!((one.user, one.count), (one.person, one.visit), "{one:?}");
            assert_eq!(one.cookie, (one.visit > 1).then_some(one.person));
            *visits.entry(one.person).or_insert(0) += 1;
        }
        assert_eq!(visits.len() as u64, people.new);
        seen
    };
    let one = came(1);
    assert_eq!(came(2), one);
}

#[test]
fn a_memory_that_cannot_be_kept_is_an_error_of_the_script() {
    for (step, error) in [
        (
            "user.memory.x = ('x'):rep(70000)",
            "user.memory has more than 64 kB; keep less of it over sessions",
        ),
        (
            "user.memory.x = function() end",
            "user.memory.x is a function; user.memory holds plain data only: strings, numbers, booleans, tables",
        ),
        (
            "user.memory = 7",
            "user.memory is an integer; keep it a table and put values into it",
        ),
    ] {
        let target = Target::fine();
        let script = format!(
            "return {{ requests = 2, think = 0, returns = 1, step = function(user)
                http.get('/' .. tostring(user.memory.kept))
                user.memory.kept = true
                {step}
            end }}"
        );
        let run = Run::start(&target, &Folder::of("one", &script), |plan| {
            plan.users = 1;
            plan.length = Length::Sessions(2);
        });
        let ended = run.end();
        let errors = &ended.snapshot.totals.script_errors;
        assert!(
            errors.iter().any(|one| one.message.contains(error)),
            "{errors:?}"
        );
        // Nothing of such a session is kept.
        assert!(
            target
                .requests()
                .iter()
                .all(|request| request.path == "/nil")
        );
    }
}

#[test]
fn a_memory_goes_with_its_person_to_another_version() {
    let target = Target::fine();
    let old = "return { requests = 1, think = 0, away = 1, step = function(user)
        user.memory.old = 'kept'
        http.get('/old/' .. tostring(user.memory.old)) end }";
    let scripts = Folder::of("one", old);
    let run = Run::start(&target, &scripts, |plan| {
        plan.users = 3;
        plan.length = Length::Continuous;
    });
    target.wait_for(6);
    let copied = "return { requests = 1, think = 0, away = 1, step = function(user)
        http.get('/copied/' .. tostring(user.memory.old)) end }";
    let scripts = scripts.with("one", copied);
    run.offer(&scripts);
    let has = |path: &str| target.requests().iter().any(|request| request.path == path);
    run.until("copied", |_| has("/copied/kept"));
    let migrated = "return { requests = 1, think = 0, away = 1,
        migrate = function(state, from, memory)
            memory.new, memory.from = memory.old, from
            memory.old = nil
            return state
        end,
        step = function(user)
            http.get(('/migrated/%s/%s/%s'):format(user.memory.old, user.memory.new, user.memory.from)) end }";
    run.offer(&scripts.with("one", migrated));
    // Version 2 read it only: what it has in mind is still as version 1 wrote it.
    run.until("migrated", |_| {
        has("/migrated/nil/kept/2") || has("/migrated/nil/kept/1")
    });
    let (ended, _) = run.stop();
    assert!(ended.snapshot.totals.script_errors.is_empty());
    let wrong = target
        .requests()
        .into_iter()
        .find(|request| request.path.starts_with("/copied") && request.path != "/copied/kept");
    assert!(wrong.is_none(), "{wrong:?}");
}

#[test]
fn someone_who_is_away_comes_back_at_once_as_another_type() {
    let target = Target::fine();
    let scripts = Folder::of(
        "one",
        "return { requests = 1, think = 0, away = 100000, step = function() http.get '/one' end }",
    );
    let scripts = scripts.with(
        "two",
        "return { requests = 1, think = 0, step = function() http.get '/two' end }",
    );
    let run = Run::start(&target, &scripts, |plan| {
        plan.length = Length::Continuous;
        plan.weights.insert("two".to_owned(), 0.0);
    });
    run.until("away", |snapshot| snapshot.away.values().sum::<i64>() == 2);
    let weights = change(&[("weights.one", "0"), ("weights.two", "1")]);
    run.tell(|answer| Command::Set(weights, answer)).unwrap();
    let twos = || {
        let requests = target.requests();
        requests.iter().filter(|one| one.path == "/two").count()
    };
    run.until("two", |_| twos() > 2);
    run.stop();
}

#[test]
fn a_user_without_a_place_keeps_no_connection() {
    let target = Target::fine();
    let scripts = Folder::of("one", &script("away = { 1, 2 }, returns = 1,"));
    let run = Run::start(&target, &scripts, |plan| {
        plan.users = 4;
        plan.length = Length::Continuous;
    });
    run.until("four", |snapshot| snapshot.health.open_connections == 4);
    let users = change(&[("users", "1")]);
    run.tell(|answer| Command::Set(users, answer)).unwrap();
    run.until("one", |snapshot| snapshot.health.open_connections == 1);
    run.stop();
}
