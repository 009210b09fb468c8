//! Refresh tokens: each works once. Only their hashes are kept.

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use uuid::Uuid;

use super::StoreError;

/// SHA-256 of a refresh token.
pub type TokenHash = [u8; 32];

/// Whose token it was.
#[derive(Debug, Clone, Copy)]
pub struct Spent {
    pub user: Uuid,
    pub session: Uuid,
}

/// Remembers a token until `expires_at` (Unix seconds) and forgets those that are past `now`.
pub fn keep(
    tx: &Transaction<'_>,
    hash: &TokenHash,
    user: Uuid,
    session: Uuid,
    expires_at: i64,
    now: i64,
) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM refresh_tokens WHERE expires_at <= ?1")?
        .execute([now])?;
    tx.prepare_cached(
        "INSERT INTO refresh_tokens (hash, user_id, session, expires_at) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![hash, user, session, expires_at])?;
    Ok(())
}

/// Uses a token up. `None` when it is unknown, used or expired at `now` (Unix seconds).
pub fn spend(
    tx: &Transaction<'_>,
    hash: &TokenHash,
    now: i64,
) -> Result<Option<Spent>, StoreError> {
    let row = tx
        .prepare_cached(
            "DELETE FROM refresh_tokens WHERE hash = ?1 RETURNING user_id, session, expires_at",
        )?
        .query_row(params![hash], |row| {
            Ok((
                Spent {
                    user: row.get(0)?,
                    session: row.get(1)?,
                },
                row.get::<_, i64>(2)?,
            ))
        })
        .optional()?;
    Ok(row.and_then(|(spent, expires_at)| (expires_at > now).then_some(spent)))
}

pub fn forget_session(connection: &Connection, session: Uuid) -> Result<(), StoreError> {
    connection
        .prepare_cached("DELETE FROM refresh_tokens WHERE session = ?1")?
        .execute([session])?;
    Ok(())
}

pub fn forget_user(connection: &Connection, user: Uuid) -> Result<(), StoreError> {
    connection
        .prepare_cached("DELETE FROM refresh_tokens WHERE user_id = ?1")?
        .execute([user])?;
    Ok(())
}
