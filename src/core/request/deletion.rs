//! A user deletes what it created: the ledger entry is settled by the response, so that the clean-up does not ask for the
//! item again.

use ::http::Method;

use super::call::Call;
use super::created_items::DeletedItems;
use super::redirects::is_home;
use super::reply::Reply;
use super::requester::Requester;

/// A DELETE request under way, and the items that it deletes: those that were there before it was sent.
pub struct DeletionByUser<'a> {
    user: &'a Requester,
    items: DeletedItems,
}

impl<'a> DeletionByUser<'a> {
    /// None: the call deletes nothing that its user created.
    pub fn of(user: &'a Requester, call: &Call) -> Option<Self> {
        if call.method != Method::DELETE || !is_home(user, call) {
            return None;
        }
        let items = user.created.deleted_by(&call.target)?;
        Some(Self { user, items })
    }

    /// Removes the entries where the response says that the items are gone; else the clean-up asks for them.
    pub fn settle(self, reply: &Reply) {
        let Reply::Response(response) = reply else {
            return;
        };
        let is_gone = match response.status {
            // A redirect may have led to a page that only says why not, such as that of a login.
            200..=299 => response.redirects.is_empty(),
            410 => true,
            404 => !self.items.is_account_needed,
            _ => false,
        };
        if is_gone {
            self.user.created.remove(&self.items.entries);
            for entry in self.items.entries {
                self.user.shared.ledger.forget(entry);
            }
        }
    }
}
