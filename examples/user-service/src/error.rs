//! Refusals: what the service answers when it does not do what was asked, always
//! `{"error": {"code", "message", "fields"?}}`.

use std::borrow::Cow;
use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::password::HashFault;
use crate::store::StoreError;

/// The status under which a request counts whose connection went away before its answer (nginx's number).
pub const CLIENT_GONE: u16 = 499;

/// The body of every refusal.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorBody {
    pub error: ErrorDetail,
}

/// What went wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorDetail {
    /// A word for programs, such as `not_found`.
    #[schema(example = "not_found")]
    pub code: Cow<'static, str>,
    /// A sentence for people.
    pub message: Cow<'static, str>,
    /// What is wrong with each field, when fields are at fault.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub fields: Vec<FieldFault>,
}

/// One field that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldFault {
    /// Name of the body field, query parameter or path parameter.
    pub field: Cow<'static, str>,
    /// What it should be.
    pub message: Cow<'static, str>,
}

/// An answer that is not a success.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    detail: ErrorDetail,
    retry_after: Option<Duration>,
}

impl Refusal {
    pub fn new(
        status: StatusCode,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        let detail = ErrorDetail {
            code: code.into(),
            message: message.into(),
            fields: Vec::new(),
        };
        Self {
            status,
            detail,
            retry_after: None,
        }
    }

    pub fn unauthorized(code: &'static str, message: &'static str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, message)
    }

    pub fn forbidden(message: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", message)
    }

    pub fn not_found(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            format!("there is no such {what}"),
        )
    }

    /// 400 with the list of fields that are wrong.
    pub fn invalid(fields: Vec<FieldFault>) -> Self {
        let mut refusal = Self::new(
            StatusCode::BAD_REQUEST,
            "validation_failed",
            "some fields are not valid",
        );
        refusal.detail.fields = fields;
        refusal
    }

    /// 400 for one field.
    pub fn invalid_field(field: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::invalid(vec![FieldFault {
            field: field.into(),
            message: message.into(),
        }])
    }

    /// 422: the password is well formed but too weak.
    pub fn weak_password(field: &'static str, message: &'static str) -> Self {
        let mut refusal = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "weak_password",
            "the new password is too weak",
        );
        refusal.detail.fields = vec![FieldFault {
            field: field.into(),
            message: message.into(),
        }];
        refusal
    }

    /// 429 with `Retry-After`.
    pub fn too_many(what: &'static str, retry_after: Duration) -> Self {
        let mut refusal = Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", what);
        refusal.retry_after = Some(retry_after);
        refusal
    }

    /// 499: the client went away while its body was still being read.
    pub fn client_gone() -> Self {
        // 499 lies within the range that StatusCode takes, so the fallback is never used.
        let status = StatusCode::from_u16(CLIENT_GONE).unwrap_or(StatusCode::BAD_REQUEST);
        Self::new(
            status,
            "client_gone",
            "the connection went away before the request was complete",
        )
    }

    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "something went wrong inside the service",
        )
    }

    pub fn unavailable(message: &'static str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message)
    }

    /// What `--faults lively` answers instead of the real thing.
    pub fn storm(status: StatusCode) -> Self {
        Self::new(
            status,
            "storm",
            "this failure is part of the weather (--faults lively)",
        )
    }

    /// What `--capacity` answers some of the requests that are too many.
    pub fn overloaded() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "overloaded",
            "more requests are under way than the service has capacity for (--capacity)",
        )
    }

    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Its body.
    pub(crate) fn into_body(self) -> ErrorBody {
        ErrorBody { error: self.detail }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Missing(what) => Self::not_found(what),
            StoreError::Taken { field } => {
                let mut refusal = Self::new(
                    StatusCode::CONFLICT,
                    "conflict",
                    format!("this {field} is taken"),
                );
                refusal.detail.fields = vec![FieldFault {
                    field: field.into(),
                    message: "is taken".into(),
                }];
                refusal
            }
            StoreError::Conflict(message) => Self::new(StatusCode::CONFLICT, "conflict", message),
            StoreError::Already(message) => {
                Self::new(StatusCode::BAD_REQUEST, "already_done", message)
            }
            StoreError::Unfit { field, message } => Self::invalid_field(field, message),
            StoreError::Pool(error) => {
                tracing::warn!(%error, "no database connection");
                Self::unavailable("the database has no free connection")
            }
            StoreError::Sqlite(error) => {
                tracing::error!(%error, "database");
                Self::internal()
            }
            StoreError::Lost => Self::internal(),
        }
    }
}

impl From<HashFault> for Refusal {
    fn from(error: HashFault) -> Self {
        tracing::error!(%error, "password hash");
        Self::internal()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(ErrorBody { error: self.detail })).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(wait) = self.retry_after {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        response
    }
}
