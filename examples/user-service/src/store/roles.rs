//! Roles, who holds them, and which permissions they bring.

use rusqlite::types::Value;
use rusqlite::{Connection, Row, Transaction, params, params_from_iter};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::users::{self, User};
use super::{Page, Slice, StoreError, count, found, like};

/// The role that makes its holder an administrator.
pub const ADMIN: &str = "admin";
const WHAT: &str = "role";
const COLUMNS: &str =
    "roles.id, roles.name, roles.display_name, roles.description, roles.is_active,
    roles.created_at, roles.updated_at";

/// A role.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Role {
    pub id: Uuid,
    #[schema(max_length = 100, example = "editor")]
    pub name: String,
    #[schema(max_length = 100, example = "Editor")]
    pub display_name: String,
    #[schema(required = true)]
    pub description: Option<String>,
    pub is_active: bool,
    #[schema(format = "date-time")]
    pub created_at: String,
    #[schema(format = "date-time")]
    pub updated_at: String,
}

/// A role as it stands beside its holder.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RoleName {
    pub id: Uuid,
    pub name: String,
    pub display_name: String,
}

/// What a new role is made of.
#[derive(Debug, Clone, ToSchema)]
pub struct NewRole {
    #[schema(max_length = 100, pattern = "^[A-Za-z][A-Za-z0-9._:*-]*$")]
    pub name: String,
    #[schema(min_length = 1, max_length = 100)]
    pub display_name: String,
    #[schema(max_length = 1000)]
    pub description: Option<String>,
}

/// What changes; `None` stays as it is.
#[derive(Debug, Clone, Default, ToSchema)]
pub struct RoleChange {
    #[schema(
        nullable = false,
        max_length = 100,
        pattern = "^[A-Za-z][A-Za-z0-9._:*-]*$"
    )]
    pub name: Option<String>,
    #[schema(nullable = false, min_length = 1, max_length = 100)]
    pub display_name: Option<String>,
    #[schema(value_type = Option<String>, max_length = 1000)]
    pub description: Option<Option<String>>,
}

/// What a list is narrowed by.
#[derive(Debug, Clone, Default)]
pub struct RoleFilter {
    pub search: Option<String>,
    pub is_active: Option<bool>,
}

fn role(row: &Row<'_>) -> rusqlite::Result<Role> {
    Ok(Role {
        id: row.get(0)?,
        name: row.get(1)?,
        display_name: row.get(2)?,
        description: row.get(3)?,
        is_active: row.get(4)?,
        created_at: row.get(5)?,
        updated_at: row.get(6)?,
    })
}

pub fn get(connection: &Connection, id: Uuid) -> Result<Role, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM roles WHERE id = ?1");
    found(connection.prepare_cached(&sql)?.query_row([id], role), WHAT)
}

pub fn create(tx: &Transaction<'_>, new: &NewRole, now: &str) -> Result<Role, StoreError> {
    let id = Uuid::new_v4();
    tx.prepare_cached(
        "INSERT INTO roles (id, name, display_name, description, created_at, updated_at) VALUES \
         (?1, ?2, ?3, ?4, ?5, ?5)",
    )?
    .execute(params![
        id,
        new.name,
        new.display_name,
        new.description,
        now
    ])?;
    get(tx, id)
}

pub fn update(
    tx: &Transaction<'_>,
    id: Uuid,
    change: &RoleChange,
    now: &str,
) -> Result<Role, StoreError> {
    let old = get(tx, id)?;
    let name = change.name.as_ref().unwrap_or(&old.name);
    if old.name == ADMIN && name != ADMIN {
        return Err(StoreError::Conflict("the role admin keeps its name"));
    }
    tx.prepare_cached(
        "UPDATE roles SET name = ?2, display_name = ?3, description = ?4, updated_at = ?5 WHERE id \
         = ?1",
    )?
    .execute(params![
        id,
        name,
        change.display_name.as_ref().unwrap_or(&old.display_name),
        change.description.as_ref().unwrap_or(&old.description),
        now
    ])?;
    get(tx, id)
}

pub fn delete(tx: &Transaction<'_>, id: Uuid) -> Result<(), StoreError> {
    let role = get(tx, id)?;
    if role.name == ADMIN
        || count(
            tx,
            "SELECT EXISTS (SELECT 1 FROM user_roles WHERE role_id = ?1)",
            [id],
        )? > 0
    {
        return Err(StoreError::Conflict("the role is assigned to someone"));
    }
    tx.prepare_cached("DELETE FROM role_permissions WHERE role_id = ?1")?
        .execute([id])?;
    tx.prepare_cached("DELETE FROM roles WHERE id = ?1")?
        .execute([id])?;
    Ok(())
}

pub fn set_active(
    tx: &Transaction<'_>,
    id: Uuid,
    active: bool,
    now: &str,
) -> Result<Role, StoreError> {
    let old = get(tx, id)?;
    if old.is_active == active {
        return Err(StoreError::Already(if active {
            "the role is already active"
        } else {
            "the role is already inactive"
        }));
    }
    if old.name == ADMIN {
        return Err(StoreError::Conflict("the role admin stays active"));
    }
    tx.prepare_cached("UPDATE roles SET is_active = ?2, updated_at = ?3 WHERE id = ?1")?
        .execute(params![id, active, now])?;
    get(tx, id)
}

/// One page of the roles that pass the filter, oldest first.
pub fn list(
    connection: &Connection,
    filter: &RoleFilter,
    slice: Slice,
) -> Result<Page<Role>, StoreError> {
    let mut condition = "1".to_owned();
    let mut values = Vec::new();
    if let Some(active) = filter.is_active {
        condition.push_str(" AND is_active = ?");
        values.push(Value::from(active));
    }
    if let Some(text) = &filter.search {
        condition.push_str(r" AND (name LIKE ? ESCAPE '\' OR display_name LIKE ? ESCAPE '\')");
        values.extend(std::iter::repeat_n(Value::from(like(text)), 2));
    }
    page(connection, &condition, values, slice)
}

fn page(
    connection: &Connection,
    condition: &str,
    mut values: Vec<Value>,
    slice: Slice,
) -> Result<Page<Role>, StoreError> {
    let total = count(
        connection,
        &format!("SELECT count(*) FROM roles WHERE {condition}"),
        params_from_iter(&values),
    )?;
    values.extend([
        Value::from(i64::from(slice.limit)),
        Value::from(slice.offset()),
    ]);
    let sql =
        format!("SELECT {COLUMNS} FROM roles WHERE {condition} ORDER BY seq LIMIT ? OFFSET ?");
    let mut statement = connection.prepare_cached(&sql)?;
    let roles = statement
        .query_map(params_from_iter(&values), role)?
        .collect::<Result<Vec<_>, _>>()?;
    Ok(slice.page(roles, total))
}

/// One page of the roles that a user holds.
pub fn held(connection: &Connection, user: Uuid, slice: Slice) -> Result<Page<Role>, StoreError> {
    users::must_exist(connection, user)?;
    let condition = "id IN (SELECT role_id FROM user_roles WHERE user_id = ?)";
    page(
        connection,
        condition,
        vec![Value::from(user.into_bytes().to_vec())],
        slice,
    )
}

/// The roles that a user holds, by name.
pub fn names_of(connection: &Connection, user: Uuid) -> Result<Vec<RoleName>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT roles.id, roles.name, roles.display_name FROM user_roles JOIN roles ON roles.id =
         user_roles.role_id
         WHERE user_roles.user_id = ?1 ORDER BY roles.name",
    )?;
    let names = statement.query_map([user], |row| {
        Ok(RoleName {
            id: row.get(0)?,
            name: row.get(1)?,
            display_name: row.get(2)?,
        })
    })?;
    Ok(names.collect::<Result<_, _>>()?)
}

/// True when the account holds the role `admin` at this moment and is not deleted.
pub fn is_admin(connection: &Connection, user: Uuid) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM user_roles JOIN roles ON roles.id = user_roles.role_id
               JOIN users ON users.id = user_roles.user_id
               WHERE user_roles.user_id = ?1 AND roles.name = 'admin' AND users.is_deleted = 0)";
    Ok(connection
        .prepare_cached(sql)?
        .query_row([user], |row| row.get(0))?)
}

pub fn assign(tx: &Transaction<'_>, user: Uuid, role: Uuid) -> Result<User, StoreError> {
    users::must_exist(tx, user)?;
    get(tx, role)?;
    if give(tx, user, role)? == 0 {
        return Err(StoreError::Conflict("the user has this role"));
    }
    users::get(tx, user)
}

pub fn revoke(tx: &Transaction<'_>, user: Uuid, role: Uuid) -> Result<User, StoreError> {
    users::must_exist(tx, user)?;
    get(tx, role)?;
    if take(tx, user, role)? == 0 {
        return Err(StoreError::Already("the user does not have this role"));
    }
    users::get(tx, user)
}

/// Gives all of the roles; those that the user has already stay.
pub fn assign_all(tx: &Transaction<'_>, user: Uuid, roles: &[Uuid]) -> Result<User, StoreError> {
    users::must_exist(tx, user)?;
    must_know(tx, roles)?;
    for role in roles {
        give(tx, user, *role)?;
    }
    users::get(tx, user)
}

/// Takes all of the roles; those that the user has not are passed over.
pub fn revoke_all(tx: &Transaction<'_>, user: Uuid, roles: &[Uuid]) -> Result<User, StoreError> {
    users::must_exist(tx, user)?;
    must_know(tx, roles)?;
    for role in roles {
        take(tx, user, *role)?;
    }
    users::get(tx, user)
}

fn give(tx: &Transaction<'_>, user: Uuid, role: Uuid) -> rusqlite::Result<usize> {
    tx.prepare_cached("INSERT OR IGNORE INTO user_roles (user_id, role_id) VALUES (?1, ?2)")?
        .execute([user, role])
}

fn take(tx: &Transaction<'_>, user: Uuid, role: Uuid) -> rusqlite::Result<usize> {
    tx.prepare_cached("DELETE FROM user_roles WHERE user_id = ?1 AND role_id = ?2")?
        .execute([user, role])
}

fn must_know(tx: &Transaction<'_>, roles: &[Uuid]) -> Result<(), StoreError> {
    for role in roles {
        if count(
            tx,
            "SELECT EXISTS (SELECT 1 FROM roles WHERE id = ?1)",
            [role],
        )? == 0
        {
            return Err(StoreError::Unfit {
                field: "roleIds",
                message: format!("there is no role {role}"),
            });
        }
    }
    Ok(())
}
