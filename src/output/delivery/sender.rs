//! Sends the messages of a queue, one after the other, with the retries of Prometheus' remote write: what may succeed
//! later is repeated for as long as the run goes on, after waits that double from 30 ms to 5 s or that the receiver
//! asks for by `Retry-After`; what is refused is dropped.

use std::rc::Rc;
use std::time::{Duration, SystemTime};

use super::queue::{Message, Queue};
use crate::http::{Client, Failure, Headers, Method, Origin, Request, Response, retry_after};
use crate::text;

/// The waits between attempts: those of Prometheus (`min_backoff`, `max_backoff`).
const MIN_BACKOFF: Duration = Duration::from_millis(30);
const MAX_BACKOFF: Duration = Duration::from_secs(5);
/// The longest wait that a receiver may ask for.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(60);
/// How much of a refusal is shown.
const SHOWN: usize = 200;

/// What a receiver made of a message.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// It was taken, except for so many items, and why.
    Taken(u64, Option<String>),
    /// It is not to be sent again.
    Refused(String),
    /// It may be sent again, after so long.
    Later(String, Option<Duration>),
}

/// Delivers the messages of one queue to one place.
pub struct Sender {
    pub client: Client,
    pub origin: Rc<Origin>,
    /// Path and query.
    pub target: String,
    pub headers: Headers,
    pub queue: Rc<Queue>,
    /// How an answer is read.
    pub judge: fn(&Response) -> Answer,
}

impl Sender {
    /// Delivers until the queue is closed and empty.
    pub async fn run(self) {
        while let Some(message) = self.queue.next().await {
            self.deliver(&message).await;
            self.queue.settle();
        }
    }

    async fn deliver(&self, message: &Message) {
        let mut backoff = MIN_BACKOFF;
        loop {
            let answer = match self.client.send(&self.request(message)).await {
                Ok(response) => (self.judge)(&response),
                Err(failure) => unreachable(&failure),
            };
            let reporter = self.queue.reporter();
            match answer {
                Answer::Taken(rejected, why) => {
                    if reporter.sent(message.items.saturating_sub(rejected)) {
                        let status = reporter.status();
                        tracing::info!("{} works again", status.title());
                    }
                    self.say_rejected(rejected, why);
                    return;
                }
                Answer::Refused(why) => {
                    if reporter.dropped(message.items, &why) {
                        let status = reporter.status();
                        tracing::warn!(
                            "{}: {} are refused and dropped: {why}",
                            status.title(),
                            status.items()
                        );
                    }
                    return;
                }
                Answer::Later(why, wait) => {
                    if reporter.failed(&why) {
                        let status = reporter.status();
                        tracing::warn!("{} fails and is tried again: {why}", status.title());
                    }
                    match wait {
                        Some(wait) => {
                            tokio::time::sleep(wait.clamp(backoff, MAX_RETRY_AFTER)).await
                        }
                        // Nobody asked for this one: at the end there is no time to lose.
                        None => tokio::select! {
                            () = tokio::time::sleep(backoff) => {}
                            () = self.queue.until_closed() => {}
                        },
                    }
                    backoff = (backoff * 2).min(MAX_BACKOFF);
                }
            }
        }
    }

    /// A receiver may take a message and say of some of its items that it does not take them.
    fn say_rejected(&self, rejected: u64, why: Option<String>) {
        let reporter = self.queue.reporter();
        let Some(why) = why else { return };
        let is_new = reporter.status().error.as_ref() != Some(&why);
        reporter.dropped(rejected, &why);
        if is_new {
            let status = reporter.status();
            tracing::warn!(
                "{}: {rejected} {} were rejected: {why}",
                status.title(),
                status.items()
            );
        }
    }

    fn request(&self, message: &Message) -> Request {
        let origin = Rc::clone(&self.origin);
        let mut request = Request::new(Method::POST, origin, self.target.clone());
        request.headers = self.headers.clone();
        request.body = message.body.clone();
        request
    }
}

/// What a status means, where the receiver's protocol names these as worth another attempt.
pub fn answer_of_status(
    response: &Response,
    is_worth_retrying: fn(u16) -> bool,
    words: Option<String>,
) -> Answer {
    let status = response.status;
    if (200..300).contains(&status) {
        return Answer::Taken(0, None);
    }
    let why = match (status, response.headers.get_str("location")) {
        (300..400, Some(place)) => {
            let place = place.split('?').next().unwrap_or_default();
            format!("status {status}, a redirect to {place}, which is not followed; give that URL")
        }
        _ => match words.unwrap_or_else(|| first_line(&response.body)) {
            words if words.is_empty() => format!("status {status}"),
            words => format!("status {status}: {words}"),
        },
    };
    let why = text::line(&why).into_owned();
    if is_worth_retrying(status) {
        return Answer::Later(why, retry_after(&response.headers, SystemTime::now()));
    }
    Answer::Refused(why)
}

fn first_line(body: &[u8]) -> String {
    let body = String::from_utf8_lossy(body);
    let line = body.trim().lines().next().unwrap_or_default();
    line.chars().take(SHOWN).collect()
}

fn unreachable(failure: &Failure) -> Answer {
    Answer::Later(text::line(&failure.message).into_owned(), None)
}
