//! Pending commands: those that wait for the reader of the script folders, and replies that wait for a snapshot.

use std::collections::BTreeMap;

use tokio::sync::mpsc;

use crate::engine::command::{Command, CommandReply, Done, Initiator, Refused};
use crate::engine::release::SavedFile;
use crate::script::LoaderRequest;

/// Reaches the reader of the script folders.
pub type Reader = Box<dyn Fn(LoaderRequest) + Send>;

/// Commands that are not obeyed or not answered yet.
pub struct PendingCommands {
    commands: mpsc::UnboundedReceiver<Command>,
    reader: Option<Reader>,
    last_number: u64,
    /// They wait for the reader, by the number of their question.
    asked: BTreeMap<u64, (CommandReply, Option<SavedFile>)>,
    /// They wait until everyone can see what they say.
    replies: Vec<(CommandReply, Result<Done, Refused>)>,
}

impl PendingCommands {
    /// None yet; without a reader, scripts cannot be read again.
    pub fn new(commands: mpsc::UnboundedReceiver<Command>, reader: Option<Reader>) -> Self {
        Self {
            commands,
            reader,
            last_number: 0,
            asked: BTreeMap::new(),
            replies: Vec::new(),
        }
    }

    /// The next command; none once nobody is left who could give one.
    pub async fn next(&mut self) -> Option<Command> {
        self.commands.recv().await
    }

    /// Whether the script folders can be read again.
    pub fn has_reader(&self) -> bool {
        self.reader.is_some()
    }

    /// Asks the reader to look at the folders; the answer waits for what it offers.
    pub fn ask_reader(&mut self, reply: CommandReply, saved: Option<SavedFile>) {
        let Some(reader) = &self.reader else { return };
        self.last_number += 1;
        self.asked.insert(self.last_number, (reply, saved));
        reader(LoaderRequest::Reload(self.last_number));
    }

    /// Who made the reader look: who asked the question with this number, or who saved a file.
    pub fn asked_by(&self, number: Option<u64>) -> Initiator {
        let asked = number.and_then(|number| self.asked.get(&number));
        asked.map_or(Initiator::Files, |(reply, _)| reply.by)
    }

    /// The question with this number, if it is one, which waits no longer.
    pub fn take_asked(&mut self, number: Option<u64>) -> Option<(CommandReply, Option<SavedFile>)> {
        self.asked.remove(&number?)
    }

    /// An answer for after the next snapshot.
    pub fn reply(&mut self, reply: CommandReply, said: Result<Done, Refused>) {
        self.replies.push((reply, said));
    }

    /// Everyone can see it now: sends the answers.
    pub fn send_replies(&mut self) {
        for (reply, said) in self.replies.drain(..) {
            reply.send(said);
        }
    }
}
