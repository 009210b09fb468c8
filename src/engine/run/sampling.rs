//! Keeps the last session of some users of a run, and gives it to those who ask.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::last_sessions::{Ask, LastSession};
use super::record::type_of;
use super::state::Run;
use crate::engine::command::{CommandReply, Done, Refused};
use crate::engine::protocol::Order;
use crate::engine::recording::{Recorded, RecordingOrder};
use crate::metrics::TypeId;
use crate::plan::span::show_span;
use crate::request::Whose;
use crate::session_trace::{Event, Limits};

impl Run {
    /// Once a second: asks shards for the next sessions that are to be kept.
    pub(super) fn sample_sessions(&mut self) {
        if !self.config.keeps_sessions || self.is_stopping() {
            return;
        }
        let roster = self.deployment.releases().roster();
        let types = (0u16..).zip(roster.types.iter());
        let kinds = types.filter(|(_, of)| of.stable.is_some());
        let kinds = kinds.map(|(id, _)| TypeId(id));
        let (now, shards) = (self.now(), self.config.plan.shards);
        let numbers = &mut self.recordings.last;
        let number = || {
            *numbers += 1;
            *numbers
        };
        for ask in self.recordings.kept.due(now, kinds, shards, number) {
            match ask {
                Ask::Begin { shard, id, kind } => {
                    let order = Order::Record(RecordingOrder {
                        id,
                        whose: Whose::Type(kind),
                        limits: Limits::IN_CROWD,
                        waits: true,
                    });
                    self.shards.send(shard, order);
                }
                Ask::End { id } => self.shards.broadcast(&Order::EndRecording { id }),
            }
        }
    }

    /// An event of a session that is to be kept.
    pub(super) fn keep_event(&mut self, id: u64, event: Event) {
        let now = self.now();
        if self.recordings.kept.take(id, event, now) {
            self.shards.broadcast(&Order::EndRecording { id });
        }
    }

    /// Gives the last session of a user, or of some user of a type.
    pub(super) fn last_session(
        &mut self,
        recorded: &Recorded,
        to: oneshot::Sender<Arc<[Event]>>,
        reply: CommandReply,
    ) {
        let kept = &self.recordings.kept;
        let (last, whose) = match recorded {
            Recorded::User(number) => (kept.of_user(*number), format!("user {number}")),
            Recorded::Type(name) => match type_of(name, &self.deployment.releases().roster()) {
                Ok(kind) => (kept.of_type(kind), format!("a user of type {name}")),
                Err(fault) => return reply.send(Err(Refused::Invalid(vec![fault]))),
            },
        };
        let Some(last) = last else {
            let users: Vec<String> = kept.users().iter().map(u64::to_string).collect();
            let there = match users.is_empty() {
                true => "none is kept yet".to_owned(),
                false => format!("there is one of user {}", users.join(", ")),
            };
            let why = format!("no session of {whose} is kept that is over; {there}");
            return reply.send(Err(Refused::NotNow(why)));
        };
        let words = described(last, self.now());
        let _ = to.send(Arc::clone(&last.events));
        reply.send(Ok(Done(words)));
    }
}

fn described(last: &LastSession, now: tokio::time::Instant) -> String {
    let ago = show_span(now.saturating_duration_since(last.at));
    match last.is_cut {
        true => format!(
            "the beginning of a session of user {}, whose rest was not kept, until {ago} ago",
            last.user
        ),
        false => format!("the last session of user {}, over for {ago}", last.user),
    }
}
