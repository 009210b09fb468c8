//! The service about itself.

use crate::support::Target;

#[tokio::test]
async fn it_says_what_it_is_and_how_it_is() {
    let target = Target::start().await;
    let welcome = target.get("!/", "").await.ok(200);
    assert_eq!(
        (welcome.text("/status"), welcome.text("/service")),
        ("ok".into(), "user-service".into())
    );
    assert!(welcome.text("/timestamp").starts_with("20"));

    let health = target.get("!/health", "").await.ok(200);
    assert_eq!(health.text("/status"), "healthy");
    assert_eq!(
        (
            health.text("/checks/database"),
            health.text("/checks/cache")
        ),
        ("ok".into(), "ok".into())
    );
    assert_eq!(health.text("/version"), env!("CARGO_PKG_VERSION"));
    assert!(
        health.body["uptime"]
            .as_f64()
            .is_some_and(|seconds| (0.0..60.0).contains(&seconds))
    );
}

#[tokio::test]
async fn without_a_database_connection_it_is_degraded_and_recovers() {
    let target = Target::start().await;
    let ada = target.person("ada").await;
    let store = &target.state().store;
    let held: Vec<_> = (0..store.connections_max())
        .map(|_| store.connection().unwrap())
        .collect();
    let path = format!("/users/{}", ada.id);
    let (health, user) = tokio::join!(target.get("!/health", ""), target.get(&path, &ada.token));
    assert_eq!(health.status, 503);
    assert_eq!(
        (health.text("/status"), health.text("/checks/database")),
        ("degraded".into(), "failed".into())
    );
    user.refused(503, "unavailable");
    drop(held);
    assert_eq!(
        target.get("!/health", "").await.ok(200).text("/status"),
        "healthy"
    );
    target.get(&path, &ada.token).await.ok(200);
}
