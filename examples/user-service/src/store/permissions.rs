//! Permissions: what may be done (`action`) to what (`resource`).

use rusqlite::types::Value;
use rusqlite::{Connection, Row, Transaction, params, params_from_iter};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Page, Slice, StoreError, count, found, like};

const WHAT: &str = "permission";
const COLUMNS: &str =
    "id, name, display_name, resource, action, description, is_active, created_at, updated_at";

/// A permission.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Permission {
    pub id: Uuid,
    #[schema(max_length = 100, example = "users:write")]
    pub name: String,
    #[schema(max_length = 100)]
    pub display_name: String,
    #[schema(max_length = 100, example = "users")]
    pub resource: String,
    #[schema(max_length = 100, example = "write")]
    pub action: String,
    #[schema(required = true)]
    pub description: Option<String>,
    pub is_active: bool,
    #[schema(format = "date-time")]
    pub created_at: String,
    #[schema(format = "date-time")]
    pub updated_at: String,
}

/// What a new permission is made of.
#[derive(Debug, Clone, ToSchema)]
pub struct NewPermission {
    #[schema(max_length = 100, pattern = "^[A-Za-z][A-Za-z0-9._:*-]*$")]
    pub name: String,
    #[schema(min_length = 1, max_length = 100)]
    pub display_name: String,
    #[schema(max_length = 100, pattern = "^[A-Za-z][A-Za-z0-9._:*-]*$")]
    pub resource: String,
    #[schema(max_length = 100, pattern = "^[A-Za-z][A-Za-z0-9._:*-]*$")]
    pub action: String,
    #[schema(max_length = 1000)]
    pub description: Option<String>,
}

/// What changes; `None` stays as it is.
#[derive(Debug, Clone, Default, ToSchema)]
pub struct PermissionChange {
    #[schema(
        nullable = false,
        max_length = 100,
        pattern = "^[A-Za-z][A-Za-z0-9._:*-]*$"
    )]
    pub name: Option<String>,
    #[schema(nullable = false, min_length = 1, max_length = 100)]
    pub display_name: Option<String>,
    #[schema(
        nullable = false,
        max_length = 100,
        pattern = "^[A-Za-z][A-Za-z0-9._:*-]*$"
    )]
    pub resource: Option<String>,
    #[schema(
        nullable = false,
        max_length = 100,
        pattern = "^[A-Za-z][A-Za-z0-9._:*-]*$"
    )]
    pub action: Option<String>,
    #[schema(value_type = Option<String>, max_length = 1000)]
    pub description: Option<Option<String>>,
}

/// What a list is narrowed by.
#[derive(Debug, Clone, Default)]
pub struct PermissionFilter {
    pub search: Option<String>,
    pub is_active: Option<bool>,
    pub resource: Option<String>,
}

fn permission(row: &Row<'_>) -> rusqlite::Result<Permission> {
    Ok(Permission {
        id: row.get(0)?,
        name: row.get(1)?,
        display_name: row.get(2)?,
        resource: row.get(3)?,
        action: row.get(4)?,
        description: row.get(5)?,
        is_active: row.get(6)?,
        created_at: row.get(7)?,
        updated_at: row.get(8)?,
    })
}

pub fn get(connection: &Connection, id: Uuid) -> Result<Permission, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM permissions WHERE id = ?1");
    found(
        connection.prepare_cached(&sql)?.query_row([id], permission),
        WHAT,
    )
}

pub fn create(
    tx: &Transaction<'_>,
    new: &NewPermission,
    now: &str,
) -> Result<Permission, StoreError> {
    let id = Uuid::new_v4();
    tx.prepare_cached(
        "INSERT INTO permissions (id, name, display_name, resource, action, description,
         created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)",
    )?
    .execute(params![
        id,
        new.name,
        new.display_name,
        new.resource,
        new.action,
        new.description,
        now
    ])?;
    get(tx, id)
}

pub fn update(
    tx: &Transaction<'_>,
    id: Uuid,
    change: &PermissionChange,
    now: &str,
) -> Result<Permission, StoreError> {
    let old = get(tx, id)?;
    tx.prepare_cached(
        "UPDATE permissions SET name = ?2, display_name = ?3, resource = ?4, action = ?5,
         description = ?6, updated_at = ?7
         WHERE id = ?1",
    )?
    .execute(params![
        id,
        change.name.as_ref().unwrap_or(&old.name),
        change.display_name.as_ref().unwrap_or(&old.display_name),
        change.resource.as_ref().unwrap_or(&old.resource),
        change.action.as_ref().unwrap_or(&old.action),
        change.description.as_ref().unwrap_or(&old.description),
        now
    ])?;
    get(tx, id)
}

pub fn delete(tx: &Transaction<'_>, id: Uuid) -> Result<(), StoreError> {
    get(tx, id)?;
    if count(
        tx,
        "SELECT EXISTS (SELECT 1 FROM role_permissions WHERE permission_id = ?1)",
        [id],
    )? > 0
    {
        return Err(StoreError::Conflict("the permission is in use by a role"));
    }
    tx.prepare_cached("DELETE FROM permissions WHERE id = ?1")?
        .execute([id])?;
    Ok(())
}

pub fn set_active(
    tx: &Transaction<'_>,
    id: Uuid,
    active: bool,
    now: &str,
) -> Result<Permission, StoreError> {
    if get(tx, id)?.is_active == active {
        return Err(StoreError::Already(if active {
            "the permission is already active"
        } else {
            "the permission is already inactive"
        }));
    }
    tx.prepare_cached("UPDATE permissions SET is_active = ?2, updated_at = ?3 WHERE id = ?1")?
        .execute(params![id, active, now])?;
    get(tx, id)
}

/// One page of the permissions that pass the filter, oldest first.
pub fn list(
    connection: &Connection,
    filter: &PermissionFilter,
    slice: Slice,
) -> Result<Page<Permission>, StoreError> {
    let mut condition = "1".to_owned();
    let mut values = Vec::new();
    if let Some(active) = filter.is_active {
        condition.push_str(" AND is_active = ?");
        values.push(Value::from(active));
    }
    if let Some(resource) = &filter.resource {
        condition.push_str(" AND resource = ?");
        values.push(Value::from(resource.clone()));
    }
    if let Some(text) = &filter.search {
        condition.push_str(r" AND (name LIKE ? ESCAPE '\' OR display_name LIKE ? ESCAPE '\')");
        values.extend(std::iter::repeat_n(Value::from(like(text)), 2));
    }
    let total = count(
        connection,
        &format!("SELECT count(*) FROM permissions WHERE {condition}"),
        params_from_iter(&values),
    )?;
    values.extend([
        Value::from(i64::from(slice.limit)),
        Value::from(slice.offset()),
    ]);
    let sql = format!(
        "SELECT {COLUMNS} FROM permissions WHERE {condition} ORDER BY seq LIMIT ? OFFSET ?"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let permissions = statement
        .query_map(params_from_iter(&values), permission)?
        .collect::<Result<Vec<_>, _>>()?;
    Ok(slice.page(permissions, total))
}

/// Names of the active permissions that a user's active roles bring.
pub fn names_of(connection: &Connection, user: Uuid) -> Result<Vec<String>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT permissions.name FROM user_roles
         JOIN roles ON roles.id = user_roles.role_id AND roles.is_active = 1
         JOIN role_permissions ON role_permissions.role_id = roles.id
         JOIN permissions ON permissions.id = role_permissions.permission_id AND
         permissions.is_active = 1
         WHERE user_roles.user_id = ?1 ORDER BY permissions.name",
    )?;
    let names = statement.query_map([user], |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}
