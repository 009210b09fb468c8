//! A server of HTTP/2 in frames, which says GOAWAY and REFUSED_STREAM when its test wants it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What the server does.
#[derive(Debug, Clone, Copy)]
pub enum Manner {
    /// Each connection takes so many requests; with the last one it says GOAWAY, and what came behind it is not looked at.
    Takes(usize),
    /// The same, and the connection is closed at once behind the answers.
    TakesAndCloses(usize),
    /// The first requests of all are refused.
    RefusesFirst(usize),
    /// Each connection answers one request, works so long at the next one, and is closed.
    Drops(Duration),
}

/// What it did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Log {
    pub connections: usize,
    /// Requests that it answered.
    pub answered: usize,
    /// Requests that it took and did not answer.
    pub dropped: usize,
    /// Requests that came and that it said it did not look at.
    pub ignored: usize,
}

/// The server; it ends with its test.
pub struct Server {
    pub address: SocketAddr,
    log: Arc<Mutex<Log>>,
}

impl Server {
    pub fn new(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let log = Arc::new(Mutex::new(Log::default()));
        let shared = Arc::clone(&log);
        std::thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let log = Arc::clone(&shared);
                std::thread::spawn(move || {
                    log.lock().unwrap().connections += 1;
                    // The client may close at any time.
                    let _closed = Connection {
                        stream,
                        log,
                        manner,
                    }
                    .talk();
                });
            }
        });
        Self { address, log }
    }

    pub fn log(&self) -> Log {
        *self.log.lock().unwrap()
    }
}

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
/// END_STREAM of DATA and HEADERS, ACK of SETTINGS and PING.
const FLAG: u8 = 1;
const END_HEADERS: u8 = 4;

struct Connection {
    stream: TcpStream,
    log: Arc<Mutex<Log>>,
    manner: Manner,
}

impl Connection {
    fn talk(mut self) -> std::io::Result<()> {
        self.stream.set_nodelay(true)?;
        self.stream.read_exact(&mut [0; 24])?;
        self.frame(SETTINGS, 0, 0, &[])?;
        let (mut taken, mut last) = (0, u32::MAX);
        loop {
            let mut head = [0; 9];
            self.stream.read_exact(&mut head)?;
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
            let (kind, flags) = (head[3], head[4]);
            let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
            let mut payload = vec![0; length as usize];
            self.stream.read_exact(&mut payload)?;
            match kind {
                SETTINGS if flags & FLAG == 0 => self.frame(SETTINGS, FLAG, 0, &[])?,
                PING if flags & FLAG == 0 => self.frame(PING, FLAG, 0, &payload)?,
                HEADERS | DATA if flags & FLAG != 0 => {
                    if stream > last {
                        self.log.lock().unwrap().ignored += 1;
                        continue;
                    }
                    taken += 1;
                    if let Some(end) = self.request(stream, taken)? {
                        last = end;
                        if matches!(self.manner, Manner::TakesAndCloses(_) | Manner::Drops(_)) {
                            return Ok(());
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Answers a whole request, or not; the last stream of the connection, where this is the end of it.
    fn request(&mut self, stream: u32, taken: usize) -> std::io::Result<Option<u32>> {
        let log = Arc::clone(&self.log);
        match self.manner {
            Manner::RefusesFirst(count) if log.lock().unwrap().ignored < count => {
                log.lock().unwrap().ignored += 1;
                self.frame(RST_STREAM, 0, stream, &7_u32.to_be_bytes())?;
                return Ok(None);
            }
            Manner::Drops(work) if taken > 1 => {
                std::thread::sleep(work);
                log.lock().unwrap().dropped += 1;
                return Ok(Some(stream));
            }
            Manner::Takes(0) => {
                log.lock().unwrap().ignored += 1;
                self.go_away(0)?;
                return Ok(Some(0));
            }
            _ => {}
        }
        log.lock().unwrap().answered += 1;
        // `:status: 200` is the eighth entry of HPACK's static table.
        self.frame(HEADERS, FLAG | END_HEADERS, stream, &[0x88])?;
        let end = match self.manner {
            Manner::Takes(most) | Manner::TakesAndCloses(most) => taken >= most,
            _ => false,
        };
        if end {
            self.go_away(stream)?;
        }
        Ok(end.then_some(stream))
    }

    fn go_away(&mut self, last: u32) -> std::io::Result<()> {
        let mut payload = last.to_be_bytes().to_vec();
        payload.extend_from_slice(&[0; 4]);
        self.frame(GOAWAY, 0, 0, &payload)
    }

    fn frame(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) -> std::io::Result<()> {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        let mut bytes = vec![length[1], length[2], length[3], kind, flags];
        bytes.extend_from_slice(&stream.to_be_bytes());
        bytes.extend_from_slice(payload);
        self.stream.write_all(&bytes)
    }
}
