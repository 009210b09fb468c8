//! What the users of one shard share.

use std::cell::Cell;
use std::rc::Rc;

use super::dns::Dns;
use super::h1::Extras;
use super::proxy::Proxy;
use super::request::Request;
use super::scratch::Scratch;
use super::settings::{HttpVersion, Loaded, Settings};
use super::tls;

/// What the users of one shard share: looked-up names, TLS sessions, buffers, the header lines that are
/// always the same. Belongs to one thread.
#[derive(Debug)]
pub struct Transport {
    loaded: Loaded,
    tls: tls::Config,
    dns: Dns,
    scratch: Scratch,
    open: Rc<Cell<usize>>,
    user_agent: Vec<u8>,
    accept_encoding: &'static [u8],
}

impl Transport {
    pub fn new(loaded: Loaded) -> Rc<Self> {
        let settings = &loaded.settings;
        Rc::new(Self {
            tls: loaded.tls.for_shard(),
            dns: Dns::new(settings.resolve.clone()),
            scratch: Scratch::new(),
            open: Rc::default(),
            user_agent: format!("User-Agent: {}\r\n", settings.user_agent).into_bytes(),
            accept_encoding: if settings.decompress {
                b"Accept-Encoding: gzip, br, zstd\r\n"
            } else {
                b""
            },
            loaded,
        })
    }

    /// Connections of this shard that are open now, idle ones included.
    pub fn open_connections(&self) -> usize {
        self.open.get()
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.loaded.settings
    }

    pub(crate) fn tls(&self) -> &tls::Config {
        &self.tls
    }

    pub(crate) fn dns(&self) -> &Dns {
        &self.dns
    }

    pub(crate) fn scratch(&self) -> &Scratch {
        &self.scratch
    }

    pub(crate) fn open(&self) -> &Rc<Cell<usize>> {
        &self.open
    }

    pub(crate) fn proxy(&self) -> Option<&Proxy> {
        self.loaded.proxy.as_deref()
    }

    pub(crate) fn prior_knowledge(&self) -> bool {
        self.settings().http_version == HttpVersion::Http2PriorKnowledge
    }

    /// What goes into the head of `request` besides what its caller says.
    pub(crate) fn extras<'a>(&'a self, request: &Request, cookie: Option<&'a str>) -> Extras<'a> {
        // https goes through a tunnel, of which the target's own requests know nothing.
        let proxy = self.proxy().filter(|_| !request.origin.is_https());
        Extras {
            user_agent: &self.user_agent,
            accept_encoding: self.accept_encoding,
            cookie,
            absolute: proxy.is_some(),
            proxy_authorization: proxy.and_then(|proxy| proxy.authorization.as_deref()),
        }
    }
}
