//! From bytes of a request to a checked value, or a 400 that lists every field at fault at once.

use std::borrow::Cow;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde_json::{Map, Value};

use crate::error::{FieldFault, Refusal};
use crate::rules::Verdict;
use crate::state::AppState;

/// The fields of a body or of a query string, and what is wrong with those read so far.
#[derive(Debug, Default)]
pub struct Fields {
    values: Map<String, Value>,
    faults: Vec<FieldFault>,
}

/// A value that can be read field by field. All fields are read before anything is given up, so that
/// the caller hears of every fault at once.
pub trait Form: Sized + Send {
    fn read(fields: &mut Fields) -> Option<Self>;
}

impl Fields {
    pub fn new(values: Map<String, Value>) -> Self {
        Self {
            values,
            faults: Vec::new(),
        }
    }

    /// Must be there and fit the rule.
    pub fn required<T>(
        &mut self,
        name: &'static str,
        rule: impl Fn(&Value) -> Verdict<T>,
    ) -> Option<T> {
        match self.values.get(name) {
            None | Some(Value::Null) => self.fault(name, "is required"),
            Some(value) => match rule(value) {
                Ok(value) => Some(value),
                Err(message) => self.fault(name, message),
            },
        }
    }

    /// May be absent or null; fits the rule when it is there.
    pub fn optional<T>(
        &mut self,
        name: &'static str,
        rule: impl Fn(&Value) -> Verdict<T>,
    ) -> Option<T> {
        self.change(name, rule).flatten()
    }

    /// A change of something that can be empty: absent leaves it, null empties it.
    pub fn change<T>(
        &mut self,
        name: &'static str,
        rule: impl Fn(&Value) -> Verdict<T>,
    ) -> Option<Option<T>> {
        match self.values.get(name)? {
            Value::Null => Some(None),
            value => match rule(value) {
                Ok(value) => Some(Some(value)),
                Err(message) => self.fault(name, message),
            },
        }
    }

    /// A change of something that cannot be empty: absent leaves it, null is a fault.
    pub fn replace<T>(
        &mut self,
        name: &'static str,
        rule: impl Fn(&Value) -> Verdict<T>,
    ) -> Option<T> {
        match self.change(name, rule)? {
            Some(value) => Some(value),
            None => self.fault(name, "must not be null"),
        }
    }

    fn fault<T>(&mut self, name: &'static str, message: impl Into<Cow<'static, str>>) -> Option<T> {
        self.faults.push(FieldFault {
            field: name.into(),
            message: message.into(),
        });
        None
    }

    /// The form that these fields make.
    ///
    /// # Errors
    /// A 400 with all that is wrong.
    fn form<T: Form>(mut self) -> Result<T, Refusal> {
        match T::read(&mut self) {
            Some(form) if self.faults.is_empty() => Ok(form),
            _ => Err(Refusal::invalid(self.faults)),
        }
    }
}

/// Extracts a JSON body.
pub struct Body<T>(pub T);

impl<T: Form> FromRequest<AppState> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Refusal> {
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| {
                if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                    Refusal::new(
                        StatusCode::PAYLOAD_TOO_LARGE,
                        "too_large",
                        "the body is longer than 2 MiB",
                    )
                } else {
                    Refusal::client_gone()
                }
            })?;
        body(&bytes).map(Self)
    }
}

/// The form that a body makes.
///
/// # Errors
/// A 400 with all that is wrong.
pub(crate) fn body<T: Form>(bytes: &[u8]) -> Result<T, Refusal> {
    match serde_json::from_slice::<Value>(bytes) {
        Ok(Value::Object(values)) => Fields::new(values).form(),
        Ok(_) => Err(Refusal::invalid_field("body", "must be a JSON object")),
        Err(error) => Err(Refusal::invalid_field(
            "body",
            format!("must be JSON: {error}"),
        )),
    }
}

/// Extracts the query string.
pub struct Asked<T>(pub T);

impl<T: Form> FromRequestParts<AppState> for Asked<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refusal> {
        let pairs = Query::<Vec<(String, String)>>::from_request_parts(parts, state)
            .await
            .map_err(|rejection| Refusal::invalid_field("query", rejection.body_text()))?;
        query(pairs).map(Self)
    }
}

/// The form that the pairs of a query string make.
///
/// # Errors
/// A 400 with all that is wrong.
pub(crate) fn query<T: Form>(Query(pairs): Query<Vec<(String, String)>>) -> Result<T, Refusal> {
    let values = pairs
        .into_iter()
        .map(|(name, value)| (name, Value::String(value)))
        .collect();
    Fields::new(values).form()
}
