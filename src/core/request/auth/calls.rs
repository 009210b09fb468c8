//! The calls that a login takes, and what of an account goes into them.

use std::collections::BTreeMap;
use std::rc::Rc;

use ::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json};
use url::form_urlencoded;

use super::scheme::{Endpoint, RefreshCall, Scheme};
use crate::http::Origin;
use crate::ledger;
use crate::request::call::Call;
use crate::request::path_template::fill;
use crate::secrets::{is_secret_field, remember};

/// Fields of a body, by name.
pub type Fields = Map<String, Json>;

/// Why a call cannot be made of what a login scheme says.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    #[error("{0}")]
    Path(String),
    #[error("{0}")]
    Header(String),
    #[error("{0}")]
    Form(String),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// Whether a path can be gone to: one after the base URL, or a whole URL.
///
/// # Errors
/// Why not.
pub(crate) fn check_path(path: &str) -> Result<(), String> {
    destination(path, "").map(drop)
}

/// Where a path leads: none is the base URL.
fn destination(path: &str, base: &str) -> Result<(Option<Origin>, String), String> {
    let none = BTreeMap::<String, String>::new();
    if path.starts_with('/') {
        return Ok((None, fill(base, path, &none)?));
    }
    if !path.contains("://") {
        return Err(format!("\"{path}\" must begin with / or be a full URL"));
    }
    let (origin, target) = Origin::parse(path).map_err(|why| why.to_string())?;
    Ok((Some(origin), target))
}

/// The call that trades a refresh token for an access token.
///
/// # Errors
/// When the fields cannot be sent.
pub(crate) fn refresh_call(
    base: &str,
    refresh: &RefreshCall,
    token: String,
) -> Result<Call, CallError> {
    let fields = Map::from_iter([(refresh.field.clone(), Json::from(token))]);
    call(base, &refresh.endpoint, fields)
}

/// A login that needs no account, in place of a refresh.
///
/// # Errors
/// When the fields cannot be sent.
pub(crate) fn login_again_call(base: &str, scheme: &Scheme) -> Result<Call, CallError> {
    call(base, &scheme.login.endpoint, Map::new())
}

/// A login as the host itself makes it, for clean-up.
///
/// # Errors
/// When the account cannot be sent.
pub fn login_call(base: &str, login: &ledger::Login) -> Result<Call, CallError> {
    remember_secrets(&login.credentials);
    let endpoint = Endpoint {
        path: login.path.clone(),
        form: login.form,
        extra: Map::new(),
        client: login.client.clone(),
        headers: login.headers.clone(),
    };
    let fields = login.credentials.as_object().cloned();
    call(base, &endpoint, fields.unwrap_or_default())
}

/// How the ledger keeps the login of an account.
pub fn login_of(scheme: &Scheme, account: &Json) -> ledger::Login {
    let endpoint = &scheme.login.endpoint;
    let mut fields = endpoint.extra.clone();
    fields.extend(credentials(scheme, account));
    ledger::Login {
        path: endpoint.path.clone(),
        credentials: Json::Object(fields),
        token: scheme.login.answer.token.clone(),
        form: endpoint.form,
        client: endpoint.client.clone(),
        headers: endpoint.headers.clone(),
    }
}

/// A call of the host's own, which carries no token of its user.
fn call(base: &str, endpoint: &Endpoint, fields: Fields) -> Result<Call, CallError> {
    let (origin, target) = destination(&endpoint.path, base).map_err(CallError::Path)?;
    let named = match origin {
        None => target.strip_prefix(base).unwrap_or(&target),
        Some(_) => &target,
    }
    .to_owned();
    let mut call = Call::new(Method::POST, target, &named);
    call.origin = origin.map(Rc::new);
    call.own_authorization = true;
    complete(&mut call, endpoint, fields)?;
    Ok(call)
}

/// Gives a call what its endpoint declares, where the call does not say it itself: header fields, the client's
/// credentials, and a body of these fields and those that are always the same.
///
/// # Errors
/// When the fields cannot be sent.
pub(crate) fn complete(
    call: &mut Call,
    endpoint: &Endpoint,
    fields: Fields,
) -> Result<(), CallError> {
    let mut set = |name: &str, value: &str| {
        if call.headers.is_settled(name) {
            return Ok(());
        }
        let pushed = call.headers.push(name, value);
        pushed.map_err(|why| CallError::Header(why.to_string()))
    };
    for (name, value) in &endpoint.headers {
        if is_secret_field(name) {
            remember(value);
        }
        set(name, value)?;
    }
    if let Some((id, secret)) = &endpoint.client {
        set("Authorization", &client_credentials(id, secret))?;
    }
    let mut all = endpoint.extra.clone();
    all.extend(fields);
    if !call.body.is_empty() || all.is_empty() {
        return Ok(());
    }
    let (body, kind) = if endpoint.form {
        let form = form(&all).map_err(CallError::Form)?;
        (form.into_bytes(), "application/x-www-form-urlencoded")
    } else {
        let json = serde_json::to_vec(&all)?;
        (json, "application/json")
    };
    set("Content-Type", kind)?;
    call.body = body.into();
    Ok(())
}

/// Basic credentials of a client, each part as in a form before (RFC 6749, 2.3.1).
fn client_credentials(id: &str, secret: &str) -> String {
    remember(secret);
    let part = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = STANDARD.encode(format!("{}:{}", part(id), part(secret)));
    remember(&pair);
    format!("Basic {pair}")
}

/// Fields as a form, sorted by name; null is left out.
///
/// # Errors
/// Names the field that is no text.
pub(crate) fn form(fields: &Fields) -> Result<String, String> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields {
        match value {
            Json::Null => {}
            Json::String(text) => {
                form.append_pair(name, text);
            }
            Json::Number(number) => {
                form.append_pair(name, &number.to_string());
            }
            Json::Bool(flag) => {
                form.append_pair(name, &flag.to_string());
            }
            Json::Array(_) | Json::Object(_) => {
                return Err(format!(
                    "{name} is a table; a form takes strings, numbers and booleans"
                ));
            }
        }
    }
    Ok(form.finish())
}

/// Passwords of an account are shown nowhere from now on.
fn remember_secrets(account: &Json) {
    let fields = account.as_object().into_iter().flatten();
    for (_, value) in fields.filter(|(name, _)| is_secret_field(name)) {
        if let Some(text) = value.as_str() {
            remember(text);
        }
    }
}

/// The fields of the account that the scheme names.
pub(crate) fn credentials(scheme: &Scheme, account: &Json) -> Fields {
    remember_secrets(account);
    let fields = scheme.login.fields.iter();
    fields
        .filter_map(|field| Some((field.clone(), account.get(field)?.clone())))
        .collect()
}
