//! Workers that are pods of a Job, which has as many as are wanted.

use serde_json::json;

use super::steered::steered_in;
use super::{requests, run, worker};
use crate::support::kubernetes::{ApiServer, Received};
use crate::support::nats::Nats;
use crate::support::patience::wait_for;
use crate::support::scripts::Folder;
use crate::support::target::Target;

const SCRIPT: &str = "return { requests = 3, think = 0.1, step = function() http.get '/page' end }";

fn scaled(pods: usize, token: &str) -> Received {
    Received {
        line: "PATCH /apis/batch/v1/namespaces/load/jobs/night-workers?fieldValidation=Strict"
            .to_owned(),
        token: format!("Bearer {token}"),
        content_type: "application/merge-patch+json".to_owned(),
        body: json!({ "spec": { "completions": pods, "parallelism": pods } }),
    }
}

fn after(api: &ApiServer, count: usize) -> Vec<Received> {
    wait_for(
        || Some(api.received()).filter(|all| all.len() >= count),
        || format!("only these came: {:?}", api.received()),
    )
}

#[test]
fn the_job_is_scaled_with_the_number_of_workers() {
    let forbidden = "jobs.batch \"night-workers\" is forbidden: User \"coordinator\" cannot patch";
    let api = ApiServer::start(Some(("first", forbidden)));
    let (nats, target) = (Nats::start(), Target::fine());
    let (scripts, account) = (Folder::of("asker", SCRIPT), tempfile::tempdir().unwrap());
    api.mount(account.path(), "first");
    let port = api.address.port().to_string();
    let first = worker(&nats, "first", &["--once", "--threads", "1"]).start();
    let words = ["--users", "8", "--ramp", "0", "--continuous"];
    let job = ["--kubernetes-job", "night-workers", "--service-account"];
    let words = [&words[..], &job, &[account.path().to_str().unwrap()]].concat();
    let variables = [
        ("KUBERNETES_SERVICE_HOST", "127.0.0.1"),
        ("KUBERNETES_SERVICE_PORT", &port),
    ];
    let parts = (&target, &*scripts.path());
    let (run, control) = steered_in(&nats, 1, parts, &words, &variables);

    control.done(&["set", "workers=2"]);
    let said = run.wait_for("to 2 pod(s) failed, retrying");
    let told = [
        "scaling the Job night-workers to 2 pod(s) failed, retrying: the Kubernetes API answered 403 Forbidden: ",
        forbidden,
        "; grant the service account of this pod the verb patch on this Job (jobs.batch); to do it manually: \
         kubectl patch job night-workers --namespace load \
         --patch '{\"spec\":{\"completions\":2,\"parallelism\":2}}'",
    ];
    assert!(said.contains(&told.concat()), "{said}");
    // The kubelet has replaced the token meanwhile.
    api.mount(account.path(), "second");
    run.wait_for("the Job night-workers was scaled to 2 pod(s)");
    let mut before = api.received();
    assert_eq!(before.pop(), Some(scaled(2, "second")));
    assert!(!before.is_empty(), "none was refused");
    assert!(
        before.iter().all(|one| *one == scaled(2, "first")),
        "{before:?}"
    );
    let so_far = before.len() + 1;

    let second = worker(&nats, "second", &["--once", "--threads", "1"]).start();
    run.wait_for("worker second joins the run");
    let status = || control.done(&["status"]);
    wait_for(
        || status().contains("2 of 2 at work").then_some(()),
        || format!("not both: {}", status()),
    );
    control.done(&["set", "workers=1"]);
    assert_eq!(after(&api, so_far + 1)[so_far], scaled(1, "second"));
    second.end().with_code(0);
    // Pods that do not come before the end would wait for another run.
    control.done(&["set", "workers=4"]);
    assert_eq!(after(&api, so_far + 2)[so_far + 1], scaled(4, "second"));
    run.signal("INT");
    let summary = run.end().with_code(0).summary();
    first.end().with_code(0);
    assert_eq!(after(&api, so_far + 3)[so_far + 2..], [scaled(1, "second")]);
    assert_eq!(requests(&summary), target.count() as u64);
}

#[test]
fn an_api_server_that_does_not_answer_is_named() {
    let (nats, target) = (Nats::start(), Target::fine());
    let (scripts, account) = (Folder::of("asker", SCRIPT), tempfile::tempdir().unwrap());
    ApiServer::start(None).mount(account.path(), "token");
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port().to_string();
    drop(free);
    let first = worker(&nats, "first", &["--once", "--threads", "1"]).start();
    let words = [
        "--users",
        "8",
        "--ramp",
        "0",
        "--continuous",
        "--kubernetes-job",
        "night-workers",
    ];
    let words = [
        &words[..],
        &["--service-account", account.path().to_str().unwrap()],
    ]
    .concat();
    let variables = [
        ("KUBERNETES_SERVICE_HOST", "127.0.0.1"),
        ("KUBERNETES_SERVICE_PORT", &port),
    ];
    let parts = (&target, &*scripts.path());
    let (run, control) = steered_in(&nats, 1, parts, &words, &variables);
    control.done(&["set", "workers=2"]);
    let said = run.wait_for("to 2 pod(s) failed, retrying");
    assert!(
        said.contains(&format!(
            "the Kubernetes API at https://127.0.0.1:{port} does not answer: "
        )),
        "{said}"
    );
    run.signal("INT");
    run.end().with_code(0);
    first.end().with_code(0);
}

#[test]
fn the_token_goes_to_no_server_that_only_the_system_trusts() {
    let (nats, target) = (Nats::start(), Target::fine());
    let (scripts, account) = (Folder::of("asker", SCRIPT), tempfile::tempdir().unwrap());
    let impostor = ApiServer::start(None);
    ApiServer::start(None).mount(account.path(), "token");
    let first = worker(&nats, "first", &["--once", "--threads", "1"]).start();
    let words = ["--users", "8", "--ramp", "0", "--continuous"];
    let job = ["--kubernetes-job", "night-workers", "--service-account"];
    let words = [&words[..], &job, &[account.path().to_str().unwrap()]].concat();
    let (port, ca) = (impostor.address.port().to_string(), impostor.ca());
    let variables = [
        ("KUBERNETES_SERVICE_HOST", "127.0.0.1"),
        ("KUBERNETES_SERVICE_PORT", &port),
        ("SSL_CERT_FILE", ca.to_str().unwrap()),
    ];
    let parts = (&target, &*scripts.path());
    let (run, control) = steered_in(&nats, 1, parts, &words, &variables);
    control.done(&["set", "workers=2"]);
    let said = run.wait_for("to 2 pod(s) failed, retrying");
    assert!(said.contains("certificate"), "{said}");
    run.signal("INT");
    run.end().with_code(0);
    first.end().with_code(0);
    assert_eq!(impostor.received(), []);
}

#[test]
fn a_process_outside_a_pod_is_refused() {
    let nats = Nats::start();
    let (scripts, account) = (Folder::of("asker", SCRIPT), tempfile::tempdir().unwrap());
    let started = |words: &[&str]| {
        let ended = run(&nats, 1, "http://127.0.0.1:1", &scripts.path(), words).end();
        ended.with_code(2).stderr
    };
    let job = ["--kubernetes-job", "night-workers"];
    let said = started(&job);
    assert!(
        said.contains("KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set"),
        "{said}"
    );
    let said = started(&["--kubernetes-job", "Night Workers"]);
    assert!(said.contains("is not a valid name of a Job"), "{said}");
    let said = started(&["--service-account", account.path().to_str().unwrap()]);
    assert!(
        said.contains("is for the Job that --kubernetes-job names"),
        "{said}"
    );
    let pod = run(&nats, 1, "http://127.0.0.1:1", &scripts.path(), &job)
        .args(&["--service-account", account.path().to_str().unwrap()])
        .variable("KUBERNETES_SERVICE_HOST", "127.0.0.1")
        .variable("KUBERNETES_SERVICE_PORT", "443");
    let said = pod.end().with_code(2).stderr;
    assert!(
        said.contains("/namespace: No such file or directory"),
        "{said}"
    );
}
