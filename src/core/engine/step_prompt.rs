//! A user that stops before its steps, and the person who looks at it then: these never leave the process.

use tokio::sync::{mpsc, oneshot};

/// Where the user stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StopAt {
    /// Before each step.
    EveryStep,
    /// Before the first step of this name.
    Step(String),
}

/// Where stops are sent.
#[derive(Debug, Clone)]
pub struct StepPrompt {
    pub at: StopAt,
    pub stops: mpsc::UnboundedSender<Stopped>,
}

/// The user has stopped. It goes on at [`Typed::Go`], or when `lines` is dropped.
#[derive(Debug)]
pub struct Stopped {
    pub place: Place,
    pub lines: mpsc::UnboundedSender<Typed>,
}

/// Where it has stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Before this step.
    BeforeStep(String),
    /// After the last one: the session is over, by this and perhaps why.
    SessionOver {
        result: &'static str,
        why: Option<String>,
    },
}

/// What is typed.
#[derive(Debug)]
pub enum Typed {
    /// A line of Lua, or several.
    Lua(String, oneshot::Sender<Said>),
    /// It goes on.
    Go(Go),
}

/// How a user goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Go {
    /// It stops before the next step.
    Step,
    /// It does not stop again.
    Continue,
    /// Its session ends here.
    Quit,
}

/// What came of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Its value, in words; none of a statement.
    Value(Option<String>),
    /// More lines belong to it.
    Incomplete,
    /// Why it has none.
    Error(String),
    /// The run is ending: the user takes nothing more.
    Ending,
}
