//! What all handlers share.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Instant;

use uuid::Uuid;

use crate::auth::Tokens;
use crate::auth::password::Hasher;
use crate::clock::Clock;
use crate::faults::Faults;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::options::Options;
use crate::store::{Seed, Store};

/// The parts of one running service.
pub struct Parts {
    pub store: Store,
    pub tokens: Tokens,
    pub hasher: Hasher,
    pub limits: Limits,
    pub faults: Faults,
    pub metrics: Metrics,
    pub clock: Clock,
    /// Id of the first administrator.
    pub admin: Uuid,
    pub options: Options,
    pub(crate) began: Instant,
}

/// A handle on the parts; clones share them.
#[derive(Clone)]
pub struct AppState(Arc<Parts>);

impl AppState {
    /// Opens the database, plants the first administrator and makes the rest ready.
    ///
    /// # Errors
    /// When the options are refused or the database cannot be opened.
    pub fn open(options: Options) -> anyhow::Result<Self> {
        options.check()?;
        let clock = Clock::default();
        let store = Store::open(&options.db, options.pool_size)?;
        let hasher = Hasher::new(options.hash_cost)?;
        let seed = Seed {
            email: options.admin_email.clone(),
            password_hash: hasher.hash_now(&options.admin_password)?,
        };
        let mut connection = store.connection()?;
        let transaction = connection.transaction()?;
        let admin = seed.plant(&transaction, &clock.stamp())?;
        transaction.commit()?;
        drop(connection);
        let metrics = Metrics::new()?;
        Ok(Self(Arc::new(Parts {
            store,
            tokens: Tokens::new(options.token_life(), clock.clone(), metrics.clone()),
            hasher,
            limits: Limits::new(&options, clock.clone()),
            faults: Faults::new(options.faults, options.seed, options.capacity),
            metrics,
            clock,
            admin,
            options,
            began: Instant::now(),
        })))
    }
}

impl Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
