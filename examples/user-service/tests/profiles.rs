//! Profiles.

use serde_json::{Value, json};

use crate::support::Target;

#[tokio::test]
async fn a_profile_lives_its_life() {
    let target = Target::start().await;
    let (ada, bob) = (target.person("ada").await, target.person("bob").await);
    let path = format!("/users/{}/profile", ada.id);
    target
        .get(&path, &bob.token)
        .await
        .refused(404, "not_found");
    target
        .put(&path, &ada.token, json!({"bio": "x"}))
        .await
        .refused(404, "not_found");
    target
        .delete(&path, &ada.token)
        .await
        .refused(404, "not_found");

    let full = json!({
        "avatar": "https://example.com/a.png", "bio": "Wrote programs", "website": "http://example.com",
        "location": "London", "company": "Analytical", "job_title": "Countess", "birth_date": "1915-12-10",
        "gender": "female", "timezone": "Europe/London", "language": "en-GB", "is_public": true,
    });
    let made = target
        .post(&path, &ada.token, full.clone())
        .await
        .ok(201)
        .body;
    assert_eq!(made["user_id"], json!(ada.id));
    for (field, value) in full.as_object().unwrap() {
        assert_eq!(&made[field], value, "{field}");
    }
    target
        .post(&path, &ada.token, json!({}))
        .await
        .refused(409, "conflict");
    assert_eq!(target.get(&path, &bob.token).await.ok(200).body, made);

    let changed = target
        .put(
            &path,
            &target.admin,
            json!({"bio": null, "company": "Engines"}),
        )
        .await
        .ok(200)
        .body;
    assert_eq!(
        (&changed["bio"], &changed["company"]),
        (&Value::Null, &json!("Engines"))
    );
    assert_eq!(changed["job_title"], "Countess");
    target
        .put(&path, &bob.token, json!({}))
        .await
        .refused(403, "forbidden");

    let gone = target.delete(&path, &ada.token).await.ok(204);
    assert_eq!(gone.body, "");
    target
        .get(&path, &bob.token)
        .await
        .refused(404, "not_found");
    let made = target
        .post(&path, &target.admin, json!({}))
        .await
        .ok(201)
        .body;
    assert_eq!(
        (&made["bio"], &made["is_public"]),
        (&Value::Null, &json!(true))
    );
}

#[tokio::test]
async fn a_private_profile_is_for_its_user_and_administrators() {
    let target = Target::start().await;
    let (ada, bob) = (target.person("ada").await, target.person("bob").await);
    let path = format!("/users/{}/profile", ada.id);
    target
        .post(&path, &ada.token, json!({"is_public": false}))
        .await
        .ok(201);
    target
        .get(&path, &bob.token)
        .await
        .refused(403, "forbidden");
    target.get(&path, &ada.token).await.ok(200);
    target.get(&path, &target.admin).await.ok(200);
    target
        .put(&path, &ada.token, json!({"is_public": true}))
        .await
        .ok(200);
    target.get(&path, &bob.token).await.ok(200);
    target
        .delete(&format!("/users/{}", ada.id), &ada.token)
        .await
        .ok(200);
    target
        .get(&path, &bob.token)
        .await
        .refused(404, "not_found");
}

#[tokio::test]
async fn a_profile_says_all_that_is_wrong() {
    let target = Target::start().await;
    let ada = target.person("ada").await;
    let path = format!("/users/{}/profile", ada.id);
    let bad = json!({
        "avatar": "ftp://x", "bio": "x".repeat(1001), "website": "example.com", "location": "", "company": 1,
        "job_title": "x".repeat(101), "birth_date": "1990-02-30", "gender": "?", "timezone": "", "language": "x",
        "is_public": "yes",
    });
    let all = [
        "avatar",
        "bio",
        "website",
        "location",
        "company",
        "job_title",
        "birth_date",
        "gender",
        "timezone",
        "language",
        "is_public",
    ];
    target
        .post(&path, &ada.token, bad.clone())
        .await
        .at_fault(&all);
    target.post(&path, &ada.token, json!({})).await.ok(201);
    target.put(&path, &ada.token, bad).await.at_fault(&all);
    for date in ["1990-1-1", "1890-01-01", "today", "1990-13-01", "19900101"] {
        target
            .put(&path, &ada.token, json!({"birth_date": date}))
            .await
            .at_fault(&["birth_date"]);
    }
}
