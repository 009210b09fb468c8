//! Digest authentication, AWS signatures and OAuth 2.0, against servers that check each request by themselves.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::response::Response;
use md5::Md5;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::support::{Folder, Seen, Stage, Target, act, json as answer, requests, status, text};
use crate::support::on_one_thread;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hash(algorithm: &str, text: &str) -> String {
    match algorithm.starts_with("SHA-256") {
        true => hex(&Sha256::digest(text)),
        false => hex(&Md5::digest(text)),
    }
}

/// The parameters of a digest answer.
fn params(value: &str) -> BTreeMap<String, String> {
    let value = value.strip_prefix("Digest ").unwrap_or_default();
    let pair = |part: &str| {
        let (name, value) = part.split_once('=')?;
        let value = value.trim_matches('"').replace("\\\"", "\"");
        Some((name.to_owned(), value))
    };
    value.split(", ").filter_map(pair).collect()
}

/// Whether an answer is that of the user `me` with the password `se:cret`, as the RFC computes it.
fn is_right(seen: &Seen, algorithm: &str, quality: &str) -> bool {
    let Some(value) = seen.header("authorization").first().copied() else {
        return false;
    };
    let params = params(value);
    let get = |name: &str| params.get(name).cloned().unwrap_or_default();
    let h = |text: String| hash(algorithm, &text);
    let mut secret = h("me:a realm:se:cret".to_owned());
    if algorithm.ends_with("sess") {
        secret = h(format!("{secret}:{}:{}", get("nonce"), get("cnonce")));
    }
    let mut what = format!("{}:{}", seen.method, seen.target);
    if quality == "auth-int" {
        what = format!("{what}:{}", h(seen.text()));
    }
    let what = h(what);
    let wanted = match quality {
        "" => h(format!("{secret}:{}:{what}", get("nonce"))),
        _ => h(format!(
            "{secret}:{}:{}:{}:{quality}:{what}",
            get("nonce"),
            get("nc"),
            get("cnonce")
        )),
    };
    get("response") == wanted && get("uri") == seen.target && get("qop") == quality
}

fn challenge(nonce: &str, algorithm: &str, quality: &str, more: &str) -> Response {
    let quality = match quality {
        "" => String::new(),
        words => format!(", qop=\"{words}\""),
    };
    Response::builder()
        .status(401)
        .header("www-authenticate", "Basic realm=\"a realm\"")
        .header(
            "www-authenticate",
            format!(
                "Digest realm=\"a realm\", nonce=\"{nonce}\", algorithm={algorithm}{quality}{more}"
            ),
        )
        .body(Body::empty())
        .unwrap()
}

#[test]
fn digest_answers_are_what_the_target_computes() {
    for (algorithm, quality) in [
        ("MD5", "auth"),
        ("MD5", ""),
        ("MD5-sess", "auth"),
        ("SHA-256", "auth"),
        ("SHA-256", "auth-int"),
        ("SHA-256-sess", "auth"),
    ] {
        on_one_thread(async {
            let target = Target::start(move |seen, _| {
                Some(match is_right(seen, algorithm, quality) {
                    true => text(200, "in"),
                    false => challenge("n\\\"1", algorithm, quality, ""),
                })
            })
            .await;
            let said = act(
                "auth.digest('me', 'se:cret') say(http.get('/a?b=c').status)
                 say(http.post('/p', { body = 'some text' }).status) say(http.get('/x').body)",
                target.address,
            )
            .await;
            assert_eq!(
                said.requests(),
                [
                    "GET /a 200 ok x1",
                    "GET /a 401 expected x1",
                    "GET /x 200 ok x1",
                    "POST /p 200 ok x1"
                ],
                "{algorithm} {quality}"
            );
            assert_eq!(json!(said.fine()), json!([200, 200, "in"]));
            let counts: Vec<_> = target.seen()[1..]
                .iter()
                .map(|seen| params(seen.header("authorization")[0]).get("nc").cloned())
                .collect();
            let numbers = ["00000001", "00000002", "00000003"];
            let wanted: Vec<_> = numbers
                .iter()
                .map(|number| (!quality.is_empty()).then(|| (*number).to_owned()))
                .collect();
            assert_eq!(counts, wanted);
        });
    }
}

#[test]
fn a_stale_nonce_is_replaced_and_a_wrong_password_is_a_failure() {
    on_one_thread(async {
        let uses = AtomicUsize::new(0);
        let target = Target::start(move |seen, _| {
            let is_right = is_right(seen, "MD5", "auth");
            let used = match seen.header("authorization").first() {
                Some(value) => params(value).remove("nonce").unwrap_or_default(),
                None => String::new(),
            };
            // Each nonce is good twice.
            let number = uses.load(Ordering::SeqCst) / 2;
            let nonce = format!("n{number}");
            Some(if is_right && used == nonce {
                uses.fetch_add(1, Ordering::SeqCst);
                text(200, "in")
            } else {
                let more = if is_right { ", stale=TRUE" } else { "" };
                challenge(&nonce, "MD5", "auth", more)
            })
        })
        .await;
        let right = act(
            "auth.digest('me', 'se:cret') for i = 1, 5 do say(http.get('/').status) end",
            target.address,
        )
        .await;
        assert_eq!(
            right.requests(),
            ["GET / 200 ok x5", "GET / 401 expected x3"]
        );
        assert_eq!(json!(right.fine()), json!([200, 200, 200, 200, 200]));
        let wrong = act(
            "auth.digest('me', 'guess') say(http.get('/').status)",
            target.address,
        )
        .await;
        assert_eq!(
            wrong.requests(),
            ["GET / 401 expected x1", "GET / 401 unexpected x1"]
        );
        assert_eq!(json!(wrong.fine()), json!([401]));
        // Who counts on the 401 gets it, and what says itself who asks is left alone.
        let declared = act(
            "auth.digest('me', 'se:cret') say(http.get('/', { expect = 401 }).status)
             say(http.get('/', { headers = { Authorization = 'Bearer x' } }).status)",
            target.address,
        )
        .await;
        assert_eq!(
            declared.requests(),
            ["GET / 401 expected x1", "GET / 401 unexpected x1"]
        );
    });
}

#[test]
fn challenges_that_nobody_can_answer_are_failures() {
    on_one_thread(async {
        for header in [
            "Basic realm=\"x\"",
            "Digest realm=\"x\"",
            "Digest realm=\"x\", nonce=\"y\", algorithm=SHA-512-256, qop=\"auth\"",
            "Digest realm=\"x\", nonce=\"y\", qop=\"other\"",
            "Digest realm=\"never ends",
            "",
        ] {
            let target = Target::start(move |_, _| {
                let answer = Response::builder().status(401);
                let answer = answer.header("www-authenticate", header);
                Some(answer.body(Body::empty()).unwrap())
            })
            .await;
            let acted = act("auth.digest('me', 'x') http.get('/')", target.address).await;
            assert_eq!(acted.requests(), ["GET / 401 unexpected x1"], "{header}");
        }
    });
}

#[test]
fn requests_to_the_target_alone_have_an_aws_signature_each_of_its_own() {
    on_one_thread(async {
        let elsewhere = Target::echo().await;
        let away = format!("http://localhost:{}/away", elsewhere.address.port());
        let target = Target::start(move |seen, _| {
            Some(match seen.target.as_str() {
                "/moved" => Response::builder()
                    .status(302)
                    .header("location", "/here?a=1%20+2")
                    .body(Body::empty())
                    .unwrap(),
                _ => text(200, "in"),
            })
        })
        .await;
        let body = format!(
            "auth.aws {{ access_key = 'AK', secret_key = 'sk', region = 'eu-west-1', service = 's3', session_token = 'st' }}
             http.get('/moved') http.put('/o/a b', {{ body = 'x' }})
             http.get('/own', {{ headers = {{ Authorization = 'none' }} }}) http.get('{away}')"
        );
        let acted = act(&body, target.address).await;
        let _ = acted.fine();
        let seen = target.seen();
        let of = |at: usize, name: &str| {
            let seen: &Seen = &seen[at];
            seen.header(name).join("|")
        };
        let signed = "/eu-west-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;\
                      x-amz-date;x-amz-security-token, Signature=";
        for at in [0, 1, 2] {
            let value = of(at, "authorization");
            assert!(
                value.starts_with("AWS4-HMAC-SHA256 Credential=AK/20") && value.contains(signed),
                "{value}"
            );
            assert_eq!(of(at, "x-amz-security-token"), "st");
        }
        assert_ne!(of(0, "authorization"), of(1, "authorization"));
        assert_eq!(seen[1].target, "/here?a=1%20%202");
        assert_eq!(of(2, "x-amz-content-sha256"), hex(&Sha256::digest("x")));
        assert_eq!(seen[2].target, "/o/a%20b");
        assert_eq!(of(3, "authorization"), "none");
        let away = elsewhere.only();
        assert!(away.header("authorization").is_empty(), "{away:?}");
    });
}

/// An OAuth 2.0 server that gives a token for two requests, and what it was asked.
async fn provider(lives: Option<f64>) -> Target {
    let tokens = Mutex::new((0, 0));
    Target::start(move |seen, _| {
        let mut tokens = tokens.lock().unwrap();
        Some(if seen.target == "/token" {
            *tokens = (tokens.0 + 1, 0);
            let refresh = seen.text().contains("password").then(|| "again".to_owned());
            answer(
                200,
                &json!({ "access_token": format!("t{}", tokens.0), "refresh_token": refresh,
                    "expires_in": lives, "token_type": "Bearer" }),
            )
        } else if seen.header("authorization") == [format!("Bearer t{}", tokens.0)] && tokens.1 < 2
        {
            tokens.1 += 1;
            text(200, "in")
        } else {
            status(401)
        })
    })
    .await
}

#[test]
fn client_credentials_get_another_token_when_one_is_over() {
    on_one_thread(async {
        let target = provider(None).await;
        let folder = Folder::one(
            "auth.oauth2 { token_url = '/token', client_id = 'a b', client_secret = 's&cret', scope = 'x y',
                form = { audience = 'api' } }
             return { step = function()
                say(auth.login({}).status)
                for i = 1, 3 do say(http.get('/api').status) end
                say(auth.refresh()) say(auth.token()) say(auth.refresh_token() == nil)
             end }",
        );
        let stage = Stage::new(&folder, target.address);
        let end = stage.one().step(0).await;
        assert!(matches!(end, throng::script::CallEnd::Done), "{end:?}");
        assert_eq!(
            json!(stage.said()),
            json!([200, 200, 200, 200, true, "t3", true])
        );
        assert_eq!(
            requests(&stage.counted()),
            [
                "GET /api 200 ok x3",
                "GET /api 401 unexpected x1",
                "POST /token 200 ok x3"
            ]
        );
        let seen = target.seen();
        let asked: Vec<_> = seen.iter().filter(|seen| seen.target == "/token").collect();
        for seen in asked {
            assert_eq!(
                seen.text(),
                "audience=api&grant_type=client_credentials&scope=x+y"
            );
            // Each part as in a form, then as basic credentials.
            assert_eq!(seen.header("authorization"), ["Basic YStiOnMlMjZjcmV0"]);
        }
    });
}

#[test]
fn a_password_gets_a_refresh_token() {
    on_one_thread(async {
        let target = provider(Some(3600.0)).await;
        let folder = Folder::one(
            "auth.oauth2 { token_url = '/token', client_id = 'web', grant = 'password' }
             return { step = function()
                auth.login({ username = 'me', password = 'pw' })
                say(auth.refresh_token()) say(auth.refresh()) say(auth.token())
             end }",
        );
        let stage = Stage::new(&folder, target.address);
        let end = stage.one().step(0).await;
        assert!(matches!(end, throng::script::CallEnd::Done), "{end:?}");
        assert_eq!(json!(stage.said()), json!(["again", true, "t2"]));
        let bodies: Vec<_> = target.seen().iter().map(Seen::text).collect();
        assert_eq!(
            bodies,
            [
                "client_id=web&grant_type=password&password=pw&username=me",
                "client_id=web&grant_type=refresh_token&refresh_token=again"
            ]
        );
    });
}

#[test]
fn mistakes_in_a_scheme_are_named() {
    for (call, words) in [
        (
            "auth.oauth2 { token_url = 'token', client_id = 'x' }",
            "auth.oauth2: token_url: \"token\" must begin with / or be a full URL",
        ),
        (
            "auth.oauth2 { token_url = '/t' }",
            "auth.oauth2: client_id is missing",
        ),
        (
            "auth.oauth2 { token_url = '/t', client_id = 'x', grant = 'code' }",
            "auth.oauth2: grant is \"code\"; there are: client_credentials, password",
        ),
        (
            "auth.oauth2 { token_url = '/t', client_id = 'x', client_auth = 'basic' }",
            "auth.oauth2: client_auth is \"basic\", but client_secret is missing",
        ),
        (
            "auth.oauth2 { token_url = '/t', client_id = 'x', scopes = 'y' }",
            "auth.oauth2: server has the unknown key 'scopes'",
        ),
        (
            "auth.oauth2 { token_url = '/t', client_id = 'x', form = { a = {} } }",
            "auth.oauth2: form.a is a table",
        ),
    ] {
        let folder = Folder::one(&format!("{call}\nreturn {{ step = function() end }}"));
        let fault = folder.fault();
        assert!(fault.contains(words), "{call}: {fault}");
    }
    on_one_thread(async {
        let target = Target::echo().await;
        for (call, words) in [
            (
                "auth.aws { access_key = 'a', secret_key = 'b', region = 'c' }",
                "auth.aws: service is missing",
            ),
            (
                "auth.aws { access_key = 'a\\nb', secret_key = 'b', region = 'c', service = 'd' }",
                "auth.aws: access_key has a control character",
            ),
            (
                "auth.digest('x')",
                "auth.digest: password is nil, a string was expected",
            ),
        ] {
            let fault = act(call, target.address).await.fault();
            assert!(fault.contains(words), "{call}: {fault}");
        }
    });
}
