//! Refreshes the access token of a user: shortly before it expires, and after a 401.

use super::auth::calls;
use super::cancel::{CancelToken, Cancelled};
use super::redirects::follow;
use super::reply::{Reply, requested_pause};
use super::requester::Requester;

/// Refreshes the token shortly before its end, so that no request of the user meets a 401 for it.
///
/// # Errors
/// When the call that it is for has to end.
pub async fn refresh_if_due(user: &Requester, cancel: CancelToken<'_>) -> Result<(), Cancelled> {
    if user.tokens.borrow().is_due() {
        Box::pin(refresh_token(user, cancel)).await?;
    }
    Ok(())
}

/// After a 401 to a request that carried this token: whether there is another one to repeat it with.
///
/// # Errors
/// When the call that it is for has to end.
pub async fn refresh_after_401(
    user: &Requester,
    version: u64,
    cancel: CancelToken<'_>,
) -> Result<bool, Cancelled> {
    {
        let tokens = user.tokens.borrow();
        if let Some(now) = tokens.version()
            && now != version
        {
            // Another branch has renewed it, or logged in, since the request left.
            return Ok(true);
        }
        if tokens.rests() {
            return Ok(false);
        }
    }
    Box::pin(refresh_token(user, cancel)).await
}

/// Asks for a new access token; whether one came. Branches of a user that ask at once wait for one and the same; a
/// refresh token is kept until the target gives another one.
///
/// # Errors
/// When the call that it is for has to end.
pub async fn refresh_token(user: &Requester, cancel: CancelToken<'_>) -> Result<bool, Cancelled> {
    let tokens = &user.tokens;
    let (turn, version, failed) = {
        let mut tokens = tokens.borrow_mut();
        if !tokens.can_renew() {
            return Ok(false);
        }
        (tokens.turn(), tokens.version(), tokens.failed)
    };
    let _turn = turn.lock().await;
    let (scheme, token) = {
        let tokens = tokens.borrow();
        if tokens.version() != version {
            return Ok(tokens.access.is_some());
        }
        if tokens.failed != failed {
            return Ok(false);
        }
        let Some(scheme) = tokens.scheme.clone() else {
            return Ok(false);
        };
        (scheme, tokens.refresh.clone())
    };
    let base = &user.shared.run.base_path;
    let (call, answer) = match (&scheme.refresh, token) {
        (Some(refresh), Some(token)) => {
            (calls::refresh_call(base, refresh, token), &refresh.answer)
        }
        _ if scheme.renews_by_login => {
            (calls::login_again_call(base, &scheme), &scheme.login.answer)
        }
        _ => return Ok(false),
    };
    let Ok(call) = call else {
        return Ok(false);
    };
    cancel.check()?;
    // It carries no token of the user's, creates nothing and is not repeated: its redirects are all there is to it.
    let reply = follow(user, &call, cancel).await?.reply;
    let mut tokens = tokens.borrow_mut();
    if tokens.version() != version {
        // Somebody logged in or out meanwhile: that counts.
        return Ok(tokens.access.is_some());
    }
    match &reply {
        Reply::Response(response) if response.status < 300 => {
            if tokens.renew(answer, &response.body) {
                return Ok(true);
            }
            tokens.fail(None);
        }
        Reply::Response(response) => tokens.fail(requested_pause(response)),
        _ => tokens.fail(None),
    }
    Ok(false)
}
