//! Files of `--report`: one format each, the same run in all of them.

use quick_junit::{Report, TestCase, TestCaseStatus};

use super::program::{run, throng};
use super::{Answer, Folder, Target, browsing};

/// One user, one session, without pauses.
const ONCE: [&str; 4] = ["--users", "1", "--ramp", "0"];

/// `folder/report.EXTENSION`
fn named(folder: &Folder, extension: &str) -> String {
    let file = folder.root().join(format!("report.{extension}"));
    file.display().to_string()
}

fn junit(file: &str) -> Report {
    let text = std::fs::read_to_string(file).unwrap();
    Report::deserialize_from_str(&text).unwrap_or_else(|why| panic!("{why}:\n{text}"))
}

fn case<'a>(report: &'a Report, suite: &str, name: &str) -> &'a TestCase {
    let suite = report.test_suites.iter().find(|one| one.name == *suite);
    let suite = suite.unwrap_or_else(|| panic!("no suite for {name}: {report:?}"));
    let case = suite.test_cases.iter().find(|one| one.name == *name);
    case.unwrap_or_else(|| panic!("no case {name}: {suite:?}"))
}

/// The word for its result, and its message.
fn result(case: &TestCase) -> (&str, String) {
    match &case.status {
        TestCaseStatus::Success { .. } => ("passed", String::new()),
        TestCaseStatus::NonSuccess { message, .. } => {
            let message = message.as_ref().map(|message| message.as_str());
            ("failed", message.unwrap_or_default().to_owned())
        }
        TestCaseStatus::Skipped { message, .. } => {
            let message = message.as_ref().map(|message| message.as_str());
            ("skipped", message.unwrap_or_default().to_owned())
        }
    }
}

#[test]
fn each_report_says_what_the_run_was_in_the_format_of_its_extension() {
    let script = "return { requests = 4, think = 0, step = function()
      local response = http.get('/page', { expect = { 404 } })
      metrics.check('is 404', response.status == 404) metrics.check('is \"<fine>\"\\27', false)
      journey('visit', function() http.get('/page', { expect = { 404 } }) end) end }";
    let target = Target::new(|_| Answer::Status(404, String::new()));
    let scripts = Folder::of("reader", script);
    let (json, xml) = (named(&scripts, "json"), named(&scripts, "XML"));
    std::fs::write(&xml, "of the last run").unwrap();
    let ended = run(&target.url(), &scripts.path(), &ONCE)
        .args(&["--report", &json, "--report", &xml, "--seed", "7"])
        .args(&["--fail-if", "rate > 0/s", "--fail-if", "p99 > 30s"])
        .with_summary()
        .end()
        .with_code(5);
    let written = std::fs::read_to_string(&json).unwrap();
    assert_eq!(written, ended.summary_as_written());
    let summary = ended.summary();
    let report = junit(&xml);
    assert_eq!(result(case(&report, "run", "run")).0, "passed");
    let (word, message) = result(case(&report, "thresholds", "rate > 0"));
    assert_eq!(word, "failed");
    let met = summary["thresholds"][0]["met"].as_str().unwrap();
    assert_eq!(message, format!("threshold rate > 0: {met}"));
    ended.said(&message);
    let passed = case(&report, "thresholds", "p99 > 30s");
    assert_eq!(result(passed).0, "passed");
    assert_eq!(result(case(&report, "checks", "is 404")).0, "passed");
    let (word, message) = result(case(&report, "checks", "is \"<fine>\"\\u{1b}"));
    let calls = summary["checks"][0]["failed"].as_u64().unwrap();
    assert!(calls > 0, "{summary}");
    let counts = format!("{calls} of {calls} checks failed; only thresholds (--fail-if)");
    assert_eq!(word, "skipped");
    assert!(message.starts_with(&counts), "{message}");
    assert_eq!(
        result(case(&report, "journeys", "reader: visit")).0,
        "passed"
    );
    assert_eq!((report.failures, report.errors), (1, 0));
    let run = &report.test_suites[0];
    let said: Vec<(&str, &str)> = run
        .properties
        .iter()
        .map(|one| (one.name.as_str(), one.value.as_str()))
        .collect();
    let id = summary["run"]["id"].as_str().unwrap();
    assert!(said.contains(&("run", id)), "{said:?}");
    assert!(said.contains(&("seed", "7")), "{said:?}");
}

#[test]
fn a_run_that_holds_its_thresholds_has_no_failure_in_its_report() {
    let (target, scripts) = (Target::fine(), Folder::of("browse", &browsing(3)));
    let xml = named(&scripts, "xml");
    let rules = "failed > 1%; p99{name=\"/elsewhere\"} > 1s";
    run(&target.url(), &scripts.path(), &ONCE)
        .variable("THRONG_REPORT", &format!("{xml};"))
        .variable("THRONG_FAIL_IF", rules)
        .args(&["--allow-missing"])
        .end()
        .with_code(0);
    let report = junit(&xml);
    assert_eq!((report.failures, report.errors, report.skipped), (0, 0, 1));
    let missing = case(&report, "thresholds", "p99{name=\"/elsewhere\"} > 1s");
    assert!(result(missing).1.contains("allowed by --allow-missing"));
}

#[test]
fn a_report_that_cannot_be_written_costs_neither_the_summary_nor_the_others() {
    let (target, scripts) = (Target::fine(), Folder::of("browse", &browsing(3)));
    let (full, json) = (named(&scripts, "xml"), named(&scripts, "json"));
    std::os::unix::fs::symlink("/dev/full", &full).unwrap();
    let ended = run(&target.url(), &scripts.path(), &ONCE)
        .args(&["--report", &full, "--report", &json])
        .with_summary()
        .end()
        .with_code(1);
    ended.said(&format!(
        "the report cannot be written to {full}: No space left on device"
    ));
    assert!(ended.stdout.contains("requests  3"), "{}", ended.stdout);
    let mut summary = ended.summary();
    assert_eq!(summary["requests"]["total"], 3);
    let written = std::fs::read_to_string(&json).unwrap();
    let mut written: serde_json::Value = serde_json::from_str(&written).unwrap();
    // What is written later knows what could not be written before.
    let reason = &written["exit"]["reasons"][0];
    assert_eq!(
        (&reason["kind"], &reason["code"]),
        (&"not_written".into(), &1.into())
    );
    written["exit"] = summary["exit"].take();
    summary["exit"] = written["exit"].clone();
    assert_eq!(written, summary);
}

#[test]
fn places_that_take_no_report_are_said_before_anything_is_sent() {
    let (target, scripts) = (Target::fine(), Folder::of("browse", &browsing(3)));
    let ended = run(&target.url(), &scripts.path(), &ONCE)
        .args(&["--report", "no/such/a.json", "--report", "nor/that/b.xml"])
        .end()
        .with_code(2);
    ended.said("2 things are wrong");
    ended.said(
        "--report no/such/a.json: its folder is not there; make it, or name a file in another one",
    );
    ended.said("--report nor/that/b.xml: its folder is not there");
    assert_eq!(target.count(), 0);
}

/// What stands in the page between its own parts.
fn data(file: &str) -> serde_json::Value {
    let page = std::fs::read_to_string(file).unwrap();
    let data = page.split_once("id=\"data\">").unwrap().1;
    let data = data.split_once("</script>").unwrap().0;
    serde_json::from_str(data).unwrap()
}

#[test]
fn the_page_in_one_file_has_the_whole_run() {
    let script = "return { requests = 4, think = 0, step = function()
      http.get('/page') end }";
    let target = Target::new(|_| Answer::Status(503, "</script> is no end".to_owned()));
    let scripts = Folder::of("reader", script);
    let html = named(&scripts, "html");
    let ended = run(&target.url(), &scripts.path(), &ONCE)
        .args(&["--report", &html, "--fail-if", "failed > 1%"])
        .with_summary()
        .end();
    let (summary, data) = (ended.summary(), data(&html));
    let now = &data["now"];
    assert_eq!(now["run"]["phase"], "done");
    assert_eq!(
        now["run"]["requests"]["total"],
        summary["requests"]["total"]
    );
    assert_eq!(now["run"]["thresholds"], summary["thresholds"]);
    assert_eq!(data["failures"]["groups"], summary["failure_groups"]);
    let points = data["history"]["points"].as_array().unwrap();
    let ended = points
        .iter()
        .flat_map(|point| point["outcomes"].as_object().unwrap().values())
        .flat_map(|counts| counts.as_array().unwrap())
        .map(|count| count.as_u64().unwrap());
    assert_eq!(
        ended.sum::<u64>(),
        summary["requests"]["total"],
        "in the charts"
    );
    let (example, count) = (&data["failures"]["groups"][0]["example"], target.count());
    assert_eq!(data["failures"]["groups"][0]["count"], count);
    assert!(
        example["response"]
            .as_str()
            .unwrap()
            .ends_with("</script> is no end")
    );
    assert!(example["place"].as_str().unwrap().ends_with("reader.lua:2"));
}

#[test]
fn a_browser_that_cannot_be_opened_costs_nothing() {
    let (target, scripts) = (Target::fine(), Folder::of("browse", &browsing(3)));
    let words = ["run", "--open", "--listen", "127.0.0.1:0", "--base-url"];
    let ended = throng(words)
        .arg(target.url())
        .arg("--script-dir")
        .arg(scripts.path())
        .args(&ONCE)
        .variable("DISPLAY", "")
        .variable("WAYLAND_DISPLAY", "")
        .end()
        .with_code(0);
    ended.said("no browser can be opened: there is no display; open http://127.0.0.1:");
    assert!(!ended.stderr.contains("#code="), "{}", ended.stderr);
}
