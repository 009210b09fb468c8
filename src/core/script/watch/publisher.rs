//! Publishes the reader's events, and notes on what went wrong with the reader itself.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::reload_event::ReloadEvent;
use crate::script::diagnostic::Diagnostic;

pub struct Publisher {
    /// The folder that words are about.
    pub place: String,
    pub events: Box<dyn Fn(ReloadEvent) + Send>,
    /// Set when the run ends.
    pub stop: Arc<AtomicBool>,
}

impl Publisher {
    /// Says it, unless the run ends: then who asked learns that, and nobody else cares.
    pub fn publish(&self, event: ReloadEvent) {
        if !self.stop.load(Ordering::Relaxed) {
            return (self.events)(event);
        }
        let ticket = match event {
            ReloadEvent::Loaded(loaded) => loaded.ticket,
            ReloadEvent::Refused { ticket, .. } => ticket,
            ReloadEvent::Unread { ticket } | ReloadEvent::NoDescriptors { ticket } => Some(ticket),
            ReloadEvent::Note(_) => None,
        };
        if let Some(ticket) = ticket {
            (self.events)(ReloadEvent::Unread { ticket });
        }
    }

    /// Answers a question where nothing could be read.
    pub fn refuse(&self, words: &str, saved: Instant, ticket: u64) {
        self.publish(ReloadEvent::Refused {
            faults: vec![Diagnostic::at(&self.place, words)],
            saved,
            ticket: Some(ticket),
        });
    }

    /// A panic while it looked: the run goes on with what it has.
    pub fn report_panic(&self, panic: &(dyn Any + Send), asked: Option<u64>) {
        let why = panic.downcast_ref::<String>().map(String::as_str);
        let why = why.or(panic.downcast_ref::<&str>().copied());
        let words = format!(
            "could not be read: {}; the run continues unchanged, and the next change is tried again; please report this",
            why.unwrap_or("a panic without a message")
        );
        match asked {
            Some(ticket) => self.refuse(&words, Instant::now(), ticket),
            None => self.publish(ReloadEvent::Note(format!("{} {words}", self.place))),
        }
    }

    /// The system's watching cannot be had.
    pub fn complain(&self, why: &str, poll: Duration) {
        self.publish(ReloadEvent::Note(format!(
            "{} cannot be watched: {why}; it is looked at every {} s instead",
            self.place,
            poll.as_secs()
        )));
    }
}
