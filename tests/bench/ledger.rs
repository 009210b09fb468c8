//! What the ledger costs: how long a creating request waits for its commit, and the CPU of an entry, by durability
//! and by how long a group is collected.
//!
//!     cargo bench --bench ledger [-- USERS [SECONDS]]
//!
//! USERS tasks (200) on one thread each record an entry, wait for its commit, confirm it, and pause for 5 ms; the ledger is
//! in the folder for temporary files (TMPDIR chooses another disk). Each case runs SECONDS (3).
#![allow(clippy::unwrap_used, reason = "a benchmark may fail where it stands")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use throng::ledger::{
    Deletion, Directory, Durability, Entry, Ledger, Login, Lookup, OpenOptions, Policy, Run, Target,
};

fn entry(number: usize) -> Entry {
    let email = format!("somebody.{number}@example.com");
    Entry {
        kind: "user".to_owned(),
        needs: Vec::new(),
        params: BTreeMap::from([("email".to_owned(), email)]),
        delete: Deletion {
            method: "DELETE".to_owned(),
            path: "/api/v1/users/{id}".to_owned(),
            body: None,
        },
        find: Some(Lookup {
            path: "/api/v1/users/email/{email}".to_owned(),
            list: None,
            fields: BTreeMap::new(),
            id: "/id".to_owned(),
        }),
        login: Some(Arc::new(Login {
            path: "/api/v1/auth/login".to_owned(),
            credentials: serde_json::json!({ "email": "admin@example.com", "password": "secret" }),
            token: "/access_token".to_owned(),
            form: false,
            client: None,
            headers: Vec::new(),
        })),
        confirmed: false,
        doubt: None,
        at: None,
    }
}

/// CPU of the whole process, user and system.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let rest = stat.rsplit_once(')').unwrap().1;
    let fields: Vec<u64> = rest
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(|field| field.parse().unwrap())
        .collect();
    // A hundred ticks a second, as Linux has it everywhere.
    Duration::from_millis((fields[0] + fields[1]) * 10)
}

fn case(users: usize, length: Duration, durability: Durability, window: Duration) {
    let folder = tempfile::tempdir().unwrap();
    let run = Run {
        id: "bench".to_owned(),
        started: 0,
        version: "0".to_owned(),
        target: Target::plain("http://127.0.0.1/"),
    };
    let opening = OpenOptions {
        policy: Policy::Required,
        durability,
        window,
    };
    let ledger = Ledger::begin(Directory::at(folder.path()), run, &opening).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let handle = Rc::new(ledger.handle(1, false));
    let waits = Rc::new(RefCell::new(Vec::<Duration>::new()));
    let (began, spent) = (Instant::now(), cpu());
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let mut tasks = tokio::task::JoinSet::new();
        for user in 0..users {
            let (handle, waits) = (Rc::clone(&handle), Rc::clone(&waits));
            tasks.spawn_local(async move {
                let mut number = user;
                while began.elapsed() < length {
                    number += users;
                    let asked = Instant::now();
                    let (id, committed) = handle.intend(entry(number));
                    committed.await.unwrap().unwrap();
                    waits.borrow_mut().push(asked.elapsed());
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    handle.confirm(id, Some(format!("{number:032x}")));
                }
            });
        }
        while tasks.join_next().await.is_some() {}
    });
    let took = began.elapsed();
    let left = runtime.block_on(ledger.close()).counts.total();
    let spent = cpu() - spent;
    let mut waits = waits.take();
    waits.sort_unstable();
    assert_eq!(left, waits.len() as u64);
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!(
        "{durability:<8?} {:>6.1} ms {:>9.0} {:>8.2} {:>8.2} {:>8.2} {:>10.1}",
        window.as_secs_f64() * 1e3,
        waits.len() as f64 / took.as_secs_f64(),
        at(0.5),
        at(0.99),
        at(1.0),
        spent.as_secs_f64() * 1e6 / waits.len() as f64,
    );
}

fn main() {
    let mut words = std::env::args().skip(1).filter(|word| word != "--bench");
    let users = words.next().map_or(200, |word| word.parse().unwrap());
    let seconds = words.next().map_or(3.0, |word| word.parse().unwrap());
    println!("{users} users");
    println!("outlives    window entries/s   p50 ms   p99 ms   max ms  CPU us each");
    for durability in [Durability::Process, Durability::Power] {
        for window in [0, 1, 2, 5] {
            let length = Duration::from_secs_f64(seconds);
            case(users, length, durability, Duration::from_millis(window));
        }
    }
}
