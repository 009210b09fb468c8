//! Answers who this worker is and what it does, whenever somebody asks.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::StreamExt as _;

use super::options::WorkerOptions;
use crate::cluster::error::ClusterError;
use crate::cluster::nats::Nats;
use crate::cluster::records::{PROTOCOL, Presence, WHO, Work};

/// What a worker says of itself.
pub struct RollCall(Arc<Mutex<Presence>>);

impl RollCall {
    /// Answers from now on, in a task of its own: a worker answers during a run too.
    ///
    /// # Errors
    /// When this user may not hear who asks.
    pub async fn open(nats: &Nats, options: &WorkerOptions) -> Result<Self, ClusterError> {
        let subscribe = nats.client.subscribe(WHO);
        let mut asked = nats.ask("subscription", subscribe).await?;
        let presence = Arc::new(Mutex::new(Presence {
            v: PROTOCOL,
            name: options.name.clone(),
            host: options.host.clone(),
            version: options.version.clone(),
            threads: options.threads,
            work: None,
        }));
        let (client, says) = (nats.client.clone(), Arc::clone(&presence));
        tokio::spawn(async move {
            while let Some(message) = asked.next().await {
                let words = {
                    let says = says.lock().unwrap_or_else(PoisonError::into_inner);
                    serde_json::to_vec(&*says)
                };
                if let (Some(to), Ok(words)) = (message.reply, words) {
                    let _ = client.publish(to, words.into()).await;
                }
            }
        });
        Ok(Self(presence))
    }

    /// What it does from now on.
    pub fn says(&self, work: Option<Work>) {
        let mut presence = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        presence.work = work;
    }
}
