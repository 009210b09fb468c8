//! Accounts. Deleting one keeps its row and takes it out of sight.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::roles::{self, RoleName};
use super::{StoreError, count, found};

const WHAT: &str = "user";
pub(super) const COLUMNS: &str =
    "users.id, users.username, users.email, users.name, users.phone_number, users.document_number,
    users.is_active, users.is_deleted, users.created_at, users.updated_at";

/// An account as everyone may see it; the password hash never leaves the store with it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct User {
    pub id: Uuid,
    #[schema(min_length = 3, max_length = 50, example = "ada")]
    pub username: String,
    #[schema(format = "email", example = "ada@example.com")]
    pub email: String,
    #[schema(min_length = 1, max_length = 100, example = "Ada Lovelace")]
    pub name: String,
    #[schema(required = true)]
    pub phone_number: Option<String>,
    #[schema(required = true)]
    pub document_number: Option<String>,
    pub is_active: bool,
    pub is_deleted: bool,
    #[schema(format = "date-time")]
    pub created_at: String,
    #[schema(format = "date-time")]
    pub updated_at: String,
    pub roles: Vec<RoleName>,
}

/// What a new account is made of.
#[derive(Debug, Clone)]
pub struct NewUser {
    pub username: String,
    pub email: String,
    pub name: String,
    pub phone_number: Option<String>,
    pub document_number: Option<String>,
    pub password_hash: String,
}

/// What changes: a field that is absent stays as it is, null empties it where it can be empty.
#[derive(Debug, Clone, Default, ToSchema)]
pub struct UserChange {
    #[schema(
        nullable = false,
        min_length = 3,
        max_length = 50,
        pattern = "^[A-Za-z0-9._-]{3,50}$"
    )]
    pub username: Option<String>,
    #[schema(nullable = false, format = "email", max_length = 254)]
    pub email: Option<String>,
    #[schema(nullable = false, min_length = 1, max_length = 100)]
    pub name: Option<String>,
    #[schema(value_type = Option<String>, max_length = 25, pattern = "^[+(0-9][0-9 ()./-]*$")]
    pub phone_number: Option<Option<String>>,
    #[schema(value_type = Option<String>, min_length = 3, max_length = 32, pattern = "^[A-Za-z0-9][A-Za-z0-9 ./-]*$")]
    pub document_number: Option<Option<String>>,
}

/// What a login is checked against.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub id: Uuid,
    pub email: String,
    pub password_hash: String,
    pub is_active: bool,
    pub is_deleted: bool,
}

/// Accounts not deleted, and of these the active ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Census {
    pub total: u64,
    pub active: u64,
}

pub(super) fn user(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User {
        id: row.get(0)?,
        username: row.get(1)?,
        email: row.get(2)?,
        name: row.get(3)?,
        phone_number: row.get(4)?,
        document_number: row.get(5)?,
        is_active: row.get(6)?,
        is_deleted: row.get(7)?,
        created_at: row.get(8)?,
        updated_at: row.get(9)?,
        roles: Vec::new(),
    })
}

pub(super) fn with_roles(connection: &Connection, mut user: User) -> Result<User, StoreError> {
    user.roles = roles::names_of(connection, user.id)?;
    Ok(user)
}

fn one(
    connection: &Connection,
    condition: &str,
    key: &dyn rusqlite::ToSql,
) -> Result<User, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM users WHERE {condition}");
    let row = connection.prepare_cached(&sql)?.query_row([key], user);
    with_roles(connection, found(row, WHAT)?)
}

/// The account with this id, deleted or not.
pub fn any(connection: &Connection, id: Uuid) -> Result<User, StoreError> {
    one(connection, "id = ?1", &id)
}

/// The account with this id unless it is deleted.
pub fn get(connection: &Connection, id: Uuid) -> Result<User, StoreError> {
    one(connection, "id = ?1 AND is_deleted = 0", &id)
}

pub fn by_email(connection: &Connection, email: &str) -> Result<User, StoreError> {
    one(connection, "email = ?1 AND is_deleted = 0", &email)
}

pub fn by_username(connection: &Connection, username: &str) -> Result<User, StoreError> {
    one(connection, "username = ?1 AND is_deleted = 0", &username)
}

/// The account as `viewer` may see it: a deleted one is there for administrators only.
pub fn seen_by(connection: &Connection, id: Uuid, viewer: Uuid) -> Result<User, StoreError> {
    let user = any(connection, id)?;
    if user.is_deleted && !roles::is_admin(connection, viewer)? {
        return Err(StoreError::Missing(WHAT));
    }
    Ok(user)
}

/// Refuses when there is no such account or it is deleted.
pub fn must_exist(connection: &Connection, id: Uuid) -> Result<(), StoreError> {
    let sql = "SELECT 1 FROM users WHERE id = ?1 AND is_deleted = 0";
    found(
        connection.prepare_cached(sql)?.query_row([id], |_| Ok(())),
        WHAT,
    )
}

pub fn create(tx: &Transaction<'_>, new: &NewUser, now: &str) -> Result<User, StoreError> {
    let id = Uuid::new_v4();
    tx.prepare_cached(
        "INSERT INTO users (id, username, email, name, phone_number, document_number,
         password_hash, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)",
    )?
    .execute(params![
        id,
        new.username,
        new.email,
        new.name,
        new.phone_number,
        new.document_number,
        new.password_hash,
        now
    ])?;
    any(tx, id)
}

pub fn update(
    tx: &Transaction<'_>,
    id: Uuid,
    change: &UserChange,
    now: &str,
) -> Result<User, StoreError> {
    let old = get(tx, id)?;
    tx.prepare_cached(
        "UPDATE users SET username = ?2, email = ?3, name = ?4, phone_number = ?5,
         document_number = ?6, updated_at = ?7
         WHERE id = ?1",
    )?
    .execute(params![
        id,
        change.username.as_ref().unwrap_or(&old.username),
        change.email.as_ref().unwrap_or(&old.email),
        change.name.as_ref().unwrap_or(&old.name),
        change.phone_number.as_ref().unwrap_or(&old.phone_number),
        change
            .document_number
            .as_ref()
            .unwrap_or(&old.document_number),
        now
    ])?;
    get(tx, id)
}

/// Takes an account out of sight, and its roles from it; its address and name stay taken.
pub fn delete(tx: &Transaction<'_>, id: Uuid, now: &str) -> Result<(), StoreError> {
    must_exist(tx, id)?;
    tx.prepare_cached("UPDATE users SET is_deleted = 1, updated_at = ?2 WHERE id = ?1")?
        .execute(params![id, now])?;
    // A role that somebody holds cannot be removed, and from a deleted account nobody could take it.
    tx.prepare_cached("DELETE FROM user_roles WHERE user_id = ?1")?
        .execute([id])?;
    Ok(())
}

pub fn set_active(
    tx: &Transaction<'_>,
    id: Uuid,
    active: bool,
    now: &str,
) -> Result<User, StoreError> {
    let old = get(tx, id)?;
    if old.is_active == active {
        return Err(StoreError::Already(if active {
            "the user is already active"
        } else {
            "the user is already inactive"
        }));
    }
    tx.prepare_cached("UPDATE users SET is_active = ?2, updated_at = ?3 WHERE id = ?1")?
        .execute(params![id, active, now])?;
    get(tx, id)
}

pub fn set_password(
    tx: &Transaction<'_>,
    id: Uuid,
    hash: &str,
    now: &str,
) -> Result<(), StoreError> {
    let changed = tx
        .prepare_cached(
            "UPDATE users SET password_hash = ?2, updated_at = ?3 WHERE id = ?1 AND is_deleted = 0",
        )?
        .execute(params![id, hash, now])?;
    if changed == 0 {
        Err(StoreError::Missing(WHAT))
    } else {
        Ok(())
    }
}

fn credentials(
    connection: &Connection,
    condition: &str,
    key: &dyn rusqlite::ToSql,
) -> Result<Option<Credentials>, StoreError> {
    let sql = format!(
        "SELECT id, email, password_hash, is_active, is_deleted FROM users WHERE {condition}"
    );
    let row = connection.prepare_cached(&sql)?.query_row([key], |row| {
        Ok(Credentials {
            id: row.get(0)?,
            email: row.get(1)?,
            password_hash: row.get(2)?,
            is_active: row.get(3)?,
            is_deleted: row.get(4)?,
        })
    });
    Ok(row.optional()?)
}

pub fn credentials_by_email(
    connection: &Connection,
    email: &str,
) -> Result<Option<Credentials>, StoreError> {
    credentials(connection, "email = ?1", &email)
}

pub fn credentials_by_id(
    connection: &Connection,
    id: Uuid,
) -> Result<Option<Credentials>, StoreError> {
    credentials(connection, "id = ?1", &id)
}

/// Refuses when the table of accounts cannot be read.
pub fn probe(connection: &Connection) -> Result<(), StoreError> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM users LIMIT 1")?
        .query_row([], |_| Ok(()))?)
}

/// How many accounts there are.
pub fn census(connection: &Connection) -> Result<Census, StoreError> {
    let total = count(
        connection,
        "SELECT sum(users) FROM user_counts WHERE is_deleted = 0",
        [],
    )?;
    let active = count(
        connection,
        "SELECT sum(users) FROM user_counts WHERE is_deleted = 0 AND is_active = 1",
        [],
    )?;
    Ok(Census { total, active })
}
