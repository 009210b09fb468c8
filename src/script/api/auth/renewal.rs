//! A new token in time, and after a 401.

use std::rc::Rc;
use std::time::Duration;

use serde_json::Value as Json;
use tokio::time::Instant;

use super::calls::post;
use crate::script::api::http::perform;
use crate::script::context::Context;

/// How long before its end a token is renewed.
const RENEW_BEFORE: Duration = Duration::from_secs(5);

/// Renews the token shortly before its end, so that no request of the user meets a 401 for it.
pub async fn renew_if_due(context: &Rc<Context>) {
    let due = context
        .user
        .login
        .borrow()
        .expires
        .is_some_and(|end| end <= Instant::now() + RENEW_BEFORE);
    if due {
        renew(context).await;
    }
}

/// Asks for a new access token; whether one came. The old refresh token is spent by it.
pub async fn renew(context: &Rc<Context>) -> bool {
    let (scheme, token) = {
        let mut login = context.user.login.borrow_mut();
        let Some(scheme) = login.scheme.clone() else {
            return false;
        };
        let Some(token) = login.refresh.take() else {
            return false;
        };
        login.expires = None;
        (scheme, token)
    };
    let Some((path, field)) = &scheme.refresh else {
        return false;
    };
    let body = Json::from_iter([(field.clone(), Json::from(token))]);
    let Ok(call) = post(context, path, &body) else {
        return false;
    };
    let reply = Box::pin(perform::perform(context, Box::new(call))).await;
    match reply {
        perform::Reply::Answer { response, .. } if response.status < 300 => context
            .user
            .login
            .borrow_mut()
            .accept(&scheme, &response.body),
        _ => false,
    }
}
