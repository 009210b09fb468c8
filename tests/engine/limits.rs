//! The rate and the connections of a whole run, by the target's own count.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::mem::MaybeUninit;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use throng::engine::ShutdownDeadlines;
use throng::http::Settings;
use throng::plan::{Length, Limits, Plan};

use super::{Command, Folder, REAL, Run, Target};
use crate::support::patience::{settled, until};

/// The most that came in any window of so long.
pub(super) fn most_in(times: &[Instant], window: Duration) -> usize {
    let mut times = times.to_vec();
    times.sort();
    let within = |at: usize| {
        let end = times[at] + window;
        times[at..].iter().take_while(|time| **time < end).count()
    };
    (0..times.len()).map(within).max().unwrap_or(0)
}

fn browsing(users: u32, shards: usize, seconds: u64, limits: Limits) -> impl FnOnce(&mut Plan) {
    move |plan| {
        plan.users = users;
        plan.shards = shards;
        plan.length = Length::Duration(Duration::from_secs(seconds));
        plan.limits = limits;
    }
}

const BROWSE: &str = "return { requests = 100, think = 0, steps = { { 1, function(user)
    http.get('/page', { query = { u = user.id } }) end } } }";

fn at_rate(rate: f64) -> Limits {
    Limits {
        max_rps: Some(rate),
        ..Limits::default()
    }
}

/// Does the same for each of these, at the same time: they mostly wait.
pub(super) fn at_once<T: Send>(cases: impl IntoIterator<Item = T>, test: impl Fn(T) + Sync) {
    std::thread::scope(|scope| {
        for case in cases {
            let test = &test;
            scope.spawn(move || test(case));
        }
    });
}

#[test]
fn a_rate_holds_over_all_threads_evenly_and_in_turn() {
    at_once([1, 2], |shards| {
        let target = Target::fine();
        let scripts = Folder::of("browse", BROWSE);
        let plan = browsing(20, shards, 3, at_rate(100.0));
        let run = Run::start_at(REAL, &target, &scripts, plan);
        let snapshot = run.end().snapshot;
        let requests = target.requests();
        let times: Vec<Instant> = requests.iter().map(|request| request.at).collect();
        // No lower bound is promised: a machine whose timers are late by more than 5 ms makes fewer.
        assert!(
            (120..=310).contains(&times.len()),
            "{} requests in 3 s",
            times.len()
        );
        // N x (window + 5 ms) + 1 for each part; what a busy machine holds up comes a little later.
        let tenth = most_in(&times, Duration::from_millis(100));
        assert!(tenth <= 18, "{tenth} in 100 ms on {shards} threads");
        let second = most_in(&times, Duration::from_secs(1));
        assert!(second <= 108, "{second} in a second on {shards} threads");
        let mut by_user = BTreeMap::<String, usize>::new();
        for request in &requests {
            *by_user.entry(request.path.clone()).or_default() += 1;
        }
        let (least, most) = (by_user.values().min(), by_user.values().max());
        assert_eq!(by_user.len(), 20);
        assert!(most.unwrap() - least.unwrap() <= 5, "{by_user:?}");
        let throttled = snapshot.totals.protection.throttled;
        assert!(
            throttled.requests as usize > times.len() - 10,
            "{throttled:?}"
        );
        // Nearly all twenty users wait nearly all the time, and no latency has it in it.
        assert!(throttled.time > Duration::from_secs(40), "{throttled:?}");
        assert!(snapshot.response().quantile(0.9) < 50_000);
        assert_eq!(snapshot.requests().total() as usize, times.len());
    });
}

#[test]
fn the_first_second_has_the_whole_rate() {
    // On one thread, on two, and where one of two has nobody: what another part does not use is not lost. By the
    // machine's clock, as each timer that is late by more than 5 ms loses some of the rate.
    at_once([(4, 1), (4, 2), (1, 2)], |(users, shards)| {
        let target = Target::fine();
        let scripts = Folder::of("browse", BROWSE);
        let run = Run::start_at(1.0, &target, &scripts, |plan| {
            browsing(users, shards, 2, at_rate(30.0))(plan);
            plan.ramp = Some(Duration::ZERO);
        });
        run.end();
        let mut times: Vec<Instant> = target.requests().iter().map(|request| request.at).collect();
        times.sort();
        let end = times[0] + Duration::from_secs(1);
        let first = times.iter().take_while(|time| **time < end).count();
        // Timers that are late by more than 5 ms lose a little; a part too few would lose ten.
        assert!(
            first >= 25,
            "{first} of 30 with {users} users on {shards} threads"
        );
        let most = most_in(&times, Duration::from_secs(1));
        assert!(most <= 30 + 1 + 2 * shards, "{most} in a second");
    });
}

#[test]
fn a_pause_stops_the_rate_and_gives_no_credit() {
    let target = Target::fine();
    let scripts = Folder::of("browse", BROWSE);
    let plan = browsing(10, 2, 3, at_rate(50.0));
    let run = Run::start_at(REAL, &target, &scripts, plan);
    target.wait_for(20);
    run.tell(Command::Pause).unwrap();
    let paused = settled(Duration::from_millis(50), || target.count());
    run.let_pass(Duration::from_secs(1));
    assert_eq!(target.count(), paused, "nobody passes in a pause");
    run.tell(Command::Resume).unwrap();
    run.end();
    let times: Vec<Instant> = target.requests().iter().map(|request| request.at).collect();
    let tenth = most_in(&times, Duration::from_millis(100));
    assert!(tenth <= 13, "{tenth} in 100 ms after a pause");
}

#[test]
fn logins_redirects_and_retries_are_requests_too() {
    let target = Target::new(|request| match request.path.as_str() {
        "/from" => super::Answer::Bytes(
            b"HTTP/1.1 302 Go\r\nLocation: /to\r\nContent-Length: 0\r\n\r\n".to_vec(),
        ),
        "/bad" => super::Answer::Status(503, "{}".to_owned()),
        _ => super::Answer::ok(),
    });
    let script = "return { requests = 1000, think = 0, steps = { { 1, function()
        http.get '/from'; http.get('/bad', { retry = { 1, pause = 0 } }); http.get '/to' end } } }";
    let limits = Limits {
        breaker: None,
        ..at_rate(40.0)
    };
    let scripts = Folder::of("all", script);
    let run = Run::start_at(REAL, &target, &scripts, browsing(10, 2, 2, limits));
    let snapshot = run.end().snapshot;
    let times: Vec<Instant> = target.requests().iter().map(|request| request.at).collect();
    assert!(most_in(&times, Duration::from_secs(1)) <= 46);
    assert!(snapshot.totals.protection.retries > 5);
    assert_eq!(snapshot.requests().total() as usize, times.len());
}

/// A server that knows how many of its connections are open, as the kernel has it: a close that came before a new
/// connection is seen before it.
struct Counting {
    address: SocketAddr,
    most: Arc<AtomicUsize>,
    answered: Arc<Mutex<BTreeMap<String, usize>>>,
}

impl Counting {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let most = Arc::new(AtomicUsize::new(0));
        let answered = Arc::new(Mutex::new(BTreeMap::new()));
        let (peak, seen) = (Arc::clone(&most), Arc::clone(&answered));
        std::thread::spawn(move || {
            let mut open: Vec<TcpStream> = Vec::new();
            while let Ok((stream, _)) = listener.accept() {
                open.retain(is_open);
                open.push(stream.try_clone().unwrap());
                peak.fetch_max(open.len(), Ordering::Relaxed);
                let seen = Arc::clone(&seen);
                std::thread::spawn(move || answer_all(stream, &seen));
            }
        });
        Self {
            address,
            most,
            answered,
        }
    }
}

fn is_open(stream: &TcpStream) -> bool {
    const PEEK_AT_ONCE: i32 = 0x42; // MSG_PEEK | MSG_DONTWAIT
    let mut byte = [MaybeUninit::uninit()];
    let socket = socket2::SockRef::from(stream);
    match socket.recv_with_flags(&mut byte, PEEK_AT_ONCE) {
        Ok(0) => false,
        Ok(_) => true,
        Err(why) => why.kind() == std::io::ErrorKind::WouldBlock,
    }
}

fn answer_all(mut stream: TcpStream, seen: &Mutex<BTreeMap<String, usize>>) {
    stream.set_nodelay(true).unwrap();
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut buffer) {
        let head = String::from_utf8_lossy(&buffer[..length]);
        let path = head.split(' ').nth(1).unwrap_or("?").to_owned();
        *seen.lock().unwrap().entry(path).or_default() += 1;
        std::thread::sleep(Duration::from_millis(2));
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
        if stream.write_all(answer).is_err() {
            return;
        }
    }
}

#[test]
fn connections_are_never_more_than_allowed_and_every_user_gets_its_turn() {
    const SCRIPT: &str = "return { requests = 1000, think = 0, steps = { { 1, function(user)
        local path = '/' .. user.id
        parallel { function() http.get(path) end, function() http.get(path) end }
    end } } }";
    at_once([(7, 2), (1, 2), (3, 1)], |(most, shards)| {
        let target = Counting::start();
        let limits = Limits {
            max_connections: Some(most),
            ..Limits::default()
        };
        let plan = browsing(50, shards, 3_600, limits);
        // By the machine's clock, as what is waited for is the target.
        let (url, settings) = (format!("http://{}", target.address), Settings::default());
        let (scripts, asked) = (Folder::of("both", SCRIPT), ShutdownDeadlines::ASKED);
        let run = Run::start_by(1.0, asked, &url, &settings, 1, &scripts, plan);
        until("a turn for every user", || {
            target.answered.lock().unwrap().len() == 50
        });
        // They wait for tenths of a second and more, and are served in some milliseconds.
        run.until("waits", |snapshot| {
            let unseated = snapshot.totals.protection.unseated;
            unseated.requests > 100 && unseated.time > Duration::from_secs(20)
        });
        let (ended, _) = run.stop();
        let snapshot = ended.snapshot;
        let peak = target.most.load(Ordering::Relaxed);
        assert!(peak as u64 <= most, "{peak} open of {most}");
        assert!(peak as u64 >= most.min(3), "{peak} of {most} were used");
        let answered = target.answered.lock().unwrap();
        assert_eq!(answered.len(), 50, "of {most}: {answered:?}");
        let requests = snapshot.requests();
        assert_eq!(requests.failed(), 0, "{requests:?}");
        // Of those that the stop cancelled some had been sent.
        let (total, seen) = (requests.total() as usize, answered.values().sum::<usize>());
        let cut = requests.cancelled as usize;
        assert!(
            (seen..=seen + cut).contains(&total),
            "{requests:?}, {seen} seen"
        );
        assert!(snapshot.service().quantile(0.5) < 50_000);
        assert!(snapshot.response().quantile(0.5) < 80_000);
    });
}

#[test]
fn what_waits_for_the_rate_waits_by_the_clock_of_the_run() {
    let target = Target::fine();
    let scripts = Folder::of("browse", BROWSE);
    let began = Instant::now();
    let run = Run::start(&target, &scripts, browsing(20, 1, 4, at_rate(50.0)));
    let snapshot = run.end().snapshot;
    assert!(
        began.elapsed() < Duration::from_secs(4),
        "{:?}",
        began.elapsed()
    );
    // Nearly all twenty users wait nearly all of the run's seconds; by the machine's clock that is a tenth of it.
    let throttled = snapshot.totals.protection.throttled;
    assert!(throttled.time > Duration::from_secs(40), "{throttled:?}");
    assert!(snapshot.response().quantile(0.9) < 50_000);
}
