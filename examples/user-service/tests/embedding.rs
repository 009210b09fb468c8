//! The service as a library: options, threads, files, the end.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use clap::Parser;
use serde_json::json;
use user_service::{DEFAULT_ADMIN_PASSWORD, Database, Mood, OptionFault, Options};

use crate::support::{PASSWORD, Target, options};

#[derive(Parser)]
struct Args {
    #[command(flatten)]
    options: Options,
}

#[test]
fn the_defaults_of_the_command_line_are_those_of_the_library() {
    let typed = Args::try_parse_from(["x"]).ok().unwrap().options;
    assert_eq!(format!("{typed:?}"), format!("{:?}", Options::default()));
    let all = [
        "x",
        "--listen",
        "127.0.0.1:0",
        "--db",
        "a.db",
        "--faults",
        "lively",
        "--seed",
        "7",
        "--rate-limits",
    ];
    let typed = Args::try_parse_from(all).ok().unwrap().options;
    assert_eq!(
        (typed.db, typed.faults, typed.seed),
        (Database::File("a.db".into()), Mood::Lively, 7)
    );
    for bad in [
        ["--faults", "wild"],
        ["--hash-cost", "7"],
        ["--token-ttl", "0"],
        ["--listen", "here"],
        ["--db", ""],
    ] {
        assert!(
            Args::try_parse_from([&["x"], &bad[..]].concat()).is_err(),
            "{bad:?}"
        );
    }
}

#[tokio::test]
async fn a_public_password_is_for_loopback_only() {
    let open = Options {
        listen: ([0, 0, 0, 0], 0).into(),
        ..options()
    };
    assert_eq!(open.check(), Err(OptionFault::PublicPassword(open.listen)));
    let error = user_service::start(open.clone())
        .await
        .err()
        .expect("refused")
        .to_string();
    assert!(
        error.contains("--admin-password") && error.contains("0.0.0.0:0"),
        "{error}"
    );
    assert_eq!(
        Options {
            admin_password: "Another-1".into(),
            ..open
        }
        .check(),
        Ok(())
    );
    let weak = Options {
        admin_password: "weak".into(),
        ..options()
    };
    assert!(matches!(weak.check(), Err(OptionFault::AdminPassword(_))));
    let nobody = Options {
        admin_email: "nobody".into(),
        ..options()
    };
    assert!(matches!(nobody.check(), Err(OptionFault::AdminEmail(_))));
}

#[test]
fn it_runs_in_a_thread_of_its_own_and_ends_when_told() {
    let running = user_service::spawn(options()).expect("it starts");
    assert_eq!(running.admin_email, "admin@example.com");
    assert_eq!(running.admin_password, DEFAULT_ADMIN_PASSWORD);
    let address = running.address;
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let status = runtime.block_on(async {
        reqwest::get(format!("http://{address}/health"))
            .await
            .unwrap()
            .status()
    });
    assert_eq!(status, 200);
    // The connection of the client above is idle and kept alive: it must not hold the end up.
    let began = Instant::now();
    running.stop();
    assert!(
        began.elapsed() < Duration::from_secs(3),
        "{:?}",
        began.elapsed()
    );
    TcpListener::bind(address).expect("the port is free again");
}

#[tokio::test]
async fn a_thread_can_be_started_from_within_a_runtime() {
    let running = user_service::spawn(options()).expect("it starts");
    let health = format!("http://{}/health", running.address);
    assert_eq!(reqwest::get(health).await.unwrap().status(), 200);
    running.stop();
}

#[test]
fn what_was_counted_last_is_in_a_file_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("last");
    let running = user_service::spawn(Options {
        last_metrics: Some(path.clone()),
        ..options()
    })
    .expect("it starts");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let health = format!("http://{}/health", running.address);
    runtime.block_on(async { reqwest::get(health).await.unwrap() });
    running.stop();
    let text = std::fs::read_to_string(path).unwrap();
    let line =
        r#"user_service_http_requests_total{endpoint="/health",method="GET",status="200"} 1"#;
    assert!(text.lines().any(|found| found == line), "{text}");
}

#[test]
fn an_address_that_is_taken_is_said() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap();
    let error = user_service::spawn(Options {
        listen,
        ..options()
    })
    .err()
    .expect("refused");
    assert!(
        format!("{error:#}").contains(&listen.to_string()),
        "{error:#}"
    );
}

#[tokio::test]
async fn a_file_keeps_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let on_file = || Options {
        db: Database::File(folder.path().join("users.db")),
        ..options()
    };
    let target = Target::with(on_file()).await;
    let ada = target.person("ada").await;
    target.stop().await;

    let changed = Options {
        admin_password: "Another-1".into(),
        ..on_file()
    };
    let target = Target::with(changed).await;
    target
        .get("/auth/me", &ada.token)
        .await
        .refused(401, "token_invalid");
    target.login(&ada.email, PASSWORD).await.ok(200);
    target
        .post("/auth/refresh", "", json!({"refresh_token": ada.refresh}))
        .await
        .ok(200);
    assert_eq!(
        target.get("/users", &target.admin).await.body["pagination"]["total"],
        2
    );
    assert_eq!(
        target.get("/permissions", &target.admin).await.body["pagination"]["total"],
        8
    );
}
