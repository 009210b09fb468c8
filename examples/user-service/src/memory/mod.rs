//! The same operations without sockets, database and password hashes, for rehearsals in which millions of calls take
//! minutes. Forms, rules, shapes and refusals are those of the service; only what they work on is kept here.
//!
//! In: calls as data, with the time at which they come. Out: replies as data; two memories with one seed that get the same
//! calls give the same replies. It must never know connections, tasks, clocks, or who rehearses what.

mod accounts;
mod catalogue;
mod guard;
mod index;
mod permissions;
mod profiles;
mod reply;
mod roles;
mod routes;
mod sessions;
mod tokens;
mod users;

use std::sync::Arc;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::clock;
use crate::error::Refusal;
use accounts::Accounts;
use permissions::Permissions;
use profiles::Profiles;
pub use reply::Reply;
use reply::Success;
use roles::Roles;
use tokens::Tokens;

/// One request.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// In capitals.
    pub method: &'a str,
    /// Percent-encoded, from the first slash on.
    pub path: &'a str,
    /// What follows the question mark.
    pub query: Option<&'a str>,
    /// The header `Authorization`.
    pub authorization: Option<&'a [u8]>,
    pub body: &'a [u8],
    /// When it comes; never before the call before it.
    pub at: OffsetDateTime,
}

/// A service in memory.
#[derive(Debug)]
pub struct Memory {
    draws: StdRng,
    began: OffsetDateTime,
    now: OffsetDateTime,
    accounts: Accounts,
    profiles: Profiles,
    roles: Roles,
    permissions: Permissions,
    tokens: Tokens,
    templates: matchit::Router<Arc<str>>,
    /// Whether the call has a password hashed or compared, which takes long in the service.
    hashes: bool,
}

impl Memory {
    /// One with nothing but its administrator, the role of that name and its permissions. Ids and tokens are drawn from the
    /// seed.
    #[must_use]
    pub fn new(seed: u64, began: OffsetDateTime, admin: (&str, &str)) -> Self {
        let mut draws = StdRng::seed_from_u64(seed);
        let now = clock::text(began);
        let mut permissions = Permissions::default();
        permissions.plant(&mut draws, &now);
        let mut roles = Roles::default();
        let role = roles.plant(&mut draws, &now);
        let mut accounts = Accounts::default();
        accounts.plant(&mut draws, admin, role, &now);
        roles.held_by(role, accounts::ADMIN);
        Self {
            tokens: Tokens::new(&mut draws),
            draws,
            began,
            now: began,
            accounts,
            profiles: Profiles::default(),
            roles,
            permissions,
            templates: crate::routes::templates(),
            hashes: false,
        }
    }

    /// What the service answers.
    pub fn answer(&mut self, call: &Call<'_>) -> Reply {
        self.now = call.at;
        self.hashes = false;
        let answered = routes::answer(self, call);
        Reply::of(answered, self.hashes)
    }

    fn stamp(&self) -> String {
        clock::text(self.now)
    }
}

/// What an operation comes to.
type Answer = Result<Success, Refusal>;

/// The next id of a seed.
fn new_id(draws: &mut StdRng) -> Uuid {
    uuid::Builder::from_random_bytes(draws.random()).into_uuid()
}
