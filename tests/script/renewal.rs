//! Tokens that end: renewed in time or after a 401, once for all who wait; what the target may answer to that.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use axum::http::Response;
use serde_json::json;
use tokio::io::AsyncWriteExt;

use super::support::{Act, Folder, Seen, Stage, Target, json as answer, status};
use crate::support::{on_one_thread, read_request, serve};

const SETUP: &str = "auth.setup {
  login = { path = '/login', fields = { 'email' }, token = '/access', refresh = '/refresh', expires_in = '/seconds' },
  refresh = { path = '/refresh' },
  logout = { path = '/logout' },
}
local account = { email = 'a@b' }
";

async fn play(setup: &str, body: &str, at: SocketAddr) -> Act {
    let folder = Folder::one(&format!(
        "{setup}return {{ step = function(user)\n{body}\nend }}"
    ));
    let stage = Stage::new(&folder, at);
    let end = stage.one().step(0).await;
    Act {
        end,
        said: stage.said(),
        batch: stage.counted(),
        ledger: stage.ledger().await,
    }
}

/// `POST /refresh {...}` for each request: its body, or the token that it carried.
fn lines(target: &Target) -> Vec<String> {
    let line = |seen: Seen| {
        let rest = match seen.text() {
            body if body.is_empty() => seen.header("authorization").join("|"),
            body => body,
        };
        format!("{} {} {rest}", seen.method, seen.target)
    };
    target.seen().into_iter().map(line).collect()
}

#[test]
fn a_renewal_without_another_refresh_token_keeps_the_one_there_is() {
    on_one_thread(async {
        // A life as text counts; where a renewal gives none, it is that of the token before.
        for (first, later) in [
            (json!("0.04"), json!("0.04")),
            (json!(0.04), json!(null)),
            (json!(" 0.04 "), json!("soon")),
        ] {
            let given = AtomicU32::new(0);
            let target = Target::start(move |seen, _| {
                let n = given.load(Relaxed);
                Some(match seen.target.as_str() {
                    "/login" => answer(200, &json!({ "access": "a0", "refresh": "r0", "seconds": first })),
                    "/refresh" => {
                        given.store(n + 1, Relaxed);
                        // Neither null nor empty text is one.
                        let refresh = if n == 0 { json!(null) } else { json!("") };
                        answer(200, &json!({ "access": format!("a{}", n + 1), "refresh": refresh, "seconds": later }))
                    }
                    _ => status(if seen.header("authorization") == [format!("Bearer a{n}")] { 200 } else { 401 }),
                })
            })
            .await;
            let body = "auth.login(account)
                for _ = 1, 3 do think(0.03) say(http.get('/me').status) end
                say(auth.refresh_token())";
            let act = play(SETUP, body, target.address).await;
            assert_eq!(json!(act.fine()), json!([200, 200, 200, "r0"]));
            let renewal = r#"POST /refresh {"refresh_token":"r0"}"#;
            assert_eq!(
                lines(&target)[1..],
                [
                    renewal,
                    "GET /me Bearer a1",
                    renewal,
                    "GET /me Bearer a2",
                    renewal,
                    "GET /me Bearer a3"
                ]
            );
        }
    });
}

#[test]
fn another_refresh_token_takes_the_place_of_the_old_one() {
    on_one_thread(async {
        let target = Target::start(|seen, number| {
            Some(match seen.target.as_str() {
                "/login" | "/refresh" => answer(
                    200,
                    &json!({ "access": format!("a{number}"), "refresh": format!("r{number}") }),
                ),
                _ => status(200),
            })
        })
        .await;
        let body = "auth.login(account) auth.refresh() auth.refresh() say(auth.refresh_token())";
        assert_eq!(play(SETUP, body, target.address).await.fine(), ["r2"]);
        assert_eq!(
            lines(&target)[1..],
            [
                r#"POST /refresh {"refresh_token":"r0"}"#,
                r#"POST /refresh {"refresh_token":"r1"}"#
            ]
        );
    });
}

#[test]
fn a_renewal_that_fails_keeps_the_token_and_is_not_tried_again_at_once() {
    on_one_thread(async {
        for how in ["busy", "no token", "refused"] {
            let tries = AtomicU32::new(0);
            let target = Target::start(move |seen, _| {
                Some(match seen.target.as_str() {
                    "/login" => answer(200, &json!({ "access": "a0", "refresh": "r0" })),
                    "/refresh" if tries.fetch_add(1, Relaxed) == 0 => match how {
                        "busy" => Response::builder()
                            .status(503)
                            .header("Retry-After", "60")
                            .body(axum::body::Body::empty())
                            .unwrap(),
                        "no token" => answer(200, &json!({ "refresh": "r1" })),
                        _ => answer(400, &json!({ "error": "temporarily_unavailable" })),
                    },
                    "/refresh" => answer(200, &json!({ "access": "a1", "refresh": "r1" })),
                    _ => status(if seen.header("authorization") == ["Bearer a1"] {
                        200
                    } else {
                        401
                    }),
                })
            })
            .await;
            // While it rests a 401 is what the target says; who asks for a renewal gets one.
            let body = "auth.login(account)
                say(http.get('/me').status) say(auth.refresh_token()) say(auth.token())
                if vars.quick then say(http.get('/me').status) say(http.get('/me').status) end
                say(auth.refresh()) say(http.get('/me').status) say(auth.refresh_token())";
            // Without Retry-After it rests for a second: too short to be measured on a busy machine.
            let body = body.replace("vars.quick", if how == "busy" { "true" } else { "false" });
            let act = play(SETUP, &body, target.address).await;
            let quick: &[i32] = if how == "busy" { &[401, 401] } else { &[] };
            let mut expected = vec![json!(401), json!("r0"), json!("a0")];
            expected.extend(quick.iter().map(|status| json!(status)));
            expected.extend([json!(true), json!(200), json!("r1")]);
            assert_eq!(act.fine(), expected, "{how}");
            let renewals = lines(&target)
                .into_iter()
                .filter(|line| line == r#"POST /refresh {"refresh_token":"r0"}"#);
            assert_eq!(renewals.count(), 2, "{how}");
        }
    });
}

/// A target that refuses the token `old` and takes its time to give another one; `/late` is refused after that only.
async fn slow_target() -> (SocketAddr, Rc<RefCell<Vec<String>>>) {
    let seen = Rc::new(RefCell::new(Vec::new()));
    let (record, renewed) = (Rc::clone(&seen), Rc::new(Cell::new(false)));
    let address = serve(move |mut stream, _| {
        let (record, renewed) = (Rc::clone(&record), Rc::clone(&renewed));
        async move {
            while let Some((head, body)) = read_request(&mut stream).await {
                let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                let is_new = head.to_lowercase().contains("authorization: bearer new");
                record.borrow_mut().push(format!(
                    "{path} {}{}",
                    if is_new { "new" } else { "" },
                    String::from_utf8_lossy(&body)
                ));
                let (status, body) = match path.as_str() {
                    "/login" => (200, r#"{"access":"old","refresh":"r0"}"#),
                    "/refresh" => {
                        tokio::time::sleep(Duration::from_millis(50)).await;
                        renewed.set(true);
                        (200, r#"{"access":"new"}"#)
                    }
                    "/late" if !is_new => {
                        while !renewed.get() {
                            tokio::time::sleep(Duration::from_millis(5)).await;
                        }
                        // The renewal has been over for a while.
                        tokio::time::sleep(Duration::from_millis(50)).await;
                        (401, "{}")
                    }
                    _ if is_new => (200, "{}"),
                    _ => (401, "{}"),
                };
                let answer = format!(
                    "HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n{body}",
                    body.len()
                );
                if stream.write_all(answer.as_bytes()).await.is_err() {
                    return;
                }
            }
        }
    })
    .await;
    (address, seen)
}

#[test]
fn several_refusals_at_once_lead_to_one_renewal_and_all_calls_are_repeated() {
    on_one_thread(async {
        let (address, seen) = slow_target().await;
        let body = "auth.login(account)
            local function get(path) return function() return http.get(path).status end end
            say({ parallel { get '/a', get '/b', get '/late', get '/c', get '/d' } })
            say(http.get('/after').status)";
        let act = play(SETUP, body, address).await;
        assert_eq!(act.fine(), [json!([200, 200, 200, 200, 200]), json!(200)]);
        let seen = seen.borrow();
        let count = |line: &str| seen.iter().filter(|seen| *seen == line).count();
        assert_eq!(count(r#"/refresh {"refresh_token":"r0"}"#), 1, "{seen:?}");
        for path in ["/a", "/b", "/c", "/d", "/late"] {
            assert_eq!(count(&format!("{path} ")), 1, "{seen:?}");
            assert_eq!(count(&format!("{path} new")), 1, "{seen:?}");
        }
    });
}

#[test]
fn a_refusal_that_another_token_would_not_change_renews_nothing() {
    on_one_thread(async {
        let other = Target::start(|_, _| Some(status(401))).await;
        let elsewhere = format!("http://{}", other.address);
        let place = elsewhere.clone();
        let target = Target::start(move |seen, _| {
            Some(match seen.target.as_str() {
                "/login" => answer(200, &json!({ "access": "a0", "refresh": "r0" })),
                "/away" => Response::builder()
                    .status(302)
                    .header("Location", format!("{place}/x"))
                    .body(axum::body::Body::empty())
                    .unwrap(),
                _ => status(200),
            })
        })
        .await;
        let body = format!(
            "auth.login(account) say(http.get('/away').status) say(http.get('{elsewhere}/y').status)"
        );
        let act = play(SETUP, &body, target.address).await;
        assert_eq!(act.fine(), [401, 401]);
        assert_eq!(lines(&target).len(), 2);
        assert_eq!(lines(&other), ["GET /x ", "GET /y "]);
    });
}

#[test]
fn a_retry_that_is_refused_is_repeated_with_another_token_too() {
    on_one_thread(async {
        let target = Target::start(|seen, number| {
            Some(match seen.target.as_str() {
                "/login" => answer(200, &json!({ "access": "a0", "refresh": "r0" })),
                "/refresh" => answer(200, &json!({ "access": "a1" })),
                _ if number == 1 => status(503),
                _ => status(if seen.header("authorization") == ["Bearer a1"] {
                    200
                } else {
                    401
                }),
            })
        })
        .await;
        let body = "auth.login(account) say(http.get('/me', { retry = { 1, pause = 0 } }).status)";
        assert_eq!(play(SETUP, body, target.address).await.fine(), [200]);
        assert_eq!(
            lines(&target)[1..],
            [
                "GET /me Bearer a0",
                "GET /me Bearer a0",
                r#"POST /refresh {"refresh_token":"r0"}"#,
                "GET /me Bearer a1"
            ]
        );
    });
}

#[test]
fn a_login_and_a_renewal_are_sent_as_oauth_2_wants_them() {
    on_one_thread(async {
        let setup = "auth.setup {
          login = { path = '/token', fields = { 'username', 'password' }, form = { grant_type = 'password', scope = 'a b' },
            client = { 'web', 's:c r' }, headers = { ['X-Api'] = 'v2' }, token = '/access', refresh = '/refresh' },
          refresh = { path = '/renew', field = 'token', form = { grant_type = 'refresh_token', n = 5 }, client = { 'web', 's:c r' },
            token = '/new/access', refresh = '/new/refresh' },
          logout = { path = '/revoke', field = 'token', form = { token_type_hint = 'refresh_token' }, client = { 'web', 's:c r' } },
        }
        local account = { username = 'ada', password = 'p&q', extra = 1 }\n";
        let target = Target::start(|seen, _| {
            Some(match seen.target.as_str() {
                "/token" => answer(200, &json!({ "access": "a0", "refresh": "r0" })),
                "/renew" => answer(200, &json!({ "new": { "access": "a1", "refresh": "r1" } })),
                _ => status(200),
            })
        })
        .await;
        let body = "auth.header('X-Tenant', 't') auth.login(account) say(auth.refresh()) say(auth.token()) auth.logout()";
        let act = play(setup, body, target.address).await;
        assert_eq!(json!(act.fine()), json!([true, "a1"]));
        let seen = target.seen();
        let bodies: Vec<String> = seen.iter().map(Seen::text).collect();
        assert_eq!(
            bodies,
            [
                "grant_type=password&password=p%26q&scope=a+b&username=ada",
                "grant_type=refresh_token&n=5&token=r0",
                "token=r1&token_type_hint=refresh_token",
            ]
        );
        for one in &seen {
            // base64 of web:s%3Ac+r
            assert_eq!(one.header("authorization"), ["Basic d2ViOnMlM0FjK3I="]);
            assert_eq!(
                one.header("content-type"),
                ["application/x-www-form-urlencoded"]
            );
            assert_eq!(one.header("x-tenant"), ["t"]);
        }
        assert_eq!(seen[0].header("x-api"), ["v2"]);
        assert!(seen[1].header("x-api").is_empty());
        // As JSON, with fields that are always the same.
        let setup = "auth.setup { login = { path = '/token', fields = { 'email' }, json = { client = { id = 1 }, list = { 1, 2 } }, token = '/access', refresh = '/refresh' },
          refresh = { path = '/renew', json = { client_id = 'web' }, token = '/new/access' } }\nlocal account = { email = 'a' }\n";
        play(setup, "auth.login(account) auth.refresh()", target.address)
            .await
            .fine();
        let bodies: Vec<String> = target.seen()[3..].iter().map(Seen::text).collect();
        assert_eq!(
            bodies,
            [
                r#"{"client":{"id":1},"email":"a","list":[1,2]}"#,
                r#"{"client_id":"web","refresh_token":"r0"}"#
            ]
        );
    });
}

#[test]
fn an_identity_provider_may_be_elsewhere() {
    on_one_thread(async {
        let provider = Target::start(|seen, number| {
            Some(match seen.target.as_str() {
                "/login" | "/refresh?x=1" => answer(
                    200,
                    &json!({ "access": format!("a{number}"), "refresh": "r0" }),
                ),
                _ => status(204),
            })
        })
        .await;
        let target = Target::echo().await;
        let setup = format!(
            "local IDP = 'http://{}'
            auth.setup {{
              login = {{ path = IDP .. '/login', fields = {{ 'email' }}, token = '/access', refresh = '/refresh' }},
              refresh = {{ path = IDP .. '/refresh?x=1' }},
              logout = {{ path = IDP .. '/logout' }},
            }}\n",
            provider.address
        );
        let body = "auth.header('X-Api-Key', 'of-the-target')
            auth.login { email = 'a' } http.get('/one') say(auth.refresh()) http.get('/two')
            http.get(IDP .. '/userinfo') say(auth.logout().status)
            http.get('/three') say(http.get('/four', { headers = { ['x-api-key'] = false } }).status)";
        let act = play(&setup, body, target.address).await;
        let mut counted = act.requests();
        counted.sort();
        assert_eq!(
            counted,
            [
                "GET /four 200 ok x1",
                "GET /one 200 ok x1",
                "GET /three 200 ok x1",
                "GET /two 200 ok x1",
                "GET /userinfo 204 ok x1",
                "POST /login 200 ok x1",
                "POST /logout 204 ok x1",
                "POST /refresh 200 ok x1",
            ]
        );
        assert_eq!(json!(act.fine()), json!([true, 204, 200]));
        assert_eq!(
            lines(&provider),
            [
                r#"POST /login {"email":"a"}"#,
                r#"POST /refresh?x=1 {"refresh_token":"r0"}"#,
                // The token goes where auth.setup says, and nowhere else.
                "GET /userinfo ",
                "POST /logout Bearer a1",
            ]
        );
        for seen in provider.seen() {
            assert!(seen.header("x-api-key").is_empty());
        }
        let carried: Vec<String> = target
            .seen()
            .iter()
            .map(|seen| {
                [seen.header("authorization"), seen.header("x-api-key")]
                    .concat()
                    .join(" ")
            })
            .collect();
        assert_eq!(
            carried,
            [
                "Bearer a0 of-the-target",
                "Bearer a1 of-the-target",
                "of-the-target",
                ""
            ]
        );
    });
}

#[test]
fn a_logout_forgets_the_token_whatever_the_target_says() {
    on_one_thread(async {
        let target = Target::start(|seen, _| {
            Some(match seen.target.as_str() {
                "/login" => answer(200, &json!({ "access": "a0", "refresh": "r0" })),
                "/logout" => status(503),
                _ => status(200),
            })
        })
        .await;
        let body = "auth.header('X-Key', 'key-1') auth.login(account) say(auth.logout().status) say(auth.token() == nil)
            say(auth.refresh()) say(auth.logout() == nil) http.get('/x')";
        let act = play(SETUP, body, target.address).await;
        assert_eq!(json!(act.fine()), json!([503, true, false, true]));
        let last = target.seen().pop().unwrap();
        assert!(last.header("authorization").is_empty());
        assert_eq!(last.header("x-key"), ["key-1"]);
    });
}
