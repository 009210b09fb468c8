//! Messages of streams: published once and in order, read in order.

use std::time::{Duration, Instant};

use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::consumer::push;
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::{LastRawMessageErrorKind, Stream};

use super::connect::Nats;
use crate::cluster::error::ClusterError;

/// How often what was taken is removed from a stream.
const REMOVE: Duration = Duration::from_secs(30);

/// When nothing comes for so long, what was taken is removed too: a stream that is full takes nothing.
const IDLE: Duration = Duration::from_secs(3);

/// How long to wait before it is tried again.
const AGAIN: Duration = Duration::from_millis(250);

/// Publishes messages on one subject, one at a time: each says which one it follows, so that the server takes none twice and
/// none out of turn.
pub struct Publisher {
    nats: Nats,
    stream: Stream,
    subject: String,
    /// The place of the last one in the stream.
    last: u64,
}

impl Publisher {
    /// Goes on where somebody else published before; gives the id of the last message, too, where one is left.
    ///
    /// # Errors
    /// When the server does not answer, or does not allow it.
    pub async fn resume(
        nats: Nats,
        stream: Stream,
        subject: String,
    ) -> Result<(Self, Option<String>), ClusterError> {
        let asked = async {
            match stream.get_last_raw_message_by_subject(&subject).await {
                Ok(message) => Ok(Some(message)),
                Err(none) if none.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
                Err(why) => Err(why),
            }
        };
        let last = nats.ask("last message", asked).await?;
        let id = last
            .as_ref()
            .and_then(|last| last.headers.get("Nats-Msg-Id"));
        let id = id.map(|id| id.as_str().to_owned());
        let last = last.map_or(0, |last| last.sequence);
        let publisher = Self {
            last,
            ..Self::new(nats, stream, subject)
        };
        Ok((publisher, id))
    }

    pub fn new(nats: Nats, stream: Stream, subject: String) -> Self {
        Self {
            nats,
            stream,
            subject,
            last: 0,
        }
    }

    /// Publishes a message with this id until the server has it; a server that cannot be reached is tried again.
    ///
    /// # Errors
    /// When the server denies it, or somebody else published here.
    pub async fn publish(&mut self, id: &str, body: Vec<u8>) -> Result<(), ClusterError> {
        let body = bytes::Bytes::from(body);
        loop {
            let message = PublishMessage::build()
                .message_id(id)
                .expected_last_subject_sequence(self.last)
                .payload(body.clone());
            let sent = async {
                let ack = self.nats.js.send_publish(self.subject.clone(), message);
                ack.await?.await
            };
            let mut refused = None;
            let sent = async { sent.await.inspect_err(|why| refused = Some(why.kind())) };
            match self.nats.ask("message", sent).await {
                Ok(ack) => {
                    self.last = ack.sequence;
                    return Ok(());
                }
                Err(denied @ ClusterError::Denied(_)) => return Err(denied),
                Err(why) if refused == Some(PublishErrorKind::MaxPayloadExceeded) => {
                    return Err(why);
                }
                Err(why) if refused == Some(PublishErrorKind::WrongLastSequence) => {
                    // It may be there already: its acknowledgement was lost.
                    let last = self.stream.get_last_raw_message_by_subject(&self.subject);
                    match last.await {
                        Ok(last) => {
                            let same = last.headers.get("Nats-Msg-Id");
                            if same.is_some_and(|same| same.as_str() == id) {
                                self.last = last.sequence;
                                return Ok(());
                            }
                            return Err(why);
                        }
                        // The one before has gone with its age, or was taken and removed.
                        Err(none) if none.kind() == LastRawMessageErrorKind::NoMessageFound => {
                            self.last = 0;
                        }
                        Err(why) => tracing::debug!("NATS: last message: {why}"),
                    }
                }
                Err(why) => tracing::debug!("{why}; it is tried again"),
            }
            tokio::time::sleep(AGAIN).await;
        }
    }
}

/// Messages of a stream in their order, from the first on.
pub struct Ordered {
    messages: push::Ordered,
    /// Where what was taken is removed.
    taken: Option<Taken>,
}

/// What was taken of a stream.
struct Taken {
    stream: Stream,
    filter: String,
    /// The place of the last one that is kept elsewhere.
    kept: u64,
    removed: Instant,
    /// The place up to which all was removed.
    removed_to: u64,
    /// When the last one came.
    came: Instant,
}

impl Ordered {
    /// Those with subjects like this, after this place of the stream.
    ///
    /// # Errors
    /// When this user may not read them.
    pub async fn after(
        nats: &Nats,
        stream: &Stream,
        filter: String,
        place: u64,
    ) -> Result<Self, ClusterError> {
        let start_sequence = place + 1;
        let from = DeliverPolicy::ByStartSequence { start_sequence };
        Self::from(nats, stream, filter, from).await
    }

    async fn from(
        nats: &Nats,
        stream: &Stream,
        filter: String,
        deliver_policy: DeliverPolicy,
    ) -> Result<Self, ClusterError> {
        let config = push::OrderedConfig {
            deliver_subject: nats.client.new_inbox(),
            filter_subject: filter,
            deliver_policy,
            ..Default::default()
        };
        let consumer = nats.ask("consumer", stream.create_consumer(config)).await?;
        let messages = nats.ask("messages", consumer.messages()).await?;
        Ok(Self {
            messages,
            taken: None,
        })
    }

    /// Those from this place on; now and then what is [kept](Self::kept) elsewhere is removed from the stream: it has a
    /// size, and who reads alone needs it no more.
    ///
    /// # Errors
    /// As [`after`](Self::after).
    pub async fn once(
        nats: &Nats,
        stream: &Stream,
        filter: String,
        first: u64,
    ) -> Result<Self, ClusterError> {
        let taken = Taken {
            stream: stream.clone(),
            filter: filter.clone(),
            kept: 0,
            removed: Instant::now(),
            removed_to: 0,
            came: Instant::now(),
        };
        let all = Self::after(nats, stream, filter, first.saturating_sub(1)).await?;
        Ok(Self {
            taken: Some(taken),
            ..all
        })
    }

    /// Recreates the consumer, after this place.
    ///
    /// # Errors
    /// As [`after`](Self::after).
    pub async fn reopen(&mut self, nats: &Nats, place: u64) -> Result<(), ClusterError> {
        if let Some(taken) = &self.taken {
            let again = Self::after(nats, &taken.stream, taken.filter.clone(), place).await?;
            self.messages = again.messages;
            tracing::info!("NATS: results are overdue: their consumer is recreated");
        }
        Ok(())
    }

    /// Everything up to this place is kept elsewhere.
    pub fn kept(&mut self, sequence: u64) {
        if let Some(taken) = &mut self.taken {
            taken.kept = taken.kept.max(sequence);
        }
    }

    /// The next one: its subject, its body and its place. What fails on the way is tried again.
    pub async fn next(&mut self) -> Option<(String, bytes::Bytes, u64)> {
        use futures_util::StreamExt as _;
        loop {
            // Before a message is in hand: whoever waits for the next one may do something else meanwhile, and it would be lost.
            if let Some(taken) = &mut self.taken {
                taken.remove().await;
            }
            let next = self.messages.next();
            let next = match &mut self.taken {
                Some(taken) if taken.is_left() => {
                    let idle = tokio::time::Instant::from_std(taken.came + IDLE);
                    match tokio::time::timeout_at(idle, next).await {
                        Ok(next) => next,
                        Err(_) => {
                            taken.remove_all().await;
                            continue;
                        }
                    }
                }
                _ => next.await,
            };
            match next? {
                Ok(message) => {
                    if let Some(taken) = &mut self.taken {
                        taken.came = Instant::now();
                    }
                    let place = message.info().map_or(0, |info| info.stream_sequence);
                    let (subject, body) = (message.subject.to_string(), message.payload.clone());
                    return Some((subject, body, place));
                }
                Err(why) => {
                    tracing::debug!("NATS: messages: {why}");
                    tokio::time::sleep(AGAIN).await;
                }
            }
        }
    }
}

impl Taken {
    /// Removes what is kept elsewhere, if it is time.
    async fn remove(&mut self) {
        if self.kept == 0 || self.removed.elapsed() < REMOVE {
            return;
        }
        self.remove_all().await;
    }

    /// Whether something that is kept elsewhere is still in the stream.
    fn is_left(&self) -> bool {
        self.kept > self.removed_to
    }

    /// Removes all that is kept elsewhere.
    async fn remove_all(&mut self) {
        self.removed_to = self.kept;
        self.remove_below(self.kept + 1).await;
    }

    async fn remove_below(&mut self, place: u64) {
        self.removed = Instant::now();
        let purge = self.stream.purge().sequence(place).filter(&self.filter);
        // Who may not do it, or cannot now, reads on all the same.
        if let Err(why) = purge.await {
            tracing::debug!("NATS: what was taken stays in the stream: {why}");
        }
    }
}
