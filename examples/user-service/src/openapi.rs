//! The OpenAPI 3.1 document: what the handlers say about themselves, completed by the refusals that all operations
//! of a kind share.

use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, ResponseBuilder};

use crate::error::{ErrorBody, ErrorDetail, FieldFault};

/// Title, version and the scheme of the tokens.
pub fn base() -> OpenApi {
    #[derive(utoipa::OpenApi)]
    #[openapi(
        info(
            title = "User service",
            description = "The demo target of throng: users, profiles, roles, permissions."
        ),
        components(schemas(ErrorBody, ErrorDetail, FieldFault))
    )]
    struct Base;

    let mut document = <Base as utoipa::OpenApi>::openapi();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .build();
    document
        .components
        .get_or_insert_default()
        .add_security_scheme("bearer", SecurityScheme::Http(bearer));
    document
}

/// Adds to each operation the refusals that follow from what it takes.
pub fn complete(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        for operation in operations(item) {
            for (status, why) in common(path, operation) {
                refuse(operation, status, why);
            }
            describe(operation);
            name(operation);
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [
        &mut item.get,
        &mut item.post,
        &mut item.put,
        &mut item.delete,
    ]
    .into_iter()
    .flatten()
}

/// The refusals that an operation shares with its like.
fn common(path: &str, operation: &Operation) -> Vec<(&'static str, &'static str)> {
    let scopes = operation
        .security
        .as_deref()
        .and_then(|all| all.first())
        .map(|first| {
            serde_json::to_value(first)
                .ok()
                .and_then(|value| value.get("bearer")?.as_array().map(Vec::len))
                .unwrap_or(0)
        });
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    let in_path = parameters.iter().any(|parameter| {
        matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Path)
    });
    let mut all = Vec::new();
    if let Some(scopes) = scopes {
        all.push((
            "401",
            "no token, or one that is malformed, expired or logged out",
        ));
        all.push(("429", "too many calls with this token"));
        if scopes > 0 {
            all.push(("403", "not for this user"));
        }
    }
    if in_path {
        all.push(("404", "nothing has this id"));
    }
    if operation.request_body.is_some() {
        all.push(("413", "the body is too long"));
    }
    if !parameters.is_empty() || operation.request_body.is_some() {
        all.push(("400", "some fields are not valid"));
    }
    if path != "/" {
        all.push(("500", "something went wrong inside"));
        all.push(("503", "no database connection"));
    }
    all
}

/// OpenAPI wants a description on every answer; most successes have nothing to say.
fn describe(operation: &mut Operation) {
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            response.description = "done".to_owned();
        }
    }
}

/// `list` of roles becomes `roles_list`: the names of functions are unique within their file only.
fn name(operation: &mut Operation) {
    let tag = operation.tags.as_deref().and_then(|tags| tags.first());
    if let (Some(tag), Some(id)) = (tag, &operation.operation_id) {
        operation.operation_id = Some(format!("{tag}_{id}"));
    }
}

fn refuse(operation: &mut Operation, status: &str, why: &str) {
    operation
        .responses
        .responses
        .entry(status.to_owned())
        .or_insert_with(|| {
            let content = Content::new(Some(Ref::from_schema_name("ErrorBody")));
            ResponseBuilder::new()
                .description(why)
                .content("application/json", content)
                .build()
                .into()
        });
}
