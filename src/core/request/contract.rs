//! What an answered request covers of the contract of its target, and whether the answer is as the contract says.

use super::endpoint_name;
use super::requester::Requester;
use crate::http::{Request, Response};
use crate::metrics::MismatchKey;
use crate::openapi::{Contract, Exchange, Mismatch};

/// The check under which answers that follow their schemas are counted, and those that do not.
pub const SCHEMA_CHECK: &str = "responses follow their schemas";

/// An answer came. Without a contract it costs a comparison.
pub(super) fn answered(user: &Requester, request: &Request, response: &Response) {
    if let Some(contract) = &user.shared.run.contract {
        observe(user, contract, request, response);
    }
}

fn observe(user: &Requester, contract: &Contract, request: &Request, response: &Response) {
    let method = request.method.as_str();
    if *request.origin != *user.shared.origin {
        let name = format!("{method} {}", request.origin);
        return user.shared.recorder.borrow_mut().outside_contract(&name);
    }
    let exchange = Exchange {
        method,
        target: &request.target,
        header: |name: &str| {
            let own = request.headers.get_str(name);
            own.or_else(|| request.default_headers.as_ref()?.get_str(name))
        },
        cookie: |name: &str| {
            let to = Some((&*request.origin, request.target.as_str()));
            let cookies = user.client.cookies().cookies(to);
            cookies.iter().any(|one| *one.name == *name.as_bytes())
        },
        has_body: !request.body.is_empty(),
        status: response.status,
        response_type: response.headers.get_str("content-type"),
        response_body: &response.body,
    };
    let mut recorder = user.shared.recorder.borrow_mut();
    let Some(seen) = contract.observe(&exchange, |item| recorder.covered(item)) else {
        let path = endpoint_name::fold(&request.target);
        return recorder.outside_contract(&format!("{method} {path}"));
    };
    recorder.operation_answered(seen.operation, response.status, seen.is_documented);
    let Some(checked) = seen.checked else { return };
    recorder.check(SCHEMA_CHECK, checked.is_ok());
    if let Err(Mismatch { pointer, reason }) = checked {
        let key = MismatchKey {
            operation: seen.operation,
            status: response.status,
            pointer,
        };
        recorder.mismatch(key, &reason);
        user.session.count_failure();
    }
}
