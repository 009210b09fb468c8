//! Profiles.

use rustc_hash::FxHashMap;

use super::reply::Success;
use super::{Answer, Call, Memory, new_id};
use crate::auth::guard;
use crate::error::Refusal;
use crate::store::StoreError;
use crate::store::profiles::{Details, Profile, ProfileChange};
use crate::validate;

const MISSING: StoreError = StoreError::Missing("profile");

/// Those of accounts, by number.
pub type Profiles = FxHashMap<u32, Profile>;

impl Memory {
    pub(super) fn create_profile(&mut self, call: &Call<'_>, id: &str) -> Answer {
        let user = self.owner_or_admin(call, ("userId", id))?;
        let new: ProfileChange = validate::body(call.body)?;
        let number = self.accounts.number(user)?;
        if self.profiles.contains_key(&number) {
            return Err(StoreError::Conflict("the user has a profile").into());
        }
        let now = self.stamp();
        let profile = Profile {
            id: new_id(&mut self.draws),
            user_id: user,
            details: new.over(Details::default()),
            is_public: new.is_public.unwrap_or(true),
            created_at: now.clone(),
            updated_at: now,
        };
        let made = Success::json(&profile).created();
        self.profiles.insert(number, profile);
        Ok(made)
    }

    pub(super) fn read_profile(&mut self, call: &Call<'_>, id: &str) -> Answer {
        let caller = self.bearer(call)?;
        let user = guard::uuid("userId", id)?;
        let number = self.accounts.number(user)?;
        let profile = self.profiles.get(&number).ok_or(MISSING)?;
        if profile.is_public || caller.user == user || self.is_admin(caller.number) {
            Ok(Success::json(profile))
        } else {
            Err(Refusal::forbidden("this profile is private"))
        }
    }

    pub(super) fn update_profile(&mut self, call: &Call<'_>, id: &str) -> Answer {
        let user = self.owner_or_admin(call, ("userId", id))?;
        let change: ProfileChange = validate::body(call.body)?;
        let number = self.accounts.number(user)?;
        let now = self.stamp();
        let profile = self.profiles.get_mut(&number).ok_or(MISSING)?;
        profile.details = change.over(std::mem::take(&mut profile.details));
        profile.is_public = change.is_public.unwrap_or(profile.is_public);
        profile.updated_at = now;
        Ok(Success::json(profile))
    }

    pub(super) fn delete_profile(&mut self, call: &Call<'_>, id: &str) -> Answer {
        let user = self.owner_or_admin(call, ("userId", id))?;
        let number = self.accounts.number(user)?;
        self.profiles.remove(&number).ok_or(MISSING)?;
        Ok(Success::nothing())
    }
}
