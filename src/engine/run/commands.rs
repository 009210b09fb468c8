//! Commands: what others want of a run under way.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::time::Instant;

use super::state::Course;
use crate::engine::protocol::{Answer, By, Command, Done, Order, Refused};
use crate::engine::release::saved_file::Edit;
use crate::metrics::{Event, Settings};
use crate::plan::Change;
use crate::script::{Ask, ReloadEvent};

/// Reaches the reader of the script folders.
pub type Reader = Box<dyn Fn(Ask) + Send>;

/// Why scripts that are not in a folder are not read again.
const BUILT_IN: &str =
    "these scripts are inside the program and cannot change; name a folder with --script-dir";

fn too_late() -> Refused {
    Refused::NotNow("the run is ending".to_owned())
}

/// Commands whose answer waits for the reader of the script folders.
#[derive(Default)]
pub struct Asked {
    last: u64,
    waiting: BTreeMap<u64, (Answer, Option<Edit>)>,
}

impl Asked {
    /// Keeps the answer until the reader has spoken.
    fn keep(&mut self, answer: Answer, edit: Option<Edit>) -> u64 {
        self.last += 1;
        self.waiting.insert(self.last, (answer, edit));
        self.last
    }

    /// Who made the reader speak: whoever asked, or whoever saved a file.
    fn by(&self, number: Option<u64>) -> By {
        let asked = number.and_then(|number| self.waiting.get(&number));
        asked.map_or(By::Files, |(answer, _)| answer.by)
    }

    /// Who asked the question with this number, if it is one.
    fn take(&mut self, number: Option<u64>) -> Option<(Answer, Option<Edit>)> {
        self.waiting.remove(&number?)
    }
}

/// Answers that wait until everybody can see what they say.
pub type Replies = Vec<(Answer, Result<Done, Refused>)>;

impl Course {
    /// Obeys, and lets whoever watches see at once what became of it.
    pub(crate) fn obey(&mut self, command: Command) {
        self.act(command);
        self.by = By::Run;
        let last = Arc::clone(&self.snapshots.borrow());
        self.snapshots.send_replace(self.aggregator.news(&last));
        for (answer, said) in self.replies.drain(..) {
            answer.send(said);
        }
    }

    fn act(&mut self, command: Command) {
        match command {
            Command::Abort => {
                self.aborted = true;
                self.order(&Order::End);
            }
            Command::Stop(by) => {
                self.by = by;
                if self.signalled.is_none() {
                    self.signalled = Some(Instant::now());
                    self.tell("stop", "users finish their request and leave");
                }
                self.drain();
            }
            Command::ReloadEvent(offer) if self.is_stopping() => {
                self.answer(number_of(&offer), Err(too_late()));
            }
            Command::ReloadEvent(offer) => {
                self.by = self.asked.by(number_of(&offer));
                self.consider(offer);
            }
            Command::Reload(answer) => self.ask_reader(answer, None),
            Command::Edited(file, answer) => {
                self.by = answer.by;
                self.tell("edit", &format!("{file} was saved"));
                let edit = self.edit(file);
                self.ask_reader(answer, Some(edit));
            }
            Command::Pause(answer) => self.answer_by(answer, Self::pause),
            Command::Resume(answer) => self.answer_by(answer, Self::resume),
            Command::Promote(answer) => self.answer_by(answer, Self::promote),
            Command::Set(change, answer) => self.answer_by(answer, |run| run.set(&change)),
            Command::Rollback(kind, answer) => {
                self.answer_by(answer, |run| run.roll_back(kind.as_deref()));
            }
        }
    }

    /// Does something to the run, unless it is ending, and answers.
    fn answer_by(&mut self, answer: Answer, act: impl FnOnce(&mut Self) -> Result<Done, Refused>) {
        self.by = answer.by;
        let said = if self.is_stopping() {
            Err(too_late())
        } else {
            act(self)
        };
        self.replies.push((answer, said));
    }

    /// Answers the question with this number, if it is one.
    pub(crate) fn answer(&mut self, number: Option<u64>, said: Result<Done, Refused>) {
        if let Some((answer, edit)) = self.asked.take(number) {
            let said = said.map(|done| {
                let edit = edit.and_then(|edit| self.became_of(&edit));
                edit.unwrap_or(done)
            });
            self.replies.push((answer, said));
        }
    }

    /// The answer comes with what the reader has to offer.
    fn ask_reader(&mut self, answer: Answer, edit: Option<Edit>) {
        match &self.reader {
            Some(reader) if !self.is_stopping() => {
                reader(Ask::Reload(self.asked.keep(answer, edit)));
            }
            _ => self.answer_by(answer, |_| Err(Refused::NotNow(BUILT_IN.to_owned()))),
        }
    }

    fn set(&mut self, change: &Change) -> Result<Done, Refused> {
        if change.is_empty() {
            return Err(Refused::NotNow(
                "nothing to set; there are: users, error_rate, think_factor, canary, weights"
                    .to_owned(),
            ));
        }
        let before = self.settings();
        self.book.set(change)?;
        let dials = &self.brief.terms.dials;
        if let Some(rate) = change.error_rate {
            dials.set_error_rate(rate);
        }
        if let Some(factor) = change.think_factor {
            dials.set_think_factor(factor);
        }
        if let Some(canary) = change.canary {
            self.set_canary(canary);
        }
        self.publish();
        let Done(said) = self.tell_settings(&before);
        Ok(Done(match &self.unplayed {
            Some(words) => format!("{said}; {words}"),
            None => said,
        }))
    }

    /// Says what stands otherwise than before.
    pub(crate) fn tell_settings(&mut self, before: &Settings) -> Done {
        let now = self.settings();
        let mut said = Vec::new();
        let mut say = |name: &str, before: f64, now: f64| {
            if before != now {
                said.push(format!("{name} {before} -> {now}"));
            }
        };
        say("users", f64::from(before.users), f64::from(now.users));
        say("error_rate", before.error_rate, now.error_rate);
        say("think_factor", before.think_factor, now.think_factor);
        say("canary", before.canary, now.canary);
        for (name, weight) in &now.weights {
            let before = before.weights.get(name).unwrap_or(weight);
            say(&format!("weights.{name}"), *before, *weight);
        }
        if said.is_empty() {
            return Done("everything stands so already".to_owned());
        }
        self.tell("set", &said.join(", "))
    }

    /// Who tries the next change first; a canary under way goes on as it began.
    pub(crate) fn set_canary(&mut self, per_cent: f64) {
        if per_cent != self.brief.plan.reload.canary_per_cent() {
            let trial = self.brief.standing.trial(per_cent);
            Arc::make_mut(&mut self.brief.plan).reload.canary = trial;
        }
    }

    /// What the dials stand at.
    pub(crate) fn settings(&self) -> Settings {
        let dials = &self.brief.terms.dials;
        Settings {
            users: self.book.users(),
            error_rate: dials.error_rate(),
            think_factor: dials.think_factor(),
            canary: self.brief.plan.reload.canary_per_cent(),
            weights: self.book.weights(),
        }
    }

    /// Makes an event of the run, in the log and in the snapshots.
    pub(crate) fn tell(&mut self, what: &str, text: &str) -> Done {
        tracing::info!(target: "throng::run", "{what}: {text}");
        self.remember(what, text);
        Done(text.to_owned())
    }

    /// Makes an event of the run that is in the log already.
    pub(crate) fn remember(&mut self, what: &str, text: &str) {
        let event = Event {
            at: self.elapsed(),
            what: what.to_owned(),
            by: self.by.as_str().to_owned(),
            text: self.brief.terms.secrets.text(text).into_owned(),
        };
        self.aggregator.reload_status().event(event);
    }
}

fn number_of(offer: &ReloadEvent) -> Option<u64> {
    match offer {
        ReloadEvent::Fresh(fresh) => fresh.by_hand,
        ReloadEvent::Refused { by_hand, .. } => *by_hand,
        ReloadEvent::Unread { by_hand } | ReloadEvent::Starved { by_hand } => Some(*by_hand),
        ReloadEvent::Note(_) => None,
    }
}
