//! A new token in time, and after a 401.

use std::rc::Rc;

use super::auth::calls;
use crate::request::pipeline::perform;
use crate::script::api::http::{Reply, wish};
use crate::script::user::context::Context;

/// Renews the token shortly before its end, so that no request of the user meets a 401 for it.
pub async fn renew_if_due(context: &Rc<Context>) {
    if context.user.login.borrow().is_due() {
        Box::pin(renew(context)).await;
    }
}

/// After a 401 to a request that carried this token: whether there is another one to repeat it with.
pub async fn is_renewed(context: &Rc<Context>, version: u64) -> bool {
    {
        let login = context.user.login.borrow();
        if let Some(now) = login.version()
            && now != version
        {
            // Another branch has renewed it, or logged in, since the request left.
            return true;
        }
        if login.rests() {
            return false;
        }
    }
    Box::pin(renew(context)).await
}

/// Asks for a new access token; whether one came. Branches of a user that ask at once wait for one and the same; a
/// refresh token is kept until the target gives another one.
pub async fn renew(context: &Rc<Context>) -> bool {
    let login = &context.user.login;
    let (turn, version, failed) = {
        let mut login = login.borrow_mut();
        if login.refresh.is_none() {
            return false;
        }
        (login.turn(), login.version(), login.failed)
    };
    let _turn = turn.lock().await;
    let (scheme, token) = {
        let login = login.borrow();
        if login.version() != version {
            return login.access.is_some();
        }
        if login.failed != failed {
            return false;
        }
        let (Some(scheme), Some(token)) = (login.scheme.clone(), login.refresh.clone()) else {
            return false;
        };
        (scheme, token)
    };
    let Some(refresh) = &scheme.refresh else {
        return false;
    };
    let Ok(call) = calls::refresh_call(context, refresh, token) else {
        return false;
    };
    let reply = Box::pin(perform(context, Box::new(call))).await;
    let mut login = login.borrow_mut();
    if login.version() != version {
        // Somebody logged in or out meanwhile: that counts.
        return login.access.is_some();
    }
    match &reply {
        Reply::Answer { response, .. } if response.status < 300 => {
            if login.renew(&refresh.answer, &response.body) {
                return true;
            }
            login.fail(None);
        }
        Reply::Answer { response, .. } => login.fail(wish(response)),
        _ => login.fail(None),
    }
    false
}
