//! `auth.setup { login = ..., refresh = ..., logout = ... }`: how the target logs users in, as a module declares it.

use mlua::{Error, Result, Table, Value};
use serde_json::{Map, Value as Json};

use crate::http::Headers;
use crate::request::auth::calls;
use crate::request::auth::scheme::{
    Endpoint, LoginCall, LogoutCall, Pointers, RefreshCall, Scheme,
};
use crate::script::api::signature::{Options, optional, required};
use crate::script::api::{argument, json};

/// What `auth.setup` takes.
pub const LOGIN_SCHEME: Options = Options {
    kind: "LoginScheme",
    doc: "How the target logs users in.",
    fields: &[
        required("login", "LoginCall").doc("How a user logs in."),
        optional("refresh", "RefreshCall").doc("How a token is refreshed."),
        optional("logout", "LogoutCall").doc("How a token is revoked."),
    ],
    example: include_str!("../examples/LoginScheme.lua"),
};
/// The call that logs in.
pub const LOGIN_CALL: Options = Options {
    kind: "LoginCall",
    doc: "How a user logs in.",
    fields: &[
        required("path", "string").doc("Appended to the base URL, or a full URL."),
        required("fields", "string[]").doc("The fields of the account that are sent."),
        required("token", "string").doc("JSON pointer to the access token."),
        optional("refresh", "string").doc("JSON pointer to the refresh token."),
        optional("expires_in", "string").doc("JSON pointer to the seconds until it expires."),
        optional("json", "table<string, any>").doc("Further fields; all fields are sent as JSON."),
        optional("form", "table<string, any>")
            .doc("Further fields; all fields are sent as a form."),
        optional("client", "string[]").doc("Client id and secret, sent as basic credentials."),
        optional("headers", "table<string, string>").doc("Further headers."),
    ],
    example: include_str!("../examples/LoginCall.lua"),
};
/// The call that renews a token.
pub const REFRESH_CALL: Options = Options {
    kind: "RefreshCall",
    doc: "How a token is refreshed.",
    fields: &[
        required("path", "string").doc("Appended to the base URL, or a full URL."),
        optional("field", "string")
            .doc("The name under which the refresh token is sent.")
            .or("\"refresh_token\""),
        optional("token", "string")
            .doc("JSON pointer to the access token.")
            .or("that of the login"),
        optional("refresh", "string")
            .doc("JSON pointer to the refresh token.")
            .or("that of the login"),
        optional("expires_in", "string")
            .doc("JSON pointer to the seconds until it expires.")
            .or("that of the login"),
        optional("json", "table<string, any>").doc("Further fields; all fields are sent as JSON."),
        optional("form", "table<string, any>")
            .doc("Further fields; all fields are sent as a form."),
        optional("client", "string[]").doc("Client id and secret, sent as basic credentials."),
        optional("headers", "table<string, string>").doc("Further headers."),
    ],
    example: include_str!("../examples/RefreshCall.lua"),
};
/// The call that ends a token.
pub const LOGOUT_CALL: Options = Options {
    kind: "LogoutCall",
    doc: "How a token is revoked.",
    fields: &[
        required("path", "string").doc("Appended to the base URL, or a full URL."),
        optional("field", "string")
            .doc("The refresh token, or else the access token, is sent under this name.")
            .or("it is not sent"),
        optional("json", "table<string, any>").doc("Further fields; all fields are sent as JSON."),
        optional("form", "table<string, any>")
            .doc("Further fields; all fields are sent as a form."),
        optional("client", "string[]").doc("Client id and secret, sent as basic credentials."),
        optional("headers", "table<string, string>").doc("Further headers."),
    ],
    example: include_str!("../examples/LogoutCall.lua"),
};

/// Reads the declaration.
///
/// # Errors
/// Names what is missing or wrong, and a key that nothing reads.
pub(super) fn scheme(spec: &Table) -> Result<Scheme> {
    LOGIN_SCHEME.check("auth.setup", spec)?;
    let login = Part::of(spec, "login", &LOGIN_CALL)?.ok_or_else(|| missing("login"))?;
    let refresh = Part::of(spec, "refresh", &REFRESH_CALL)?;
    let logout = Part::of(spec, "logout", &LOGOUT_CALL)?;
    let login = LoginCall {
        endpoint: login.endpoint()?,
        fields: login.fields()?,
        answer: Pointers {
            token: login
                .pointer("token")?
                .ok_or_else(|| missing("login.token"))?,
            refresh: login.pointer("refresh")?,
            expires_in: login.pointer("expires_in")?,
        },
    };
    let refresh = match refresh {
        None => None,
        Some(part) => Some(RefreshCall {
            endpoint: part.endpoint()?,
            field: part
                .text("field")?
                .unwrap_or_else(|| "refresh_token".to_owned()),
            // The same as the login's where nothing else is said.
            answer: Pointers {
                token: part
                    .pointer("token")?
                    .unwrap_or_else(|| login.answer.token.clone()),
                refresh: part
                    .pointer("refresh")?
                    .or_else(|| login.answer.refresh.clone()),
                expires_in: part
                    .pointer("expires_in")?
                    .or_else(|| login.answer.expires_in.clone()),
            },
        }),
    };
    let logout = match logout {
        None => None,
        Some(part) => Some(LogoutCall {
            endpoint: part.endpoint()?,
            field: part.text("field")?,
        }),
    };
    Ok(Scheme {
        login,
        refresh,
        logout,
        renews_by_login: false,
    })
}

/// The declaration of one call.
struct Part {
    name: &'static str,
    table: Table,
}

impl Part {
    fn of(spec: &Table, name: &'static str, keys: &Options) -> Result<Option<Self>> {
        let value = spec.get::<Value>(name)?;
        let Some(table) = argument::optional_table("auth.setup", name, &value)? else {
            return Ok(None);
        };
        keys.check(&format!("auth.setup: {name}"), &table)?;
        Ok(Some(Self { name, table }))
    }

    fn text(&self, key: &str) -> Result<Option<String>> {
        match self.table.get::<Value>(key)? {
            Value::Nil => Ok(None),
            value => {
                let text = argument::string("auth.setup", &self.name_of(key), &value)?;
                Ok(Some(text.to_str()?.to_owned()))
            }
        }
    }

    fn pointer(&self, key: &str) -> Result<Option<String>> {
        let pointer = self.text(key)?;
        if let Some(text) = pointer.as_ref().filter(|text| !text.starts_with('/')) {
            return Err(Error::runtime(format!(
                "auth.setup: {} is \"{text}\", which is not a JSON pointer; write \"/{text}\"",
                self.name_of(key)
            )));
        }
        Ok(pointer)
    }

    fn fields(&self) -> Result<Vec<String>> {
        let name = self.name_of("fields");
        let value = self.table.get::<Value>("fields")?;
        let list =
            argument::optional_table("auth.setup", &name, &value)?.ok_or_else(|| missing(&name))?;
        texts(&list, &name)
    }

    fn endpoint(&self) -> Result<Endpoint> {
        let path = self.text("path")?;
        let path = path.ok_or_else(|| missing(&self.name_of("path")))?;
        calls::check_path(&path).map_err(|why| {
            Error::runtime(format!("auth.setup: {}: {why}", self.name_of("path")))
        })?;
        let (as_json, as_form) = (self.extra("json")?, self.extra("form")?);
        if as_json.is_some() && as_form.is_some() {
            return Err(Error::runtime(format!(
                "auth.setup: {} has both json and form; a call has one body",
                self.name
            )));
        }
        let form = as_form.is_some();
        let endpoint = Endpoint {
            path,
            form,
            extra: as_json.or(as_form).unwrap_or_default(),
            client: self.client()?,
            headers: self.headers()?,
        };
        if form {
            // Said where it is written, not when somebody logs in.
            calls::form(&endpoint.extra).map_err(|why| {
                Error::runtime(format!("auth.setup: {}.{why}", self.name_of("form")))
            })?;
        }
        Ok(endpoint)
    }

    fn extra(&self, key: &str) -> Result<Option<Map<String, Json>>> {
        let name = self.name_of(key);
        let value = self.table.get::<Value>(key)?;
        let Some(table) = argument::optional_table("auth.setup", &name, &value)? else {
            return Ok(None);
        };
        if table.is_empty() {
            return Ok(Some(Map::new()));
        }
        match json::to_value(&Value::Table(table))? {
            Json::Object(fields) => Ok(Some(fields)),
            _ => Err(Error::runtime(format!(
                "auth.setup: {name} is a list; write fields such as {{ grant_type = \"refresh_token\" }}"
            ))),
        }
    }

    fn client(&self) -> Result<Option<(String, String)>> {
        let name = self.name_of("client");
        let value = self.table.get::<Value>("client")?;
        let Some(table) = argument::optional_table("auth.setup", &name, &value)? else {
            return Ok(None);
        };
        match <[String; 2]>::try_from(texts(&table, &name)?) {
            Ok([id, secret]) => Ok(Some((id, secret))),
            Err(_) => Err(Error::runtime(format!(
                "auth.setup: {name} takes an id and a secret: {{ vars.client_id, vars.client_secret }}"
            ))),
        }
    }

    fn headers(&self) -> Result<Vec<(String, String)>> {
        let name = self.name_of("headers");
        let value = self.table.get::<Value>("headers")?;
        let Some(table) = argument::optional_table("auth.setup", &name, &value)? else {
            return Ok(Vec::new());
        };
        let mut headers = Vec::new();
        table.for_each(|key: Value, value: Value| {
            let field = argument::string("auth.setup", &format!("a name in {name}"), &key)?;
            let field = field.to_str()?.to_owned();
            let place = format!("{name}.{field}");
            let value = argument::string("auth.setup", &place, &value)?;
            let value = value.to_str()?.to_owned();
            Headers::new()
                .push(&field, &value)
                .map_err(|why| Error::runtime(format!("auth.setup: {place}: {why}")))?;
            headers.push((field, value));
            Ok(())
        })?;
        headers.sort();
        Ok(headers)
    }

    fn name_of(&self, key: &str) -> String {
        format!("{}.{key}", self.name)
    }
}

fn texts(list: &Table, name: &str) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    for value in list.clone().sequence_values::<Value>() {
        let place = format!("{name}[{}]", texts.len() + 1);
        let text = argument::string("auth.setup", &place, &value?)?;
        texts.push(text.to_str()?.to_owned());
    }
    Ok(texts)
}

fn missing(what: &str) -> Error {
    Error::runtime(format!("auth.setup: {what} is missing"))
}
