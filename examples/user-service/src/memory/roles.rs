//! Roles, and who holds them.

use std::collections::BTreeSet;

use rand::rngs::StdRng;
use rustc_hash::FxHashMap;
use uuid::Uuid;

use super::catalogue::{Catalogue, Thing, is_part_of};
use super::index::Search;
use super::reply::Success;
use super::{Answer, Call, Memory, new_id};
use crate::auth::guard;
use crate::routes::forms::Listing;
use crate::store::StoreError;
use crate::store::roles::{ADMIN, NewRole, Role, RoleChange, RoleFilter, RoleName};
use crate::store::seed;
use crate::validate;

impl Thing for Role {
    const WHAT: &'static str = "role";

    fn id(&self) -> Uuid {
        self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn is_active(&self) -> bool {
        self.is_active
    }

    fn is_found(&self, search: &Search) -> bool {
        is_part_of(&search.needle, &[&self.name, &self.display_name])
    }
}

/// All roles.
#[derive(Debug, Default)]
pub struct Roles {
    pub all: Catalogue<Role>,
    /// Numbers of the accounts that hold one.
    holders: FxHashMap<Uuid, BTreeSet<u32>>,
    admin: Uuid,
}

impl Roles {
    /// Makes the role of administrators; gives its id.
    pub fn plant(&mut self, draws: &mut StdRng, now: &str) -> Uuid {
        let role = role(new_id(draws), seed::admin_role(), now);
        self.admin = role.id;
        // The first of all: its name cannot be taken.
        let _ = self.all.add(role);
        self.admin
    }

    /// The role of administrators.
    pub fn admin(&self) -> Uuid {
        self.admin
    }

    /// An account holds it now.
    pub fn held_by(&mut self, role: Uuid, account: u32) {
        self.holders.entry(role).or_default().insert(account);
    }

    /// An account holds it no more.
    pub fn left_by(&mut self, role: Uuid, account: u32) {
        if let Some(holders) = self.holders.get_mut(&role) {
            holders.remove(&account);
        }
    }

    /// As they stand beside their holder, by name.
    pub fn names(&self, held: &[Uuid]) -> Vec<RoleName> {
        let held = held.iter().filter_map(|id| self.all.get(*id).ok());
        let mut names: Vec<RoleName> = held
            .map(|role| RoleName {
                id: role.id,
                name: role.name.clone(),
                display_name: role.display_name.clone(),
            })
            .collect();
        names.sort_by(|one, other| one.name.cmp(&other.name));
        names
    }
}

fn role(id: Uuid, new: NewRole, now: &str) -> Role {
    Role {
        id,
        name: new.name,
        display_name: new.display_name,
        description: new.description,
        is_active: true,
        created_at: now.to_owned(),
        updated_at: now.to_owned(),
    }
}

impl Memory {
    pub(super) fn create_role(&mut self, call: &Call<'_>) -> Answer {
        self.admin(call)?;
        let new: NewRole = validate::body(call.body)?;
        let role = role(new_id(&mut self.draws), new, &self.stamp());
        Ok(Success::json(&self.roles.all.add(role)?).created())
    }

    pub(super) fn list_roles(&mut self, call: &Call<'_>) -> Answer {
        self.bearer(call)?;
        let asked: Listing<RoleFilter> = self.query(call)?;
        let search = Search {
            needle: asked.filter.search.unwrap_or_default().to_lowercase(),
            ..Search::default()
        };
        let page = self
            .roles
            .all
            .page(&search, asked.filter.is_active, asked.slice);
        Ok(Success::text_of_json(page))
    }

    pub(super) fn read_role(&mut self, call: &Call<'_>, id: &str) -> Answer {
        self.bearer(call)?;
        let id = guard::uuid("id", id)?;
        Ok(Success::json(self.roles.all.get(id)?))
    }

    pub(super) fn update_role(&mut self, call: &Call<'_>, id: &str) -> Answer {
        self.admin(call)?;
        let id = guard::uuid("id", id)?;
        let change: RoleChange = validate::body(call.body)?;
        let mut role = self.roles.all.get(id)?.clone();
        if role.name == ADMIN && change.name.as_deref().is_some_and(|name| name != ADMIN) {
            return Err(StoreError::Conflict("the role admin keeps its name").into());
        }
        role.name = change.name.unwrap_or(role.name);
        role.display_name = change.display_name.unwrap_or(role.display_name);
        role.description = change.description.unwrap_or(role.description);
        role.updated_at = self.stamp();
        let role = self.roles.all.replace(role)?;
        if let Some(holders) = self.roles.holders.get(&id) {
            // Their names stand beside it.
            holders
                .iter()
                .for_each(|account| self.accounts.forget_text(*account));
        }
        Ok(Success::json(&role))
    }

    pub(super) fn delete_role(&mut self, call: &Call<'_>, id: &str) -> Answer {
        self.admin(call)?;
        let id = guard::uuid("id", id)?;
        let role = self.roles.all.get(id)?;
        let is_held = self.roles.holders.get(&id).is_some_and(|by| !by.is_empty());
        if role.name == ADMIN || is_held {
            return Err(StoreError::Conflict("the role is assigned to someone").into());
        }
        self.roles.all.remove(id);
        self.roles.holders.remove(&id);
        Ok(Success::nothing())
    }

    pub(super) fn switch_role(&mut self, call: &Call<'_>, id: &str, active: bool) -> Answer {
        self.admin(call)?;
        let id = guard::uuid("id", id)?;
        let mut role = self.roles.all.get(id)?.clone();
        if role.is_active == active {
            return Err(StoreError::Already(if active {
                "the role is already active"
            } else {
                "the role is already inactive"
            })
            .into());
        }
        if role.name == ADMIN {
            return Err(StoreError::Conflict("the role admin stays active").into());
        }
        role.is_active = active;
        role.updated_at = self.stamp();
        Ok(Success::json(&self.roles.all.replace(role)?))
    }
}
