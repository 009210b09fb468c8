//! Permissions. Those of administrators are in use; others are not, since no operation gives one to a role.

use rand::rngs::StdRng;
use uuid::Uuid;

use super::catalogue::{Catalogue, Thing, is_part_of};
use super::index::Search;
use super::reply::Success;
use super::{Answer, Call, Memory, new_id};
use crate::auth::guard;
use crate::routes::forms::Listing;
use crate::store::permissions::{NewPermission, Permission, PermissionChange, PermissionFilter};
use crate::store::{StoreError, seed};
use crate::validate;

impl Thing for Permission {
    const WHAT: &'static str = "permission";

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
        let resource = &search.resource;
        (resource.is_empty() || self.resource.eq_ignore_ascii_case(resource))
            && is_part_of(&search.needle, &[&self.name, &self.display_name])
    }
}

/// All permissions.
#[derive(Debug, Default)]
pub struct Permissions {
    all: Catalogue<Permission>,
    of_administrators: Vec<Uuid>,
}

impl Permissions {
    /// Makes those of administrators.
    pub fn plant(&mut self, draws: &mut StdRng, now: &str) {
        for new in seed::admin_permissions() {
            let permission = permission(new_id(draws), new, now);
            self.of_administrators.push(permission.id);
            // The first of all: their names differ.
            let _ = self.all.add(permission);
        }
    }

    /// The names of those that are active, of administrators.
    pub fn names_of_administrators(&self) -> Vec<String> {
        let all = self.of_administrators.iter();
        let active = all.filter_map(|id| self.all.get(*id).ok().filter(|one| one.is_active));
        let mut names: Vec<String> = active.map(|one| one.name.clone()).collect();
        names.sort();
        names
    }
}

fn permission(id: Uuid, new: NewPermission, now: &str) -> Permission {
    Permission {
        id,
        name: new.name,
        display_name: new.display_name,
        resource: new.resource,
        action: new.action,
        description: new.description,
        is_active: true,
        created_at: now.to_owned(),
        updated_at: now.to_owned(),
    }
}

impl Memory {
    pub(super) fn create_permission(&mut self, call: &Call<'_>) -> Answer {
        self.admin(call)?;
        let new: NewPermission = validate::body(call.body)?;
        let permission = permission(new_id(&mut self.draws), new, &self.stamp());
        Ok(Success::json(&self.permissions.all.add(permission)?).created())
    }

    pub(super) fn list_permissions(&mut self, call: &Call<'_>) -> Answer {
        self.bearer(call)?;
        let asked: Listing<PermissionFilter> = self.query(call)?;
        let search = Search {
            needle: asked.filter.search.unwrap_or_default().to_lowercase(),
            resource: asked.filter.resource.unwrap_or_default().to_lowercase(),
        };
        let page = self
            .permissions
            .all
            .page(&search, asked.filter.is_active, asked.slice);
        Ok(Success::text_of_json(page))
    }

    pub(super) fn read_permission(&mut self, call: &Call<'_>, id: &str) -> Answer {
        self.bearer(call)?;
        let id = guard::uuid("id", id)?;
        Ok(Success::json(self.permissions.all.get(id)?))
    }

    pub(super) fn update_permission(&mut self, call: &Call<'_>, id: &str) -> Answer {
        self.admin(call)?;
        let id = guard::uuid("id", id)?;
        let change: PermissionChange = validate::body(call.body)?;
        let mut permission = self.permissions.all.get(id)?.clone();
        permission.name = change.name.unwrap_or(permission.name);
        permission.display_name = change.display_name.unwrap_or(permission.display_name);
        permission.resource = change.resource.unwrap_or(permission.resource);
        permission.action = change.action.unwrap_or(permission.action);
        permission.description = change.description.unwrap_or(permission.description);
        permission.updated_at = self.stamp();
        Ok(Success::json(&self.permissions.all.replace(permission)?))
    }

    pub(super) fn delete_permission(&mut self, call: &Call<'_>, id: &str) -> Answer {
        self.admin(call)?;
        let id = guard::uuid("id", id)?;
        self.permissions.all.get(id)?;
        if self.permissions.of_administrators.contains(&id) {
            return Err(StoreError::Conflict("the permission is in use by a role").into());
        }
        self.permissions.all.remove(id);
        Ok(Success::message("the permission is deleted"))
    }

    pub(super) fn switch_permission(&mut self, call: &Call<'_>, id: &str, active: bool) -> Answer {
        self.admin(call)?;
        let id = guard::uuid("id", id)?;
        let mut permission = self.permissions.all.get(id)?.clone();
        if permission.is_active == active {
            return Err(StoreError::Already(if active {
                "the permission is already active"
            } else {
                "the permission is already inactive"
            })
            .into());
        }
        permission.is_active = active;
        permission.updated_at = self.stamp();
        Ok(Success::json(&self.permissions.all.replace(permission)?))
    }
}
