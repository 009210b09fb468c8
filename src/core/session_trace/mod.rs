//! What one session of one user did, event by event.
//!
//! In: events as they happen, with secrets masked by those who tell them. Out: events with the time since the session's
//! beginning, for its readers; a whole trace as plain data; how a state differs from the one before.
//! Must never know: who follows, how it is shown, Lua, the network.

mod diff;
mod event;
mod joined;
mod recorder;
mod trace;

pub use diff::{Change, differences};
pub use event::{
    Body, Call, CallError, Check, Event, LogLine, Message, Phase, ScriptError, SessionBegan,
    SessionEnded, StepBegan, StepEnded, Via, What,
};
pub use joined::Joined;
pub use recorder::{Limits, Recorder, Sink};
pub use trace::{Totals, Trace};
