//! What a new database begins with: the first administrator, its role, and the permissions of that role.

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use uuid::Uuid;

use super::StoreError;
use super::permissions::{self, NewPermission};
use super::roles::{self, ADMIN, NewRole};
use super::users::{self, NewUser};

const RESOURCES: [&str; 4] = ["users", "profiles", "roles", "permissions"];
const ACTIONS: [&str; 2] = ["read", "write"];

/// The first administrator's name.
pub(crate) const ADMIN_NAME: &str = "Administrator";

/// The role of administrators.
pub(crate) fn admin_role() -> NewRole {
    NewRole {
        name: ADMIN.to_owned(),
        display_name: "Administrator".to_owned(),
        description: Some("May do everything".to_owned()),
    }
}

/// What that role permits.
pub(crate) fn admin_permissions() -> impl Iterator<Item = NewPermission> {
    let all = RESOURCES.into_iter();
    all.flat_map(|resource| ACTIONS.into_iter().map(move |action| (resource, action)))
        .map(|(resource, action)| NewPermission {
            name: format!("{resource}:{action}"),
            display_name: format!("{action} {resource}"),
            resource: resource.to_owned(),
            action: action.to_owned(),
            description: None,
        })
}

/// The first administrator.
#[derive(Debug, Clone)]
pub struct Seed {
    pub email: String,
    pub password_hash: String,
}

impl Seed {
    /// Lays what is missing. An administrator who is there already gets this password, so that the options tell the truth.
    pub(crate) fn plant(&self, tx: &Transaction<'_>, now: &str) -> Result<Uuid, StoreError> {
        let role = match id_of(tx, "SELECT id FROM roles WHERE name = ?1", ADMIN)? {
            Some(id) => id,
            None => Self::plant_role(tx, now)?,
        };
        let user = match id_of(tx, "SELECT id FROM users WHERE email = ?1", &self.email)? {
            Some(id) => {
                tx.execute(
                    "UPDATE users SET password_hash = ?2, is_active = 1, is_deleted = 0 WHERE id = \
                     ?1",
                    params![id, self.password_hash],
                )?;
                id
            }
            None => users::create(tx, &self.administrator(tx)?, now)?.id,
        };
        tx.execute(
            "INSERT OR IGNORE INTO user_roles (user_id, role_id) VALUES (?1, ?2)",
            [user, role],
        )?;
        Ok(user)
    }

    fn administrator(&self, tx: &Transaction<'_>) -> Result<NewUser, StoreError> {
        // A file database may have seen another administrator under the plain name.
        let taken = id_of(tx, "SELECT id FROM users WHERE username = ?1", ADMIN)?.is_some();
        let username = if taken {
            format!("admin-{}", Uuid::new_v4().simple())
        } else {
            ADMIN.to_owned()
        };
        Ok(NewUser {
            username,
            email: self.email.clone(),
            name: ADMIN_NAME.to_owned(),
            phone_number: None,
            document_number: None,
            password_hash: self.password_hash.clone(),
        })
    }

    fn plant_role(tx: &Transaction<'_>, now: &str) -> Result<Uuid, StoreError> {
        let role = roles::create(tx, &admin_role(), now)?.id;
        for new in admin_permissions() {
            let permission = permissions::create(tx, &new, now)?.id;
            tx.execute(
                "INSERT INTO role_permissions (role_id, permission_id) VALUES (?1, ?2)",
                [role, permission],
            )?;
        }
        Ok(role)
    }
}

fn id_of(connection: &Connection, sql: &str, key: &str) -> Result<Option<Uuid>, StoreError> {
    Ok(connection
        .query_row(sql, [key], |row| row.get(0))
        .optional()?)
}
