//! Roles.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::Paging;
use super::forms::Listing;
use crate::auth::{Admin, Bearer, Id};
use crate::error::{ErrorBody, Refusal};
use crate::state::AppState;
use crate::store::Page;
use crate::store::roles::{self, NewRole, Role, RoleChange, RoleFilter};
use crate::validate::{Asked, Body};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, delete))
        .routes(routes!(activate))
        .routes(routes!(deactivate))
}

/// Make a role
#[utoipa::path(
    post, path = "/roles", tag = "roles", security(("bearer" = ["admin"])), request_body = NewRole,
    responses((status = 201, body = Role), (status = 409, description = "the name is taken", body = ErrorBody))
)]
async fn create(
    State(state): State<AppState>,
    Admin(_): Admin,
    Body(new): Body<NewRole>,
) -> Result<(StatusCode, Json<Role>), Refusal> {
    let now = state.clock.stamp();
    let role = state
        .store
        .write(move |tx| roles::create(tx, &new, &now))
        .await?;
    Ok((StatusCode::CREATED, Json(role)))
}

/// List roles, oldest first
#[utoipa::path(
    get, path = "/roles", tag = "roles", security(("bearer" = [])),
    params(
        Paging,
        ("search" = Option<String>, Query, min_length = 1, max_length = 100, description = "part of the name or the display name"),
        ("is_active" = Option<bool>, Query),
    ),
    responses((status = 200, body = Page<Role>))
)]
async fn list(
    State(state): State<AppState>,
    Bearer(_): Bearer,
    Asked(asked): Asked<Listing<RoleFilter>>,
) -> Result<Json<Page<Role>>, Refusal> {
    Ok(Json(
        state
            .store
            .read(move |connection| roles::list(connection, &asked.filter, asked.slice))
            .await?,
    ))
}

/// One role
#[utoipa::path(
    get, path = "/roles/{id}", tag = "roles", security(("bearer" = [])), params(("id" = Uuid, Path)),
    responses((status = 200, body = Role))
)]
async fn get(
    State(state): State<AppState>,
    Bearer(_): Bearer,
    Id(id): Id,
) -> Result<Json<Role>, Refusal> {
    Ok(Json(
        state
            .store
            .read(move |connection| roles::get(connection, id))
            .await?,
    ))
}

/// Change a role
#[utoipa::path(
    put, path = "/roles/{id}", tag = "roles", security(("bearer" = ["admin"])), params(("id" = Uuid, Path)),
    request_body = RoleChange,
    responses((status = 200, body = Role), (status = 409, description = "the name is taken, or the role is admin", body = ErrorBody))
)]
async fn update(
    State(state): State<AppState>,
    Admin(_): Admin,
    Id(id): Id,
    Body(change): Body<RoleChange>,
) -> Result<Json<Role>, Refusal> {
    let now = state.clock.stamp();
    Ok(Json(
        state
            .store
            .write(move |tx| roles::update(tx, id, &change, &now))
            .await?,
    ))
}

/// Remove a role
#[utoipa::path(
    delete, path = "/roles/{id}", tag = "roles", security(("bearer" = ["admin"])), params(("id" = Uuid, Path)),
    responses((status = 204), (status = 409, description = "assigned to someone", body = ErrorBody))
)]
async fn delete(
    State(state): State<AppState>,
    Admin(_): Admin,
    Id(id): Id,
) -> Result<StatusCode, Refusal> {
    state.store.write(move |tx| roles::delete(tx, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Switch a role on
#[utoipa::path(
    put, path = "/roles/{id}/activate", tag = "roles", security(("bearer" = ["admin"])), params(("id" = Uuid, Path)),
    responses((status = 200, body = Role), (status = 400, description = "no UUID, or already active", body = ErrorBody))
)]
async fn activate(
    State(state): State<AppState>,
    Admin(_): Admin,
    Id(id): Id,
) -> Result<Json<Role>, Refusal> {
    set_active(&state, id, true).await
}

/// Switch a role off
#[utoipa::path(
    put, path = "/roles/{id}/deactivate", tag = "roles", security(("bearer" = ["admin"])), params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = Role),
        (status = 400, description = "no UUID, or already inactive", body = ErrorBody),
        (status = 409, description = "the role admin stays active", body = ErrorBody),
    )
)]
async fn deactivate(
    State(state): State<AppState>,
    Admin(_): Admin,
    Id(id): Id,
) -> Result<Json<Role>, Refusal> {
    set_active(&state, id, false).await
}

async fn set_active(state: &AppState, id: Uuid, active: bool) -> Result<Json<Role>, Refusal> {
    let now = state.clock.stamp();
    Ok(Json(
        state
            .store
            .write(move |tx| roles::set_active(tx, id, active, &now))
            .await?,
    ))
}
