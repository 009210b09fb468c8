//! Access tokens, signed as those of the service, and the refresh tokens beside them.

use std::collections::VecDeque;

use rand::RngExt;
use rand::rngs::StdRng;
use rustc_hash::FxHashMap;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::new_id;
use crate::auth::{Identity, jwt};
use crate::error::Refusal;
use crate::options::Options;

/// For whom a session is.
#[derive(Debug)]
pub struct Subject {
    /// Number of the account.
    pub number: u32,
    pub user: Uuid,
    pub email: String,
    pub roles: Vec<String>,
    pub scopes: Vec<String>,
    /// Shared by all tokens that descend from one login.
    pub session: Uuid,
}

/// An access token that was issued.
#[derive(Debug)]
pub struct Access {
    pub number: u32,
    pub identity: Identity,
    is_alive: bool,
    /// Neither expired nor killed, as far as it is known.
    is_counted: bool,
}

#[derive(Debug)]
struct Refresh {
    number: u32,
    session: Uuid,
    expires: OffsetDateTime,
}

/// All tokens.
pub struct Tokens {
    key: jwt::Key,
    life: Duration,
    refresh_life: Duration,
    access: FxHashMap<String, Access>,
    /// Those that have not expired, in the order in which they do.
    issued: VecDeque<(OffsetDateTime, String)>,
    /// Those that have, in the same order; they are forgotten a life after that.
    expired: VecDeque<(OffsetDateTime, String)>,
    /// How many are neither expired nor killed.
    alive: usize,
    refresh: FxHashMap<String, Refresh>,
    /// The refresh token of each session: only the last one is alive.
    of_session: FxHashMap<Uuid, String>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens")
            .field("access", &self.access.len())
            .finish_non_exhaustive()
    }
}

impl Tokens {
    /// None yet; they live as long as those of the service by default.
    pub fn new(draws: &mut StdRng) -> Self {
        let options = Options::default();
        let seconds = |life: std::time::Duration| Duration::seconds(life.as_secs() as i64);
        Self {
            key: jwt::Key::new(&draws.random()),
            life: seconds(options.token_life()),
            refresh_life: seconds(options.refresh_life()),
            access: FxHashMap::default(),
            issued: VecDeque::new(),
            expired: VecDeque::new(),
            alive: 0,
            refresh: FxHashMap::default(),
            of_session: FxHashMap::default(),
        }
    }

    /// Life of a new access token, in seconds.
    pub fn life(&self) -> u64 {
        self.life.whole_seconds().unsigned_abs()
    }

    /// Access token and refresh token of a session that has just begun or been renewed.
    ///
    /// # Errors
    /// A 500 when a token cannot be signed.
    pub fn issue(
        &mut self,
        subject: Subject,
        draws: &mut StdRng,
        now: OffsetDateTime,
    ) -> Result<(String, String), Refusal> {
        self.forget_old(now);
        let expires = now + self.life;
        let identity = Identity {
            user: subject.user,
            email: subject.email,
            roles: subject.roles,
            scopes: subject.scopes,
            id: new_id(draws),
            session: subject.session,
            iat: now.unix_timestamp(),
            exp: expires.unix_timestamp() + i64::from(expires.nanosecond() > 0),
        };
        let token = self.key.sign(&identity);
        let token = token.map_err(|_| Refusal::internal())?;
        let refresh = format!("{}{}", new_id(draws).simple(), new_id(draws).simple());
        let kept = Refresh {
            number: subject.number,
            session: subject.session,
            expires: now + self.refresh_life,
        };
        self.refresh.insert(refresh.clone(), kept);
        self.of_session.insert(subject.session, refresh.clone());
        let access = Access {
            number: subject.number,
            identity,
            is_alive: true,
            is_counted: true,
        };
        self.access.insert(token.clone(), access);
        self.alive += 1;
        self.issued.push_back((expires, token.clone()));
        Ok((token, refresh))
    }

    /// Who bears this token; `is_gone` says whether an account is deleted, which kills its tokens.
    ///
    /// # Errors
    /// A 401 that says whether it is unknown, expired or killed.
    pub fn check(
        &self,
        token: &str,
        now: OffsetDateTime,
        is_gone: impl FnOnce(u32) -> bool,
    ) -> Result<&Access, Refusal> {
        let refused = |code, message| Err(Refusal::unauthorized(code, message));
        let Some(access) = self.access.get(token) else {
            return refused(
                "token_invalid",
                "the access token is not one of this service",
            );
        };
        if now.unix_timestamp() >= access.identity.exp {
            return refused("token_expired", "the access token has expired");
        }
        if !access.is_alive || is_gone(access.number) {
            return refused("token_revoked", "the access token was logged out");
        }
        Ok(access)
    }

    /// Kills an access token and the refresh token of its session.
    pub fn end(&mut self, token: &str) {
        if let Some(access) = self.access.get_mut(token) {
            access.is_alive = false;
            self.alive -= usize::from(std::mem::take(&mut access.is_counted));
            if let Some(refresh) = self.of_session.remove(&access.identity.session) {
                self.refresh.remove(&refresh);
            }
        }
    }

    /// Uses a refresh token up: account and session; none for one that is unknown, used or expired.
    pub fn spend(&mut self, refresh: &str, now: OffsetDateTime) -> Option<(u32, Uuid)> {
        let spent = self.refresh.remove(refresh)?;
        self.of_session.remove(&spent.session);
        (spent.expires > now).then_some((spent.number, spent.session))
    }

    /// Tokens that are neither expired nor killed.
    pub fn count(&mut self, now: OffsetDateTime) -> usize {
        self.forget_old(now);
        self.alive
    }

    fn forget_old(&mut self, now: OffsetDateTime) {
        let has_expired = |access: &Access| now.unix_timestamp() >= access.identity.exp;
        while let Some((_, token)) = self.issued.front()
            && self.access.get(token).is_none_or(has_expired)
            && let Some((expires, token)) = self.issued.pop_front()
        {
            if let Some(access) = self.access.get_mut(&token) {
                self.alive -= usize::from(std::mem::take(&mut access.is_counted));
            }
            self.expired.push_back((expires, token));
        }
        while let Some((expires, _)) = self.expired.front()
            && *expires + self.life < now
            && let Some((_, token)) = self.expired.pop_front()
        {
            self.access.remove(&token);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

    use rand::SeedableRng;

    use super::*;

    #[test]
    fn it_is_known_how_many_are_alive() {
        let mut draws = StdRng::seed_from_u64(7);
        let mut tokens = Tokens::new(&mut draws);
        let began = OffsetDateTime::UNIX_EPOCH;
        let mut issue = |tokens: &mut Tokens, at: OffsetDateTime| {
            let subject = Subject {
                number: 1,
                user: new_id(&mut draws),
                email: String::new(),
                roles: Vec::new(),
                scopes: Vec::new(),
                session: new_id(&mut draws),
            };
            tokens.issue(subject, &mut draws, at).unwrap().0
        };
        let life = tokens.life;
        let first = issue(&mut tokens, began);
        let second = issue(&mut tokens, began + life / 2);
        assert_eq!(tokens.count(began + life / 2), 2);
        tokens.end(&second);
        tokens.end(&second);
        assert_eq!(tokens.count(began + life / 2), 1);
        assert_eq!(tokens.count(began + life), 0);
        // One that has expired may be ended too.
        tokens.end(&first);
        issue(&mut tokens, began + life * 2);
        assert_eq!(tokens.count(began + life * 2), 1);
        assert_eq!(tokens.count(began + life * 9), 0);
        assert_eq!((tokens.access.len(), tokens.expired.len()), (0, 0));
    }
}
