//! What a run made is gone after it, whoever made it.

use super::{ask_as_administrator, run, service, words};

#[test]
fn a_run_that_cleans_up_leaves_nothing_behind() {
    let service = service();
    let crowd = [
        "--users",
        "30",
        "--duration",
        "5",
        "--think-factor",
        "0.1",
        "--cleanup",
    ];
    let (output, summary) = run(&service, &crowd);
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    assert_eq!(
        summary["requests"]["unexpected"], 0,
        "{}",
        summary["errors"]
    );

    let made = ask_as_administrator(&service, "/api/v1/users?is_deleted=true");
    assert!(made["pagination"]["total"].as_u64() > Some(20), "{made}");
    // What the service itself began with: an administrator, its role and the permissions of that.
    for (path, left) in [("/users", 1), ("/roles", 1), ("/permissions", 8)] {
        let list = ask_as_administrator(&service, &format!("/api/v1{path}"));
        assert_eq!(list["pagination"]["total"], left, "{path}: {list}");
    }
}
