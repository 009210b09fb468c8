//! What `--from` takes: large files within bounds, URLs, logs of other clocks and with hostile lines; several types that
//! log in.

use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use super::import_recordings::{entry, har, html, line, new};
use crate::support::importing::{self, check};
use crate::support::program::{Program, throng};
use crate::support::target::{Answer, Target};

/// How large the recording is, in bytes.
const LARGE: usize = 200 << 20;
/// The most memory that reading it may take, in kB: it keeps 64 MiB of answers.
const MOST_MEMORY: u64 = 320 << 10;

/// Writes a recording entry by entry, none of which is kept.
fn write_large(file: &Path) {
    let mut to = BufWriter::with_capacity(1 << 20, fs::File::create(file).unwrap());
    to.write_all(b"{\"log\":{\"version\":\"1.2\",\"entries\":[")
        .unwrap();
    let text = "QUJD".repeat(256 << 10);
    let mut written = 0;
    let mut number = 0;
    while written < LARGE {
        let before = if number == 0 { "" } else { "," };
        let head = format!(
            "{before}{{\"startedDateTime\":\"2026-03-02T10:{:02}:{:02}.000Z\",\"time\":20,\"request\":{{\"method\":\"GET\",\
             \"url\":\"http://a.test/items/{number}\",\"headers\":[]}},\"response\":{{\"status\":200,\"headers\":[],\
             \"content\":{{\"mimeType\":\"application/json\",\"encoding\":\"base64\",\"text\":\"",
            number / 60,
            number % 60
        );
        to.write_all(head.as_bytes()).unwrap();
        to.write_all(text.as_bytes()).unwrap();
        to.write_all(b"\"}}}").unwrap();
        written += head.len() + text.len();
        number += 1;
    }
    to.write_all(b"]}}").unwrap();
    to.flush().unwrap();
}

/// The most memory that a process has held so far, in kB.
fn peak(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[test]
fn a_recording_of_200_mb_is_read_within_bounds() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("large.har");
    write_large(&file);
    let scripts = home.path().join("scripts");
    let began = Instant::now();
    let mut process = Command::new(env!("CARGO_BIN_EXE_throng"))
        .args(["new", "visitor", "--script-dir"])
        .arg(&scripts)
        .arg("--from")
        .arg(&file)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut most = 0;
    let status = loop {
        most = most.max(peak(process.id()).unwrap_or(0));
        if let Some(status) = process.try_wait().unwrap() {
            break status;
        }
        assert!(
            began.elapsed() < Duration::from_mins(5),
            "it takes too long"
        );
        std::thread::sleep(Duration::from_millis(5));
    };
    assert!(status.success(), "{status}");
    assert!((1..MOST_MEMORY).contains(&most), "{most} kB");
    let script = fs::read_to_string(scripts.join("visitor.lua")).unwrap();
    assert!(script.contains("/items/"), "{script}");
}

fn from(scripts: &Path, source: &str) -> Program {
    importing::new("visitor", scripts, source, &[])
}

#[test]
fn a_recording_comes_from_a_url() {
    let home = tempfile::tempdir().unwrap();
    let scripts = home.path().join("scripts");
    let text = har(vec![entry(
        "p1",
        "00.000",
        "GET",
        "http://a.test/items",
        html("x"),
    )]);
    let served = text.clone();
    let target = Target::new(move |request| match request.path.as_str() {
        "/whole.har?key=1" => Answer::Status(200, served.clone()),
        "/cut.har" => Answer::Status(200, served[..served.len() - 9].to_owned()),
        "/moved" => Answer::Bytes(
            b"HTTP/1.1 302 Found\r\nlocation: /whole.har?key=1\r\ncontent-length: 0\r\n\r\n"
                .to_vec(),
        ),
        "/round" => Answer::Bytes(
            b"HTTP/1.1 302 Found\r\nlocation: /round\r\ncontent-length: 0\r\n\r\n".to_vec(),
        ),
        "/page" => Answer::Status(200, "<!doctype html><p>Log in first".to_owned()),
        _ => Answer::Status(404, String::new()),
    });
    let url = |path: &str| format!("{}{path}", target.url());
    for path in ["/whole.har?key=1", "/moved"] {
        let scripts = home.path().join(path.replace(['/', '?'], "_"));
        from(&scripts, &url(path)).end().with_code(0);
        let script = fs::read_to_string(scripts.join("visitor.lua")).unwrap();
        assert!(script.contains("http.page(\"/items\")"), "{path}: {script}");
    }
    for (path, words) in [
        ("/none.har", "the answer is status 404"),
        ("/page", "is of no format that throng knows"),
        ("/cut.har", "ends in the middle of the recording"),
        ("/round", "more than 5 redirects"),
    ] {
        let ended = from(&scripts, &url(path)).end().with_code(2);
        assert!(ended.stderr.contains(words), "{path}: {}", ended.stderr);
        assert!(ended.stderr.contains(path), "{path}: {}", ended.stderr);
    }
    let secret = target.url().replace("http://", "http://me:pa55@") + "/none.har";
    let ended = from(&scripts, &secret).end().with_code(2);
    assert!(!ended.stderr.contains("pa55"), "{}", ended.stderr);
    let nobody = from(&scripts, "http://127.0.0.1:1/a.har")
        .end()
        .with_code(2);
    assert!(
        nobody
            .stderr
            .contains("http://127.0.0.1:1/a.har: cannot be fetched"),
        "{}",
        nobody.stderr
    );
    assert!(!scripts.exists(), "nothing was written");
}

/// A server whose answer has no end.
fn endless() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n");
            let more = vec![b' '; 1 << 20];
            while stream.write_all(&more).is_ok() {}
        }
    });
    format!("http://{address}/endless.har")
}

#[test]
fn an_answer_without_an_end_is_cut_off() {
    let home = tempfile::tempdir().unwrap();
    let url = endless();
    let ended = from(&home.path().join("scripts"), &url).end().with_code(2);
    assert!(
        ended.stderr.contains(&format!("{url}: cannot be fetched")),
        "{}",
        ended.stderr
    );
}

#[test]
fn the_time_of_a_line_is_that_of_its_start_or_of_its_end() {
    let home = tempfile::tempdir().unwrap();
    let mut text = String::new();
    for session in 0..40 {
        for (request, took) in [1000, 3000].into_iter().enumerate() {
            let line = json!({
                "ts": 1_782_907_200 + session * 30 + request * 10, "method": "GET",
                "path": format!("/p{request}"), "status": 200, "duration_ms": took,
                "session": format!("s{session}"),
            });
            text.push_str(&format!("{line}\n"));
        }
    }
    let file = home.path().join("access.log");
    fs::write(&file, text).unwrap();
    // Ten seconds between two lines, whose requests took one second and three.
    for (when, think) in [("end", "{ 7, 7 }"), ("start", "{ 9, 9 }")] {
        let scripts = home.path().join(when);
        new(&scripts, &file, &["--log-time", when])
            .end()
            .with_code(0);
        let script = fs::read_to_string(scripts.join("visitor.lua")).unwrap();
        assert!(
            script.contains(&format!("think = {think}")),
            "{when}: {script}"
        );
    }
    let ended = new(&home.path().join("x"), &file, &["--log-time", "strat"])
        .end()
        .with_code(2);
    assert!(
        ended
            .stderr
            .contains("--log-time strat: is not a valid moment; give start or end"),
        "{}",
        ended.stderr
    );
}

#[test]
fn the_curve_of_a_day_is_that_of_its_time_zone() {
    let home = tempfile::tempdir().unwrap();
    let mut text = String::new();
    // Ten times as many at ten in the morning, at Greenwich.
    for hour in 0..24 {
        let sessions = if hour == 10 { 60 } else { 6 };
        for session in 0..sessions {
            for request in 0..2 {
                let line = json!({
                    "time": format!("2026-07-01T{hour:02}:{:02}:{:02}", session * 60 / sessions, request * 5),
                    "method": "GET", "path": "/", "status": 200, "session": format!("s{hour}-{session}"),
                });
                text.push_str(&format!("{line}\n"));
            }
        }
    }
    let peak = |name: &str, text: &str, zone: &str| {
        let file = home.path().join(format!("{name}.log"));
        fs::write(&file, text.replace("\"time\":\"", "\"timestamp\":\"")).unwrap();
        let scripts = home.path().join(name);
        new(
            &scripts,
            &file,
            &["--log-timezone", zone, "--log-field", "time=timestamp"],
        )
        .end()
        .with_code(0);
        let plan = fs::read_to_string(scripts.join("throng.toml")).unwrap();
        assert!(plan.contains(&format!("timezone = \"{zone}\"")), "{plan}");
        let curve = fs::read_to_string(scripts.join("throng.csv")).unwrap();
        let points = curve
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(','));
        let factor = |(_, factor): &(&str, &str)| (factor.parse::<f64>().unwrap() * 1e4) as u64;
        let (time, _) = points.max_by_key(factor).unwrap();
        time[..2].to_owned()
    };
    // Times without a zone are in that zone; those with one are shown in it.
    assert_eq!(peak("local", &text, "America/New_York"), "10");
    let utc = text.replace(":00\"", ":00Z\"").replace(":05\"", ":05Z\"");
    assert_eq!(peak("zoned", &utc, "America/New_York"), "06");
    let file = home.path().join("local.log");
    let ended = new(
        &home.path().join("x"),
        &file,
        &["--log-timezone", "Mars/Base"],
    )
    .end()
    .with_code(2);
    assert!(
        ended
            .stderr
            .contains("Mars/Base: is not a valid time zone; give one of the IANA database"),
        "{}",
        ended.stderr
    );
}

#[test]
fn hostile_lines_of_a_log_are_left_out_or_written_as_text() {
    let home = tempfile::tempdir().unwrap();
    let mut lines: Vec<String> = (0..60)
        .map(|number| line(1_782_907_200.0 + f64::from(number), "s", "GET", "/a"))
        .collect();
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    for hostile in [
        line(1_782_907_201.0, "]]os.exit()--", "GET", "/]]os.exit()"),
        line(1_782_907_202.0, "s", "GET", "/a?q=%00%1b[2J&]]=\"\\\n"),
        line(1_782_907_203.0, "s", "os.execute('x')", "/a"),
        line(-1e300, "s", "GET", "/a"),
        format!("{{\"ts\":1,\"path\":{deep}}}"),
        "\u{feff}\u{0}\u{1b}]0;x\u{7}".to_owned(),
        "x".repeat(3 << 20),
    ] {
        lines.insert(20, hostile);
    }
    let file = home.path().join("access.log");
    fs::write(&file, lines.join("\n")).unwrap();
    let scripts = home.path().join("scripts");
    let ended = new(&scripts, &file, &[]).end().with_code(0);
    assert!(ended.stdout.contains("was left out"), "{}", ended.stdout);
    assert!(!ended.stdout.contains('\u{1b}'), "{:?}", ended.stdout);
    check(&scripts);
    let target = Target::fine();
    let words = ["run", "--no-listen", "--users", "2", "--sessions", "2"];
    throng(words)
        .args(&[
            "--think-factor",
            "0",
            "--base-url",
            &target.url(),
            "--script-dir",
        ])
        .arg(&scripts)
        .fast()
        .end();
    let is_sent = |path: &str| {
        path.starts_with("/a") || path.starts_with("/%5D%5D") || path.starts_with("/]]")
    };
    let requests = target.requests();
    assert!(
        requests.iter().all(|request| is_sent(&request.path)),
        "{requests:?}"
    );
}

#[test]
fn two_imported_types_log_in_each_in_its_own_way() {
    let home = tempfile::tempdir().unwrap();
    let scripts = home.path().join("scripts");
    let target = Target::new(|request| match request.path.as_str() {
        "/login" => Answer::Status(200, "{\"access_token\":\"first-token-1\"}".to_owned()),
        "/session" => Answer::Status(200, "{\"jwt\":\"second-token-2\"}".to_owned()),
        _ => Answer::ok(),
    });
    let url = target.url();
    let answer = |body: &str| json!({ "status": 200, "content": { "mimeType": "application/json", "text": body } });
    for (name, path, field, token) in [
        ("buyer", "/login", "access_token", "first-token-1"),
        ("clerk", "/session", "jwt", "second-token-2"),
    ] {
        let mut login = entry(
            "p1",
            "00.000",
            "POST",
            &format!("{url}{path}"),
            answer(&format!("{{\"{field}\":\"{token}\"}}")),
        );
        login["request"]["postData"] = json!({
            "mimeType": "application/json", "text": "{\"email\":\"a@b.test\",\"password\":\"secret\"}",
        });
        let mut read = entry(
            "p2",
            "02.000",
            "GET",
            &format!("{url}/{name}/orders"),
            answer("{}"),
        );
        read["request"]["headers"] =
            json!([{ "name": "Authorization", "value": format!("Bearer {token}") }]);
        let file = home.path().join(format!("{name}.har"));
        fs::write(&file, har(vec![login, read])).unwrap();
        importing::new(name, &scripts, &file, &[])
            .end()
            .with_code(0);
        let script = fs::read_to_string(scripts.join(format!("{name}.lua"))).unwrap();
        assert!(script.contains("auth.setup"), "{script}");
    }
    check(&scripts);
    let words = ["run", "--no-listen", "--users", "6", "--sessions", "12"];
    let ended = throng(words)
        .args(&[
            "--think-factor",
            "0",
            "-e",
            "email=a@b.test",
            "-e",
            "password=secret",
        ])
        .args(&["--base-url", &url, "--script-dir"])
        .arg(&scripts)
        .fast()
        .with_summary()
        .end()
        .with_code(0);
    assert_eq!(ended.summary()["sessions"]["failed"], 0);
    let requests = target.requests();
    for (path, token) in [
        ("/buyer/orders", "first-token-1"),
        ("/clerk/orders", "second-token-2"),
    ] {
        let sent: Vec<_> = requests
            .iter()
            .filter(|request| request.path == path)
            .collect();
        assert!(!sent.is_empty(), "{path}");
        let has = |head: &Vec<String>| {
            head.iter()
                .any(|line| line.ends_with(&format!("Bearer {token}")))
        };
        assert!(
            sent.iter().all(|request| has(&request.head)),
            "{path}: {sent:?}"
        );
    }
}

#[test]
fn a_variable_that_an_import_needs_is_named_where_it_is_missing() {
    let home = tempfile::tempdir().unwrap();
    let target = Target::fine();
    let script = "auth.setup { login = { path = '/login', fields = { 'email', 'password' }, token = '/token' } }\n\
                  return { requests = 1, think = 0, step = function()\n  auth.login { email = vars.email, password = vars.password }\nend }";
    fs::create_dir(home.path().join("scripts")).unwrap();
    fs::write(home.path().join("scripts/buyer.lua"), script).unwrap();
    let ended = throng(["run", "--no-listen", "--users", "1", "--sessions", "1"])
        .args(&[
            "-e",
            "password=x",
            "--base-url",
            &target.url(),
            "--script-dir",
        ])
        .arg(home.path().join("scripts"))
        .end();
    let words = "auth.login: the account of the type 'buyer' has no field 'email'; no variable email was given: -e \
                 email=VALUE sets vars.email";
    assert!(ended.stderr.contains(words), "{}", ended.stderr);
}
