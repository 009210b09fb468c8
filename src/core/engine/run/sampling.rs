//! Keeps the last sessions of some users of a run, and gives them to those who ask.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::oneshot;

use super::last_sessions::{Ask, LastSession};
use super::record::type_of;
use super::state::Run;
use crate::engine::command::{CommandReply, Done, Refused};
use crate::engine::protocol::Order;
use crate::engine::recording::{KeptSession, PastSession, Recorded, RecordingOrder};
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
        let (now, shards) = (self.now(), self.shards.count());
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

    /// Gives a session of a user, or of some user of a type: the last one, or the `number`-th of those that are kept.
    pub(super) fn last_session(
        &mut self,
        recorded: &Recorded,
        number: usize,
        to: oneshot::Sender<PastSession>,
        reply: CommandReply,
    ) {
        let kept = &self.recordings.kept;
        let (sessions, whose) = match recorded {
            Recorded::User(number) => (kept.of_user(*number), format!("user {number}")),
            Recorded::Type(name) => match type_of(name, &self.deployment.releases().roster()) {
                Ok(kind) => (kept.of_type(kind), format!("a user of type {name}")),
                Err(fault) => return reply.send(Err(Refused::Invalid(vec![fault]))),
            },
        };
        let Some(one) = number.checked_sub(1).and_then(|at| sessions.get(at)) else {
            let why = missing(sessions.len(), &whose, &kept.users());
            return reply.send(Err(Refused::NotNow(why)));
        };
        let now = self.now();
        let ago = |one: &LastSession| now.saturating_duration_since(one.at);
        let of = |one: &&LastSession| KeptSession {
            user: one.user,
            session: one.session,
            result: one.result.clone(),
            ago: ago(one).as_secs_f64(),
        };
        let words = described(one, number, show_span(ago(one)));
        let _ = to.send(PastSession {
            events: Arc::clone(&one.events),
            kept: sessions.iter().map(of).collect(),
        });
        reply.send(Ok(Done(words)));
    }
}

/// Why the session is not to be had: of those who were asked for `count` are kept.
fn missing(count: usize, whose: &str, users: &BTreeSet<u64>) -> String {
    let users: Vec<String> = users.iter().map(u64::to_string).collect();
    match (count, users.is_empty()) {
        (0, true) => format!("no session of {whose} is kept that is over; none is kept yet"),
        (0, false) => format!(
            "no session of {whose} is kept that is over; there is one of user {}",
            users.join(", ")
        ),
        (1, _) => format!("of {whose} only the last session is kept"),
        (count, _) => {
            format!("of {whose} {count} sessions are kept; give a number from 1 to {count}")
        }
    }
}

fn described(one: &LastSession, number: usize, ago: String) -> String {
    let user = one.user;
    match (&one.result, number) {
        (None, _) => format!(
            "the beginning of a session of user {user}, whose rest was not kept, until {ago} ago"
        ),
        (Some(_), 1) => format!("the last session of user {user}, over for {ago}"),
        (Some(_), _) => format!("session {} of user {user}, over for {ago}", one.session),
    }
}
