//! Who holds which roles.

use serde_json::{Value, json};

use crate::support::{Answer, NOBODY, PASSWORD, Target};

fn held(user: &Answer) -> Vec<&str> {
    user.body["roles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|role| role["name"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_role_is_given_and_taken() {
    let target = Target::start().await;
    let ada = target.person("ada").await;
    let editor = target.role("editor").await;
    let roles = format!("/users/{}/roles", ada.id);
    let one = format!("{roles}/{editor}");
    target
        .delete(&one, &target.admin)
        .await
        .refused(400, "already_done");
    assert_eq!(
        held(&target.post(&one, &target.admin, Value::Null).await.ok(200)),
        ["editor"]
    );
    target
        .post(&one, &target.admin, Value::Null)
        .await
        .refused(409, "conflict");
    let list = target.get(&roles, &ada.token).await.ok(200);
    assert_eq!(
        (list.text("/items/0/id"), &list.body["pagination"]["total"]),
        (editor.clone(), &json!(1))
    );
    target
        .get(&format!("{roles}?limit=0"), &ada.token)
        .await
        .at_fault(&["limit"]);
    assert_eq!(
        held(&target.delete(&one, &target.admin).await.ok(200)),
        [""; 0]
    );

    for method in ["POST", "DELETE"] {
        target
            .send(method, &format!("{roles}/{NOBODY}"), &target.admin, None)
            .await
            .refused(404, "not_found");
        target
            .send(method, &format!("{roles}/7"), &target.admin, None)
            .await
            .at_fault(&["roleId"]);
        let nobody = format!("/users/{NOBODY}/roles/{editor}");
        target
            .send(method, &nobody, &target.admin, None)
            .await
            .refused(404, "not_found");
    }
}

#[tokio::test]
async fn roles_are_given_and_taken_in_bulk() {
    let target = Target::start().await;
    let ada = target.person("ada").await;
    let (a, b, c) = (
        target.role("a-role").await,
        target.role("b-role").await,
        target.role("c-role").await,
    );
    let (give, take) = (
        format!("/users/{}/roles/bulk-assign", ada.id),
        format!("/users/{}/roles/bulk-revoke", ada.id),
    );
    let ids = |ids: &[&str]| json!({"roleIds": ids});

    assert_eq!(
        held(
            &target
                .post(&give, &target.admin, ids(&[&a, &b, &a]))
                .await
                .ok(200)
        ),
        ["a-role", "b-role"]
    );
    let all = target
        .post(&give, &target.admin, ids(&[&b, &c]))
        .await
        .ok(200);
    assert_eq!(held(&all), ["a-role", "b-role", "c-role"]);
    assert_eq!(
        held(
            &target
                .post(&take, &target.admin, ids(&[&a, &c]))
                .await
                .ok(200)
        ),
        ["b-role"]
    );
    assert_eq!(
        held(&target.post(&take, &target.admin, ids(&[&a])).await.ok(200)),
        ["b-role"]
    );

    for path in [&give, &take] {
        for bad in [
            json!({}),
            ids(&[]),
            ids(&["x"]),
            json!({"roleIds": a}),
            json!({"roleIds": [1]}),
            ids(&[NOBODY]),
        ] {
            target
                .post(path, &target.admin, bad)
                .await
                .at_fault(&["roleIds"]);
        }
    }
    // Nothing of a list is done when a part of it is unknown.
    target
        .post(&give, &target.admin, ids(&[&a, NOBODY]))
        .await
        .at_fault(&["roleIds"]);
    assert_eq!(
        held(
            &target
                .get(&format!("/users/{}", ada.id), &ada.token)
                .await
                .ok(200)
        ),
        ["b-role"]
    );
}

#[tokio::test]
async fn whoever_is_deleted_holds_no_role_any_more() {
    let target = Target::start().await;
    let (ada, bob) = (target.person("ada").await, target.person("bob").await);
    let editor = target.role("editor").await;
    let role = format!("/roles/{editor}");
    for person in [&ada, &bob] {
        let one = format!("/users/{}/roles/{editor}", person.id);
        target.post(&one, &target.admin, Value::Null).await.ok(200);
    }
    let one = format!("/users/{}", ada.id);
    target.delete(&one, &target.admin).await.ok(200);
    assert_eq!(
        held(&target.get(&one, &target.admin).await.ok(200)),
        [""; 0]
    );
    target
        .delete(&role, &target.admin)
        .await
        .refused(409, "conflict");
    let one = format!("/users/{}", bob.id);
    target.delete(&one, &bob.token).await.ok(200);
    target.delete(&role, &target.admin).await.ok(204);
}

#[tokio::test]
async fn an_administrator_is_made_and_unmade_at_once() {
    let target = Target::start().await;
    let ada = target.person("ada").await;
    let admin = target
        .get("/roles?search=admin", &target.admin)
        .await
        .ok(200)
        .text("/items/0/id");
    let one = format!("/users/{}/roles/{admin}", ada.id);
    let new = json!({"name": "made-by-ada", "display_name": "x"});
    target
        .post("/roles", &ada.token, new.clone())
        .await
        .refused(403, "forbidden");
    target.post(&one, &target.admin, Value::Null).await.ok(200);
    target.post("/roles", &ada.token, new.clone()).await.ok(201);
    let session = target.login(&ada.email, PASSWORD).await.ok(200);
    let me = target
        .get("/auth/me", &session.text("/access_token"))
        .await
        .ok(200);
    assert_eq!(me.body["roles"], json!(["admin"]));
    target.delete(&one, &target.admin).await.ok(200);
    target
        .post("/roles", &session.text("/access_token"), new)
        .await
        .refused(403, "forbidden");
}
