//! Roles.

use serde_json::{Value, json};

use crate::support::{NOBODY, Target};

#[tokio::test]
async fn a_role_lives_its_life() {
    let target = Target::start().await;
    let plain = target.person("plain").await;
    let new = json!({"name": "editor", "display_name": "Editor", "description": "Edits"});
    let role = target.post("/roles", &target.admin, new).await.ok(201);
    assert_eq!(
        (role.text("/name"), role.text("/display_name")),
        ("editor".into(), "Editor".into())
    );
    assert_eq!(
        (role.text("/description"), &role.body["is_active"]),
        ("Edits".into(), &json!(true))
    );
    let path = format!("/roles/{}", role.text("/id"));
    assert_eq!(
        target.get(&path, &plain.token).await.ok(200).body,
        role.body
    );

    let changed = target
        .put(
            &path,
            &target.admin,
            json!({"display_name": "Chief", "description": null}),
        )
        .await
        .ok(200);
    assert_eq!(changed.text("/display_name"), "Chief");
    assert_eq!(
        (&changed.body["description"], changed.text("/name")),
        (&Value::Null, "editor".into())
    );

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
    let on = target
        .put(&format!("{path}/activate"), &target.admin, Value::Null)
        .await
        .ok(200);
    assert_eq!(on.body["is_active"], true);

    target
        .post(
            &format!("/users/{}{path}", plain.id),
            &target.admin,
            Value::Null,
        )
        .await
        .ok(200);
    target
        .delete(&path, &target.admin)
        .await
        .refused(409, "conflict");
    target
        .delete(&format!("/users/{}{path}", plain.id), &target.admin)
        .await
        .ok(200);
    target.delete(&path, &target.admin).await.ok(204);
    target
        .get(&path, &plain.token)
        .await
        .refused(404, "not_found");
    target
        .get(&format!("/roles/{NOBODY}"), &plain.token)
        .await
        .refused(404, "not_found");
}

#[tokio::test]
async fn a_role_is_refused() {
    let target = Target::start().await;
    let editor = target.role("editor").await;
    let other = target.role("other").await;
    target
        .post("/roles", &target.admin, json!({}))
        .await
        .at_fault(&["name", "display_name"]);
    let bad = json!({"name": "1 x", "display_name": "", "description": 7});
    target
        .post("/roles", &target.admin, bad.clone())
        .await
        .at_fault(&["name", "display_name", "description"]);
    let same = json!({"name": "EDITOR", "display_name": "x"});
    let answer = target
        .post("/roles", &target.admin, same)
        .await
        .refused(409, "conflict");
    assert_eq!(answer.fields(), ["name"]);

    let path = format!("/roles/{other}");
    target
        .put(&path, &target.admin, bad)
        .await
        .at_fault(&["name", "display_name", "description"]);
    target
        .put(&path, &target.admin, json!({"name": "editor"}))
        .await
        .refused(409, "conflict");
    target
        .put(
            &format!("/roles/{editor}"),
            &target.admin,
            json!({"name": "editor"}),
        )
        .await
        .ok(200);
}

#[tokio::test]
async fn the_role_admin_stays_what_it_is() {
    let target = Target::start().await;
    let id = target
        .get("/roles?search=admin", &target.admin)
        .await
        .ok(200)
        .text("/items/0/id");
    let path = format!("/roles/{id}");
    target
        .put(&path, &target.admin, json!({"name": "boss"}))
        .await
        .refused(409, "conflict");
    target
        .put(&format!("{path}/deactivate"), &target.admin, Value::Null)
        .await
        .refused(409, "conflict");
    target
        .delete(&path, &target.admin)
        .await
        .refused(409, "conflict");
    target
        .put(&path, &target.admin, json!({"display_name": "Boss"}))
        .await
        .ok(200);
}
