//! One user's side of HTTP: its connections, its cookies, one request at a time or several at once.

use std::pin::pin;
use std::rc::Rc;

use tokio::time::timeout_at;

use super::connect;
use super::cookies::Jar;
use super::decode::decode;
use super::failure::{ErrorKind, Failure, Fault};
use super::h1::{self, Answer};
use super::h2::{Harm, Multiplexed, Refusal};
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
    jar: Jar,
}

impl Client {
    /// Opens nothing: connections come with the first requests.
    pub fn new(transport: Rc<Transport>) -> Self {
        let limit = transport.settings().connections_per_user;
        let pool = Pool::new(limit, Rc::clone(transport.seats()));
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

    /// Its cookies.
    pub fn cookies(&self) -> &Jar {
        &self.jar
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
        let session = self.pool.epoch();
        let deadline = tokio::time::Instant::now() + limit;
        let mut attempt = pin!(self.attempt(request, progress));
        let mut due = deadline;
        let answered = loop {
            if let Ok(answered) = timeout_at(due, attempt.as_mut()).await {
                break answered;
            }
            // In what the run itself held back there was nothing to answer.
            let later = deadline + progress.held();
            if later <= due {
                // The others on an HTTP/2 connection go on; the next request had better not be one of them.
                self.pool.unshare(&request.origin);
                break Err(Fault::new(
                    ErrorKind::Timeout,
                    format!("no answer within {limit:?}: {}", progress.phase().as_str()),
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
        answer: Answer,
        request: &Request,
        progress: &Progress,
        session: u32,
    ) -> Result<Response, Fault> {
        let Answer { head, body, .. } = answer;
        let timings = progress.timings_at(answer.at);
        // An answer to the last session's request sets no cookie of this one.
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

    async fn attempt(&self, request: &Request, progress: &Progress) -> Result<Answer, Fault> {
        request.check()?;
        if self.transport.may_multiplex(&request.origin) {
            // Boxed: HTTP/2 is larger than all the rest, and most requests do not speak it.
            if let Some(done) = Box::pin(self.multiplex(request, progress)).await {
                return done;
            }
        }
        let _slot = self.pool.slot().await;
        if let Some(connection) = self.pool.take(&request.origin) {
            let used = connection.used;
            progress.set_reused(used);
            match self.exchange(connection, request, progress).await {
                Err(fault) if used && is_stale(&fault, request, progress) => progress.restart(),
                done => return done,
            }
        }
        progress.set_reused(false);
        // Boxed: connecting is large and rare, and every waiting user would carry the room for it.
        Box::pin(self.open_and_exchange(request, progress)).await
    }

    async fn exchange(
        &self,
        mut connection: Connection,
        request: &Request,
        progress: &Progress,
    ) -> Result<Answer, Fault> {
        let transport = &*self.transport;
        let cookie = self.jar.value_for(request);
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
    ) -> Result<Answer, Fault> {
        self.pool.make_room();
        let epoch = self.pool.epoch();
        let connected = connect::connect(&self.transport, &request.origin, progress).await?;
        let connection = self.pool.admit(connected.io, request.origin.clone(), epoch);
        self.exchange(connection, request, progress).await
    }

    /// Sends by HTTP/2; nothing when the server turns out to speak HTTP/1.1, whose connection is then in the pool.
    async fn multiplex(
        &self,
        request: &Request,
        progress: &Progress,
    ) -> Option<Result<Answer, Fault>> {
        let (mut connection, reused) = match self.shared(request, progress).await {
            Ok(Some(found)) => found,
            Ok(None) => return None,
            Err(fault) => return Some(Err(fault)),
        };
        progress.set_reused(reused);
        let refusal = match self
            .exchange_shared(&mut connection, request, progress)
            .await
        {
            Ok(answer) => return Some(Ok(answer)),
            Err(refusal) => refusal,
        };
        let safe = match refusal.harm {
            Harm::None => true,
            Harm::Unknown => reused && request.method.is_idempotent(),
            Harm::Done => false,
        };
        if !safe {
            return Some(Err(refusal.fault));
        }
        progress.restart();
        if !connection.is_open() {
            self.pool.unshare(&request.origin);
        }
        let again = self.shared(request, progress).await;
        Some(match again {
            Ok(Some((mut connection, _))) => self
                .exchange_shared(&mut connection, request, progress)
                .await
                .map_err(|refusal| refusal.fault),
            Ok(None) => Err(refusal.fault),
            Err(fault) => Err(fault),
        })
    }

    async fn exchange_shared(
        &self,
        connection: &mut Multiplexed,
        request: &Request,
        progress: &Progress,
    ) -> Result<Answer, Refusal> {
        let cookie = self.jar.value_for(request);
        let extras = self.transport.extras(request, cookie.as_deref());
        let limit = self.transport.settings().body_limit;
        let _busy = self.pool.busy(connection);
        connection.exchange(request, &extras, progress, limit).await
    }

    /// The user's HTTP/2 connection to an origin, made if need be, and whether it had been there.
    async fn shared(
        &self,
        request: &Request,
        progress: &Progress,
    ) -> Result<Option<(Multiplexed, bool)>, Fault> {
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
        let connected = connect::connect(&self.transport, origin, progress).await?;
        if !connected.http2 {
            self.transport.note_http1(origin);
            let connection = self.pool.admit(connected.io, origin.clone(), epoch);
            self.pool.give_back(connection);
            return Ok(None);
        }
        let connection = Multiplexed::begin(connected.io).await?;
        self.pool.share(origin.clone(), connection.clone(), epoch);
        Ok(Some((connection, false)))
    }
}

/// Whether a kept-alive connection had been closed under the request, and sending it again cannot do its work twice
/// (RFC 9110, 9.2.2; RFC 9112, 9.3.1).
fn is_stale(fault: &Fault, request: &Request, progress: &Progress) -> bool {
    fault.kind == ErrorKind::Reset
        && progress.bytes_received() == 0
        && (request.method.is_idempotent() || progress.bytes_sent() == 0)
}
