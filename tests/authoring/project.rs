//! `throng init` and `throng new`: what they write passes the check and runs, and nothing is overwritten.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use throng::cli::{self, Environment};

use crate::support::program::{Program, throng};
use crate::support::service::Service;
use crate::support::target::{Answer, Target};

/// `throng` with these words and this folder as the last one.
fn at(words: &[&str], folder: &Path) -> Program {
    throng(words).arg(folder)
}

/// A command line with the folders of a project.
fn of_project(words: &[&str], project: &Path) -> Program {
    throng(words)
        .arg("--script-dir")
        .arg(project.join("scripts"))
        .arg("--lib-dir")
        .arg(project.join("lib"))
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(inside) = open.pop() {
        for entry in fs::read_dir(inside).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_owned();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

const FILES: [&str; 10] = [
    ".github/workflows/load.yml",
    ".gitlab-ci.yml",
    ".luacheckrc",
    ".luarc.json",
    ".stylua.toml",
    ".throng/throng.lua",
    "lib/site.lua",
    "scripts/throng.toml",
    "scripts/visitor.lua",
    "scripts/visitor_test.lua",
];

#[test]
fn a_new_project_passes_the_check_and_runs_against_any_server() {
    let home = tempfile::tempdir().unwrap();
    let project = home.path().join("load");
    let ended = at(&["init"], &project).end().with_code(0);
    let mut names: Vec<PathBuf> = files(&project).into_keys().collect();
    names.sort();
    let mut expected: Vec<PathBuf> = FILES.iter().map(PathBuf::from).collect();
    expected.sort();
    assert_eq!(names, expected);
    for name in FILES {
        assert!(
            ended
                .stdout
                .contains(&format!("wrote {}", project.join(name).display()))
        );
    }
    for words in [
        "Next:",
        "throng check",
        "throng try visitor",
        "throng service",
    ] {
        assert!(ended.stdout.contains(words), "{words}: {}", ended.stdout);
    }
    throng(["new", "reader", "--script-dir"])
        .arg(project.join("scripts"))
        .end()
        .with_code(0);
    let ended = of_project(&["check", "--deny-warnings"], &project)
        .end()
        .with_code(0);
    assert_eq!(ended.stdout, "no fault in 5 files\n");
    let ended = of_project(&["test"], &project).end().with_code(0);
    assert!(
        ended.stdout.contains("4 passed in 2 files"),
        "{}",
        ended.stdout
    );

    let target = Target::new(|_| Answer::Status(200, "<p>hello</p>".to_owned()));
    let run = [
        "run",
        "--no-listen",
        "--duration",
        "5",
        "--base-url",
        &target.url(),
    ];
    let ended = of_project(&run, &project)
        .fast()
        .with_summary()
        .end()
        .with_code(0);
    let sent = ended.summary()["requests"]["total"].as_u64().unwrap();
    assert!(
        sent > 0 && sent == target.count() as u64,
        "{sent}, {}",
        target.count()
    );
}

#[test]
fn a_new_project_runs_against_the_demo_service() {
    let project = tempfile::tempdir().unwrap();
    let service = Service::start();
    let url = service.url();
    at(&["init", "--base-url", &url, "--force"], project.path())
        .end()
        .with_code(0);
    let plan = fs::read_to_string(project.path().join("scripts/throng.toml")).unwrap();
    assert!(plan.contains(&format!("base_url = \"{url}")), "{plan}");
    let run = ["run", "--no-listen", "--duration", "5"];
    let ended = of_project(&run, project.path())
        .fast()
        .with_summary()
        .end()
        .with_code(0);
    let sent = ended.summary()["requests"]["total"].as_u64().unwrap();
    let counted: u64 = service.counted().values().sum();
    assert!(sent > 0 && sent == counted, "{sent}, {counted}");
}

#[test]
fn nothing_is_overwritten_without_force() {
    let home = tempfile::tempdir().unwrap();
    let project = home.path();
    fs::create_dir(project.join("lib")).unwrap();
    fs::write(project.join("lib/site.lua"), "mine").unwrap();
    let ended = at(&["init"], project).end().with_code(2);
    assert!(
        ended
            .stderr
            .contains("lib/site.lua is there already; nothing was written; give --force"),
        "{}",
        ended.stderr
    );
    assert_eq!(files(project).len(), 1, "nothing was written");
    at(&["init", "--force"], project).end().with_code(0);
    assert_ne!(fs::read(project.join("lib/site.lua")).unwrap(), b"mine");

    let scripts = project.join("scripts");
    let before = files(project);
    let ended = throng(["new", "visitor", "--script-dir"])
        .arg(&scripts)
        .end()
        .with_code(2);
    assert!(
        ended.stderr.contains("visitor_test.lua are there already"),
        "{}",
        ended.stderr
    );
    assert_eq!(files(project), before);
    throng(["new", "visitor", "--force", "--script-dir"])
        .arg(&scripts)
        .end()
        .with_code(0);
    assert_ne!(files(project), before);
    // A link that leads nowhere is there, too.
    std::os::unix::fs::symlink("/nowhere/at/all", scripts.join("linked.lua")).unwrap();
    throng(["new", "linked", "--script-dir"])
        .arg(&scripts)
        .end()
        .with_code(2);
}

#[test]
fn names_and_places_that_cannot_be_are_said() {
    for name in ["Reader", "../up", "a b", "_hidden", "", "a/b", "9"] {
        let ended = throng(["new", name]).end().with_code(2);
        assert!(
            ended.stderr.contains("is not a valid name of a type"),
            "{name}: {}",
            ended.stderr
        );
    }
    let ended = throng(["init", "--base-url", "nowhere"]).end().with_code(2);
    assert!(
        ended.stderr.contains("is not a valid URL"),
        "{}",
        ended.stderr
    );
    let file = tempfile::NamedTempFile::new().unwrap();
    let ended = at(&["init"], file.path()).end().with_code(1);
    assert!(
        ended.stderr.contains("cannot be written"),
        "{}",
        ended.stderr
    );
}

#[test]
fn the_commands_of_its_ci_are_understood() {
    let home = tempfile::tempdir().unwrap();
    at(&["init"], home.path()).end().with_code(0);
    let around = Environment {
        cores: 2,
        scripts_here: true,
        fresh_seed: 1,
        read: |_| Ok(None),
    };
    let mut tried = 0;
    for name in [".github/workflows/load.yml", ".gitlab-ci.yml"] {
        let text = fs::read_to_string(home.path().join(name)).unwrap();
        assert!(
            !text.contains("BASE_URL") && text.contains("http://127.0.0.1:9501"),
            "{text}"
        );
        for line in text.lines().filter_map(|line| line.split_once("throng ")) {
            if !line.0.trim_end().ends_with(['-', ':']) {
                continue;
            }
            let words = line.1.replace("\"$TARGET\"", "http://127.0.0.1:1");
            let words = std::iter::once("throng").chain(words.split(' '));
            match cli::parse(words, &around) {
                Ok(_) => tried += 1,
                Err(cli::Refusal::Usage(error)) if error.exit_code() == 0 => tried += 1,
                Err(refusal) => panic!("{}: {refusal}", line.1),
            }
        }
    }
    assert_eq!(tried, 8);
}

#[test]
fn its_settings_for_editors_are_whole() {
    let home = tempfile::tempdir().unwrap();
    at(&["init"], home.path()).end().with_code(0);
    let settings = fs::read(home.path().join(".luarc.json")).unwrap();
    let settings: serde_json::Value = serde_json::from_slice(&settings).unwrap();
    assert_eq!(settings["workspace.library"][0], ".throng");
    let style = fs::read_to_string(home.path().join(".stylua.toml")).unwrap();
    let ours =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("stylua.toml")).unwrap();
    let plain = |text: &str| {
        let lines = text.lines().filter(|line| !line.is_empty());
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(plain(&style), plain(&ours));
    let globals = fs::read_to_string(home.path().join(".luacheckrc")).unwrap();
    for name in throng::script::reference::globals() {
        assert!(
            globals.contains(&format!("\"{name}\"")),
            "{name}: {globals}"
        );
    }
    // `tests/run` installs luacheck; a machine without it has the other tests.
    let luacheck = Command::new("luacheck")
        .args(["--quiet", "scripts", "lib"])
        .current_dir(home.path())
        .output();
    if let Ok(output) = luacheck {
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stdout)
        );
    }
}
