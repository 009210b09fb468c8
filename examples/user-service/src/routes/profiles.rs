//! Profiles. Everyone may read a public one.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::auth::guard::is_admin;
use crate::auth::{Bearer, Id, OwnerOrAdmin};
use crate::error::{ErrorBody, Refusal};
use crate::state::AppState;
use crate::store::profiles::{self, Profile, ProfileChange};
use crate::validate::Body;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(create, get, update, delete))
}

/// Give a user its profile
#[utoipa::path(
    post, path = "/users/{userId}/profile", tag = "profiles", security(("bearer" = ["self", "admin"])),
    params(("userId" = Uuid, Path)), request_body = ProfileChange,
    responses((status = 201, body = Profile), (status = 409, description = "the user has one", body = ErrorBody))
)]
async fn create(
    State(state): State<AppState>,
    OwnerOrAdmin { user, .. }: OwnerOrAdmin,
    Body(new): Body<ProfileChange>,
) -> Result<(StatusCode, Json<Profile>), Refusal> {
    let now = state.clock.stamp();
    let profile = state
        .store
        .write(move |tx| profiles::create(tx, user, &new, &now))
        .await?;
    Ok((StatusCode::CREATED, Json(profile)))
}

/// Read a profile
#[utoipa::path(
    get, path = "/users/{userId}/profile", tag = "profiles", security(("bearer" = [])),
    params(("userId" = Uuid, Path)),
    responses(
        (status = 200, body = Profile),
        (status = 403, description = "private, and someone else's", body = ErrorBody),
    )
)]
async fn get(
    State(state): State<AppState>,
    Bearer(who): Bearer,
    Id(user): Id,
) -> Result<Json<Profile>, Refusal> {
    let profile = state
        .store
        .read(move |connection| profiles::get(connection, user))
        .await?;
    if profile.is_public || who.user == user || is_admin(&state, who.user).await? {
        Ok(Json(profile))
    } else {
        Err(Refusal::forbidden("this profile is private"))
    }
}

/// Change a profile
#[utoipa::path(
    put, path = "/users/{userId}/profile", tag = "profiles", security(("bearer" = ["self", "admin"])),
    params(("userId" = Uuid, Path)), request_body = ProfileChange,
    responses((status = 200, body = Profile))
)]
async fn update(
    State(state): State<AppState>,
    OwnerOrAdmin { user, .. }: OwnerOrAdmin,
    Body(change): Body<ProfileChange>,
) -> Result<Json<Profile>, Refusal> {
    let now = state.clock.stamp();
    Ok(Json(
        state
            .store
            .write(move |tx| profiles::update(tx, user, &change, &now))
            .await?,
    ))
}

/// Remove a profile
#[utoipa::path(
    delete, path = "/users/{userId}/profile", tag = "profiles", security(("bearer" = ["self", "admin"])),
    params(("userId" = Uuid, Path)), responses((status = 204))
)]
async fn delete(
    State(state): State<AppState>,
    OwnerOrAdmin { user, .. }: OwnerOrAdmin,
) -> Result<StatusCode, Refusal> {
    state
        .store
        .write(move |tx| profiles::delete(tx, user))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
