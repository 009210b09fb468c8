//! From a method and a path to the operation.

use std::borrow::Cow;

use axum::extract::Query;
use axum::http::Uri;
use percent_encoding::percent_decode_str;

use super::reply::Success;
use super::{Answer, Call, Memory};
use crate::error::Refusal;
use crate::routes::{DOCUMENT, PREFIX, no_method, no_route};
use crate::validate::{self, Form};

/// The answer of the operation that is meant.
pub fn answer(memory: &mut Memory, call: &Call<'_>) -> Answer {
    let Some(path) = call.path.strip_prefix(PREFIX) else {
        return match (call.method, call.path) {
            ("GET", "/") => memory.welcome(),
            ("GET", "/health") => memory.health(),
            ("GET", "/metrics") => memory.metrics(),
            ("GET", DOCUMENT) => Ok(Success::json(&crate::routes::document())),
            _ => Err(memory.unknown(call)),
        };
    };
    // The longest is /users/{userId}/roles/{roleId}, behind an empty one.
    let mut segments = [""; 6];
    let mut count = 0;
    for segment in path.split('/') {
        if count == segments.len() {
            return Err(memory.unknown(call));
        }
        segments[count] = segment;
        count += 1;
    }
    match (call.method, &segments[1..count.max(1)]) {
        ("POST", ["auth", "login"]) => memory.login(call),
        ("POST", ["auth", "logout"]) => memory.logout(call),
        ("POST", ["auth", "refresh"]) => memory.renew(call),
        ("GET" | "POST", ["auth", "me"]) => memory.me(call),
        (method, ["users", rest @ ..]) => users(memory, call, (method, rest)),
        (method, ["roles", rest @ ..]) => roles(memory, call, (method, rest)),
        (method, ["permissions", rest @ ..]) => permissions(memory, call, (method, rest)),
        _ => Err(memory.unknown(call)),
    }
}

fn users(memory: &mut Memory, call: &Call<'_>, place: (&str, &[&str])) -> Answer {
    match place {
        ("GET", []) => memory.list_users(call),
        ("POST", []) => memory.create_user(call),
        ("GET", ["search"]) => memory.search_users(call),
        ("GET", ["email", email]) if !email.is_empty() => {
            memory.user_by_email(call, &decoded(email))
        }
        ("GET", ["username", name]) if !name.is_empty() => {
            memory.user_by_username(call, &decoded(name))
        }
        (_, ["search" | "email" | "username" | ""]) => Err(memory.unknown(call)),
        ("GET", [id]) => memory.read_user(call, id),
        ("PUT", [id]) => memory.update_user(call, id),
        ("DELETE", [id]) => memory.delete_user(call, id),
        ("PUT", [id, "activate"]) => memory.switch_user(call, id, true),
        ("PUT", [id, "deactivate"]) => memory.switch_user(call, id, false),
        ("PUT", [id, "change-password"]) => memory.change_password(call, id),
        ("PUT", [id, "reset-password"]) => memory.reset_password(call, id),
        ("POST", [id, "profile"]) => memory.create_profile(call, id),
        ("GET", [id, "profile"]) => memory.read_profile(call, id),
        ("PUT", [id, "profile"]) => memory.update_profile(call, id),
        ("DELETE", [id, "profile"]) => memory.delete_profile(call, id),
        ("GET", [id, "roles"]) => memory.held_roles(call, id),
        ("POST", [id, "roles", "bulk-assign"]) => memory.change_roles(call, id, true),
        ("POST", [id, "roles", "bulk-revoke"]) => memory.change_roles(call, id, false),
        (_, [_, "roles", "bulk-assign" | "bulk-revoke"]) => Err(memory.unknown(call)),
        ("POST", [id, "roles", role]) => memory.assign(call, id, role),
        ("DELETE", [id, "roles", role]) => memory.revoke(call, id, role),
        _ => Err(memory.unknown(call)),
    }
}

fn roles(memory: &mut Memory, call: &Call<'_>, place: (&str, &[&str])) -> Answer {
    match place {
        ("GET", []) => memory.list_roles(call),
        ("POST", []) => memory.create_role(call),
        (_, [""]) => Err(memory.unknown(call)),
        ("GET", [id]) => memory.read_role(call, id),
        ("PUT", [id]) => memory.update_role(call, id),
        ("DELETE", [id]) => memory.delete_role(call, id),
        ("PUT", [id, "activate"]) => memory.switch_role(call, id, true),
        ("PUT", [id, "deactivate"]) => memory.switch_role(call, id, false),
        _ => Err(memory.unknown(call)),
    }
}

fn permissions(memory: &mut Memory, call: &Call<'_>, place: (&str, &[&str])) -> Answer {
    match place {
        ("GET", []) => memory.list_permissions(call),
        ("POST", []) => memory.create_permission(call),
        (_, [""]) => Err(memory.unknown(call)),
        ("GET", [id]) => memory.read_permission(call, id),
        ("PUT", [id]) => memory.update_permission(call, id),
        ("DELETE", [id]) => memory.delete_permission(call, id),
        ("PUT", [id, "activate"]) => memory.switch_permission(call, id, true),
        ("PUT", [id, "deactivate"]) => memory.switch_permission(call, id, false),
        _ => Err(memory.unknown(call)),
    }
}

fn decoded(segment: &str) -> Cow<'_, str> {
    percent_decode_str(segment).decode_utf8_lossy()
}

/// What a query consists of that no parser of URIs refuses.
fn is_usual(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~%+&=".contains(&byte)
}

impl Memory {
    /// The form that the query of a call makes.
    ///
    /// # Errors
    /// A 400 with all that is wrong.
    pub(super) fn query<T: Form>(&self, call: &Call<'_>) -> Result<T, Refusal> {
        let query = call.query.unwrap_or_default();
        if query.bytes().all(is_usual) {
            let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
            return validate::query(Query(pairs.collect()));
        }
        let bad = |why: String| Refusal::invalid_field("query", why);
        let uri = format!("/?{query}");
        let uri: Uri = uri.parse().map_err(|_| bad("is not a query".to_owned()))?;
        let pairs = Query::try_from_uri(&uri).map_err(|why| bad(why.body_text()))?;
        validate::query(pairs)
    }

    /// What is said of a call that is no operation.
    fn unknown(&self, call: &Call<'_>) -> Refusal {
        if self.templates.at(call.path).is_ok() {
            no_method(call.method, call.path)
        } else {
            no_route(call.path)
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    #[test]
    fn what_is_no_operation_is_refused_as_the_service_refuses_it() {
        let at = time::OffsetDateTime::UNIX_EPOCH;
        let mut memory = Memory::new(1, at, ("a@example.com", "x"));
        for (method, path, status) in [
            ("GET", "/nothing", StatusCode::NOT_FOUND),
            ("GET", "/api/v1/users/1/2/3/4/5/6", StatusCode::NOT_FOUND),
            ("DELETE", "/health", StatusCode::METHOD_NOT_ALLOWED),
            ("PUT", "/api/v1/roles", StatusCode::METHOD_NOT_ALLOWED),
        ] {
            let call = Call {
                method,
                path,
                query: None,
                authorization: None,
                body: b"",
                at,
            };
            let reply = memory.answer(&call);
            assert_eq!(reply.status, status.as_u16(), "{method} {path}");
        }
    }
}
