//! Accounts: lists, look-ups, registration, changes, passwords.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::forms::{Listing, Needle, PasswordChange, PasswordReset, Registration};
use super::{Message, Paging};
use crate::auth::guard::{Segment, spare_first_admin};
use crate::auth::{Admin, Bearer, Id, OwnerOrAdmin};
use crate::error::{ErrorBody, Refusal};
use crate::rules;
use crate::state::AppState;
use crate::store::listing::{self, UserFilter};
use crate::store::users::{self, NewUser, User, UserChange};
use crate::store::{Page, refresh};
use crate::validate::{Asked, Body};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(search))
        .routes(routes!(get, update, delete))
        .routes(routes!(by_email))
        .routes(routes!(by_username))
        .routes(routes!(activate))
        .routes(routes!(deactivate))
        .routes(routes!(change_password))
        .routes(routes!(reset_password))
}

/// List accounts, newest first
#[utoipa::path(
    get, path = "/users", tag = "users", security(("bearer" = [])),
    params(
        Paging,
        ("search" = Option<String>, Query, min_length = 1, max_length = 100,
            description = "part of the username, the e-mail address or the name"),
        ("is_active" = Option<bool>, Query),
        ("is_deleted" = Option<bool>, Query, description = "deleted accounts only, or (by default) the others only"),
    ),
    responses((status = 200, body = Page<User>))
)]
async fn list(
    State(state): State<AppState>,
    Bearer(_): Bearer,
    Asked(asked): Asked<Listing<UserFilter>>,
) -> Result<Json<Page<User>>, Refusal> {
    Ok(Json(
        state
            .store
            .read(move |connection| listing::list(connection, &asked.filter, asked.slice))
            .await?,
    ))
}

/// Search accounts, newest first
#[utoipa::path(
    get, path = "/users/search", tag = "users", security(("bearer" = [])),
    params(
        ("q" = String, Query, min_length = 1, max_length = 100,
            description = "part of the username, the e-mail address or the name"),
        Paging,
    ),
    responses((status = 200, body = Page<User>))
)]
async fn search(
    State(state): State<AppState>,
    Bearer(_): Bearer,
    Asked(asked): Asked<Listing<Needle>>,
) -> Result<Json<Page<User>>, Refusal> {
    let filter = UserFilter {
        search: Some(asked.filter.0),
        ..UserFilter::default()
    };
    Ok(Json(
        state
            .store
            .read(move |connection| listing::list(connection, &filter, asked.slice))
            .await?,
    ))
}

/// One account; a deleted one is shown to administrators only
#[utoipa::path(
    get, path = "/users/{id}", tag = "users", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = User))
)]
async fn get(
    State(state): State<AppState>,
    Bearer(who): Bearer,
    Id(id): Id,
) -> Result<Json<User>, Refusal> {
    Ok(Json(
        state
            .store
            .read(move |connection| users::seen_by(connection, id, who.user))
            .await?,
    ))
}

/// The account with this e-mail address
#[utoipa::path(
    get, path = "/users/email/{email}", tag = "users", security(("bearer" = [])),
    params(("email" = String, Path, format = "email", min_length = 1)),
    responses((status = 200, body = User))
)]
async fn by_email(
    State(state): State<AppState>,
    Bearer(_): Bearer,
    Segment(email): Segment,
) -> Result<Json<User>, Refusal> {
    let email = rules::email(&Value::String(email))
        .map_err(|message| Refusal::invalid_field("email", message))?;
    Ok(Json(
        state
            .store
            .read(move |connection| users::by_email(connection, &email))
            .await?,
    ))
}

/// The account with this username
#[utoipa::path(
    get, path = "/users/username/{username}", tag = "users", security(("bearer" = [])),
    params(("username" = String, Path, min_length = 1)),
    responses((status = 200, body = User))
)]
async fn by_username(
    State(state): State<AppState>,
    Bearer(_): Bearer,
    Segment(username): Segment,
) -> Result<Json<User>, Refusal> {
    Ok(Json(
        state
            .store
            .read(move |connection| users::by_username(connection, &username))
            .await?,
    ))
}

/// Register
#[utoipa::path(
    post, path = "/users", tag = "users", request_body = Registration,
    responses(
        (status = 201, body = User),
        (status = 409, description = "the e-mail address or the username is taken", body = ErrorBody),
    )
)]
async fn create(
    State(state): State<AppState>,
    Body(form): Body<Registration>,
) -> Result<(StatusCode, Json<User>), Refusal> {
    let password_hash = state.hasher.hash(form.password).await?;
    let new = NewUser {
        username: form.username,
        email: form.email,
        name: form.name,
        phone_number: form.phone_number,
        document_number: form.document_number,
        password_hash,
    };
    let now = state.clock.stamp();
    let created = state.metrics.user_created.clone();
    let user = state
        .store
        .write_then(
            move |tx| users::create(tx, &new, &now),
            move |user| {
                created.inc();
                user
            },
        )
        .await?;
    Ok((StatusCode::CREATED, Json(user)))
}

/// Change an account
#[utoipa::path(
    put, path = "/users/{id}", tag = "users", security(("bearer" = ["self", "admin"])), params(("id" = Uuid, Path)),
    request_body = UserChange,
    responses(
        (status = 200, body = User),
        (status = 409, description = "the e-mail address or the username is taken", body = ErrorBody),
    )
)]
async fn update(
    State(state): State<AppState>,
    OwnerOrAdmin { user: id, .. }: OwnerOrAdmin,
    Body(change): Body<UserChange>,
) -> Result<Json<User>, Refusal> {
    let now = state.clock.stamp();
    Ok(Json(
        state
            .store
            .write(move |tx| users::update(tx, id, &change, &now))
            .await?,
    ))
}

/// Delete an account: it stays in the database, out of sight, holds no roles, and its tokens are dead
#[utoipa::path(
    delete, path = "/users/{id}", tag = "users", security(("bearer" = ["self", "admin"])), params(("id" = Uuid, Path)),
    responses((status = 200, body = Message))
)]
async fn delete(
    State(state): State<AppState>,
    OwnerOrAdmin { user: id, .. }: OwnerOrAdmin,
) -> Result<Json<Message>, Refusal> {
    spare_first_admin(&state, id)?;
    let now = state.clock.stamp();
    let tokens = state.clone();
    let job = move |tx: &rusqlite::Transaction<'_>| {
        users::delete(tx, id, &now)?;
        refresh::forget_user(tx, id)
    };
    state
        .store
        .write_then(job, move |()| tokens.tokens.kill_user(id))
        .await?;
    Ok(Json(Message {
        message: "the user is deleted",
    }))
}

/// Let an account log in again
#[utoipa::path(
    put, path = "/users/{id}/activate", tag = "users", security(("bearer" = ["admin"])), params(("id" = Uuid, Path)),
    responses((status = 200, body = User), (status = 400, description = "no UUID, or already active", body = ErrorBody))
)]
async fn activate(
    State(state): State<AppState>,
    Admin(_): Admin,
    Id(id): Id,
) -> Result<Json<User>, Refusal> {
    set_active(&state, id, true).await
}

/// Keep an account from logging in
#[utoipa::path(
    put, path = "/users/{id}/deactivate", tag = "users", security(("bearer" = ["admin"])), params(("id" = Uuid, Path)),
    responses((status = 200, body = User), (status = 400, description = "no UUID, or already inactive", body = ErrorBody))
)]
async fn deactivate(
    State(state): State<AppState>,
    Admin(_): Admin,
    Id(id): Id,
) -> Result<Json<User>, Refusal> {
    spare_first_admin(&state, id)?;
    set_active(&state, id, false).await
}

async fn set_active(state: &AppState, id: Uuid, active: bool) -> Result<Json<User>, Refusal> {
    let now = state.clock.stamp();
    Ok(Json(
        state
            .store
            .write(move |tx| users::set_active(tx, id, active, &now))
            .await?,
    ))
}

/// Change one's own password
#[utoipa::path(
    put, path = "/users/{id}/change-password", tag = "users", security(("bearer" = ["self"])), params(("id" = Uuid, Path)),
    request_body = PasswordChange,
    responses(
        (status = 200, body = Message),
        (status = 400, description = "not valid, or the old password is wrong", body = ErrorBody),
        (status = 422, description = "the new password is too weak", body = ErrorBody),
    )
)]
async fn change_password(
    State(state): State<AppState>,
    Bearer(who): Bearer,
    Id(id): Id,
    form: Result<Body<PasswordChange>, Refusal>,
) -> Result<Json<Message>, Refusal> {
    if who.user != id {
        state
            .store
            .read(move |connection| users::must_exist(connection, id))
            .await?;
        return Err(users_own());
    }
    let Body(form) = form?;
    strong(&form.new_password)?;
    state.limits.password(id)?;
    let account = state
        .store
        .read(move |connection| users::credentials_by_id(connection, id))
        .await?;
    let hash = account.map(|account| account.password_hash);
    if !state.hasher.matches(form.old_password, hash).await? {
        return Err(password_wrong());
    }
    set_password(&state, id, form.new_password).await
}

/// Set someone's password
#[utoipa::path(
    put, path = "/users/{id}/reset-password", tag = "users", security(("bearer" = ["admin"])), params(("id" = Uuid, Path)),
    request_body = PasswordReset,
    responses(
        (status = 200, body = Message),
        (status = 422, description = "the new password is too weak", body = ErrorBody),
    )
)]
async fn reset_password(
    State(state): State<AppState>,
    Admin(_): Admin,
    Id(id): Id,
    Body(form): Body<PasswordReset>,
) -> Result<Json<Message>, Refusal> {
    tracing::debug!(token = form.reset_token.len(), "reset");
    state
        .store
        .read(move |connection| users::must_exist(connection, id))
        .await?;
    strong(&form.new_password)?;
    set_password(&state, id, form.new_password).await
}

pub(crate) fn users_own() -> Refusal {
    Refusal::forbidden("only the user may change its own password")
}

pub(crate) fn password_wrong() -> Refusal {
    Refusal::invalid_field("oldPassword", "is not the password of this account")
}

/// Refuses a new password that is too weak.
pub(crate) fn strong(password: &str) -> Result<(), Refusal> {
    rules::strong_password(password)
        .map_err(|message| Refusal::weak_password("newPassword", message))
}

async fn set_password(
    state: &AppState,
    id: Uuid,
    password: String,
) -> Result<Json<Message>, Refusal> {
    let hash = state.hasher.hash(password).await?;
    let now = state.clock.stamp();
    state
        .store
        .write(move |tx| users::set_password(tx, id, &hash, &now))
        .await?;
    Ok(Json(Message {
        message: "the password is changed",
    }))
}
