//! Passwords: changed by their owners, reset by administrators.

use serde_json::json;

use crate::support::{NOBODY, PASSWORD, Target};

#[tokio::test]
async fn a_password_is_changed_by_its_owner() {
    let target = Target::start().await;
    let ada = target.person("ada").await;
    let path = format!("/users/{}/change-password", ada.id);
    let change = |old: &str, new: &str| json!({"oldPassword": old, "newPassword": new});

    target
        .put(&path, &ada.token, json!({}))
        .await
        .at_fault(&["oldPassword", "newPassword"]);
    target
        .put(&path, &ada.token, change("wrong", "Another-1"))
        .await
        .at_fault(&["oldPassword"]);
    for weak in ["short1", "onlyletters", "1234567890"] {
        let answer = target
            .put(&path, &ada.token, change(PASSWORD, weak))
            .await
            .refused(422, "weak_password");
        assert_eq!(answer.fields(), ["newPassword"]);
    }
    target
        .put(&path, &target.admin, change(PASSWORD, "Another-1"))
        .await
        .refused(403, "forbidden");
    target.login(&ada.email, PASSWORD).await.ok(200);

    target
        .put(&path, &ada.token, change(PASSWORD, "Another-1"))
        .await
        .ok(200);
    target
        .login(&ada.email, PASSWORD)
        .await
        .refused(401, "wrong_credentials");
    target.login(&ada.email, "Another-1").await.ok(200);
}

#[tokio::test]
async fn a_password_is_reset_by_an_administrator() {
    let target = Target::start().await;
    let ada = target.person("ada").await;
    let path = format!("/users/{}/reset-password", ada.id);
    let reset = |new: &str| json!({"newPassword": new, "resetToken": "any"});

    target
        .put(&path, &ada.token, reset("Another-1"))
        .await
        .refused(403, "forbidden");
    target
        .put(&path, &target.admin, json!({"newPassword": 1}))
        .await
        .at_fault(&["newPassword", "resetToken"]);
    target
        .put(&path, &target.admin, reset("weak"))
        .await
        .refused(422, "weak_password");
    let nobody = format!("/users/{NOBODY}/reset-password");
    target
        .put(&nobody, &target.admin, reset("Another-1"))
        .await
        .refused(404, "not_found");
    target
        .put(&path, &target.admin, reset("Another-1"))
        .await
        .ok(200);
    target.login(&ada.email, "Another-1").await.ok(200);
}
