//! Operations on sessions: login, logout, refresh, and who one is; and those of the service about itself.

use time::OffsetDateTime;
use uuid::Uuid;

use super::reply::Success;
use super::tokens::Subject;
use super::{Answer, Call, Memory, new_id};
use crate::clock;
use crate::error::Refusal;
use crate::routes::auth::{BASE_SCOPES, Me, TokenPair, refresh_invalid, wrong_credentials};
use crate::routes::forms::{Login, Refresh};
use crate::routes::system::{Checks, Health, Welcome};
use crate::validate;

impl Memory {
    pub(super) fn login(&mut self, call: &Call<'_>) -> Answer {
        let form: Login = validate::body(call.body)?;
        self.hashes = true;
        let number = self.accounts.of_login(&form.email).filter(|number| {
            let account = self.accounts.at(*number);
            account.password == form.password && account.user.is_active && !account.user.is_deleted
        });
        let number = number.ok_or_else(wrong_credentials)?;
        let session = new_id(&mut self.draws);
        self.open(number, session)
    }

    /// The tokens of a session that has just begun or been renewed.
    fn open(&mut self, number: u32, session: Uuid) -> Answer {
        let account = self.accounts.at(number);
        let roles = self.roles.names(&account.held);
        let mut scopes = if self.is_admin(number) {
            self.permissions.names_of_administrators()
        } else {
            Vec::new()
        };
        scopes.extend(BASE_SCOPES.map(str::to_owned));
        let user_id = account.user.id;
        let subject = Subject {
            number,
            user: user_id,
            email: account.user.email.clone(),
            roles: roles.into_iter().map(|role| role.name).collect(),
            scopes,
            session,
        };
        let (access_token, refresh_token) =
            self.tokens.issue(subject, &mut self.draws, self.now)?;
        Ok(Success::json(&TokenPair {
            access_token,
            refresh_token,
            token_type: "Bearer",
            expires_in: self.tokens.life(),
            user_id,
        }))
    }

    pub(super) fn logout(&mut self, call: &Call<'_>) -> Answer {
        self.bearer(call)?;
        self.tokens.end(Self::token(call)?);
        Ok(Success::message("logged out"))
    }

    pub(super) fn renew(&mut self, call: &Call<'_>) -> Answer {
        let form: Refresh = validate::body(call.body)?;
        let spent = self.tokens.spend(&form.refresh_token, self.now);
        let (number, session) = spent
            .filter(|(number, _)| {
                let user = &self.accounts.at(*number).user;
                user.is_active && !user.is_deleted
            })
            .ok_or_else(refresh_invalid)?;
        self.open(number, session)
    }

    pub(super) fn me(&mut self, call: &Call<'_>) -> Answer {
        let is_gone = |number| self.accounts.is_deleted(number);
        let access = self.tokens.check(Self::token(call)?, self.now, is_gone)?;
        let who = access.identity.clone();
        let expires = OffsetDateTime::from_unix_timestamp(who.exp);
        Ok(Success::json(&Me {
            user_id: who.user,
            email: who.email,
            scopes: who.scopes,
            roles: who.roles,
            expires_at: clock::text(expires.map_err(|_| Refusal::internal())?),
        }))
    }

    pub(super) fn welcome(&self) -> Answer {
        Ok(Success::json(&Welcome {
            status: "ok",
            service: "user-service",
            timestamp: self.stamp(),
        }))
    }

    pub(super) fn health(&self) -> Answer {
        Ok(Success::json(&Health {
            status: "healthy",
            checks: Checks {
                database: "ok",
                cache: "ok",
            },
            uptime: (self.now - self.began).as_seconds_f64(),
            version: env!("CARGO_PKG_VERSION"),
        }))
    }

    /// The levels that it knows; counters and histograms are those of a service that runs.
    pub(super) fn metrics(&mut self) -> Answer {
        let census = self.accounts.census();
        let levels = [
            ("user_service_user_total_count", census.total),
            ("user_service_user_active_count", census.active),
            (
                "user_service_auth_active_tokens_count",
                self.tokens.count(self.now) as u64,
            ),
        ];
        let lines = levels.map(|(name, value)| format!("# TYPE {name} gauge\n{name} {value}\n"));
        Ok(Success::metrics(lines.concat()))
    }
}
