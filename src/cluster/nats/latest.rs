//! What a bucket holds as the server that leads it knows it: a direct read may be answered by one that is behind.

use async_nats::jetstream::kv::Store;
use async_nats::jetstream::stream::LastRawMessageErrorKind;

use super::connect::Nats;
use crate::cluster::error::ClusterError;

/// A value of a bucket.
pub struct Latest {
    pub value: bytes::Bytes,
    pub revision: u64,
    /// When the server took it, in nanoseconds since 1970 by its own clock.
    pub taken_ns: i128,
}

/// The value of a key; none where it has none.
///
/// # Errors
/// When the server does not answer, or does not allow it.
pub async fn latest(
    nats: &Nats,
    bucket: &Store,
    key: &str,
) -> Result<Option<Latest>, ClusterError> {
    let subject = format!("{}{key}", bucket.prefix);
    let asked = async {
        match bucket
            .stream
            .get_last_raw_message_by_subject(&subject)
            .await
        {
            Ok(message) => Ok(Some(message)),
            Err(none) if none.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
            Err(why) => Err(why),
        }
    };
    let found = nats.ask("key of a bucket", asked).await?;
    // A deletion is a message, too.
    let found = found.filter(|message| message.headers.get("KV-Operation").is_none());
    Ok(found.map(|message| Latest {
        value: message.payload,
        revision: message.sequence,
        taken_ns: message.time.unix_timestamp_nanos(),
    }))
}
