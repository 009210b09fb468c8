//! What a target receives is what the run counts, also where connections are lost: by the target's own log.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use throng::http::{HttpVersion, Settings};
use throng::metrics::{Snapshot, Status};
use throng::plan::{Length, Limits, Plan};

use super::limits::{at_once, most_in};
use super::{Folder, REAL, Run};
use crate::support::http2::{self, Log};

/// What a server does to its connections.
#[derive(Debug, Clone, Copy)]
enum Manner {
    /// The first request is answered, the next one worked at for so long, and then the connection is reset.
    ResetsAfter(Duration),
    /// Closed after so many answers, as nginx's `keepalive_requests` does, but without a word.
    Answers(usize),
    /// Closed when nothing came for so long, as each server's idle time-out does.
    Idles(Duration),
}

/// A request that came: when, its first line, and the status of the answer, if it got one.
type Arrival = (Instant, String, Option<u16>);

/// A server that notes each request that it has read whole.
struct Server {
    address: SocketAddr,
    log: Arc<Mutex<Vec<Arrival>>>,
}

impl Server {
    fn new(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&log);
        std::thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let log = Arc::clone(&shared);
                std::thread::spawn(move || talk(stream, manner, &log));
            }
        });
        Self { address, log }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn arrivals(&self) -> Vec<Arrival> {
        self.log.lock().unwrap().clone()
    }
}

fn talk(mut stream: TcpStream, manner: Manner, log: &Mutex<Vec<Arrival>>) {
    stream.set_nodelay(true).unwrap();
    if let Manner::Idles(time) = manner {
        stream.set_read_timeout(Some(time)).unwrap();
    }
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    for nth in 0.. {
        let Some(line) = read_request(&mut reader) else {
            return;
        };
        let at = Instant::now();
        let words: Vec<&str> = line.split(' ').collect();
        let asked = format!("{} {}", words[0], words[1]);
        match manner {
            Manner::ResetsAfter(work) if nth > 0 => {
                log.lock().unwrap().push((at, asked, None));
                std::thread::sleep(work);
                let socket = socket2::SockRef::from(&stream);
                socket.set_linger(Some(Duration::ZERO)).unwrap();
                return;
            }
            _ => {}
        }
        let status = if words[1] == "/missing" { 404 } else { 200 };
        log.lock().unwrap().push((at, asked, Some(status)));
        let answer = format!("HTTP/1.1 {status} Said\r\nContent-Length: 2\r\n\r\n{{}}");
        if stream.write_all(answer.as_bytes()).is_err() {
            return;
        }
        if matches!(manner, Manner::Answers(most) if nth + 1 == most) {
            return;
        }
    }
}

/// The first line of the next request, without bodies.
fn read_request(reader: &mut BufReader<TcpStream>) -> Option<String> {
    let mut first = String::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match (line.trim_end().is_empty(), first.is_empty()) {
            (true, _) => return Some(first),
            (false, true) => first = line,
            (false, false) => {}
        }
    }
}

const SCRIPT: &str = "return { requests = 1000, think = { 0.03, 0.07 }, steps = { { 1, function()
    http.get '/page'; http.get('/missing', { expect = 404 }); http.delete '/page'; http.post '/page' end } } }";

/// Runs the script for a moment with each of ten seeds, all at once.
fn ten_seeds<S: Sync>(
    server: impl Fn() -> S + Sync,
    url: impl Fn(&S) -> String + Sync,
    settings: &Settings,
    script: &str,
    check: impl Fn(&S, &Snapshot) + Sync,
) {
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..10)
            .map(|seed| {
                let (server, url, check) = (&server, &url, &check);
                scope.spawn(move || {
                    let server = server();
                    let scripts = Folder::of("all", script);
                    // By the machine's clock: what is lost depends on when a request meets a close.
                    let run =
                        Run::start_with(1.0, &url(&server), settings, seed, &scripts, |plan| {
                            plan.users = 4;
                            plan.shards = 1;
                            plan.length = Length::Duration(Duration::from_millis(1_500));
                            plan.limits.breaker = None;
                        });
                    let ended = run.end();
                    check(&server, &ended.snapshot);
                })
            })
            .collect();
        for run in runs {
            run.join().unwrap();
        }
    });
}

/// Requests by method, name and status.
fn endpoints(snapshot: &Snapshot) -> BTreeMap<(String, Status), u64> {
    let mut endpoints = BTreeMap::new();
    for (series, totals) in &snapshot.totals.series {
        for (status, outcomes) in &totals.statuses {
            let endpoint = series.operation.to_string();
            *endpoints.entry((endpoint, *status)).or_default() += outcomes.total();
        }
    }
    endpoints
}

/// The target's log against the run's count.
fn same_counts(manner: Manner, server: &Server, snapshot: &Snapshot) {
    let arrivals = server.arrivals();
    let mut answered: BTreeMap<(String, Status), u64> = BTreeMap::new();
    for (_, asked, status) in &arrivals {
        if let Some(status) = status {
            *answered
                .entry((asked.clone(), (*status).into()))
                .or_default() += 1;
        }
    }
    let counted = endpoints(snapshot);
    let resends = snapshot.totals.protection.stale_retries;
    let (total, cut) = (snapshot.requests().total(), snapshot.requests().cancelled);
    let told = format!(
        "{manner:?}: {answered:?} of {} against {counted:?}, {resends} sent again",
        arrivals.len()
    );
    let unanswered: u64 = counted
        .iter()
        .filter(|((_, status), _)| status.is_none())
        .map(|(_, count)| count)
        .sum();
    let with_status: BTreeMap<_, _> = counted
        .into_iter()
        .filter(|((_, status), _)| !status.is_none())
        .collect();
    let different = answered.values().sum::<u64>() - with_status.values().sum::<u64>();
    // An answer whose request was cut when the run ended is the only one that nobody counts.
    assert!(different <= cut, "{told}");
    if cut == 0 {
        assert_eq!(answered, with_status, "{told}");
    }
    let arrived = arrivals.len() as u64;
    assert!(arrived <= total + resends, "{told}");
    assert!(arrived + unanswered >= total, "{told}");
    assert!(total > 8, "{told}");
    if matches!(manner, Manner::ResetsAfter(_)) {
        // This one reads all that comes.
        assert!(arrived + cut >= total + resends, "{told}");
    }
}

#[test]
fn a_target_that_loses_connections_receives_what_is_counted() {
    for manner in [
        Manner::ResetsAfter(Duration::from_millis(15)),
        Manner::ResetsAfter(Duration::ZERO),
        Manner::Answers(10),
        Manner::Idles(Duration::from_millis(50)),
    ] {
        ten_seeds(
            || Server::new(manner),
            Server::url,
            &Settings::default(),
            SCRIPT,
            |server, snapshot| same_counts(manner, server, snapshot),
        );
    }
}

#[test]
fn an_http2_target_that_says_goaway_receives_what_is_counted() {
    let settings = Settings {
        http_version: HttpVersion::Http2PriorKnowledge,
        ..Settings::default()
    };
    let script = "local get, post = function() return http.get '/page' end, function() return http.post '/page' end
        return { requests = 1000, think = 0.02, steps = { { 1, function()
            parallel { get, post, get, post } end } } }";
    for manner in [http2::Manner::Takes(10), http2::Manner::RefusesFirst(20)] {
        ten_seeds(
            || http2::Server::new(manner),
            |server| format!("http://{}", server.address),
            &settings,
            script,
            |server, snapshot| {
                let Log {
                    answered, ignored, ..
                } = server.log();
                let outcomes = snapshot.requests();
                let resends = snapshot.totals.protection.stale_retries;
                let told = format!(
                    "{manner:?}: {:?} against {outcomes:?}, {resends}",
                    server.log()
                );
                assert!(outcomes.total() > 8, "{told}");
                assert_eq!(outcomes.error, 0, "{told}");
                let answered = answered as u64;
                assert!(
                    answered >= outcomes.ok && answered <= outcomes.ok + outcomes.cancelled,
                    "{told}"
                );
                assert!(
                    answered + ignored as u64 <= outcomes.total() + resends,
                    "{told}"
                );
            },
        );
    }
}

#[test]
fn what_is_sent_again_keeps_to_the_rate() {
    at_once([Duration::from_millis(30), Duration::ZERO], |work| {
        let server = Server::new(Manner::ResetsAfter(work));
        let script = "return { requests = 1000, think = 0, steps = { { 1, function() http.get '/page' end } } }";
        let scripts = Folder::of("all", script);
        let settings = Settings::default();
        let url = server.url();
        let run = Run::start_with(REAL, &url, &settings, 1, &scripts, |plan: &mut Plan| {
            plan.users = 20;
            plan.shards = 2;
            plan.length = Length::Continuous;
            plan.limits = Limits {
                max_rps: Some(50.0),
                breaker: None,
                ..Limits::default()
            };
        });
        let lost = |snapshot: &Snapshot| {
            snapshot.requests().error + snapshot.totals.protection.stale_retries
        };
        run.until("lost", |snapshot| lost(snapshot) > 40);
        run.stop();
        let times: Vec<Instant> = server.arrivals().into_iter().map(|(at, ..)| at).collect();
        let most = most_in(&times, Duration::from_secs(1));
        // N x (window + 5 ms) + 1 for each part, and what a busy machine holds up.
        assert!(most <= 57, "{most} in a second, work of {work:?}");
        assert!(times.len() > 40, "{}", times.len());
    });
}
