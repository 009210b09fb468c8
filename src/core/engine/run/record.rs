//! Recordings of users' sessions: which shard has the user, and who follows.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::recordings::Recording;
use super::state::Run;
use crate::engine::command::{CommandReply, Done, Refused};
use crate::engine::protocol::Order;
use crate::engine::recording::{Recorded, RecordingNews, RecordingOrder};
use crate::engine::roster::Roster;
use crate::metrics::TypeId;
use crate::plan::Fault;
use crate::request::Whose;
use crate::session_trace::{Event, Limits, What};
use crate::text::did_you_mean;

/// Recordings at once.
const MOST: usize = 16;

impl Run {
    /// Begins to record the session of a user; the answer comes with what its shard says.
    pub(super) fn record_session(
        &mut self,
        recorded: &Recorded,
        to: mpsc::Sender<Event>,
        reply: CommandReply,
    ) {
        if self.is_stopping() {
            let why = "the run is ending".to_owned();
            return reply.send(Err(Refused::NotNow(why)));
        }
        self.recordings.open.retain(|_, one| !one.to.is_closed());
        if self.recordings.open.len() >= MOST {
            let why = format!("{MOST} users are recorded, which is the maximum; end one");
            return reply.send(Err(Refused::NotNow(why)));
        }
        let roster = self.deployment.releases().roster();
        let shards = self.shards.count();
        let mut left: Vec<usize> = (0..shards).rev().collect();
        let (whose, name) = match recorded {
            Recorded::User(number) => {
                if !roster.is_open() {
                    match u32::try_from(*number) {
                        Ok(user) if roster.kind_of(user).is_some() => {
                            // One that is on its way may be anywhere.
                            let owner = self.placement.owners().map.of(user);
                            if owner < shards {
                                left = vec![owner];
                            }
                        }
                        _ => return reply.send(Err(nobody(*number, &roster))),
                    }
                }
                (Whose::User(*number), format!("user {number}"))
            }
            Recorded::Type(name) => match type_of(name, &roster) {
                Ok(kind) => (Whose::Type(kind), format!("a user of type {name}")),
                Err(fault) => return reply.send(Err(Refused::Invalid(vec![fault]))),
            },
        };
        let id = self.recordings.begin(Recording {
            whose,
            name,
            left,
            reply: Some(reply),
            to,
            omitted: 0,
        });
        self.ask_next_shard(id);
    }

    /// Asks the next shard; after the last one, the answer is that there is nobody.
    fn ask_next_shard(&mut self, id: u64) {
        let Some(one) = self.recordings.open.get_mut(&id) else {
            return;
        };
        if let Some(shard) = one.left.pop() {
            let order = Order::Record(RecordingOrder {
                id,
                whose: one.whose,
                limits: Limits::IN_CROWD,
                waits: false,
            });
            return self.shards.send(shard, order);
        }
        let Some(one) = self.recordings.open.remove(&id) else {
            return;
        };
        if let Some(reply) = one.reply {
            let why = format!(
                "{} is not there now; perhaps it has left, or comes later",
                one.name
            );
            reply.send(Err(Refused::NotNow(why)));
        }
    }

    /// Something comes of a recording.
    pub(super) fn on_recording(&mut self, id: u64, news: RecordingNews) {
        if self.recordings.kept.has(id) {
            if let RecordingNews::Happened(event) = news {
                self.keep_event(id, *event);
            }
            return;
        }
        let Some(one) = self.recordings.open.get_mut(&id) else {
            return;
        };
        let is_over = match news {
            RecordingNews::Found {
                user,
                is_in_session,
            } => {
                let words = match is_in_session {
                    true => format!("recording user {user}, which is in a session"),
                    false => format!("recording user {user} from its next session on"),
                };
                if let Some(reply) = one.reply.take() {
                    reply.send(Ok(Done(words)));
                }
                self.recordings.kept.is_followed(user);
                false
            }
            RecordingNews::NotFound => return self.ask_next_shard(id),
            RecordingNews::Happened(event) => {
                let is_end = matches!(event.what, What::SessionEnded(_));
                !one.pass(*event) || is_end
            }
            RecordingNews::Gone => {
                let why = "it left before it began another session".to_owned();
                let what = What::Gone { why };
                one.pass(Event { at: 0.0, what });
                true
            }
        };
        if is_over {
            self.recordings.open.remove(&id);
            self.shards.broadcast(&Order::EndRecording { id });
        }
    }

    /// Once a second: recordings that nobody follows any more end, and those that are kept begin.
    pub(super) fn look_after_recordings(&mut self) {
        self.sample_sessions();
        let open = &mut self.recordings.open;
        let closed: Vec<u64> = open
            .iter()
            .filter(|(_, one)| one.to.is_closed())
            .map(|(id, _)| *id)
            .collect();
        for id in closed {
            self.recordings.open.remove(&id);
            self.shards.broadcast(&Order::EndRecording { id });
        }
    }
}

fn nobody(number: u64, roster: &Arc<Roster>) -> Refused {
    let users = roster.users.len();
    let fault = match users {
        0 => Fault::new(
            format!("user {number}"),
            "is not in the crowd, which has no users now",
            "name a type, or try again",
        ),
        _ => Fault::new(
            format!("user {number}"),
            "is not in the crowd",
            format!("give a number from 0 to {}, or a type", users - 1),
        ),
    };
    Refused::Invalid(vec![fault])
}

pub(super) fn type_of(name: &str, roster: &Arc<Roster>) -> Result<TypeId, Fault> {
    let types = (0u16..).zip(roster.types.iter());
    let mut types = types.filter(|(_, of)| of.stable.is_some());
    let found = types.clone().find(|(_, of)| *of.name == *name);
    found.map(|(id, _)| TypeId(id)).ok_or_else(|| {
        let known: Vec<&str> = types.by_ref().map(|(_, of)| &*of.name).collect();
        let meant = did_you_mean(name, known.iter().copied());
        let remedy = format!(
            "give a number of a user, or some of: {}{meant}",
            known.join(", ")
        );
        Fault::new(name, "is neither the number of a user nor a type", remedy)
    })
}
