//! The refusals that every operation of a kind shares, tried on each operation that the document knows.

use serde_json::{Value, json};
use std::time::Duration;

use crate::support::{NOBODY, Target};

struct Operation {
    method: String,
    template: String,
    scopes: Option<Vec<String>>,
    has_body: bool,
}

async fn operations(target: &Target) -> Vec<Operation> {
    let document = target.get("!/openapi.json", "").await.ok(200).body;
    let mut all = Vec::new();
    for (template, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("item") {
            let scopes = operation["security"][0]["bearer"].as_array();
            let scopes = scopes.map(|list| {
                list.iter()
                    .map(|scope| scope.as_str().unwrap().to_owned())
                    .collect()
            });
            all.push(Operation {
                method: method.to_uppercase(),
                template: template.clone(),
                scopes,
                has_body: operation.get("requestBody").is_some(),
            });
        }
    }
    all
}

impl Operation {
    fn path(&self, id: &str) -> String {
        let path = self
            .template
            .replace("{id}", id)
            .replace("{userId}", id)
            .replace("{roleId}", id);
        format!(
            "!{}",
            path.replace("{email}", "nobody@example.com")
                .replace("{username}", "nobody")
        )
    }

    fn takes_id(&self) -> bool {
        self.template.contains("{id}") || self.template.contains("{userId}")
    }

    /// A body that passes every rule of this operation.
    fn body(&self) -> Option<Value> {
        let any = json!({
            "username": "someone", "email": "someone@example.com", "password": "Passw0rd-1", "name": "someone",
            "display_name": "Some One", "resource": "things", "action": "read", "roleIds": [NOBODY],
            "oldPassword": "Passw0rd-1", "newPassword": "Passw0rd-2", "resetToken": "any", "refresh_token": "none",
        });
        self.has_body.then_some(any)
    }

    fn is_for(&self, scopes: &[&str]) -> bool {
        self.scopes.as_ref().is_some_and(|mine| mine == scopes)
    }
}

#[tokio::test]
async fn there_are_42_operations_and_the_second_way_to_ask_who_one_is() {
    let target = Target::start().await;
    let all = operations(&target).await;
    assert_eq!(all.len(), 43);
    assert_eq!(
        all.iter()
            .filter(|operation| operation.scopes.is_some())
            .count(),
        37
    );
    assert_eq!(
        all.iter()
            .filter(|operation| operation.is_for(&["admin"]))
            .count(),
        17
    );
    assert_eq!(
        all.iter()
            .filter(|operation| operation.is_for(&["self", "admin"]))
            .count(),
        5
    );
    assert_eq!(
        all.iter()
            .filter(|operation| operation.is_for(&["self"]))
            .count(),
        1
    );
}

#[tokio::test]
async fn protected_operations_want_a_token_that_is_alive() {
    let target = Target::start().await;
    let stale = target.person("stale").await;
    target.state().clock.advance(Duration::from_secs(901));
    let gone = target.person("gone").await;
    target
        .post("/auth/logout", &gone.token, Value::Null)
        .await
        .ok(200);
    let mut forged = gone.token.clone();
    forged.pop();

    for operation in operations(&target)
        .await
        .iter()
        .filter(|operation| operation.scopes.is_some())
    {
        let path = operation.path(NOBODY);
        let ask = async |token: &str| {
            target
                .send(&operation.method, &path, token, operation.body())
                .await
        };
        let missing = ask("").await.refused(401, "token_missing");
        assert_eq!(missing.headers["www-authenticate"], "Bearer");
        ask("garbage").await.refused(401, "token_invalid");
        ask(&forged).await.refused(401, "token_invalid");
        ask(&stale.token).await.refused(401, "token_expired");
        ask(&gone.token).await.refused(401, "token_revoked");
    }
}

#[tokio::test]
async fn another_scheme_is_no_token() {
    let target = Target::start().await;
    let url = format!("{}/api/v1/users", target.base);
    for header in ["Basic YTpi", "Bearer", "", target.admin.as_str()] {
        let answer = reqwest::Client::new()
            .get(&url)
            .header("authorization", header)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 401, "{header}");
        assert_eq!(
            answer.json::<Value>().await.unwrap()["error"]["code"],
            "token_malformed"
        );
    }
}

#[tokio::test]
async fn admin_operations_are_for_administrators() {
    let target = Target::start().await;
    let plain = target.person("plain").await;
    for operation in operations(&target)
        .await
        .iter()
        .filter(|operation| operation.is_for(&["admin"]))
    {
        let answer = target
            .send(
                &operation.method,
                &operation.path(NOBODY),
                &plain.token,
                operation.body(),
            )
            .await;
        answer.refused(403, "forbidden");
    }
}

#[tokio::test]
async fn own_operations_are_not_for_someone_else() {
    let target = Target::start().await;
    let (plain, other) = (target.person("plain").await, target.person("other").await);
    for operation in operations(&target).await {
        if operation.is_for(&["self", "admin"]) || operation.is_for(&["self"]) {
            let path = operation.path(&other.id);
            target
                .send(&operation.method, &path, &plain.token, operation.body())
                .await
                .refused(403, "forbidden");
        }
    }
}

#[tokio::test]
async fn an_id_is_a_uuid_of_something() {
    let target = Target::start().await;
    let mut seen = 0;
    for operation in operations(&target)
        .await
        .iter()
        .filter(|operation| operation.takes_id())
    {
        let name = if operation.template.contains("{id}") {
            "id"
        } else {
            "userId"
        };
        let ask = async |id: &str| {
            target
                .send(
                    &operation.method,
                    &operation.path(id),
                    &target.admin,
                    operation.body(),
                )
                .await
        };
        for id in [
            "17",
            "not-a-uuid",
            "00000000000040008000000000000000",
            "%F0%9F%98%80",
        ] {
            ask(id).await.at_fault(&[name]);
        }
        ask("%FF").await.at_fault(&["path"]);
        ask(NOBODY).await.refused(404, "not_found");
        seen += 1;
    }
    assert_eq!(seen, 26);
}

#[tokio::test]
async fn a_body_is_a_json_object() {
    let target = Target::start().await;
    let plain = target.person("plain").await;
    let client = reqwest::Client::new();
    let mut seen = 0;
    for operation in operations(&target)
        .await
        .iter()
        .filter(|operation| operation.has_body)
    {
        let own = operation.is_for(&["self"]) || operation.is_for(&["self", "admin"]);
        let (id, token) = if own {
            (plain.id.as_str(), &plain.token)
        } else {
            (NOBODY, &target.admin)
        };
        let url = format!("{}{}", target.base, &operation.path(id)[1..]);
        let method: reqwest::Method = operation.method.parse().unwrap();
        for body in [
            "",
            "{",
            "[]",
            "\"text\"",
            "{\"name\": \"\\ud800\"}",
            "nul",
            "\u{fffd}",
        ] {
            let request = client
                .request(method.clone(), &url)
                .bearer_auth(token)
                .body(body);
            let answer = request.send().await.unwrap();
            assert_eq!(
                answer.status(),
                400,
                "{} {} {body}",
                operation.method,
                operation.template
            );
            let answer: Value = answer.json().await.unwrap();
            assert_eq!(answer["error"]["fields"][0]["field"], "body");
        }
        let long = vec![b' '; 2 * 1024 * 1024 + 1];
        let answer = client
            .request(method, &url)
            .bearer_auth(token)
            .body(long)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 413);
        assert_eq!(
            answer.json::<Value>().await.unwrap()["error"]["code"],
            "too_large"
        );
        seen += 1;
    }
    assert_eq!(seen, 14);
}

#[tokio::test]
async fn what_no_route_takes_is_refused_in_json() {
    let target = Target::start().await;
    target.get("!/nowhere", "").await.refused(404, "no_route");
    target
        .get("/users/", &target.admin)
        .await
        .refused(404, "no_route");
    let answer = target
        .send("PATCH", "/users", &target.admin, None)
        .await
        .refused(405, "method_not_allowed");
    assert_eq!(answer.headers["allow"], "GET,HEAD,POST");
}
