//! Accounts one by one.

use serde_json::{Value, json};

use crate::support::{PASSWORD, Target, registration};

#[tokio::test]
async fn a_registration_gives_the_account_without_its_password() {
    let target = Target::start().await;
    let user = target
        .post("/users", "", registration("ada"))
        .await
        .ok(201)
        .body;
    let keys: Vec<&str> = user
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        keys,
        [
            "created_at",
            "document_number",
            "email",
            "id",
            "is_active",
            "is_deleted",
            "name",
            "phone_number",
            "roles",
            "updated_at",
            "username"
        ]
    );
    assert_eq!(user["email"], "ada@example.com");
    assert_eq!(user["username"], "ada");
    assert_eq!(user["name"], "Name of ada");
    assert_eq!(user["phone_number"], "+49 30 1234567");
    assert_eq!(user["document_number"], "AB-123456");
    assert_eq!(
        (&user["is_active"], &user["is_deleted"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(user["roles"], json!([]));
}

#[tokio::test]
async fn a_registration_says_all_that_is_wrong() {
    let target = Target::start().await;
    let all = [
        "username",
        "email",
        "password",
        "name",
        "phone_number",
        "document_number",
    ];
    target
        .post("/users", "", json!({}))
        .await
        .at_fault(&all[..4]);
    let bad = json!({"username": "a b", "email": "a@b", "password": "short", "name": " ", "phone_number": "call me",
        "document_number": "?"});
    target.post("/users", "", bad).await.at_fault(&all);
    let wrong_types = json!({"username": 1, "email": [], "password": {}, "name": true, "phone_number": 1,
        "document_number": 2});
    target.post("/users", "", wrong_types).await.at_fault(&all);

    for (field, values) in [
        (
            "email",
            &[
                "", "x", "a@b", "@b.de", "a@", "a b@c.de", "a@-b.de", "a@b..de", "ä@b.de", "a@b.1",
            ][..],
        ),
        ("username", &["", "ab", "a/b", "ünal"]),
        ("password", &["", "Passw0r", "onlyletters", "12345678"]),
        ("phone_number", &["", "+", "12", "1234567890123456789"]),
        ("document_number", &["", "ab", "-ab"]),
        ("name", &["", "  "]),
    ] {
        for value in values {
            let mut body = registration("ada");
            body[field] = json!(value);
            target.post("/users", "", body).await.at_fault(&[field]);
        }
    }
    let mut nul = registration("ada");
    nul["name"] = json!("a\0b");
    target.post("/users", "", nul).await.at_fault(&["name"]);
}

#[tokio::test]
async fn an_address_and_a_username_are_taken_once() {
    let target = Target::start().await;
    let ada = target.person("ada").await;
    let mut same_email = registration("other");
    same_email["email"] = json!("ADA@example.com");
    let answer = target
        .post("/users", "", same_email)
        .await
        .refused(409, "conflict");
    assert_eq!(answer.fields(), ["email"]);
    let mut same_name = registration("other");
    same_name["username"] = json!("Ada");
    let answer = target
        .post("/users", "", same_name)
        .await
        .refused(409, "conflict");
    assert_eq!(answer.fields(), ["username"]);

    // A deleted account keeps them.
    target
        .delete(&format!("/users/{}", ada.id), &ada.token)
        .await
        .ok(200);
    target
        .post("/users", "", registration("ada"))
        .await
        .refused(409, "conflict");
}

#[tokio::test]
async fn an_account_is_found_by_id_address_and_username() {
    let target = Target::start().await;
    let (ada, bob) = (target.person("ada").await, target.person("bob").await);
    for path in [
        format!("/users/{}", ada.id),
        "/users/email/Ada@example.com".to_owned(),
        "/users/email/ada%40example.com".to_owned(),
        "/users/username/ADA".to_owned(),
    ] {
        assert_eq!(
            target.get(&path, &bob.token).await.ok(200).text("/id"),
            ada.id,
            "{path}"
        );
    }
    target
        .get("/users/email/nobody@example.com", &bob.token)
        .await
        .refused(404, "not_found");
    target
        .get("/users/email/nonsense", &bob.token)
        .await
        .at_fault(&["email"]);
    target
        .get("/users/email/%FF", &bob.token)
        .await
        .at_fault(&["path"]);
    target
        .get("/users/username/nobody", &bob.token)
        .await
        .refused(404, "not_found");
}

#[tokio::test]
async fn an_account_is_changed_by_itself_and_by_an_administrator() {
    let target = Target::start().await;
    let (ada, bob) = (target.person("ada").await, target.person("bob").await);
    let path = format!("/users/{}", ada.id);
    let user = target
        .put(
            &path,
            &ada.token,
            json!({"name": "Ada L", "phone_number": null}),
        )
        .await
        .ok(200);
    assert_eq!(user.text("/name"), "Ada L");
    assert_eq!(user.body["phone_number"], Value::Null);
    assert_eq!(user.text("/email"), "ada@example.com");
    let user = target
        .put(
            &path,
            &target.admin,
            json!({"email": "l@example.com", "username": "lovelace"}),
        )
        .await
        .ok(200);
    assert_eq!(
        (user.text("/email"), user.text("/username")),
        ("l@example.com".into(), "lovelace".into())
    );
    assert_eq!(
        target
            .get(&path, &bob.token)
            .await
            .ok(200)
            .text("/username"),
        "lovelace"
    );
    target.login("l@example.com", PASSWORD).await.ok(200);

    // The password is not changed this way.
    target
        .put(&path, &ada.token, json!({"password": "Another-1"}))
        .await
        .ok(200);
    target
        .login("l@example.com", "Another-1")
        .await
        .refused(401, "wrong_credentials");

    target
        .put(&path, &ada.token, json!({"name": null, "email": "x"}))
        .await
        .at_fault(&["email", "name"]);
    target
        .put(&path, &ada.token, json!({"email": bob.email}))
        .await
        .refused(409, "conflict");
    target
        .put(&path, &ada.token, json!({"username": bob.username}))
        .await
        .refused(409, "conflict");
    target
        .put(&path, &bob.token, json!({"name": "x"}))
        .await
        .refused(403, "forbidden");
}

#[tokio::test]
async fn a_deleted_account_is_out_of_sight_and_its_tokens_are_dead() {
    let target = Target::start().await;
    let (ada, bob, eve) = (
        target.person("ada").await,
        target.person("bob").await,
        target.person("eve").await,
    );
    let path = format!("/users/{}", ada.id);
    target
        .delete(&path, &bob.token)
        .await
        .refused(403, "forbidden");
    assert_eq!(
        target.delete(&path, &ada.token).await.ok(200).body["message"],
        "the user is deleted"
    );
    target
        .get("/auth/me", &ada.token)
        .await
        .refused(401, "token_revoked");

    target
        .get(&path, &bob.token)
        .await
        .refused(404, "not_found");
    let seen = target.get(&path, &target.admin).await.ok(200);
    assert_eq!(seen.body["is_deleted"], true);
    target
        .get("/users/email/ada@example.com", &target.admin)
        .await
        .refused(404, "not_found");
    target
        .get("/users/username/ada", &target.admin)
        .await
        .refused(404, "not_found");
    target
        .delete(&path, &target.admin)
        .await
        .refused(404, "not_found");
    target
        .put(&path, &target.admin, json!({"name": "x"}))
        .await
        .refused(404, "not_found");
    target
        .put(&format!("{path}/activate"), &target.admin, Value::Null)
        .await
        .refused(404, "not_found");

    target
        .delete(&format!("/users/{}", eve.id), &target.admin)
        .await
        .ok(200);
    target
        .get("/auth/me", &eve.token)
        .await
        .refused(401, "token_revoked");
}

#[tokio::test]
async fn an_account_is_switched_off_and_on() {
    let target = Target::start().await;
    let ada = target.person("ada").await;
    let (on, off) = (
        format!("/users/{}/activate", ada.id),
        format!("/users/{}/deactivate", ada.id),
    );
    target
        .put(&on, &target.admin, Value::Null)
        .await
        .refused(400, "already_done");
    assert_eq!(
        target
            .put(&off, &target.admin, Value::Null)
            .await
            .ok(200)
            .body["is_active"],
        false
    );
    target
        .put(&off, &target.admin, Value::Null)
        .await
        .refused(400, "already_done");
    assert_eq!(
        target
            .put(&on, &target.admin, Value::Null)
            .await
            .ok(200)
            .body["is_active"],
        true
    );
}

#[tokio::test]
async fn the_first_administrator_is_spared() {
    let target = Target::start().await;
    let me = target
        .get("/auth/me", &target.admin)
        .await
        .ok(200)
        .text("/user_id");
    let user = target
        .get(&format!("/users/{me}"), &target.admin)
        .await
        .ok(200);
    let role = user.text("/roles/0/id");
    target
        .delete(&format!("/users/{me}"), &target.admin)
        .await
        .refused(403, "forbidden");
    target
        .put(
            &format!("/users/{me}/deactivate"),
            &target.admin,
            Value::Null,
        )
        .await
        .refused(403, "forbidden");
    target
        .delete(&format!("/users/{me}/roles/{role}"), &target.admin)
        .await
        .refused(403, "forbidden");
    let bulk = format!("/users/{me}/roles/bulk-revoke");
    target
        .post(&bulk, &target.admin, json!({"roleIds": [role]}))
        .await
        .refused(403, "forbidden");
}
