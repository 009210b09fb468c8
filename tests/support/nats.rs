//! A real NATS server with JetStream, on a port of its own.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
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
        Self::at(Ipv4Addr::LOCALHOST, configuration)
    }

    /// The same, at this address of the machine.
    pub fn at(address: Ipv4Addr, configuration: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = free_address(address);
        let store = format!("{:?}", folder.path().join("store").display().to_string());
        let text = configuration.replace("STORE", &store);
        let file = folder.path().join("nats.conf");
        std::fs::write(&file, format!("listen: \"{address}\"\n{text}\n")).unwrap();
        Self {
            child: launch(&file, address),
            address,
            folder,
        }
    }

    /// Stops it in order, and starts it again with what it has stored.
    pub fn restart(&mut self) {
        self.signal("TERM");
        self.child.wait().unwrap();
        self.child = launch(&self.folder.path().join("nats.conf"), self.address);
    }

    /// Sends its process a signal.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("sh")
            .args(["-c", &format!("kill -{name} {}", self.child.id())])
            .status()
            .unwrap();
        assert!(sent.success(), "kill -{name}");
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

/// An address that nobody had a moment ago: the server takes no port 0 that it would tell.
fn free_address(of: Ipv4Addr) -> SocketAddr {
    TcpListener::bind((of, 0)).unwrap().local_addr().unwrap()
}

/// Where the server is: tests/run installs Debian's; another one is named by `NATS_SERVER`.
fn program() -> String {
    std::env::var("NATS_SERVER").unwrap_or_else(|_| "nats-server".to_owned())
}

fn launch(configuration: &std::path::Path, address: SocketAddr) -> Child {
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
