//! What `--debug` and failures show: tokens and passwords never.

use throng::request::masking::{mask_body, mask_header, mask_url};

#[test]
fn headers() {
    for (name, value, shown) in [
        ("Authorization", "Bearer abc", "Bearer ***"),
        ("authorization", "abc", "***"),
        ("Proxy-Authorization", "Basic abc", "Basic ***"),
        ("Cookie", "a=1", "***"),
        ("Set-Cookie", "sid=1; Path=/", "***"),
        ("X-Auth-Token", "abc", "***"),
        ("X-API-Key", "abc", "***"),
        (
            "Location",
            "/next?access_token=abc&x=1",
            "/next?access_token=***&x=1",
        ),
        ("Accept", "text/html", "text/html"),
    ] {
        assert_eq!(mask_header(name, value), shown, "{name}");
    }
}

#[test]
fn bodies() {
    for (body, shown) in [
        (r#"{"password":"x","id":1}"#, r#"{"id":1,"password":"***"}"#),
        (
            r#"{"tokens":{"access":"x","refresh":"y"}}"#,
            r#"{"tokens":"***"}"#,
        ),
        (r#"{"passwords":["x"]}"#, r#"{"passwords":"***"}"#),
        (
            r#"{"token":null,"password":true}"#,
            r#"{"password":"***","token":null}"#,
        ),
        (r#"{"token_type":"Bearer"}"#, r#"{"token_type":"Bearer"}"#),
        (
            r#"[{"apiKey":"x"},{"api-key":"x"},{"client_secret":"x"}]"#,
            r#"[{"apiKey":"***"},{"api-key":"***"},{"client_secret":"***"}]"#,
        ),
        ("user=a&password=b&x", "user=a&password=***&x"),
        ("plain words", "plain words"),
        (
            "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nhush\r\n--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhi\r\n--b--\r\n",
            "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n***\r\n--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhi\r\n--b--\r\n",
        ),
    ] {
        assert_eq!(mask_body(body.as_bytes()), shown, "{body}");
    }
    assert_eq!(mask_body(&[0xff, 0xfe]), "(2 bytes)");
}

#[test]
fn urls() {
    assert_eq!(mask_url("/x?access_token=1&q=2"), "/x?access_token=***&q=2");
    assert_eq!(mask_url("/x?q=2"), "/x?q=2");
}

/// All that is logged while `act` runs.
pub(super) fn logged(act: impl FnOnce()) -> String {
    use std::sync::{Arc, Mutex};
    let log = Arc::new(Mutex::new(Vec::<u8>::new()));
    let sink = Arc::clone(&log);
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || Sink(Arc::clone(&sink)))
        .finish();
    tracing::subscriber::with_default(subscriber, act);
    let bytes = log.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

struct Sink(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn what_is_told_of_requests_holds_no_secret() {
    use super::support::{Folder, Stage, Target, json, script_config};
    let text = logged(|| {
        crate::support::on_one_thread(async {
            let target = Target::start(|_, _| {
                let body = serde_json::json!({ "access": "tok-hush", "access_token": "tok-hush", "id": 5 });
                Some(json(200, &body))
            })
            .await;
            let folder = Folder::one(
                "auth.setup { login = { path = '/login?api_key=key-hush', fields = { 'email', 'password' }, token = '/access_token' } }
return { step = function()
  auth.login { email = 'ada@example', password = 'word-hush' }
  http.get('/users', { query = { token = 'query-hush', page = 2 } })
  auth.header('X-Session', 'own-hush')
  http.post('/form', { form = { password = 'form-hush', name = 'ada' } })
end }",
            );
            let mut script_config = script_config();
            script_config.run.log = throng::request::LogDetail::Everything;
            let settings = throng::http::Settings::default();
            let stage = Stage::with(&folder, target.address, script_config, &settings);
            let end = stage.one().step(0).await;
            assert!(matches!(end, throng::script::CallEnd::Done), "{end:?}");
            assert_eq!(target.seen()[2].header("x-session"), ["own-hush"]);
        });
    });
    // Fields are written in quotes.
    let text = text.replace("\\\"", "\"");
    let masked = text.replace("\"access\":\"tok-hush\"", "");
    assert!(!masked.contains("hush"), "{masked}");
    for shown in [
        "ada@example",
        "Authorization: Bearer ***",
        "X-Session: ***",
        "page=2&token=***",
        "password=***",
        "\"access_token\":\"***\"",
        "one #0 session 1 GET http://",
    ] {
        assert!(text.contains(shown), "{shown} is not in {text}");
    }
}
