//! `creates`: what the ledger knows of after each kind of answer.

use std::collections::BTreeMap;

use serde_json::json;

use super::support::{Target, act, json as answer, nowhere, status};
use crate::support::on_one_thread;

const CALL: &str = "http.post('/teams/{team}/users', { params = { team = 7 }, creates = { kind = 'user', id = '/data/id', needs = { 'team' },
  delete = { path = '/users/{id}' }, find = { path = '/find/{email}', params = { email = 'a@b' }, id = '/id' } } })";

#[test]
fn a_confirmed_entry_has_its_id_and_the_parameters_of_its_request() {
    on_one_thread(async {
        let target =
            Target::start(|_, _| Some(answer(201, &json!({ "data": { "id": 42 } })))).await;
        let act = act(CALL, target.address).await;
        let entry = &act.ledger[0];
        assert_eq!(
            (act.ledger.len(), entry.confirmed, entry.kind.as_str()),
            (1, true, "user")
        );
        let wanted = [("team", "7"), ("id", "42"), ("email", "a@b")];
        let wanted: BTreeMap<_, _> = wanted.map(|(k, v)| (k.to_owned(), v.to_owned())).into();
        assert_eq!(entry.params, wanted);
        assert_eq!(
            (entry.delete.method.as_str(), entry.delete.path.as_str()),
            ("DELETE", "/users/{id}")
        );
        let find = entry.find.as_ref().unwrap();
        assert_eq!(
            (find.path.as_str(), find.id.as_str()),
            ("/find/{email}", "/id")
        );
        assert_eq!(entry.needs, ["team"]);
    });
}

#[test]
fn what_was_refused_is_forgotten_and_what_is_unknown_stays() {
    on_one_thread(async {
        for (code, kept) in [(400, 0), (409, 0), (500, 1), (503, 1)] {
            let target = Target::start(move |_, _| Some(status(code))).await;
            let act = act(CALL, target.address).await;
            assert_eq!(act.ledger.len(), kept, "{code}");
            assert!(act.ledger.iter().all(|entry| !entry.confirmed), "{code}");
        }
        let never_left = act(CALL, nowhere()).await;
        assert_eq!(never_left.ledger.len(), 0, "no byte of it left");
        let target = Target::echo().await;
        let call = CALL.replace(
            "/teams/{team}/users', { params = { team = 7 },",
            "/hang', { give_up_after = 0,",
        );
        let given_up = act(&call, target.address).await;
        assert_eq!(
            (given_up.ledger.len(), given_up.ledger[0].confirmed),
            (1, false)
        );
    });
}

#[test]
fn the_account_that_may_delete_is_kept() {
    on_one_thread(async {
        let target = Target::start(|_, _| Some(answer(201, &json!({ "id": "x" })))).await;
        let folder = super::support::Folder::one(
            "auth.setup { login = { path = '/login', fields = { 'email' }, token = '/t' } }
return { step = function() http.post('/x', { creates = { kind = 'x', id = '/id', delete = { method = 'POST', path = '/x/{id}/gone' }, as = { email = 'root', other = 'more than deletion needs' } } }) end }",
        );
        let stage = super::support::Stage::new(&folder, target.address);
        let _ = stage.one().step(0).await;
        let entries = stage.ledger().await;
        let login = entries[0].login.as_ref().unwrap();
        assert_eq!(
            (
                login.path.as_str(),
                &login.credentials,
                login.token.as_str()
            ),
            ("/login", &json!({ "email": "root" }), "/t")
        );
        assert_eq!(entries[0].delete.method, "POST");
    });
}

#[test]
fn the_wait_for_the_ledger_is_no_latency_and_the_request_leaves_after_it() {
    on_one_thread(async {
        let target = Target::start(|_, _| Some(answer(201, &json!({ "id": "x" })))).await;
        let folder = super::support::Folder::step(
            "http.post('/x', { creates = { kind = 'x', id = '/id', delete = { path = '/x/{id}' } } })",
        );
        let window = std::time::Duration::from_millis(400);
        let stage = super::support::Stage::on_file(&folder, target.address, window);
        let script_user = stage.one();
        let began = tokio::time::Instant::now();
        script_user.context.user.requester.planned.set(Some(began));
        let _ = script_user.step(0).await;
        assert!(began.elapsed() >= window, "it waited");
        let batch = stage.counted();
        let totals = batch.totals.types.values().next().unwrap();
        let longest = totals.response.max();
        assert!(longest < 300_000, "{longest} us of latency");
        assert_eq!(stage.ledger().await.len(), 1);
    });
}

#[test]
fn a_refused_retry_does_not_forget_what_the_try_before_may_have_made() {
    on_one_thread(async {
        let tries = std::sync::atomic::AtomicU32::new(0);
        let target = Target::start(move |_, _| {
            let before = tries.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Some(status(if before == 0 { 503 } else { 409 }))
        })
        .await;
        let call = CALL.replace(
            "{ params =",
            "{ retry = { 1, any_method = true, pause = 0 }, params =",
        );
        let act = act(&call, target.address).await;
        assert_eq!(act.requests().len(), 2, "{:?}", act.requests());
        assert_eq!((act.ledger.len(), act.ledger[0].confirmed), (1, false));
    });
}
