//! Operations on accounts and their roles.

use uuid::Uuid;

use super::reply::Success;
use super::{Answer, Call, Memory, accounts, new_id};
use crate::auth::guard;
use crate::error::Refusal;
use crate::routes::forms::{Listing, Needle, PasswordChange, PasswordReset, Registration, RoleIds};
use crate::routes::users::{password_wrong, strong, users_own};
use crate::rules;
use crate::store::listing::UserFilter;
use crate::store::users::{User, UserChange};
use crate::store::{Page, Slice, StoreError};
use crate::validate;

impl Memory {
    pub(super) fn list_users(&mut self, call: &Call<'_>) -> Answer {
        self.bearer(call)?;
        let asked: Listing<UserFilter> = self.query(call)?;
        Ok(self.page_of_users(&asked.filter, asked.slice))
    }

    pub(super) fn search_users(&mut self, call: &Call<'_>) -> Answer {
        self.bearer(call)?;
        let asked: Listing<Needle> = self.query(call)?;
        let filter = UserFilter {
            search: Some(asked.filter.0),
            ..UserFilter::default()
        };
        Ok(self.page_of_users(&filter, asked.slice))
    }

    fn page_of_users(&mut self, filter: &UserFilter, slice: Slice) -> Success {
        Success::text_of_json(self.accounts.page(filter, slice, &self.roles))
    }

    fn shown(&mut self, number: u32) -> Success {
        Success::text_of_json(self.accounts.text(number, &self.roles).to_vec())
    }

    pub(super) fn read_user(&mut self, call: &Call<'_>, id: &str) -> Answer {
        let caller = self.bearer(call)?;
        let id = guard::uuid("id", id)?;
        let number = if self.is_admin(caller.number) {
            self.accounts.any(id)?
        } else {
            self.accounts.number(id)?
        };
        Ok(self.shown(number))
    }

    pub(super) fn user_by_email(&mut self, call: &Call<'_>, email: &str) -> Answer {
        self.bearer(call)?;
        if !rules::is_email(email) {
            return Err(Refusal::invalid_field("email", "must be an e-mail address"));
        }
        let number = self.accounts.by_email(email)?;
        Ok(self.shown(number))
    }

    pub(super) fn user_by_username(&mut self, call: &Call<'_>, name: &str) -> Answer {
        self.bearer(call)?;
        let number = self.accounts.by_username(name)?;
        Ok(self.shown(number))
    }

    pub(super) fn create_user(&mut self, call: &Call<'_>) -> Answer {
        let form: Registration = validate::body(call.body)?;
        self.hashes = true;
        let now = self.stamp();
        let user = User {
            id: new_id(&mut self.draws),
            username: form.username,
            email: form.email,
            name: form.name,
            phone_number: form.phone_number,
            document_number: form.document_number,
            is_active: true,
            is_deleted: false,
            created_at: now.clone(),
            updated_at: now,
            roles: Vec::new(),
        };
        let number = self.accounts.add(user, form.password)?;
        Ok(self.shown(number).created())
    }

    pub(super) fn update_user(&mut self, call: &Call<'_>, id: &str) -> Answer {
        let id = self.owner_or_admin(call, ("id", id))?;
        let change: UserChange = validate::body(call.body)?;
        let number = self.accounts.number(id)?;
        let now = self.stamp();
        self.accounts.change(number, now, |user| {
            let put = |place: &mut String, new: Option<String>| {
                if let Some(new) = new {
                    *place = new;
                }
            };
            put(&mut user.username, change.username);
            put(&mut user.email, change.email);
            put(&mut user.name, change.name);
            if let Some(phone) = change.phone_number {
                user.phone_number = phone;
            }
            if let Some(document) = change.document_number {
                user.document_number = document;
            }
        })?;
        Ok(self.shown(number))
    }

    pub(super) fn delete_user(&mut self, call: &Call<'_>, id: &str) -> Answer {
        let id = self.owner_or_admin(call, ("id", id))?;
        self.spare_first_admin(id)?;
        let number = self.accounts.number(id)?;
        for role in self.accounts.at(number).held.clone() {
            self.roles.left_by(role, number);
        }
        let now = self.stamp();
        self.accounts.hold(number, Vec::clear);
        self.accounts
            .change(number, now, |user| user.is_deleted = true)?;
        Ok(Success::message("the user is deleted"))
    }

    pub(super) fn switch_user(&mut self, call: &Call<'_>, id: &str, active: bool) -> Answer {
        self.admin(call)?;
        let id = guard::uuid("id", id)?;
        if !active {
            self.spare_first_admin(id)?;
        }
        let number = self.accounts.number(id)?;
        if self.accounts.at(number).user.is_active == active {
            return Err(StoreError::Already(if active {
                "the user is already active"
            } else {
                "the user is already inactive"
            })
            .into());
        }
        let now = self.stamp();
        self.accounts
            .change(number, now, |user| user.is_active = active)?;
        Ok(self.shown(number))
    }

    pub(super) fn change_password(&mut self, call: &Call<'_>, id: &str) -> Answer {
        let caller = self.bearer(call)?;
        let id = guard::uuid("id", id)?;
        if caller.user != id {
            self.accounts.number(id)?;
            return Err(users_own());
        }
        let form: PasswordChange = validate::body(call.body)?;
        strong(&form.new_password)?;
        self.hashes = true;
        if self.accounts.at(caller.number).password != form.old_password {
            return Err(password_wrong());
        }
        self.set_password(caller.number, form.new_password)
    }

    pub(super) fn reset_password(&mut self, call: &Call<'_>, id: &str) -> Answer {
        self.admin(call)?;
        let id = guard::uuid("id", id)?;
        let form: PasswordReset = validate::body(call.body)?;
        let number = self.accounts.number(id)?;
        strong(&form.new_password)?;
        self.hashes = true;
        self.set_password(number, form.new_password)
    }

    fn set_password(&mut self, number: u32, password: String) -> Answer {
        let now = self.stamp();
        self.accounts.set_password(number, now, password);
        Ok(Success::message("the password is changed"))
    }

    pub(super) fn held_roles(&mut self, call: &Call<'_>, id: &str) -> Answer {
        self.bearer(call)?;
        let id = guard::uuid("userId", id)?;
        let slice: Slice = self.query(call)?;
        let number = self.accounts.number(id)?;
        let held = &self.accounts.at(number).held;
        let items = held
            .iter()
            .filter_map(|role| self.roles.all.get(*role).ok());
        let total = held.len() as u64;
        let offset = slice.offset().unsigned_abs() as usize;
        let page: Page<_> = slice.page(
            items.skip(offset).take(slice.limit as usize).collect(),
            total,
        );
        Ok(Success::json(&page))
    }

    pub(super) fn assign(&mut self, call: &Call<'_>, user: &str, role: &str) -> Answer {
        self.admin(call)?;
        let (user, role) = (guard::uuid("userId", user)?, guard::uuid("roleId", role)?);
        let number = self.accounts.number(user)?;
        self.roles.all.get(role)?;
        if !self.give(number, role) {
            return Err(StoreError::Conflict("the user has this role").into());
        }
        Ok(self.shown(number))
    }

    pub(super) fn revoke(&mut self, call: &Call<'_>, user: &str, role: &str) -> Answer {
        self.admin(call)?;
        let (user, role) = (guard::uuid("userId", user)?, guard::uuid("roleId", role)?);
        self.spare_first_admin(user)?;
        let number = self.accounts.number(user)?;
        self.roles.all.get(role)?;
        if !self.take(number, role) {
            return Err(StoreError::Already("the user does not have this role").into());
        }
        Ok(self.shown(number))
    }

    /// Gives or takes all of the roles of a form.
    pub(super) fn change_roles(&mut self, call: &Call<'_>, user: &str, gives: bool) -> Answer {
        self.admin(call)?;
        let user = guard::uuid("userId", user)?;
        let form: RoleIds = validate::body(call.body)?;
        if !gives {
            self.spare_first_admin(user)?;
        }
        let number = self.accounts.number(user)?;
        if let Some(unknown) = form.role_ids.iter().find(|id| !self.roles.all.has(**id)) {
            return Err(StoreError::Unfit {
                field: "roleIds",
                message: format!("there is no role {unknown}"),
            }
            .into());
        }
        for role in form.role_ids {
            if gives {
                self.give(number, role);
            } else {
                self.take(number, role);
            }
        }
        Ok(self.shown(number))
    }

    fn give(&mut self, number: u32, role: Uuid) -> bool {
        if self.accounts.holds(number, role) {
            return false;
        }
        self.roles.held_by(role, number);
        self.accounts.hold(number, |held| held.push(role));
        true
    }

    fn take(&mut self, number: u32, role: Uuid) -> bool {
        if !self.accounts.holds(number, role) {
            return false;
        }
        self.roles.left_by(role, number);
        self.accounts
            .hold(number, |held| held.retain(|one| *one != role));
        true
    }

    fn spare_first_admin(&self, user: Uuid) -> Result<(), Refusal> {
        if self.accounts.at(accounts::ADMIN).user.id == user {
            return Err(guard::first_admin_stays());
        }
        Ok(())
    }
}
