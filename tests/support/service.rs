//! The demo service, and its administrator, who asks it what there is.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use serde_json::{Value, json};

/// A demo service in a thread of its own.
pub struct Service {
    running: user_service::Running,
}

impl Service {
    pub fn start() -> Self {
        Self::start_at(([127, 0, 0, 1], 0).into())
    }

    /// The same at this address.
    pub fn start_at(listen: SocketAddr) -> Self {
        let options = user_service::Options {
            listen,
            ..user_service::Options::default()
        };
        Self {
            running: user_service::spawn(options).unwrap(),
        }
    }

    pub fn address(&self) -> SocketAddr {
        self.running.address
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Ends it: from then on connections are refused.
    pub fn stop(self) {
        self.running.stop();
    }

    /// All items of a list, as the administrator sees them.
    pub fn list(&self, path: &str) -> Vec<Value> {
        let login = json!({
            "email": user_service::DEFAULT_ADMIN_EMAIL,
            "password": user_service::DEFAULT_ADMIN_PASSWORD,
        });
        let (status, answer) = ask(
            self.address(),
            "POST",
            "/api/v1/auth/login",
            None,
            Some(&login),
        );
        assert_eq!(status, 200, "{answer}");
        let token = serde_json::from_str::<Value>(&answer).unwrap()["access_token"].clone();
        let mut items = Vec::new();
        for page in 1.. {
            let mark = if path.contains('?') { '&' } else { '?' };
            let page = format!("{path}{mark}limit=100&page={page}");
            let (status, answer) = ask(self.address(), "GET", &page, token.as_str(), None);
            assert_eq!(status, 200, "{answer}");
            let answer: Value = serde_json::from_str(&answer).unwrap();
            let found = answer["items"].as_array().unwrap().clone();
            if found.is_empty() {
                break;
            }
            items.extend(found);
        }
        items
    }

    /// Requests by endpoint and status as the service itself counted them: `GET /health 200`.
    pub fn counted(&self) -> BTreeMap<(String, String), u64> {
        let (_, text) = ask(self.address(), "GET", "/metrics", None, None);
        samples(&text, "user_service_http_requests_total")
            .into_iter()
            .map(|(labels, value)| {
                let endpoint = format!("{} {}", labels["method"], labels["endpoint"]);
                ((endpoint, labels["status"].clone()), value as u64)
            })
            // This very scrape has a line already, and a count when it is over.
            .filter(|(_, count)| *count > 0)
            .collect()
    }
}

/// One request of the test's own.
pub fn ask(
    address: SocketAddr,
    method: &str,
    path: &str,
    token: Option<&str>,
    body: Option<&Value>,
) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    let body = body.map(Value::to_string).unwrap_or_default();
    let token = token
        .map(|token| format!("Authorization: Bearer {token}\r\n"))
        .unwrap_or_default();
    let head = format!(
        "{method} {path} HTTP/1.0\r\nHost: {address}\r\n{token}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, body.to_owned())
}

/// The samples of a counter or gauge in Prometheus's text, with their labels. No label here holds a quote or a comma.
pub fn samples(text: &str, name: &str) -> Vec<(BTreeMap<String, String>, f64)> {
    text.lines()
        .filter_map(|line| line.strip_prefix(name)?.strip_prefix('{'))
        .map(|line| {
            let (labels, value) = line.rsplit_once("} ").unwrap();
            let labels = labels
                .split("\",")
                .map(|label| {
                    let (name, value) = label.split_once("=\"").unwrap();
                    (name.to_owned(), value.trim_end_matches('"').to_owned())
                })
                .collect();
            (labels, value.parse().unwrap())
        })
        .collect()
}
