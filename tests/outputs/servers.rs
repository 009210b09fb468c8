//! Debian's Prometheus and VictoriaMetrics, each with its data in a folder that goes with its test.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::{Key, Samples};
use crate::support::patience::{until, wait_for};
use crate::support::service::ask;

/// A server of another program; it is killed with its test.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Server {
    /// Prometheus with its receiver for remote write.
    pub fn prometheus(folder: &Path, address: SocketAddr) -> Self {
        let config = folder.join("prometheus.yml");
        std::fs::write(&config, "global: {}\n").unwrap();
        let data = folder.join("data");
        let words = [
            format!("--config.file={}", config.display()),
            format!("--storage.tsdb.path={}", data.display()),
            format!("--web.listen-address={address}"),
            "--web.enable-remote-write-receiver".to_owned(),
            "--log.level=warn".to_owned(),
        ];
        let server = Self::start("prometheus", &words, address);
        server.until_ready("/-/ready");
        server
    }

    pub fn victoria_metrics(folder: &Path, address: SocketAddr) -> Self {
        let words = [
            format!("-storageDataPath={}", folder.join("data").display()),
            format!("-httpListenAddr={address}"),
            "-loggerLevel=ERROR".to_owned(),
        ];
        let server = Self::start("victoria-metrics", &words, address);
        server.until_ready("/health");
        server
    }

    fn start(program: &str, words: &[String], address: SocketAddr) -> Self {
        let child = Command::new(program)
            .args(words)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|why| panic!("{program}: {why}; tests/run installs it"));
        Self { child, address }
    }

    fn until_ready(&self, path: &str) {
        until("ready", || {
            std::net::TcpStream::connect(self.address).is_ok()
                && ask(self.address, "GET", path, None, None).0 == 200
        });
    }

    pub fn stop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    pub fn url(&self) -> String {
        format!("http://{}/api/v1/write", self.address)
    }

    /// The answer to a query of Prometheus.
    pub fn query(&self, query: &str) -> Vec<(Key, f64)> {
        let path = format!("/api/v1/query?query={}", encoded(query));
        let (status, text) = ask(self.address, "GET", &path, None, None);
        assert_eq!(status, 200, "{query}: {text}");
        let answer: Value = serde_json::from_str(&text).unwrap();
        let found = answer["data"]["result"].as_array().unwrap();
        let one = |one: &Value| {
            let value = one["value"][1].as_str().unwrap().parse().unwrap();
            (key(&one["metric"]), value)
        };
        found.iter().map(one).collect()
    }

    /// The last value of each series of a run that Prometheus has.
    pub fn last_of(&self, run: &str) -> Samples {
        without_run(self.query(&format!("last_over_time({{run=\"{run}\"}}[1h])")))
    }

    /// The same of VictoriaMetrics, from its export. It shows new series a second after they came.
    pub fn exported(&self, run: &str) -> Samples {
        let chosen = encoded(&format!("{{run=\"{run}\"}}"));
        let path = format!("/api/v1/export?match[]={chosen}");
        let text = wait_for(
            || {
                ask(self.address, "GET", "/internal/force_flush", None, None);
                let (status, text) = ask(self.address, "GET", &path, None, None);
                assert_eq!(status, 200, "{text}");
                // Every series has its end.
                let has_ended = |line: &str| line.contains(",null]");
                (!text.is_empty() && text.lines().all(has_ended)).then_some(text)
            },
            || format!("VictoriaMetrics has nothing whole of {run}"),
        );
        let one = |line: &str| {
            let line: Value = serde_json::from_str(line).unwrap();
            let values = line["values"].as_array().unwrap();
            // Stale markers are no numbers.
            let last = values.iter().rev().find_map(Value::as_f64)?;
            Some((key(&line["metric"]), last))
        };
        without_run(text.lines().filter_map(one).collect())
    }
}

/// A port that nobody listens on.
pub fn free_address() -> SocketAddr {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    socket.local_addr().unwrap()
}

fn key(metric: &Value) -> Key {
    let labels = metric.as_object().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    labels
        .map(|(name, value)| (name.clone(), text(value)))
        .collect()
}

/// As a scrape has them: without what tells runs apart, and without what outputs say of themselves.
fn without_run(found: Vec<(Key, f64)>) -> Samples {
    let one = |(mut key, value): (Key, f64)| {
        let is_info = key["__name__"] == "throng_run_info";
        for label in ["job", "instance", "run"] {
            let taken = key.remove(label);
            if let (true, "run", Some(run)) = (is_info, label, taken) {
                key.insert("run".to_owned(), run);
            }
        }
        (key, value)
    };
    let found = found.into_iter().map(one);
    found
        .filter(|(key, _)| !key["__name__"].starts_with("throng_output_"))
        .collect()
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
