//! From a call to its sample, without a script: what is counted, and what cancels a call where.
#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use throng::clock::Clock;
use throng::http::{Method, Origin, Settings};
use throng::ledger::{Deletion, Entry, Ledger, Run, Target};
use throng::metrics::{BreakerState, Scope, TypeId};
use throng::plan;
use throng::request::admission::Limits;
use throng::request::circuit_breaker::BreakerSignal;
use throng::request::{
    Call, CancelToken, Cancelled, Creates, LogDetail, Reply, Requester, Retry, RunInfo,
    SharedContext, perform,
};
use tokio::io::AsyncWriteExt;

use crate::support::{on_one_thread, read_request, serve};

fn ledger() -> Ledger {
    Ledger::in_memory(Run {
        id: "r1".to_owned(),
        started: 0,
        version: String::new(),
        target: Target::plain("http://localhost/"),
    })
    .unwrap()
}

fn requester(target: SocketAddr, limits: Limits, ledger: &Ledger) -> Requester {
    requester_by(Clock::default(), target, limits, ledger)
}

/// The same by this clock.
fn requester_by(clock: Clock, target: SocketAddr, limits: Limits, ledger: &Ledger) -> Requester {
    let run = RunInfo {
        clock,
        seed: 1,
        base_path: String::new(),
        secrets: Arc::default(),
        log: LogDetail::Nothing,
        trace: None,
        capture: throng::metrics::Capture::default(),
        contract: None,
    };
    let (origin, _) = Origin::parse(&format!("http://{target}/")).unwrap();
    let http = Settings::default().load().unwrap();
    let shared =
        SharedContext::new(run, http, origin, limits, ledger.handle(1, true)).named(["one"]);
    Requester::new(0, TypeId(0), Rc::new(shared), 1)
}

/// Answers every request with this status, and counts them.
async fn answering(status: u16) -> (SocketAddr, Rc<Cell<usize>>) {
    let requests = Rc::new(Cell::new(0));
    let counted = Rc::clone(&requests);
    let address = serve(move |mut stream, _| {
        let requests = Rc::clone(&counted);
        async move {
            while read_request(&mut stream).await.is_some() {
                requests.set(requests.get() + 1);
                let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 2\r\n\r\n{{}}");
                if stream.write_all(answer.as_bytes()).await.is_err() {
                    return;
                }
            }
        }
    })
    .await;
    (address, requests)
}

fn get(path: &str) -> Box<Call> {
    Box::new(Call::new(Method::GET, path.to_owned(), path))
}

/// Four requests a second.
fn slow() -> Limits {
    Limits::new(
        Clock::default(),
        &plan::Limits::default(),
        0,
        1,
        Some(4_000),
    )
}

fn counted(user: &Requester) -> u64 {
    let batch = user.shared.recorder.borrow_mut().take();
    let series = batch.totals.series.values();
    let outcomes = series.flat_map(|totals| totals.statuses.values());
    outcomes.map(|outcomes| outcomes.total()).sum()
}

#[test]
fn each_try_of_a_call_is_one_request_and_one_sample() {
    on_one_thread(async {
        let (target, requests) = answering(503).await;
        let user = requester(target, Limits::none(), &ledger());
        let mut call = get("/x");
        call.options.retry = Retry {
            times: 2,
            pause: Duration::ZERO,
            ..Retry::default()
        };
        let reply = perform(&user, call, CancelToken::never()).await;
        assert_eq!(reply.unwrap().status(), Some(503));
        assert_eq!((requests.get(), counted(&user)), (3, 3));
    });
}

#[test]
fn a_shutdown_cancels_what_waits_for_the_rate_and_nothing_is_counted() {
    on_one_thread(async {
        let (target, requests) = answering(200).await;
        let user = requester(target, slow(), &ledger());
        let shutdown = &user.shared.shutdown;
        let first = perform(&user, get("/x"), CancelToken::on(shutdown)).await;
        assert!(matches!(first, Ok(Reply::Response(_))));
        let second = perform(&user, get("/x"), CancelToken::on(shutdown));
        let (second, ()) = tokio::join!(second, async {
            tokio::task::yield_now().await;
            shutdown.set();
        });
        assert_eq!(second.err(), Some(Cancelled));
        let third = perform(&user, get("/x"), CancelToken::on(shutdown)).await;
        assert_eq!(third.err(), Some(Cancelled));
        assert_eq!((requests.get(), counted(&user)), (1, 1));
        // What a user does last is not cancelled by it.
        let last = perform(&user, get("/x"), CancelToken::never()).await;
        assert_eq!(last.unwrap().status(), Some(200));
    });
}

#[test]
fn a_call_that_was_cancelled_before_it_left_created_nothing() {
    on_one_thread(async {
        let (target, requests) = answering(200).await;
        let ledger = ledger();
        let user = requester(target, Limits::none(), &ledger);
        let shutdown = &user.shared.shutdown;
        let mut call = get("/users");
        call.options.creates = Some(Creates {
            entry: Entry {
                kind: "user".to_owned(),
                needs: Vec::new(),
                params: [("id".to_owned(), "7".to_owned())].into(),
                find: None,
                delete: Deletion {
                    method: "DELETE".to_owned(),
                    path: "/users/{id}".to_owned(),
                    body: None,
                },
                login: None,
                confirmed: false,
                doubt: None,
                at: None,
            },
            id: None,
        });
        shutdown.set();
        let reply = perform(&user, call, CancelToken::on(shutdown)).await;
        assert_eq!(reply.err(), Some(Cancelled));
        assert_eq!(requests.get(), 0);
        assert_eq!(ledger.counts().await.unwrap().total(), 0);
    });
}

#[test]
fn a_call_waits_a_minute_of_the_run_for_an_open_circuit_breaker() {
    on_one_thread(async {
        let (target, requests) = answering(200).await;
        let clock = Clock::with_speed(200.0);
        let limits = Limits::new(clock, &plan::Limits::default(), 0, 1, None);
        let user = requester_by(clock, target, limits, &ledger());
        let (shared, began) = (&user.shared, Instant::now());
        let first = perform(&user, get("/x"), CancelToken::never()).await;
        assert_eq!(first.unwrap().status(), Some(200));
        let scope = Scope::Host(shared.origin.to_string());
        let open = BreakerSignal::Set(BreakerState::Open);
        shared.limits.breakers.signal(&scope, open);
        let second = perform(&user, get("/x"), CancelToken::never()).await;
        let Ok(Reply::Failed { kind, .. }) = second else {
            panic!("it was sent");
        };
        assert_eq!((kind, requests.get()), ("circuit_open", 1));
        assert!(began.elapsed() < Duration::from_secs(20));
        let protection = *shared.recorder.borrow_mut().protection();
        assert_eq!(protection.given_up, 1);
        let waited = protection.broken.time;
        assert!(waited >= Duration::from_secs(60), "{waited:?}");
    });
}
