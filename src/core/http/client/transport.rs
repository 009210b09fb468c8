//! State shared by the users of one shard.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use super::responder::Responder;
use super::settings::{LoadedSettings, Settings};
use crate::http::connect::ConnectionLimit;
use crate::http::connect::Dns;
use crate::http::connect::HttpVersion;
use crate::http::connect::{Connector, Options};
use crate::http::h1::{Extras, Scratch};
use crate::http::message::Origin;
use crate::http::message::{ErrorKind, HttpError, Progress, Request};

/// State shared by the users of one shard: resolved names, TLS sessions, buffers, the header lines that are
/// always the same. Belongs to one thread.
#[derive(Debug)]
pub struct Transport {
    loaded: LoadedSettings,
    connector: Connector,
    scratch: Scratch,
    user_agent: Vec<u8>,
    run: Vec<u8>,
    accept_encoding: &'static [u8],
    http1_only: RefCell<Vec<Origin>>,
    /// What answers in place of connections.
    responder: OnceCell<Rc<dyn Responder>>,
}

impl Transport {
    pub fn new(loaded: LoadedSettings) -> Rc<Self> {
        let settings = &loaded.settings;
        let options = Options {
            timeout: settings.connect_timeout,
            http_version: settings.http_version,
            reach: settings.reach.clone(),
            proxy: loaded.proxy.clone(),
            tls: loaded.tls.for_shard(),
        };
        Rc::new(Self {
            connector: Connector::new(options, Dns::new(settings.resolve.clone(), settings.lookup)),
            scratch: Scratch::new(),
            user_agent: format!("User-Agent: {}\r\n", settings.user_agent).into_bytes(),
            run: settings.run.as_ref().map_or_else(Vec::new, |run| {
                format!("X-Throng-Run: {run}\r\n").into_bytes()
            }),
            accept_encoding: if settings.decompress {
                b"Accept-Encoding: gzip, br, zstd\r\n"
            } else {
                b""
            },
            http1_only: RefCell::default(),
            responder: OnceCell::new(),
            loaded,
        })
    }

    /// From now on no connection is made, and every request is answered by this; the first one stays.
    pub fn answer_by(&self, responder: Rc<dyn Responder>) {
        let _ = self.responder.set(responder);
    }

    /// What answers in place of connections, if anything does.
    pub(crate) fn responder(&self) -> Option<&Rc<dyn Responder>> {
        self.responder.get()
    }

    /// A request is about to be written: it is counted, once however often it is tried.
    pub(crate) fn depart(&self, progress: &Progress) -> Result<(), HttpError> {
        let Some(departures) = self.loaded.departures.as_ref() else {
            return Ok(());
        };
        let allowed = departures.allow();
        allowed.map_err(|why| HttpError::new(ErrorKind::Generator, why))?;
        if progress.count() {
            departures.count();
        }
        Ok(())
    }

    /// A request has its sample: it is counted though it may never have left.
    pub fn settle(&self, progress: &Progress) {
        if let Some(departures) = self.loaded.departures.as_ref()
            && progress.count()
        {
            departures.count();
        }
    }

    /// A request has no sample: it is not counted.
    pub fn take_back(&self, progress: &Progress) {
        if let Some(departures) = self.loaded.departures.as_ref()
            && !progress.count()
        {
            departures.take_back();
        }
    }

    /// Connections of this shard that are open now, idle ones included.
    pub fn open_connections(&self) -> usize {
        self.connector.open_connections()
    }

    /// Timeout of requests that do not set their own.
    pub fn request_timeout(&self) -> std::time::Duration {
        self.settings().request_timeout
    }

    /// The limit on open connections.
    pub fn connection_limit(&self) -> &Rc<ConnectionLimit> {
        self.connector.limit()
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.loaded.settings
    }

    pub(crate) fn connector(&self) -> &Connector {
        &self.connector
    }

    pub(crate) fn scratch(&self) -> &Scratch {
        &self.scratch
    }

    /// Whether HTTP/2 may be what a connection to `origin` speaks.
    pub(crate) fn may_multiplex(&self, origin: &Origin) -> bool {
        match self.settings().http_version {
            HttpVersion::Http1 => false,
            HttpVersion::Http2PriorKnowledge => self.connector.prior_knowledge(origin),
            HttpVersion::Auto => {
                origin.is_https() && !self.http1_only.borrow().iter().any(|other| other == origin)
            }
        }
    }

    /// Remembers that the server of `origin` chose HTTP/1.1, so that requests of a user do not wait for each other there.
    pub(crate) fn note_http1(&self, origin: &Origin) {
        if self.may_multiplex(origin) {
            self.http1_only.borrow_mut().push(origin.clone());
        }
    }

    /// What is added to the head of `request`.
    pub(crate) fn extras<'a>(&'a self, request: &Request, cookie: Option<&'a [u8]>) -> Extras<'a> {
        // With https the proxy is a tunnel, and requests to the target do not mention it.
        let proxy = self
            .connector
            .proxy()
            .filter(|_| !request.origin.is_https());
        Extras {
            user_agent: &self.user_agent,
            run: &self.run,
            accept_encoding: self.accept_encoding,
            cookie: cookie.filter(|_| !request.headers.leaves_out("cookie")),
            absolute: proxy.is_some(),
            proxy_authorization: proxy.and_then(|proxy| proxy.authorization.as_deref()),
        }
    }
}
