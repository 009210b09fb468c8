//! One user's side of HTTP: its connections, its cookies, one request at a time or several at once.

use std::rc::Rc;
use std::time::Instant;

use tokio::time::timeout_at;

use super::connect;
use super::failure::{ErrorKind, Failure, Fault};
use super::h1::{self, Answer};
use super::pool::{Connection, Pool};
use super::progress::{Phase, Progress};
use super::request::Request;
use super::response::Response;
use super::transport::Transport;

/// One user's connections and cookies. Requests of one user may run at once and share both.
#[derive(Debug)]
pub struct Client {
    transport: Rc<Transport>,
    pool: Pool,
}

impl Client {
    /// Opens nothing: connections come with the first requests.
    pub fn new(transport: Rc<Transport>) -> Self {
        let limit = transport.settings().connections_per_user;
        Self {
            transport,
            pool: Pool::new(limit),
        }
    }

    /// A new session: no cookies, no connections. Requests in flight go on, their connections close after them.
    pub fn clear(&self) {
        self.pool.clear();
    }

    /// One hop: one request on the wire, one answer, whatever its status. Never follows a redirect.
    ///
    /// Dropping the future gives the request up: its connection is closed and never used again.
    pub async fn send(&self, request: &Request) -> Result<Response, Box<Failure>> {
        self.send_observed(request, &Progress::new()).await
    }

    /// As [`send`](Self::send), while `progress`, fresh from [`Progress::new`], tells how far the request has come:
    /// also whether it had been sent whole when the future was dropped.
    pub async fn send_observed(
        &self,
        request: &Request,
        progress: &Progress,
    ) -> Result<Response, Box<Failure>> {
        let limit = request
            .timeout
            .unwrap_or(self.transport.settings().request_timeout);
        let deadline = tokio::time::Instant::now() + limit;
        let answered = timeout_at(deadline, self.attempt(request, progress))
            .await
            .unwrap_or_else(|_| {
                Err(Fault::new(
                    ErrorKind::Timeout,
                    format!("no answer within {limit:?}: {}", progress.phase().as_str()),
                ))
            });
        match answered {
            Ok(answer) => Ok(self.accept(answer, progress)),
            Err(fault) => Err(Failure::new(fault, &request.origin, progress)),
        }
    }

    fn accept(&self, answer: Answer, progress: &Progress) -> Response {
        Response {
            status: answer.head.status,
            version: answer.head.version,
            headers: answer.head.headers,
            body: answer.body,
            timings: progress.timings_at(Instant::now()),
            bytes_sent: progress.bytes_sent(),
            bytes_received: progress.bytes_received(),
            reused: progress.reused(),
        }
    }

    async fn attempt(&self, request: &Request, progress: &Progress) -> Result<Answer, Fault> {
        request.check()?;
        let _slot = self.pool.slot().await;
        if let Some(connection) = self.pool.take(&request.origin) {
            progress.set_reused(true);
            match self.exchange(connection, request, progress).await {
                Err(fault) if is_stale(&fault, request, progress) => progress.restart(),
                done => return done,
            }
        }
        progress.set_reused(false);
        let connection = Box::pin(self.open(request, progress)).await?;
        self.exchange(connection, request, progress).await
    }

    async fn exchange(
        &self,
        mut connection: Connection,
        request: &Request,
        progress: &Progress,
    ) -> Result<Answer, Fault> {
        let transport = &*self.transport;
        progress.enter(Phase::Send);
        let answer = h1::exchange(
            &mut connection.io,
            transport.scratch(),
            request,
            &transport.extras(request, None),
            progress,
            transport.settings().body_limit,
        )
        .await?;
        if answer.reusable && !request.wants_close() {
            self.pool.give_back(connection);
        }
        Ok(answer)
    }

    async fn open(&self, request: &Request, progress: &Progress) -> Result<Connection, Fault> {
        self.pool.make_room();
        let connected = connect::connect(&self.transport, &request.origin, progress).await?;
        Ok(self.pool.admit(connected.io, request.origin.clone()))
    }
}

/// Whether a kept-alive connection had been closed under the request, and sending it again cannot do its work twice
/// (RFC 9110, 9.2.2; RFC 9112, 9.3.1).
fn is_stale(fault: &Fault, request: &Request, progress: &Progress) -> bool {
    fault.kind == ErrorKind::Reset
        && progress.bytes_received() == 0
        && (request.method.is_idempotent() || progress.bytes_sent() == 0)
}
