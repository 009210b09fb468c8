//! One verdict in every output: what fails a run is the same sentence, wherever it is read.

use serde_json::Value;

use super::service::{ask, samples};
use super::{Answer, Folder, Target, browsing, throng};

/// The two thresholds of the run: the first is met, the second passes.
const RULES: [&str; 2] = ["failed > 1%", "p99 > 30s"];

#[test]
fn what_fails_a_run_is_the_same_in_text_json_page_metrics_and_every_report() {
    let target = Target::new(|_| Answer::Status(503, "{}".to_owned()));
    let scripts = Folder::of("browse", &browsing(50));
    let file = |extension: &str| {
        let file = scripts.root().join(format!("report.{extension}"));
        file.display().to_string()
    };
    let mut program = throng(["run", "--listen", "127.0.0.1:0", "--linger", "1h"])
        .args(&["--base-url", &target.url(), "--users", "1", "--ramp", "0"])
        .args(&["--no-breaker", "--color", "never", "--script-dir"])
        .arg(scripts.path())
        .with_summary();
    for rule in RULES {
        program = program.args(&["--fail-if", rule]);
    }
    for extension in ["json", "xml", "html", "csv", "md"] {
        program = program.args(&["--report", &file(extension)]);
    }
    let run = program.start();
    let address = run.metrics_address();
    run.wait_for("the run is over; its figures stay at http://");

    // While it lingers: the metrics and what the page reads.
    let (_, metrics) = ask(address, "GET", "/metrics", None, None);
    let ok = samples(&metrics, "throng_threshold_ok");
    let ok_of = |rule: &str| {
        let found = ok.iter().find(|(labels, _)| labels["rule"] == rule);
        found.unwrap_or_else(|| panic!("{rule}: {metrics}")).1
    };
    assert_eq!((ok_of(RULES[0]), ok_of(RULES[1])), (0.0, 1.0));
    let (_, api) = ask(address, "GET", "/api/v1/run", None, None);
    let api: Value = serde_json::from_str(&api).unwrap();
    run.signal("INT");
    let ended = run.end().with_code(5);

    let read = |extension| std::fs::read_to_string(file(extension)).unwrap();
    let summary = ended.summary();
    assert_eq!(target.count(), 50);
    let sentence = "threshold failed > 1%: 100 % (50 requests)";
    let first = summary["status"][0]["text"].as_str().unwrap();
    let page = frozen(&read("html"));
    for of in [&summary, &api, &page] {
        assert_eq!(of["exit"]["code"], 5, "{of:#}");
        assert_eq!(of["exit"]["reasons"].as_array().unwrap().len(), 1);
        assert_eq!(of["exit"]["reasons"][0]["text"], sentence);
        assert_eq!(of["status"][0]["text"], first);
        assert_eq!(of["thresholds"][0]["result"], "failed");
        assert_eq!(of["thresholds"][1]["result"], "passed");
    }
    ended.said(sentence);
    assert!(
        ended.stdout.contains("100 % (50 requests)"),
        "{}",
        ended.stdout
    );

    assert_eq!(read("json"), ended.summary_as_written());
    let junit = quick_junit::Report::deserialize_from_str(&read("xml")).unwrap();
    assert_eq!((junit.failures, junit.errors), (1, 0));
    let csv = read("csv");
    let mut lines = csv::Reader::from_reader(csv.as_bytes());
    let head = lines.headers().unwrap().clone();
    let column = |name: &str| head.iter().position(|one| one == name).unwrap();
    let (kind, unexpected) = (column("kind"), column("unexpected"));
    let failed = lines
        .records()
        .map(Result::unwrap)
        .filter(|line| &line[kind] == "endpoint");
    let failed: u64 = failed
        .map(|line| line[unexpected].parse::<u64>().unwrap())
        .sum();
    assert_eq!(failed, 50, "{csv}");
    assert!(read("xml").contains("threshold failed &gt; 1%: 100 % (50 requests)"));
}

/// The run in the data of a page that is one file.
fn frozen(page: &str) -> Value {
    let data = page.split_once("id=\"data\">").unwrap().1;
    let data = data.split_once("</script>").unwrap().0;
    let mut data: Value = serde_json::from_str(data).unwrap();
    data["now"]["run"].take()
}
