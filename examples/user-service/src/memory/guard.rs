//! Who is asking, and what about: the checks of the service's extractors, in their order.

use uuid::Uuid;

use super::{Call, Memory};
use crate::auth::guard;
use crate::error::Refusal;

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    /// Number of the account.
    pub number: u32,
    pub user: Uuid,
}

impl Memory {
    /// The token of a call.
    ///
    /// # Errors
    /// A 401 for none, or one in another form.
    pub(super) fn token<'a>(call: &Call<'a>) -> Result<&'a str, Refusal> {
        let header = call.authorization.ok_or_else(guard::token_missing)?;
        let text = std::str::from_utf8(header).ok();
        text.and_then(guard::bearer_token)
            .ok_or_else(guard::token_malformed)
    }

    /// Anyone with a live token.
    ///
    /// # Errors
    /// A 401.
    pub(super) fn bearer(&self, call: &Call<'_>) -> Result<Caller, Refusal> {
        let is_gone = |number| self.accounts.is_deleted(number);
        let access = self.tokens.check(Self::token(call)?, self.now, is_gone)?;
        Ok(Caller {
            number: access.number,
            user: access.identity.user,
        })
    }

    /// An administrator.
    ///
    /// # Errors
    /// A 401 or a 403.
    pub(super) fn admin(&self, call: &Call<'_>) -> Result<Caller, Refusal> {
        let caller = self.bearer(call)?;
        if self.is_admin(caller.number) {
            Ok(caller)
        } else {
            Err(guard::only_administrators())
        }
    }

    /// The user that the path names, or an administrator; gives the id of that user.
    ///
    /// # Errors
    /// A 401, 400 or 403.
    pub(super) fn owner_or_admin(
        &self,
        call: &Call<'_>,
        id: (&'static str, &str),
    ) -> Result<Uuid, Refusal> {
        let caller = self.bearer(call)?;
        let id = guard::uuid(id.0, id.1)?;
        if caller.user == id || self.is_admin(caller.number) {
            Ok(id)
        } else {
            Err(guard::only_owner_or_administrators())
        }
    }

    pub(super) fn is_admin(&self, number: u32) -> bool {
        !self.accounts.is_deleted(number) && self.accounts.holds(number, self.roles.admin())
    }
}
