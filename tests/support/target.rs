//! A small real HTTP server that remembers every request and answers as its test wants.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::patience::wait_for;

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    pub at: Instant,
    pub method: String,
    pub path: String,
    /// The lines of its head after the first.
    pub head: Vec<String>,
    pub body: String,
}

/// What the target does with a request.
pub enum Answer {
    /// A status and a JSON body.
    Status(u16, String),
    /// The same, after a while.
    Late(Duration, u16),
    /// These bytes, and then the connection is closed.
    Bytes(Vec<u8>),
    /// Nothing, until the client goes away.
    Never,
}

impl Answer {
    pub fn ok() -> Self {
        Self::Status(200, "{}".to_owned())
    }
}

/// The server; it ends with its test.
pub struct Target {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Target {
    /// Answers each request by `answer`, which may be called from several threads at once.
    pub fn new(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        Self::at("127.0.0.1:0".parse().unwrap(), answer)
    }

    /// As [`Target::new`], at this address.
    pub fn at(
        address: SocketAddr,
        answer: impl Fn(&Request) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (seen, answer) = (Arc::clone(&requests), Arc::new(answer));
        std::thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                std::thread::spawn(move || talk(stream, &seen, &*answer));
            }
        });
        Self { address, requests }
    }

    /// One that answers 200 to everything.
    pub fn fine() -> Self {
        Self::new(|_| Answer::ok())
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    pub fn count(&self) -> usize {
        self.requests.lock().unwrap().len()
    }

    /// Waits until this many requests have come.
    pub fn wait_for(&self, count: usize) {
        wait_for(
            || (self.count() >= count).then_some(()),
            || format!("{} of {count} requests came", self.count()),
        );
    }
}

fn talk(
    mut stream: TcpStream,
    seen: &Mutex<Vec<Request>>,
    answer: &(impl Fn(&Request) -> Answer + ?Sized),
) {
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    while let Some(request) = read_request(&mut reader) {
        seen.lock().unwrap().push(request.clone());
        let (status, body) = match answer(&request) {
            Answer::Status(status, body) => (status, body),
            Answer::Late(pause, status) => {
                std::thread::sleep(pause);
                (status, "{}".to_owned())
            }
            Answer::Bytes(bytes) => {
                let _ = stream.write_all(&bytes);
                return;
            }
            Answer::Never => {
                let _ = reader.read(&mut [0]);
                return;
            }
        };
        let answer = format!(
            "HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        if stream.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

fn read_request(reader: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut words = first.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (mut length, mut head) = (0, Vec::new());
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let whole = line.trim_end();
        if whole.is_empty() {
            break;
        }
        head.push(whole.to_owned());
        let line = whole.to_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request {
        at: Instant::now(),
        method,
        path,
        head,
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}
