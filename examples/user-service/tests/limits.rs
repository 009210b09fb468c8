//! Rate limits.

use std::time::Duration;

use serde_json::json;
use user_service::Options;

use crate::support::{PASSWORD, Target, options};

fn limited() -> Options {
    Options {
        rate_limits: true,
        ..options()
    }
}

#[tokio::test]
async fn five_logins_a_minute_from_one_address() {
    let target = Target::with(limited()).await;
    for n in 0..4 {
        // Failed ones count, too; the administrator's was the first.
        target
            .login("nobody@example.com", &format!("wrong{n}"))
            .await
            .ok(401);
    }
    let answer = target
        .login("nobody@example.com", PASSWORD)
        .await
        .refused(429, "rate_limited");
    let wait: u64 = answer.headers["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((55..=60).contains(&wait), "{wait}");
    let metrics = target.metrics().await;
    assert_eq!(
        metrics[r#"user_service_auth_login_failures_total{reason="rate_limited"}"#],
        1.0
    );
    target.state().clock.advance(Duration::from_secs(wait));
    target.login("nobody@example.com", PASSWORD).await.ok(401);
}

#[tokio::test]
async fn three_password_changes_an_hour() {
    let target = Target::with(Options {
        calls_per_minute: Some(0),
        ..limited()
    })
    .await;
    let (ada, bob) = (target.person("ada").await, target.person("bob").await);
    let change = async |who: &crate::support::Person, old: &str, new: &str| {
        let body = json!({"oldPassword": old, "newPassword": new});
        target
            .put(
                &format!("/users/{}/change-password", who.id),
                &who.token,
                body,
            )
            .await
    };
    for _ in 0..3 {
        change(&ada, PASSWORD, PASSWORD).await.ok(200);
    }
    let answer = change(&ada, PASSWORD, PASSWORD)
        .await
        .refused(429, "rate_limited");
    let wait: u64 = answer.headers["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((3590..=3600).contains(&wait), "{wait}");
    change(&bob, PASSWORD, PASSWORD).await.ok(200);
}

#[tokio::test]
async fn a_hundred_calls_a_minute_with_one_token() {
    let target = Target::with(limited()).await;
    let ada = target.person("ada").await;
    for _ in 0..100 {
        target.get("/auth/me", &ada.token).await.ok(200);
    }
    target
        .get("/auth/me", &ada.token)
        .await
        .refused(429, "rate_limited");
    target.get("/auth/me", &target.admin).await.ok(200);
    target.state().clock.advance(Duration::from_secs(60));
    target.get("/auth/me", &ada.token).await.ok(200);
}

#[tokio::test]
async fn without_the_option_there_is_no_limit_and_each_can_be_set_alone() {
    let target = Target::with(Options {
        calls_per_minute: Some(2),
        ..options()
    })
    .await;
    for _ in 0..20 {
        target.login("nobody@example.com", "wrong").await.ok(401);
    }
    let ada = target.person("ada").await;
    target.get("/auth/me", &ada.token).await.ok(200);
    target.get("/auth/me", &ada.token).await.ok(200);
    target
        .get("/auth/me", &ada.token)
        .await
        .refused(429, "rate_limited");
}
