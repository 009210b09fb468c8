use super::document::AuthOf;
use super::variables::Variables;
use crate::import::{Action, Auth, Extraction, Name, Value};

/// How the collection's requests prove who sends them.
pub(super) fn auth(auth: Option<&AuthOf>, variables: &mut Variables) -> Auth {
    let Some(auth) = auth else { return Auth::None };
    let of_run =
        |name: &'static str| Value::Var(Name::of(name, "value"), Some("nobody".to_owned()));
    match auth.kind.as_str() {
        "bearer" => {
            let token = auth.value("token").unwrap_or_default();
            Auth::Bearer(secret(&token, "token", variables))
        }
        "basic" => Auth::Basic(of_run("email"), of_run("password")),
        "digest" => Auth::Digest(of_run("email"), of_run("password")),
        "apikey" if auth.value("in").as_deref() != Some("query") => {
            let name = auth.value("key").unwrap_or_else(|| "X-Api-Key".to_owned());
            let value = auth.value("value").unwrap_or_default();
            Auth::Header(name, secret(&value, "api_key", variables))
        }
        "oauth2" => Auth::OAuth2 {
            token_url: auth
                .value("accessTokenUrl")
                .filter(|url| !url.contains("{{"))
                .unwrap_or_else(|| "/oauth/token".to_owned()),
            scope: auth.value("scope").filter(|scope| !scope.is_empty()),
            password: auth.value("grant_type").as_deref() == Some("password_credentials"),
        },
        "awsv4" => Auth::Aws {
            region: auth
                .value("region")
                .unwrap_or_else(|| "us-east-1".to_owned()),
            service: auth
                .value("service")
                .unwrap_or_else(|| "execute-api".to_owned()),
        },
        _ => Auth::None,
    }
}

/// A value that is a variable, or else given by the run: a secret that stands in the file is not written on.
fn secret(text: &str, name: &'static str, variables: &mut Variables) -> Value {
    match text.contains("{{") {
        // At the start of a session nothing is kept yet.
        true => match variables.value(text) {
            Value::Or(_, given) => *given,
            value => value,
        },
        false => Value::Var(Name::of(name, "value"), Some("none".to_owned())),
    }
}

/// What follows a request that keeps the collection's token: from then on it is that of the requests.
pub(super) fn renewed(auth: Option<&AuthOf>, kept: &[Extraction]) -> Option<Action> {
    let auth = auth.filter(|auth| auth.kind == "bearer")?;
    let token = auth.value("token")?;
    let name = token.trim().strip_prefix("{{")?.strip_suffix("}}")?;
    let variable = Name::of(name, "value");
    let is_kept = kept
        .iter()
        .any(|extraction| extraction.variable == variable);
    let value = Value::Or(
        Box::new(Value::State(variable)),
        Box::new(Value::text("none")),
    );
    is_kept.then_some(Action::Bearer(value))
}
