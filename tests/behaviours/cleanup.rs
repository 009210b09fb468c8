//! What a run made is gone after it, whoever made it.

use user_service::{Database, Running};

use super::{ask_as_administrator, run, run_scripts, service, service_with, words};

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

    assert!(made(&service) > 20);
    assert_eq!(things(&service), AT_FIRST);
}

/// As many services do: whoever is deleted keeps its roles, which nobody can take from it any more, and a role that somebody
/// holds cannot be deleted.
const KEEP_ROLES: &str = "
    CREATE TRIGGER keep_roles BEFORE DELETE ON user_roles
    WHEN (SELECT is_deleted FROM users WHERE id = old.user_id) BEGIN SELECT RAISE(IGNORE); END";

/// Lends a role and takes it back, over and over: a run that ends cuts most of them in between.
const LENDER: &str = "
    local accounts, roles = require 'accounts', require 'roles'
    return {
      requests = { 16, 24 }, think = 0,
      on_start = function(user)
        accounts.login(accounts.administrator())
        user.state.account, user.state.role = accounts.register(), roles.create()
      end,
      step = function(user) roles.lend(user.state.account, user.state.role) end,
    }";

#[test]
fn a_run_that_ends_while_it_is_cleaned_leaves_nothing_where_the_deleted_keep_their_roles() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("service.db");
    let service = service_with(Database::File(file.clone()));
    let db = rusqlite::Connection::open(&file).unwrap();
    db.execute_batch(KEEP_ROLES).unwrap();
    let scripts = folder.path().join("scripts");
    std::fs::create_dir(&scripts).unwrap();
    std::fs::write(scripts.join("lender.lua"), LENDER).unwrap();
    // So slow that the run ends while the assignments of a pass are deleted, and users are not yet.
    let crowd = "--users 12 --ramp 0 --duration 3 --think-factor 0.1 --error-rate 0
        --cleanup-interval 1 --cleanup-rps 60";
    let crowd: Vec<&str> = crowd.split_whitespace().collect();
    let (output, summary) = run_scripts(&service, &scripts, &crowd);
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    assert_eq!(
        summary["requests"]["unexpected"], 0,
        "{}",
        summary["errors"]
    );
    assert!(made(&service) >= 12);
    assert_eq!(things(&service), AT_FIRST);
}

/// Users, roles and permissions that the service itself begins with: an administrator, its role and the permissions of that.
const AT_FIRST: [u64; 3] = [1, 1, 8];

fn things(service: &Running) -> [u64; 3] {
    ["/users", "/roles", "/permissions"].map(|path| {
        let list = ask_as_administrator(service, &format!("/api/v1{path}"));
        list["pagination"]["total"].as_u64().unwrap()
    })
}

/// Accounts that were made and are deleted.
fn made(service: &Running) -> u64 {
    let deleted = ask_as_administrator(service, "/api/v1/users?is_deleted=true");
    deleted["pagination"]["total"].as_u64().unwrap()
}
