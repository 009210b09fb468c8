//! What a request means to create, from the moment it is written down to what became of it.

use std::cell::Cell;
use std::rc::Rc;

use tokio::time::Instant;

use super::creates::Creates;
use super::perform::{Reply, may_go_on};
use crate::ledger::EntryId;
use crate::script::context::User;

/// An intent in the ledger. Dropped without an answer it stays there, to be looked up at clean-up, if any byte of the
/// request had left; else it was never made.
pub struct Pledge<'a> {
    user: Rc<User>,
    id: EntryId,
    /// JSON pointer to the id in the answer.
    pointer: Option<String>,
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
        creates: Creates,
        left: &'a Cell<bool>,
    ) -> Result<Self, String> {
        let desk = &user.world.ledger;
        let began = Instant::now();
        let (id, committed) = desk.intend(creates.entry);
        let pledge = Self {
            user: Rc::clone(user),
            id,
            pointer: creates.id,
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
        if desk.minds_sessions() {
            user.created.borrow_mut().push(id);
        }
        Ok(pledge)
    }

    /// Writes down what became of it; without a clear answer it stays open.
    pub fn settle(self, reply: &Reply) {
        let Reply::Answer { response, .. } = reply else {
            return;
        };
        if response.status >= 500 {
            return;
        }
        let desk = &self.user.world.ledger;
        if response.status >= 400 {
            return desk.forget(self.id);
        }
        let given = self.pointer.as_ref().and_then(|pointer| {
            let body: serde_json::Value = serde_json::from_slice(&response.body).ok()?;
            Some(match body.pointer(pointer)? {
                serde_json::Value::String(text) => text.clone(),
                other => other.to_string(),
            })
        });
        desk.confirm(self.id, given);
    }
}

impl Drop for Pledge<'_> {
    fn drop(&mut self) {
        if !self.left.get() {
            self.user.world.ledger.forget(self.id);
        }
    }
}
