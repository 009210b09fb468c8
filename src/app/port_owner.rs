//! Who has the port that a run wants.

use std::fmt;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::keys;

/// How long it may take to tell. A run that is about to begin waits for it.
const PATIENCE: Duration = Duration::from_millis(500);

/// Longest answer that is looked at, in bytes.
const LONGEST: u64 = 256 << 10;

/// Whoever listens on a port.
#[derive(Debug, PartialEq, Eq)]
pub enum Neighbour {
    /// Another run, with its id where it says it to us.
    Throng(Option<String>),
    /// Something else, or something that does not answer.
    Other,
}

impl Neighbour {
    /// Asks whoever listens there.
    pub fn at(address: SocketAddr) -> Self {
        let Some(answer) = ask(address) else {
            return Self::Other;
        };
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let is_throng = head
            .lines()
            .any(|line| line.eq_ignore_ascii_case("server: throng"));
        if !is_throng {
            return Self::Other;
        }
        let run = serde_json::from_str::<serde_json::Value>(body)
            .ok()
            .and_then(|run| Some(run.get("run")?.as_str()?.to_owned()));
        // Beyond loopback it says nothing to strangers; but a run of this user has left its key.
        Self::Throng(run.or_else(|| of_key(address)))
    }

    /// That it is there, and how to look at it.
    pub fn at_work(&self) -> String {
        match self {
            Self::Throng(Some(run)) => {
                format!("{self} listens there (`throng ctl status --run {run}` looks at it)")
            }
            Self::Throng(None) => format!("{self} listens there"),
            Self::Other => format!("it is taken by {self}"),
        }
    }
}

impl fmt::Display for Neighbour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Throng(Some(run)) => write!(f, "another throng, run {run}"),
            Self::Throng(None) => f.write_str("another throng"),
            Self::Other => f.write_str("another program"),
        }
    }
}

fn of_key(address: SocketAddr) -> Option<String> {
    let keys = keys::all().ok()?;
    let mut keys = keys.into_iter().map(|(_, key)| key);
    keys.find(|key| key.address == address).map(|key| key.run)
}

/// What comes for a request within the time; none when nothing does.
fn ask(address: SocketAddr) -> Option<String> {
    let until = Instant::now() + PATIENCE;
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE).ok()?;
    stream.set_write_timeout(Some(PATIENCE)).ok()?;
    let path = format!("{}/run", crate::web::api::ROOT);
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )
    .ok()?;
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    while answer.len() as u64 <= LONGEST {
        let left = until.checked_duration_since(Instant::now())?;
        stream
            .set_read_timeout(Some(left.max(Duration::from_millis(1))))
            .ok()?;
        match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(read) => answer.extend_from_slice(&piece[..read]),
            Err(_) => return None,
        }
    }
    String::from_utf8(answer).ok()
}
