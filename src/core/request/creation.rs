//! The ledger entry of a request that creates something, from the moment it is written to what became of it.

use std::cell::Cell;

use ::http::Method;
use tokio::time::Instant;

use super::call::Creates;
use super::cancel::{CancelToken, Cancelled};
use super::created_items::DeletionTemplate;
use super::entity_id::{Missing, id_in};
use super::reply::Reply;
use super::requester::Requester;
use crate::ledger::{EntryId, MissingId};

/// An entry in the ledger that is not confirmed. Dropped without an answer it stays there, to be looked up at clean-up, if
/// any byte of the request had left; else nothing was created.
pub struct Creation<'a> {
    user: &'a Requester,
    id: EntryId,
    /// JSON pointer to the id in the answer.
    pointer: Option<String>,
    /// How it is deleted, where its user may do that with a request of its own.
    deletion: Option<DeletionTemplate>,
    /// Whether it can be looked up.
    is_findable: bool,
    /// Whether an earlier try of the request may have made it.
    unclear: bool,
    /// Whether any byte of the request has left.
    left: &'a Cell<bool>,
}

/// Why a request that creates something must not leave.
pub enum NotRecorded {
    /// It cannot be written down.
    Failed(String),
    /// Its call has to end.
    Cancelled(Cancelled),
}

impl<'a> Creation<'a> {
    /// Hands the entry in and waits until it is on file. The wait is no latency: the request was meant to leave after it.
    ///
    /// # Errors
    /// Why the request must not leave.
    pub async fn record(
        user: &'a Requester,
        cancel: CancelToken<'_>,
        mut creates: Creates,
        left: &'a Cell<bool>,
    ) -> Result<Self, NotRecorded> {
        // Kinds are words for people, and are listed; what deletion needs stays as it is.
        let (entry, secrets) = (&mut creates.entry, &user.shared.run.secrets);
        for word in std::iter::once(&mut entry.kind).chain(&mut entry.needs) {
            *word = secrets.owned(std::mem::take(word));
        }
        let ledger = &user.shared.ledger;
        let began = Instant::now();
        let is_findable = creates.entry.find.is_some();
        let deletion = ledger
            .is_kept()
            .then(|| DeletionTemplate::of(&creates.entry))
            .flatten();
        let (id, committed) = ledger.intend(creates.entry);
        let creation = Self {
            user,
            id,
            pointer: creates.id,
            deletion,
            is_findable,
            unclear: false,
            left,
        };
        let written = committed
            .await
            .unwrap_or_else(|_| Err("its writer has ended".to_owned()));
        user.postpone(began.elapsed());
        written.map_err(NotRecorded::Failed)?;
        cancel.check().map_err(NotRecorded::Cancelled)?;
        if ledger.minds_sessions() {
            user.session.created.borrow_mut().push(id);
        }
        Ok(creation)
    }

    /// It is sent again: unless this reply is a clear one, it may exist whatever the next one says.
    pub fn try_again(&mut self, reply: &Reply) {
        self.unclear |= self.left.get() && reply.status().is_none_or(|status| status >= 500);
    }

    /// Writes down what became of it; without a clear answer, or without an id where one should be, it stays open.
    ///
    /// # Errors
    /// When the answer has nothing at all where the call says that the id is.
    pub fn settle(mut self, reply: &Reply, method: &Method, name: &str) -> Result<(), String> {
        let Reply::Response(response) = reply else {
            return Ok(());
        };
        let ledger = &self.user.shared.ledger;
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
            self.confirm(None);
            return Ok(());
        };
        match id_in(&response.body, pointer) {
            Ok(id) => {
                self.confirm(Some(id));
                Ok(())
            }
            Err(Missing::Other(what)) => {
                ledger.missing_id(
                    self.id,
                    MissingId {
                        why: format!("its response had {what} at {pointer}, which is not an id"),
                        endpoint: format!("{method} {name}"),
                        is_lost: !self.is_findable,
                    },
                );
                Ok(())
            }
            Err(Missing::Nothing(why)) => Err(format!(
                "creates.id = \"{pointer}\" matches nothing in the response of {name} ({}): {why}",
                response.status
            )),
        }
    }

    fn confirm(&mut self, given: Option<String>) {
        let user = self.user;
        if let Some(deletion) = self.deletion.take() {
            let base_path = &user.shared.run.base_path;
            user.created
                .add(self.id, deletion, given.as_deref(), base_path);
        }
        user.shared.ledger.confirm(self.id, given);
    }
}

impl Drop for Creation<'_> {
    fn drop(&mut self) {
        if !self.left.get() {
            self.user.shared.ledger.forget(self.id);
        }
    }
}
