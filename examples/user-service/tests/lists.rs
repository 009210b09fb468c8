//! Pages, searches and filters.

use serde_json::{Value, json};

use crate::support::{Answer, Target};

fn names(answer: &Answer) -> Vec<String> {
    let items = answer.body["items"].as_array().expect("items");
    items
        .iter()
        .map(|item| {
            item["username"]
                .as_str()
                .or(item["name"].as_str())
                .unwrap()
                .to_owned()
        })
        .collect()
}

#[tokio::test]
async fn users_come_in_pages_newest_first() {
    let target = Target::start().await;
    for n in 1..=24 {
        target
            .post(
                "/users",
                "",
                crate::support::registration(&format!("user{n:02}")),
            )
            .await
            .ok(201);
    }
    let first = target.get("/users", &target.admin).await.ok(200);
    assert_eq!(
        first.body["pagination"],
        json!({"total": 25, "page": 1, "limit": 20, "pages": 2})
    );
    assert_eq!(names(&first).len(), 20);
    assert_eq!(names(&first)[..2], ["user24", "user23"]);
    let last = target
        .get("/users?page=5&limit=6", &target.admin)
        .await
        .ok(200);
    assert_eq!(
        last.body["pagination"],
        json!({"total": 25, "page": 5, "limit": 6, "pages": 5})
    );
    assert_eq!(names(&last), ["admin"]);
    let past = target.get("/users?page=9", &target.admin).await.ok(200);
    assert_eq!(names(&past), [""; 0]);

    for query in ["page=0", "page=-1", "page=x", "page=1.5", "page="] {
        target
            .get(&format!("/users?{query}"), &target.admin)
            .await
            .at_fault(&["page"]);
    }
    for query in ["limit=0", "limit=101", "limit=x"] {
        target
            .get(&format!("/users/search?q=a&{query}"), &target.admin)
            .await
            .at_fault(&["limit"]);
    }
    target
        .get("/users?page=x&limit=y&is_active=z", &target.admin)
        .await
        .at_fault(&["is_active", "page", "limit"]);
}

#[tokio::test]
async fn users_are_searched_by_any_part_of_their_texts() {
    let target = Target::start().await;
    for name in ["anna", "hannah", "bob"] {
        target.person(name).await;
    }
    let ask = async |path: &str| {
        let by_list = names(
            &target
                .get(&format!("/users?search={path}"), &target.admin)
                .await
                .ok(200),
        );
        let found = target
            .get(&format!("/users/search?q={path}"), &target.admin)
            .await
            .ok(200);
        assert_eq!(names(&found), by_list);
        assert_eq!(found.body["pagination"]["total"], by_list.len());
        by_list
    };
    assert_eq!(ask("nna").await, ["hannah", "anna"]);
    assert_eq!(ask("ANNA").await, ["hannah", "anna"]);
    assert_eq!(ask("bo").await, ["bob"]);
    assert_eq!(ask("ob@exa").await, ["bob"]);
    assert_eq!(ask("name%20of%20h").await, ["hannah"]);
    for none in [
        "%25",
        "_",
        "%22",
        "a%22b%22c",
        "anna%20OR%20bob",
        "%25%25%25%25",
        "*bob",
        "x'--",
    ] {
        assert_eq!(ask(none).await, [""; 0], "{none}");
    }
    target
        .get("/users/search", &target.admin)
        .await
        .at_fault(&["q"]);
    target
        .get("/users/search?q=", &target.admin)
        .await
        .at_fault(&["q"]);
    target
        .get(
            &format!("/users/search?q={}", "a".repeat(101)),
            &target.admin,
        )
        .await
        .at_fault(&["q"]);
}

#[tokio::test]
async fn a_search_follows_changes_and_deletions() {
    let target = Target::start().await;
    let (ada, bob) = (target.person("ada").await, target.person("bob").await);
    target
        .put(
            &format!("/users/{}", ada.id),
            &ada.token,
            json!({"name": "Countess"}),
        )
        .await
        .ok(200);
    assert_eq!(
        names(&target.get("/users/search?q=countess", &bob.token).await),
        ["ada"]
    );
    assert_eq!(
        names(&target.get("/users/search?q=of%20ada", &bob.token).await),
        [""; 0]
    );

    target
        .delete(&format!("/users/{}", ada.id), &ada.token)
        .await
        .ok(200);
    for (query, found) in [
        ("/users/search?q=countess", &[][..]),
        ("/users?search=countess", &[]),
        ("/users", &["bob", "admin"]),
        ("/users?is_deleted=false", &["bob", "admin"]),
        ("/users?is_deleted=true", &["ada"]),
        ("/users?is_deleted=true&search=countess", &["ada"]),
        ("/users?is_deleted=true&search=bob", &[]),
    ] {
        let page = target.get(query, &bob.token).await.ok(200);
        assert_eq!(names(&page), found, "{query}");
        assert_eq!(page.body["pagination"]["total"], found.len(), "{query}");
    }
}

#[tokio::test]
async fn users_are_filtered_by_activity() {
    let target = Target::start().await;
    let (ada, _) = (target.person("ada").await, target.person("bob").await);
    target
        .put(
            &format!("/users/{}/deactivate", ada.id),
            &target.admin,
            Value::Null,
        )
        .await
        .ok(200);
    for (query, found) in [
        ("is_active=true", &["bob", "admin"][..]),
        ("is_active=false", &["ada"]),
        ("is_active=0", &["ada"]),
        ("is_active=false&search=example", &["ada"]),
        ("is_active=true&search=example", &["bob", "admin"]),
        ("is_active=false&is_deleted=true", &[]),
    ] {
        let page = target
            .get(&format!("/users?{query}"), &target.admin)
            .await
            .ok(200);
        assert_eq!(names(&page), found, "{query}");
        assert_eq!(page.body["pagination"]["total"], found.len(), "{query}");
    }
}

#[tokio::test]
async fn roles_and_permissions_are_searched_and_filtered() {
    let target = Target::start().await;
    let editor = target.role("editor").await;
    target.role("author").await;
    target
        .put(
            &format!("/roles/{editor}/deactivate"),
            &target.admin,
            Value::Null,
        )
        .await
        .ok(200);
    for (query, found) in [
        ("", &["admin", "editor", "author"][..]),
        ("?search=uth", &["author"]),
        ("?search=_", &[]),
        ("?is_active=false", &["editor"]),
        ("?is_active=true&search=or", &["admin", "author"]),
        ("?limit=1&page=3", &["author"]),
    ] {
        assert_eq!(
            names(
                &target
                    .get(&format!("/roles{query}"), &target.admin)
                    .await
                    .ok(200)
            ),
            found,
            "{query}"
        );
    }
    for (query, total) in [
        ("", 8),
        ("?resource=users", 2),
        ("?search=read", 4),
        ("?resource=users&search=read", 1),
        ("?is_active=false", 0),
        ("?resource=user", 0),
    ] {
        let page = target
            .get(&format!("/permissions{query}"), &target.admin)
            .await
            .ok(200);
        assert_eq!(page.body["pagination"]["total"], total, "{query}");
    }
    for path in ["/roles?is_active=maybe", "/permissions?is_active=maybe"] {
        target
            .get(path, &target.admin)
            .await
            .at_fault(&["is_active"]);
    }
}
