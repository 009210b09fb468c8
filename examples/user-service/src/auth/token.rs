//! Access tokens: JWTs (RFC 7519) signed with HS256, and the opaque refresh tokens beside them.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rand::Rng;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use uuid::Uuid;

use super::jwt;
use super::live::LiveTokens;
use crate::clock::Clock;
use crate::error::Refusal;
use crate::metrics::Metrics;
use crate::store::refresh::TokenHash;

/// What a token says about its bearer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Identity {
    #[serde(rename = "sub")]
    pub user: Uuid,
    pub email: String,
    pub roles: Vec<String>,
    pub scopes: Vec<String>,
    /// Unique to this token.
    #[serde(rename = "jti")]
    pub id: Uuid,
    /// Shared by all tokens that descend from one login.
    #[serde(rename = "sid")]
    pub session: Uuid,
    /// Issued at, Unix seconds.
    pub iat: i64,
    /// Dead from, Unix seconds.
    pub exp: i64,
}

/// Whom a token is made for.
#[derive(Debug, Clone)]
pub struct Subject {
    pub user: Uuid,
    pub email: String,
    pub roles: Vec<String>,
    pub scopes: Vec<String>,
    pub session: Uuid,
}

/// Issues, checks and kills access tokens.
pub struct Tokens {
    key: jwt::Key,
    life: Duration,
    clock: Clock,
    metrics: Metrics,
    // A std mutex: it is held for a look-up and never across an await.
    live: Mutex<LiveTokens>,
}

impl Tokens {
    /// Tokens under a key of this process's own, so a restart ends them all.
    pub fn new(life: Duration, clock: Clock, metrics: Metrics) -> Self {
        let mut secret = [0_u8; 32];
        rand::rng().fill_bytes(&mut secret);
        Self {
            key: jwt::Key::new(&secret),
            life,
            clock,
            metrics,
            live: Mutex::default(),
        }
    }

    /// Life of a new token.
    pub fn life(&self) -> Duration {
        self.life
    }

    /// A new token, alive from now on.
    ///
    /// # Errors
    /// A 500 when it cannot be signed.
    pub fn issue(&self, subject: Subject) -> Result<String, Refusal> {
        let now = self.clock.now();
        let expires = now + self.life;
        let identity = Identity {
            user: subject.user,
            email: subject.email,
            roles: subject.roles,
            scopes: subject.scopes,
            id: Uuid::new_v4(),
            session: subject.session,
            iat: now.unix_timestamp(),
            exp: expires.unix_timestamp() + i64::from(expires.nanosecond() > 0),
        };
        let token = self.key.sign(&identity).map_err(|error| {
            tracing::error!(%error, "token");
            Refusal::internal()
        })?;
        let mut live = self.live();
        self.bury(live.expire(now));
        live.add(identity.id, identity.user, now, expires);
        Ok(token)
    }

    /// Who bears this token.
    ///
    /// # Errors
    /// A 401 that says whether it is malformed, expired or killed.
    pub fn check(&self, token: &str) -> Result<Identity, Refusal> {
        // Expiry is read off our own clock, to the second and without leeway.
        let identity: Identity = self.key.verify(token).ok_or_else(|| {
            Refusal::unauthorized(
                "token_invalid",
                "the access token is not one of this service",
            )
        })?;
        let now = self.clock.now();
        if self.live().is_alive(identity.id, now) {
            return Ok(identity);
        }
        if now.unix_timestamp() + 1 >= identity.exp {
            return Err(Refusal::unauthorized(
                "token_expired",
                "the access token has expired",
            ));
        }
        Err(Refusal::unauthorized(
            "token_revoked",
            "the access token was logged out",
        ))
    }

    /// Kills one token.
    pub fn kill(&self, id: Uuid) {
        let life = self.live().kill(id, self.clock.now());
        self.bury(life);
    }

    /// Kills all tokens of a user.
    pub fn kill_user(&self, user: Uuid) {
        let lives = self.live().kill_user(user, self.clock.now());
        self.bury(lives);
    }

    /// Tokens alive at this moment.
    pub fn count(&self) -> usize {
        let mut live = self.live();
        self.bury(live.expire(self.clock.now()));
        live.count()
    }

    /// Whether the registry of live tokens answers: false once a panic broke off a change of it.
    pub fn answers(&self) -> bool {
        !self.live.is_poisoned()
    }

    fn bury(&self, lives: impl IntoIterator<Item = Duration>) {
        for life in lives {
            self.metrics.token_duration.observe(life.as_secs_f64());
        }
    }

    fn live(&self) -> MutexGuard<'_, LiveTokens> {
        // No code panics while it holds the lock, and the map is whole between calls.
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A new refresh token: 256 bits of chance in hexadecimal digits.
pub fn new_refresh() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}

/// What is stored of a refresh token.
pub fn hash_refresh(token: &str) -> TokenHash {
    Sha256::digest(token.as_bytes()).into()
}

/// Unix seconds of a moment.
pub fn unix(at: OffsetDateTime) -> i64 {
    at.unix_timestamp()
}
