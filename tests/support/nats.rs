//! A real NATS server with JetStream, on a port of its own.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::patience::wait_for;

/// The server; it ends with its test.
pub struct Nats {
    child: Child,
    pub address: SocketAddr,
    /// It goes with the server.
    folder: tempfile::TempDir,
}

impl Nats {
    /// One that lets anybody do anything.
    pub fn start() -> Self {
        Self::with("jetstream { store_dir: STORE }")
    }

    /// One with this configuration, in which `STORE` is its folder.
    pub fn with(configuration: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = free_address();
        let file = folder.path().join("nats.conf");
        write(&file, folder.path(), address, configuration);
        Self {
            child: launch(&file, address),
            address,
            folder,
        }
    }

    /// Lets it read another configuration.
    pub fn configure(&self, configuration: &str) {
        let file = self.folder.path().join("nats.conf");
        write(&file, self.folder.path(), self.address, configuration);
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::HUP).unwrap();
    }

    pub fn url(&self) -> String {
        format!("nats://{}", self.address)
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn write(file: &Path, folder: &Path, address: SocketAddr, configuration: &str) {
    let store = format!("{:?}", folder.join("store").display().to_string());
    let text = configuration.replace("STORE", &store);
    std::fs::write(file, format!("listen: \"{address}\"\n{text}\n")).unwrap();
}

/// An address that nobody had a moment ago: the server takes no port 0 that it would tell.
fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
}

/// Where the server is: tests/run installs Debian's; another one is named by `NATS_SERVER`.
fn program() -> String {
    std::env::var("NATS_SERVER").unwrap_or_else(|_| "nats-server".to_owned())
}

/// The path of the server's program.
pub fn path() -> String {
    let program = program();
    if program.contains('/') {
        return program;
    }
    let path = std::env::var_os("PATH").unwrap();
    let mut files = std::env::split_paths(&path).map(|folder| folder.join(&program));
    let file = files.find(|file| file.is_file());
    let file = file.expect("nats-server is installed: apt-get install nats-server");
    file.to_str().unwrap().to_owned()
}

fn launch(configuration: &Path, address: SocketAddr) -> Child {
    let mut child = Command::new(program())
        .arg("--config")
        .arg(configuration)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("nats-server is installed: apt-get install nats-server");
    wait_for(
        || {
            if let Some(status) = child.try_wait().unwrap() {
                panic!("nats-server ended: {status}");
            }
            is_there(address).then_some(())
        },
        || format!("no NATS server at {address}"),
    );
    child
}

/// It greets each client that connects.
fn is_there(address: SocketAddr) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else {
        return false;
    };
    stream
        .set_read_timeout(Some(Duration::from_secs(1)))
        .unwrap();
    let mut greeting = [0; 4];
    let said = stream.read_exact(&mut greeting).is_ok() && &greeting == b"INFO";
    let _ = stream.write_all(b"PING\r\n");
    said
}
