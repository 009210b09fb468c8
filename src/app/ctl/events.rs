//! Server-sent events of a run, over a connection that may be lost.

use std::time::Duration;

use reqwest::{Client, Response, StatusCode};

use super::client::{PATIENCE, RunClient};
use super::show;
use crate::app::process::exit::Failure;

/// Longest silence: the run says something each second, and its log at least every five.
const SILENCE: Duration = Duration::from_secs(15);
/// Before the connection is made again.
const RETRY: Duration = Duration::from_secs(1);
/// Bytes of one event: the first of the feed has the whole history.
const LONGEST: usize = 64 << 20;

/// One event.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Event {
    pub name: String,
    pub id: Option<String>,
    pub data: String,
}

/// A stream of events.
pub struct Events<'a> {
    run: &'a RunClient,
    path: String,
    client: Client,
    response: Response,
    /// What came and is no whole event yet.
    waiting: Vec<u8>,
    /// The id of the last event, with which a stream is taken up again.
    last: Option<String>,
    /// Whether an event came since the connection was made.
    is_alive: bool,
}

/// Why there is no next piece.
enum Lost {
    /// The connection, or nothing came for too long.
    Connection,
    /// More than an event can have.
    TooLong,
}

impl<'a> Events<'a> {
    /// Connects.
    ///
    /// # Errors
    /// When the run cannot be reached, or refuses.
    pub async fn open(run: &'a RunClient, path: String) -> Result<Self, Failure> {
        let client = Client::builder()
            .no_proxy()
            .connect_timeout(PATIENCE)
            .read_timeout(SILENCE)
            .build()
            .map_err(anyhow::Error::from)?;
        let response = connect(run, &client, &path, None).await?;
        Ok(Self {
            run,
            path,
            client,
            response,
            waiting: Vec::new(),
            last: None,
            is_alive: false,
        })
    }

    /// The next event; none after `end`. A connection that is lost is made again, once.
    ///
    /// # Errors
    /// When it is lost again before an event came, or cannot be made.
    pub async fn next(&mut self) -> Result<Option<Event>, Failure> {
        loop {
            if let Some(event) = take(&mut self.waiting) {
                self.is_alive = true;
                if event.id.is_some() {
                    self.last.clone_from(&event.id);
                }
                return Ok((event.name != "end").then_some(event));
            }
            match self.more().await {
                Ok(()) => {}
                Err(Lost::TooLong) => {
                    return Err(Failure::Run(format!(
                        "{} sends something that is not an event of a throng run",
                        self.run.run.base
                    )));
                }
                Err(Lost::Connection) if self.is_alive => self.connect_again().await?,
                Err(Lost::Connection) => return Err(self.lost()),
            }
        }
    }

    async fn more(&mut self) -> Result<(), Lost> {
        match self.response.chunk().await {
            Ok(Some(bytes)) if self.waiting.len() + bytes.len() <= LONGEST => {
                self.waiting.extend_from_slice(&bytes);
                Ok(())
            }
            Ok(Some(_)) => Err(Lost::TooLong),
            Ok(None) | Err(_) => Err(Lost::Connection),
        }
    }

    async fn connect_again(&mut self) -> Result<(), Failure> {
        tokio::time::sleep(RETRY).await;
        let last = self.last.as_deref();
        let response = connect(self.run, &self.client, &self.path, last).await;
        self.response = response.map_err(|_| self.lost())?;
        self.waiting.clear();
        self.is_alive = false;
        Ok(())
    }

    fn lost(&self) -> Failure {
        Failure::Run(format!(
            "the connection to {} was lost, and it cannot be made again; the run was probably killed",
            self.run.run.base
        ))
    }
}

async fn connect(
    run: &RunClient,
    client: &Client,
    path: &str,
    last: Option<&str>,
) -> Result<Response, Failure> {
    let mut request = run.request(client.get(run.url(path)));
    if let Some(last) = last {
        request = request.header("Last-Event-ID", last);
    }
    let response = request.send().await.map_err(|why| run.silent(&why))?;
    let status = response.status();
    if status == StatusCode::OK {
        return Ok(response);
    }
    let text = response.text().await.map_err(|why| run.silent(&why))?;
    let why = run.not_done(status, &text)?;
    Err(Failure::Run(show::trouble(&why).trim_end().to_owned()))
}

/// The first whole event of what came, taken out of it. Comments are none.
fn take(waiting: &mut Vec<u8>) -> Option<Event> {
    loop {
        let end = memchr::memmem::find(waiting, b"\n\n")?;
        let rest = waiting.split_off(end + 2);
        let block = std::mem::replace(waiting, rest);
        let block = String::from_utf8_lossy(&block);
        let mut event = Event::default();
        for line in block.lines() {
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "event" => value.clone_into(&mut event.name),
                "id" => event.id = Some(value.to_owned()),
                "data" => event.data.push_str(value),
                _ => {}
            }
        }
        if event != Event::default() {
            return Some(event);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_taken_whole_and_comments_left_out() {
        let mut waiting =
            b": nothing new\n\nevent: log\nid: 7\ndata: {\"a\":1}\n\nevent: end\nda".to_vec();
        let event = take(&mut waiting);
        let expected = Event {
            name: "log".to_owned(),
            id: Some("7".to_owned()),
            data: "{\"a\":1}".to_owned(),
        };
        assert_eq!(event, Some(expected));
        assert_eq!(take(&mut waiting), None);
        waiting.extend_from_slice(b"ta: {}\n\n");
        assert_eq!(
            take(&mut waiting).map(|event| event.name),
            Some("end".to_owned())
        );
        assert!(waiting.is_empty());
    }
}
