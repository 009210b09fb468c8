//! `headers` of a behaviour: on every request of a session to the target, and nowhere else.

use axum::body::Body;
use axum::http::Response;
use serde_json::json;
use throng::script::{CallEnd, Moved, VmResources};
use throng::secrets::{MOST_REMEMBERED, Masker, remember};

use super::support::{Folder, Seen, Stage, Target, json as answer, nowhere, status};
use crate::support::on_one_thread;

/// Each request with these fields of it: `GET /a | pt-BR | phone`.
fn lines(target: &Target, fields: &[&str]) -> Vec<String> {
    let line = |seen: Seen| {
        let values = fields.iter().map(|name| seen.header(name).join(","));
        let all = [format!("{} {}", seen.method, seen.target)].into_iter();
        all.chain(values).collect::<Vec<_>>().join(" | ")
    };
    target.seen().into_iter().map(line).collect()
}

#[test]
fn a_session_has_them_on_logins_refreshes_retries_and_redirects_alike() {
    on_one_thread(async {
        let target = Target::start(|seen, number| {
            Some(match seen.target.as_str() {
                "/login" => answer(200, &json!({ "access": "a0", "refresh": "r0" })),
                "/refresh" => answer(200, &json!({ "access": "a1", "refresh": "r1" })),
                "/away" => Response::builder()
                    .status(302)
                    .header("Location", "/home")
                    .body(Body::empty())
                    .unwrap(),
                "/busy" if number == 3 => status(503),
                "/me" if seen.header("authorization") == ["Bearer a0"] => status(401),
                _ => answer(200, &json!({})),
            })
        })
        .await;
        let folder = Folder::one(
            "auth.setup {
                login = { path = '/login', fields = { 'email' }, token = '/access', refresh = '/refresh' },
                refresh = { path = '/refresh', field = 'token' },
                logout = { path = '/logout' },
            }
            return {
                headers = { ['User-Agent'] = 'phone', ['Accept-Language'] = 'pt-BR', ['X-Forwarded-For'] = '192.0.2.7',
                    ['X-List'] = { 'a', 2 }, ['Accept-Encoding'] = false, ['X-Throng-Run'] = false },
                on_start = function() auth.login { email = 'a@b' } end,
                step = function()
                    http.get('/away')
                    http.get('/busy', { retry = { times = 1, pause = 0 } })
                    http.post('/own', { json = {}, headers = { ['accept-language'] = 'de', ['X-List'] = false } })
                    http.get('/me')
                    auth.logout()
                end }",
        );
        let stage = Stage::new(&folder, target.address);
        let user = stage.one();
        for end in [user.start().await, user.step(0).await] {
            assert!(matches!(end, CallEnd::Done), "{end:?}");
        }
        let fields = ["accept-language", "user-agent", "x-forwarded-for", "x-list"];
        let all = "pt-BR | phone | 192.0.2.7 | a,2";
        let paths = [
            "POST /login",
            "GET /away",
            "GET /home",
            "GET /busy",
            "GET /busy",
            "POST /own",
            "GET /me",
            "POST /refresh",
            "GET /me",
            "POST /logout",
        ];
        let mut expected: Vec<String> = paths.map(|path| format!("{path} | {all}")).into();
        expected[5] = "POST /own | de | phone | 192.0.2.7 | ".to_owned();
        assert_eq!(lines(&target, &fields), expected);
        for seen in target.seen() {
            assert!(seen.header("accept-encoding").is_empty(), "{seen:?}");
            assert!(seen.header("x-throng-run").is_empty(), "{seen:?}");
        }
    });
}

#[test]
fn they_stay_with_the_target_and_are_there_again_on_the_way_back() {
    on_one_thread(async {
        let to = |status: u16, place: String| {
            let response = Response::builder().status(status);
            response
                .header("Location", place)
                .body(Body::empty())
                .unwrap()
        };
        // `/back/PORT` leads back to the target.
        let other = Target::start(move |seen, _| {
            Some(match seen.target.strip_prefix("/back/") {
                Some(port) => to(307, format!("http://127.0.0.1:{port}/home")),
                None => answer(200, &json!({})),
            })
        })
        .await;
        let far = other.address;
        let target = Target::start(move |seen, _| {
            Some(match seen.target.strip_prefix("/far") {
                Some(rest) => to(307, format!("http://{far}{rest}")),
                None => answer(200, &json!({})),
            })
        })
        .await;
        let folder = Folder::one(&format!(
            "return {{
                headers = {{ ['User-Agent'] = 'phone', ['Accept-Language'] = 'pt',
                    ['X-Persona'] = 'ana', Authorization = 'Basic YTpi' }},
                step = function()
                    http.get('/far/x')
                    http.get('/far/back/{}')
                    http.get('http://{far}/direct')
                end }}",
            target.address.port()
        ));
        let stage = Stage::new(&folder, target.address);
        let user = stage.one();
        for end in [user.start().await, user.step(0).await] {
            assert!(matches!(end, CallEnd::Done), "{end:?}");
        }
        let fields = [
            "accept-language",
            "x-persona",
            "authorization",
            "user-agent",
        ];
        for line in lines(&other, &fields) {
            assert!(line.contains(" |  |  |  | throng"), "{line}");
        }
        assert_eq!(other.seen().len(), 3);
        let home = "pt | ana | Basic YTpi | phone";
        assert_eq!(
            lines(&target, &fields),
            [
                "/far/x",
                &format!("/far/back/{}", target.address.port()),
                "/home"
            ]
            .map(|path| format!("GET {path} | {home}"))
        );
    });
}

#[test]
fn a_function_is_asked_once_a_session_before_on_start() {
    on_one_thread(async {
        let target = Target::echo().await;
        let folder = Folder::one(
            "return {
                headers = function(user)
                    user.state.lucky = random.int(1, 1000000)
                    if user.id == 9 then return nil end
                    return { ['X-Lucky'] = user.state.lucky, ['X-User'] = user.id }
                end,
                on_start = function(user) say(user.state.lucky) http.get('/start') end,
                step = function() http.get('/step') end,
                on_stop = function() http.get('/stop') end }",
        );
        let stage = Stage::new(&folder, target.address);
        let vm = stage.vm("one");
        let user = stage.user(&vm, 4);
        for end in [user.start().await, user.step(0).await, user.stop().await] {
            assert!(matches!(end, CallEnd::Done), "{end:?}");
        }
        let said = stage.said();
        assert_eq!(said.len(), 1);
        let expected =
            ["start", "step", "stop"].map(|path| format!("GET /{path} | {} | 4", said[0]));
        assert_eq!(lines(&target, &["x-lucky", "x-user"]), expected);
        // The same user of the same seed draws the same; the next session draws again.
        let again = stage.user(&vm, 4);
        again.start().await;
        assert_eq!(stage.said(), said);
        again
            .context
            .user
            .requester
            .begin_session(10, throng::request::Kept::default());
        again.begin().unwrap();
        again.start().await;
        assert_ne!(stage.said(), said);
        // Nil is none.
        let none = stage.user(&vm, 9);
        none.start().await;
        assert_eq!(
            lines(&target, &["x-lucky"]).last().unwrap(),
            "GET /start | "
        );
    });
}

#[test]
fn they_are_the_users_and_come_along_to_another_version() {
    on_one_thread(async {
        let target = Target::echo().await;
        let text = |value: &str| {
            format!(
                "return {{ headers = {{ ['X-V'] = '{value}' }}, step = function() http.get('/') end }}"
            )
        };
        let stage = Stage::new(&Folder::one(&text("one")), target.address);
        let user = stage.one();
        user.start().await;
        let next = stage.vm_of(
            &Folder::one(&text("two")).bundle(),
            "one",
            2,
            &VmResources::alone(),
        );
        let (moved, how) = user.move_to(next).unwrap();
        assert!(matches!(how, Moved::Copied), "{how:?}");
        moved.step(0).await;
        moved
            .context
            .user
            .requester
            .begin_session(10, throng::request::Kept::default());
        moved.begin().unwrap();
        moved.start().await;
        moved.step(0).await;
        assert_eq!(lines(&target, &["x-v"]), ["GET / | one", "GET / | two"]);
    });
}

#[test]
fn wrong_headers_are_a_fault_of_the_script_that_names_the_key() {
    for (headers, words) in [
        (
            "5",
            "headers is 5; it takes a table such as { [\"Accept-Language\"] = \"pt-BR\" }, or a function that returns one",
        ),
        (
            "{ ['X A'] = 'x' }",
            "headers.X A: \"X A\" is not a header name",
        ),
        (
            "{ ['X-A'] = 'a\\r\\nB: c' }",
            "headers.X-A: the value of the header \"X-A\" has a line break or another control character: that would be header injection",
        ),
        (
            "{ ['X-A'] = function() end }",
            "headers.X-A is a function; write a string, a number or a boolean",
        ),
        (
            "{ 'X-A: b' }",
            "headers has a value at 1, which is not a name; write headers = { [\"X-Name\"] = \"value\" }",
        ),
        (
            "{ HOST = 'x' }",
            "headers has Host, which a session cannot have: it names the target, which is --base-url; write the host into that, or into the path of a request",
        ),
        (
            "{ ['content-length'] = 5 }",
            "headers has Content-Length, which a session cannot have: it frames one message, and throng writes it",
        ),
        (
            "{ Connection = 'close' }",
            "headers has Connection, which a session cannot have: it is about the connection (RFC 9110, 7.6.1), which throng keeps",
        ),
        (
            "{ ['Content-Type'] = false }",
            "headers has Content-Type, which a session cannot have: it describes the body of one request; write it in the headers of that request",
        ),
        (
            "{ Cookie = 'a=b' }",
            "headers has Cookie, which a session cannot have: the user's cookie jar writes it; call http.cookies.set in on_start",
        ),
        (
            "{ ['X-A'] = ('x'):rep(9000) }",
            "headers has 9007 bytes; a session has at most 8192, as servers refuse longer heads",
        ),
    ] {
        let table = format!("return {{ headers = {headers}, step = function() end }}");
        let fault = Folder::one(&table).fault();
        let (place, said) = fault.split_once(": ").unwrap();
        assert!(place.starts_with("scripts/one.lua:1:"), "{fault}");
        assert_eq!(said, words);
        if headers == "5" {
            continue;
        }
        on_one_thread(async {
            let text = format!(
                "return {{\nheaders = function() return {headers} end, step = function() end }}"
            );
            let stage = Stage::new(&Folder::one(&text), nowhere());
            let CallEnd::Failed(fault) = stage.one().start().await else {
                panic!("{headers}")
            };
            assert_eq!(fault.to_string(), format!("scripts/one.lua:2: {words}"));
        });
    }
}

#[test]
fn a_function_that_waits_fails_or_gives_no_table_says_so() {
    on_one_thread(async {
        for (body, words) in [
            (
                "return 5",
                "scripts/one.lua:2: headers returned 5; it returns a table of names and values, or nil",
            ),
            (
                "http.get('/')",
                "scripts/one.lua:2: http.get waits, and cannot be called inside a function that cannot wait",
            ),
            ("error('no')", "scripts/one.lua:2: no"),
            (
                "while true do end",
                "scripts/one.lua:2: computed for more than 50 ms without waiting; use less, or wait in \
                 between with think()",
            ),
        ] {
            let text =
                format!("return {{\nheaders = function(user) {body} end, step = function() end }}");
            let stage = Stage::new(&Folder::one(&text), nowhere());
            let CallEnd::Failed(fault) = stage.one().start().await else {
                panic!("{body}")
            };
            assert_eq!(fault.to_string(), words);
        }
    });
}

#[test]
fn their_secrets_are_masked_however_many_the_users_get() {
    on_one_thread(async {
        let script = "return { headers = {
            ['X-Api-Key'] = 'key-of-the-script', Authorization = 'Bearer bearer-of-the-script',
        }, step = function() end }";
        let stage = Stage::new(&Folder::one(script), nowhere());
        let user = stage.one();
        user.start().await;
        for number in 0..2 * MOST_REMEMBERED {
            remember(&format!("token-{number}-of-a-user"));
        }
        let none = Masker::default();
        for shown in ["key-of-the-script", "bearer-of-the-script"] {
            assert_eq!(none.text(shown), "***");
        }
    });
}
