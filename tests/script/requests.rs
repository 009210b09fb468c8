//! `http`: what a script asks for, as the server sees it; and what is said of options that are wrong.

use serde_json::json;

use super::support::{Target, act, nowhere};
use crate::support::on_one_thread;

/// The only request that a call makes.
fn seen(call: &str) -> super::support::Seen {
    on_one_thread(async {
        let target = Target::echo().await;
        act(call, target.address).await.fine();
        target.only()
    })
}

fn asked(call: &str) -> String {
    let seen = seen(call);
    format!("{} {}", seen.method, seen.target)
}

#[test]
fn each_method_leaves_as_itself() {
    for method in ["get", "post", "put", "patch", "delete", "head", "options"] {
        let upper = method.to_uppercase();
        assert_eq!(
            asked(&format!("http.{method}('/x')")),
            format!("{upper} /x")
        );
    }
    assert_eq!(asked("http.request('report', '/x')"), "REPORT /x");
}

#[test]
fn params_are_one_segment_and_queries_are_sorted() {
    for (call, wanted) in [
        (
            "http.get('/a/{id}/b/{n}', { params = { id = 'a/b ?#%', n = 5 } })",
            "GET /a/a%2Fb%20%3F%23%25/b/5",
        ),
        (
            "http.get('/a', { query = { z = 1, a = 'x y', m = true, no = false, list = { 3, 1, 2 }, f = 1.5 } })",
            "GET /a?a=x%20y&f=1.5&list=3&list=1&list=2&m=true&no=false&z=1",
        ),
        (
            "http.get('/a?b=1', { query = { ['c&d'] = 'ä' } })",
            "GET /a?b=1&c%26d=%C3%A4",
        ),
        ("http.get('/a', { query = {} })", "GET /a"),
        ("http.get('/with space/ä')", "GET /with%20space/%C3%A4"),
        ("http.get('/a#part')", "GET /a"),
        ("http.get('/#/books')", "GET /"),
        (
            "http.get('/a?b=1#c?d', { query = { e = 2, f = '' } })",
            "GET /a?b=1&e=2&f=",
        ),
        (
            "http.get('/a/{id}#{id}', { params = { id = '#' } })",
            "GET /a/%23",
        ),
        ("http.get('/a?b={q}', { params = { q = '' } })", "GET /a?b="),
        ("http.get('/a?b=%7Bc%7d&d={')", "GET /a?b=%7Bc%7d&d=%7B"),
        ("http.get('/a%2fb/../c')", "GET /a%2fb/../c"),
        ("http.get('/a\\0b\\255')", "GET /a%00b%FF"),
        (
            "http.get('/a/{id}', { params = { id = '\\255\\0' }, query = { ['\\254'] = { '\\253', nil, 'x' } } })",
            "GET /a/%FF%00?%FE=%FD&%FE=x",
        ),
    ] {
        assert_eq!(asked(call), wanted, "{call}");
    }
}

#[test]
fn bodies_arrive_as_they_were_meant() {
    for (call, kind, body) in [
        (
            "http.post('/x', { json = { b = 1, a = { 1, 2 }, n = json.null, e = json.array {} } })",
            "application/json",
            r#"{"a":[1,2],"b":1,"e":[],"n":null}"#,
        ),
        (
            "http.post('/x', { form = { b = 'x y', a = { 1, 2 } } })",
            "application/x-www-form-urlencoded",
            "a=1&a=2&b=x+y",
        ),
        (
            "http.post('/x', { json = { a = 1 }, headers = { ['Content-Type'] = 'application/merge-patch+json' } })",
            "application/merge-patch+json",
            r#"{"a":1}"#,
        ),
        (
            "http.post('/x', { body = 'raw', headers = { ['content-type'] = 'text/plain' } })",
            "text/plain",
            "raw",
        ),
    ] {
        let seen = seen(call);
        assert_eq!(seen.header("content-type"), [kind], "{call}");
        assert_eq!(seen.text(), body, "{call}");
    }
    let bytes = seen("http.post('/x', { body = '\\0\\255' })");
    assert_eq!(
        (
            bytes.body,
            bytes.headers.iter().any(|(name, _)| name == "content-type")
        ),
        (vec![0, 255], false)
    );
}

#[test]
fn a_content_type_of_the_script_holds_whatever_the_order() {
    // The order in which Lua walks a table differs from name to name.
    for other in ["query", "tags", "expect"] {
        let value = if other == "expect" { "200" } else { "{}" };
        let call = format!(
            "http.post('/x', {{ headers = {{ ['CONTENT-TYPE'] = 'a/b' }}, {other} = {value}, json = {{}}, timeout = 5, name = 'x' }})"
        );
        assert_eq!(seen(&call).header("content-type"), ["a/b"]);
    }
}

#[test]
fn headers_are_sent_as_given() {
    let seen = seen(
        "http.get('/x', { headers = { ['X-One'] = 1, ['X-List'] = { 'a', 'b' }, ['X-No'] = false, ['X-Yes'] = true } })",
    );
    assert_eq!(seen.header("x-one"), ["1"]);
    assert_eq!(seen.header("x-list"), ["a", "b"]);
    assert_eq!(seen.header("x-yes"), ["true"]);
    assert!(seen.header("x-no").is_empty());
    assert!(seen.header("user-agent")[0].starts_with("throng/"));
    let order = |call: &str| -> Vec<String> {
        let names = self::seen(call).headers.into_iter().map(|(name, _)| name);
        names.filter(|name| name.starts_with("x-")).collect()
    };
    assert_eq!(
        order(
            "http.get('/', { headers = { ['x-c'] = 1, ['x-a'] = 1, ['x-d'] = 1, ['x-b'] = 1 } })"
        ),
        ["x-a", "x-b", "x-c", "x-d"]
    );
}

#[test]
fn names_fold_what_varies() {
    on_one_thread(async {
        let target = Target::echo().await;
        let body = "http.get('/users/17') http.get('/users/18?x=1') http.get('/users/{id}', { params = { id = 5 } }) http.get('/users/19', { name = 'a user' })";
        let act = act(body, target.address).await;
        assert_eq!(
            act.requests(),
            [
                "GET /users/{id} 200 ok x1",
                "GET /users/{} 200 ok x2",
                "GET a user 200 ok x1"
            ]
        );
    });
}

#[test]
fn another_origin_is_asked_there_and_without_the_users_token() {
    on_one_thread(async {
        let (home, away) = (Target::echo().await, Target::echo().await);
        let body = format!(
            "auth.bearer('t') http.get('http://{}/a/{{id}}', {{ params = {{ id = 1 }} }}) http.get('/b')",
            away.address
        );
        act(&body, home.address).await.fine();
        assert_eq!(away.asked(), ["GET /a/1"]);
        assert!(away.only().header("authorization").is_empty());
        assert_eq!(home.only().header("authorization"), ["Bearer t"]);
    });
}

#[test]
fn a_whole_url_is_sent_as_it_is_written() {
    on_one_thread(async {
        let away = Target::echo().await;
        for (rest, wanted) in [
            ("", "/"),
            ("?x=1", "/?x=1"),
            ("#top", "/"),
            ("/page#top", "/page"),
            ("/two?x=%7Bb", "/two?x=%7Bb"),
            ("/three?f=%7B%22a%22%3A1%7d", "/three?f=%7B%22a%22%3A1%7d"),
            ("/a/../b//c?d=e?f", "/a/../b//c?d=e?f"),
            ("\\\\a", "/a"),
            ("/ä?u=http://x/", "/%C3%A4?u=http://x/"),
        ] {
            let body = format!("http.get('http://{}{rest}')", away.address);
            act(&body, nowhere()).await.fine();
            assert_eq!(away.seen().last().unwrap().target, wanted, "{body}");
        }
        for (url, words) in [
            ("http://u:p@{}/", "holds a user or a password"),
            ("http:///x", "is not a URL: empty host"),
            (
                "http://{name}/",
                "\"http://{name}/\" has a brace in its host",
            ),
            ("http://[::1/", "is not a URL: "),
        ] {
            let url = url.replace("{}", &away.address.to_string());
            let fault = act(&format!("http.get('{url}')"), nowhere()).await.fault();
            assert!(fault.contains(words) && !fault.contains("u:p"), "{fault}");
        }
        assert_eq!(away.seen().len(), 9);
    });
}

#[test]
fn an_ipv6_host_is_asked_under_its_name() {
    on_one_thread(async {
        let Ok(listener) = tokio::net::TcpListener::bind("[::1]:0").await else {
            return; // A machine without IPv6.
        };
        let port = listener.local_addr().unwrap().port();
        let body = format!("say(http.get('http://[::1]:{port}/a?b').status)");
        let server = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let (head, _) = crate::support::read_request(&mut stream).await.unwrap();
            let answer = b"HTTP/1.1 204 No Content\r\n\r\n";
            tokio::io::AsyncWriteExt::write_all(&mut stream, answer)
                .await
                .unwrap();
            head
        };
        let (act, head) = tokio::join!(act(&body, nowhere()), server);
        assert_eq!(json!(act.fine()), json!([204]));
        let begin = format!("GET /a?b HTTP/1.1\r\nHost: [::1]:{port}\r\n");
        assert!(head.starts_with(&begin), "{head}");
    });
}

#[test]
fn bytes_that_are_no_text_are_sent_as_they_are() {
    let form = seen("http.post('/x', { form = { ['\\254'] = '\\255 ä' } })");
    assert_eq!(form.text(), "%FE=%FF+%C3%A4");
    on_one_thread(async {
        let heads = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
        let record = std::rc::Rc::clone(&heads);
        let address = crate::support::serve(move |mut stream, _| {
            let record = std::rc::Rc::clone(&record);
            async move {
                use tokio::io::{AsyncReadExt, AsyncWriteExt};
                while !record.borrow().ends_with(b"\r\n\r\n") {
                    let byte = stream.read_u8().await.unwrap();
                    record.borrow_mut().push(byte);
                }
                let answer = b"HTTP/1.1 204 No Content\r\n\r\n";
                stream.write_all(answer).await.unwrap();
            }
        })
        .await;
        act(
            "http.get('/', { headers = { ['X-A'] = '\\255\\t\\128' } })",
            address,
        )
        .await
        .fine();
        let head = heads.borrow();
        let line = b"\r\nX-A: \xff\t\x80\r\n";
        assert!(
            head.windows(line.len()).any(|part| part == line),
            "{}",
            String::from_utf8_lossy(&head)
        );
    });
}

#[test]
fn false_takes_away_what_is_added_by_itself() {
    for (name, call) in [
        (
            "user-agent",
            "http.get('/x', { headers = { ['User-Agent'] = false } })",
        ),
        (
            "accept-encoding",
            "http.get('/x', { headers = { ['accept-encoding'] = false } })",
        ),
        (
            "content-type",
            "http.post('/x', { json = {}, headers = { ['Content-Type'] = false } })",
        ),
        (
            "content-type",
            "http.post('/x', { form = {}, headers = { ['Content-Type'] = false } })",
        ),
        (
            "content-type",
            "http.post('/x', { multipart = {}, headers = { ['Content-Type'] = false } })",
        ),
        (
            "authorization",
            "auth.bearer('t') http.get('/x', { headers = { Authorization = false } })",
        ),
    ] {
        assert!(seen(call).header(name).is_empty(), "{call}");
    }
    on_one_thread(async {
        let target = Target::start(|_, _| {
            let answer = axum::response::Response::builder().header("set-cookie", "a=1");
            Some(answer.body(axum::body::Body::empty()).unwrap())
        })
        .await;
        let body = "http.get('/') http.get('/') http.get('/', { headers = { Cookie = false } })";
        act(body, target.address).await.fine();
        let cookies: Vec<_> = target
            .seen()
            .iter()
            .map(|seen| seen.header("cookie").len())
            .collect();
        assert_eq!(cookies, [0, 1, 0]);
    });
}

#[test]
fn wrong_calls_are_said_with_what_to_write() {
    let options = "params, query, headers, json, form, multipart, body, expect, give_up_after, creates, timeout, retry, name, tags, redirects";
    let not_a_status =
        "not a status; write a number from 100 to 599, a class such as \"4xx\", or a list of these";
    for (call, words) in [
        ("http.get()", "http.get: path is nil, a string was expected".to_owned()),
        ("http:get('/x')", "http.get: path is a table, a string was expected".to_owned()),
        ("http.get('/x', 'y')", "http.get: opts is a string, a table was expected".to_owned()),
        ("http.get('x')", "http.get: the path \"x\" must begin with / or be a full URL".to_owned()),
        ("http.get('ftp://x/y')", "http.get: \"ftp://x/y\" has the scheme \"ftp\"; only http and https are supported".to_owned()),
        ("http.request('G T', '/x')", "http.request: \"G T\" is not a valid method".to_owned()),
        ("http.get('/x', { parms = {} })", format!("http.get: unknown option 'parms'; there are: {options}")),
        ("http.get('/x', { {} })", format!("http.get: unknown option '1'; there are: {options}")),
        ("http.get('/x/{id}')", "http.get: /x/{id} needs params.id, which is missing or nil".to_owned()),
        ("http.get('/x/{id}', { params = { id = nil } })", "http.get: /x/{id} needs params.id, which is missing or nil".to_owned()),
        ("http.get('/x', { params = { id = 5 } })", "http.get: params.id has no place in /x; write {id} there, or use query".to_owned()),
        ("http.get('/x/{id}', { params = { id = { 1, 2 } } })", "http.get: params.id is a table; write a string, a number or a boolean".to_owned()),
        ("http.get('/x/{id}', { params = { id = '' } })", "http.get: params.id is empty, and an empty segment leads to another path than /x/{id}".to_owned()),
        ("http.get('/one/{a}/two', { params = { a = '..' } })", "http.get: params.a is \"..\" in /one/{a}/two: it makes a dot segment, which leads to another path (RFC 3986, 5.2.4)".to_owned()),
        ("http.get('/x/{id}?y', { params = { id = '%2e' } })", "http.get: params.id is \"%2e\" in /x/{id}?y: it makes a dot segment".to_owned()),
        ("http.get('/x?f={\"a\":1}')", "http.get: /x?f={\"a\":1} needs params.\"a\":1, which is missing or nil (write a literal brace as %7B)".to_owned()),
        ("http.get('/x', { name = '\\255' })", "http.get: name is \"\u{fffd}\", which is not UTF-8".to_owned()),
        ("http.get('/x', { tags = { a = '\\255' } })", "http.get: tags is \"\u{fffd}\", which is not UTF-8".to_owned()),
        ("http.get('/x', { query = { a = { 'x', b = 1 } } })", "http.get: query.a is a table with names; write a list".to_owned()),
        ("http.get('/x', { query = { a = { { 1 } } } })", "http.get: query.a is a table; write a string, a number or a boolean".to_owned()),
        ("http.post('/x', { form = { a = { b = 1 } } })", "http.post: form.a is a table with names; write a list".to_owned()),
        ("http.get('/x', { headers = { 'A: b' } })", "http.get: headers has a value at 1, which is not a name; write headers = { [\"X-Name\"] = \"value\" }".to_owned()),
        ("http.get('/x', { headers = { a = 'x\\0y' } })", "http.get: headers.a: ".to_owned()),
        ("http.get('/x', { headers = { Host = false } })", "http.get: headers.Host is false, but every request has one (RFC 9112, 3.2)".to_owned()),
        ("http.post('/x', { body = 'x', headers = { ['Content-Length'] = false } })", "http.post: headers.Content-Length is false, but it is computed from the body".to_owned()),
        ("http.get('/x/{id}', { params = { id = json.null } })", "http.get: params.id is json.null; write a string, a number or a boolean".to_owned()),
        ("http.get('/x', { query = { a = { b = 1 } } })", "http.get: query.a is a table with names; write a list of strings, numbers or booleans".to_owned()),
        ("http.get('/x', { query = 'a=1' })", "http.get: option query is a string; it takes a table".to_owned()),
        ("http.get('/x', { headers = { ['a b'] = 1 } })", "http.get: headers.a b: ".to_owned()),
        ("http.get('/x', { headers = { a = 'x\\r\\ny' } })", "http.get: headers.a: ".to_owned()),
        ("http.post('/x', { json = { a = print } })", "http.post: json: value.a is a function; ".to_owned()),
        ("http.post('/x', { json = {}, body = '' })", "http.post: body and json are both given; a request has one body".to_owned()),
        ("http.post('/x', { form = {}, multipart = {}, json = {} })", "http.post: form, json and multipart are all given; a request has one body".to_owned()),
        ("http.post('/x', { body = {} })", "http.post: option body is a table; it takes a string; for a table use json or form".to_owned()),
        ("http.post('/x', { form = 'a=1' })", "http.post: option form is a string; it takes a table".to_owned()),
        ("http.post('/x', { multipart = { f = { name = 'x' } } })", "http.post: multipart.f has no content; write { content = \"...\" }".to_owned()),
        ("http.get('/x', { expect = 600 })", format!("http.get: expect: 600 is {not_a_status}")),
        ("http.get('/x', { expect = '6xx' })", format!("http.get: expect: \"6xx\" is {not_a_status}")),
        ("http.get('/x', { expect = {} })", format!("http.get: expect: an empty list is {not_a_status}")),
        ("http.get('/x', { expect = { 404, print } })", format!("http.get: expect: a function is {not_a_status}")),
        ("http.get('/x', { expect = 404.5 })", format!("http.get: expect: 404.5 is {not_a_status}")),
        ("http.get('/x', { timeout = 'x' })", "http.get: option timeout is a string; it takes seconds, such as 0.5".to_owned()),
        ("http.get('/x', { timeout = -1 })", "http.get: option timeout is -1; it takes seconds that are not negative".to_owned()),
        ("http.get('/x', { give_up_after = 0/0 })", "http.get: option give_up_after is NaN; it takes seconds that are not negative".to_owned()),
        ("http.get('/x', { retry = 101 })", "http.get: option retry is 101; it takes a whole number from 0 to 100".to_owned()),
        ("http.get('/x', { redirects = true })", "http.get: option redirects is true; it takes a whole number from 0 to 100".to_owned()),
        ("http.get('/x', { name = {} })", "http.get: name is a table; write a string, a number or a boolean".to_owned()),
        ("http.post('/x', { creates = { kind = 'user' } })", "http.post: creates.delete is missing; write creates = { kind = \"user\", id = \"/id\", delete = { method = \"DELETE\", path = \"/users/{id}\" } }".to_owned()),
        ("http.post('/x', { creates = { delete = { path = '/x' } } })", "http.post: creates.kind is missing; write creates = ".to_owned()),
        ("http.post('/x', { creates = { kind = 'user', delete = { path = '/x' }, ids = 1 } })", "http.post: creates has the unknown key 'ids'; there are: kind, id, delete, find, needs, as".to_owned()),
        ("http.post('/x', { creates = { kind = 'user', delete = { path = '/x' }, as = {} } })", "http.post: creates.as has an account, but no module has declared with auth.setup how to log in".to_owned()),
    ] {
        let act = on_one_thread(async { act(call, nowhere()).await });
        let fault = act.fault();
        assert!(fault.starts_with(&format!("scripts/one.lua:2: {words}")), "{call}\n   {fault}\nnot {words}");
        assert!(act.requests().is_empty(), "{call} was sent");
    }
}

#[test]
fn a_base_path_comes_before_every_path() {
    on_one_thread(async {
        let target = Target::echo().await;
        let mut script_config = super::support::script_config();
        script_config.run.base_path = "/base".to_owned();
        let folder = super::support::Folder::step(
            "http.get('/users/{id}', { params = { id = 1 } }) auth.bearer('x')",
        );
        let stage = super::support::Stage::with(
            &folder,
            target.address,
            script_config,
            &throng::http::Settings::default(),
        );
        let _ = stage.one().step(0).await;
        assert_eq!(target.asked(), ["GET /base/users/1"]);
        let counted = stage.counted();
        let names: Vec<_> = counted
            .totals
            .series
            .keys()
            .map(|series| &*series.operation.name)
            .collect();
        assert_eq!(json!(names), json!(["/users/{id}"]));
    });
}
