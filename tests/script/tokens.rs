//! `auth`: logging in and out, renewing, and what the target sees of it.

use serde_json::json;

use super::support::{Act, Folder, Stage, Target, act, json as answer, nowhere, status};
use crate::support::on_one_thread;

const SETUP: &str = "auth.setup {
  login = { path = '/login', fields = { 'email', 'password' }, token = '/data/access', refresh = '/data/refresh', expires_in = '/data/seconds' },
  refresh = { path = '/refresh', field = 'token' },
  logout = { path = '/logout' },
}
local account = { email = 'a@b', password = 'p', extra = 1 }
";

/// A target with tokens `a0`, `a1`, ...; a token lives as many seconds as is said, and the first is refused if it must.
async fn target(seconds: i64, refuse_first: bool) -> Target {
    let given = std::sync::atomic::AtomicU32::new(0);
    Target::start(move |seen, _| {
        let token = || {
            let n = given.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            json!({ "data": { "access": format!("a{n}"), "refresh": format!("r{n}"), "seconds": seconds } })
        };
        Some(match seen.target.as_str() {
            "/login" if seen.text().contains("wrong") => status(401),
            "/login" | "/refresh" => answer(200, &token()),
            "/empty" => status(204),
            _ if refuse_first && seen.header("authorization") == ["Bearer a0"] => status(401),
            _ => answer(200, &json!({})),
        })
    })
    .await
}

async fn play(body: &str, target: &Target) -> Act {
    let folder = Folder::one(&format!(
        "{SETUP}return {{ step = function(user)\n{body}\nend }}"
    ));
    let stage = Stage::new(&folder, target.address);
    let end = stage.one().step(0).await;
    Act {
        end,
        said: stage.said(),
        batch: stage.counted(),
        ledger: stage.ledger().await,
    }
}

fn tokens(target: &Target) -> Vec<String> {
    let line = |seen: super::support::Seen| {
        let token = seen.header("authorization").join("|");
        format!("{} {} {token}", seen.method, seen.target)
    };
    target.seen().into_iter().map(line).collect()
}

#[test]
fn a_login_sends_its_fields_and_the_token_goes_along() {
    on_one_thread(async {
        let target = target(3600, false).await;
        let body = "say(auth.login(account).status) say(auth.token()) say(auth.refresh_token()) http.get('/a') http.get('/b', { headers = { Authorization = false } })
            http.get('/c', { headers = { authorization = 'Own' } }) say(auth.logout().status) say(auth.token() == nil) http.get('/d') say(auth.logout() == nil)";
        let act = play(body, &target).await;
        assert_eq!(json!(act.fine()), json!([200, "a0", "r0", 200, true, true]));
        assert_eq!(target.seen()[0].text(), r#"{"email":"a@b","password":"p"}"#);
        assert_eq!(
            tokens(&target),
            [
                "POST /login ",
                "GET /a Bearer a0",
                "GET /b ",
                "GET /c Own",
                "POST /logout Bearer a0",
                "GET /d "
            ]
        );
    });
}

#[test]
fn a_refused_login_is_a_result() {
    on_one_thread(async {
        let target = target(3600, false).await;
        let act = play("local r = auth.login({ email = 'x', password = 'wrong' }, { expect = 401 }) say({ r.ok, r.status }) say(auth.token() == nil)", &target).await;
        assert_eq!(act.requests(), ["POST /login 401 expected x1"]);
        assert_eq!(act.fine(), [json!([false, 401]), json!(true)]);
    });
}

#[test]
fn a_token_is_renewed_before_it_ends() {
    on_one_thread(async {
        let target = target(1, false).await;
        // Due after a quarter of so short a life.
        let body = "auth.login(account) think(0.3) http.get('/a')";
        play(body, &target).await.fine();
        assert_eq!(
            tokens(&target),
            ["POST /login ", "POST /refresh ", "GET /a Bearer a1"]
        );
        assert_eq!(target.seen()[1].text(), r#"{"token":"r0"}"#);
    });
}

#[test]
fn a_refused_token_is_renewed_once_and_the_call_repeated() {
    on_one_thread(async {
        let target = target(3600, true).await;
        let act = play("auth.login(account) say(http.get('/a').status)", &target).await;
        assert_eq!(
            act.requests(),
            [
                "GET /a 200 ok x1",
                "GET /a 401 unexpected x1",
                "POST /login 200 ok x1",
                "POST /refresh 200 ok x1"
            ]
        );
        assert_eq!(act.fine(), [200]);
        assert_eq!(
            tokens(&target),
            [
                "POST /login ",
                "GET /a Bearer a0",
                "POST /refresh ",
                "GET /a Bearer a1"
            ]
        );
    });
}

#[test]
fn a_call_that_counts_on_401_or_brings_its_own_token_renews_nothing() {
    on_one_thread(async {
        for call in [
            "http.get('/a', { expect = 401 })",
            "http.get('/a', { expect = '4xx' })",
            "http.get('/a', { headers = { Authorization = 'Bearer a0' } })",
        ] {
            let target = target(3600, true).await;
            let act = play(&format!("auth.login(account) say({call}.status)"), &target).await;
            assert_eq!(act.fine(), [401], "{call}");
            assert_eq!(target.seen().len(), 2, "{call}");
        }
    });
}

#[test]
fn the_script_can_renew_too() {
    on_one_thread(async {
        let target = target(3600, false).await;
        let body = "say(auth.refresh()) auth.login(account) say(auth.refresh()) say(auth.token()) auth.clear() say(auth.refresh()) http.get('/a')";
        assert_eq!(
            json!(play(body, &target).await.fine()),
            json!([false, true, "a1", false])
        );
        assert_eq!(
            tokens(&target),
            ["POST /login ", "POST /refresh ", "GET /a "]
        );
    });
}

#[test]
fn other_ways_to_say_who_asks() {
    on_one_thread(async {
        let target = Target::echo().await;
        let body = "auth.bearer('t') http.get('/a') auth.basic('ada', 'p:w') http.get('/b')
            auth.header('X-Key', 'k') auth.header('X-Tenant', 'one') http.get('/c') auth.bearer('u') auth.header('x-tenant', 'two') http.get('/d')
            http.get('/e', { headers = { ['X-KEY'] = 'own', ['X-Tenant'] = false } }) auth.header('X-Key', false) http.get('/f')
            auth.header('authorization', 'Token v') http.get('/g') auth.clear() http.get('/h')";
        act(body, target.address).await.fine();
        assert_eq!(
            tokens(&target),
            [
                "GET /a Bearer t",
                "GET /b Basic YWRhOnA6dw==",
                "GET /c Basic YWRhOnA6dw==",
                "GET /d Bearer u",
                "GET /e Bearer u",
                "GET /f Bearer u",
                "GET /g Token v",
                "GET /h "
            ]
        );
        let fields = |seen: super::support::Seen| {
            let both = [seen.header("x-key"), seen.header("x-tenant")];
            both.map(|values| values.join("|")).join(" ")
        };
        let carried: Vec<String> = target.seen().into_iter().map(fields).collect();
        assert_eq!(
            carried,
            [" ", " ", "k one", "k two", "own ", " two", " two", " "]
        );
    });
}

#[test]
fn wrong_calls_are_said() {
    on_one_thread(async {
        for (body, words) in [
            (
                "auth.login({ email = 'x' })",
                "auth.login: the account of the type 'one' has no field 'password'; no variable password was given: -e password=VALUE sets vars.password",
            ),
            (
                "auth.login()",
                "auth.login: account is nil, a table was expected",
            ),
            (
                "auth.login(account, { parms = {} })",
                "auth.login: unknown option 'parms'; there are: ",
            ),
            (
                "auth.bearer()",
                "auth.bearer: token is nil, a string was expected",
            ),
            (
                "auth.basic('x')",
                "auth.basic: password is nil, a string was expected",
            ),
            (
                "auth.header('X')",
                "auth.header: value is nil, a string was expected",
            ),
            ("auth.bearer('a\\nb')", "auth.bearer: "),
        ] {
            let folder = Folder::one(&format!(
                "{SETUP}return {{ step = function(user)\n{body}\nend }}"
            ));
            let end = Stage::new(&folder, nowhere()).one().step(0).await;
            let fault = super::support::fault_of(&end).to_string();
            assert!(
                fault.starts_with(&format!("scripts/one.lua:8: {words}")),
                "{body}\n   {fault}"
            );
        }
        let without = act("auth.login({})", nowhere()).await.fault();
        assert!(without.starts_with("scripts/one.lua:2: auth.login: no module has said how to log in; call auth.setup { "), "{without}");
        let empty = target(1, false).await;
        let folder = Folder::one(
            "auth.setup { login = { path = '/empty', fields = {}, token = '/t' } }\nreturn { step = function() auth.login({}) end }",
        );
        let end = Stage::new(&folder, empty.address).one().step(0).await;
        assert_eq!(
            super::support::fault_of(&end).to_string(),
            "scripts/one.lua:2: auth.login: the response of /empty has no token at /t; see auth.setup"
        );
    });
}

#[test]
fn a_setup_that_lacks_something_is_said_when_it_loads() {
    for (setup, words) in [
        ("{}", "auth.setup: login is missing"),
        (
            "{ login = { fields = {}, token = '/t' } }",
            "auth.setup: login.path is missing",
        ),
        (
            "{ login = { path = '/l', token = '/t' } }",
            "auth.setup: login.fields is missing",
        ),
        (
            "{ login = { path = '/l', fields = {} } }",
            "auth.setup: login.token is missing",
        ),
        (
            "{ login = { path = '/l', fields = {}, token = '/t' }, refresh = {} }",
            "auth.setup: refresh.path is missing",
        ),
        (
            "{ logn = {} }",
            "auth.setup has the unknown key 'logn'; there are: login, refresh, logout; did you mean login?",
        ),
        (
            "{ login = { path = '/l', fields = {}, token = '/t', expires = '/e' } }",
            "auth.setup: login has the unknown key 'expires'; there are: path, fields, token, refresh, expires_in, json, form, client, headers; did you mean expires_in?",
        ),
        (
            "{ login = 5 }",
            "auth.setup: login is a number, a table was expected",
        ),
        (
            "{ login = { path = 'login', fields = {}, token = '/t' } }",
            "auth.setup: login.path: \"login\" must begin with / or be a full URL",
        ),
        (
            "{ login = { path = 'ftp://x/', fields = {}, token = '/t' } }",
            "auth.setup: login.path: \"ftp://x/\" has the scheme \"ftp\"; only http and https are supported",
        ),
        (
            "{ login = { path = '/l', fields = {}, token = 'access_token' } }",
            "auth.setup: login.token is \"access_token\", which is not a JSON pointer; write \"/access_token\"",
        ),
        (
            "{ login = { path = '/l', fields = { 5 }, token = '/t' } }",
            "auth.setup: login.fields[1] is a number, a string was expected",
        ),
        (
            "{ login = { path = '/l', fields = {}, token = '/t', json = {}, form = {} } }",
            "auth.setup: login has both json and form; a call has one body",
        ),
        (
            "{ login = { path = '/l', fields = {}, token = '/t', form = { a = {} } } }",
            "auth.setup: login.form.a is a table; a form takes strings, numbers and booleans",
        ),
        (
            "{ login = { path = '/l', fields = {}, token = '/t', client = { 'id' } } }",
            "auth.setup: login.client takes an id and a secret: { vars.client_id, vars.client_secret }",
        ),
        (
            "{ login = { path = '/l', fields = {}, token = '/t', headers = { ['X:'] = 'y' } } }",
            "auth.setup: login.headers.X:: \"X:\" is not a header name",
        ),
        (
            "{ login = { path = '/l', fields = {}, token = '/t' }, logout = { path = '/o', field = 1 } }",
            "auth.setup: logout.field is a number, a string was expected",
        ),
    ] {
        let fault = Folder::one(&format!(
            "\nauth.setup {setup}\nreturn {{ step = function() end }}"
        ))
        .fault();
        assert_eq!(fault, format!("scripts/one.lua:2: {words}"), "{setup}");
    }
}
