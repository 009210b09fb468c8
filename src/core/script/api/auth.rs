//! `auth`: who the user is on the target. Which paths and fields that takes is said in Lua, with `auth.setup`.

mod schemes;
mod setup;

pub use schemes::{AWS_OPTIONS, OAUTH2_OPTIONS};
pub use setup::{LOGIN_CALL, LOGIN_SCHEME, LOGOUT_CALL, REFRESH_CALL};

use std::rc::Rc;
use std::sync::Arc;

use ::http::Method;
use base64::Engine;
use mlua::{Lua, Table, Value};

use super::http::{ResponseTables, call};
use super::signature::{Function, Namespace, Registration, optional, required, returned};
use super::{ModuleDeclarations, argument, json, words};
use crate::http::Headers;
use crate::request::auth::calls;
use crate::request::auth::scheme::Scheme;
use crate::request::{Call, Reply, refresh_token};
use crate::script::user::context;
use crate::script::user::context::Context;
use crate::script::vm::scope;
use crate::secrets::remember;

const SETUP: Function = Function::new(
    "auth",
    "setup",
    "Declares how the target logs users in; the last declaration holds.",
)
.takes(&[required("scheme", "LoginScheme").doc("The calls that log in, refresh and log out.")])
.fails("An error for a missing or unknown key, and for what is not a JSON pointer.")
.example(include_str!("examples/auth.setup.lua"));
const LOGIN: Function = Function::new(
    "auth",
    "login",
    "Sends the account's fields and stores the tokens on success.",
)
.takes(&[
    required("account", "table<string, any>").doc("Its fields are those that `auth.setup` names."),
    optional("opts", "RequestOptions").doc("With them fields may be missing from the account."),
])
.returns(&[returned(
    "Response",
    "That of the login: `ok` says whether it succeeded.",
)])
.fails(
    "An error when nothing declared how users log in, the account lacks a field, or a success has \
     no token.",
)
.waits()
.example(include_str!("examples/auth.login.lua"));
const LOGOUT: Function = Function::new(
    "auth",
    "logout",
    "Revokes the token on the target and forgets it, whatever the response.",
)
.takes(&[optional("opts", "RequestOptions").doc("Those of the request.")])
.returns(&[returned("Response?", "That of the logout.")])
.fails("nil when not logged in, or when `auth.setup` names no logout.")
.waits()
.example(include_str!("examples/auth.logout.lua"));
const REFRESH: Function = Function::new(
    "auth",
    "refresh",
    "Gets a new token, as happens by itself shortly before the end of one and after a 401.",
)
.returns(&[returned(
    "boolean",
    "Whether it succeeded; false without a way to refresh.",
)])
.waits()
.example(include_str!("examples/auth.refresh.lua"));
const TOKEN: Function = Function::new(
    "auth",
    "token",
    "The token that requests carry: that of a login, or of `auth.bearer`.",
)
.returns(&[returned("string?", "The token; nil where there is none.")])
.example(include_str!("examples/auth.token.lua"));
const REFRESH_TOKEN: Function = Function::new(
    "auth",
    "refresh_token",
    "The refresh token that a login gave.",
)
.returns(&[returned("string?", "The token; nil when there is none.")])
.example(include_str!("examples/auth.refresh_token.lua"));
const CLEAR: Function = Function::new(
    "auth",
    "clear",
    "Forgets all credentials and sends nothing.",
)
.example(include_str!("examples/auth.clear.lua"));
const BEARER: Function = Function::new(
    "auth",
    "bearer",
    "Every request has `Authorization: Bearer <token>`, until the session ends.",
)
.takes(&[required("token", "string").doc("It is masked in all outputs.")])
.fails("An error when no header can have it.")
.example(include_str!("examples/auth.bearer.lua"));
const BASIC: Function = Function::new(
    "auth",
    "basic",
    "Every request has basic credentials, until the session ends.",
)
.takes(&[
    required("name", "string").doc("The user name."),
    required("password", "string").doc("It is masked in all outputs."),
])
.example(include_str!("examples/auth.basic.lua"));
const HEADER: Function = Function::new(
    "auth",
    "header",
    "Every request to the target has this header too; false removes it.",
)
.takes(&[
    required("name", "string").doc("The name of the header."),
    required("value", "string|false").doc("It is masked in all outputs."),
])
.fails("An error when no header can have the name or the value.")
.example(include_str!("examples/auth.header.lua"));

/// `auth`.
pub const TABLE: Namespace = Namespace {
    name: "auth",
    doc: "Tokens and credentials of the user.",
    functions: &[
        &SETUP,
        &LOGIN,
        &LOGOUT,
        &REFRESH,
        &TOKEN,
        &REFRESH_TOKEN,
        &CLEAR,
        &BEARER,
        &BASIC,
        &schemes::DIGEST,
        &schemes::AWS,
        &schemes::OAUTH2,
        &HEADER,
    ],
    values: &[],
};

/// The table `auth`.
///
/// # Errors
/// When Lua has no memory left.
pub fn table(
    lua: &Lua,
    responses: &ResponseTables,
    declared: &Rc<ModuleDeclarations>,
) -> mlua::Result<Table> {
    let table = Registration::new(lua, &TABLE)?;
    let modules = Rc::clone(declared);
    table.function(&SETUP, move |_, spec: Value| {
        let spec = argument::table("auth.setup", "scheme", &spec)?;
        *modules.scheme.borrow_mut() = Some(Arc::new(setup::scheme(&spec)?));
        Ok(())
    })?;
    schemes::add(&table, declared)?;
    login(&table, responses, declared)?;
    table.waiting(&REFRESH, |_, ()| {
        let context = scope::need_waiting("auth.refresh");
        async move {
            let user = &context?.user;
            match refresh_token(&user.requester, user.cancel_token()).await {
                Ok(renewed) => Ok(renewed),
                Err(cancelled) => user.leave(cancelled).await,
            }
        }
    })?;
    logout(&table, responses, declared)?;
    table.function(&BEARER, |_, token: Value| {
        let token = text("auth.bearer", "token", &token)?;
        set_header(
            "auth.bearer",
            "Authorization",
            Some(format!("Bearer {token}")),
        )
    })?;
    table.function(&BASIC, |_, (user, password): (Value, Value)| {
        let user = text("auth.basic", "user", &user)?;
        let password = text("auth.basic", "password", &password)?;
        remember(&password);
        let pair = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
        set_header("auth.basic", "Authorization", Some(format!("Basic {pair}")))
    })?;
    table.function(&HEADER, |_, (name, value): (Value, Value)| {
        let name = text("auth.header", "name", &name)?;
        let value = match value {
            Value::Boolean(false) => None,
            value => Some(text("auth.header", "value", &value)?),
        };
        set_header("auth.header", &name, value)
    })?;
    table.function(&TOKEN, |_, ()| {
        let context = context::need("auth.token")?;
        let tokens = context.user.requester.tokens.borrow();
        Ok(tokens.token())
    })?;
    table.function(&REFRESH_TOKEN, |_, ()| {
        Ok(context::need("auth.refresh_token")?
            .user
            .requester
            .tokens
            .borrow()
            .refresh
            .clone())
    })?;
    table.function(&CLEAR, |_, ()| {
        context::need("auth.clear")?
            .user
            .requester
            .tokens
            .borrow_mut()
            .clear();
        Ok(())
    })?;
    table.finish()
}

fn login(
    table: &Registration<'_>,
    responses: &ResponseTables,
    declared: &Rc<ModuleDeclarations>,
) -> mlua::Result<()> {
    let (responses, declared) = (responses.clone(), Rc::clone(declared));
    table.waiting(&LOGIN, move |lua, (account, opts): (Value, Value)| {
        let prepared = prepare_login(&lua, &account, &opts, &declared);
        let responses = responses.clone();
        async move {
            let (context, call, scheme) = prepared?;
            let reply = Box::pin(context.send(Box::new(call))).await;
            if let Reply::Response(response) = &reply
                && response.status < 300
                && !context
                    .user
                    .requester
                    .tokens
                    .borrow_mut()
                    .accept(&scheme, &response.body)
            {
                return Err(mlua::Error::runtime(format!(
                    "auth.login: the response of {} has no token at {}; see auth.setup",
                    scheme.login.endpoint.path, scheme.login.answer.token
                )));
            }
            responses.table(&context, reply)
        }
    })
}

fn prepare_login(
    lua: &Lua,
    account: &Value,
    opts: &Value,
    declared: &ModuleDeclarations,
) -> mlua::Result<(Rc<Context>, Call, Arc<Scheme>)> {
    let context = scope::need_waiting("auth.login")?;
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
        return Err(mlua::Error::runtime(without_field(&context, field)));
    }
    let fields = calls::credentials(&scheme, &account);
    let path = lua.create_string(&scheme.login.endpoint.path)?;
    let mut call = call::read(&context, Method::POST, &path, opts, Some(&scheme))
        .map_err(|why| mlua::Error::runtime(format!("auth.login: {}", words(&why))))?;
    call.own_authorization = true;
    calls::complete(&mut call, &scheme.login.endpoint, fields)
        .map_err(|why| mlua::Error::runtime(format!("auth.login: {why}")))?;
    Ok((context, call, scheme))
}

/// What is said of an account without a field of the login; accounts are often made of `vars`.
fn without_field(context: &Context, field: &str) -> String {
    let user = &context.user;
    let vars = &user.shard.script_config.vars;
    let kind = user.shard.requests.name(user.requester.kind.get());
    let words = format!("auth.login: the account of the type '{kind}' has no field '{field}'");
    let hint = match vars.contains_key(field) {
        true => String::new(),
        false => format!("; no variable {field} was given: -e {field}=VALUE sets vars.{field}"),
    };
    words + &hint
}

fn logout(
    table: &Registration<'_>,
    responses: &ResponseTables,
    declared: &Rc<ModuleDeclarations>,
) -> mlua::Result<()> {
    let (responses, declared) = (responses.clone(), Rc::clone(declared));
    table.waiting(&LOGOUT, move |lua, opts: Value| {
        let prepared = prepare_logout(&lua, &opts, &declared);
        let responses = responses.clone();
        async move {
            let Some((context, call)) = prepared? else {
                return Ok(None);
            };
            let reply = Box::pin(context.send(Box::new(call))).await;
            // Also when the target would not: anyone who leaves does not come back with that token.
            context.user.requester.tokens.borrow_mut().log_out();
            responses.table(&context, reply).map(Some)
        }
    })
}

/// None when nobody is logged in: then there is nothing to end.
fn prepare_logout(
    lua: &Lua,
    opts: &Value,
    declared: &ModuleDeclarations,
) -> mlua::Result<Option<(Rc<Context>, Call)>> {
    let context = scope::need_waiting("auth.logout")?;
    let opts = argument::optional_table("auth.logout", "opts", opts)?;
    let opts = opts.as_ref();
    if context.user.requester.tokens.borrow().access.is_none() {
        return Ok(None);
    }
    let scheme = declared.scheme("auth.logout")?;
    let Some(logout) = &scheme.logout else {
        context.user.requester.tokens.borrow_mut().log_out();
        return Ok(None);
    };
    let fault = |why: mlua::Error| mlua::Error::runtime(format!("auth.logout: {}", words(&why)));
    let path = lua.create_string(&logout.endpoint.path)?;
    let mut call = call::read(&context, Method::POST, &path, opts, None).map_err(fault)?;
    let mut fields = calls::Fields::new();
    if let Some(field) = &logout.field {
        let tokens = context.user.requester.tokens.borrow();
        let token = tokens.refresh.clone().or_else(|| tokens.access.clone());
        fields.insert(field.clone(), token.into());
    }
    calls::complete(&mut call, &logout.endpoint, fields)
        .map_err(|why| mlua::Error::runtime(format!("auth.logout: {why}")))?;
    call.declared = true;
    call.own_authorization = call.headers.is_settled("authorization");
    Ok(Some((context, call)))
}

/// Has a field go along with every request to the target; none: not any more.
fn set_header(function: &str, name: &str, value: Option<String>) -> mlua::Result<()> {
    let context = context::need(function)?;
    let shown = value.as_deref().unwrap_or_default();
    Headers::new()
        .push(name, shown)
        .map_err(|why| mlua::Error::runtime(format!("{function}: {why}")))?;
    remember(shown);
    // Behind the scheme, where there is one.
    if let Some((_, secret)) = shown.split_once(' ') {
        remember(secret);
    }
    let mut tokens = context.user.requester.tokens.borrow_mut();
    match value {
        Some(value) if name.eq_ignore_ascii_case("authorization") => {
            tokens.set_authorization(value)
        }
        None if name.eq_ignore_ascii_case("authorization") => tokens.log_out(),
        value => tokens.set_field(name, value),
    }
    Ok(())
}

fn text(function: &str, name: &str, value: &Value) -> mlua::Result<String> {
    Ok(argument::string(function, name, value)?
        .to_str()?
        .to_owned())
}
