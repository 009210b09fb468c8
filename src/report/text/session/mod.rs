//! The trace of a session as lines, as its events come.

mod body;
mod lines;

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Ink, Paint};
use crate::session_trace::{
    Call, Change, Event, LogLine, Message, Phase, SessionBegan, SessionEnded, StepBegan, StepEnded,
    Totals, Via, What, differences,
};
use crate::text;
use crate::view::format;
use body::lines_of;
use lines::{Lines, MARGIN};

/// Lines of a body that are shown.
const LINES: usize = 4;
/// The same with `-v`.
const MANY_LINES: usize = 60;
/// JSON that is no longer is one line, also where there is room for more.
const WIDEST: usize = 120;
/// Letters of a value of a state.
const LONGEST_VALUE: usize = 60;
/// Changes of a state that are shown after a step.
const MOST_CHANGES: usize = 8;

/// What is shown, and how.
#[derive(Clone, Copy, Debug)]
pub struct SessionLook {
    pub paint: Paint,
    /// Columns; lines of bodies are cut there.
    pub width: usize,
    /// Whether headers and more of bodies are shown.
    pub is_verbose: bool,
    /// Whether each request is shown as a curl command.
    pub curl: bool,
}

/// Writes the events of one session.
pub struct SessionText {
    look: SessionLook,
    /// What comes before each path, without a slash at its end.
    target: String,
    totals: Totals,
    /// The states before the steps under way.
    states: BTreeMap<u32, Value>,
}

impl SessionText {
    /// Of a session whose requests go to this target.
    pub fn new(target: &str, look: SessionLook) -> Self {
        Self {
            look,
            target: target.trim_end_matches('/').to_owned(),
            totals: Totals::default(),
            states: BTreeMap::new(),
        }
    }

    /// An event as lines, each with a line break.
    pub fn lines(&mut self, event: &Event) -> String {
        self.totals.add(event);
        let mut lines = Lines::of(self.look.paint, self.look.width, event.at);
        match &event.what {
            What::SessionBegan(began) => self.began(&mut lines, began),
            What::StepBegan(step) => self.step_began(&mut lines, step),
            What::StepEnded(step) => self.step_ended(&mut lines, step),
            What::Call(call) => {
                if self.target.is_empty() {
                    // Nobody said where they go: mostly all go where the first one does.
                    origin(&call.url).clone_into(&mut self.target);
                }
                self.call(&mut lines, call);
            }
            What::Judged { call, why } => {
                let words = format!("call {call} is judged a failure by its script: {why}");
                lines.timed(2, &self.ink(Ink::Bad, &words));
            }
            What::Retry { attempt, seconds } => {
                let time = format::time(*seconds);
                lines.timed(
                    2,
                    &self.ink(Ink::Warning, &format!("retry {attempt} in {time}")),
                );
            }
            What::Log(line) => self.log(&mut lines, line),
            What::Check(check) => {
                let (ink, word) = match check.passed {
                    true => (Ink::Good, "passed"),
                    false => (Ink::Bad, "FAILED"),
                };
                let words = self.ink(ink, &format!("{}: {word}", check.name));
                lines.timed(2, &format!("check {words}"));
            }
            What::Think {
                seconds,
                is_between_steps,
            } => {
                let indent = if *is_between_steps { 0 } else { 2 };
                let words = format!("think {}", format::time(*seconds));
                lines.timed(indent, &self.ink(Ink::Dim, &words));
            }
            What::Error(error) => {
                let words = format!("error at {}: {}", error.place, error.message);
                lines.timed(2, &self.ink(Ink::Bad, &words));
                for line in &error.traceback {
                    lines.below(4, &self.ink(Ink::Dim, line));
                }
            }
            What::Typed { line, said, failed } => {
                if let Some(said) = said {
                    let ink = if *failed { Ink::Bad } else { Ink::Bold };
                    for line in said.lines() {
                        lines.text.push_str(&self.ink(ink, line));
                        lines.text.push('\n');
                    }
                }
                let _ = line;
            }
            What::Stopped { .. } => {}
            What::SessionEnded(ended) => self.ended(&mut lines, ended),
            What::Gone { why } => {
                lines.timed(
                    0,
                    &self.ink(Ink::Warning, &format!("the user is gone: {why}")),
                );
            }
            What::Omitted { events } => {
                let words = format!("{} events were not kept: they came too fast", events);
                lines.timed(0, &self.ink(Ink::Warning, &words));
            }
        }
        lines.text
    }

    /// The same from the beginning.
    pub fn again(&self) -> Self {
        Self::new(&self.target, self.look)
    }

    /// Its colours.
    pub fn paint(&self) -> Paint {
        self.look.paint
    }

    /// What the session adds up to.
    pub fn totals(&self) -> Totals {
        self.totals
    }

    fn ink(&self, ink: Ink, words: &str) -> String {
        self.look.paint.ink(ink, words)
    }

    fn began(&self, lines: &mut Lines, began: &SessionBegan) {
        let who = format!("{} #{}, session {}", began.kind, began.user, began.session);
        let rest = match began.is_under_way {
            true => format!(", under way for {}", format::time(lines.at)),
            false => String::new(),
        };
        let head = self.ink(Ink::Bold, &who);
        let against = match self.target.as_str() {
            "" => String::new(),
            target => format!(", against {}", text::line(target)),
        };
        lines.text.push_str(&format!(
            "{head}{rest}, version {} of its script{against}\n",
            began.version
        ));
    }

    fn step_began(&mut self, lines: &mut Lines, step: &StepBegan) {
        self.states.insert(step.step, step.state.clone());
        let name = match step.phase {
            Phase::Start | Phase::Stop => step.name.clone(),
            Phase::Step => format!("step {}", step.name),
            Phase::Crowd => format!("{} of _crowd.lua", step.name),
        };
        lines.text.push('\n');
        lines.timed(0, &self.ink(Ink::Bold, &name));
    }

    fn step_ended(&mut self, lines: &mut Lines, step: &StepEnded) {
        let before = self.states.remove(&step.step).unwrap_or_default();
        let changes = differences(&before, &step.state);
        for change in changes.iter().take(MOST_CHANGES) {
            lines.below(2, &format!("state {}", self.change(change)));
        }
        if changes.len() > MOST_CHANGES {
            let more = changes.len() - MOST_CHANGES;
            lines.below(
                2,
                &self.ink(Ink::Dim, &format!("state {more} more changes")),
            );
        }
        let ink = match step.result.as_str() {
            "ok" => Ink::Good,
            "cancelled" => Ink::Warning,
            _ => Ink::Bad,
        };
        let time = format::time(step.seconds);
        let why = step.why.as_ref().map(|why| format!(": {why}"));
        let words = format!("{} after {time}{}", step.result, why.unwrap_or_default());
        lines.timed(2, &self.ink(ink, &words));
    }

    fn change(&self, change: &Change) -> String {
        match change {
            Change::Added(path, value) => {
                self.ink(Ink::Good, &format!("+ {path} = {}", short(value)))
            }
            Change::Removed(path, value) => {
                self.ink(Ink::Bad, &format!("- {path} = {}", short(value)))
            }
            Change::Changed(path, before, after) => {
                let path = if path.is_empty() { "state" } else { path };
                let words = format!("~ {path} = {} -> {}", short(before), short(after));
                self.ink(Ink::Warning, &words)
            }
        }
    }

    fn call(&self, lines: &mut Lines, call: &Call) {
        let url = match call.url.strip_prefix(&self.target) {
            Some(path) if path.starts_with('/') => path,
            _ => &call.url,
        };
        let via = match call.via {
            Via::Call => "",
            Via::Redirect => "redirect ",
            Via::Retry => "retry ",
            Via::Challenge => "signed again ",
        };
        let ended = match (call.status, &call.error) {
            (Some(status), None) => status.to_string(),
            (_, Some(error)) => error.kind.clone(),
            (None, None) => "no response".to_owned(),
        };
        let ink = match call.outcome.as_str() {
            "ok" => Ink::Good,
            "expected" => Ink::Meant,
            "cancelled" => Ink::Warning,
            _ => Ink::Bad,
        };
        let outcome = match call.outcome.as_str() {
            "ok" => String::new(),
            other => format!("  {other}"),
        };
        lines.timed(
            2,
            &format!(
                "{}{} {}  {}{}",
                self.ink(Ink::Dim, via),
                self.ink(Ink::Bold, &call.method),
                text::line(url),
                self.ink(ink, &format!("{ended}{outcome}")),
                self.ink(Ink::Dim, &format!("  {}", format::time(call.seconds))),
            ),
        );
        if let Some(error) = &call.error {
            lines.below(4, &self.ink(Ink::Bad, &error.message));
        }
        if call.has_failed()
            && let Some(place) = &call.place
        {
            lines.below(4, &self.ink(Ink::Dim, &format!("by {place}")));
        }
        if self.look.curl {
            lines.whole(4, &call.curl);
        }
        if self.look.is_verbose {
            if let Some(id) = &call.trace_id {
                lines.below(4, &self.ink(Ink::Dim, &format!("trace {id}")));
            }
            let phases = call.phases.iter();
            let phases = phases.map(|(name, seconds)| format!("{name} {}", format::time(*seconds)));
            let phases: Vec<String> = phases.collect();
            lines.below(4, &self.ink(Ink::Dim, &phases.join(", ")));
        }
        self.message(lines, ">", &call.request);
        if let Some(response) = &call.response {
            self.message(lines, "<", response);
        }
    }

    fn message(&self, lines: &mut Lines, sign: &str, message: &Message) {
        let sign = self.ink(Ink::Dim, sign);
        if self.look.is_verbose {
            for (name, value) in &message.headers {
                lines.below(
                    4,
                    &format!("{sign} {}", text::line(&format!("{name}: {value}"))),
                );
            }
            if !message.headers.is_empty() && message.body.bytes > 0 {
                lines.below(4, &sign);
            }
        }
        let most = match self.look.is_verbose {
            true => MANY_LINES,
            false => LINES,
        };
        let columns = self.look.width.saturating_sub(MARGIN.len() + 6).min(WIDEST);
        for line in lines_of(&message.body, (columns, most)) {
            lines.below(4, &format!("{sign} {}", text::line(&line)));
        }
    }

    fn log(&self, lines: &mut Lines, line: &LogLine) {
        let ink = match line.level.as_str() {
            "error" => Ink::Bad,
            "warn" => Ink::Warning,
            _ => Ink::Dim,
        };
        let level = self.ink(ink, &line.level);
        // A text of a script, which was escaped where it was written: again would be twice.
        lines.timed(
            2,
            &format!("log {level} {}", text::page(&line.text.replace('\n', " "))),
        );
    }

    fn ended(&self, lines: &mut Lines, ended: &SessionEnded) {
        let totals = self.totals;
        let ink = match ended.result.as_str() {
            "completed" => Ink::Good,
            "interrupted" => Ink::Warning,
            _ => Ink::Bad,
        };
        let why = ended.why.as_ref().map(|why| format!(": {why}"));
        let result = format!("session {}{}", ended.result, why.unwrap_or_default());
        lines.text.push('\n');
        lines.timed(0, &self.ink(ink, &result));
        let mut parts = vec![
            counted(totals.steps, "step"),
            counted(totals.requests, "request"),
        ];
        for (count, words) in [
            (totals.failed, "failed"),
            (totals.checks_failed, "failed checks"),
            (totals.errors, "script errors"),
        ] {
            if count > 0 {
                parts.push(self.ink(Ink::Bad, &format!("{count} {words}")));
            }
        }
        lines.below(0, &parts.join(", "));
    }
}

/// Scheme, host and port of a URL.
fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url[host..].find('/').map_or(url.len(), |at| host + at);
    &url[..end]
}

fn counted(count: u32, word: &str) -> String {
    match count {
        1 => format!("1 {word}"),
        _ => format!("{count} {word}s"),
    }
}

/// A value on one line, as far as it goes.
fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(LONGEST_VALUE) {
        None => text,
        Some((end, _)) => format!("{}...", &text[..end]),
    }
}

#[cfg(test)]
mod tests;
