//! An identity provider on an origin of its own, and a clean-up that logs in there.

use super::program::{run, throng};
use super::{Answer, Folder, Target};

const MAKER: &str = "
    auth.setup { login = { path = vars.idp .. '/token', fields = { 'username', 'password' }, form = { grant_type = 'password' },
      client = { 'web', 'Secret-Of-The-Client' }, headers = { ['X-Realm'] = 'crowd' }, token = '/token' } }
    return { requests = 1, think = 0, step = function(user)
      http.post('/things', { creates = { kind = 'thing', id = '/id', delete = { path = '/things/{id}' },
        as = { username = 'root', password = 'Deleters-Secret' } } })
    end }";

#[test]
fn a_clean_up_logs_in_at_the_identity_provider_that_auth_setup_names() {
    let next = std::sync::atomic::AtomicU64::new(1);
    let target = Target::new(move |request| match request.method.as_str() {
        "POST" => {
            let id = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Answer::Status(201, format!("{{\"id\":{id}}}"))
        }
        _ => Answer::ok(),
    });
    let provider = Target::new(|request| match request.path.as_str() {
        "/token" => Answer::Status(200, r#"{"token":"let-me-in"}"#.to_owned()),
        _ => Answer::Status(404, "{}".to_owned()),
    });
    let scripts = Folder::of("maker", MAKER);
    let state = scripts.root().join("state");
    let state = state.to_str().unwrap();
    let idp = format!("idp={}", provider.url());
    run(&target.url(), &scripts.path(), &["--ramp", "0"])
        .args(&["--users", "2", "-e", &idp])
        .variable("THRONG_STATE_DIR", state)
        .end()
        .with_code(0);
    assert_eq!(provider.requests().len(), 0, "users log in nowhere here");
    // The clean-up has no variables: all that it needs is in the ledger.
    let ended = throng(["cleanup"])
        .variable("THRONG_STATE_DIR", state)
        .end()
        .with_code(0);
    let logins = provider.requests();
    assert_eq!(logins.len(), 1, "{ended:?}");
    let head = logins[0].head.join("\n");
    for line in [
        // base64 of web:Secret-Of-The-Client
        "Authorization: Basic d2ViOlNlY3JldC1PZi1UaGUtQ2xpZW50",
        "Content-Type: application/x-www-form-urlencoded",
        "X-Realm: crowd",
    ] {
        assert!(head.contains(line), "{head}");
    }
    let mut deleted = target.requests();
    deleted.retain(|request| request.method == "DELETE");
    assert_eq!(deleted.len(), 2);
    for request in deleted {
        let head = request.head.join("\n");
        assert!(head.contains("Authorization: Bearer let-me-in"), "{head}");
    }
    assert!(!ended.stdout.contains("Secret-Of-The-Client"));
}
