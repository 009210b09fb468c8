//! Targets that misbehave: small real servers, what comes of a request to each, and that the user goes on once the target
//! is well again.

mod bodies;
mod heads;
mod http2;
mod silence;
mod wild;

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};

use throng::http::{Client, HttpVersion, Method, Origin, Request, Settings, Transport};

use crate::support::on_one_thread;
pub use wild::Wild;

/// What a request may take here; the servers are as slow as that makes them look.
const TIMEOUT: Duration = Duration::from_millis(400);
/// No case may take longer, on a machine with other work.
const PATIENCE: Duration = Duration::from_secs(20);
/// The longest body that is taken, and what may be read beyond it: what is on its way when the client hangs up.
const BODY_LIMIT: usize = 1 << 20;
const READ_AHEAD: u64 = 1 << 20;

/// A server, begun at the call.
pub type Begin = fn() -> Pin<Box<dyn Future<Output = Wild>>>;

/// A row of the table.
pub struct Case {
    pub name: &'static str,
    /// What the target does, in a few words of Markdown.
    pub does: &'static str,
    /// What comes of a request: the kind of failure and its message without the address, or `status N`.
    pub ends: &'static str,
    begin: Begin,
    how: How,
}

/// What the request is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum How {
    Get,
    Head,
    /// With a body of 8 MB.
    Post,
    /// By HTTP/2.
    Multiplexed,
    /// By HTTP/2, with a body of 1 MB.
    MultiplexedPost,
}

/// The groups of the table, in the order of the document.
pub const GROUPS: [(&str, &[Case]); 4] = [
    ("Targets that do not respond", silence::CASES),
    ("Invalid heads", heads::CASES),
    ("Endless, truncated and invalid bodies", bodies::CASES),
    ("HTTP/2", http2::CASES),
];

/// Makes the rows of a group and a test of each.
macro_rules! targets {
    ($($name:ident: $how:ident, $does:literal => $ends:literal, $begin:expr;)*) => {
        pub const CASES: &[super::Case] = &[$(super::Case {
            name: stringify!($name),
            does: $does,
            ends: $ends,
            begin: || Box::pin(async { $begin.await }),
            how: super::How::$how,
        }),*];

        mod tests {
            $(#[test]
            fn $name() {
                super::super::run(super::CASES, stringify!($name));
            })*
        }
    };
}
use targets;

fn settings(how: How) -> Settings {
    Settings {
        body_limit: BODY_LIMIT,
        http_version: match how {
            How::Multiplexed | How::MultiplexedPost => HttpVersion::Http2PriorKnowledge,
            _ => HttpVersion::default(),
        },
        ..Settings::default()
    }
}

fn request(how: How, wild: &Wild) -> Request {
    let (origin, target) = Origin::parse(&format!("http://{}/x", wild.address)).unwrap();
    let method = match how {
        How::Head => Method::HEAD,
        How::Post | How::MultiplexedPost => Method::POST,
        How::Get | How::Multiplexed => Method::GET,
    };
    let mut request = Request::new(method, std::rc::Rc::new(origin), target);
    let length = match how {
        // More than the kernel takes on behalf of a server that does not read.
        How::Post => 8 << 20,
        How::MultiplexedPost => 1 << 20,
        _ => 0,
    };
    request.body = vec![b'x'; length].into();
    request
}

/// Sends a request to the server of a case, and another one when the server is well again.
fn run(cases: &[Case], name: &str) {
    let case = cases.iter().find(|case| case.name == name).unwrap();
    on_one_thread(async {
        let wild = (case.begin)().await;
        let transport = Transport::new(settings(case.how).load().unwrap());
        let client = Client::new(transport.clone());
        let mut request = request(case.how, &wild);
        let hangs = case.ends.starts_with("timeout");
        request.timeout = Some(if hangs { TIMEOUT } else { PATIENCE });
        let began = Instant::now();
        let (ends, received) = match client.send(&request).await {
            Ok(answer) => (format!("status {}", answer.status), answer.bytes_received),
            Err(failure) => {
                let address = format!("{}: ", wild.address);
                let what = failure.message.strip_prefix(&address);
                let what = what.unwrap_or(&failure.message);
                (format!("{}: {what}", failure.kind), failure.bytes_received)
            }
        };
        let took = began.elapsed();
        assert_eq!(ends, case.ends, "{name}");
        assert!(took < PATIENCE, "{name} took {took:?}");
        assert!(
            received <= BODY_LIMIT as u64 + READ_AHEAD,
            "{name}: {received} bytes were read"
        );
        wild.is_well().await;
        request.timeout = Some(PATIENCE);
        for _ in 0..2 {
            let answer = client.send(&request).await;
            let answer = answer.unwrap_or_else(|why| panic!("{name}, when well: {why}"));
            assert_eq!(answer.status, 200, "{name}");
        }
        assert!(transport.open_connections() <= 2, "{name}");
    });
}
