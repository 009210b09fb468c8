//! Scripts are saved over the API: what each save is told is of its own file, whatever else changed at the same time.

use serde_json::{Value, json};

use super::program::Run;
use super::{Folder, Target, throng};

const STEPS: &str =
    "return { requests = 1000000, think = 0.05, step = function() http.get '/' end }";

struct Desk {
    _run: Run,
    url: String,
    folder: Folder,
}

/// A run of three types, two of which use a module.
fn desk(words: &[&str]) -> Desk {
    let target = Target::fine();
    let with_module = format!("require 'shared'\n{STEPS}");
    let folder = Folder::of("a", &with_module)
        .with("b", &with_module)
        .with("c", STEPS);
    for (module, text) in [("shared", "return {}"), ("spare", "return {}")] {
        let lib = folder.root().join("lib");
        std::fs::create_dir_all(&lib).unwrap();
        std::fs::write(lib.join(format!("{module}.lua")), text).unwrap();
    }
    let run = throng(["run", "--listen", "127.0.0.1:0", "--continuous", "--edit"])
        .args(&["--ramp", "0", "--users", "6", "--token", "the-token"])
        .args(&["--base-url", &target.url()])
        .args(words)
        .arg("--script-dir")
        .arg(folder.path())
        .start();
    let url = format!("http://{}/api/v1/scripts", run.metrics_address());
    target.wait_for(6);
    Desk {
        _run: run,
        url,
        folder,
    }
}

impl Desk {
    /// Puts `begin` before the text of a file; what is answered.
    async fn save(&self, path: &str, begin: &str) -> Value {
        let client = reqwest::Client::new();
        let url = format!("{}/{path}", self.url);
        let read: Value = client.get(&url).send().await.unwrap().json().await.unwrap();
        let text = format!("{begin}{}", read["text"].as_str().unwrap());
        let body = json!({ "text": text, "fingerprint": read["fingerprint"] });
        let asked = client.put(&url).bearer_auth("the-token").json(&body);
        asked.send().await.unwrap().json().await.unwrap()
    }

    async fn told(&self, path: &str, begin: &str) -> String {
        let said = self.save(path, begin).await;
        said["done"]
            .as_str()
            .unwrap_or_else(|| panic!("{path}: {said}"))
            .to_owned()
    }
}

#[tokio::test]
async fn each_save_is_told_of_its_own_file() {
    let desk = desk(&[]);
    assert_eq!(
        desk.told("scripts/a.lua", "-- 1\n").await,
        "release 2: a 1 -> 2"
    );
    assert_eq!(
        desk.told("scripts/b.lua", "-- 1\n").await,
        "release 3: b 1 -> 3"
    );
    assert_eq!(
        desk.told("lib/shared.lua", "-- 1\n").await,
        "release 4: a 2 -> 4, b 3 -> 4"
    );
    // The release is another's.
    assert_eq!(
        desk.told("scripts/c.lua", "").await,
        "scripts/c.lua is already in use: c 1"
    );
    assert_eq!(
        desk.told("lib/spare.lua", "-- 1\n").await,
        "lib/spare.lua is saved; no type of this run uses it"
    );
}

#[tokio::test]
async fn saves_at_the_same_time_are_told_apart() {
    let desk = desk(&[]);
    // Whoever is read first takes the others along; each still hears of its own.
    let (a, b, c) = tokio::join!(
        desk.told("scripts/a.lua", "-- 2\n"),
        desk.told("scripts/b.lua", "-- 2\n"),
        desk.told("scripts/c.lua", "-- 2\n"),
    );
    for (name, said) in [("a", a), ("b", b), ("c", c)] {
        let rest = said.split_once(": ").unwrap().1;
        let mut types = rest.split(", ").map(|one| one.split(' ').next().unwrap());
        assert_eq!(types.next(), Some(name), "{said}");
        assert_eq!(types.next(), None, "{said}");
        assert!(said.starts_with("release "), "{said}");
    }
}

#[tokio::test]
async fn a_save_among_faults_of_others_says_so() {
    let desk = desk(&[]);
    let own = desk.save("scripts/a.lua", "oh no\n").await;
    let own = own["error"].as_str().unwrap();
    assert!(own.starts_with("scripts/a.lua is saved, but"), "{own}");
    assert!(!own.contains("other files"), "{own}");
    let other = desk.save("scripts/b.lua", "-- 1\n").await;
    assert_eq!(other["faults"][0]["place"], "scripts/a.lua:1");
    let other = other["error"].as_str().unwrap();
    assert!(other.ends_with("the faults are in other files"), "{other}");
    let text = std::fs::read_to_string(desk.folder.path().join("b.lua")).unwrap();
    assert!(text.starts_with("-- 1\n"), "{text}");
}

#[tokio::test]
async fn a_save_that_is_tried_first_says_so() {
    let desk = desk(&["--canary", "50%/1h"]);
    assert_eq!(
        desk.told("scripts/a.lua", "-- 1\n").await,
        "release 2 is a canary: a 1 -> 2"
    );
}
