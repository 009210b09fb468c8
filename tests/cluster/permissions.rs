//! The permissions that are shipped for a NATS server: enough for a run, and no more.

use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

use async_nats::{ConnectOptions, Event, ServerError};

use super::requests;
use crate::support::nats::Nats;
use crate::support::program::{self, throng};
use crate::support::scripts::Folder;
use crate::support::target::Target;

/// The seed of a key and its public half, and the file with the seed.
struct Key {
    seed: String,
    public: String,
    file: String,
}

/// A server that knows these users, the coordinator first.
struct Guarded {
    nats: Nats,
    keys: Vec<Key>,
    _folder: tempfile::TempDir,
}

impl Guarded {
    fn start(words: &[&str], workers: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = |index: usize| {
            let file = folder.path().join(format!("{index}.nk"));
            let file = file.to_str().unwrap().to_owned();
            let made = throng(["cluster", "key", &file]).end().with_code(0);
            let seed = std::fs::read_to_string(&file).unwrap();
            Key {
                seed: seed.trim().to_owned(),
                public: made.stdout.trim().to_owned(),
                file,
            }
        };
        let keys: Vec<Key> = (0..=workers).map(key).collect();
        let users = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/deploy/nats/users");
        let users = Command::new(users)
            .args(words)
            .args(keys.iter().map(|key| &key.public))
            .output()
            .unwrap();
        assert!(users.status.success(), "{users:?}");
        let users = String::from_utf8(users.stdout).unwrap();
        Self {
            nats: Nats::with(&format!("jetstream {{ store_dir: STORE }}\n{users}")),
            keys,
            _folder: folder,
        }
    }

    /// A run on these workers: the words of each beside its key.
    fn counts_all(&self, workers: &[&[&str]]) {
        let (target, scripts) = (
            Target::fine(),
            Folder::of(
                "asker",
                "return { requests = 5, think = 0, \
                 steps = { { 1, function() http.get('/page') end } } }",
            ),
        );
        let url = self.nats.url();
        let with = |key: &Key| ["--nats", &url, "--nats-nkey", &key.file].map(str::to_owned);
        let start = |(index, words): (usize, &&[&str])| {
            let key = self.keys.get(index + 1).or(self.keys.last()).unwrap();
            let name = format!("w{index}");
            throng(["worker", "--once", "--threads", "1", "--name", &name])
                .args(&with(key).each_ref().map(String::as_str))
                .args(words)
                .start()
        };
        let at_work: Vec<_> = workers.iter().enumerate().map(start).collect();
        let count = workers.len().to_string();
        let words = ["--workers", &count, "--users", "12", "--ramp", "0"];
        let run = program::run(&target.url(), &scripts.path(), &words)
            .args(&with(&self.keys[0]).each_ref().map(String::as_str))
            .with_summary();
        let summary = run.end().with_code(0).summary();
        assert_eq!((requests(&summary), target.count()), (60, 60));
        assert_eq!(summary["cluster"]["gap"], 0);
        for worker in at_work {
            let ended = worker.end().with_code(0);
            assert!(!ended.stderr.contains("ermissions"), "{}", ended.stderr);
        }
    }

    /// Which of these subjects this user may not publish on.
    fn denied(&self, key: &Key, subjects: &[&str]) -> Vec<String> {
        let (say, said) = mpsc::channel();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let options = ConnectOptions::with_nkey(key.seed.clone());
            let options = options.event_callback(move |event| {
                if let Event::ServerError(ServerError::Other(text)) = event {
                    let _ = say.send(text);
                }
                std::future::ready(())
            });
            let client = options.connect(self.nats.url()).await.unwrap();
            for subject in subjects {
                let none = bytes::Bytes::new();
                client.publish(subject.to_string(), none).await.unwrap();
            }
            client.flush().await.unwrap();
            // The server says it before it answers the flush, but the events come on a way of their own.
            tokio::time::sleep(Duration::from_millis(200)).await;
        });
        let said: Vec<String> = said.try_iter().collect();
        let of = |subject: &&&str| said.iter().any(|text| text.contains(**subject));
        let denied = subjects.iter().filter(of);
        denied.map(|subject| (*subject).to_owned()).collect()
    }
}

#[test]
fn each_worker_has_a_key_of_its_own_with_which_a_run_counts_each_request() {
    let guarded = Guarded::start(&[], 2);
    guarded.counts_all(&[&["--index", "0"], &["--index", "1"]]);
    let worker = &guarded.keys[1];
    let own = [
        "throng.r1.hb.0",
        "throng.r1.res.0.a1",
        "$KV.throng_state.run.r1.w.0",
    ];
    assert_eq!(guarded.denied(worker, &own), [""; 0]);
    let others = [
        // What only a coordinator says.
        "$KV.throng_lease.run.r1.call",
        "throng.r1.ord",
        "throng.r1.beacon",
        "$O.throng_bundles.C.a1",
        "$O.throng_bundles.M.a1",
        // What only worker 1 says.
        "throng.r1.hb.1",
        "throng.r1.res.1.a1",
        "$KV.throng_state.run.r1.w.1",
        // What nobody does to the server's store but a coordinator.
        "$JS.API.STREAM.CREATE.OTHER",
        "$JS.API.STREAM.UPDATE.THRONG_RES",
        "$JS.API.STREAM.DELETE.THRONG_RES",
        "$JS.API.STREAM.PURGE.THRONG_RES",
        "$JS.API.STREAM.MSG.DELETE.THRONG_RES",
        "$JS.API.CONSUMER.CREATE.THRONG_RES",
        "$JS.API.CONSUMER.CREATE.KV_throng_state",
        "$JS.API.STREAM.SNAPSHOT.THRONG_ORD",
    ];
    assert_eq!(guarded.denied(worker, &others), others);
}

#[test]
fn a_pool_shares_a_key_with_which_nobody_leads() {
    let guarded = Guarded::start(&["--pool"], 1);
    guarded.counts_all(&[&[], &[]]);
    let others = [
        "$KV.throng_lease.run.r1.call",
        "throng.r1.ord",
        "throng.r1.beacon",
        "$O.throng_bundles.C.a1",
        "$JS.API.STREAM.DELETE.THRONG_RES",
        "$JS.API.STREAM.PURGE.THRONG_RES",
    ];
    assert_eq!(guarded.denied(&guarded.keys[1], &others), others);
    // The weakness of a pool.
    let of_another = ["throng.r1.res.1.a1", "$KV.throng_state.run.r1.w.1"];
    assert_eq!(guarded.denied(&guarded.keys[1], &of_another), [""; 0]);
}

#[test]
fn a_worker_whose_index_its_key_is_not_for_learns_it_at_once() {
    let guarded = Guarded::start(&[], 2);
    let url = guarded.nats.url();
    let words = ["--nats", &url, "--nats-nkey", &guarded.keys[1].file];
    let worker = throng(["worker", "--index", "1"]).args(&words).end();
    let worker = worker.with_code(1);
    worker.said("does not allow this user to be worker 1");
    worker.said("or the --index that this nkey is for");
}

#[test]
fn the_chart_gives_its_workers_the_permissions_of_a_pool() {
    let key = nkeys::KeyPair::new_user().public_key();
    let users = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/deploy/nats/users");
    let users = Command::new(users)
        .args(["--pool", &key, &key])
        .output()
        .unwrap();
    let chart = include_str!("../../examples/deploy/helm/throng/templates/nats.yaml");
    let list = |text: &str| {
        let allowed = text.split("publish: { allow: [").nth(1).unwrap();
        let allowed = allowed.split(']').next().unwrap();
        let mut subjects: Vec<String> = allowed
            .split(',')
            .map(|one| one.trim().to_owned())
            .collect();
        subjects.sort();
        subjects
    };
    let shipped = list(std::str::from_utf8(&users.stdout).unwrap());
    assert!(shipped.len() > 20, "{shipped:?}");
    // The chart's workers have places, so they have an index each; all may report for any.
    assert_eq!(list(chart), shipped);
}
