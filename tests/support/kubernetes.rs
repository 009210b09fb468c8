//! The API server of Kubernetes, as far as the coordinator of a run uses it, and what the kubelet mounts in a pod.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};

use super::authority::Authority;

/// A request that came.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    /// Method and path.
    pub line: String,
    pub token: String,
    pub content_type: String,
    pub body: Value,
}

/// An API server on loopback.
pub struct ApiServer {
    pub address: SocketAddr,
    authority: Authority,
    received: Arc<Mutex<Vec<Received>>>,
}

impl ApiServer {
    /// Answers 403 with this message to who bears this token, and 200 to others.
    pub fn start(forbidden: Option<(&'static str, &'static str)>) -> Self {
        let authority = Authority::new();
        let config = Arc::new(authority.config("127.0.0.1", false, false));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&received);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                // One that goes away has had its answer, or wants none.
                let _ = answer(stream, &config, &all, forbidden);
            }
        });
        Self {
            address,
            authority,
            received,
        }
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// The CA that signed its certificate.
    pub fn ca(&self) -> std::path::PathBuf {
        self.authority.file()
    }

    /// What the kubelet mounts.
    pub fn mount(&self, folder: &Path, token: &str) {
        std::fs::copy(self.authority.file(), folder.join("ca.crt")).unwrap();
        std::fs::write(folder.join("namespace"), "load").unwrap();
        std::fs::write(folder.join("token"), token).unwrap();
    }
}

fn answer(
    stream: TcpStream,
    config: &Arc<ServerConfig>,
    all: &Mutex<Vec<Received>>,
    forbidden: Option<(&str, &str)>,
) -> std::io::Result<()> {
    let tls = ServerConnection::new(Arc::clone(config)).map_err(std::io::Error::other)?;
    let mut stream = BufReader::new(StreamOwned::new(tls, stream));
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        match line.trim_end() {
            "" => break,
            line => head.push(line.to_owned()),
        }
    }
    let header = |name: &str| {
        let lines = head.iter().filter_map(|line| line.split_once(": "));
        let mut found = lines.filter(|(key, _)| key.eq_ignore_ascii_case(name));
        found.next().map_or("", |(_, value)| value).to_owned()
    };
    let mut body = vec![0; header("content-length").parse().unwrap_or_default()];
    stream.read_exact(&mut body)?;
    let line = head.first().map_or("", String::as_str);
    let token = header("authorization");
    let denied = forbidden.filter(|(of, _)| token == format!("Bearer {of}"));
    let (status, message) = denied.map_or((200, ""), |(_, message)| (403, message));
    all.lock().unwrap().push(Received {
        line: line.trim_end_matches(" HTTP/1.1").to_owned(),
        token,
        content_type: header("content-type"),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    });
    let text = json!({ "kind": "Status", "code": status, "message": message }).to_string();
    let length = text.len();
    let stream = stream.get_mut();
    write!(
        stream,
        "HTTP/1.1 {status} x\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{text}"
    )?;
    stream.conn.send_close_notify();
    stream.flush()
}
