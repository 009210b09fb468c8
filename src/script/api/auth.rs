//! `auth`: who the user is on the target. Which paths and fields that takes is said in Lua, with `auth.setup`.

mod setup;

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use ::http::Method;
use base64::Engine;
use mlua::{Lua, Table, Value};
use serde_json::Value as Json;
use tokio::time::Instant;

use super::http::{Answers, Call, call, perform};
use super::{Declared, argument, json, words};
use crate::http::Headers;
use crate::script::context::{self, Context};

/// How long before its end a token is renewed.
const RENEW_BEFORE: Duration = Duration::from_secs(5);

/// How the target logs users in: plain data, declared once by a module with `auth.setup`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    /// Where credentials are sent and what the answer means.
    pub login: LoginCall,
    /// Path and field for a new access token, if there is one.
    pub refresh: Option<(String, String)>,
    /// Where a token is ended.
    pub logout: Option<String>,
}

/// The login call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginCall {
    /// Where credentials go.
    pub path: String,
    /// Which fields of an account are credentials.
    pub fields: Vec<String>,
    /// JSON pointers into the answer: access token, refresh token, seconds of life.
    pub token: String,
    /// Pointer to the refresh token.
    pub refresh: Option<String>,
    /// Pointer to the seconds that the token lives.
    pub expires_in: Option<String>,
}

/// What a user holds.
#[derive(Debug, Default)]
pub struct Login {
    scheme: Option<Arc<Scheme>>,
    header: Option<(String, String)>,
    access: Option<String>,
    refresh: Option<String>,
    expires: Option<Instant>,
}

impl Login {
    /// Adds what tells the target who asks.
    pub fn authorize(&self, headers: &mut Headers) {
        if let Some((name, value)) = &self.header {
            // Checked when it was set: a value that cannot be a header was refused there.
            let _ = headers.push(name, value);
        }
    }

    /// The field in which the user's secret goes along.
    pub fn field(&self) -> Option<&str> {
        self.header.as_ref().map(|(name, _)| name.as_str())
    }

    /// Forgets everything: a new session begins.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Takes the tokens out of a successful answer; whether there was one.
    pub fn accept(&mut self, scheme: &Arc<Scheme>, body: &[u8]) -> bool {
        let Ok(answer) = serde_json::from_slice::<Json>(body) else {
            return false;
        };
        let Some(access) = answer.pointer(&scheme.login.token).and_then(Json::as_str) else {
            return false;
        };
        let text = |pointer: &Option<String>| pointer.as_ref().and_then(|at| answer.pointer(at));
        self.header = Some(("Authorization".to_owned(), format!("Bearer {access}")));
        self.access = Some(access.to_owned());
        self.refresh = text(&scheme.login.refresh)
            .and_then(Json::as_str)
            .map(str::to_owned);
        self.expires = text(&scheme.login.expires_in)
            .and_then(Json::as_f64)
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            .map(|life| Instant::now() + life);
        self.scheme = Some(Arc::clone(scheme));
        true
    }
}

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

/// A JSON call of the host's own that carries no token.
fn post(context: &Context, path: &str, body: &Json) -> mlua::Result<Call> {
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
    post(context, path, credentials)
}

/// The body of a login: the fields of the account that the scheme names.
pub fn credentials(scheme: &Scheme, account: &Json) -> Json {
    scheme
        .login
        .fields
        .iter()
        .filter_map(|field| Some((field.clone(), account.get(field)?.clone())))
        .collect()
}

/// The table `auth`.
///
/// # Errors
/// When Lua has no memory left.
pub fn table(lua: &Lua, answers: &Answers, declared: &Rc<Declared>) -> mlua::Result<Table> {
    let table = lua.create_table()?;
    table.set("setup", {
        let declared = Rc::clone(declared);
        lua.create_function(move |_, spec: Value| {
            let spec = argument::table("auth.setup", "scheme", &spec)?;
            *declared.scheme.borrow_mut() = Some(Arc::new(setup::scheme(&spec)?));
            Ok(())
        })?
    })?;
    table.set("login", login(lua, answers, declared)?)?;
    table.set(
        "refresh",
        lua.create_async_function(|_, ()| {
            let context = context::need_waiting("auth.refresh");
            async move { Ok(renew(&context?).await) }
        })?,
    )?;
    table.set("logout", logout(lua, answers, declared)?)?;
    table.set(
        "bearer",
        lua.create_function(|_, token: Value| {
            let token = text("auth.bearer", "token", &token)?;
            set_header("auth.bearer", "Authorization", format!("Bearer {token}"))
        })?,
    )?;
    table.set(
        "basic",
        lua.create_function(|_, (user, password): (Value, Value)| {
            let user = text("auth.basic", "user", &user)?;
            let password = text("auth.basic", "password", &password)?;
            let pair =
                base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
            set_header("auth.basic", "Authorization", format!("Basic {pair}"))
        })?,
    )?;
    table.set(
        "header",
        lua.create_function(|_, (name, value): (Value, Value)| {
            let name = text("auth.header", "name", &name)?;
            let value = text("auth.header", "value", &value)?;
            set_header("auth.header", &name, value)
        })?,
    )?;
    table.set(
        "token",
        lua.create_function(|_, ()| {
            Ok(context::need("auth.token")?
                .user
                .login
                .borrow()
                .access
                .clone())
        })?,
    )?;
    table.set(
        "refresh_token",
        lua.create_function(|_, ()| {
            Ok(context::need("auth.refresh_token")?
                .user
                .login
                .borrow()
                .refresh
                .clone())
        })?,
    )?;
    table.set(
        "clear",
        lua.create_function(|_, ()| {
            context::need("auth.clear")?.user.login.borrow_mut().clear();
            Ok(())
        })?,
    )?;
    Ok(table)
}

fn login(lua: &Lua, answers: &Answers, declared: &Rc<Declared>) -> mlua::Result<mlua::Function> {
    let (answers, declared) = (answers.clone(), Rc::clone(declared));
    lua.create_async_function(move |lua, (account, opts): (Value, Value)| {
        let prepared = prepare_login(&lua, &account, &opts, &declared);
        let answers = answers.clone();
        async move {
            let (context, call, scheme) = prepared?;
            let reply = Box::pin(perform::perform(&context, Box::new(call))).await;
            if let perform::Reply::Answer { response, .. } = &reply
                && response.status < 300
                && !context
                    .user
                    .login
                    .borrow_mut()
                    .accept(&scheme, &response.body)
            {
                return Err(mlua::Error::runtime(format!(
                    "auth.login: the answer of {} has no token at {}; see auth.setup",
                    scheme.login.path, scheme.login.token
                )));
            }
            answers.table(reply)
        }
    })
}

fn prepare_login(
    lua: &Lua,
    account: &Value,
    opts: &Value,
    declared: &Declared,
) -> mlua::Result<(Rc<Context>, Call, Arc<Scheme>)> {
    let context = context::need_waiting("auth.login")?;
    let account = argument::table("auth.login", "account", account)?;
    let opts = argument::optional_table("auth.login", "opts", opts)?;
    let opts = opts.as_ref();
    let scheme = declared.scheme("auth.login")?;
    let account = json::to_value(&Value::Table(account))?;
    let missing: Vec<&String> = scheme
        .login
        .fields
        .iter()
        .filter(|field| account.get(field.as_str()).is_none())
        .collect();
    if let (Some(field), None) = (missing.first(), opts) {
        return Err(mlua::Error::runtime(format!(
            "auth.login: the account has no field '{field}'"
        )));
    }
    let body =
        serde_json::to_vec(&credentials(&scheme, &account)).map_err(mlua::Error::external)?;
    let path = lua.create_string(&scheme.login.path)?;
    let mut call = call::Call::from_lua(&context, Method::POST, &path, opts, Some(&scheme))
        .map_err(|why| mlua::Error::runtime(format!("auth.login: {}", words(&why))))?;
    call.own_authorization = true;
    if call.body.is_empty() {
        call.headers
            .push("Content-Type", "application/json")
            .map_err(mlua::Error::external)?;
        call.body = body.into();
    }
    Ok((context, call, scheme))
}

fn logout(lua: &Lua, answers: &Answers, declared: &Rc<Declared>) -> mlua::Result<mlua::Function> {
    let (answers, declared) = (answers.clone(), Rc::clone(declared));
    lua.create_async_function(move |lua, opts: Value| {
        let prepared = prepare_logout(&lua, &opts, &declared);
        let answers = answers.clone();
        async move {
            let Some((context, call)) = prepared? else {
                return Ok(None);
            };
            let reply = Box::pin(perform::perform(&context, Box::new(call))).await;
            context.user.login.borrow_mut().clear();
            answers.table(reply).map(Some)
        }
    })
}

/// None when nobody is logged in: then there is nothing to end.
fn prepare_logout(
    lua: &Lua,
    opts: &Value,
    declared: &Declared,
) -> mlua::Result<Option<(Rc<Context>, Call)>> {
    let context = context::need_waiting("auth.logout")?;
    let opts = argument::optional_table("auth.logout", "opts", opts)?;
    let opts = opts.as_ref();
    if context.user.login.borrow().access.is_none() {
        return Ok(None);
    }
    let scheme = declared.scheme("auth.logout")?;
    let Some(path) = &scheme.logout else {
        context.user.login.borrow_mut().clear();
        return Ok(None);
    };
    let path = lua.create_string(path)?;
    let call = call::Call::from_lua(&context, Method::POST, &path, opts, None)
        .map_err(|why| mlua::Error::runtime(format!("auth.logout: {}", words(&why))))?;
    Ok(Some((context, call)))
}

fn set_header(function: &str, name: &str, value: String) -> mlua::Result<()> {
    let context = context::need(function)?;
    Headers::new()
        .push(name, &value)
        .map_err(|why| mlua::Error::runtime(format!("{function}: {why}")))?;
    let mut login = context.user.login.borrow_mut();
    login.clear();
    login.header = Some((name.to_owned(), value));
    Ok(())
}

fn text(function: &str, name: &str, value: &Value) -> mlua::Result<String> {
    Ok(argument::string(function, name, value)?
        .to_str()?
        .to_owned())
}
