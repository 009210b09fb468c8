//! Permissions.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::forms::Listing;
use super::{Message, Paging};
use crate::auth::{Admin, Bearer, Id};
use crate::error::{ErrorBody, Refusal};
use crate::state::AppState;
use crate::store::Page;
use crate::store::permissions::{
    self, NewPermission, Permission, PermissionChange, PermissionFilter,
};
use crate::validate::{Asked, Body};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, delete))
        .routes(routes!(activate))
        .routes(routes!(deactivate))
}

/// Make a permission
#[utoipa::path(
    post, path = "/permissions", tag = "permissions", security(("bearer" = ["admin"])), request_body = NewPermission,
    responses((status = 201, body = Permission), (status = 409, description = "the name is taken", body = ErrorBody))
)]
async fn create(
    State(state): State<AppState>,
    Admin(_): Admin,
    Body(new): Body<NewPermission>,
) -> Result<(StatusCode, Json<Permission>), Refusal> {
    let now = state.clock.stamp();
    let permission = state
        .store
        .write(move |tx| permissions::create(tx, &new, &now))
        .await?;
    Ok((StatusCode::CREATED, Json(permission)))
}

/// List permissions, oldest first
#[utoipa::path(
    get, path = "/permissions", tag = "permissions", security(("bearer" = [])),
    params(
        Paging,
        ("search" = Option<String>, Query, min_length = 1, max_length = 100, description = "part of the name or the display name"),
        ("is_active" = Option<bool>, Query),
        ("resource" = Option<String>, Query, min_length = 1, max_length = 100, description = "the resource, whole"),
    ),
    responses((status = 200, body = Page<Permission>))
)]
async fn list(
    State(state): State<AppState>,
    Bearer(_): Bearer,
    Asked(asked): Asked<Listing<PermissionFilter>>,
) -> Result<Json<Page<Permission>>, Refusal> {
    Ok(Json(
        state
            .store
            .read(move |connection| permissions::list(connection, &asked.filter, asked.slice))
            .await?,
    ))
}

/// One permission
#[utoipa::path(
    get, path = "/permissions/{id}", tag = "permissions", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = Permission))
)]
async fn get(
    State(state): State<AppState>,
    Bearer(_): Bearer,
    Id(id): Id,
) -> Result<Json<Permission>, Refusal> {
    Ok(Json(
        state
            .store
            .read(move |connection| permissions::get(connection, id))
            .await?,
    ))
}

/// Change a permission
#[utoipa::path(
    put, path = "/permissions/{id}", tag = "permissions", security(("bearer" = ["admin"])), params(("id" = Uuid, Path)),
    request_body = PermissionChange,
    responses((status = 200, body = Permission), (status = 409, description = "the name is taken", body = ErrorBody))
)]
async fn update(
    State(state): State<AppState>,
    Admin(_): Admin,
    Id(id): Id,
    Body(change): Body<PermissionChange>,
) -> Result<Json<Permission>, Refusal> {
    let now = state.clock.stamp();
    Ok(Json(
        state
            .store
            .write(move |tx| permissions::update(tx, id, &change, &now))
            .await?,
    ))
}

/// Remove a permission
#[utoipa::path(
    delete, path = "/permissions/{id}", tag = "permissions", security(("bearer" = ["admin"])), params(("id" = Uuid, Path)),
    responses((status = 200, body = Message), (status = 409, description = "in use by a role", body = ErrorBody))
)]
async fn delete(
    State(state): State<AppState>,
    Admin(_): Admin,
    Id(id): Id,
) -> Result<Json<Message>, Refusal> {
    state
        .store
        .write(move |tx| permissions::delete(tx, id))
        .await?;
    Ok(Json(Message {
        message: "the permission is deleted",
    }))
}

/// Switch a permission on
#[utoipa::path(
    put, path = "/permissions/{id}/activate", tag = "permissions", security(("bearer" = ["admin"])), params(("id" = Uuid, Path)),
    responses((status = 200, body = Permission), (status = 400, description = "no UUID, or already active", body = ErrorBody))
)]
async fn activate(
    State(state): State<AppState>,
    Admin(_): Admin,
    Id(id): Id,
) -> Result<Json<Permission>, Refusal> {
    set_active(&state, id, true).await
}

/// Switch a permission off
#[utoipa::path(
    put, path = "/permissions/{id}/deactivate", tag = "permissions", security(("bearer" = ["admin"])), params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = Permission),
        (status = 400, description = "no UUID, or already inactive", body = ErrorBody),
    )
)]
async fn deactivate(
    State(state): State<AppState>,
    Admin(_): Admin,
    Id(id): Id,
) -> Result<Json<Permission>, Refusal> {
    set_active(&state, id, false).await
}

async fn set_active(state: &AppState, id: Uuid, active: bool) -> Result<Json<Permission>, Refusal> {
    let now = state.clock.stamp();
    Ok(Json(
        state
            .store
            .write(move |tx| permissions::set_active(tx, id, active, &now))
            .await?,
    ))
}
