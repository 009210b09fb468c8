//! A NATS server for this cluster: on loopback, on a port that the system chooses, for who has its key.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::folder::Folder;
use super::processes::Process;
use crate::app::cluster::bound;
use crate::app::process::exit::Failure;
use crate::cluster::{Credentials, Key, Server};

/// How long it may take to listen.
const START: Duration = Duration::from_secs(15);

/// How often it is looked whether it listens.
const LOOK: Duration = Duration::from_millis(20);

/// A server that listens.
pub struct Started {
    pub process: Process,
    pub server: Server,
    /// The file with the seed of its key.
    pub seed: PathBuf,
}

/// Starts it.
///
/// # Errors
/// When there is no such program, or it does not listen.
pub fn start(named: Option<&Path>, folder: &Folder) -> Result<Started, Failure> {
    let program = match named {
        Some(named) if named.is_file() => named.to_owned(),
        Some(named) => {
            let named = named.display();
            let why = format!(
                "--nats-server {named}: there is no such file; give the path of nats-server"
            );
            return Err(Failure::Usage(why));
        }
        None => on_path().ok_or_else(|| {
            Failure::Run(
                "nats-server is not on PATH; install it (apt-get install nats-server, brew \
                 install nats-server, https://nats.io/download), or name one with --nats-server"
                    .to_owned(),
            )
        })?,
    };
    let key = Key::new()?;
    let failed = |why: std::io::Error| {
        let folder = folder.path().display();
        Failure::Run(format!(
            "the NATS server cannot be started in {folder}: {why}"
        ))
    };
    let seed = folder
        .write("key.nk", &format!("{}\n", key.seed))
        .map_err(failed)?;
    let configuration = folder
        .write("nats.conf", &configuration(folder.path(), &key.public))
        .map_err(failed)?;
    let mut command = bound::command(&program).map_err(failed)?;
    command.arg("--config").arg(configuration);
    // What it says of its start says what is wrong with it, or nothing.
    let shown = |line: &str| !line.contains("[INF]");
    let mut process = Process::start("nats".to_owned(), command, shown).map_err(failed)?;
    let url = address(folder.path(), &mut process)?;
    Ok(Started {
        process,
        server: Server {
            url,
            credentials: Credentials::Nkey(key.seed),
            ca: None,
            identity: None,
        },
        seed,
    })
}

/// JSON strings are strings of this format too.
fn configuration(folder: &Path, public: &str) -> String {
    let quoted = |path: &Path| serde_json::json!(path.to_string_lossy()).to_string();
    format!(
        "listen: \"127.0.0.1:-1\"\nports_file_dir: {}\njetstream {{ store_dir: {} }}\nauthorization {{ users: [ {{ \
         nkey: {public} }} ] }}\n",
        quoted(folder),
        quoted(&folder.join("store")),
    )
}

fn on_path() -> Option<PathBuf> {
    use std::os::unix::fs::PermissionsExt as _;
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join("nats-server"))
        .find(|file| {
            let meta = fs::metadata(file);
            meta.is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
        })
}

/// Where it listens, which it writes to a file.
fn address(folder: &Path, process: &mut Process) -> Result<String, Failure> {
    let until = Instant::now() + START;
    loop {
        if let Some(url) = ports(folder) {
            return Ok(url);
        }
        if let Some(status) = process.ended() {
            let why = format!("the NATS server exited ({status}) before it listened");
            return Err(Failure::Run(why));
        }
        if Instant::now() >= until {
            let why = format!(
                "the NATS server does not listen after {} s",
                START.as_secs()
            );
            return Err(Failure::Run(why));
        }
        std::thread::sleep(LOOK);
    }
}

fn ports(folder: &Path) -> Option<String> {
    let entries = fs::read_dir(folder).ok()?.flatten();
    let mut files = entries.map(|entry| entry.path());
    let file = files.find(|file| file.extension().is_some_and(|ending| ending == "ports"))?;
    let text = fs::read_to_string(file).ok()?;
    // It may not be whole yet.
    let ports: serde_json::Value = serde_json::from_str(&text).ok()?;
    ports["nats"][0].as_str().map(str::to_owned)
}
