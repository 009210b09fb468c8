//! Bad weather on order.

use std::collections::BTreeMap;

use user_service::{Mood, Options};

use crate::support::{Target, options};

/// Fates of so many requests in a row: their status, or nothing for a connection that was closed.
async fn fates(seed: u64, requests: usize) -> (Vec<Option<u16>>, Target) {
    let target = Target::with(Options {
        faults: Mood::Lively,
        seed,
        ..options()
    })
    .await;
    let mut fates = Vec::with_capacity(requests);
    for _ in 0..requests {
        let answer = target
            .try_send("GET", "/roles", &target.admin, None)
            .await
            .ok();
        if let Some(answer) = answer.as_ref().filter(|answer| answer.status >= 500) {
            assert_eq!(answer.code(), "storm");
        }
        fates.push(answer.map(|answer| answer.status));
    }
    (fates, target)
}

#[tokio::test]
async fn one_seed_gives_one_sequence_and_each_fate_is_counted() {
    // Its first 200 fates have each failure twice; its very first, the administrator's login, has none.
    const SEED: u64 = 59;
    let (first, second) = tokio::join!(fates(SEED, 200), fates(SEED, 200));
    assert_eq!(first.0, second.0);
    let mut ends = BTreeMap::new();
    for fate in &first.0 {
        *ends.entry(*fate).or_insert(0.0) += 1.0;
    }
    assert_eq!(
        ends,
        BTreeMap::from([
            (None, 2.0),
            (Some(200), 194.0),
            (Some(500), 2.0),
            (Some(503), 2.0)
        ])
    );

    let metrics = first.1.metrics().await;
    for (fate, times) in ends {
        let status = fate.map_or("dropped".to_owned(), |status| status.to_string());
        let labels = format!(r#"endpoint="/api/v1/roles",method="GET",status="{status}""#);
        assert_eq!(
            metrics[&format!("user_service_http_requests_total{{{labels}}}")],
            times,
            "{status}"
        );
    }
}

#[tokio::test]
async fn the_system_is_spared() {
    let target = Target::with(Options {
        faults: Mood::Lively,
        ..options()
    })
    .await;
    for _ in 0..300 {
        for path in ["!/health", "!/metrics", "!/openapi.json", "!/"] {
            target.get(path, "").await.ok(200);
        }
    }
}
