//! The history of runs over the control API.

use std::time::Duration;

use serde_json::json;
use throng::history::{End, Ending, Headline, Label, News, ProcessMark, Store, Timeline};
use throng::web::Config;

use super::site::Site;
use crate::history::simulated::{MINUTE, Simulated};

/// Keeps a run in a folder.
fn keep(folder: &std::path::Path, simulated: Simulated, number: u64) -> String {
    let run = simulated.run(number);
    let mut start = run.record.start.clone();
    start.started_ms = number;
    let mut timeline = Timeline::default();
    for block in &run.blocks {
        timeline.push(block).unwrap();
    }
    let mut store = Store::open(folder, Duration::from_secs(5)).unwrap();
    let kept = store.begin(&start, &ProcessMark::own()).unwrap();
    let (figures, ending) = (Headline::default(), Ending::default());
    let labels: &[Label] = &run.labels;
    let news = News {
        at_ms: number,
        figures: &figures,
        labels: (labels, 0),
        blocks: (timeline.encoded(), 0),
        all: false,
    };
    let end = End {
        ending: &ending,
        documents: &[],
    };
    assert!(store.write(kept, news, Some(end)).unwrap());
    start.id
}

#[tokio::test]
async fn runs_are_listed_and_compared_as_the_commands_do_it() {
    let folder = tempfile::tempdir().unwrap();
    let first = keep(folder.path(), MINUTE, 1);
    let second = keep(folder.path(), MINUTE.slower(1.3), 2);
    let site = Site::by_config("127.0.0.1:0", |own| Config {
        control: Some(own),
        history: Some(folder.path().to_owned()),
        ..Config::default()
    });
    let listed = site.get("/api/v1/runs").await;
    let ids = listed.body["runs"].as_array().unwrap().iter();
    let ids: Vec<_> = ids.map(|run| run["id"].clone()).collect();
    assert_eq!(
        (listed.status, ids),
        (200, vec![json!(second), json!(first)])
    );
    let listed = site.get("/api/v1/runs?limit=1").await;
    assert_eq!(listed.body["runs"].as_array().unwrap().len(), 1);
    let compared = site.get("/api/v1/compare?a=last~1&b=last").await;
    assert_eq!(compared.status, 200, "{compared:?}");
    assert_eq!(compared.body["a"], json!(first));
    let p95 = &compared.body["rows"][0]["changes"][2];
    assert_eq!(
        (&p95["measure"], &p95["finding"]),
        (&json!("p95"), &json!("worse"))
    );
    // No file is read for a client.
    for (words, status) in [
        ("/etc/passwd", 404),
        ("..%2F..%2Fetc%2Fpasswd", 404),
        ("", 404),
    ] {
        let refused = site.get(&format!("/api/v1/compare?a={words}&b=last")).await;
        assert_eq!(refused.status, status, "{refused:?}");
        assert!(
            refused.error().contains("is not a run of the history"),
            "{refused:?}"
        );
    }
}
