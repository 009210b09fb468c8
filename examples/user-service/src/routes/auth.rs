//! Login, logout, refresh, and who one is.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::Json;
use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use rusqlite::Transaction;
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::Message;
use super::forms::{Login, Refresh};
use crate::auth::token::{Subject, hash_refresh, new_refresh, unix};
use crate::auth::{Bearer, Identity};
use crate::client::Client;
use crate::clock;
use crate::error::Refusal;
use crate::state::AppState;
use crate::store::roles::RoleName;
use crate::store::{StoreError, permissions, refresh, roles, users};
use crate::validate::Body;

/// What every account may do; the permissions of its roles come on top.
pub(crate) const BASE_SCOPES: [&str; 2] = ["self:read", "self:write"];

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(login))
        .routes(routes!(logout))
        .routes(routes!(renew))
        .routes(routes!(me, me_by_post))
}

/// The tokens of a session.
#[derive(Serialize, ToSchema)]
pub(crate) struct TokenPair {
    pub access_token: String,
    pub refresh_token: String,
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Life of the access token in seconds.
    pub expires_in: u64,
    pub user_id: Uuid,
}

/// The client's address.
struct Peer(IpAddr);

impl FromRequestParts<AppState> for Peer {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Refusal> {
        let info = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self(info.map_or(
            IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            |ConnectInfo(peer)| peer.ip(),
        )))
    }
}

/// Log in
#[utoipa::path(
    post, path = "/auth/login", tag = "auth", request_body = Login,
    responses(
        (status = 200, description = "the session's tokens", body = TokenPair),
        (status = 401, description = "wrong credentials or inactive account", body = crate::error::ErrorBody),
        (status = 429, description = "too many logins from this address", body = crate::error::ErrorBody),
    )
)]
async fn login(
    State(state): State<AppState>,
    Peer(from): Peer,
    headers: HeaderMap,
    form: Result<Body<Login>, Refusal>,
) -> Result<Json<TokenPair>, Refusal> {
    let failed = |reason: &str, refusal: Refusal| {
        state.metrics.login_failed(reason);
        refusal
    };
    state
        .limits
        .login(from)
        .map_err(|refusal| failed("rate_limited", refusal))?;
    let Body(form) = form.map_err(|refusal| failed("invalid_request", refusal))?;
    tracing::debug!(
        client = form.client_id,
        secret = form.client_secret.is_some(),
        "login"
    );

    let email = form.email;
    let found = state
        .store
        .read(move |connection| users::credentials_by_email(connection, &email))
        .await?;
    let hash = found.as_ref().map(|account| account.password_hash.clone());
    let matches = state.hasher.matches(form.password, hash).await?;
    let Some(account) = found else {
        return Err(failed("unknown_user", wrong_credentials()));
    };
    if !matches {
        return Err(failed("wrong_password", wrong_credentials()));
    }
    if account.is_deleted {
        return Err(failed("deleted", wrong_credentials()));
    }
    if !account.is_active {
        return Err(failed("inactive", wrong_credentials()));
    }
    let pair = open(&state, account.id, account.email, Uuid::new_v4()).await?;
    state
        .metrics
        .login_attempts
        .with_label_values(&["success"])
        .inc();
    if let Some(client) = Client::of(&headers) {
        state.metrics.login_of(&client);
    }
    Ok(Json(pair))
}

pub(crate) fn wrong_credentials() -> Refusal {
    Refusal::unauthorized(
        "wrong_credentials",
        "no active account has this address and password",
    )
}

/// Makes the tokens of a session that has just begun or been renewed.
async fn open(
    state: &AppState,
    user: Uuid,
    email: String,
    session: Uuid,
) -> Result<TokenPair, Refusal> {
    let refresh_token = new_refresh();
    let hash = hash_refresh(&refresh_token);
    let now = state.clock.now();
    let expires = now + state.options.refresh_life();
    let held = move |tx: &Transaction<'_>| {
        users::must_exist(tx, user)?;
        refresh::keep(tx, &hash, user, session, unix(expires), unix(now))?;
        Ok((roles::names_of(tx, user)?, permissions::names_of(tx, user)?))
    };
    let issuer = state.clone();
    // Issued within the writer's turn: a deletion comes before it and is seen, or after it and kills the token.
    let issue = move |(roles, mut scopes): (Vec<RoleName>, Vec<String>)| {
        scopes.extend(BASE_SCOPES.map(str::to_owned));
        let roles = roles.into_iter().map(|role| role.name).collect();
        issuer.tokens.issue(Subject {
            user,
            email,
            roles,
            scopes,
            session,
        })
    };
    let access_token = match state.store.write_then(held, issue).await {
        Err(StoreError::Missing(_)) => return Err(wrong_credentials()),
        issued => issued??,
    };
    let expires_in = state.tokens.life().as_secs();
    Ok(TokenPair {
        access_token,
        refresh_token,
        token_type: "Bearer",
        expires_in,
        user_id: user,
    })
}

/// Log out: the token is dead afterwards, and so is its session's refresh token
#[utoipa::path(
    post, path = "/auth/logout", tag = "auth", security(("bearer" = [])),
    responses((status = 200, body = Message))
)]
async fn logout(
    State(state): State<AppState>,
    Bearer(who): Bearer,
) -> Result<Json<Message>, Refusal> {
    state.tokens.kill(who.id);
    state
        .store
        .write(move |tx| refresh::forget_session(tx, who.session))
        .await?;
    Ok(Json(Message {
        message: "logged out",
    }))
}

/// Exchange a refresh token for new tokens; the old refresh token is dead afterwards
#[utoipa::path(
    post, path = "/auth/refresh", tag = "auth", request_body = Refresh,
    responses(
        (status = 200, description = "the session's new tokens", body = TokenPair),
        (status = 401, description = "unknown, used or expired", body = crate::error::ErrorBody),
    )
)]
async fn renew(
    State(state): State<AppState>,
    Body(form): Body<Refresh>,
) -> Result<Json<TokenPair>, Refusal> {
    let hash = hash_refresh(&form.refresh_token);
    let now = unix(state.clock.now());
    let spent = state
        .store
        .write(move |tx| {
            let Some(spent) = refresh::spend(tx, &hash, now)? else {
                return Ok(None);
            };
            Ok(users::credentials_by_id(tx, spent.user)?.map(|account| (account, spent.session)))
        })
        .await?;
    match spent {
        Some((account, session)) if account.is_active && !account.is_deleted => Ok(Json(
            open(&state, account.id, account.email, session).await?,
        )),
        _ => Err(refresh_invalid()),
    }
}

pub(crate) fn refresh_invalid() -> Refusal {
    Refusal::unauthorized(
        "refresh_invalid",
        "the refresh token is unknown, used or expired",
    )
}

/// Who the bearer is.
#[derive(Serialize, ToSchema)]
pub(crate) struct Me {
    pub user_id: Uuid,
    #[schema(format = "email")]
    pub email: String,
    pub scopes: Vec<String>,
    pub roles: Vec<String>,
    /// When the token dies.
    #[schema(format = "date-time")]
    pub expires_at: String,
}

/// Who am I
#[utoipa::path(get, path = "/auth/me", tag = "auth", security(("bearer" = [])), responses((status = 200, body = Me)))]
async fn me(Bearer(who): Bearer) -> Result<Json<Me>, Refusal> {
    describe(who)
}

/// Who am I, for clients that post
#[utoipa::path(post, path = "/auth/me", tag = "auth", security(("bearer" = [])), responses((status = 200, body = Me)))]
async fn me_by_post(Bearer(who): Bearer) -> Result<Json<Me>, Refusal> {
    describe(who)
}

fn describe(who: Identity) -> Result<Json<Me>, Refusal> {
    let expires = OffsetDateTime::from_unix_timestamp(who.exp).map_err(|_| Refusal::internal())?;
    let expires_at = clock::text(expires);
    Ok(Json(Me {
        user_id: who.user,
        email: who.email,
        scopes: who.scopes,
        roles: who.roles,
        expires_at,
    }))
}
