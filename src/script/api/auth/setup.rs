//! `auth.setup { login = ..., refresh = ..., logout = ... }`: how the target logs users in, as a module declares it.

use mlua::Table;

use super::{LoginCall, Scheme};
use crate::script::api::argument;

/// Reads the declaration.
///
/// # Errors
/// Names what is missing, and a key that nothing reads.
pub(super) fn scheme(spec: &Table) -> mlua::Result<Scheme> {
    let missing = |what: &str| mlua::Error::runtime(format!("auth.setup: {what} is missing"));
    argument::known("auth.setup", spec, "login, refresh, logout")?;
    let login: Table = spec
        .get::<Option<Table>>("login")?
        .ok_or_else(|| missing("login"))?;
    argument::known(
        "auth.setup: login",
        &login,
        "path, fields, token, refresh, expires_in",
    )?;
    let refresh = match spec.get::<Option<Table>>("refresh")? {
        None => None,
        Some(refresh) => Some((
            refresh
                .get::<Option<String>>("path")?
                .ok_or_else(|| missing("refresh.path"))?,
            refresh
                .get::<Option<String>>("field")?
                .unwrap_or_else(|| "refresh_token".to_owned()),
        )),
    };
    let logout = match spec.get::<Option<Table>>("logout")? {
        None => None,
        Some(logout) => Some(
            logout
                .get::<Option<String>>("path")?
                .ok_or_else(|| missing("logout.path"))?,
        ),
    };
    Ok(Scheme {
        login: LoginCall {
            path: login
                .get::<Option<String>>("path")?
                .ok_or_else(|| missing("login.path"))?,
            fields: login
                .get::<Option<Vec<String>>>("fields")?
                .ok_or_else(|| missing("login.fields"))?,
            token: login
                .get::<Option<String>>("token")?
                .ok_or_else(|| missing("login.token"))?,
            refresh: login.get("refresh")?,
            expires_in: login.get("expires_in")?,
        },
        refresh,
        logout,
    })
}
