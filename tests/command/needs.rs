//! `tests/run` looks at what it needs before it builds anything.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

/// `tests/run format` where `program` prints this of itself.
fn with(program: &str, says: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let stub = folder.path().join(program);
    std::fs::write(&stub, format!("#!/bin/sh\necho '{says}'\n")).unwrap();
    std::fs::set_permissions(&stub, std::fs::Permissions::from_mode(0o755)).unwrap();
    // Those that a machine may lack: here they are new enough.
    for (other, says) in [
        ("node", "v22.1.0"),
        ("npm", "10.0.0"),
        ("rustc", "rustc 1.95.0"),
    ] {
        let other = folder.path().join(other);
        if !other.exists() {
            std::fs::write(&other, format!("#!/bin/sh\necho '{says}'\n")).unwrap();
            std::fs::set_permissions(&other, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
    }
    let path = std::env::var("PATH").unwrap_or_default();
    let run = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/run");
    Command::new(run)
        .arg("format")
        .env("PATH", format!("{}:{path}", folder.path().display()))
        .output()
        .unwrap()
}

#[test]
fn what_is_too_old_is_named_before_anything_is_built() {
    for (program, says, told) in [
        (
            "node",
            "v18.19.1",
            "Node is 18.19.1, and 20 or newer is needed",
        ),
        (
            "rustc",
            "rustc 1.80.1 (3f5fd8dd4 2024-08-06)",
            "Rust is 1.80.1, and 1.95 or newer is needed",
        ),
        (
            "python3",
            "Python 3.7.17",
            "Python is 3.7.17, and 3.10 or newer is needed",
        ),
        ("node", "", "Node is missing, and 20 or newer is needed"),
    ] {
        let ended = with(program, says);
        let stderr = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(1), "{program} {says}: {stderr}");
        assert!(stderr.contains(told), "{program} {says}: {stderr}");
        let stdout = String::from_utf8_lossy(&ended.stdout);
        assert!(!stdout.contains("== format"), "{stdout}");
        assert!(!stdout.contains("Installing"), "{stdout}");
    }
}
