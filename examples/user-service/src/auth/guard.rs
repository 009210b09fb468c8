//! Extractors that stand before a handler: they run in the order of its arguments, so a request without a token
//! is refused before its id is looked at, and its body last of all.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use uuid::Uuid;

use super::Identity;
use crate::error::Refusal;
use crate::state::AppState;
use crate::store::roles;

/// Anyone with a live token.
pub struct Bearer(pub Identity);

/// Someone whose account holds the role `admin` at this moment.
pub struct Admin(pub Identity);

/// The user that the path names, or an administrator.
pub struct OwnerOrAdmin {
    pub who: Identity,
    /// The user that the path names.
    pub user: Uuid,
}

/// The first id in the path: `{id}` or `{userId}`.
pub struct Id(pub Uuid);

/// `{roleId}`.
pub struct RoleId(pub Uuid);

/// Any other parameter of the path, as text.
pub struct Segment(pub String);

impl FromRequestParts<AppState> for Bearer {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refusal> {
        let header = parts.headers.get(AUTHORIZATION);
        let header = header.ok_or_else(token_missing)?;
        let token = header.to_str().ok().and_then(bearer_token);
        let who = state.tokens.check(token.ok_or_else(token_malformed)?)?;
        state.limits.call(who.id)?;
        Ok(Self(who))
    }
}

impl FromRequestParts<AppState> for Admin {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refusal> {
        let Bearer(who) = Bearer::from_request_parts(parts, state).await?;
        if is_admin(state, who.user).await? {
            Ok(Self(who))
        } else {
            Err(only_administrators())
        }
    }
}

impl FromRequestParts<AppState> for OwnerOrAdmin {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refusal> {
        let Bearer(who) = Bearer::from_request_parts(parts, state).await?;
        let Id(user) = Id::from_request_parts(parts, state).await?;
        if who.user == user || is_admin(state, who.user).await? {
            Ok(Self { who, user })
        } else {
            Err(only_owner_or_administrators())
        }
    }
}

/// The roles are asked for, not read off the token, so that a revoked role counts at once.
pub async fn is_admin(state: &AppState, user: Uuid) -> Result<bool, Refusal> {
    Ok(state
        .store
        .read(move |connection| roles::is_admin(connection, user))
        .await?)
}

/// Refuses to take the first administrator's account or roles away: a crowd whose scripts did so would lock itself out.
pub fn spare_first_admin(state: &AppState, user: Uuid) -> Result<(), Refusal> {
    if user == state.admin {
        return Err(first_admin_stays());
    }
    Ok(())
}

impl FromRequestParts<AppState> for Id {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refusal> {
        let params = path_params(parts, state).await?;
        let found = params.iter().find_map(|(name, value)| match name {
            "id" => Some(("id", value)),
            "userId" => Some(("userId", value)),
            _ => None,
        });
        let (name, value) = found.ok_or_else(Refusal::internal)?;
        uuid(name, value).map(Self)
    }
}

impl FromRequestParts<AppState> for RoleId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refusal> {
        let params = path_params(parts, state).await?;
        let found = params.iter().find(|(name, _)| *name == "roleId");
        let (_, value) = found.ok_or_else(Refusal::internal)?;
        uuid("roleId", value).map(Self)
    }
}

impl FromRequestParts<AppState> for Segment {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refusal> {
        let params = path_params(parts, state).await?;
        let (_, value) = params.iter().next().ok_or_else(Refusal::internal)?;
        Ok(Self(value.to_owned()))
    }
}

async fn path_params(parts: &mut Parts, state: &AppState) -> Result<RawPathParams, Refusal> {
    RawPathParams::from_request_parts(parts, state)
        .await
        .map_err(|rejection| Refusal::invalid_field("path", rejection.body_text()))
}

/// The token of a header `Authorization: Bearer <token>`; none of one in another form.
pub(crate) fn bearer_token(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

pub(crate) fn token_missing() -> Refusal {
    Refusal::unauthorized("token_missing", "an access token is needed")
}

pub(crate) fn token_malformed() -> Refusal {
    Refusal::unauthorized(
        "token_malformed",
        "the header must be: Authorization: Bearer <token>",
    )
}

pub(crate) fn only_administrators() -> Refusal {
    Refusal::forbidden("only an administrator may do this")
}

pub(crate) fn only_owner_or_administrators() -> Refusal {
    Refusal::forbidden("only this user or an administrator may do this")
}

pub(crate) fn first_admin_stays() -> Refusal {
    Refusal::forbidden("the first administrator keeps its account and its roles")
}

/// An id in a path.
///
/// # Errors
/// A 400 for what is no UUID in its hyphenated form.
pub(crate) fn uuid(name: &'static str, text: &str) -> Result<Uuid, Refusal> {
    // The hyphenated form only: a resource has one address.
    let id = Uuid::try_parse(text).ok().filter(|_| text.len() == 36);
    id.ok_or_else(|| Refusal::invalid_field(name, "must be a UUID"))
}
