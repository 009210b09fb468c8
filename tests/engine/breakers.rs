//! When a circuit breaker opens and closes, by made-up reports; then with a crowd against a target that fails.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use throng::engine::{BreakerAction, CircuitBreakers, ShutdownDeadlines};
use throng::http::Settings;
use throng::metrics::{BreakerState, Scope, Snapshot};
use throng::plan::{Length, Limits, Plan};
use throng::random::{Purpose, Stream};
use throng::request::circuit_breaker::{BreakerReport, BreakerSignal, Ending};

use super::{Answer, FAST, Folder, Run, Target};
use crate::support::patience::until;

fn breakers() -> CircuitBreakers {
    CircuitBreakers::new(20, Stream::new(1, 2, Purpose::Pace))
}

fn host() -> Scope {
    Scope::Host("http://target".to_owned())
}

const fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn signals(actions: &[BreakerAction]) -> Vec<(Option<usize>, BreakerSignal)> {
    let signal = |action: &BreakerAction| match action {
        BreakerAction::Signal {
            shard: to, signal, ..
        } => Some((*to, *signal)),
        BreakerAction::Announce(_) => None,
    };
    actions.iter().filter_map(signal).collect()
}

fn state(breakers: &CircuitBreakers, now: Duration) -> BreakerState {
    breakers
        .states(now, now)
        .get(&host())
        .map_or(BreakerState::Closed, |breaker| breaker.state)
}

#[test]
fn runs_of_failures_add_up_over_shards_until_one_goes_well() {
    let mut breakers = breakers();
    assert_eq!(
        breakers.on_report(
            0,
            BreakerReport::Failing {
                scope: host(),
                failures: 12
            },
            at(0)
        ),
        []
    );
    breakers.on_report(0, BreakerReport::Recovered(host()), at(0));
    assert_eq!(
        breakers.on_report(
            1,
            BreakerReport::Failing {
                scope: host(),
                failures: 19
            },
            at(0)
        ),
        []
    );
    let actions = breakers.on_report(
        0,
        BreakerReport::Failing {
            scope: host(),
            failures: 1,
        },
        at(0),
    );
    assert_eq!(
        signals(&actions),
        [(None, BreakerSignal::Set(BreakerState::Open))]
    );
    let BreakerAction::Announce(said) = &actions[1] else {
        panic!("{actions:?}");
    };
    assert!(
        said.starts_with(
            "opened: http://target after 20 failures in a row; one request tries again in 1."
        ),
        "{said}"
    );
}

#[test]
fn one_tries_for_all_and_a_failure_keeps_it_open_for_longer() {
    let mut breakers = breakers();
    breakers.on_report(
        0,
        BreakerReport::Failing {
            scope: host(),
            failures: 20,
        },
        at(0),
    );
    let mut now = at(0);
    let mut pauses = Vec::new();
    for _ in 0..6 {
        let due = breakers.next_half_open().unwrap();
        assert_eq!(breakers.half_open_due(due - Duration::from_millis(1)), []);
        assert_eq!(
            signals(&breakers.half_open_due(due)),
            [(None, BreakerSignal::Set(BreakerState::HalfOpen))]
        );
        pauses.push((due - now).as_secs_f64());
        now = due;
        // Two shards have somebody who waits: the first one may, and nobody else.
        assert_eq!(
            signals(&breakers.on_report(1, BreakerReport::ProbeWanted(host()), now)),
            [(Some(1), BreakerSignal::Probe)]
        );
        assert_eq!(
            breakers.on_report(0, BreakerReport::ProbeWanted(host()), now),
            []
        );
        assert_eq!(breakers.next_half_open(), None);
        let failed = BreakerReport::Probed {
            scope: host(),
            ending: Ending::Failed(None),
        };
        assert_eq!(
            breakers.on_report(0, failed.clone(), now),
            [],
            "it was not asked"
        );
        assert_eq!(
            signals(&breakers.on_report(1, failed, now)),
            [(None, BreakerSignal::Set(BreakerState::Open))]
        );
    }
    for (pause, longest) in pauses.iter().zip([2.0, 4.0, 8.0, 10.0, 10.0, 10.0]) {
        assert!((1.0..=longest).contains(pause), "{pauses:?}");
    }
    breakers.half_open_due(breakers.next_half_open().unwrap());
    breakers.on_report(0, BreakerReport::ProbeWanted(host()), at(60));
    // The one who was to try was taken away: another may.
    let lost = breakers.on_report(
        0,
        BreakerReport::Probed {
            scope: host(),
            ending: Ending::Unknown,
        },
        at(60),
    );
    assert_eq!(
        signals(&lost),
        [(None, BreakerSignal::Set(BreakerState::HalfOpen))]
    );
    breakers.on_report(1, BreakerReport::ProbeWanted(host()), at(60));
    let fine = breakers.on_report(
        1,
        BreakerReport::Probed {
            scope: host(),
            ending: Ending::Succeeded,
        },
        at(61),
    );
    assert_eq!(
        signals(&fine),
        [(None, BreakerSignal::Set(BreakerState::Closed))]
    );
    assert_eq!(
        fine[1],
        BreakerAction::Announce("closed: http://target works again after 61.0 s".to_owned())
    );
    assert_eq!(state(&breakers, at(61)), BreakerState::Closed);
    assert_eq!(breakers.states(at(61), at(61))[&host()].opens, 1);
    // A shard that missed it hears it again.
    assert_eq!(
        signals(&breakers.on_report(0, BreakerReport::ProbeWanted(host()), at(62))),
        [(Some(0), BreakerSignal::Set(BreakerState::Closed))]
    );
}

#[test]
fn what_the_target_asks_for_is_kept() {
    let mut breakers = breakers();
    let endpoint = Scope::Endpoint("GET /x".to_owned());
    let asked = BreakerReport::RetryAfter {
        scope: endpoint.clone(),
        pause: at(30),
    };
    assert_eq!(
        signals(&breakers.on_report(0, asked, at(10))),
        [(None, BreakerSignal::Set(BreakerState::Open))]
    );
    assert_eq!(breakers.next_half_open(), Some(at(40)));
    breakers.on_report(
        1,
        BreakerReport::RetryAfter {
            scope: endpoint.clone(),
            pause: at(5),
        },
        at(12),
    );
    assert_eq!(breakers.next_half_open(), Some(at(40)), "the longer wish");
    breakers.half_open_due(at(40));
    breakers.on_report(0, BreakerReport::ProbeWanted(endpoint.clone()), at(40));
    let wish = Ending::Failed(Some(at(25)));
    breakers.on_report(
        0,
        BreakerReport::Probed {
            scope: endpoint.clone(),
            ending: wish,
        },
        at(40),
    );
    assert_eq!(
        breakers.next_half_open(),
        Some(at(65)),
        "longer than its own back-off"
    );
    // A shard that has ended tries nothing any more.
    breakers.half_open_due(at(65));
    breakers.on_report(0, BreakerReport::ProbeWanted(endpoint.clone()), at(65));
    assert_eq!(
        signals(&breakers.shard_ended(0)),
        [(None, BreakerSignal::Set(BreakerState::HalfOpen))]
    );
    assert_eq!(breakers.states(at(65), at(65))[&endpoint].asked, 2);
}

/// Users who browse without a pause, each with its number in the path.
fn browsing(path: &str) -> Folder {
    let script = format!(
        "return {{ requests = 1000, think = 0.1, steps = {{ {{ 1, function(user) http.get('{path}', {{ query = {{ u = user.id }} }}) end }} }} }}"
    );
    Folder::of("browse", &script)
}

fn crowd(users: u32, seconds: u64) -> impl FnOnce(&mut Plan) {
    move |plan| {
        plan.users = users;
        plan.shards = 2;
        plan.length = Length::Duration(Duration::from_secs(seconds));
        plan.valve = Vec::new();
    }
}

fn host_state(snapshot: &Snapshot) -> Option<BreakerState> {
    let host = |scope: &Scope| matches!(scope, Scope::Host(_));
    let breakers = &snapshot.guard.breakers;
    let found = breakers.iter().find(|(scope, _)| host(scope));
    found.map(|(_, breaker)| breaker.state)
}

#[test]
fn a_crowd_leaves_a_failing_target_alone_and_goes_on_when_it_is_back() {
    let well = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&well);
    let target = Target::new(move |_| {
        let status = if seen.load(Ordering::Relaxed) {
            200
        } else {
            503
        };
        Answer::Status(status, "{}".to_owned())
    });
    let run = Run::start(&target, &browsing("/page"), |plan| {
        crowd(200, 600)(plan);
        // So that nobody waits for a connection, which is a latency.
        plan.ramp = Some(Duration::from_secs(5));
    });
    // Everybody has come, and what was under way when it opened has come in.
    run.until("left alone by all", |snapshot| {
        host_state(snapshot) == Some(BreakerState::Open)
            && snapshot.users_alive() == 200
            && snapshot.requests().total() == target.count() as u64
    });
    let (began, before) = (Instant::now(), target.count());
    run.let_pass(Duration::from_secs(12));
    let tries = target.count() - before;
    // A second at least between two, and one at the beginning.
    let most = run.passed(began).as_secs() as usize + 1;
    assert!(tries <= most, "{tries} requests, not a hammering");
    well.store(true, Ordering::Relaxed);
    let back = target.count();
    run.until("back", |snapshot| {
        host_state(snapshot) == Some(BreakerState::Closed)
    });
    let closed = Instant::now();
    target.wait_for(back + 200);
    let users = || {
        let requests = target.requests();
        let after = requests.iter().filter(|request| request.at > began);
        let mut users: Vec<String> = after.map(|request| request.path.clone()).collect();
        users.sort();
        users.dedup();
        users.len()
    };
    until("all 200 users", || users() == 200);
    let took = run.passed(closed);
    assert!(took < Duration::from_secs(30), "{took:?}");
    let (ended, _) = run.stop();
    let snapshot = &ended.snapshot;
    let protection = &snapshot.totals.protection;
    assert!(protection.broken.requests >= 160, "{protection:?}");
    assert_eq!(protection.given_up, 0);
    // More than a second of the machine's clock for each, which latencies go by, and none of it is in one.
    let waits = protection.broken.time.div_f64(200.0 * FAST);
    assert!(waits > Duration::from_secs(1), "{protection:?}");
    // Were it in latencies, as many of them would be that long as requests waited, of all that came since.
    let waited = protection.broken.requests as f64 / snapshot.requests().total() as f64;
    let above = 1.0 - waited / 2.0;
    let (response, service) = (snapshot.response(), snapshot.service());
    let (response, service) = (response.quantile(above), service.quantile(above));
    let is_free = u128::from(response) < u128::from(service) + waits.as_micros() / 2;
    assert!(is_free, "{response} us after {service} us, of {waits:?}");
    assert_eq!(snapshot.requests().total() as usize, target.count());
    let said: Vec<&str> = snapshot
        .reload_status
        .events
        .iter()
        .filter(|event| event.what == "breaker")
        .map(|event| event.text.split(':').next().unwrap())
        .collect();
    assert!(
        said.contains(&"opened") && said.contains(&"closed"),
        "{said:?}"
    );
}

#[test]
fn one_endpoint_is_left_alone_for_as_long_as_it_asks_and_the_others_are_not() {
    let first = AtomicBool::new(true);
    let target = Target::new(move |request| {
        if request.path.starts_with("/busy") && first.swap(false, Ordering::Relaxed) {
            return Answer::Bytes(
                b"HTTP/1.1 429 Slow\r\nRetry-After: 8\r\nContent-Length: 0\r\n\r\n".to_vec(),
            );
        }
        Answer::ok()
    });
    let script = "return { requests = 1000, think = 0.2, steps = { { 1, function(user)
        if user.id == 0 then http.get '/busy' else http.get '/free' end end } } }";
    let run = Run::start(&target, &Folder::of("browse", script), crowd(4, 16));
    let clock = run.script_config.run.clock;
    let snapshot = run.end().snapshot;
    let mut busy = BTreeMap::new();
    for request in target.requests() {
        let times: &mut Vec<Instant> = busy.entry(request.path).or_default();
        times.push(request.at);
    }
    let gap = |path: &str| {
        let times = busy[path].windows(2);
        let longest = times.map(|pair| pair[1] - pair[0]).max();
        clock.span_of_real(longest.unwrap())
    };
    assert!(gap("/busy") >= Duration::from_secs(8), "{:?}", gap("/busy"));
    assert!(gap("/busy") < Duration::from_secs(12), "{:?}", gap("/busy"));
    assert!(gap("/free") < Duration::from_secs(4), "{:?}", gap("/free"));
    let breakers = &snapshot.guard.breakers;
    assert_eq!(breakers.len(), 1, "{breakers:?}");
    let breaker = breakers[&Scope::Endpoint("GET /busy".to_owned())];
    assert_eq!((breaker.opens, breaker.asked), (0, 1));
    assert_eq!(breaker.state, BreakerState::Closed);
}

#[test]
fn declared_refusals_are_no_failures_and_a_breaker_may_be_off() {
    let refusing = || Target::new(|_| Answer::Status(503, "{}".to_owned()));
    let declared = "return { requests = 50, think = 0, steps = { { 1, function() http.get('/x', { expect = 503 }) end } } }";
    let plain =
        "return { requests = 50, think = 0, steps = { { 1, function() http.get '/x' end } } }";
    for (script, breaker) in [(declared, Some(3)), (plain, None)] {
        let target = refusing();
        let run = Run::start(&target, &Folder::of("one", script), |plan| {
            plan.limits = Limits {
                breaker,
                ..Limits::default()
            };
        });
        let snapshot = run.end().snapshot;
        assert_eq!(target.count(), 100, "{breaker:?}");
        assert!(snapshot.guard.breakers.is_empty());
        assert!(snapshot.totals.protection.is_empty());
    }
}

#[test]
fn a_stop_ends_the_wait_at_once() {
    let target = Target::new(|_| Answer::Status(500, "{}".to_owned()));
    let (url, settings, asked) = (target.url(), Settings::default(), ShutdownDeadlines::ASKED);
    let (scripts, plan) = (browsing("/page"), crowd(50, 30));
    let run = Run::start_by(1.0, asked, &url, &settings, 1, &scripts, plan);
    run.until("left alone", |snapshot| {
        host_state(snapshot) == Some(BreakerState::Open)
    });
    let (ended, took) = run.stop();
    assert!(took < asked.cut / 4, "{took:?}");
    assert_eq!(ended.snapshot.requests().total() as usize, target.count());
    assert_eq!(ended.snapshot.requests().cancelled, 0);
}
