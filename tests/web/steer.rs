//! What may be done to a run: each request gives one command and tells what the run said.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use throng::engine::{Done, Refused};
use throng::metrics::{Phase, Snapshot};
use throng::plan::Fault;

use super::site::{Site, said, steered};

fn done(text: &str) -> Result<Done, Refused> {
    Ok(Done(text.to_owned()))
}

#[tokio::test]
async fn each_path_gives_its_command_and_tells_what_was_done() {
    let mut site = steered();
    for (path, command) in [
        ("pause", "pause"),
        ("resume", "resume"),
        ("reload", "reload"),
        ("promote", "promote"),
        ("rollback", "rollback None"),
    ] {
        let request = site.request("POST", &format!("/api/v1/{path}"));
        let sentence = format!("{path}: that was done");
        let (said, given) = site.answered(request, done(&sentence)).await;
        assert_eq!(given, command);
        assert_eq!(said.of_status(), (200, &json!({ "done": sentence })));
        assert_eq!(said.headers["content-type"], "application/json");
        assert!(site.is_unmoved(), "{path} gave more than one command");
    }
}

#[tokio::test]
async fn an_empty_object_says_as_little_as_no_body() {
    let mut site = steered();
    for path in ["pause", "rollback"] {
        let request = site.request("POST", &format!("/api/v1/{path}"));
        let (said, given) = site.answered(request.json(&json!({})), done("so")).await;
        assert_eq!(said.status, 200);
        assert!(given.starts_with(path), "{given}");
    }
}

#[tokio::test]
async fn a_rollback_can_name_its_type() {
    let mut site = steered();
    let request = site.request("POST", "/api/v1/rollback");
    let request = request.json(&json!({ "type": "active" }));
    let (said, given) = site.answered(request, done("active is back")).await;
    assert_eq!(given, "rollback Some(\"active\")");
    assert_eq!(said.body, json!({ "done": "active is back" }));
}

#[tokio::test]
async fn a_change_reaches_the_run_as_it_was_sent() {
    let mut site = steered();
    for change in [
        json!({ "users": 300, "error_rate": 5.0, "think_factor": 0.5, "weights": { "a": 0.0, "b": 30.5 } }),
        json!({ "users": 1 }),
        json!({ "error_rate": 0.0 }),
        json!({ "think_factor": 0.0 }),
        json!({ "weights": { "active": 75.0 } }),
    ] {
        let request = site.request("PATCH", "/api/v1/run").json(&change);
        let (said, given) = site.answered(request, done("it is set")).await;
        let given = given.strip_prefix("set ").unwrap();
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(given).unwrap(),
            change
        );
        assert_eq!(said.of_status(), (200, &json!({ "done": "it is set" })));
    }
}

#[tokio::test]
async fn what_the_run_refuses_is_told_with_its_status() {
    let mut site = steered();
    let not_now = Refused::NotNow("no canary is under way".to_owned());
    let request = site.request("POST", "/api/v1/promote");
    let (said, _) = site.answered(request, Err(not_now)).await;
    let whole = json!({ "error": "no canary is under way", "faults": [] });
    assert_eq!(said.of_status(), (409, &whole));

    let fault = |thing| Fault::new(thing, "there is no such type", "there are: active, new");
    let invalid = Refused::Invalid(vec![fault("weights.a"), fault("weights.b")]);
    let request = site.request("PATCH", "/api/v1/run");
    let request = request.json(&json!({ "weights": { "a": 1, "b": 2 } }));
    let (said, _) = site.answered(request, Err(invalid)).await;
    let of = |place| json!({ "place": place, "cause": "there is no such type", "remedy": "there are: active, new" });
    let whole = json!({
        "error": "2 things are wrong, and nothing has changed",
        "faults": [of("weights.a"), of("weights.b")],
    });
    assert_eq!(said.of_status(), (422, &whole));

    let place = ("scripts/power.lua:12", "'=' expected near 'x'");
    let scripts = Refused::Scripts(vec![(place.0.to_owned(), place.1.to_owned())]);
    let request = site.request("POST", "/api/v1/reload");
    let (said, _) = site.answered(request, Err(scripts)).await;
    let whole = json!({
        "error": "the scripts were refused; users continue with the previous release",
        "faults": [{ "place": place.0, "cause": place.1 }],
    });
    assert_eq!(said.of_status(), (422, &whole));
}

#[tokio::test]
async fn a_stop_is_given_without_waiting_for_the_end() {
    let mut site = steered();
    let request = |site: &Site| site.request("POST", "/api/v1/stop");
    let during = |phase| {
        Arc::new(Snapshot {
            phase,
            ..Snapshot::default()
        })
    };
    for phase in [Phase::Starting, Phase::Running, Phase::Paused] {
        site.snapshots.send_replace(during(phase));
        let asked = request(&site);
        let (said, given) = site.answered(asked, done("")).await;
        assert_eq!(given, "stop");
        let whole = json!({ "done": "the run ends: users finish their requests and stop" });
        assert_eq!(said.of_status(), (200, &whole));
    }
    for phase in [Phase::Stopping, Phase::Cleaning] {
        site.snapshots.send_replace(during(phase));
        let whole = json!({ "done": "the run is ending already" });
        assert_eq!(said(request(&site)).await.of_status(), (200, &whole));
    }
    site.snapshots.send_replace(during(Phase::Done));
    let over = said(request(&site)).await;
    assert_eq!((over.status, over.error()), (503, "the run is over"));
    assert!(site.is_unmoved());
}

#[tokio::test]
async fn a_run_that_is_over_obeys_nothing() {
    let mut site = steered();
    site.commands.close();
    for path in ["pause", "resume", "stop", "reload", "rollback", "promote"] {
        let over = said(site.request("POST", &format!("/api/v1/{path}"))).await;
        assert_eq!(
            (over.status, over.error()),
            (503, "the run is over"),
            "{path}"
        );
    }
    let change = site
        .request("PATCH", "/api/v1/run")
        .json(&json!({ "users": 3 }));
    assert_eq!(said(change).await.status, 503);
    assert_eq!(site.get("/api/v1/run").await.status, 200, "it can be read");
}

#[tokio::test]
async fn a_run_that_ends_with_a_command_unread_says_so() {
    let mut site = steered();
    let asked = tokio::spawn(said(site.request("POST", "/api/v1/pause")));
    drop(site.commands.recv().await.unwrap());
    let over = asked.await.unwrap();
    assert_eq!((over.status, over.error()), (503, "the run is over"));
}

#[tokio::test]
async fn a_run_that_does_not_answer_is_not_waited_for_without_end() {
    let patience = Duration::from_millis(50);
    let mut site = Site::begin("127.0.0.1:0", |control| {
        Some(control.with_timeout(patience))
    });
    let late = said(site.request("POST", "/api/v1/reload")).await;
    assert_eq!(
        (late.status, late.error()),
        (
            504,
            "the run has not answered for 0.05 s; the command may still be executed"
        )
    );
    assert!(!site.is_unmoved(), "the command was given");
}
