//! What a server needs that is started for one cluster: a key for who may use it, and the buckets and streams.

use super::error::ClusterError;
use super::nats::{Nats, Server, Stores};
use crate::clock::Clock;

/// A new nkey of a user.
pub struct Key {
    /// The secret half.
    pub seed: String,
    /// The half that the server knows.
    pub public: String,
}

impl Key {
    /// From the system's randomness.
    ///
    /// # Errors
    /// When there is none.
    pub fn new() -> Result<Self, ClusterError> {
        let pair = nkeys::KeyPair::new_user();
        let seed = pair.seed();
        let seed = seed.map_err(|why| ClusterError::failed("a new nkey", why))?;
        Ok(Self {
            seed,
            public: pair.public_key(),
        })
    }
}

/// Makes the buckets and streams, which else the first run would make: workers wait for runs once they are there.
///
/// # Errors
/// When the server cannot be reached, or has no JetStream.
pub async fn prepare(server: &Server, clock: Clock) -> Result<(), ClusterError> {
    let nats = Nats::connect(server, "throng cluster up", None).await?;
    Stores::make(&nats, server, clock).await.map(|_| ())
}
