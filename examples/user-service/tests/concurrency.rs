//! Many at once.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{Target, registration};

async fn at_once<F, Fut>(target: &Arc<Target>, times: usize, job: F) -> BTreeMap<u16, usize>
where
    F: Fn(Arc<Target>, usize) -> Fut,
    Fut: Future<Output = u16> + Send + 'static,
{
    let mut jobs = JoinSet::new();
    for n in 0..times {
        jobs.spawn(job(Arc::clone(target), n));
    }
    let mut ends = BTreeMap::new();
    for status in jobs.join_all().await {
        *ends.entry(status).or_insert(0) += 1;
    }
    ends
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_registrations_with_one_address_one_wins() {
    let target = Arc::new(Target::start().await);
    let ends = at_once(&target, 64, |target, n| async move {
        let mut body = registration(&format!("user{n}"));
        body["email"] = json!("same@example.com");
        target.post("/users", "", body).await.status
    });
    assert_eq!(ends.await, BTreeMap::from([(201, 1), (409, 63)]));
    assert_eq!(
        target.metrics().await["user_service_user_created_total"],
        1.0
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_32_uses_of_one_refresh_token_one_wins() {
    let target = Arc::new(Target::start().await);
    let refresh = target.person("ada").await.refresh;
    let ends = at_once(&target, 32, |target, _| {
        let body = json!({"refresh_token": refresh});
        async move { target.post("/auth/refresh", "", body).await.status }
    });
    assert_eq!(ends.await, BTreeMap::from([(200, 1), (401, 31)]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_and_readers_never_meet_a_busy_database() {
    let target = Arc::new(Target::start().await);
    let ends = at_once(&target, 200, |target, n| async move {
        match n % 4 {
            0 => {
                target
                    .post("/users", "", registration(&format!("user{n}")))
                    .await
                    .status
            }
            1 => {
                target
                    .get("/users?search=user&limit=100", &target.admin)
                    .await
                    .status
            }
            2 => {
                let body = json!({"name": format!("role{n}"), "display_name": "x"});
                target.post("/roles", &target.admin, body).await.status
            }
            _ => target.get("/roles", &target.admin).await.status,
        }
    });
    assert_eq!(ends.await, BTreeMap::from([(200, 100), (201, 100)]));
    assert_eq!(
        target.get("/users", &target.admin).await.body["pagination"]["total"],
        51
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_deletion_amid_logins_leaves_no_token_alive() {
    let target = Arc::new(Target::start().await);
    let ada = target.person("ada").await;
    let path = format!("/users/{}", ada.id);
    let before = target.metrics().await["user_service_auth_active_tokens_count"];
    let ends = at_once(&target, 40, |target, n| {
        let (path, email) = (path.clone(), ada.email.clone());
        async move {
            if n == 20 {
                target.delete(&path, &target.admin).await.status
            } else {
                target.login(&email, crate::support::PASSWORD).await.status
            }
        }
    })
    .await;
    assert_eq!(
        ends.keys()
            .filter(|status| ![200, 401].contains(status))
            .count(),
        0,
        "{ends:?}"
    );
    assert_eq!(
        target.metrics().await["user_service_auth_active_tokens_count"],
        before - 1.0
    );
    assert_eq!(
        target.get(&path, &target.admin).await.body["is_deleted"],
        Value::Bool(true)
    );
}
