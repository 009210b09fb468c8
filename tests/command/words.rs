//! Variables of the environment, and what wins over what.

use super::{Folder, Target, browsing, throng};

#[test]
fn variables_say_what_nobody_typed() {
    let (target, scripts) = (Target::fine(), Folder::of("browse", &browsing(50)));
    let program = |words: &[&str]| {
        throng(words)
            .variable("THRONG_BASE_URL", &target.url())
            .variable("THRONG_SCRIPT_DIR", &scripts.path().display().to_string())
            .variable("THRONG_USERS", "3")
            .variable("THRONG_MAX_REQUESTS", "2")
            .variable("THRONG_RAMP", "0")
            .variable("THRONG_NO_LISTEN", "true")
            .variable("THRONG_SUMMARY_JSON", "summary.json")
    };
    let ended = program(&["run"]).end().with_code(0);
    assert_eq!(target.count(), 6);
    assert_eq!(ended.summary()["run"]["users"], 3);
    let ended = program(&["run", "--users", "1", "--max-requests", "4"])
        .end()
        .with_code(0);
    assert_eq!(target.count(), 6 + 4, "what is typed wins");
    assert_eq!(ended.summary()["run"]["users"], 1);
    let ended = program(&["run"])
        .variable("THRONG_USERS", "none")
        .end()
        .with_code(2);
    ended.said("--users none (from THRONG_USERS): must be a whole number from 1 to 1,000,000");
    assert_eq!(target.count(), 10);
}

#[test]
fn values_for_scripts_come_from_the_line_from_files_and_from_the_environment() {
    let target = Target::fine();
    let script = "return { requests = 1, step = function() http.get('/' .. vars.shop .. '/' .. vars.key) end }";
    let scripts = Folder::of("t", script);
    let file = scripts.root().join("key.txt");
    std::fs::write(&file, "k-17\n").unwrap();
    let url = target.url();
    let line = [
        "run",
        "--no-listen",
        "--users",
        "1",
        "--base-url",
        &url,
        "-e",
        "shop=north",
        "--script-dir",
    ];
    let key = format!("key=@{}", file.display());
    throng(line)
        .arg(scripts.path())
        .args(&["-e", &key])
        .end()
        .with_code(0);
    let line = [
        "run",
        "--no-listen",
        "--users",
        "1",
        "--base-url",
        &url,
        "--script-dir",
    ];
    throng(line)
        .arg(scripts.path())
        .variable("THRONG_VARS", "shop=south;key=2")
        .end()
        .with_code(0);
    let paths: Vec<String> = target
        .requests()
        .into_iter()
        .map(|request| request.path)
        .collect();
    assert_eq!(paths, ["/north/k-17", "/south/2"]);
}
