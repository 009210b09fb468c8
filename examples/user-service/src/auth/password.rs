//! Password hashes: argon2id, off the async threads, at most as many at once as there are cores.

use std::sync::Arc;
use std::thread::available_parallelism;

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

/// Why a password could not be hashed or compared.
#[derive(Debug, thiserror::Error)]
pub enum HashFault {
    #[error("argon2: {0}")]
    Argon2(String),
    #[error("the hashing job was lost")]
    Lost,
}

/// Hashes and compares.
#[derive(Clone)]
pub struct Hasher {
    argon2: Argon2<'static>,
    turns: Arc<Semaphore>,
    decoy: Arc<str>,
}

impl Hasher {
    /// A hasher whose hashes take one pass over `cost` KiB.
    ///
    /// # Errors
    /// When argon2 does not take the cost (8 KiB is its least).
    pub fn new(cost: u32) -> Result<Self, HashFault> {
        let params =
            Params::new(cost, 1, 1, None).map_err(|error| HashFault::Argon2(error.to_string()))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let decoy = digest(&argon2, "no account has this password")?;
        let turns = Arc::new(Semaphore::new(
            available_parallelism().map_or(1, usize::from),
        ));
        Ok(Self {
            argon2,
            turns,
            decoy: decoy.into(),
        })
    }

    /// The hash of a password, in PHC form with its salt and parameters.
    pub async fn hash(&self, password: String) -> Result<String, HashFault> {
        let argon2 = self.argon2.clone();
        self.work(move || digest(&argon2, &password)).await?
    }

    /// Whether the password belongs to the hash. Without a hash it works as long and says no, so that the
    /// time of the answer does not tell which accounts exist.
    pub async fn matches(&self, password: String, hash: Option<String>) -> Result<bool, HashFault> {
        let argon2 = self.argon2.clone();
        let decoy = Arc::clone(&self.decoy);
        self.work(move || {
            let hash_or_decoy = hash.as_deref().unwrap_or(&decoy);
            argon2
                .verify_password(password.as_bytes(), hash_or_decoy)
                .is_ok()
                && hash.is_some()
        })
        .await
    }

    /// As [`Self::hash`], for the start when no runtime runs yet.
    ///
    /// # Errors
    /// When argon2 fails.
    pub fn hash_now(&self, password: &str) -> Result<String, HashFault> {
        digest(&self.argon2, password)
    }

    async fn work<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HashFault> {
        let turn = Arc::clone(&self.turns)
            .acquire_owned()
            .await
            .map_err(|_| HashFault::Lost)?;
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            job()
        });
        done.await.map_err(|_| HashFault::Lost)
    }
}

fn digest(argon2: &Argon2<'_>, password: &str) -> Result<String, HashFault> {
    match argon2.hash_password(password.as_bytes()) {
        Ok(hash) => Ok(hash.to_string()),
        Err(error) => Err(HashFault::Argon2(error.to_string())),
    }
}
