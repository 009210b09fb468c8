//! Which program has the port that a run wants.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use reqwest::Client;
use reqwest::header::SERVER;

use crate::app::key_file;
use crate::web::api::ROOT;

/// How long it may take to tell. A run that is about to begin waits for it.
const PATIENCE: Duration = Duration::from_millis(500);

/// Longest answer that is looked at, in bytes.
const LONGEST: usize = 256 << 10;

/// The program that listens on a port.
#[derive(Debug, PartialEq, Eq)]
pub enum PortOwner {
    /// Another run, with its id where it says it to us.
    Throng(Option<String>),
    /// Something else, or something that does not answer.
    Other,
}

impl PortOwner {
    /// Asks the program that listens there.
    pub fn at(address: SocketAddr) -> Self {
        let Some(run) = ask(address) else {
            return Self::Other;
        };
        // Beyond loopback a run tells its id to nobody without a token, but one of this user has left its key.
        Self::Throng(run.or_else(|| of_key(address)))
    }

    /// That it is there, and how to look at it.
    pub fn in_use(&self) -> String {
        match self {
            Self::Throng(Some(run)) => {
                format!("{self} listens there (`throng ctl status --run {run}` shows it)")
            }
            Self::Throng(None) => format!("{self} listens there"),
            Self::Other => format!("it is taken by {self}"),
        }
    }
}

impl fmt::Display for PortOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Throng(Some(run)) => write!(f, "another throng, run {run}"),
            Self::Throng(None) => f.write_str("another throng"),
            Self::Other => f.write_str("another program"),
        }
    }
}

fn of_key(address: SocketAddr) -> Option<String> {
    let keys = key_file::all().ok()?;
    let mut keys = keys.into_iter().map(|(_, key)| key);
    keys.find(|key| key.address == address).map(|key| key.run)
}

/// The id of the run that answers within the time, where it tells it; none where no run answers.
fn ask(address: SocketAddr) -> Option<Option<String>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .ok()?;
    let client = Client::builder()
        .no_proxy()
        .timeout(PATIENCE)
        .build()
        .ok()?;
    let request = client.get(format!("http://{address}{ROOT}/run"));
    runtime.block_on(async {
        let mut response = request.send().await.ok()?;
        let server = response.headers().get(SERVER);
        if server.is_none_or(|server| server.as_bytes() != b"throng") {
            return None;
        }
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.ok()? {
            body.extend_from_slice(&piece);
            if body.len() > LONGEST {
                return None;
            }
        }
        let run = serde_json::from_slice::<serde_json::Value>(&body).ok();
        Some(run.and_then(|run| Some(run.get("run")?.as_str()?.to_owned())))
    })
}
