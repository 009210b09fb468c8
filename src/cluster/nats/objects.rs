//! Objects by their SHA-256: what is there is never sent again, and what comes is what was asked for.

use async_nats::jetstream::object_store::ObjectStore;
use tokio::io::AsyncReadExt as _;

use super::connect::Nats;
use crate::cluster::error::ClusterError;
use crate::cluster::wire::digest;

/// The objects of a server.
#[derive(Clone)]
pub struct Objects {
    nats: Nats,
    store: ObjectStore,
}

impl Objects {
    pub fn new(nats: Nats, store: ObjectStore) -> Self {
        Self { nats, store }
    }

    /// Puts bytes there; gives their SHA-256.
    ///
    /// # Errors
    /// When the server does not take them.
    pub async fn put(&self, bytes: &[u8]) -> Result<String, ClusterError> {
        let name = digest(bytes);
        if self.store.info(&name).await.is_ok() {
            return Ok(name);
        }
        let mut reader = bytes;
        let put = self.store.put(name.as_str(), &mut reader);
        self.nats.ask("object", put).await?;
        Ok(name)
    }

    /// Nobody needs the object of this SHA-256 any more. One that stays there goes with its age.
    pub async fn delete(&self, name: &str) {
        if let Err(why) = self.store.delete(name).await {
            tracing::debug!("NATS: object {name}: {why}");
        }
    }

    /// The object of this SHA-256.
    ///
    /// # Errors
    /// When it is not there, or is another.
    pub async fn get(&self, name: &str) -> Result<Vec<u8>, ClusterError> {
        let what = format!("object {name}");
        let mut object = self.nats.ask(&what, self.store.get(name)).await?;
        let mut bytes = Vec::new();
        let read = object.read_to_end(&mut bytes);
        self.nats.ask(&what, read).await?;
        match digest(&bytes) {
            is if is == name => Ok(bytes),
            is => Err(ClusterError::failed(&what, format!("has the digest {is}"))),
        }
    }
}
