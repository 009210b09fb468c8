//! Permissions.

use serde_json::{Value, json};

use crate::support::Target;

#[tokio::test]
async fn a_permission_lives_its_life() {
    let target = Target::start().await;
    let plain = target.person("plain").await;
    let new = json!({"name": "things:read", "display_name": "Read things", "resource": "things", "action": "read",
        "description": "Looks"});
    let made = target
        .post("/permissions", &target.admin, new.clone())
        .await
        .ok(201);
    for (field, value) in new.as_object().unwrap() {
        assert_eq!(&made.body[field], value);
    }
    assert_eq!(made.body["is_active"], true);
    let path = format!("/permissions/{}", made.text("/id"));
    assert_eq!(
        target.get(&path, &plain.token).await.ok(200).body,
        made.body
    );

    let changed = target
        .put(
            &path,
            &target.admin,
            json!({"action": "look", "description": null}),
        )
        .await
        .ok(200);
    assert_eq!(
        (changed.text("/action"), &changed.body["description"]),
        ("look".into(), &Value::Null)
    );
    assert_eq!(changed.text("/resource"), "things");

    target
        .put(&format!("{path}/activate"), &target.admin, Value::Null)
        .await
        .refused(400, "already_done");
    let off = target
        .put(&format!("{path}/deactivate"), &target.admin, Value::Null)
        .await
        .ok(200);
    assert_eq!(off.body["is_active"], false);
    target
        .put(&format!("{path}/deactivate"), &target.admin, Value::Null)
        .await
        .refused(400, "already_done");
    target
        .put(&format!("{path}/activate"), &target.admin, Value::Null)
        .await
        .ok(200);

    assert_eq!(
        target.delete(&path, &target.admin).await.ok(200).body["message"],
        "the permission is deleted"
    );
    target
        .get(&path, &plain.token)
        .await
        .refused(404, "not_found");
}

#[tokio::test]
async fn a_permission_is_refused() {
    let target = Target::start().await;
    let four = ["name", "display_name", "resource", "action"];
    target
        .post("/permissions", &target.admin, json!({}))
        .await
        .at_fault(&four);
    let taken =
        json!({"name": "users:read", "display_name": "x", "resource": "users", "action": "read"});
    target
        .post("/permissions", &target.admin, taken)
        .await
        .refused(409, "conflict");

    let used = target
        .get("/permissions?resource=users", &target.admin)
        .await
        .ok(200)
        .text("/items/0/id");
    target
        .delete(&format!("/permissions/{used}"), &target.admin)
        .await
        .refused(409, "conflict");
    let path = format!("/permissions/{used}");
    target
        .put(&path, &target.admin, json!({"name": "roles:read"}))
        .await
        .refused(409, "conflict");
    target
        .put(&path, &target.admin, json!({"name": null, "action": "a b"}))
        .await
        .at_fault(&["name", "action"]);
}

#[tokio::test]
async fn an_inactive_permission_is_no_scope() {
    let target = Target::start().await;
    let id = target
        .get("/permissions?search=users:read", &target.admin)
        .await
        .ok(200)
        .text("/items/0/id");
    target
        .put(
            &format!("/permissions/{id}/deactivate"),
            &target.admin,
            Value::Null,
        )
        .await
        .ok(200);
    let session = target
        .login(
            user_service::DEFAULT_ADMIN_EMAIL,
            user_service::DEFAULT_ADMIN_PASSWORD,
        )
        .await
        .ok(200);
    let me = target
        .get("/auth/me", &session.text("/access_token"))
        .await
        .ok(200);
    let scopes = me.body["scopes"].as_array().unwrap();
    assert!(
        !scopes.contains(&json!("users:read")) && scopes.contains(&json!("users:write")),
        "{scopes:?}"
    );
}
