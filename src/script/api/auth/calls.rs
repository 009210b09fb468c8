//! The calls that a login takes, and what of an account goes into them.

use ::http::Method;
use serde_json::Value as Json;

use super::scheme::Scheme;
use crate::script::api::http::Call;
use crate::script::context::Context;
use crate::secrets::{is_secret_field, remember};

/// A JSON call of the host's own that carries no token.
pub(super) fn post(context: &Context, path: &str, body: &Json) -> mlua::Result<Call> {
    let mut call = Call::plain(Method::POST, &context.user.world.terms.base_path, path);
    call.own_authorization = true;
    call.send_json(body)?;
    Ok(call)
}

/// A login as the host itself makes it, for clean-up.
///
/// # Errors
/// When the account cannot be sent.
pub fn login_call(context: &Context, path: &str, credentials: &Json) -> mlua::Result<Call> {
    remember_secrets(credentials);
    post(context, path, credentials)
}

/// Passwords of an account are told nowhere from now on.
fn remember_secrets(account: &Json) {
    let fields = account.as_object().into_iter().flatten();
    for (_, value) in fields.filter(|(name, _)| is_secret_field(name)) {
        if let Some(text) = value.as_str() {
            remember(text);
        }
    }
}

/// The body of a login: the fields of the account that the scheme names.
pub fn credentials(scheme: &Scheme, account: &Json) -> Json {
    remember_secrets(account);
    scheme
        .login
        .fields
        .iter()
        .filter_map(|field| Some((field.clone(), account.get(field)?.clone())))
        .collect()
}
