//! Refusals that follow from the state of the target, rather than from a fault: of an operation that says so itself.

use crate::import::{Body, Request, Value};
use throng_openapi::{Operation, StatusPattern};

use super::words;

/// Expects the refusals that an operation documents and that come of what was done before. Each is a guess, and a comment
/// says which.
pub(super) fn expect(operation: &Operation, request: &mut Request) {
    let is_changed = matches!(
        operation.method.as_str(),
        "POST" | "PUT" | "PATCH" | "DELETE"
    );
    let has_body = !matches!(request.body, Body::None);
    // Without a body it sets, adds or takes away one thing, which may be so already.
    if is_changed && !has_body && !request.params.is_empty() && says(operation, 409) {
        request.expect.push(409);
        let words = "Guessed: 409 where it is so already, or still in use.";
        request.comments.push(words.to_owned());
    }
    if asks_old_password(&request.body) && says(operation, 403) {
        request.expect.push(403);
        let words = "Guessed: 403, since the account of the path is not the one that is logged in.";
        request.comments.push(words.to_owned());
    }
    request.fine |= !request.expect.is_empty();
}

/// Whether it wants to know the password so far, which only the owner of an account gives.
fn asks_old_password(body: &Body) -> bool {
    let Body::Json(Value::Object(fields)) = body else {
        return false;
    };
    fields.iter().any(|(name, _)| words::is_old_password(name))
}

/// Whether an operation documents a status.
pub(super) fn says(operation: &Operation, status: u16) -> bool {
    let mut all = operation.responses.iter();
    all.any(|one| one.status == StatusPattern::One(status))
}
