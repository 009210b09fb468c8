use serde_json::{Value, json};
use throng::metrics::Snapshot;
use throng::report::{json, prometheus};
use throng::view::RunView;

use super::crowd::{snapshot, text};
use super::summary::section;

fn summary(snapshot: &Snapshot) -> Value {
    json::summary(&RunView::of(snapshot))
}

#[test]
fn the_summary_has_a_table_of_steps_and_one_of_journeys_with_the_places_where_they_are_lost() {
    let text = text(&snapshot());
    assert_eq!(
        section(&text, "Steps"),
        [
            "Steps",
            "type    step      count    /s  ok  failed  error  cancelled     mean     p50     p95  p99      max",
            "new     register      1  0.02   1       -      -          -  50.0 ms       -       -    -  50.0 ms",
            "active  look up     100  2.38  95       3      1          1   150 ms  151 ms  196 ms    -   199 ms",
        ]
    );
    assert_eq!(
        section(&text, "Journeys"),
        [
            "Journeys",
            "type    journey   begun  finished          lost  cancelled  failed  error",
            "active  checkout     10         4  50.0 %     4          1       4      1",
        ]
    );
    assert!(
        text.contains("pay 2, POST /orders 1, add to cart 1"),
        "{text}"
    );
}

#[test]
fn the_json_says_how_steps_and_journeys_ended() {
    let summary = summary(&snapshot());
    let step = &summary["steps"][1];
    assert_eq!(
        (&step["type"], &step["name"]),
        (&json!("active"), &json!("look up"))
    );
    assert_eq!(
        step["results"],
        json!({ "total": 100, "ok": 95, "failed": 3, "error": 1, "cancelled": 1 })
    );
    // The cancelled one, of 101 ms, has no duration.
    let mean = step["duration_seconds"]["mean"].as_f64().unwrap();
    let all: u64 = (100..200).sum();
    assert!((mean - (all - 101) as f64 / 99e3).abs() < 1e-9, "{mean}");
    let mut journey = summary["journeys"][0].clone();
    let duration = journey["duration_seconds"].take();
    assert_eq!(duration["count"], 8);
    assert_eq!(
        journey,
        json!({
            "type": "active", "name": "checkout", "begun": 10, "under_way": 1, "finished": 4, "lost": 4,
            "lost_at": [
                { "place": "pay", "count": 2 },
                { "place": "POST /orders", "count": 1 },
                { "place": "add to cart", "count": 1 },
            ],
            "results": { "total": 9, "ok": 3, "failed": 4, "error": 1, "cancelled": 1 },
            "duration_seconds": null,
        })
    );
}

#[test]
fn the_exposition_has_the_same_figures() {
    let text = prometheus::text(&RunView::of(&snapshot())).unwrap();
    for line in [
        "throng_steps_total{type=\"active\",step=\"look up\",result=\"ok\"} 95",
        "throng_steps_total{type=\"active\",step=\"look up\",result=\"failed\"} 3",
        "throng_steps_total{type=\"active\",step=\"look up\",result=\"error\"} 1",
        "throng_steps_total{type=\"active\",step=\"look up\",result=\"cancelled\"} 1",
        "throng_step_duration_seconds_count{type=\"active\",step=\"look up\"} 99",
        "throng_step_duration_seconds_bucket{type=\"new\",step=\"register\",le=\"0.05\"} 1",
        "throng_step_duration_seconds_bucket{type=\"new\",step=\"register\",le=\"0.025\"} 0",
        "throng_journeys_total{type=\"active\",journey=\"checkout\",result=\"ok\"} 3",
        "throng_journeys_total{type=\"active\",journey=\"checkout\",result=\"failed\"} 4",
        "throng_journeys_total{type=\"active\",journey=\"checkout\",result=\"error\"} 1",
        "throng_journeys_total{type=\"active\",journey=\"checkout\",result=\"cancelled\"} 1",
        "throng_journeys_begun_total{type=\"active\",journey=\"checkout\"} 10",
        "throng_journeys_finished_total{type=\"active\",journey=\"checkout\"} 4",
        "throng_journey_duration_seconds_sum{type=\"active\",journey=\"checkout\"} 240",
    ] {
        assert!(text.lines().any(|one| one == line), "{line}\n{text}");
    }
}
