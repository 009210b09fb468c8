//! The OpenAPI document.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::Target;

#[tokio::test]
async fn it_is_openapi_3_1_and_complete() {
    let target = Target::start().await;
    let document = target.get("!/openapi.json", "").await.ok(200).body;
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(
        document,
        serde_json::to_value(user_service::document()).unwrap()
    );
    assert_eq!(
        document["components"]["securitySchemes"]["bearer"]["scheme"],
        "bearer"
    );
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            assert!(
                ids.insert(operation["operationId"].as_str().unwrap()),
                "{method} {path}"
            );
            for (status, answer) in operation["responses"].as_object().unwrap() {
                assert!(
                    answer["description"]
                        .as_str()
                        .is_some_and(|text| !text.is_empty()),
                    "{method} {path} {status}"
                );
                let empty = status == "204";
                assert_eq!(
                    answer.get("content").is_none(),
                    empty,
                    "{method} {path} {status}"
                );
            }
        }
    }
    assert_eq!(ids.len(), 43);
}

#[tokio::test]
async fn each_operation_tells_the_refusals_of_the_table() {
    let document = serde_json::to_value(user_service::document()).unwrap();
    let statuses = |path: &str, method: &str| -> Vec<String> {
        let operation = &document["paths"][path][method];
        let all = operation["responses"]
            .as_object()
            .unwrap_or_else(|| panic!("{method} {path}"));
        all.keys().cloned().collect()
    };
    for (method, path, wanted) in [
        ("post", "/api/v1/auth/login", "200 400 401 413 429 500 503"),
        ("post", "/api/v1/auth/refresh", "200 400 401 413 500 503"),
        ("get", "/api/v1/users/{id}", "200 400 401 404 429 500 503"),
        ("post", "/api/v1/users", "201 400 409 413 500 503"),
        (
            "put",
            "/api/v1/users/{id}",
            "200 400 401 403 404 409 413 429 500 503",
        ),
        (
            "put",
            "/api/v1/users/{id}/change-password",
            "200 400 401 403 404 413 422 429 500 503",
        ),
        (
            "put",
            "/api/v1/users/{id}/reset-password",
            "200 400 401 403 404 413 422 429 500 503",
        ),
        (
            "delete",
            "/api/v1/users/{userId}/profile",
            "204 400 401 403 404 429 500 503",
        ),
        (
            "get",
            "/api/v1/users/{userId}/profile",
            "200 400 401 403 404 429 500 503",
        ),
        (
            "delete",
            "/api/v1/roles/{id}",
            "204 400 401 403 404 409 429 500 503",
        ),
        (
            "delete",
            "/api/v1/permissions/{id}",
            "200 400 401 403 404 409 429 500 503",
        ),
        (
            "post",
            "/api/v1/users/{userId}/roles/bulk-assign",
            "200 400 401 403 404 413 429 500 503",
        ),
        ("get", "/health", "200 500 503"),
        ("get", "/", "200"),
    ] {
        assert_eq!(
            statuses(path, method),
            wanted.split(' ').collect::<Vec<_>>(),
            "{method} {path}"
        );
    }
}

#[test]
fn no_answer_has_a_place_for_a_password() {
    let document = serde_json::to_value(user_service::document()).unwrap();
    let user = &document["components"]["schemas"]["User"]["properties"];
    assert!(user.get("email").is_some());
    assert_eq!(user.get("password_hash"), None::<&Value>);
}
