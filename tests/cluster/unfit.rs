//! Workers that cannot take part, or not as the others do: who it is, why, and what to do.

use std::time::{Duration, Instant};

use async_nats::jetstream::{self, stream};
use futures_util::StreamExt as _;
use serde_json::{Value, json};

use super::{requests, run, worker, workers};
use crate::support::nats::Nats;
use crate::support::program::{self, Run, throng};
use crate::support::scripts::Folder;
use crate::support::target::Target;

fn scripts() -> Folder {
    Folder::of(
        "asker",
        "return { requests = 3, think = 0, steps = { { 1, function() http.get('/page') end } } }",
    )
}

/// A record as coordinators and workers send it.
fn record(record: &Value) -> bytes::Bytes {
    let json = record.to_string();
    zstd::encode_all(json.as_bytes(), 1).unwrap().into()
}

/// Does something with a client of this server.
fn with_client<T>(nats: &Nats, act: impl AsyncFnOnce(async_nats::Client) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async { act(async_nats::connect(nats.url()).await.unwrap()).await })
}

/// The id of a run that waits for workers.
fn id(run: &Run) -> String {
    let line = run.wait_for("waits for");
    line.split(' ').nth(1).unwrap().to_owned()
}

#[test]
fn a_worker_of_another_version_says_so_to_both_sides() {
    let (nats, target, scripts) = (Nats::start(), Target::fine(), scripts());
    let words = ["--workers-within", "20"];
    let run = run(&nats, 1, &target.url(), &scripts.path(), &words);
    let run = run.fast().start();
    let refusals = format!("throng.{}.no", id(&run));
    let why = "it is throng 0.0.1, the run's is 0.1.0; install the same version on all machines";
    let cannot = record(&json!({ "name": "old", "why": why }));
    let (said, worker) = with_client(&nats, async |client| {
        let mut said = client.subscribe("throng.r1.no").await.unwrap();
        // With a place that the run has not, so that it is free for the call below.
        let worker = worker(&nats, "new", &["--index", "7"]).start();
        worker.wait_for("its --index 7 is out of range");
        // What an old worker would say to this coordinator.
        client.publish(refusals, cannot).await.unwrap();
        // What this worker says to an old coordinator: the run has made the buckets.
        let js = jetstream::new(client.clone());
        let calls = js.get_key_value("throng_lease").await.unwrap();
        let call = json!({ "v": 1, "run": "r1", "version": "0.0.1", "workers": 8 });
        calls.put("run.r1.call", record(&call)).await.unwrap();
        let said = said.next().await.unwrap();
        (zstd::decode_all(&*said.payload).unwrap(), worker)
    });
    let said: Value = serde_json::from_slice(&said).unwrap();
    assert_eq!(said["name"], "new");
    let why_new = said["why"].as_str().unwrap();
    assert!(
        why_new.contains("the run uses 0.0.1; install the same version"),
        "{why_new}"
    );
    worker.wait_for("run r1 needs workers, but this one cannot join");
    let ended = run.end().with_code(1);
    ended.said(&format!("worker old cannot join: {why}"));
    assert_eq!(target.count(), 0);
}

#[test]
fn a_worker_whose_index_is_outside_the_run_is_named_by_it() {
    let (nats, target, scripts) = (Nats::start(), Target::fine(), scripts());
    let _ninth = worker(&nats, "ninth", &["--index", "8"]).start();
    let words = ["--workers-within", "20"];
    let run = run(&nats, 2, &target.url(), &scripts.path(), &words);
    let ended = run.fast().end().with_code(1);
    ended.said("worker ninth cannot join: its --index 8 is out of range: the run has 2 worker(s), with indexes 0 to 1");
    ended.said("raise --workers");
}

#[test]
fn a_worker_whose_clock_is_off_is_warned_of_and_counts_all_the_same() {
    let (nats, target, scripts) = (Nats::start(), Target::fine(), scripts());
    let words = ["--once", "--threads", "1"];
    let ahead = worker(&nats, "ahead", &words)
        .variable("THRONG_CLOCK_AHEAD", "12")
        .start();
    let right = worker(&nats, "right", &words).start();
    let words = ["--users", "8", "--ramp", "0"];
    let run = run(&nats, 2, &target.url(), &scripts.path(), &words).with_summary();
    let ended = run.end().with_code(0);
    ended.said("the clock of worker ahead is 12 s off");
    ended.said("NTP");
    assert!(
        !ended.stderr.contains("worker right is"),
        "{}",
        ended.stderr
    );
    let summary = ended.summary();
    assert_eq!((requests(&summary), target.count()), (24, 24));
    // By its own clock it would have begun 12 s too early, or too late.
    let skew = summary["cluster"]["start_skew_seconds"].as_f64().unwrap();
    assert!(skew < 1.0, "{skew}");
    for worker in [ahead, right] {
        worker.end().with_code(0);
    }
}

#[test]
fn a_stream_of_another_kind_is_named_with_what_differs() {
    let (nats, target, scripts) = (Nats::start(), Target::fine(), scripts());
    with_client(&nats, async |client| {
        let config = stream::Config {
            name: "THRONG_RES".to_owned(),
            subjects: vec!["throng.*.res.*".into()],
            max_age: Duration::from_secs(3600),
            ..Default::default()
        };
        let js = jetstream::new(client);
        js.create_stream(config).await.unwrap();
    });
    let ended = run(&nats, 1, &target.url(), &scripts.path(), &[]).end();
    let ended = ended.with_code(1);
    ended.said("THRONG_RES on the NATS server");
    ended.said("its subjects is throng.*.res.* and not throng.*.res.>");
    ended.said("its max_age is 3600 s and not 604800 s");
    ended.said("nats stream rm THRONG_RES");
}

#[test]
fn a_stream_of_something_else_that_has_the_subjects_is_told_of() {
    let (nats, target, scripts) = (Nats::start(), Target::fine(), scripts());
    with_client(&nats, async |client| {
        let config = stream::Config {
            name: "ARCHIVE".to_owned(),
            subjects: vec!["throng.*.ord".into()],
            ..Default::default()
        };
        let js = jetstream::new(client);
        js.create_stream(config).await.unwrap();
    });
    let ended = run(&nats, 1, &target.url(), &scripts.path(), &[]).end();
    let ended = ended.with_code(1);
    ended.said("another stream on the NATS server");
    ended.said("subjects that throng needs (throng.*.ord)");
}

#[test]
fn what_an_older_run_left_is_no_hindrance() {
    let (nats, target, scripts) = (Nats::start(), Target::fine(), scripts());
    // One that was killed, and its worker with it, has ended nothing in order.
    let killed = [
        worker(&nats, "killed", &["--threads", "1"]).start(),
        run(
            &nats,
            1,
            &target.url(),
            &scripts.path(),
            &["--users", "1", "--continuous"],
        )
        .start(),
    ];
    target.wait_for(1);
    for process in &killed {
        process.signal("KILL");
    }
    killed.into_iter().for_each(|process| drop(process.end()));
    let before = target.count();
    let words = ["--users", "4", "--ramp", "0"];
    for count in 1..=2 {
        let workers = workers(&nats, 1, 1);
        let ended = run(&nats, 1, &target.url(), &scripts.path(), &words)
            .with_summary()
            .end();
        assert_eq!(requests(&ended.with_code(0).summary()), 12);
        assert_eq!(target.count(), before + 12 * count);
        for worker in workers {
            worker.end().with_code(0);
        }
    }
}

#[test]
fn a_worker_waits_no_longer_than_it_is_told() {
    let nats = Nats::start();
    let ended = worker(&nats, "one", &["--wait", "1"]).end().with_code(1);
    ended.said("no run needed a worker within 1 s");
    ended.said("throng run --nats");
}

#[test]
fn a_worker_that_is_terminated_ends_with_success_whether_it_waits_or_works() {
    let (nats, target) = (Nats::start(), Target::fine());
    let waits = worker(&nats, "waits", &["--index", "5"]).start();
    let works = worker(&nats, "works", &["--threads", "1"]).start();
    let scripts = Folder::of(
        "asker",
        "return { requests = 100000, think = 0.05, steps = { { 1, function() http.get('/page') end } } }",
    );
    let words = ["--users", "4", "--ramp", "0", "--continuous"];
    let run = run(&nats, 1, &target.url(), &scripts.path(), &words).start();
    target.wait_for(20);
    for worker in [waits, works] {
        let asked = Instant::now();
        worker.signal("TERM");
        worker.end().with_code(0);
        // Its users have no more than 20 s, and its last report 10 s.
        assert!(asked.elapsed() < Duration::from_secs(32), "{asked:?}");
    }
    run.end().with_code(1).said("worker works was stopped");
}

#[test]
fn the_pod_of_a_place_has_not_succeeded_when_it_is_terminated() {
    let (nats, scripts) = (
        Nats::start(),
        Folder::of("asker", "return { step = function() end }"),
    );
    // It waits for a second worker.
    let run = run(&nats, 2, "http://127.0.0.1:1", &scripts.path(), &[]).start();
    let pod = worker(&nats, "pod", &["--index", "0", "--once"]).start();
    pod.wait_for("has place 0");
    pod.signal("TERM");
    let said = "stopped by a signal before the run was over; place 0 is free for another worker";
    pod.end().with_code(1).said(said);
    run.signal("INT");
    run.end();
}

#[test]
fn the_pod_of_a_place_that_others_take_over_has_not_succeeded_and_one_that_ends_with_its_run_has() {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = Folder::of(
        "asker",
        "return { requests = 3, think = 0.1, step = function() http.get '/page' end }",
    );
    let pods = |name: &str| {
        ["0", "1"].map(|index| {
            let words = ["--index", index, "--once", "--threads", "1"];
            worker(&nats, &format!("{name}{index}"), &words).start()
        })
    };
    let asks = ["--users", "8", "--ramp", "0", "--duration", "1h"];
    let with = |on_loss| {
        let words = [&asks[..], &["--on-loss", on_loss]].concat();
        run(&nats, 2, &target.url(), &scripts.path(), &words).start()
    };

    let [kept, replaced] = pods("goes-on-");
    let goes_on = with("reassign");
    replaced.wait_for("has place 1");
    target.wait_for(20);
    replaced.signal("TERM");
    let said = "stopped by a signal before the run was over; place 1 is free for another worker";
    replaced.end().with_code(1).said(said);
    goes_on.signal("INT");
    goes_on.end();
    kept.end().with_code(0);

    // Another pod would wait for another run.
    let before = target.count();
    let [kept, stopped] = pods("ends-");
    let ends = with("abort");
    target.wait_for(before + 20);
    stopped.signal("TERM");
    stopped.end().with_code(0);
    ends.end().with_code(1).said("worker ends-1 was stopped");
    kept.end().with_code(0);
}

/// One worker has another resolver: in a mount namespace, whose `/etc/hosts` knows a name that nobody else knows.
#[test]
fn a_target_that_only_some_workers_reach_is_said_of_those_who_do_not() {
    let hosts = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(hosts.path(), "127.0.0.1 localhost crowd-target.test\n").unwrap();
    let bind = format!(
        "mount --bind {} /etc/hosts && exec \"$@\"",
        hosts.path().display()
    );
    let knows = |words: Vec<&str>| {
        let mut all = vec!["-rm", "sh", "-c", &bind, "sh", env!("CARGO_BIN_EXE_throng")];
        all.extend(words);
        program::program("/usr/bin/unshare", all)
    };
    if knows(vec!["--version"]).end().code != Some(0) {
        // The system gives this user no namespace of its own.
        return;
    }
    let (nats, target, scripts) = (Nats::start(), Target::fine(), scripts());
    let url = nats.url();
    let of_worker = [
        "worker",
        "--once",
        "--threads",
        "1",
        "--nats",
        &url,
        "--name",
    ];
    let reaches = knows([&of_worker[..], &["reaches"]].concat()).start();
    let lost = throng([&of_worker[..], &["blind"]].concat()).start();
    let target_url = target.url().replace("127.0.0.1", "crowd-target.test");
    let path = scripts.path();
    let words = [
        "run",
        "--no-listen",
        "--nats",
        &url,
        "--workers",
        "2",
        "--users",
        "8",
        "--ramp",
        "0",
        "--base-url",
        &target_url,
        "--script-dir",
        path.to_str().unwrap(),
        "--summary-json",
        "summary.json",
    ];
    // Whether it fails depends on how many users are with the one who is blind.
    let ended = knows(words.to_vec()).end();
    // The users of one of them reach it.
    let summary = ended.summary();
    let answered = summary["requests"]["ok"].as_u64().unwrap();
    assert!(answered > 0, "{summary:#}");
    assert_eq!(answered, target.count() as u64, "{summary:#}");
    assert!(requests(&summary) > answered, "{summary:#}");
    assert_eq!(summary["cluster"]["gap"], 0);
    ended.said("worker blind cannot reach the target");
    ended.said("1 of 2 workers report this");
    assert!(
        !ended.stderr.contains("worker reaches cannot"),
        "{}",
        ended.stderr
    );
    for worker in [reaches, lost] {
        worker.end().with_code(0);
    }
}
