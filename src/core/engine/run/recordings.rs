//! The recordings of a run: who follows them, and what of each was dropped.

use std::collections::BTreeMap;

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use super::last_sessions::LastSessions;
use crate::engine::command::CommandReply;
use crate::engine::recording::RecordingOrder;
use crate::request::Whose;
use crate::session_trace::{Event, Limits, What};

/// The recordings of a run.
#[derive(Default)]
pub(super) struct Recordings {
    /// The number of the last one.
    pub last: u64,
    /// Those that nobody asked for, and that are kept.
    pub kept: LastSessions,
    /// Where the trace of a run of one session goes.
    pub trace: Option<mpsc::Sender<Event>>,
    /// By their numbers.
    pub open: BTreeMap<u64, Recording>,
}

/// One that was asked for and is not over.
pub(super) struct Recording {
    pub whose: Whose,
    /// Who it is of, in words.
    pub name: String,
    /// The shards that are still to be asked.
    pub left: Vec<usize>,
    pub reply: Option<CommandReply>,
    pub to: mpsc::Sender<Event>,
    /// Events that were dropped since the last one that was taken.
    pub omitted: u64,
}

impl Recording {
    /// Passes an event on; false: nobody follows any more.
    pub fn pass(&mut self, event: Event) -> bool {
        if self.omitted > 0 {
            let events = self.omitted;
            let omitted = Event {
                at: event.at,
                what: What::Omitted { events },
            };
            match self.to.try_send(omitted) {
                Ok(()) => self.omitted = 0,
                Err(TrySendError::Closed(_)) => return false,
                Err(TrySendError::Full(_)) => {}
            }
        }
        match self.to.try_send(event) {
            Ok(()) => true,
            Err(TrySendError::Closed(_)) => false,
            Err(TrySendError::Full(_)) => {
                self.omitted += 1;
                true
            }
        }
    }
}

impl Recordings {
    /// The order by which the first session of the first shard is recorded.
    pub fn first(&mut self, to: mpsc::Sender<Event>) -> RecordingOrder {
        let whose = Whose::Anyone;
        self.trace = Some(to.clone());
        let id = self.begin(Recording {
            whose,
            name: "the first user".to_owned(),
            left: Vec::new(),
            reply: None,
            to,
            omitted: 0,
        });
        RecordingOrder {
            id,
            whose,
            limits: Limits::ALONE,
            waits: true,
        }
    }

    /// One more; gives its number.
    pub fn begin(&mut self, recording: Recording) -> u64 {
        self.last += 1;
        self.open.insert(self.last, recording);
        self.last
    }
}
