//! The recipes of `examples/recipes`, run as a reader would, against servers that check each request.

use std::path::Path;
use std::time::Duration;

use crate::support::oauth2::RunningProvider;
use crate::support::program::{Ended, run};
use crate::support::shop::RunningShop;

fn recipe(name: &str, address: std::net::SocketAddr, words: &[&str]) -> Ended {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/recipes");
    let scripts = root.join(name).join("scripts");
    run(&format!("http://{address}"), &scripts, words)
        .args(&["--no-valve", "--seed", "7"])
        .fast()
        .with_summary()
        .end()
}

/// Requests of a name in the summary, with an outcome.
fn counted(ended: &Ended, name: &str, outcome: &str) -> u64 {
    let summary = ended.summary();
    let endpoints = summary["endpoints"].as_array().unwrap().clone();
    let of = |endpoint: &&serde_json::Value| endpoint["name"] == name;
    let count = |endpoint: &serde_json::Value| endpoint["outcomes"][outcome].as_u64().unwrap_or(0);
    endpoints.iter().filter(of).map(count).sum()
}

#[test]
fn a_shop_of_pages_with_csrf_forms_takes_orders() {
    let shop = RunningShop::start();
    let ended = recipe(
        "shop",
        shop.address,
        &[
            "--users",
            "4",
            "--sessions",
            "8",
            "-e",
            "email=a@example.com",
            "-e",
            "password=se cret&",
            "--think-factor",
            "0.1",
        ],
    )
    .with_code(0);
    let seen = shop.seen();
    assert_eq!(seen.refused, Vec::<String>::new());
    assert_eq!((seen.logins, seen.logouts), (8, 8));
    assert!(seen.orders > 0, "{seen:?}");
    assert!(seen.not_modified > seen.assets, "{seen:?}");
    assert_eq!(
        counted(&ended, "asset", "ok"),
        seen.assets + seen.not_modified
    );
    assert_eq!(counted(&ended, "/orders", "ok"), seen.orders);
    let summary = ended.summary();
    assert_eq!(summary["sessions"]["failed"], 0, "{summary}");
    for endpoint in summary["endpoints"].as_array().unwrap() {
        let outcomes = &endpoint["outcomes"];
        assert_eq!(outcomes["total"], outcomes["ok"], "{endpoint}");
    }
}

#[test]
fn a_customer_with_a_wrong_password_does_not_get_in() {
    let shop = RunningShop::start();
    let ended = recipe(
        "shop",
        shop.address,
        &[
            "--users",
            "1",
            "--sessions",
            "1",
            "-e",
            "email=a@example.com",
            "-e",
            "password=no",
        ],
    );
    assert!(ended.stderr.contains("no login") || ended.stdout.contains("no login"));
    let seen = shop.seen();
    assert_eq!((seen.logins, seen.orders), (0, 0));
    assert_eq!(seen.refused, Vec::<String>::new());
}

#[test]
fn a_service_with_client_credentials_renews_its_tokens_by_itself() {
    // Renewed a quarter of its life before its end at the latest.
    let provider = RunningProvider::start(Duration::from_secs(2));
    let ended = recipe(
        "oauth2",
        provider.address,
        &[
            "--users",
            "2",
            "--duration",
            "10s",
            "-e",
            "client_id=web",
            "-e",
            "client_secret=se cret",
        ],
    )
    .with_code(0);
    let seen = provider.seen();
    assert_eq!(seen.refused, Vec::<String>::new());
    assert!(seen.tokens > 2, "{seen:?}");
    assert!(seen.created > 0, "{seen:?}");
    assert_eq!(
        counted(&ended, "/api/orders", "ok"),
        seen.listed + seen.created
    );
    assert_eq!(counted(&ended, "/oauth/token", "ok"), seen.tokens);
}
