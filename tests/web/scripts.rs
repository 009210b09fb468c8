//! Looking at the scripts of a run, and editing them.

use serde_json::{Value, json};
use tempfile::TempDir;
use throng::engine::{Done, Refused};
use throng::secrets::Masker;
use throng::web::Config;
use throng::web::scripts::ScriptFolders;

use super::site::{Site, said, steered};

const TEXT: &str = "return { step = function() end }\n";

struct Desk {
    folder: TempDir,
    site: Site,
}

fn desk(editable: bool) -> Desk {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in [
        ("scripts/one.lua", TEXT),
        ("scripts/secret.lua", "local key = 'hush-hush-9f3a'\n"),
        ("scripts/notes.txt", "no script"),
        ("lib/deep/module.lua", "return {}\n"),
        ("outside.lua", "return 1\n"),
    ] {
        let file = folder.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    let at = |name: &str| (name.to_owned(), folder.path().join(name));
    let shelf = ScriptFolders::new(vec![at("scripts"), at("lib")], editable);
    let site = Site::by_config("127.0.0.1:0", |own| Config {
        control: Some(own),
        scripts: shelf,
        secrets: std::sync::Arc::new(Masker::new(["hush-hush-9f3a"]).unwrap()),
        ..Config::default()
    });
    Desk { folder, site }
}

impl Desk {
    fn on_disk(&self, path: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(path)).unwrap()
    }

    async fn fingerprint(&self, path: &str) -> Value {
        self.site.get(&format!("/api/v1/scripts/{path}")).await.body["fingerprint"].clone()
    }
}

#[tokio::test]
async fn files_are_listed_and_shown_with_secrets_masked() {
    let desk = desk(true);
    let list = desk.site.get("/api/v1/scripts").await;
    let paths: Vec<&str> = list.body["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["path"].as_str().unwrap())
        .collect();
    assert_eq!(
        paths,
        [
            "lib/deep/module.lua",
            "scripts/one.lua",
            "scripts/secret.lua"
        ]
    );
    assert_eq!(list.body["editable"], true);
    let one = desk.site.get("/api/v1/scripts/scripts/one.lua").await;
    assert_eq!(
        (&one.body["text"], &one.body["editable"]),
        (&json!(TEXT), &json!(true))
    );
    let secret = desk.site.get("/api/v1/scripts/scripts/secret.lua").await;
    assert_eq!(secret.body["text"], "local key = '***'\n");
    // The mask would be saved in the secret's place.
    assert_eq!(secret.body["editable"], false);
}

#[tokio::test]
async fn nothing_outside_the_folders_is_read_or_written() {
    let desk = desk(true);
    #[cfg(unix)]
    std::os::unix::fs::symlink(
        desk.folder.path().join("outside.lua"),
        desk.folder.path().join("scripts/link.lua"),
    )
    .unwrap();
    for path in [
        "scripts/../outside.lua",
        "scripts/%2e%2e/outside.lua",
        "scripts/link.lua",
        "scripts/notes.txt",
        "scripts/none.lua",
        "scripts",
        "outside.lua",
        "scripts//one.lua",
        "scripts/.hidden.lua",
        "%2fetc%2fpasswd",
        "scripts/..%5coutside.lua",
    ] {
        let path = format!("/api/v1/scripts/{path}");
        let read = said(desk.site.bare("GET", &path)).await;
        assert_eq!(read.status, 404, "{path}: {read:?}");
        let body = json!({ "text": "x", "fingerprint": "y" });
        let written = said(desk.site.request("PUT", &path).json(&body)).await;
        assert_eq!(written.status, 404, "{path}: {written:?}");
    }
    assert_eq!(desk.on_disk("outside.lua"), "return 1\n");
}

#[tokio::test]
async fn a_save_is_read_at_once_and_says_what_became_of_it() {
    let mut desk = desk(true);
    let fingerprint = desk.fingerprint("scripts/one.lua").await;
    let body = json!({ "text": "-- new\n", "fingerprint": fingerprint });
    let request = desk
        .site
        .request("PUT", "/api/v1/scripts/scripts/one.lua")
        .json(&body);
    let (done, words) = desk
        .site
        .answered(request, Ok(Done("release 2".to_owned())))
        .await;
    assert_eq!(done.of_status(), (200, &json!({ "done": "release 2" })));
    assert_eq!(words, "edited scripts/one.lua");
    assert_eq!(desk.on_disk("scripts/one.lua"), "-- new\n");
    let fingerprint = desk.fingerprint("scripts/one.lua").await;
    let request = desk.site.request("PUT", "/api/v1/scripts/scripts/one.lua");
    let request = request.json(&json!({ "text": "= =\n", "fingerprint": fingerprint }));
    let faults = vec![(
        "scripts/one.lua:1".to_owned(),
        "unexpected symbol".to_owned(),
    )];
    let (refused, _) = desk
        .site
        .answered(request, Err(Refused::Scripts(faults)))
        .await;
    assert_eq!(refused.status, 422);
    assert!(
        refused
            .error()
            .starts_with("scripts/one.lua is saved, but the scripts were refused"),
        "{refused:?}"
    );
    assert_eq!(refused.body["faults"][0]["place"], "scripts/one.lua:1");
    assert_eq!(desk.on_disk("scripts/one.lua"), "= =\n");
}

#[tokio::test]
async fn of_two_who_edit_the_same_text_one_is_refused() {
    let mut desk = desk(true);
    let fingerprint = desk.fingerprint("scripts/one.lua").await;
    let save = |desk: &Desk, text: &str| {
        desk.site
            .request("PUT", "/api/v1/scripts/scripts/one.lua")
            .json(&json!({ "text": text, "fingerprint": fingerprint }))
    };
    let first = save(&desk, "-- first\n");
    desk.site.answered(first, Ok(Done("fine".to_owned()))).await;
    let second = said(save(&desk, "-- second\n")).await;
    assert_eq!(second.status, 409);
    assert!(
        second.error().contains("changed by someone else"),
        "{second:?}"
    );
    assert_eq!(desk.on_disk("scripts/one.lua"), "-- first\n");
}

#[tokio::test]
async fn who_may_not_write_does_not() {
    let mut desk = desk(false);
    let body = json!({ "text": "x", "fingerprint": "y" });
    let path = "/api/v1/scripts/scripts/one.lua";
    let closed = said(desk.site.request("PUT", path).json(&body)).await;
    assert_eq!(closed.status, 403);
    assert!(closed.error().contains("--edit"), "{closed:?}");
    let open = self::desk(true);
    assert_eq!(
        said(open.site.bare("PUT", path).json(&body)).await.status,
        401
    );
    let long = "x".repeat(3 << 20);
    let huge = said(
        open.site
            .request("PUT", path)
            .json(&json!({ "text": long, "fingerprint": "y" })),
    )
    .await;
    assert_eq!(huge.status, 413);
    assert_eq!(
        said(open.site.request("PUT", path).json(&json!({ "text": 1 })))
            .await
            .status,
        400
    );
    assert!(desk.site.is_unmoved());
    assert_eq!(open.on_disk("scripts/one.lua"), TEXT);
    let built_in = said(steered().bare("GET", "/api/v1/scripts")).await;
    assert!(
        built_in.status == 404 && built_in.error().contains("--script-dir"),
        "{built_in:?}"
    );
}

/// The document for programs and the page for people tell of the same paths, and all of them are there.
#[tokio::test]
async fn every_path_of_the_openapi_document_is_there_and_told_of() {
    let desk = desk(true);
    let document = desk.site.get("/api/v1/openapi.json").await.body;
    let page = include_str!("../../docs/control-api.md");
    let mut tried = 0;
    for (path, verbs) in document["paths"].as_object().unwrap() {
        for verb in verbs
            .as_object()
            .unwrap()
            .keys()
            .filter(|verb| *verb != "parameters")
        {
            tried += 1;
            let method = verb.to_uppercase();
            let told = format!("`{method}` | `/api/v1{path}`");
            assert!(
                page.contains(&told),
                "docs/control-api.md does not tell of {told}"
            );
            let here = format!("/api/v1{}", path.replace("{path}", "scripts/one.lua"));
            let answer = desk.site.bare(&method, &here).send().await.unwrap();
            let expected = match (path.as_str(), method.as_str()) {
                // Nothing is kept there, and nothing was named.
                ("/runs", _) => 404,
                ("/compare", _) => 400,
                // It shows what others may not see.
                ("/inspect", _) => 401,
                (_, "GET") => 200,
                _ => 401,
            };
            assert_eq!(answer.status(), expected, "{told}");
        }
    }
    assert_eq!(tried, 23);
}

/// The document describes each field of a run and of a change, and names those that a run has.
#[tokio::test]
async fn every_field_of_a_run_is_described_in_the_openapi_document() {
    let desk = desk(true);
    let document = desk.site.get("/api/v1/openapi.json").await.body;
    let schemas = &document["components"]["schemas"];
    let run = desk.site.get("/api/v1/run").await.body;
    let fields = |of: &serde_json::Value| -> Vec<String> {
        let mut names: Vec<String> = of.as_object().unwrap().keys().cloned().collect();
        names.sort();
        names
    };
    assert_eq!(fields(&schemas["Run"]["properties"]), fields(&run));
    for name in ["users", "arrivals"] {
        if !run[name].is_null() {
            let described = &schemas["Run"]["properties"][name]["properties"];
            assert_eq!(fields(described), fields(&run[name]), "{name}");
        }
    }
    for schema in ["Run", "Change"] {
        for (name, field) in schemas[schema]["properties"].as_object().unwrap() {
            let is_described = field["description"].is_string() || field["$ref"].is_string();
            assert!(is_described, "{schema}.{name}");
        }
    }
}
