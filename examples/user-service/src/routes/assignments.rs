//! Who holds which roles.

use axum::Json;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Paging;
use super::forms::RoleIds;
use crate::auth::guard::{RoleId, spare_first_admin};
use crate::auth::{Admin, Bearer, Id};
use crate::error::{ErrorBody, Refusal};
use crate::state::AppState;
use crate::store::roles::{self, Role};
use crate::store::users::User;
use crate::store::{Page, Slice};
use crate::validate::{Asked, Body};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(assign, revoke))
        .routes(routes!(bulk_assign))
        .routes(routes!(bulk_revoke))
}

/// List the roles of a user
#[utoipa::path(
    get, path = "/users/{userId}/roles", tag = "assignments", security(("bearer" = [])),
    params(("userId" = Uuid, Path), Paging),
    responses((status = 200, body = Page<Role>))
)]
async fn list(
    State(state): State<AppState>,
    Bearer(_): Bearer,
    Id(user): Id,
    Asked(slice): Asked<Slice>,
) -> Result<Json<Page<Role>>, Refusal> {
    Ok(Json(
        state
            .store
            .read(move |connection| roles::held(connection, user, slice))
            .await?,
    ))
}

/// Give a role to a user
#[utoipa::path(
    post, path = "/users/{userId}/roles/{roleId}", tag = "assignments", security(("bearer" = ["admin"])),
    params(("userId" = Uuid, Path), ("roleId" = Uuid, Path)),
    responses((status = 200, body = User), (status = 409, description = "the user has it", body = ErrorBody))
)]
async fn assign(
    State(state): State<AppState>,
    Admin(_): Admin,
    Id(user): Id,
    RoleId(role): RoleId,
) -> Result<Json<User>, Refusal> {
    Ok(Json(
        state
            .store
            .write(move |tx| roles::assign(tx, user, role))
            .await?,
    ))
}

/// Take a role from a user
#[utoipa::path(
    delete, path = "/users/{userId}/roles/{roleId}", tag = "assignments", security(("bearer" = ["admin"])),
    params(("userId" = Uuid, Path), ("roleId" = Uuid, Path)),
    responses((status = 200, body = User), (status = 400, description = "no UUID, or the user has it not", body = ErrorBody))
)]
async fn revoke(
    State(state): State<AppState>,
    Admin(_): Admin,
    Id(user): Id,
    RoleId(role): RoleId,
) -> Result<Json<User>, Refusal> {
    spare_first_admin(&state, user)?;
    Ok(Json(
        state
            .store
            .write(move |tx| roles::revoke(tx, user, role))
            .await?,
    ))
}

/// Give several roles; those that the user has stay
#[utoipa::path(
    post, path = "/users/{userId}/roles/bulk-assign", tag = "assignments", security(("bearer" = ["admin"])),
    params(("userId" = Uuid, Path)), request_body = RoleIds,
    responses((status = 200, body = User), (status = 400, description = "no ids, or unknown ones", body = ErrorBody))
)]
async fn bulk_assign(
    State(state): State<AppState>,
    Admin(_): Admin,
    Id(user): Id,
    Body(form): Body<RoleIds>,
) -> Result<Json<User>, Refusal> {
    Ok(Json(
        state
            .store
            .write(move |tx| roles::assign_all(tx, user, &form.role_ids))
            .await?,
    ))
}

/// Take several roles; those that the user has not are passed over
#[utoipa::path(
    post, path = "/users/{userId}/roles/bulk-revoke", tag = "assignments", security(("bearer" = ["admin"])),
    params(("userId" = Uuid, Path)), request_body = RoleIds,
    responses((status = 200, body = User), (status = 400, description = "no ids, or unknown ones", body = ErrorBody))
)]
async fn bulk_revoke(
    State(state): State<AppState>,
    Admin(_): Admin,
    Id(user): Id,
    Body(form): Body<RoleIds>,
) -> Result<Json<User>, Refusal> {
    spare_first_admin(&state, user)?;
    Ok(Json(
        state
            .store
            .write(move |tx| roles::revoke_all(tx, user, &form.role_ids))
            .await?,
    ))
}
