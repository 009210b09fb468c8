//! Login, logout, refresh, and who one is.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{PASSWORD, Target, registration};

#[tokio::test]
async fn a_login_gives_tokens_that_work() {
    let target = Target::start().await;
    let user = target.post("/users", "", registration("ada")).await.ok(201);
    let body = json!({"email": "ADA@example.com", "password": PASSWORD, "client_id": "web", "client_secret": "s"});
    let session = target.post("/auth/login", "", body).await.ok(200);
    assert_eq!(session.body["user_id"], user.body["id"]);
    assert_eq!(session.body["token_type"], "Bearer");
    assert_eq!(session.body["expires_in"], 900);

    for method in ["GET", "POST"] {
        let me = target
            .send(method, "/auth/me", &session.text("/access_token"), None)
            .await
            .ok(200);
        assert_eq!(me.body["user_id"], user.body["id"]);
        assert_eq!(me.body["email"], "ada@example.com");
        assert_eq!(me.body["roles"], json!([]));
        assert_eq!(me.body["scopes"], json!(["self:read", "self:write"]));
        assert!(me.text("/expires_at").ends_with('Z'));
    }
    let me = target.get("/auth/me", &target.admin).await.ok(200);
    assert_eq!(me.body["roles"], json!(["admin"]));
    assert!(
        me.body["scopes"]
            .as_array()
            .unwrap()
            .contains(&json!("users:write"))
    );
}

#[tokio::test]
async fn a_login_is_refused() {
    let target = Target::start().await;
    let ada = target.person("ada").await;
    target
        .post("/auth/login", "", json!({}))
        .await
        .at_fault(&["email", "password"]);
    target
        .post("/auth/login", "", json!({"email": 1, "password": ""}))
        .await
        .at_fault(&["email", "password"]);
    target
        .login(&ada.email, "wrong")
        .await
        .refused(401, "wrong_credentials");
    target
        .login("nobody@example.com", PASSWORD)
        .await
        .refused(401, "wrong_credentials");

    target
        .put(
            &format!("/users/{}/deactivate", ada.id),
            &target.admin,
            Value::Null,
        )
        .await
        .ok(200);
    target
        .login(&ada.email, PASSWORD)
        .await
        .refused(401, "wrong_credentials");
    target
        .put(
            &format!("/users/{}/activate", ada.id),
            &target.admin,
            Value::Null,
        )
        .await
        .ok(200);
    target.login(&ada.email, PASSWORD).await.ok(200);
    target
        .delete(&format!("/users/{}", ada.id), &target.admin)
        .await
        .ok(200);
    target
        .login(&ada.email, PASSWORD)
        .await
        .refused(401, "wrong_credentials");
}

#[tokio::test]
async fn a_logout_kills_its_session_and_no_other() {
    let target = Target::start().await;
    let ada = target.person("ada").await;
    let second = target.login(&ada.email, PASSWORD).await.ok(200);
    let answer = target
        .post("/auth/logout", &ada.token, Value::Null)
        .await
        .ok(200);
    assert_eq!(answer.body["message"], "logged out");
    target
        .get("/auth/me", &ada.token)
        .await
        .refused(401, "token_revoked");
    target
        .post("/auth/refresh", "", json!({"refresh_token": ada.refresh}))
        .await
        .refused(401, "refresh_invalid");
    target
        .get("/auth/me", &second.text("/access_token"))
        .await
        .ok(200);
    target
        .post(
            "/auth/refresh",
            "",
            json!({"refresh_token": second.text("/refresh_token")}),
        )
        .await
        .ok(200);
}

#[tokio::test]
async fn a_refresh_token_works_once() {
    let target = Target::start().await;
    let ada = target.person("ada").await;
    let first = target
        .post("/auth/refresh", "", json!({"refresh_token": ada.refresh}))
        .await
        .ok(200);
    assert_eq!(first.text("/user_id"), ada.id);
    assert_ne!(first.text("/access_token"), ada.token);
    assert_ne!(first.text("/refresh_token"), ada.refresh);
    target
        .get("/auth/me", &first.text("/access_token"))
        .await
        .ok(200);

    target
        .post("/auth/refresh", "", json!({"refresh_token": ada.refresh}))
        .await
        .refused(401, "refresh_invalid");
    target
        .post(
            "/auth/refresh",
            "",
            json!({"refresh_token": first.text("/refresh_token")}),
        )
        .await
        .ok(200);
}

#[tokio::test]
async fn a_refresh_is_refused() {
    let target = Target::start().await;
    target
        .post("/auth/refresh", "", json!({}))
        .await
        .at_fault(&["refresh_token"]);
    target
        .post("/auth/refresh", "", json!({"refresh_token": "unknown"}))
        .await
        .refused(401, "refresh_invalid");

    let (old, idle, gone) = (
        target.person("old").await,
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
    for token in [idle.refresh, gone.refresh] {
        target
            .post("/auth/refresh", "", json!({"refresh_token": token}))
            .await
            .refused(401, "refresh_invalid");
    }
    target.state().clock.advance(Duration::from_secs(86_401));
    target
        .post("/auth/refresh", "", json!({"refresh_token": old.refresh}))
        .await
        .refused(401, "refresh_invalid");
}

#[tokio::test]
async fn a_token_dies_at_its_time() {
    let target = Target::start().await;
    let ada = target.person("ada").await;
    target.state().clock.advance(Duration::from_secs(895));
    target.get("/auth/me", &ada.token).await.ok(200);
    target.state().clock.advance(Duration::from_secs(5));
    target
        .get("/auth/me", &ada.token)
        .await
        .refused(401, "token_expired");
}
