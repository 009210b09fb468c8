//! The HTTP client of one user: its connections, its cookies, one request at a time or several at once.

use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::time::Duration;

use tokio::time::timeout_at;

use super::simulated;
use super::transport::Transport;
use crate::http::h1;
use crate::http::h1::ReadResponse;
use crate::http::h2::{Multiplexed, Processed, StreamError};
use crate::http::message::Jar;
use crate::http::message::Request;
use crate::http::message::Response;
use crate::http::message::decode;
use crate::http::message::{ErrorKind, Failure, HttpError};
use crate::http::message::{Phase, Progress};
use crate::http::pool::{Connection, Pool};

/// Margin over two round trips within which a lost connection is attributed to the race with an idle timeout:
/// the delay that a busy machine and its scheduler may add.
const RACE_MARGIN: Duration = Duration::from_millis(2);
/// Maximum retries of a request over HTTP/2 that no server has processed.
const MAX_RETRIES: u32 = 10;

/// Consulted before a request is retried.
pub trait Gate {
    /// Waits until the retry may be sent; false: no retry. The wait is part of no timeout and no latency.
    fn pass(&self) -> Pin<Box<dyn Future<Output = bool> + '_>>;
}

/// The gate of clients without limits.
struct Open;

impl Gate for Open {
    fn pass(&self) -> Pin<Box<dyn Future<Output = bool> + '_>> {
        Box::pin(std::future::ready(true))
    }
}

/// One user's connections and cookies. Requests of one user may run at once and share both.
#[derive(Debug)]
pub struct Client {
    transport: Rc<Transport>,
    pool: Pool,
    jar: Jar,
}

impl Client {
    /// Opens no connection yet.
    pub fn new(transport: Rc<Transport>) -> Self {
        let limit = transport.settings().connections_per_user;
        let pool = Pool::new(limit, Rc::clone(transport.connection_limit()));
        Self {
            transport,
            pool,
            jar: Jar::default(),
        }
    }

    /// A new session: no cookies, no connections. Requests in flight go on, their connections close after them.
    pub fn clear(&self) {
        self.jar.forget(None);
        self.pool.clear();
    }

    /// Between two sessions of one person: no connections, and the cookies stay. Cookies of responses to requests in flight
    /// are not kept.
    pub fn disconnect(&self) {
        self.pool.clear();
    }

    /// Takes its cookies, to keep them elsewhere.
    pub fn take_cookies(&self) -> Jar {
        self.jar.take()
    }

    /// Gives it cookies that were kept elsewhere, in place of its own.
    pub fn put_cookies(&self, cookies: Jar) {
        self.jar.replace(cookies);
    }

    /// Its cookies.
    pub fn cookies(&self) -> &Jar {
        &self.jar
    }

    /// Sends one request and reads one response, whatever its status. Never follows a redirect.
    ///
    /// Dropping the future cancels the request: its connection is closed and never reused.
    pub async fn send(&self, request: &Request) -> Result<Response, Box<Failure>> {
        self.send_observed(request, &Progress::new()).await
    }

    /// As [`send`](Self::send); `progress`, fresh from [`Progress::new`], records the progress of the request,
    /// including whether it had been sent completely when the future was dropped.
    pub async fn send_observed(
        &self,
        request: &Request,
        progress: &Progress,
    ) -> Result<Response, Box<Failure>> {
        self.send_gated(request, progress, &Open).await
    }

    /// As [`send_observed`](Self::send_observed); `gate` decides when the request may be retried: after the race with
    /// an idle timeout, once, and when an HTTP/2 server says that it has not processed it.
    pub async fn send_gated(
        &self,
        request: &Request,
        progress: &Progress,
        gate: &dyn Gate,
    ) -> Result<Response, Box<Failure>> {
        let limit = request
            .timeout
            .unwrap_or(self.transport.settings().request_timeout);
        let session = self.pool.epoch();
        let deadline = tokio::time::Instant::now() + limit;
        let mut attempt = pin!(self.attempt(request, progress, gate));
        let mut due = deadline;
        let answered = loop {
            if let Ok(answered) = timeout_at(due, attempt.as_mut()).await {
                break answered;
            }
            // Time in which the run itself throttled the request does not count.
            let later = deadline + progress.held();
            if later <= due {
                // Other requests on the HTTP/2 connection continue; the next one uses another connection.
                self.pool.unshare(&request.origin);
                break Err(HttpError::new(
                    ErrorKind::Timeout,
                    format!(
                        "no response within {limit:?}: {}",
                        progress.phase().as_str()
                    ),
                ));
            }
            due = later;
        };
        answered
            .and_then(|answer| self.accept(answer, request, progress, session))
            .map_err(|fault| Failure::new(fault, &request.origin, progress))
    }

    fn accept(
        &self,
        answer: ReadResponse,
        request: &Request,
        progress: &Progress,
        session: u32,
    ) -> Result<Response, HttpError> {
        let ReadResponse { head, body, .. } = answer;
        let timings = progress.timings_at(answer.at);
        // A response to the last session's request sets no cookie of this one.
        if head.sets_cookies && session == self.pool.epoch() {
            self.jar.keep(request, &head.headers);
        }
        let settings = self.transport.settings();
        let body = if head.encoded && settings.decompress {
            decode(&head.headers, body, settings.body_limit)?
        } else {
            body
        };
        Ok(Response {
            status: head.status,
            version: head.version,
            headers: head.headers,
            body,
            timings,
            bytes_sent: progress.bytes_sent(),
            bytes_received: progress.bytes_received(),
            reused: progress.reused(),
        })
    }

    async fn attempt(
        &self,
        request: &Request,
        progress: &Progress,
        gate: &dyn Gate,
    ) -> Result<ReadResponse, HttpError> {
        request.check()?;
        if let Some(responder) = self.transport.responder() {
            let shared = (&*self.transport, &self.jar);
            return simulated::exchange(&**responder, shared, request, progress).await;
        }
        if self.transport.may_multiplex(&request.origin) {
            // Boxed: the HTTP/2 future is larger than all others, and most requests do not use it.
            if let Some(done) = Box::pin(self.multiplex(request, progress, gate)).await {
                return done;
            }
        }
        let _slot = self.pool.slot().await;
        while let Some(connection) = self.pool.take(&request.origin).await {
            let (used, handshake) = (connection.used, connection.handshake);
            progress.set_reused(used);
            match self.exchange(connection, request, progress).await {
                Err(fault) if used && fault.kind == ErrorKind::Reset => {
                    if progress.bytes_sent() == 0 {
                        // It had been closed before anything was written: the server has not seen the request.
                        progress.restart();
                        continue;
                    }
                    if progress.bytes_received() > 0
                        || !is_idle_race(request, progress, handshake)
                        || !ask_for_retry(progress, gate).await
                    {
                        return Err(fault);
                    }
                    break;
                }
                done => return done,
            }
        }
        progress.set_reused(false);
        // Boxed: connecting is large and rare, and would enlarge the future of every waiting user.
        Box::pin(self.open_and_exchange(request, progress)).await
    }

    async fn exchange(
        &self,
        mut connection: Connection,
        request: &Request,
        progress: &Progress,
    ) -> Result<ReadResponse, HttpError> {
        let transport = &*self.transport;
        let cookie = self.jar.value_for(request);
        transport.depart(progress)?;
        progress.enter(Phase::Send);
        let answer = h1::exchange(
            &mut connection.io,
            transport.scratch(),
            request,
            &transport.extras(request, cookie.as_deref()),
            progress,
            transport.settings().body_limit,
        )
        .await?;
        if answer.reusable && !request.wants_close() {
            connection.used = true;
            self.pool.give_back(connection);
        }
        Ok(answer)
    }

    async fn open_and_exchange(
        &self,
        request: &Request,
        progress: &Progress,
    ) -> Result<ReadResponse, HttpError> {
        self.pool.make_room();
        let epoch = self.pool.epoch();
        let connected = self
            .transport
            .connector()
            .connect(&request.origin, progress)
            .await?;
        let connection = self.pool.admit(connected, request.origin.clone(), epoch);
        self.exchange(connection, request, progress).await
    }

    /// Sends over HTTP/2; none when the server negotiated HTTP/1.1, whose connection is then in the pool.
    async fn multiplex(
        &self,
        request: &Request,
        progress: &Progress,
        gate: &dyn Gate,
    ) -> Option<Result<ReadResponse, HttpError>> {
        let mut resends = 0;
        let mut tries = 0;
        loop {
            let (mut connection, reused) = match self.shared(request, progress).await {
                Ok(Some(found)) => found,
                Ok(None) => return None,
                Err(fault) => return Some(Err(fault)),
            };
            progress.set_reused(reused);
            if reused && !connection.is_open_now().await {
                self.pool.retire(&connection);
                continue;
            }
            let failed = match self
                .exchange_shared(&mut connection, request, progress)
                .await
            {
                Ok(answer) => return Some(Ok(answer)),
                Err(failed) => failed,
            };
            if failed.closing {
                self.pool.retire(&connection);
            }
            tries += 1;
            let again = tries <= MAX_RETRIES
                && match failed.processed {
                    Processed::NotSent => true,
                    Processed::No => ask_for_retry(progress, gate).await,
                    Processed::Unknown if reused && resends == 0 => {
                        resends += 1;
                        is_idle_race(request, progress, connection.handshake())
                            && ask_for_retry(progress, gate).await
                    }
                    Processed::Unknown | Processed::Yes => false,
                };
            if !again {
                return Some(Err(failed.fault));
            }
            if failed.processed == Processed::NotSent {
                progress.restart();
            }
        }
    }

    async fn exchange_shared(
        &self,
        connection: &mut Multiplexed,
        request: &Request,
        progress: &Progress,
    ) -> Result<ReadResponse, StreamError> {
        let cookie = self.jar.value_for(request);
        let extras = self.transport.extras(request, cookie.as_deref());
        let limit = self.transport.settings().body_limit;
        let _busy = self.pool.busy(connection);
        self.transport.depart(progress)?;
        connection.exchange(request, &extras, progress, limit).await
    }

    /// The user's HTTP/2 connection to an origin, opened if needed, and whether it existed.
    async fn shared(
        &self,
        request: &Request,
        progress: &Progress,
    ) -> Result<Option<(Multiplexed, bool)>, HttpError> {
        let origin = &request.origin;
        if let Some(connection) = self.pool.shared(origin) {
            return Ok(Some((connection, true)));
        }
        let _gate = self.pool.gate().await;
        if let Some(connection) = self.pool.shared(origin) {
            return Ok(Some((connection, true)));
        }
        if !self.transport.may_multiplex(origin) {
            return Ok(None);
        }
        let epoch = self.pool.epoch();
        let connected = self.transport.connector().connect(origin, progress).await?;
        if !connected.http2 {
            self.transport.note_http1(origin);
            let connection = self.pool.admit(connected, origin.clone(), epoch);
            self.pool.give_back(connection);
            return Ok(None);
        }
        let connection = Multiplexed::begin(connected.io, connected.handshake).await?;
        self.pool.share(origin.clone(), connection.clone(), epoch);
        Ok(Some((connection, false)))
    }
}

/// Whether a connection was lost by the race with a server that closes idle connections: the close was in transit
/// when the request was written, so it arrives within about a round trip, and a server that processed the request takes
/// longer. Only idempotent requests are then retried (RFC 9110, 9.2.2; RFC 9112, 9.3.1).
fn is_idle_race(request: &Request, progress: &Progress, handshake: Duration) -> bool {
    request.method.is_idempotent() && progress.on_the_wire() <= 2 * handshake + RACE_MARGIN
}

/// Asks the gate for a retry, and counts the attempt as `blocked` time.
async fn ask_for_retry(progress: &Progress, gate: &dyn Gate) -> bool {
    let attempt = progress.restart();
    let again = progress.throttled_by(gate.pass()).await;
    if !again {
        progress.resume(attempt);
    }
    again
}
