//! The events of a session: plain data that can go to another process. Times are seconds.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Something that happened in a session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Since the session began.
    pub at: f64,
    /// What it was.
    #[serde(flatten)]
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum What {
    /// The session began, or it was under way when the recording did.
    SessionBegan(SessionBegan),
    /// `on_start`, a step or `on_stop` begins.
    StepBegan(StepBegan),
    /// It is over.
    StepEnded(StepEnded),
    /// A request has ended, with or without a response.
    Call(Box<Call>),
    /// The script judged the response of a call to be a failure.
    Judged {
        /// The number of the call.
        call: u32,
        /// The reason that the script gives.
        why: String,
    },
    /// A call waits before it is sent again.
    Retry {
        /// Which retry of the call it will be, from 1.
        attempt: u8,
        /// How long it waits.
        seconds: f64,
    },
    /// The script wrote a line.
    Log(LogLine),
    /// `metrics.check`.
    Check(Check),
    /// The user thinks for so long.
    Think {
        /// How long, unless it is interrupted.
        seconds: f64,
        /// Whether it is the pause between two steps, rather than a call of `think`.
        is_between_steps: bool,
    },
    /// The script raised an error.
    Error(ScriptError),
    /// The user stopped, so that it can be looked at.
    Stopped {
        /// Before this step; none: after its session.
        before: Option<String>,
    },
    /// A line was typed while it stood still.
    Typed {
        line: String,
        /// What came of it, if anything.
        said: Option<String>,
        /// Whether it failed.
        failed: bool,
    },
    /// The session is over.
    SessionEnded(SessionEnded),
    /// The user left before it began a session.
    Gone { why: String },
    /// Events that were not kept, since the reader is too slow.
    Omitted {
        /// How many.
        events: u64,
    },
}

/// Who begins a session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionBegan {
    /// The user's number in the run.
    pub user: u64,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Which session of the user it is, from 1.
    pub session: u32,
    /// The version of the script.
    pub version: u32,
    /// Whether it had begun before the recording did.
    pub is_under_way: bool,
    /// `user.state`, where it is known.
    pub state: Value,
}

/// What kind of step it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// `on_start`.
    Start,
    /// A step.
    Step,
    /// `on_stop`.
    Stop,
    /// `setup` or `teardown` of `_crowd.lua`, which is of the run rather than of the user.
    Crowd,
}

/// A step that begins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepBegan {
    /// Which one it is, from 1; the same at its end.
    pub step: u32,
    pub phase: Phase,
    pub name: String,
    /// `user.state` before it.
    pub state: Value,
}

/// A step that is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepEnded {
    /// Which one it is, from 1.
    pub step: u32,
    pub name: String,
    /// `ok`, `failed`, `error` or `cancelled`.
    pub result: String,
    /// Why the session cannot go on, where the script says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// How long it took, with its pauses.
    pub seconds: f64,
    /// `user.state` after it.
    pub state: Value,
}

/// How a request came about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// By a call of the script.
    #[default]
    Call,
    /// By a redirect of the one before.
    Redirect,
    /// As a retry of the one before.
    Retry,
    /// Once more, since the one before asked for another signature.
    Challenge,
}

/// A request and its response.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Which one of the session it is, from 1.
    pub number: u32,
    /// When it was begun, since the session's beginning.
    pub began: f64,
    /// From then to its end.
    pub seconds: f64,
    /// The phases that it had: `blocked`, `dns`, `connect`, `tls`, `wait`, `receive`.
    pub phases: Vec<(String, f64)>,
    pub via: Via,
    pub method: String,
    pub url: String,
    /// The name under which it is counted.
    pub name: String,
    pub request: Message,
    /// The status of the response; none without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<Message>,
    /// How it is counted: `ok`, `expected`, `unexpected`, `error` or `cancelled`.
    pub outcome: String,
    /// Why there is no response that is of use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<CallError>,
    /// File and line of the call in its script.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The id of its trace, where the run is traced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// As a command that repeats it, with secrets masked.
    pub curl: String,
}

/// Headers and a body, with secrets masked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub headers: Vec<(String, String)>,
    pub body: Body,
}

/// A body.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Body {
    /// As text; one that is no text is described in it.
    pub text: String,
    /// How long all of it is.
    pub bytes: u64,
    /// Whether the text is its beginning only.
    pub is_cut: bool,
}

/// Why a call has no response that is of use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallError {
    /// `dns`, `connect`, `timeout`, ...
    pub kind: String,
    pub message: String,
}

/// A line that a script wrote.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogLine {
    /// `debug`, `info`, `warn` or `error`.
    pub level: String,
    pub text: String,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    pub name: String,
    pub passed: bool,
}

/// An error of a script.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScriptError {
    /// File and line.
    pub place: String,
    pub message: String,
    pub traceback: Vec<String>,
}

/// How a session ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionEnded {
    /// `completed`, `failed` or `interrupted`.
    pub result: String,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Requests that it made.
    pub requests: u32,
}
