//! Who may not use the server learns it at once: with a wrong key, with one that has expired, and with one that is taken back.

use std::time::Duration;

use base64::Engine as _;
use nkeys::KeyPair;

use super::worker;
use crate::support::nats::Nats;
use crate::support::program::throng;

/// A file with the seed of a key.
fn file(key: &KeyPair) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), key.seed().unwrap()).unwrap();
    file
}

fn only(key: &KeyPair) -> String {
    let public = key.public_key();
    format!("jetstream {{ store_dir: STORE }}\nauthorization {{ users: [ {{ nkey: {public} }} ] }}")
}

#[test]
fn a_key_that_the_server_does_not_know_is_refused_at_once() {
    let nats = Nats::with(&only(&KeyPair::new_user()));
    let other = file(&KeyPair::new_user());
    let words = ["--nats-nkey", other.path().to_str().unwrap()];
    let ended = worker(&nats, "one", &words).end().with_code(1);
    ended.said("refused the connection");
    assert!(ended.took < Duration::from_secs(8), "{:?}", ended.took);
}

#[test]
fn credentials_that_have_expired_are_named_before_anything_is_sent() {
    let encode = |json: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(json);
    let creds = tempfile::NamedTempFile::new().unwrap();
    let path = creds.path().to_str().unwrap();
    let an_hour_ago = std::time::SystemTime::now() - Duration::from_secs(3600);
    let an_hour_ago = an_hour_ago.duration_since(std::time::UNIX_EPOCH).unwrap();
    let (header, claims) = (
        encode(r#"{"typ":"JWT","alg":"ed25519-nkey"}"#),
        encode(&format!(r#"{{"exp":{},"sub":"U"}}"#, an_hour_ago.as_secs())),
    );
    let text = format!(
        "-----BEGIN NATS USER JWT-----\n{header}.{claims}.c2lnbmF0dXJl\n------END NATS USER JWT------\n\n\
         -----BEGIN USER NKEY SEED-----\n{}\n------END USER NKEY SEED------\n",
        KeyPair::new_user().seed().unwrap()
    );
    std::fs::write(path, text).unwrap();
    // Nobody listens there: it does not come to that.
    let words = [
        "worker",
        "--nats",
        "nats://127.0.0.1:1",
        "--nats-creds",
        path,
    ];
    let ended = throng(words).end().with_code(2);
    ended.said("expired 1h");
    ended.said("create new ones with nsc");
}

#[test]
fn a_worker_whose_key_is_taken_back_says_so_and_ends() {
    let key = KeyPair::new_user();
    let nats = Nats::with(&only(&key));
    let seed = file(&key);
    let words = ["--nats-nkey", seed.path().to_str().unwrap()];
    let listed = || {
        let list = throng(["cluster", "ls", "--nats", &nats.url()]).args(&words);
        list.end().with_code(0).stdout
    };
    let worker = worker(&nats, "one", &words).start();
    crate::support::patience::until("the worker's answer", || listed().contains("one"));
    nats.configure(&only(&KeyPair::new_user()));
    let ended = worker.end().with_code(1);
    ended.said("the NATS server no longer accepts this user");
    ended.said("refused the connection");
}
