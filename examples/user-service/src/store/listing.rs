//! Lists of accounts: filters, searches, pages.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::users::{COLUMNS, User, user, with_roles};
use super::{Page, Slice, StoreError, count, like};

/// What a list of accounts is narrowed by.
#[derive(Debug, Clone, Default)]
pub struct UserFilter {
    pub search: Option<String>,
    pub is_active: Option<bool>,
    /// Deleted ones only, or (by default) the others only.
    pub is_deleted: bool,
}

/// One page of the accounts that pass the filter, newest first.
pub fn list(
    connection: &Connection,
    filter: &UserFilter,
    slice: Slice,
) -> Result<Page<User>, StoreError> {
    let query = listing(filter);
    let total = count(connection, &query.count, params_from_iter(&query.values))?;
    let mut values = query.values;
    values.extend([
        Value::from(i64::from(slice.limit)),
        Value::from(slice.offset()),
    ]);
    let mut statement = connection.prepare_cached(&query.page)?;
    let users = statement
        .query_map(params_from_iter(&values), user)?
        .collect::<Result<Vec<_>, _>>()?;
    let users = users
        .into_iter()
        .map(|user| with_roles(connection, user))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(slice.page(users, total))
}

/// The two statements of a list and the values that both take; the page takes limit and offset besides.
struct Listing {
    count: String,
    page: String,
    values: Vec<Value>,
}

/// Picks the cheapest way: kept counts without a search, the trigrams for a search of living accounts, else a scan.
fn listing(filter: &UserFilter) -> Listing {
    let state = match filter.is_active {
        None => "is_deleted = ?",
        Some(_) => "is_deleted = ? AND is_active = ?",
    };
    let mut values: Vec<Value> = [Some(filter.is_deleted), filter.is_active]
        .into_iter()
        .flatten()
        .map(Value::from)
        .collect();
    match &filter.search {
        None => Listing {
            count: format!("SELECT sum(users) FROM user_counts WHERE {state}"),
            page: format!(
                "SELECT {COLUMNS} FROM users WHERE {state} ORDER BY seq DESC LIMIT ? OFFSET ?"
            ),
            values,
        },
        Some(text)
            if text.chars().count() >= 3 && !filter.is_deleted && filter.is_active.is_none() =>
        {
            Listing {
                count: "SELECT count(*) FROM user_search WHERE user_search MATCH ?".to_owned(),
                // CROSS JOIN keeps the order of the tables: the index is walked backwards and left after one page.
                page: format!(
                "SELECT {COLUMNS} FROM user_search CROSS JOIN users ON users.seq = user_search.rowid
                 WHERE user_search MATCH ? ORDER BY user_search.rowid DESC LIMIT ? OFFSET ?"
            ),
                // One phrase: a quoted FTS5 string, its own quotes doubled.
                values: vec![format!("\"{}\"", text.replace('"', "\"\"")).into()],
            }
        }
        Some(text) => {
            let found = r"(username LIKE ? ESCAPE '\' OR email LIKE ? ESCAPE '\' OR name LIKE ? ESCAPE '\')";
            values.extend(std::iter::repeat_n(Value::from(like(text)), 3));
            Listing {
                count: format!("SELECT count(*) FROM users WHERE {state} AND {found}"),
                page: format!(
                    "SELECT {COLUMNS} FROM users WHERE {state} AND {found} ORDER BY seq DESC LIMIT ? OFFSET ?"
                ),
                values,
            }
        }
    }
}
