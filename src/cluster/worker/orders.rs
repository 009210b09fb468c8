//! The orders of a run as a worker reads them. A consumer whose server is lost is made anew by its client, which takes up to half a
//! minute to notice; a beacon says at once which order is the last, so that a worker that lacks it reads anew from there.

use std::time::Duration;

use async_nats::jetstream::stream::Stream;

use crate::cluster::error::ClusterError;
use crate::cluster::nats::{Nats, Ordered};

/// An order that the server has is there within moments; one that has not come by then does not come this way.
const LATE: Duration = Duration::from_secs(3);

/// How long the server may take to begin anew.
const LIMIT: Duration = Duration::from_secs(1);

/// The orders of a run.
pub struct Orders {
    nats: Nats,
    stream: Stream,
    subject: String,
    messages: Ordered,
    /// The place of the last one in the stream.
    place: u64,
    /// Since when an order is missing.
    missing: Option<Duration>,
}

impl Orders {
    /// From the first on.
    ///
    /// # Errors
    /// When this user may not read them.
    pub async fn of(nats: &Nats, stream: &Stream, subject: String) -> Result<Self, ClusterError> {
        Ok(Self {
            messages: Ordered::after(nats, stream, subject.clone(), 0).await?,
            nats: nats.clone(),
            stream: stream.clone(),
            subject,
            place: 0,
            missing: None,
        })
    }

    /// The next one.
    pub async fn next(&mut self) -> Option<bytes::Bytes> {
        let (_, body, place) = self.messages.next().await?;
        self.place = place;
        self.missing = None;
        Some(body)
    }

    /// The server has orders up to number `last`, of which those up to `obeyed` have come.
    pub fn note(&mut self, last: u64, obeyed: u64, now: Duration) {
        self.missing = (last > obeyed).then(|| self.missing.unwrap_or(now));
    }

    /// Reads anew where an order has been missing for too long.
    pub async fn look(&mut self, now: Duration) {
        let is_late = |since: Duration| now.saturating_sub(since) >= LATE;
        if !self.missing.is_some_and(is_late) {
            return;
        }
        self.missing = None;
        let again = Ordered::after(&self.nats, &self.stream, self.subject.clone(), self.place);
        match tokio::time::timeout(LIMIT, again).await {
            Ok(Ok(messages)) => {
                tracing::info!("NATS: orders are read anew: one did not come in time");
                self.messages = messages;
            }
            Ok(Err(why)) => tracing::debug!("NATS: orders: {why}"),
            Err(_) => tracing::debug!("NATS: orders: no answer in time"),
        }
    }
}
