//! The orders of a run as a worker reads them. A beacon says which order is the last that the server has, so that a worker which
//! lacks it recreates its consumer.

use std::time::Duration;

use async_nats::jetstream::stream::Stream;

use crate::cluster::error::ClusterError;
use crate::cluster::nats::{Nats, Ordered};
use crate::cluster::overdue::Overdue;

/// How long the server may take to create a consumer.
const LIMIT: Duration = Duration::from_secs(1);

/// The orders of a run.
pub struct Orders {
    nats: Nats,
    stream: Stream,
    subject: String,
    messages: Ordered,
    /// The place of the last one in the stream.
    place: u64,
    /// The number of the last one that the server has, as far as is known.
    last: u64,
    overdue: Overdue,
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
            last: 0,
            overdue: Overdue::default(),
        })
    }

    /// The next one.
    pub async fn next(&mut self) -> Option<bytes::Bytes> {
        let (_, body, place) = self.messages.next().await?;
        self.place = place;
        self.overdue.came();
        Some(body)
    }

    /// The server has orders up to this number.
    pub fn note(&mut self, last: u64) {
        self.last = last;
    }

    /// Recreates the consumer where an order is overdue; those up to number `obeyed` have come.
    pub async fn look(&mut self, obeyed: u64, now: Duration) {
        if !self.overdue.look(self.last > obeyed, now) {
            return;
        }
        let again = Ordered::after(&self.nats, &self.stream, self.subject.clone(), self.place);
        match tokio::time::timeout(LIMIT, again).await {
            Ok(Ok(messages)) => {
                tracing::info!("NATS: an order is overdue: the consumer of orders is recreated");
                self.messages = messages;
            }
            Ok(Err(why)) => tracing::debug!("NATS: orders: {why}"),
            Err(_) => tracing::debug!("NATS: orders: no answer in time"),
        }
    }
}
