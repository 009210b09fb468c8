//! A listener at work, with the run's side of it in the hands of the test.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;
use throng::engine::{Command, CommandReply, Done, Refused};
use throng::metrics::Snapshot;
use throng::view::Views;
use throng::web::{Config, Control, Limits, Server, Token, serve};
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;

pub const TOKEN: &str = "a-token-of-the-tests";

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(20);

pub struct Site {
    pub server: Server,
    pub snapshots: watch::Sender<Arc<Snapshot>>,
    pub commands: UnboundedReceiver<Command>,
    pub stop: oneshot::Sender<()>,
}

/// What came back.
#[derive(Debug)]
pub struct Said {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Said {
    pub fn of_status(&self) -> (u16, &Value) {
        (self.status, &self.body)
    }

    /// The sentence of a refusal.
    pub fn error(&self) -> &str {
        self.body["error"].as_str().unwrap()
    }
}

/// A listener of a run that can be steered.
pub fn steered() -> Site {
    Site::begin("127.0.0.1:0", Some)
}

/// A listener of a run that can only be read.
pub fn read_only() -> Site {
    Site::begin("127.0.0.1:0", |_| None)
}

impl Site {
    pub fn begin(address: &str, control: impl FnOnce(Control) -> Option<Control>) -> Self {
        Self::by_config(address, |own| Config {
            control: control(own),
            ..Config::default()
        })
    }

    /// A listener of a run that can be steered, within these limits.
    pub fn within(limits: Limits) -> Self {
        Self::by_config("127.0.0.1:0", |own| Config {
            control: Some(own),
            limits,
            ..Config::default()
        })
    }

    pub fn by_config(address: &str, config: impl FnOnce(Control) -> Config) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let (snapshots, latest) = watch::channel(Arc::new(Snapshot::default()));
        let (stop, stopped) = oneshot::channel::<()>();
        let (commander, commands) = mpsc::unbounded_channel();
        let config = config(Control::new(commander, Token::new(TOKEN)));
        let server = serve(listener, Views::new(latest), config, async move {
            drop(stopped.await);
        });
        Self {
            server: server.unwrap(),
            snapshots,
            commands,
            stop,
        }
    }

    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// A request without the token.
    pub fn bare(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let here = format!("http://127.0.0.1:{}{path}", self.address().port());
        Client::new().request(method, here)
    }

    /// A request with the token.
    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        self.bare(method, path).bearer_auth(TOKEN)
    }

    pub async fn get(&self, path: &str) -> Said {
        said(self.bare("GET", path)).await
    }

    /// Sends a request and answers, as the run, the command that comes of it: what came back, and the command in words.
    pub async fn answered(
        &mut self,
        request: RequestBuilder,
        with: Result<Done, Refused>,
    ) -> (Said, String) {
        let asked = tokio::spawn(said(request));
        let command = timeout(LONG, self.commands.recv()).await.unwrap().unwrap();
        let (words, answer) = in_words(command);
        if let Some(answer) = answer {
            answer.send(with);
        }
        (asked.await.unwrap(), words)
    }

    /// Nothing has reached the run.
    pub fn is_unmoved(&mut self) -> bool {
        self.commands.try_recv().is_err()
    }
}

/// Sends a request and reads the answer.
pub async fn said(request: RequestBuilder) -> Said {
    let answer = timeout(LONG, request.send()).await.unwrap().unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let text = answer.text().await.unwrap();
    Said {
        status,
        headers,
        body: serde_json::from_str(&text).unwrap_or(Value::String(text)),
    }
}

fn in_words(command: Command) -> (String, Option<CommandReply>) {
    match command {
        Command::Pause(answer) => ("pause".to_owned(), Some(answer)),
        Command::Resume(answer) => ("resume".to_owned(), Some(answer)),
        Command::Reload(answer) => ("reload".to_owned(), Some(answer)),
        Command::Promote(answer) => ("promote".to_owned(), Some(answer)),
        Command::Rollback(kind, answer) => (format!("rollback {kind:?}"), Some(answer)),
        Command::Set(change, answer) => {
            let change = serde_json::to_string(&change).unwrap();
            (format!("set {change}"), Some(answer))
        }
        Command::Incident(command, answer) => (format!("incident {command:?}"), Some(answer)),
        Command::Edited(file, answer) => (format!("edited {file}"), Some(answer)),
        Command::Stop(_) => ("stop".to_owned(), None),
        other => (format!("{other:?}"), None),
    }
}
