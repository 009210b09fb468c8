//! A service on a free port and a client that speaks to it.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};
use user_service::{AppState, Options, Service};

pub const PASSWORD: &str = "Passw0rd-1";
pub const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

pub struct Target {
    service: Service,
    client: reqwest::Client,
    pub base: String,
    /// A token of the first administrator.
    pub admin: String,
}

/// An account made by a test, logged in.
pub struct Person {
    pub id: String,
    pub email: String,
    pub username: String,
    pub token: String,
    pub refresh: String,
}

pub struct Answer {
    pub status: u16,
    pub body: Value,
    pub headers: reqwest::header::HeaderMap,
}

impl Answer {
    pub fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }

    /// Names of the fields at fault.
    pub fn fields(&self) -> Vec<&str> {
        let fields = self.body["error"]["fields"].as_array();
        fields
            .into_iter()
            .flatten()
            .filter_map(|fault| fault["field"].as_str())
            .collect()
    }

    pub fn text(&self, pointer: &str) -> String {
        self.body
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    }

    #[track_caller]
    pub fn ok(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status, self.code()), (status, code), "{}", self.body);
        assert!(
            self.body["error"]["message"]
                .as_str()
                .is_some_and(|text| !text.is_empty())
        );
        self
    }

    #[track_caller]
    pub fn at_fault(self, fields: &[&str]) -> Self {
        let answer = self.refused(400, "validation_failed");
        assert_eq!(answer.fields(), fields, "{}", answer.body);
        answer
    }
}

pub fn options() -> Options {
    Options {
        listen: ([127, 0, 0, 1], 0).into(),
        hash_cost: 8,
        ..Options::default()
    }
}

impl Target {
    pub async fn start() -> Self {
        Self::with(options()).await
    }

    pub async fn with(options: Options) -> Self {
        let (email, password) = (options.admin_email.clone(), options.admin_password.clone());
        let service = user_service::start(options)
            .await
            .expect("the service starts");
        let base = format!("http://{}", service.address());
        let mut target = Self {
            service,
            client: reqwest::Client::new(),
            base,
            admin: String::new(),
        };
        let login = json!({"email": email, "password": password});
        // Under lively faults a login may fail; the weather is not what these tests are about.
        for _ in 0..5 {
            let request = target
                .client
                .post(format!("{}/api/v1/auth/login", target.base))
                .json(&login);
            let Ok(answer) = request.send().await else {
                continue;
            };
            let body: Value = answer.json().await.expect("JSON");
            if let Some(token) = body["access_token"].as_str() {
                target.admin = token.to_owned();
                break;
            }
        }
        assert!(!target.admin.is_empty(), "the administrator logs in");
        target
    }

    pub fn state(&self) -> &AppState {
        self.service.state()
    }

    pub fn address(&self) -> std::net::SocketAddr {
        self.service.address()
    }

    pub async fn stop(self) {
        self.service.stop().await;
    }

    /// A request to a path below the prefix, or to an absolute one with a leading `!`.
    pub async fn send(&self, method: &str, path: &str, token: &str, body: Option<Value>) -> Answer {
        self.try_send(method, path, token, body)
            .await
            .expect("an answer")
    }

    pub async fn try_send(
        &self,
        method: &str,
        path: &str,
        token: &str,
        body: Option<Value>,
    ) -> reqwest::Result<Answer> {
        let url = match path.strip_prefix('!') {
            Some(path) => format!("{}{path}", self.base),
            None => format!("{}/api/v1{path}", self.base),
        };
        let mut request = self
            .client
            .request(Method::from_bytes(method.as_bytes()).expect("method"), url);
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let text = answer.text().await?;
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Ok(Answer {
            status,
            body,
            headers,
        })
    }

    pub async fn get(&self, path: &str, token: &str) -> Answer {
        self.send("GET", path, token, None).await
    }

    pub async fn post(&self, path: &str, token: &str, body: Value) -> Answer {
        self.send("POST", path, token, Some(body)).await
    }

    pub async fn put(&self, path: &str, token: &str, body: Value) -> Answer {
        self.send("PUT", path, token, Some(body)).await
    }

    pub async fn delete(&self, path: &str, token: &str) -> Answer {
        self.send("DELETE", path, token, None).await
    }

    pub async fn login(&self, email: &str, password: &str) -> Answer {
        self.post(
            "/auth/login",
            "",
            json!({"email": email, "password": password}),
        )
        .await
    }

    /// Registers and logs in `name`.
    pub async fn person(&self, name: &str) -> Person {
        let email = format!("{name}@example.com");
        let user = self.post("/users", "", registration(name)).await.ok(201);
        let session = self.login(&email, PASSWORD).await.ok(200);
        Person {
            id: user.text("/id"),
            email,
            username: name.to_owned(),
            token: session.text("/access_token"),
            refresh: session.text("/refresh_token"),
        }
    }

    pub async fn role(&self, name: &str) -> String {
        self.post(
            "/roles",
            &self.admin,
            json!({"name": name, "display_name": name}),
        )
        .await
        .ok(201)
        .text("/id")
    }

    /// Every series of `/metrics` by its name and labels as they are written.
    pub async fn metrics(&self) -> BTreeMap<String, f64> {
        let text = self.get("!/metrics", "").await.ok(200).body;
        let lines = text
            .as_str()
            .expect("text")
            .lines()
            .filter(|line| !line.starts_with('#'));
        lines
            .map(|line| {
                let (name, value) = line.rsplit_once(' ').expect("a sample");
                (name.to_owned(), value.parse().expect("a number"))
            })
            .collect()
    }
}

pub fn registration(name: &str) -> Value {
    json!({
        "username": name, "email": format!("{name}@example.com"), "password": PASSWORD, "name": format!("Name of {name}"),
        "phone_number": "+49 30 1234567", "document_number": "AB-123456",
    })
}
