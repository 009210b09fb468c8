//! Commands that others give to a run under way, and the replies: these never leave the process.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::recording::{PastSession, Recorded};
use crate::plan::{Change, Fault};
use crate::script::ReloadEvent;
use crate::session_trace::Event;

/// From outside to the orchestrator.
#[derive(Debug)]
pub enum Command {
    /// End the run in order: users finish their requests and stop, what they made is cleaned up.
    Stop(Initiator),
    /// End the run at once.
    Abort,
    /// Begin no step, and stop the run's clock.
    Pause(CommandReply),
    /// Go on after a pause.
    Resume(CommandReply),
    /// Change settings.
    Set(Change, CommandReply),
    /// Look at the script folders now, also where their state was refused or rolled back before.
    Reload(CommandReply),
    /// Somebody saved this file: look at the script folders now.
    Edited(String, CommandReply),
    /// Back to the version before: of one type by its name, or of all that the last bundle changed. It ends a canary.
    Rollback(Option<String>, CommandReply),
    /// End the canary: all users move to the new version.
    Promote(CommandReply),
    /// Begin an incident of the plan now, or end it before its time.
    Incident(IncidentCommand, CommandReply),
    /// Record the session of a user from now on; its events go there.
    Record(Recorded, mpsc::Sender<Event>, CommandReply),
    /// One of the last sessions that are over and kept, from 1, the newest; it goes there at once.
    LastSession(Recorded, usize, oneshot::Sender<PastSession>, CommandReply),
    /// The reader of the script folders has something to say.
    ReloadEvent(ReloadEvent),
}

/// What is done to an incident, by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IncidentCommand {
    /// It holds for so long, or as long as the plan says.
    Begin(String, Option<Duration>),
    /// It is over.
    End(String),
}

/// Who does something to a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Initiator {
    /// The run itself: its stop rules, its breakers, its canaries.
    #[default]
    Run,
    /// Someone who saved a file.
    Files,
    /// Ctrl-C or SIGTERM.
    Signal,
    /// The live page.
    Page,
    /// `throng ctl`.
    Ctl,
    /// Any other client of the control API.
    Api,
    /// A key of the full-screen view.
    Terminal,
}

impl Initiator {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Files => "files",
            Self::Signal => "signal",
            Self::Page => "page",
            Self::Ctl => "ctl",
            Self::Api => "api",
            Self::Terminal => "terminal",
        }
    }
}

/// Where the reply to a command goes, and who gave the command; nobody need wait for it.
#[derive(Debug)]
pub struct CommandReply {
    pub by: Initiator,
    to: oneshot::Sender<Result<Done, Refused>>,
}

impl CommandReply {
    /// The reply to this one goes there.
    pub fn new(by: Initiator, to: oneshot::Sender<Result<Done, Refused>>) -> Self {
        Self { by, to }
    }

    /// Replies, if anybody waits.
    pub fn send(self, said: Result<Done, Refused>) {
        let _ = self.to.send(said);
    }
}

/// What was done, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done(pub String);

/// Why a command was not obeyed; nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It asks for what cannot be.
    #[error("{}", sentences(.0))]
    Invalid(Vec<Fault>),
    /// The scripts have faults: each place and cause.
    #[error("the scripts were refused: {}", places(.0))]
    Scripts(Vec<(String, String)>),
    /// Not now.
    #[error("{0}")]
    NotNow(String),
}

fn sentences(faults: &[Fault]) -> String {
    let all: Vec<String> = faults.iter().map(Fault::to_string).collect();
    all.join("; ")
}

fn places(faults: &[(String, String)]) -> String {
    let all: Vec<String> = faults
        .iter()
        .map(|(place, cause)| format!("{place}: {cause}"))
        .collect();
    all.join("; ")
}
