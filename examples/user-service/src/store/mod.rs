//! What is known about users, roles, permissions, profiles and refresh tokens, in SQLite.
//!
//! In: plain values that the rules have passed. Out: rows, or a [`StoreError`] that says what stood in the way.
//! It must never know HTTP, tokens' signatures or metrics.
//!
//! Readers run side by side, as many as the pool has connections; writers queue for one turn at a time, so that
//! SQLite never answers "busy". Both wait as tasks, not as threads.

pub mod listing;
pub mod permissions;
pub mod profiles;
pub mod refresh;
pub mod roles;
pub(crate) mod seed;
pub mod users;

use std::sync::Arc;
use std::time::Duration;

use r2d2::Pool;
use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use serde::Serialize;
use tempfile::TempDir;
use tokio::sync::Semaphore;
use utoipa::ToSchema;

use crate::options::Database;

pub use seed::Seed;

/// How long a job waits for a connection that the pool cannot give before it is refused.
const CONNECTION_WAIT: Duration = Duration::from_millis(500);
/// How long the start waits until the pool has opened its connections, also on a machine with other work.
const OPENING_WAIT: Duration = Duration::from_secs(30);
const SCHEMA: &str = include_str!("schema.sql");

/// A connection out of the pool.
pub type Pooled = r2d2::PooledConnection<SqliteConnectionManager>;

/// What stood in the way.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("no such {0}")]
    Missing(&'static str),
    #[error("this {field} is taken")]
    Taken { field: &'static str },
    #[error("{0}")]
    Conflict(&'static str),
    #[error("{0}")]
    Already(&'static str),
    #[error("{field} {message}")]
    Unfit {
        field: &'static str,
        message: String,
    },
    #[error("no connection: {0}")]
    Pool(#[from] r2d2::Error),
    #[error(transparent)]
    Sqlite(rusqlite::Error),
    #[error("the job ended without an answer")]
    Lost,
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        // SQLite names the column in its message: `UNIQUE constraint failed: users.email`.
        if let rusqlite::Error::SqliteFailure(code, Some(message)) = &error
            && code.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE
        {
            for field in ["email", "username", "name"] {
                if message.ends_with(&format!(".{field}")) {
                    return Self::Taken { field };
                }
            }
        }
        Self::Sqlite(error)
    }
}

/// One page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub pagination: Pagination,
}

/// Where a page stands in its list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Pagination {
    /// Items in the whole list.
    pub total: u64,
    #[schema(minimum = 1)]
    pub page: u32,
    #[schema(minimum = 1, maximum = 100)]
    pub limit: u32,
    /// Pages in the whole list.
    pub pages: u64,
}

/// Which page is asked for: `page` from 1, `limit` items each.
#[derive(Debug, Clone, Copy)]
pub struct Slice {
    pub page: u32,
    pub limit: u32,
}

impl Slice {
    pub(crate) fn offset(self) -> i64 {
        i64::from(self.page - 1) * i64::from(self.limit)
    }

    /// The page that these items of so many make.
    pub(crate) fn page<T>(self, items: Vec<T>, total: u64) -> Page<T> {
        let pages = total.div_ceil(u64::from(self.limit));
        Page {
            items,
            pagination: Pagination {
                total,
                page: self.page,
                limit: self.limit,
                pages,
            },
        }
    }
}

/// The database behind its pool.
#[derive(Clone)]
pub struct Store {
    pool: Pool<SqliteConnectionManager>,
    readers: Arc<Semaphore>,
    writer: Arc<Semaphore>,
    _folder: Option<Arc<TempDir>>,
}

impl Store {
    /// Opens the database and lays the schema.
    ///
    /// # Errors
    /// When the file cannot be opened or is no SQLite database.
    pub fn open(database: &Database, pool_size: u32) -> anyhow::Result<Self> {
        let (path, folder) = match database {
            Database::File(path) => (path.clone(), None),
            Database::Temporary => {
                let folder = tempfile::Builder::new().prefix("user-service-").tempdir()?;
                (folder.path().join("users.db"), Some(Arc::new(folder)))
            }
        };
        // A temporary file has nothing to survive a power cut for.
        let synchronous = if folder.is_some() { "OFF" } else { "NORMAL" };
        let manager = SqliteConnectionManager::file(path).with_init(move |connection| {
            connection.set_prepared_statement_cache_capacity(128);
            connection.busy_timeout(Duration::from_secs(10))?;
            connection.execute_batch(&format!(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}; PRAGMA foreign_keys = ON;
                 PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4096;"
            ))
        });
        let pool = Pool::builder()
            .max_size(pool_size)
            .min_idle(Some(pool_size))
            .test_on_check_out(false)
            .connection_timeout(OPENING_WAIT)
            .idle_timeout(None)
            .max_lifetime(None)
            .build(manager)?;
        pool.get()?.execute_batch(SCHEMA)?;
        let readers = Arc::new(Semaphore::new(pool_size as usize - 1));
        Ok(Self {
            pool,
            readers,
            writer: Arc::new(Semaphore::new(1)),
            _folder: folder,
        })
    }

    /// Runs a job that only looks. Its reads see one state of the database.
    pub async fn read<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let turn = Arc::clone(&self.readers)
            .acquire_owned()
            .await
            .map_err(|_| StoreError::Lost)?;
        let pool = self.pool.clone();
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            job(&*pool.get_timeout(CONNECTION_WAIT)?)
        });
        done.await.map_err(|_| StoreError::Lost)?
    }

    /// Runs a job that changes things: all of it or, when it gives an error, nothing.
    pub async fn write<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.write_then(job, |value| value).await
    }

    /// As [`Self::write`], with something to do once the change is committed and before the next writer's turn. It
    /// is done even when nobody waits for the answer any more.
    pub async fn write_then<T, U, F, G>(&self, job: F, then: G) -> Result<U, StoreError>
    where
        U: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
        G: FnOnce(T) -> U + Send + 'static,
    {
        let turn = Arc::clone(&self.writer)
            .acquire_owned()
            .await
            .map_err(|_| StoreError::Lost)?;
        let pool = self.pool.clone();
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let mut connection = pool.get_timeout(CONNECTION_WAIT)?;
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = job(&transaction)?;
            transaction.commit()?;
            Ok(then(value))
        });
        done.await.map_err(|_| StoreError::Lost)?
    }

    /// Takes a connection out of the pool for as long as the caller holds it.
    ///
    /// # Errors
    /// When none came free in time.
    pub fn connection(&self) -> Result<Pooled, StoreError> {
        Ok(self.pool.get_timeout(CONNECTION_WAIT)?)
    }

    /// Connections that are out of the pool at this moment.
    #[must_use]
    pub fn connections_active(&self) -> u32 {
        let state = self.pool.state();
        state.connections - state.idle_connections
    }

    /// Connections that the pool can give at most.
    #[must_use]
    pub fn connections_max(&self) -> u32 {
        self.pool.max_size()
    }
}

/// Turns "no row" into "no such `what`".
fn found<T>(result: rusqlite::Result<T>, what: &'static str) -> Result<T, StoreError> {
    match result {
        Err(rusqlite::Error::QueryReturnedNoRows) => Err(StoreError::Missing(what)),
        other => Ok(other?),
    }
}

fn count(
    connection: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
) -> rusqlite::Result<u64> {
    let total: i64 = connection
        .prepare_cached(sql)?
        .query_row(params, |row| row.get(0))?;
    Ok(total.unsigned_abs())
}

/// A pattern for `LIKE ? ESCAPE '\'` that finds the text anywhere.
fn like(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}
