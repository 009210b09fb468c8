//! Where users go next, on the real program: what a dry run expects of it, and what is warned about.

use super::program::run;
use super::{Folder, Target, throng};

const SHOP: &str = "local function visit() end
return { requests = { 1000, 1000 }, steps = {
    { 1, visit, name = 'browse', next = { browse = 0.5, search = 0.3, leave = 0.2 } },
    { 0, visit, name = 'search', next = { browse = 0.4, pay = 0.5, leave = 0.1 } },
    { 0, visit, name = 'pay', next = { leave = 1 } },
} }";

#[test]
fn a_dry_run_shows_the_expected_visits_of_each_step() {
    let target = Target::fine();
    let scripts = Folder::of("shop", SHOP);
    let ended = run(
        &target.url(),
        &scripts.path(),
        &["--dry-run", "--max-requests", "1000"],
    )
    .end()
    .with_code(0);
    let table = "
shop: 3.816 steps in a session on average, of one request each; 100 % leave before
  browse                      2.632
  search                      0.789
  pay                         0.395
";
    assert!(ended.stdout.contains(table), "{}", ended.stdout);
    assert!(!ended.stdout.contains("warning"), "{}", ended.stdout);
}

#[test]
fn a_plan_shows_the_visits_of_all_types_in_text_and_in_json() {
    let target = Target::fine();
    let plain = "local function visit() end
        return { requests = { 40, 40 }, steps = { { 3, visit, name = 'read' }, { 1, visit, name = 'write' } } }";
    let scripts = Folder::of("shop", SHOP).with("plain", plain);
    let plan = |words: &[&str]| {
        throng([
            "plan",
            "--max-requests",
            "1000",
            "--base-url",
            &target.url(),
            "-s",
        ])
        .arg(scripts.path())
        .args(words)
        .end()
        .with_code(0)
        .stdout
    };
    let page = plan(&[]);
    for text in [
        "plain: 40 steps in a session on average, of one request each\n",
        "  read                           30\n  write                          10\n",
        "  search                      0.789\n",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let json: serde_json::Value = serde_json::from_str(&plan(&["--json"])).unwrap();
    let expected = |at: usize| &json["types"][at]["expected_session"];
    assert_eq!(expected(0)["visits"]["read"], 30.0);
    assert_eq!(
        (&expected(0)["leaving"], &expected(1)["leaving"]),
        (&0.0.into(), &1.0.into())
    );
    assert!((expected(1)["visits"]["browse"].as_f64().unwrap() - 1.0 / 0.38).abs() < 1e-6);
    assert_eq!(target.count(), 0);
}

#[test]
fn a_crowd_that_can_never_leave_is_warned_about() {
    let target = Target::fine();
    let text = SHOP.replace("next = { leave = 1 }", "next = { pay = 1 }");
    let scripts = Folder::of("shop", &text);
    let words = "scripts/shop.lua: from pay no next leads to leave: there a session ends by its number of requests alone";
    let ended = run(&target.url(), &scripts.path(), &["--dry-run"])
        .end()
        .with_code(0);
    assert!(
        ended.stdout.contains(&format!("warning: {words}")),
        "{}",
        ended.stdout
    );
    let ended = run(
        &target.url(),
        &scripts.path(),
        &["--users", "1", "--max-requests", "2"],
    );
    ended
        .variable("THRONG_THINK_FACTOR", "0")
        .end()
        .with_code(0)
        .said(words);
}

#[test]
fn a_next_that_is_wrong_ends_the_program_before_anything_is_sent() {
    let target = Target::fine();
    let scripts = Folder::of("shop", &SHOP.replace("search = 0.3", "serch = 0.3"));
    let words = "scripts/shop.lua:1: steps[1] (browse) has next.serch, and there is no step of that \
                 name; there are: browse, search, pay, leave; did you mean search?";
    let ended = run(&target.url(), &scripts.path(), &[]).end();
    ended.with_code(3).said(words);
    assert_eq!(target.count(), 0);
}
