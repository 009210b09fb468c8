//! The twelve metrics: names, types, labels, and that each moves by what was done and by nothing else.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{NOBODY, PASSWORD, Target, registration};

type Series = BTreeMap<String, f64>;

/// What changed between two scrapes, without buckets and sums.
fn moved(before: &Series, after: &Series) -> BTreeMap<String, f64> {
    let counts = after
        .iter()
        .filter(|(name, _)| !name.contains("_bucket") && !name.contains("_sum"));
    counts
        .map(|(name, value)| {
            (
                name.clone(),
                value - before.get(name).copied().unwrap_or(0.0),
            )
        })
        .filter(|(_, by)| *by != 0.0)
        .collect()
}

fn expected(pairs: &[(&str, f64)]) -> BTreeMap<String, f64> {
    let mut all: BTreeMap<String, f64> = pairs
        .iter()
        .map(|(name, by)| (format!("user_service_{name}"), *by))
        .collect();
    // The first of the two scrapes was counted after it was answered.
    let scrape = [
        r#"user_service_http_requests_total{endpoint="/metrics",method="GET",status="200"}"#,
        r#"user_service_http_request_duration_seconds_count{endpoint="/metrics",method="GET"}"#,
    ];
    all.extend(scrape.map(|name| (name.to_owned(), 1.0)));
    all
}

#[tokio::test]
async fn all_twelve_are_there_from_the_first_scrape() {
    let target = Target::start().await;
    let answer = target.get("!/metrics", "").await.ok(200);
    assert_eq!(
        answer.headers["content-type"],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let text = answer.body.as_str().unwrap().to_owned();
    let mut types: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE user_service_"))
        .collect();
    types.sort_unstable();
    assert_eq!(
        types,
        [
            "auth_active_tokens_count gauge",
            "auth_login_attempts_total counter",
            "auth_login_failures_total counter",
            "auth_token_duration_seconds histogram",
            "database_connections_active gauge",
            "http_request_duration_seconds histogram",
            "http_requests_total counter",
            "user_active_count gauge",
            "user_created_total counter",
            "user_operation_duration_seconds histogram",
            "user_operations_total counter",
            "user_total_count gauge",
        ]
    );
}

#[tokio::test]
async fn accounts_are_counted() {
    let target = Target::start().await;
    let before = target.metrics().await;
    let ada = target
        .post("/users", "", registration("ada"))
        .await
        .ok(201)
        .text("/id");
    target.post("/users", "", registration("bob")).await.ok(201);
    target.post("/users", "", registration("bob")).await.ok(409);
    target
        .put(
            &format!("/users/{ada}/deactivate"),
            &target.admin,
            Value::Null,
        )
        .await
        .ok(200);
    let after = target.metrics().await;
    assert_eq!(
        moved(&before, &after),
        expected(&[
            ("user_total_count", 2.0),
            ("user_active_count", 1.0),
            ("user_created_total", 2.0),
            (
                r#"user_operations_total{operation="create",status="success"}"#,
                2.0
            ),
            (
                r#"user_operations_total{operation="create",status="refused"}"#,
                1.0
            ),
            (
                r#"user_operations_total{operation="deactivate",status="success"}"#,
                1.0
            ),
            (
                r#"user_operation_duration_seconds_count{operation="create"}"#,
                3.0
            ),
            (
                r#"user_operation_duration_seconds_count{operation="deactivate"}"#,
                1.0
            ),
            (
                r#"http_requests_total{endpoint="/api/v1/users",method="POST",status="201"}"#,
                2.0
            ),
            (
                r#"http_requests_total{endpoint="/api/v1/users",method="POST",status="409"}"#,
                1.0
            ),
            (
                r#"http_requests_total{endpoint="/api/v1/users/{id}/deactivate",method="PUT",status="200"}"#,
                1.0
            ),
            (
                r#"http_request_duration_seconds_count{endpoint="/api/v1/users",method="POST"}"#,
                3.0
            ),
            (
                r#"http_request_duration_seconds_count{endpoint="/api/v1/users/{id}/deactivate",method="PUT"}"#,
                1.0
            ),
        ])
    );
    target
        .put(
            &format!("/users/{ada}/activate"),
            &target.admin,
            Value::Null,
        )
        .await
        .ok(200);
    target
        .delete(&format!("/users/{ada}"), &target.admin)
        .await
        .ok(200);
    let last = target.metrics().await;
    assert_eq!(
        last["user_service_user_total_count"] - before["user_service_user_total_count"],
        1.0
    );
    assert_eq!(
        last["user_service_user_active_count"] - before["user_service_user_active_count"],
        1.0
    );
    assert_eq!(
        last["user_service_user_created_total"] - before["user_service_user_created_total"],
        2.0
    );
}

#[tokio::test]
async fn logins_are_counted_by_result_and_reason() {
    let target = Target::start().await;
    let (ada, idle, gone) = (
        target.person("ada").await,
        target.person("idle").await,
        target.person("gone").await,
    );
    target
        .put(
            &format!("/users/{}/deactivate", idle.id),
            &target.admin,
            Value::Null,
        )
        .await
        .ok(200);
    target
        .delete(&format!("/users/{}", gone.id), &target.admin)
        .await
        .ok(200);
    let before = target.metrics().await;
    target.login(&ada.email, PASSWORD).await.ok(200);
    target.login(&ada.email, "wrong").await.ok(401);
    target.login("nobody@example.com", PASSWORD).await.ok(401);
    target.login(&idle.email, PASSWORD).await.ok(401);
    target.login(&gone.email, PASSWORD).await.ok(401);
    target.post("/auth/login", "", json!({})).await.ok(400);
    let login = r#"endpoint="/api/v1/auth/login",method="POST""#;
    assert_eq!(
        moved(&before, &target.metrics().await),
        expected(&[
            (r#"auth_login_attempts_total{result="success"}"#, 1.0),
            (r#"auth_login_attempts_total{result="failure"}"#, 5.0),
            (r#"auth_login_failures_total{reason="wrong_password"}"#, 1.0),
            (r#"auth_login_failures_total{reason="unknown_user"}"#, 1.0),
            (r#"auth_login_failures_total{reason="inactive"}"#, 1.0),
            (r#"auth_login_failures_total{reason="deleted"}"#, 1.0),
            (
                r#"auth_login_failures_total{reason="invalid_request"}"#,
                1.0
            ),
            ("auth_active_tokens_count", 1.0),
            (
                &format!(r#"http_requests_total{{{login},status="200"}}"#),
                1.0
            ),
            (
                &format!(r#"http_requests_total{{{login},status="400"}}"#),
                1.0
            ),
            (
                &format!(r#"http_requests_total{{{login},status="401"}}"#),
                4.0
            ),
            (
                &format!(r#"http_request_duration_seconds_count{{{login}}}"#),
                6.0
            ),
        ])
    );
}

#[tokio::test]
async fn tokens_are_counted_until_logout_deletion_or_expiry() {
    let target = Target::start().await;
    let active = async || target.metrics().await["user_service_auth_active_tokens_count"];
    let ended = async || target.metrics().await["user_service_auth_token_duration_seconds_count"];
    let sum = async || target.metrics().await["user_service_auth_token_duration_seconds_sum"];
    assert_eq!((active().await, ended().await), (1.0, 0.0));
    let (ada, bob) = (target.person("ada").await, target.person("bob").await);
    target
        .post("/auth/refresh", "", json!({"refresh_token": ada.refresh}))
        .await
        .ok(200);
    assert_eq!((active().await, ended().await), (4.0, 0.0));

    target.state().clock.advance(Duration::from_secs(100));
    target
        .post("/auth/logout", &bob.token, Value::Null)
        .await
        .ok(200);
    assert_eq!((active().await, ended().await), (3.0, 1.0));
    assert!((100.0..105.0).contains(&sum().await), "{}", sum().await);
    target
        .delete(&format!("/users/{}", ada.id), &ada.token)
        .await
        .ok(200);
    assert_eq!((active().await, ended().await), (1.0, 3.0));

    target.state().clock.advance(Duration::from_secs(10_000));
    assert_eq!((active().await, ended().await), (0.0, 4.0));
    assert!((1200.0..1215.0).contains(&sum().await), "{}", sum().await);
}

#[tokio::test]
async fn every_operation_on_users_is_an_operation() {
    let target = Target::start().await;
    let before = target.metrics().await;
    for (method, path) in [
        ("GET", "/users".to_owned()),
        ("GET", "/users/search?q=a".to_owned()),
        ("GET", format!("/users/{NOBODY}")),
        ("GET", "/users/email/a@b.de".to_owned()),
        ("GET", "/users/username/nobody".to_owned()),
        ("POST", "/users".to_owned()),
        ("PUT", format!("/users/{NOBODY}")),
        ("DELETE", format!("/users/{NOBODY}")),
        ("PUT", format!("/users/{NOBODY}/activate")),
        ("PUT", format!("/users/{NOBODY}/deactivate")),
        ("PUT", format!("/users/{NOBODY}/change-password")),
        ("PUT", format!("/users/{NOBODY}/reset-password")),
    ] {
        target.send(method, &path, &target.admin, None).await;
    }
    target
        .get(&format!("/users/{NOBODY}/profile"), &target.admin)
        .await
        .ok(404);
    let moved = moved(&before, &target.metrics().await);
    let operations = |kind: &str| {
        moved
            .iter()
            .filter(|(name, _)| name.contains(kind))
            .map(|(_, by)| by)
            .sum::<f64>()
    };
    assert_eq!(operations("user_operations_total"), 12.0);
    assert_eq!(operations("user_operation_duration_seconds_count"), 12.0);
    assert_eq!(operations(r#"status="success""#), 2.0);
}

#[tokio::test]
async fn requests_are_counted_by_template() {
    let target = Target::start().await;
    let before = target.metrics().await;
    target.get("!/", "").await.ok(200);
    target.get("!/health", "").await.ok(200);
    target.get("!/openapi.json", "").await.ok(200);
    target.get("!/no/such/thing", "").await.ok(404);
    target.get("/no-such-thing", "").await.ok(404);
    target.send("PATCH", "/users", "", None).await.ok(405);
    target.send("BREW", "/users", "", None).await.ok(405);
    target.get("/users/email/x", "").await.ok(401);
    target
        .send(
            "DELETE",
            &format!("/users/{NOBODY}/roles/{NOBODY}"),
            "",
            None,
        )
        .await
        .ok(401);
    target
        .post(&format!("/users/{NOBODY}/roles/bulk-assign"), "", json!({}))
        .await
        .ok(401);
    let all = moved(&before, &target.metrics().await);
    let requests: BTreeMap<_, _> = all
        .into_iter()
        .filter(|(name, _)| name.contains("http_requests_total"))
        .collect();
    let mut wanted = BTreeMap::new();
    for (endpoint, method, status, by) in [
        ("/", "GET", "200", 1.0),
        ("/health", "GET", "200", 1.0),
        ("/metrics", "GET", "200", 1.0),
        ("/openapi.json", "GET", "200", 1.0),
        ("__unmatched__", "GET", "404", 2.0),
        ("/api/v1/users", "PATCH", "405", 1.0),
        ("/api/v1/users", "OTHER", "405", 1.0),
        ("/api/v1/users/email/{email}", "GET", "401", 1.0),
        (
            "/api/v1/users/{userId}/roles/{roleId}",
            "DELETE",
            "401",
            1.0,
        ),
        (
            "/api/v1/users/{userId}/roles/bulk-assign",
            "POST",
            "401",
            1.0,
        ),
    ] {
        let labels = format!(r#"endpoint="{endpoint}",method="{method}",status="{status}""#);
        wanted.insert(format!("user_service_http_requests_total{{{labels}}}"), by);
    }
    assert_eq!(requests, wanted);
}

#[tokio::test]
async fn the_pool_is_what_the_gauge_reads() {
    let target = Target::start().await;
    let store = &target.state().store;
    let held: Vec<_> = (0..3).map(|_| store.connection().unwrap()).collect();
    assert_eq!(
        target.metrics().await["user_service_database_connections_active"],
        3.0
    );
    drop(held);
    assert_eq!(
        target.metrics().await["user_service_database_connections_active"],
        0.0
    );
}
