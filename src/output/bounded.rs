//! The way of records from the run to an output: it never blocks, and holds a bounded number of bytes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::mpsc;

use crate::metrics::Records;

/// Bytes of records that may wait for an output.
const MAX_WAITING_BYTES: usize = 64 << 20;

/// Where the run puts records.
#[derive(Clone)]
pub struct RecordSender {
    sender: mpsc::UnboundedSender<Arc<Records>>,
    waiting: Arc<AtomicUsize>,
}

/// Where an output takes them.
pub struct RecordReceiver {
    receiver: mpsc::UnboundedReceiver<Arc<Records>>,
    waiting: Arc<AtomicUsize>,
}

/// Both ends.
pub fn channel() -> (RecordSender, RecordReceiver) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let waiting = Arc::<AtomicUsize>::default();
    let sender = RecordSender {
        sender,
        waiting: Arc::clone(&waiting),
    };
    (sender, RecordReceiver { receiver, waiting })
}

impl RecordSender {
    /// Whether there was room for them, and somebody to take them.
    pub fn send(&self, records: &Arc<Records>) -> bool {
        let bytes = records.bytes();
        let before = self.waiting.fetch_add(bytes, Ordering::Relaxed);
        let fits = before + bytes <= MAX_WAITING_BYTES;
        let is_sent = fits && self.sender.send(Arc::clone(records)).is_ok();
        if !is_sent {
            self.waiting.fetch_sub(bytes, Ordering::Relaxed);
        }
        is_sent
    }
}

impl RecordReceiver {
    /// The next ones; none once no more will come.
    pub async fn next(&mut self) -> Option<Arc<Records>> {
        let records = self.receiver.recv().await?;
        self.waiting.fetch_sub(records.bytes(), Ordering::Relaxed);
        Some(records)
    }

    /// Takes no more than what is there already.
    pub fn close(&mut self) {
        self.receiver.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_refused_until_there_is_room_again() {
        let (sender, mut receiver) = channel();
        sender
            .waiting
            .store(MAX_WAITING_BYTES + 1, Ordering::Relaxed);
        assert!(!sender.send(&Arc::default()), "it is full");
        sender.waiting.store(0, Ordering::Relaxed);
        assert!(sender.send(&Arc::default()));
        receiver.close();
        assert!(!sender.send(&Arc::default()), "nobody takes it");
    }
}
