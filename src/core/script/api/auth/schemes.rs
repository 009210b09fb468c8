//! Schemes that need no declaration of calls: digest, AWS signatures, OAuth 2.0.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::rc::Rc;
use std::sync::Arc;

use mlua::{Error, Result, Table, Value};
use serde_json::{Map, Value as Json};

use crate::http::Headers;
use crate::request::auth::aws::AwsCredentials;
use crate::request::auth::calls;
use crate::request::auth::digest::Digest;
use crate::request::auth::scheme::{Endpoint, LoginCall, Pointers, RefreshCall, Scheme};
use crate::request::auth::signer::Signer;
use crate::script::api::signature::{Function, Options, Registration, optional, required};
use crate::script::api::{ModuleDeclarations, argument, json};
use crate::script::user::context;

pub(super) const DIGEST: Function = Function::new(
    "auth",
    "digest",
    "Requests are signed by HTTP digest authentication (RFC 7616) when the target asks for it.",
)
.takes(&[
    required("name", "string").doc("The user name."),
    required("password", "string").doc("It is masked in all outputs."),
])
.fails("An error when no header can have the name; a wrong password is a 401.")
.example(include_str!("../examples/auth.digest.lua"));
pub(super) const AWS: Function = Function::new(
    "auth",
    "aws",
    "Every request has an AWS signature, version 4, until the session ends.",
)
.takes(&[required("credentials", "AwsCredentials").doc("Keys, region and service.")])
.fails("An error for a missing or unknown key.")
.example(include_str!("../examples/auth.aws.lua"));
pub(super) const OAUTH2: Function = Function::new(
    "auth",
    "oauth2",
    "Declares that auth.login gets a token of an OAuth 2.0 server, which is renewed by itself.",
)
.takes(&[required("server", "OAuth2Server").doc("The server and the client.")])
.fails("An error for a missing or unknown key, and for an unknown grant.")
.example(include_str!("../examples/auth.oauth2.lua"));

/// What [`AWS`] takes.
pub const AWS_OPTIONS: Options = Options {
    kind: "AwsCredentials",
    doc: "The keys of an AWS account.",
    fields: &[
        required("access_key", "string").doc("The id of the access key."),
        required("secret_key", "string").doc("The secret access key."),
        required("region", "string").doc("The region, such as `eu-west-1`."),
        required("service", "string").doc("The service, such as `execute-api` or `s3`."),
        optional("session_token", "string")
            .doc("The token of temporary keys.")
            .or("none"),
    ],
    example: include_str!("../examples/AwsCredentials.lua"),
};

/// What [`OAUTH2`] takes.
pub const OAUTH2_OPTIONS: Options = Options {
    kind: "OAuth2Server",
    doc: "An OAuth 2.0 server, and who asks it.",
    fields: &[
        required("token_url", "string").doc("Appended to the base URL, or a full URL."),
        required("client_id", "string").doc("The id of the client."),
        optional("client_secret", "string").doc("Its secret; none of a public client."),
        optional("grant", "string")
            .doc("Or `password`: then auth.login takes username and password.")
            .or("\"client_credentials\""),
        optional("scope", "string")
            .doc("The scopes, with spaces between.")
            .or("none"),
        optional("client_auth", "string")
            .doc("Where the client is named: in a `basic` header, or in the `body`.")
            .or("\"basic\" with a secret"),
        optional("form", "table<string, any>").doc("Further fields, such as `audience`."),
    ],
    example: include_str!("../examples/OAuth2Server.lua"),
};

/// Adds the functions.
///
/// # Errors
/// When Lua has no memory left.
pub(super) fn add(table: &Registration<'_>, declared: &Rc<ModuleDeclarations>) -> Result<()> {
    table.function(&DIGEST, |_, (name, password): (Value, Value)| {
        let user = &context::need("auth.digest")?.user.requester;
        let name = text("auth.digest", "name", &name)?;
        let password = text("auth.digest", "password", &password)?;
        sendable("auth.digest", "name", &name)?;
        let mut salt = DefaultHasher::new();
        (user.shared.run.seed, user.number).hash(&mut salt);
        let digest = Digest::new(name, password, salt.finish());
        user.tokens.borrow_mut().set_signer(Signer::Digest(digest));
        Ok(())
    })?;
    table.function(&AWS, |_, credentials: Value| {
        let user = &context::need("auth.aws")?.user.requester;
        let fields = Fields::of("auth.aws", "credentials", &credentials, &AWS_OPTIONS)?;
        let aws = AwsCredentials::new(
            fields.needed("access_key")?,
            fields.needed("secret_key")?,
            fields.text("session_token")?,
            fields.needed("region")?,
            fields.needed("service")?,
        );
        user.tokens.borrow_mut().set_signer(Signer::Aws(aws));
        Ok(())
    })?;
    let declared = Rc::clone(declared);
    table.function(&OAUTH2, move |_, server: Value| {
        let fields = Fields::of("auth.oauth2", "server", &server, &OAUTH2_OPTIONS)?;
        *declared.scheme.borrow_mut() = Some(Arc::new(oauth2(&fields)?));
        Ok(())
    })
}

/// The scheme of an OAuth 2.0 server (RFC 6749, 4.3, 4.4 and 6).
fn oauth2(fields: &Fields) -> Result<Scheme> {
    let fault = |why: String| Error::runtime(format!("auth.oauth2: {why}"));
    let path = fields.needed("token_url")?;
    calls::check_path(&path).map_err(|why| fault(format!("token_url: {why}")))?;
    let (id, secret) = (fields.needed("client_id")?, fields.text("client_secret")?);
    let grant = fields.text("grant")?;
    let grant = grant.as_deref().unwrap_or("client_credentials");
    let by_password = match grant {
        "client_credentials" => false,
        "password" => true,
        other => {
            return Err(fault(format!(
                "grant is \"{other}\"; there are: client_credentials, password"
            )));
        }
    };
    let mut extra = fields.further()?;
    let place = fields.text("client_auth")?;
    let client = match (place.as_deref(), secret) {
        (None | Some("basic"), Some(secret)) => Some((id, secret)),
        (None | Some("body"), secret) => {
            extra.insert("client_id".to_owned(), id.into());
            if let Some(secret) = secret {
                extra.insert("client_secret".to_owned(), secret.into());
            }
            None
        }
        (Some("basic"), None) => {
            return Err(fault(
                "client_auth is \"basic\", but client_secret is missing".to_owned(),
            ));
        }
        (Some(other), _) => {
            return Err(fault(format!(
                "client_auth is \"{other}\"; there are: basic, body"
            )));
        }
    };
    if let Some(scope) = fields.text("scope")? {
        extra.insert("scope".to_owned(), scope.into());
    }
    let endpoint = |grant: &str| Endpoint {
        path: path.clone(),
        form: true,
        extra: {
            let mut extra = extra.clone();
            extra.insert("grant_type".to_owned(), grant.into());
            extra
        },
        client: client.clone(),
        headers: vec![("Accept".to_owned(), "application/json".to_owned())],
    };
    calls::form(&extra).map_err(|why| fault(format!("form.{why}")))?;
    let answer = Pointers {
        token: "/access_token".to_owned(),
        refresh: Some("/refresh_token".to_owned()),
        expires_in: Some("/expires_in".to_owned()),
    };
    let account: &[&str] = match by_password {
        true => &["username", "password"],
        false => &[],
    };
    Ok(Scheme {
        login: LoginCall {
            endpoint: endpoint(grant),
            fields: account.iter().map(|field| (*field).to_owned()).collect(),
            answer: answer.clone(),
        },
        refresh: Some(RefreshCall {
            endpoint: endpoint("refresh_token"),
            field: "refresh_token".to_owned(),
            answer,
        }),
        logout: None,
        renews_by_login: !by_password,
    })
}

/// The fields of a table of options.
struct Fields {
    function: &'static str,
    table: Table,
}

impl Fields {
    fn of(
        function: &'static str,
        name: &str,
        value: &Value,
        options: &'static Options,
    ) -> Result<Self> {
        let table = argument::table(function, name, value)?;
        options.check(&format!("{function}: {name}"), &table)?;
        Ok(Self { function, table })
    }

    fn text(&self, key: &str) -> Result<Option<String>> {
        match self.table.get::<Value>(key)? {
            Value::Nil => Ok(None),
            value => {
                let text = text(self.function, key, &value)?;
                sendable(self.function, key, &text)?;
                Ok(Some(text))
            }
        }
    }

    fn needed(&self, key: &str) -> Result<String> {
        let missing = || Error::runtime(format!("{}: {key} is missing", self.function));
        self.text(key)?.ok_or_else(missing)
    }

    /// `form`: fields that go along.
    fn further(&self) -> Result<Map<String, Json>> {
        let value = self.table.get::<Value>("form")?;
        let Some(table) = argument::optional_table(self.function, "form", &value)? else {
            return Ok(Map::new());
        };
        if table.is_empty() {
            return Ok(Map::new());
        }
        match json::to_value(&Value::Table(table))? {
            Json::Object(fields) => Ok(fields),
            _ => Err(Error::runtime(format!(
                "{}: form is a list; write fields such as {{ audience = \"api\" }}",
                self.function
            ))),
        }
    }
}

fn text(function: &str, name: &str, value: &Value) -> Result<String> {
    let text = argument::string(function, name, value)?;
    Ok(text.to_str()?.to_owned())
}

/// Refuses what no header can have: it would be said in one.
fn sendable(function: &str, name: &str, text: &str) -> Result<()> {
    Headers::new()
        .push("Authorization", text)
        .map_err(|_| Error::runtime(format!("{function}: {name} has a control character")))
}
