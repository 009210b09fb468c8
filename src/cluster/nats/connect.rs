//! A connection. What its user may not do is found out from the server's events: a request of JetStream that is denied has
//! no answer, so that it looks like one that takes too long.

use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use async_nats::jetstream::{self, context::ContextBuilder};
use async_nats::{Client, ConnectErrorKind, ConnectOptions, Event, ServerError};
use tokio::sync::watch;

use crate::cluster::error::ClusterError;

/// How often the connection is looked at; two looks without an answer, and it is gone.
const PING: Duration = Duration::from_secs(2);

/// How long it may take to connect.
const CONNECT: Duration = Duration::from_secs(5);

/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(10);

/// A refusal reaches the client a little after the request that was refused.
const REFUSAL: Duration = Duration::from_millis(200);

/// A NATS server, and how it is reached.
#[derive(Clone, Debug)]
pub struct Server {
    /// `nats://host:port` or `tls://host:port`, several with commas between them.
    pub url: String,
    pub credentials: Credentials,
    /// A file of certificates that are trusted besides the system's.
    pub ca: Option<PathBuf>,
    /// The client's certificate and its key.
    pub identity: Option<(PathBuf, PathBuf)>,
}

/// Who connects.
#[derive(Clone)]
pub enum Credentials {
    /// Nobody in particular, or who the URL names.
    None,
    /// The seed of an nkey.
    Nkey(String),
    /// The text of a `.creds` file.
    Creds(String),
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Nkey(_) => "Nkey(***)",
            Self::Creds(_) => "Creds(***)",
        })
    }
}

impl Server {
    /// Its URL without a password.
    pub fn shown(&self) -> String {
        let one = |url: &str| match url.split_once("://") {
            Some((scheme, rest)) => match rest.rsplit_once('@') {
                Some((_, host)) => format!("{scheme}://***@{host}"),
                None => url.to_owned(),
            },
            None => url.to_owned(),
        };
        self.url.split(',').map(one).collect::<Vec<_>>().join(",")
    }
}

/// A URL without who it names, and who that is: the client takes no user from the URLs of a list.
fn without_user(url: &str) -> (String, Option<(String, String)>) {
    let (scheme, rest) = url.split_once("://").unwrap_or(("nats", url));
    let Some((user, host)) = rest.rsplit_once('@') else {
        return (url.to_owned(), None);
    };
    let (user, password) = user.split_once(':').unwrap_or((user, ""));
    let plain = |text| {
        let text = percent_encoding::percent_decode_str(text);
        text.decode_utf8_lossy().into_owned()
    };
    let address = format!("{scheme}://{host}");
    (address, Some((plain(user), plain(password))))
}

/// A connection to a server.
#[derive(Clone)]
pub struct Nats {
    pub client: Client,
    pub js: jetstream::Context,
    /// What the server denied last.
    denied: watch::Receiver<Option<String>>,
    /// Why the server no longer accepts this user.
    expelled: watch::Receiver<Option<String>>,
    url: String,
}

impl Nats {
    /// Connects. The connection is made anew whenever it is lost. Where `inbox` says it, answers come to subjects of
    /// that prefix, which the server may allow this user alone.
    ///
    /// # Errors
    /// When the server cannot be reached, or refuses this user.
    pub async fn connect(
        server: &Server,
        name: &str,
        inbox: Option<&str>,
    ) -> Result<Self, ClusterError> {
        let (say, denied) = watch::channel(None);
        let (say_expelled, expelled) = watch::channel(None);
        let mut options = ConnectOptions::new()
            .name(name)
            .ping_interval(PING)
            .connection_timeout(CONNECT)
            .request_timeout(Some(ANSWER))
            .event_callback(move |event| {
                match &event {
                    Event::ServerError(ServerError::Other(text)) if is_denial(text) => {
                        tracing::debug!("NATS: {text}");
                        say.send_replace(Some(text.clone()));
                    }
                    // Each attempt to connect again says it once more.
                    Event::ServerError(_) | Event::ClientError(_) if is_expulsion(&event) => {
                        let text = event.to_string();
                        let is_new = say_expelled.borrow().is_none();
                        if is_new {
                            tracing::error!("the NATS server no longer accepts this user: {text}");
                        }
                        say_expelled.send_replace(Some(text));
                    }
                    Event::Connected => {
                        tracing::debug!("NATS: {event}");
                        say_expelled.send_replace(None);
                    }
                    _ => tracing::debug!("NATS: {event}"),
                }
                std::future::ready(())
            });
        if let Some(inbox) = inbox {
            options = options.custom_inbox_prefix(inbox);
        }
        options = match &server.credentials {
            Credentials::None => options,
            Credentials::Nkey(seed) => options.nkey(seed.clone()),
            Credentials::Creds(text) => {
                let read = options.credentials(text);
                read.map_err(|why| ClusterError::Credentials {
                    what: "--nats-creds".to_owned(),
                    why: why.to_string(),
                })?
            }
        };
        if let Some(ca) = &server.ca {
            options = options.add_root_certificates(ca.clone());
        }
        if let Some((cert, key)) = &server.identity {
            options = options.add_client_certificate(cert.clone(), key.clone());
        }
        let mut addresses = Vec::new();
        for url in server.url.split(',') {
            let (address, user) = without_user(url);
            if let Some((user, password)) = user {
                options = options.user_and_password(user, password);
            }
            addresses.push(address);
        }
        let client = options.connect(addresses).await.map_err(|why| {
            let url = server.shown();
            let words = std::error::Error::source(&why)
                .map_or_else(|| why.to_string(), |source| source.to_string());
            match why.kind() {
                ConnectErrorKind::Authentication | ConnectErrorKind::AuthorizationViolation => {
                    ClusterError::Refused {
                        url,
                        why: why.kind().to_string(),
                    }
                }
                _ => ClusterError::Unreachable { url, why: words },
            }
        })?;
        let js = ContextBuilder::new()
            .timeout(ANSWER)
            .ack_timeout(ANSWER)
            .build(client.clone());
        Ok(Self {
            client,
            js,
            denied,
            expelled,
            url: server.shown(),
        })
    }

    /// Waits until the server no longer accepts this user: its credentials have expired, or were taken from it.
    pub async fn expelled(&self) -> ClusterError {
        let mut expelled = self.expelled.clone();
        match expelled.wait_for(Option::is_some).await {
            Ok(why) => ClusterError::Refused {
                url: self.url.clone(),
                why: why.clone().unwrap_or_default(),
            },
            // Nobody says anything any more.
            Err(_) => std::future::pending().await,
        }
    }

    /// Waits for what was asked of the server, but no longer than until the server denies it.
    ///
    /// # Errors
    /// What was denied, or why it failed.
    pub async fn ask<T, E: std::fmt::Display>(
        &self,
        what: &str,
        asked: impl Future<Output = Result<T, E>>,
    ) -> Result<T, ClusterError> {
        let mut denied = self.denied.clone();
        denied.mark_unchanged();
        let refused = async {
            loop {
                if denied.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
                if let Some(text) = denied.borrow_and_update().clone() {
                    return text;
                }
            }
        };
        let mut refused = std::pin::pin!(refused);
        let failed = tokio::select! {
            biased;
            done = asked => match done {
                Ok(done) => return Ok(done),
                Err(why) => why.to_string(),
            },
            text = &mut refused => return Err(ClusterError::Denied(text)),
        };
        match tokio::time::timeout(REFUSAL, refused).await {
            Ok(text) => Err(ClusterError::Denied(text)),
            Err(_) => Err(ClusterError::failed(what, failed)),
        }
    }
}

/// Whether a server says so that a request is not allowed.
fn is_denial(text: &str) -> bool {
    text.to_ascii_lowercase().contains("permissions violation")
}

/// Whether this says that the server does not let this user in.
fn is_expulsion(event: &Event) -> bool {
    let text = event.to_string().to_ascii_lowercase();
    [
        "authorization violation",
        "authentication expired",
        "authentication revoked",
        "authentication error",
    ]
    .iter()
    .any(|words| text.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_a_url_names_is_taken_out_of_it() {
        let user = Some(("a@b".to_owned(), "c:d".to_owned()));
        assert_eq!(
            without_user("tls://a%40b:c%3Ad@host:4222"),
            ("tls://host:4222".to_owned(), user)
        );
        assert_eq!(without_user("host"), ("host".to_owned(), None));
    }

    #[test]
    fn a_url_is_shown_without_its_password() {
        let shown = |url: &str| {
            Server {
                url: url.to_owned(),
                credentials: Credentials::None,
                ca: None,
                identity: None,
            }
            .shown()
        };
        assert_eq!(shown("nats://a:s3cret@host:4222"), "nats://***@host:4222");
        assert_eq!(shown("nats://one,tls://two"), "nats://one,tls://two");
    }
}
