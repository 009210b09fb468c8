//! The service in memory answers as the service does: the same calls, every operation with its refusals, to both.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use time::OffsetDateTime;
use user_service::memory::{Call, Memory};
use user_service::{DEFAULT_ADMIN_EMAIL, DEFAULT_ADMIN_PASSWORD};

use crate::support::{NOBODY, Target};

/// The calls, a line each; the file says how one is written.
const CALLS: &str = include_str!("memory_calls.txt");

/// One of them.
struct Step {
    method: &'static str,
    path: &'static str,
    token: Option<&'static str>,
    body: &'static str,
    kept: Vec<(&'static str, &'static str)>,
}

fn steps() -> impl Iterator<Item = Step> {
    let lines = CALLS
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| {
        let (call, kept) = line.split_once(" > ").unwrap_or((line, ""));
        let mut words = call.splitn(4, ' ');
        let mut word = || words.next().unwrap_or_default();
        Step {
            method: word(),
            path: word(),
            token: Some(word()).filter(|token| *token != "-"),
            body: word(),
            kept: kept
                .split_whitespace()
                .filter_map(|one| one.split_once('='))
                .collect(),
        }
    })
}

/// What one of the two has answered that later calls name.
type Kept = BTreeMap<&'static str, String>;

fn filled(text: &str, kept: &Kept) -> String {
    let mut text = text.to_owned();
    for (name, value) in kept {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    text
}

fn keep(kept: &mut Kept, body: &Value, pointers: Vec<(&'static str, &'static str)>) {
    for (name, pointer) in pointers {
        let value = body.pointer(pointer).and_then(Value::as_str);
        kept.insert(name, value.unwrap_or_default().to_owned());
    }
}

/// The body with what is drawn or measured told by its kind alone, lists of whatever length among them.
fn alike(body: &Value) -> Value {
    match body {
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| match name.as_str() {
                "uptime" | "checks" => (name.clone(), Value::Bool(value.is_number())),
                _ => (name.clone(), alike(value)),
            });
            Value::Object(fields.collect())
        }
        Value::Array(items) => items.iter().map(alike).collect(),
        Value::String(text) if text.len() == 36 && text.matches('-').count() == 4 => json!("<id>"),
        Value::String(text) if text.len() == 24 && text.ends_with('Z') => json!("<time>"),
        Value::String(text) if text.len() == 64 && text.chars().all(|c| c.is_ascii_hexdigit()) => {
            json!("<refresh>")
        }
        Value::String(text) if text.starts_with("ey") && text.matches('.').count() == 2 => {
            json!("<token>")
        }
        other => other.clone(),
    }
}

#[tokio::test]
async fn every_operation_and_every_refusal_is_that_of_the_service() {
    let target = Target::start().await;
    let now = OffsetDateTime::now_utc();
    let mut memory = Memory::new(7, now, (DEFAULT_ADMIN_EMAIL, DEFAULT_ADMIN_PASSWORD));
    let known = [
        ("nobody", NOBODY),
        ("admin_email", DEFAULT_ADMIN_EMAIL),
        ("admin_password", DEFAULT_ADMIN_PASSWORD),
    ];
    let known: Kept = known.map(|(name, value)| (name, value.to_owned())).into();
    let (mut of_service, mut of_memory) = (known.clone(), known);
    let mut wrong = Vec::new();
    for step in steps() {
        let Step {
            method,
            path,
            token,
            body,
            kept,
        } = step;
        let sent = (!body.is_empty())
            .then(|| serde_json::from_str(&filled(body, &of_service)).expect(body));
        let there = format!("!{}", filled(path, &of_service));
        let bearer = filled(token.unwrap_or_default(), &of_service);
        let one = target.send(method, &there, &bearer, sent).await;

        let here = filled(path, &of_memory);
        let (plain, query) = here
            .split_once('?')
            .map_or((&*here, None), |(path, query)| (path, Some(query)));
        let bearer = token.map(|token| format!("Bearer {}", filled(token, &of_memory)));
        let other = memory.answer(&Call {
            method,
            path: plain,
            query,
            authorization: bearer.as_deref().map(str::as_bytes),
            body: filled(body, &of_memory).as_bytes(),
            at: now,
        });
        let answered = String::from_utf8(other.body).unwrap();
        let answered = serde_json::from_str(&answered).unwrap_or(Value::String(answered));

        let kind = one
            .headers
            .get("content-type")
            .map(|kind| kind.to_str().unwrap());
        let left = (one.status, kind, alike(&one.body));
        let right = (other.status, other.content_type, alike(&answered));
        if left != right {
            wrong.push(format!(
                "{method} {path} ({token:?})\n  service {left:?}\n  memory  {right:?}"
            ));
        }
        keep(&mut of_service, &one.body, kept.clone());
        keep(&mut of_memory, &answered, kept);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    target.stop().await;
}

#[tokio::test]
async fn its_metrics_are_levels_of_the_service() {
    let target = Target::start().await;
    let at = OffsetDateTime::now_utc();
    let mut memory = Memory::new(7, at, (DEFAULT_ADMIN_EMAIL, DEFAULT_ADMIN_PASSWORD));
    let call = Call {
        method: "GET",
        path: "/metrics",
        query: None,
        authorization: None,
        body: b"",
        at,
    };
    let reply = memory.answer(&call);
    let theirs = target.metrics().await;
    let text = String::from_utf8(reply.body).unwrap();
    let samples: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(samples.len(), 3, "{text}");
    for line in samples {
        let name = line.split(' ').next().unwrap();
        assert!(theirs.contains_key(name), "{name}");
    }
    let answer = target.get("!/metrics", "").await;
    let kind = answer.headers["content-type"].to_str().unwrap();
    assert_eq!(reply.content_type, Some(kind));
    target.stop().await;
}

#[test]
fn tokens_die_with_their_time_and_one_seed_draws_the_same() {
    let begin = OffsetDateTime::UNIX_EPOCH;
    let run = |seed| {
        let mut memory = Memory::new(seed, begin, ("a@example.com", "x"));
        let mut call = |path, authorization: Option<&str>, body: &str, seconds| {
            let reply = memory.answer(&Call {
                method: "POST",
                path,
                query: None,
                authorization: authorization.map(str::as_bytes),
                body: body.as_bytes(),
                at: begin + time::Duration::seconds(seconds),
            });
            (reply.status, String::from_utf8(reply.body).unwrap())
        };
        let login = r#"{ "email": "a@example.com", "password": "x" }"#;
        let (_, first) = call("/api/v1/auth/login", None, login, 0);
        let session: Value = serde_json::from_str(&first).unwrap();
        let token = format!("Bearer {}", session["access_token"].as_str().unwrap());
        let life = session["expires_in"].as_i64().unwrap();
        let me = |seconds, call: &mut dyn FnMut(_, _, _, _) -> (u16, String)| {
            call("/api/v1/auth/me", Some(token.as_str()), "", seconds)
        };
        assert_eq!(me(life - 1, &mut call).0, 200);
        let late = me(life, &mut call);
        assert_eq!(late.0, 401);
        assert!(late.1.contains("token_expired"), "{}", late.1);
        first
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}
