//! The code of `--open`, in exchange for the token; and the page in one file.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use throng::secrets::Masker;
use throng::web::{CODE_LIFETIME, Config, Limits, OneTimeCode, Token};

use super::figures;
use super::site::{Said, Site, TOKEN, said, steered};

const CODE: &str = "5c1e0d7a9b3f4e62a8d0c4b7f1e29a63";
const WRONG: &str = "00000000000000000000000000000000";

fn site(code: OneTimeCode, limits: Limits) -> Site {
    Site::by_config("127.0.0.1:0", |own| Config {
        control: Some(own.with_code(Some(code))),
        // As it is of a token that was given: no other response shows it.
        secrets: Arc::new(Masker::new([TOKEN]).unwrap()),
        limits,
        ..Config::default()
    })
}

async fn shown(site: &Site, code: &str) -> Said {
    let request = site.bare("POST", "/api/v1/session");
    said(request.json(&json!({ "code": code }))).await
}

#[tokio::test]
async fn the_code_is_exchanged_for_the_token_once() {
    let site = site(OneTimeCode::new(Token::new(CODE)), Limits::default());
    let first = shown(&site, CODE).await;
    assert_eq!(
        (first.status, &first.body),
        (200, &json!({ "token": TOKEN }))
    );
    assert_eq!(first.headers["cache-control"], "no-store");
    let second = shown(&site, CODE).await;
    assert_eq!(second.status, 401);
    assert!(second.error().contains("--open"), "{second:?}");
}

#[tokio::test]
async fn a_code_that_is_too_old_or_wrong_opens_nothing() {
    assert_eq!(CODE_LIFETIME, Duration::from_secs(30));
    let old = OneTimeCode::lasting(Token::new(CODE), Duration::ZERO);
    let site = site(old, Limits::default());
    for code in [CODE, WRONG, "", &CODE[..16]] {
        assert_eq!(shown(&site, code).await.status, 401, "{code:?}");
    }
    // Without --open there is none.
    assert_eq!(shown(&steered(), CODE).await.status, 401);
    let empty = said(site.bare("POST", "/api/v1/session")).await;
    assert_eq!(empty.status, 401);
}

#[tokio::test]
async fn who_guesses_is_locked_out_as_with_tokens() {
    let limits = Limits {
        login_attempts: 3,
        ..Limits::default()
    };
    let site = site(OneTimeCode::new(Token::new(CODE)), limits);
    for _ in 0..3 {
        assert_eq!(shown(&site, WRONG).await.status, 401);
    }
    let locked = shown(&site, CODE).await;
    assert_eq!(locked.status, 429);
    assert!(locked.headers.contains_key("retry-after"));
    let wrong = site.bare("POST", "/api/v1/pause").bearer_auth("wrong");
    assert_eq!(said(wrong).await.status, 429, "one count for both");
}

#[tokio::test]
async fn a_page_of_another_site_exchanges_nothing() {
    let site = site(OneTimeCode::new(Token::new(CODE)), Limits::default());
    let request = site.bare("POST", "/api/v1/session");
    let request = request.header("origin", "http://elsewhere.example");
    let foreign = said(request.json(&json!({ "code": CODE }))).await;
    assert_eq!(foreign.status, 403);
    assert_eq!(shown(&site, CODE).await.status, 200);
}

#[tokio::test]
async fn the_page_in_one_file_has_the_run_until_now_and_no_secret() {
    let secret = "hush-hush-9f3a";
    let site = Site::by_config("127.0.0.1:0", |own| Config {
        control: Some(own),
        secrets: Arc::new(Masker::new([secret]).unwrap()),
        ..Config::default()
    });
    let mut snapshot = throng::metrics::Snapshot::clone(&figures::filled());
    snapshot.run.base_url = format!("http://{secret}.example/</script><script>alert(1)</script>");
    site.snapshots.send_replace(Arc::new(snapshot));
    let page = loop {
        let answer = site
            .bare("GET", "/api/v1/report.html")
            .send()
            .await
            .unwrap();
        // The feed follows the run in its own time.
        let text = answer.text().await.unwrap();
        if text.contains("20261124-k3v9") {
            break text;
        }
        tokio::task::yield_now().await;
    };
    assert!(!page.contains(secret));
    assert!(!page.contains("</script><script>alert"));
    let data = page.split_once("id=\"data\">").unwrap().1;
    let data = data.split_once("</script>").unwrap().0;
    let data: serde_json::Value = serde_json::from_str(data).unwrap();
    let target = data["now"]["run"]["target"].as_str().unwrap();
    assert_eq!(
        target,
        "http://***.example/</script><script>alert(1)</script>"
    );
    assert_eq!(data["now"]["run"]["requests"]["total"], 16);
    assert!(data["failures"]["groups"].is_array());
    for address in ["src=\"", "href=\"/", "@import", "url(http"] {
        assert!(!page.contains(address), "it loads {address}");
    }
}
