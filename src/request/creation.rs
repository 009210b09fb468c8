//! What a request means to create, from the moment it is written down to what became of it.

use std::cell::Cell;
use std::rc::Rc;

use tokio::time::Instant;

use super::entity_id::{Missing, id_in};
use super::pipeline::{Reply, may_go_on};
use crate::ledger::{EntryId, MissingId};
use crate::script::api::http::call::Call;
use crate::script::api::http::creates::Creates;
use crate::script::user::context::User;

/// An intent in the ledger. Dropped without an answer it stays there, to be looked up at clean-up, if any byte of the
/// request had left; else it was never made.
pub struct Pledge<'a> {
    user: Rc<User>,
    id: EntryId,
    /// JSON pointer to the id in the answer.
    pointer: Option<String>,
    /// Whether it can be looked up.
    is_findable: bool,
    /// Whether an earlier try of the request may have made it.
    unclear: bool,
    /// Whether any byte of the request has left.
    left: &'a Cell<bool>,
}

impl<'a> Pledge<'a> {
    /// Hands the entry in and waits until it is on file. The wait is no latency: the request was meant to leave after it.
    ///
    /// # Errors
    /// Why it cannot be written down: then the request must not leave.
    pub async fn make(
        user: &Rc<User>,
        mut creates: Creates,
        left: &'a Cell<bool>,
    ) -> Result<Self, String> {
        // Kinds are words for people, and are listed; what deletion needs stays as it is.
        let (entry, secrets) = (&mut creates.entry, &user.shard.terms.secrets);
        for word in std::iter::once(&mut entry.kind).chain(&mut entry.needs) {
            *word = secrets.owned(std::mem::take(word));
        }
        let ledger = &user.shard.ledger;
        let began = Instant::now();
        let is_findable = creates.entry.find.is_some();
        let (id, committed) = ledger.intend(creates.entry);
        let pledge = Self {
            user: Rc::clone(user),
            id,
            pointer: creates.id,
            is_findable,
            unclear: false,
            left,
        };
        let written = committed
            .await
            .unwrap_or_else(|_| Err("its writer has ended".to_owned()));
        if let Some(planned) = user.planned.get() {
            user.planned.set(Some(planned + began.elapsed()));
        }
        written?;
        may_go_on(user).await;
        if ledger.minds_sessions() {
            user.created.borrow_mut().push(id);
        }
        Ok(pledge)
    }

    /// It is sent again: unless this reply is a clear one, it may exist whatever the next one says.
    pub fn try_again(&mut self, reply: &Reply) {
        self.unclear |= self.left.get() && reply.status().is_none_or(|status| status >= 500);
    }

    /// Writes down what became of it; without a clear answer, or without an id where one should be, it stays open.
    ///
    /// # Errors
    /// When the answer has nothing at all where the script says that the id is.
    pub fn settle(self, reply: &Reply, call: &Call) -> Result<(), String> {
        let Reply::Answer { response, .. } = reply else {
            return Ok(());
        };
        let ledger = &self.user.shard.ledger;
        match response.status {
            500.. => return Ok(()),
            400.. if self.unclear => return Ok(()),
            400.. => {
                ledger.forget(self.id);
                return Ok(());
            }
            _ => {}
        }
        let Some(pointer) = &self.pointer else {
            ledger.confirm(self.id, None);
            return Ok(());
        };
        match id_in(&response.body, pointer) {
            Ok(id) => {
                ledger.confirm(self.id, Some(id));
                Ok(())
            }
            Err(Missing::Other(what)) => {
                ledger.missing_id(
                    self.id,
                    MissingId {
                        why: format!("its answer had {what} at {pointer}, which is no id"),
                        endpoint: format!("{} {}", call.method, call.name),
                        is_lost: !self.is_findable,
                    },
                );
                Ok(())
            }
            Err(Missing::Nothing(why)) => Err(format!(
                "http.{}: creates.id = \"{pointer}\" leads nowhere in the answer of {} ({}): {why}",
                call.method.as_str().to_ascii_lowercase(),
                call.name,
                response.status
            )),
        }
    }
}

impl Drop for Pledge<'_> {
    fn drop(&mut self) {
        if !self.left.get() {
            self.user.shard.ledger.forget(self.id);
        }
    }
}
