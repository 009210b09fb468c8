//! What waits to be delivered: bounded in bytes, and what is oldest goes first where there is no room.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use bytes::Bytes;
use tokio::sync::Notify;

use crate::view::OutputReporter;

/// Bytes that wait at most, as they are sent: minutes of a run's metrics.
const MAX_WAITING_BYTES: usize = 16 << 20;

/// The body of one request.
#[derive(Clone, Debug)]
pub struct Message {
    pub body: Bytes,
    /// How many samples, data points or spans it has.
    pub items: u64,
}

/// The messages of one output.
pub struct Queue {
    messages: RefCell<VecDeque<Message>>,
    bytes: Cell<usize>,
    /// Items of the message that is being delivered.
    under_way: Cell<u64>,
    is_closed: Cell<bool>,
    changed: Notify,
    closed: Notify,
    reporter: OutputReporter,
}

impl Queue {
    pub fn new(reporter: OutputReporter) -> Self {
        Self {
            messages: RefCell::default(),
            bytes: Cell::new(0),
            under_way: Cell::new(0),
            is_closed: Cell::new(false),
            changed: Notify::new(),
            closed: Notify::new(),
            reporter,
        }
    }

    /// Receives the state of the output.
    pub fn reporter(&self) -> &OutputReporter {
        &self.reporter
    }

    /// Adds a message; the oldest ones are dropped until there is room for it.
    pub fn push(&self, message: Message) {
        let mut messages = self.messages.borrow_mut();
        let mut dropped = 0;
        while self.bytes.get() + message.body.len() > MAX_WAITING_BYTES {
            let Some(oldest) = messages.pop_front() else {
                break;
            };
            self.bytes.set(self.bytes.get() - oldest.body.len());
            dropped += oldest.items;
        }
        self.bytes.set(self.bytes.get() + message.body.len());
        messages.push_back(message);
        drop(messages);
        if dropped > 0 {
            let status = self.reporter.status();
            let why = status
                .error
                .as_deref()
                .unwrap_or("the receiver is too slow");
            if self.reporter.dropped(dropped, why) {
                tracing::warn!(
                    "{}: more waits than there is room for, so that the oldest {} are dropped: {why}",
                    status.title(),
                    status.items()
                );
            }
        }
        self.changed.notify_one();
    }

    /// No more will come.
    pub fn close(&self) {
        self.is_closed.set(true);
        self.changed.notify_one();
        self.closed.notify_one();
    }

    /// The next message; none once the last one was taken.
    pub async fn next(&self) -> Option<Message> {
        loop {
            let first = self.messages.borrow_mut().pop_front();
            if let Some(message) = first {
                self.bytes.set(self.bytes.get() - message.body.len());
                self.under_way.set(message.items);
                return Some(message);
            }
            if self.is_closed.get() {
                return None;
            }
            self.changed.notified().await;
        }
    }

    /// The message that was taken last is delivered, or refused.
    pub fn settle(&self) {
        self.under_way.set(0);
    }

    /// Ends once no more will come: what waits for a better moment may try again at once.
    pub async fn until_closed(&self) {
        self.closed.notified().await;
    }

    /// Gives up what was not delivered; how many items that is.
    pub fn abandon(&self) -> u64 {
        let messages = self.messages.borrow_mut().split_off(0);
        self.bytes.set(0);
        let waiting: u64 = messages.iter().map(|message| message.items).sum();
        waiting + self.under_way.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::OutputStatuses;

    fn message(bytes: usize, items: u64) -> Message {
        Message {
            body: Bytes::from(vec![0; bytes]),
            items,
        }
    }

    #[tokio::test]
    async fn the_oldest_are_dropped_and_counted_where_there_is_no_room() {
        let statuses = OutputStatuses::default();
        let queue = Queue::new(statuses.add("remote_write", "samples", "http://x/"));
        queue.push(message(MAX_WAITING_BYTES / 2, 1));
        queue.push(message(MAX_WAITING_BYTES / 2, 2));
        assert_eq!(statuses.read()[0].dropped, 0);
        queue.push(message(1, 4));
        assert_eq!(statuses.read()[0].dropped, 1);
        queue.close();
        let mut left = Vec::new();
        while let Some(message) = queue.next().await {
            left.push(message.items);
            queue.settle();
        }
        assert_eq!(left, [2, 4]);
        assert_eq!(queue.bytes.get(), 0);
    }

    #[tokio::test]
    async fn what_is_given_up_includes_what_is_under_way() {
        let queue = Queue::new(OutputStatuses::default().add("otlp", "spans", "http://x/"));
        for items in [1, 2, 4] {
            queue.push(message(10, items));
        }
        queue.next().await;
        assert_eq!(queue.abandon(), 7);
        assert_eq!(queue.abandon(), 0);
    }
}
