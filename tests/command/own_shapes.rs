//! Types with stages or a curve of their own in the real program: how the plan shows them, and what the target counts.

use std::fs;

use super::{Folder, Target, throng};

const SCRIPT: &str =
    "return { requests = 100000, think = 0.1, step = function() http.get '/' end }";

#[test]
fn types_with_shapes_of_their_own_are_drawn_and_run() {
    let target = Target::fine();
    let folder = Folder::of("batch", SCRIPT)
        .with("day", SCRIPT)
        .with("night", SCRIPT)
        .file("night.csv", "00:00,2\n12:00,0\n");
    let file = folder.root().join("peak.toml");
    let text = "users = 4\nramp = 0\nduration = 20\nday_length = '40s'\nno_listen = true\n\
                [types.batch]\nstages = '0s:3,5s:3,0s:0,1s:0'\n[types.night]\ncurve = 'night.csv'\n";
    let line = |what: &str, words: &[&str]| {
        throng([what, "--base-url", &target.url(), "--plan"])
            .arg(&file)
            .arg("-s")
            .arg(folder.path())
            .args(words)
    };
    fs::write(&file, text).unwrap();
    let shown = line("plan", &[]).end().with_code(0).stdout;
    let csv = folder.root().join("night.csv");
    for part in [
        "own shape    batch: 0s:3,5s:3,0s:0,1s:0\n".to_owned(),
        format!(
            "own shape    night: curve {}, a day in 40s\n",
            csv.display()
        ),
        "users        4 on ".to_owned(),
        // Two by weight, three by stages, twice two by the curve at midnight.
        ", at most 9\n".to_owned(),
        format!(
            "users over 20s (own: batch by stages, night by curve {})\n",
            csv.display()
        ),
    ] {
        assert!(shown.contains(&part), "{part}: {shown}");
    }
    let json = line("plan", &["--json"]).end().with_code(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let types: Vec<_> = json["types"].as_array().unwrap().iter().collect();
    let of = |place: usize, key: &str| types[place][key].clone();
    assert_eq!(
        (of(0, "users"), of(1, "users"), of(2, "users")),
        (3.into(), 2.into(), 4.into())
    );
    assert_eq!(
        (of(0, "weight").is_null(), of(1, "weight")),
        (true, 1.0.into())
    );
    assert_eq!(of(0, "stages"), "0s:3,5s:3,0s:0,1s:0");
    let at = |place: usize| json["over_time"][place]["users"].as_f64().unwrap();
    assert!((at(1) - 8.96).abs() < 0.1, "{}", at(1));
    assert!((at(100) - 2.0).abs() < 0.1, "{}", at(100));
    let ended = line("run", &[]).fast().end().with_code(0);
    ended.said("of up to 9 users against");
    assert!(target.count() > 0);
    // Without a length the stages must be those of every type.
    let text = text
        .replace("duration = 20\n", "")
        .replace("day_length = '40s'\n", "");
    let text = text.replace("[types.night]\ncurve = 'night.csv'\n", "");
    fs::write(&file, &text).unwrap();
    let ended = line("run", &[]).end().with_code(2);
    let what =
        "types.batch.stages 0s:3,5s:3,0s:0,1s:0: does not say when the run of day, night ends";
    ended.said(&format!("{}:5:10: {what}", file.display()));
    let ended = line("run", &["--user-types", "batch"])
        .fast()
        .end()
        .with_code(0);
    ended.said("of up to 3 users against");
    // The end that the stages say is that of the run.
    fs::write(&file, format!("warm_up = 60\n{text}")).unwrap();
    let ended = line("run", &["--user-types", "batch"]).end().with_code(2);
    let what = "warm-up 1m: is not shorter than the run of 6s";
    ended.said(&format!("{}:1:11: {what}", file.display()));
    // A type that there is not, and a file of a curve that there is not.
    fs::write(&file, text.replace("types.batch", "types.bacth")).unwrap();
    let ended = line("run", &[]).end();
    ended.said("type bacth: does not exist");
    let text = "duration = 9\n[types.day]\ncurve = 'no.csv'\n";
    fs::write(&file, text).unwrap();
    let ended = line("run", &[]).end().with_code(2);
    ended.said(&format!("{}:3:9: types.day.curve ", file.display()));
    ended.said("no.csv: cannot be read: No such file");
}
