//! Commands: what others want of a run under way.

use super::state::Run;
use crate::engine::command::{Command, CommandReply, Done, Initiator, Refused};
use crate::engine::protocol::Order;
use crate::engine::release::SavedFile;
use crate::metrics::Phase;
use crate::plan::live::ShapeKey;
use crate::plan::{Change, Fault, Setting};
use crate::script::ReloadEvent;

/// Why scripts that are not in a folder are not read again.
const BUILT_IN: &str =
    "these scripts are inside the program and cannot change; name a folder with --script-dir";

fn too_late() -> Refused {
    Refused::NotNow("the run is ending".to_owned())
}

impl Run {
    /// Obeys a command, and lets those who watch see at once what became of it.
    pub(super) fn obey(&mut self, command: Command) {
        self.act(command);
        self.shards.changed();
        self.publisher.act_for(Initiator::Run);
        self.publisher.publish_news();
        self.pending.send_replies();
    }

    fn act(&mut self, command: Command) {
        match command {
            Command::Abort => {
                self.count_due_arrivals();
                self.shutdown.abort();
                self.shards.broadcast(&Order::End);
            }
            Command::Stop(by) => {
                self.publisher.act_for(by);
                if self.request_shutdown() {
                    self.announce("stop", "users finish their requests and stop");
                }
            }
            Command::ReloadEvent(offer) if self.is_stopping() => {
                self.answer(number_of(&offer), Err(too_late()));
            }
            Command::ReloadEvent(offer) => {
                let by = self.pending.asked_by(number_of(&offer));
                self.publisher.act_for(by);
                self.consider(offer);
            }
            Command::Reload(reply) => self.ask_reader(reply, None),
            Command::Edited(file, reply) => {
                self.publisher.act_for(reply.by);
                self.announce("edit", &format!("{file} was saved"));
                let saved = SavedFile::new(file, self.deployment.releases());
                self.ask_reader(reply, Some(saved));
            }
            Command::Pause(reply) => self.act_and_reply(reply, Self::pause),
            Command::Resume(reply) => self.act_and_reply(reply, Self::resume),
            Command::Promote(reply) => self.act_and_reply(reply, Self::promote),
            Command::Set(change, reply) => {
                self.act_and_reply(reply, |run| match run.level_of_search(&change) {
                    Some(refused) => Err(refused),
                    None => run.set(&change),
                });
            }
            Command::Incident(command, reply) => {
                self.act_and_reply(reply, |run| run.incident(command));
            }
            Command::Record(recorded, to, reply) => self.record_session(&recorded, to, reply),
            Command::LastSession(recorded, number, to, reply) => {
                self.last_session(&recorded, number, to, reply);
            }
            Command::Rollback(kind, reply) => {
                self.act_and_reply(reply, |run| run.roll_back(kind.as_deref()));
            }
        }
    }

    /// Does something to the run, unless it is ending, and answers.
    fn act_and_reply(
        &mut self,
        reply: CommandReply,
        act: impl FnOnce(&mut Self) -> Result<Done, Refused>,
    ) {
        self.publisher.act_for(reply.by);
        let said = if self.is_stopping() {
            Err(too_late())
        } else {
            act(self)
        };
        self.pending.reply(reply, said);
    }

    /// Answers the question with this number, if it is one.
    pub(super) fn answer(&mut self, number: Option<u64>, said: Result<Done, Refused>) {
        if let Some((reply, saved)) = self.pending.take_asked(number) {
            let said = said.map(|done| {
                let outcome = saved.and_then(|saved| saved.outcome(self.deployment.releases()));
                outcome.map_or(done, Done)
            });
            self.pending.reply(reply, said);
        }
    }

    /// The answer comes with what the reader has to offer.
    fn ask_reader(&mut self, reply: CommandReply, saved: Option<SavedFile>) {
        if self.pending.has_reader() && !self.is_stopping() {
            self.pending.ask_reader(reply, saved);
        } else {
            self.act_and_reply(reply, |_| Err(Refused::NotNow(BUILT_IN.to_owned())));
        }
    }

    /// Why a change cannot be made of a run that sets its level itself.
    fn level_of_search(&self, change: &Change) -> Option<Refused> {
        self.config.plan.search.as_ref()?;
        let sets_users = change.get(Setting::Users).is_some();
        let sets_shape = ShapeKey::ALL.iter().any(|key| change.shape(*key).is_some());
        (sets_users || sets_shape).then(|| {
            let fault = Fault::new(
                "the level",
                "is set by the search",
                "stop the search, and begin a run with the level that you want",
            );
            Refused::Invalid(vec![fault])
        })
    }

    fn pause(&mut self) -> Result<Done, Refused> {
        let now = self.now();
        if !self.clock.pause(now) {
            return Ok(Done("the run is paused already".to_owned()));
        }
        self.publisher.phase(Phase::Paused, now);
        self.shards.broadcast(&Order::Pause {
            at: self.clock.since_began(now),
        });
        Ok(self.announce(
            "pause",
            "paused: no step starts, and the run's clock is stopped",
        ))
    }

    fn resume(&mut self) -> Result<Done, Refused> {
        let Some(seconds) = self.resume_clock() else {
            return Ok(Done("the run is not paused".to_owned()));
        };
        self.publisher.phase(Phase::Running, self.now());
        Ok(self.announce("resume", &format!("resumed after {seconds} s")))
    }

    /// Lets the clock go on, if it stands still; gives for how many seconds it did.
    pub(super) fn resume_clock(&mut self) -> Option<u64> {
        let now = self.now();
        let pause = self.clock.resume(now)?;
        self.shards.broadcast(&Order::Resume {
            at: self.clock.since_began(now),
        });
        Some(pause.as_secs())
    }

    /// Keeps an event of the run, and writes it to the log.
    pub(super) fn announce(&mut self, what: &str, text: &str) -> Done {
        let at = self.elapsed();
        self.publisher.announce(at, what, text)
    }
}

fn number_of(offer: &ReloadEvent) -> Option<u64> {
    match offer {
        ReloadEvent::Loaded(loaded) => loaded.ticket,
        ReloadEvent::Refused { ticket, .. } => *ticket,
        ReloadEvent::Unread { ticket } | ReloadEvent::NoDescriptors { ticket } => Some(*ticket),
        ReloadEvent::Note(_) => None,
    }
}
