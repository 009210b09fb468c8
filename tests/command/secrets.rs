//! Secrets of every source, in every output: none shows them, whatever a script does with them.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::program::{Ended, Program};
use super::{Answer, Folder, Target, throng};
use crate::support::patience::until;

/// Each with the place that it comes from.
const TYPED: &str = "typed s3cr\"et/+1";
const FROM_FILE: &str = "filed-s3cret\\two=";
const FROM_LINES: &str = "lined s3cret & three's";
const FROM_ENVIRONMENT: &str = "surround-s3cret%4";
const CONTROL: &str = "c0ntrol-s3cret-five";
const PROXY: &str = "pr0xy-s3cret-six";
/// What the target gives.
const GIVEN: &str = "given-s3cret-seven.of.the.target";

/// Those that scripts can read.
const READ: [&str; 4] = [TYPED, FROM_FILE, FROM_LINES, FROM_ENVIRONMENT];

/// Does with a secret all that a script can do.
const LEAKY: &str = r#"
auth.setup { login = { path = "/login", fields = { "email", "password" }, token = "/access_token" } }
local all = { vars.password, vars.filed, vars.motto, vars.SURROUNDED }
local counted = metrics.counter("leaks", { help = "Leaks of " .. vars.password, labels = { "what" } })
local form = function(s) return (s:gsub("[^%w]", function(c) return string.format("%%%02X", c:byte()) end)) end

local function leak(s, own)
  log.info("said " .. s, { field = s, [s] = 1, list = { s } })
  log.error(s)
  log.warn("json " .. json.encode({ s }) .. " url " .. form(s))
  print(s, "printed")
  if not own then log.info("base64 " .. crypto.base64.encode("user:" .. s) .. " hex " .. crypto.hex.encode(s)) end
  metrics.check("check " .. s, false)
  counted:add(1, { what = s })
  http.get("/" .. form(s) .. "/x", { query = { q = s, page = 1 }, headers = { ["X-Note"] = form(s) },
    tags = { tagged = s }, name = "named " .. s })
  http.post("/post", { json = { note = s, list = { s } } })
  http.post("/post", { form = { note = s } })
  http.post("/post", { multipart = { note = s } })
  http.post("/post", { body = s })
  http.get("http://" .. "refused.test" .. "/" .. form(s))
  log.info(tostring(select(2, pcall(error, "caught " .. s))))
end

return {
  requests = { 100, 100 },
  think = 0,
  on_start = function(user)
    auth.basic("ann", vars.password)
    http.get("/basic")
    auth.login { email = "ann@example.com", password = vars.filed }
    http.get("/bearer")
    for _, s in ipairs(all) do leak(s) end
    leak(auth.token(), true)
    leak("Bearer " .. auth.token(), true)
    http.post("/things", { json = {}, creates = { kind = "thing " .. vars.motto, id = "/id",
      delete = { path = "/things/{id}/" .. form(vars.password) }, as = { email = "a", password = vars.password } } })
  end,
  step = function(user)
    if user.id % 3 == 0 then error("raised " .. table.concat(all, " | ") .. auth.token()) end
    if user.id % 3 == 1 then error({ [vars.password] = vars.filed }) end
    return false, "no luck with " .. table.concat(all, " | ") .. " and " .. auth.token()
  end,
}
"#;

/// Answers with what was asked, and fails: what it says becomes an example.
fn echoing() -> Target {
    Target::new(|request| {
        let path = request.path.replace('"', "'");
        if path.ends_with("/login") {
            return Answer::Status(200, format!("{{\"access_token\":\"{GIVEN}\"}}"));
        }
        if path.ends_with("/things") {
            return Answer::Status(201, "{\"id\":\"seven\"}".to_owned());
        }
        // Before it was given, nobody here can know it.
        let given = request.head.iter().any(|line| line.contains(GIVEN));
        let given = given.then_some(GIVEN).into_iter();
        let secrets: Vec<&str> = READ.into_iter().chain(given).collect();
        let echo =
            serde_json::json!({ "you": path, "head": request.head, "said": secrets.join(" ; ") });
        Answer::Status(500, echo.to_string())
    })
}

struct Planted {
    scripts: Folder,
    target: Target,
}

impl Planted {
    fn new() -> Self {
        Self::with(LEAKY)
    }

    fn with(script: &str) -> Self {
        let scripts = Folder::of("leaky", script);
        std::fs::write(scripts.root().join("filed"), format!("{FROM_FILE}\n")).unwrap();
        let lines =
            format!("# a comment\nexport motto = \"{FROM_LINES}\" # said\nREGION='north'\n");
        std::fs::write(scripts.root().join("all.env"), lines).unwrap();
        Self {
            scripts,
            target: echoing(),
        }
    }

    fn run(&self, words: &[&str]) -> Program {
        let proxy = self
            .target
            .url()
            .replace("http://", &format!("http://bob:{PROXY}@"));
        let root = self.scripts.root();
        throng([
            "run",
            "--base-url",
            "http://shop.test",
            "--users",
            "3",
            "--threads",
            "1",
        ])
        .args(&["--proxy", &proxy, "-e", &format!("password={TYPED}")])
        .args(&["-e", &format!("filed=@{}", root.join("filed").display())])
        .args(&["-e", &format!("@{}", root.join("all.env").display())])
        .args(&[
            "-e",
            "SURROUNDED",
            "--no-valve",
            "--no-breaker",
            "--script-dir",
        ])
        .arg(self.scripts.path())
        .args(words)
        .variable("SURROUNDED", FROM_ENVIRONMENT)
        .variable("THRONG_TOKEN", CONTROL)
    }

    /// The target got every secret, so that they were there to be shown.
    fn were_used(&self) {
        let requests = self.target.requests();
        let heads: String = requests
            .iter()
            .map(|one| format!("{} {:?}\n", one.path, one.head))
            .collect();
        for secret in READ {
            let encoded: String = secret
                .bytes()
                .map(|byte| {
                    let plain = byte.is_ascii_alphanumeric();
                    if plain {
                        char::from(byte).to_string()
                    } else {
                        format!("%{byte:02X}")
                    }
                })
                .collect();
            assert!(heads.contains(&encoded), "{secret} never came: {heads}");
        }
        for (name, secret) in [("ann", TYPED), ("bob", PROXY)] {
            let basic = STANDARD.encode(format!("{name}:{secret}"));
            assert!(heads.contains(&basic), "{name} never came: {heads}");
        }
        assert!(heads.contains(&format!("Bearer {GIVEN}")), "{heads}");
    }
}

/// Nothing of a secret is here in any form.
fn shows_none(what: &str, text: &str) {
    assert!(!text.is_empty(), "{what} is empty");
    for secret in READ.iter().chain(&[CONTROL, PROXY, GIVEN]) {
        let json = serde_json::to_string(secret).unwrap();
        let json = json.trim_matches('"');
        let twice = serde_json::to_string(json).unwrap();
        let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        let mut forms = vec![
            (*secret).to_owned(),
            json.to_owned(),
            twice.trim_matches('"').to_owned(),
            form,
            STANDARD.encode(secret).trim_end_matches('=').to_owned(),
            URL_SAFE_NO_PAD.encode(secret),
            secret.bytes().map(|byte| format!("{byte:02x}")).collect(),
        ];
        for user in ["user", "ann", "bob"] {
            forms.push(STANDARD.encode(format!("{user}:{secret}")));
        }
        // Neither a half, where a text was shortened.
        forms.push(secret[..8].to_owned());
        for form in forms {
            if let Some(at) = text.find(&form) {
                let from = text.floor_char_boundary(at.saturating_sub(200));
                let to = text.ceil_char_boundary((at + 200).min(text.len()));
                panic!("{what} shows {form}:\n... {} ...", &text[from..to]);
            }
        }
    }
    // All have it in common.
    assert!(!text.contains("s3cr"), "{what}: {text}");
}

fn all_of(ended: &Ended, what: &str) {
    shows_none(&format!("stderr of {what}"), &ended.stderr);
    if !ended.stdout.is_empty() {
        shows_none(&format!("stdout of {what}"), &ended.stdout);
    }
}

fn ask(address: SocketAddr, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {CONTROL}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    stream
}

/// The history, and what one second tells.
fn feed(address: SocketAddr) -> String {
    let mut told = Vec::new();
    let mut stream = ask(address, "/api/v1/feed");
    let whole = |told: &[u8]| {
        let text = String::from_utf8_lossy(told);
        let now = text.split_once("event: now");
        now.is_some_and(|(_, now)| now.contains("\n\n"))
    };
    while !whole(&told) {
        let mut chunk = [0; 1 << 16];
        let count = stream.read(&mut chunk).unwrap();
        assert!(count > 0, "the feed ended");
        told.extend_from_slice(&chunk[..count]);
    }
    String::from_utf8(told).unwrap()
}

fn page(address: SocketAddr, path: &str) -> String {
    let mut stream = ask(address, path);
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn no_output_of_a_run_shows_a_secret_whatever_its_script_does() {
    for words in [
        [].as_slice(),
        &["--verbose"],
        &["--debug"],
        &["--debug", "--log-format", "json"],
        &["--trace", "leaky", "--summary", "short"],
        &["--quiet", "--log-format", "json"],
    ] {
        let planted = Planted::new();
        let report = |extension: &str| {
            let file = planted.scripts.root().join(format!("out.{extension}"));
            file.display().to_string()
        };
        let extensions = ["xml", "csv", "html", "json", "md"];
        let reports = extensions.map(|extension| ["--report".to_owned(), report(extension)]);
        let reports: Vec<&str> = reports.iter().flatten().map(String::as_str).collect();
        let samples = planted.scripts.root().join("out.jsonl");
        let ended = planted
            .run(&["--no-listen", "--cleanup", "--color", "never"])
            .args(&reports)
            .args(&["--samples", &samples.display().to_string()])
            .args(words)
            .with_summary()
            .end();
        assert_eq!(ended.code, Some(1), "{words:?}: {}", ended.stderr);
        planted.were_used();
        let what = format!("{words:?}");
        all_of(&ended, &what);
        shows_none(&format!("summary of {what}"), &ended.summary().to_string());
        let samples = std::fs::read_to_string(samples).unwrap();
        shows_none(&format!("samples of {what}"), &samples);
        assert!(
            samples.contains("***") && samples.contains("\"curl\""),
            "{samples}"
        );
        for extension in extensions {
            let text = std::fs::read_to_string(report(extension)).unwrap();
            shows_none(&format!("{extension} of {what}"), &text);
            // Each of them had something to mask.
            assert!(text.contains("***"), "{extension}: {text}");
        }
        // Each way of telling it was there to be masked.
        let one_user = words.contains(&"--trace");
        let told = ["raised ***", "check ***", "named ***", "leaks{what"];
        for told in told
            .iter()
            .chain((!one_user).then_some(&"no luck with ***"))
        {
            let stdout = &ended.stdout;
            assert!(stdout.contains(told), "{told} is not in {stdout}");
        }
    }
}

#[test]
fn no_page_of_a_run_shows_a_secret() {
    let planted = Planted::new();
    let keys = tempfile::tempdir().unwrap();
    let run = planted
        .run(&["--continuous", "--listen", "127.0.0.1:0"])
        .variable("XDG_RUNTIME_DIR", keys.path().to_str().unwrap())
        .start();
    let address = run.metrics_address();
    run.wait_for("raised");
    planted.were_used();
    std::fs::write(
        planted.scripts.path().join("leaky.lua"),
        format!("local x = {{ }}\nerror('no ' .. vars.password .. vars.filed .. '{TYPED}')"),
    )
    .unwrap();
    run.wait_for("the changed scripts were refused");
    let status = || page(address, "/api/v1/run");
    until("told", || status().contains("\"what\":\"refused\""));
    for path in [
        "/",
        "/metrics",
        "/healthz",
        "/api/v1/run",
        "/api/v1/versions",
        "/api/v1/scripts",
        "/api/v1/scripts/scripts/leaky.lua",
        "/api/v1/openapi.json",
        "/nothing",
    ] {
        shows_none(path, &page(address, path));
    }
    shows_none("the feed", &feed(address));
    let metrics = page(address, "/metrics");
    assert!(metrics.contains("leaks{what=\"***\"}"), "{metrics}");
    let keyed = |words: &[&str]| {
        throng(["ctl"])
            .args(words)
            .variable("XDG_RUNTIME_DIR", keys.path().to_str().unwrap())
            .end()
    };
    for words in [
        ["status"].as_slice(),
        &["status", "--json"],
        &["versions"],
        &["reload"],
    ] {
        let told = keyed(words);
        shows_none(&format!("ctl {words:?}"), &(told.stdout + &told.stderr));
    }
    only_the_key_holds_the_token(keys.path());
    run.signal("INT");
    all_of(&run.end(), "a run that was watched");
}

#[test]
fn what_is_left_is_listed_without_secrets_and_its_file_is_for_its_user_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let planted = Planted::new();
    let state = planted.scripts.root().join("state");
    let state_dir = ["--state-dir", state.to_str().unwrap()];
    let ended = planted.run(&["--no-listen"]).args(&state_dir).end();
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    all_of(&ended, "a run that leaves things behind");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&state), 0o700);
    let files: Vec<_> = std::fs::read_dir(&state).unwrap().flatten().collect();
    assert!(!files.is_empty(), "nothing was left");
    for file in files {
        // It holds what a login takes, or nobody could clean up with it.
        assert_eq!(mode(&file.path()), 0o600, "{:?}", file.path());
    }
    let listed = throng(["cleanup", "--list"]).args(&state_dir).end();
    let listed = listed.with_code(0);
    assert!(listed.stdout.contains("thing"), "{}", listed.stdout);
    shows_none("cleanup --list", &(listed.stdout + &listed.stderr));
}

/// The key's file is for its user alone, and holds the token since it is the key.
fn only_the_key_holds_the_token(keys: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let files: Vec<_> = std::fs::read_dir(keys.join("throng"))
        .unwrap()
        .flatten()
        .collect();
    assert_eq!(files.len(), 1);
    let mode = files[0].metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let text = std::fs::read_to_string(files[0].path()).unwrap();
    assert!(text.contains(CONTROL));
    shows_none("the key", &text.replace(CONTROL, "-"));
}

#[test]
fn a_run_that_never_begins_shows_no_secret() {
    let planted = Planted::with("return { step = function() end }");
    let ended = planted.run(&["--dry-run"]).end().with_code(0);
    shows_none("the plan", &ended.stdout);
    let planted =
        Planted::with("error(vars.password .. vars.filed .. vars.motto .. vars.SURROUNDED)");
    let ended = planted.run(&["--no-listen"]).end().with_code(3);
    all_of(&ended, "scripts that were rejected");
    ended.said("***");
    let planted = Planted::with(LEAKY).scripts.with(
        "_crowd",
        "return { setup = function() error(vars.password .. vars.motto) end }",
    );
    let planted = Planted {
        scripts: planted,
        target: echoing(),
    };
    for words in [
        ["--no-listen"].as_slice(),
        &["--no-listen", "--log-format", "json"],
    ] {
        let ended = planted.run(words).end().with_code(1);
        all_of(&ended, "a setup that failed");
    }
    let ended = planted
        .run(&["--summary-json", &format!("/nowhere/{TYPED}")])
        .end()
        .with_code(2);
    all_of(&ended, "a file that cannot be");
}

#[test]
fn what_the_variable_of_all_values_gives_is_secret_and_what_is_typed_is_not() {
    let script = "return { requests = 1, think = 0, step = function()
      log.info(vars.motto .. ' of ' .. vars.region .. ' ' .. vars.size) http.get('/' .. vars.region) end }";
    let scripts = Folder::of("teller", script);
    let target = Target::fine();
    let words = [
        "run",
        "--no-listen",
        "--users",
        "1",
        "--base-url",
        &target.url(),
        "--script-dir",
    ];
    let once = || throng(words).arg(scripts.path());
    let ended = once()
        .variable(
            "THRONG_VARS",
            "motto=hidden-motto;region=northern;size=1000000",
        )
        .end()
        .with_code(0);
    ended.said("*** of *** 1000000");
    assert_eq!(target.requests()[0].path, "/northern");
    let typed = [
        "-e",
        "motto=shown-motto",
        "-e",
        "region=northern",
        "-e",
        "size=1000000",
    ];
    let ended = once().args(&typed).end().with_code(0);
    ended.said("shown-motto of northern 1000000");
}

#[test]
fn files_of_values_tell_their_faults_by_line_and_column_without_values() {
    let planted = Planted::with("return { step = function() end }");
    let file = planted.scripts.root().join("all.env");
    let text = format!("A=fine\nB-C={FROM_LINES}\n\nC=\"{FROM_LINES}\n");
    std::fs::write(&file, text).unwrap();
    let ended = planted.run(&["--dry-run"]).end().with_code(2);
    let place = file.display();
    ended.said(&format!("{place}:2:2: the key is not a valid name"));
    ended.said(&format!(
        "{place}:4:3: the quote opened here is never closed"
    ));
    all_of(&ended, "a file with faults");
    std::fs::remove_file(&file).unwrap();
    let ended = planted
        .run(&["--dry-run", "-e", "NO_SUCH"])
        .end()
        .with_code(2);
    ended.said(&format!("-e @{place}: No such file"));
    ended.said("-e NO_SUCH: there is no variable NO_SUCH in the environment");
}
