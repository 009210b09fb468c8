//! What every answer has, and what none shows.

use std::sync::Arc;
use std::time::Duration;

use throng::metrics::{Aggregator, Event, RunInfo};
use throng::secrets::Masker;
use throng::web::Config;

use super::site::{Site, said, steered};

#[tokio::test]
async fn each_tells_browsers_to_be_careful_and_lets_no_other_site_read() {
    let site = steered();
    for (method, path, status) in [
        ("GET", "/", 200),
        ("GET", "/metrics", 200),
        ("GET", "/healthz", 200),
        ("GET", "/api/v1/run", 200),
        ("HEAD", "/api/v1/run", 200),
        ("GET", "/nothing", 404),
        ("POST", "/metrics", 405),
        ("POST", "/api/v1/stop", 401),
        ("OPTIONS", "/api/v1/run", 405),
    ] {
        let answer = said(site.bare(method, path)).await;
        assert_eq!(answer.status, status, "{method} {path}");
        for (name, value) in [
            ("server", "throng"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(answer.headers[name], value, "{method} {path}");
        }
        // The page's files are asked for again, and not sent again.
        let kept = if path == "/" { "no-cache" } else { "no-store" };
        assert_eq!(answer.headers["cache-control"], kept, "{method} {path}");
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        let names = answer.headers.keys();
        let shared: Vec<_> = names
            .filter(|name| name.as_str().starts_with("access-control"))
            .collect();
        assert!(shared.is_empty(), "{shared:?}");
    }
}

#[tokio::test]
async fn no_answer_shows_a_secret_and_each_keeps_its_form() {
    let secrets = Masker::new([
        "hush \"quoted\" word",
        "123456",
        "requests",
        "reloads",
        "refused",
    ])
    .unwrap();
    let site = Site::by_config("127.0.0.1:0", |own| Config {
        control: Some(own),
        secrets: Arc::new(secrets),
        ..Config::default()
    });
    let mut aggregator = Aggregator::new(RunInfo {
        seed: 1_234_567,
        base_url: "http://x/?a=hush+%22quoted%22%20word".to_owned(),
        version: "hush \"quoted\" word".to_owned(),
        ..RunInfo::default()
    });
    aggregator.reload_status().event(Event {
        at: Duration::from_secs(1),
        what: "set".to_owned(),
        by: "api".to_owned(),
        text: "a hush \"quoted\" word of 123456".to_owned(),
    });
    site.snapshots
        .send_replace(aggregator.tick(Duration::from_secs(1)));
    let run = site.get("/api/v1/run").await;
    assert_eq!(run.body["target"], "http://x/?a=***");
    assert_eq!(run.body["version"], "***");
    assert_eq!(
        run.body["reload_status"]["events"][0]["text"],
        "a *** of ***"
    );
    assert_eq!(run.body["seed"], 1_234_567, "a number is no text");
    assert!(run.body["requests"].is_object(), "nor is a key");
    let metrics = site.get("/metrics").await;
    let metrics = metrics.body.as_str().unwrap();
    assert!(metrics.contains("{version=\"***\"} 1\n"), "{metrics}");
    assert!(metrics.contains("_total{result=\"***\"} 0\n"), "{metrics}");
    assert!(
        metrics.contains("# TYPE throng_script_reloads_total"),
        "{metrics}"
    );
}

#[tokio::test]
async fn a_token_in_a_url_is_refused_before_anything_else() {
    let mut site = steered();
    for query in [
        "token=x",
        "access_token=x",
        "a=1&Api_Key=x",
        "auth",
        "t%6Fken=x",
    ] {
        for (method, path) in [
            ("GET", "/metrics"),
            ("POST", "/api/v1/stop"),
            ("GET", "/nothing"),
        ] {
            let refused = said(site.request(method, &format!("{path}?{query}"))).await;
            assert_eq!(refused.status, 400, "{method} {path}?{query}");
            assert!(refused.error().contains("Authorization: Bearer TOKEN"));
            assert!(!refused.error().contains(query), "{refused:?}");
        }
    }
    assert_eq!(said(site.bare("GET", "/metrics?page=1")).await.status, 200);
    assert!(site.is_unmoved());
}
