//! A real NATS server with JetStream, on a port of its own.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
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
        Self::at(Ipv4Addr::LOCALHOST, configuration)
    }

    /// The same, at this address of the machine.
    pub fn at(address: Ipv4Addr, configuration: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = free_address(address);
        let file = folder.path().join("nats.conf");
        write(&file, folder.path(), address, configuration);
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

/// Three servers that hold everything together.
pub struct Three(Vec<(Nats, SocketAddr)>);

impl Three {
    pub fn start() -> Self {
        let routes = [(); 3].map(|()| free_address(Ipv4Addr::LOCALHOST));
        let all = routes
            .map(|route| format!("nats-route://{route}"))
            .join(", ");
        let configurations = [0, 1, 2].map(|number| {
            let (route, monitor) = (routes[number], free_address(Ipv4Addr::LOCALHOST));
            let text = format!(
                "server_name: n{number}\nhttp: \"{monitor}\"\njetstream {{ store_dir: STORE }}\n\
                 cluster {{ name: three, listen: \"{route}\", routes: [{all}] }}"
            );
            (text, monitor)
        });
        let servers = configurations.map(|(text, monitor)| (Nats::with(&text), monitor));
        let three = Self(servers.into());
        wait_for(
            || {
                let said = three.said(0, "/jsz")?;
                let meta = said["meta_cluster"].clone();
                let is_led = meta["leader"].as_str().is_some_and(|name| !name.is_empty());
                (is_led && meta["cluster_size"] == 3).then_some(())
            },
            || "the three servers do not find each other".to_owned(),
        );
        three
    }

    /// The URL of all of them.
    pub fn url(&self) -> String {
        let urls: Vec<String> = self.0.iter().map(|(nats, _)| nats.url()).collect();
        urls.join(",")
    }

    /// Kills the server that leads this stream.
    pub fn kill_leader(&mut self, stream: &str) {
        let said = self.said(0, "/jsz?streams=true").unwrap();
        let streams = said["account_details"][0]["stream_detail"].as_array();
        let of = streams.unwrap().iter().find(|of| of["name"] == stream);
        let leader = of.unwrap()["cluster"]["leader"].as_str().unwrap();
        let number: usize = leader.trim_start_matches('n').parse().unwrap();
        let _ = self.0[number].0.child.kill();
    }

    /// What a server says of itself.
    fn said(&self, number: usize, path: &str) -> Option<serde_json::Value> {
        let mut stream = TcpStream::connect(self.0[number].1).ok()?;
        let asked = format!("GET {path} HTTP/1.0\r\n\r\n");
        stream.write_all(asked.as_bytes()).ok()?;
        let mut said = String::new();
        stream.read_to_string(&mut said).ok()?;
        let (_, body) = said.split_once("\r\n\r\n")?;
        serde_json::from_str(body).ok()
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
fn free_address(of: Ipv4Addr) -> SocketAddr {
    TcpListener::bind((of, 0)).unwrap().local_addr().unwrap()
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
