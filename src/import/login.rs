use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::import::exchange::{Exchange, is_json};
use crate::import::{Action, Auth, Body, LoginCall, Name, Request, Value};

/// Names of fields with a password, in small letters without separators.
const PASSWORDS: [&str; 5] = ["password", "passwd", "pwd", "pass", "passphrase"];
/// Names of fields that say who logs in.
const ACCOUNTS: [&str; 8] = [
    "email",
    "username",
    "user",
    "login",
    "identifier",
    "account",
    "useremail",
    "emailaddress",
];
/// Names of tokens in answers, the likeliest first.
const TOKENS: [&str; 6] = [
    "accesstoken",
    "token",
    "jwt",
    "idtoken",
    "authtoken",
    "bearer",
];

/// A name in small letters without separators.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(|letter| letter.is_ascii_alphanumeric());
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

fn is_password(name: &str) -> bool {
    let name = plain(name);
    PASSWORDS.iter().any(|password| name.ends_with(password))
}

fn is_account(name: &str) -> bool {
    ACCOUNTS.contains(&&*plain(name))
}

fn var(name: &'static str) -> Value {
    Value::Var(Name::of(name, "value"), None)
}

/// Puts the run's account in the place of the one that was recorded; whether the request logs in.
pub(super) fn replace_account(request: &mut Request) -> bool {
    let fields: &mut Vec<(String, Value)> = match &mut request.body {
        Body::Json(Value::Object(fields)) => fields,
        Body::Form(fields) => fields,
        _ => return false,
    };
    let has_password = fields.iter().any(|(name, _)| is_password(name));
    if !has_password {
        return false;
    }
    let mut has_account = false;
    for (name, value) in fields.iter_mut() {
        if is_password(name) {
            *value = var("password");
        } else if is_account(name) {
            has_account = true;
            *value = var("email");
        }
    }
    let words = "The account is the run's: -e email=... -e password=...";
    request.comments.push(words.to_owned());
    has_account
}

/// How users log in, and which exchange does it: one with an account whose answer has a token, where later requests send
/// one. Browsers leave tokens out of what they export, so a token that is sent need not be there.
pub(super) fn login(
    exchanges: &[&Exchange],
    requests: &[Option<Request>],
    base_url: &str,
) -> Option<(usize, LoginCall)> {
    let bearers: BTreeSet<&str> = exchanges
        .iter()
        .filter_map(|exchange| exchange.header("authorization"))
        .filter_map(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token)
        .collect();
    exchanges.iter().enumerate().find_map(|(place, exchange)| {
        let request = requests[place].as_ref()?;
        let (fields, form) = match &request.body {
            Body::Json(Value::Object(fields)) => (fields, false),
            Body::Form(fields) => (fields, true),
            _ => return None,
        };
        let is_of_run = |value: &Value| match value {
            Value::Var(name, None) => matches!(name.as_str(), "email" | "password"),
            _ => false,
        };
        let (account, others): (Vec<_>, Vec<_>) = fields
            .iter()
            .cloned()
            .partition(|(_, value)| is_of_run(value));
        if account.len() < 2 || exchange.status >= 400 || !is_json(&exchange.answer_type) {
            return None;
        }
        let answer: Json = serde_json::from_str(exchange.answer.as_deref()?).ok()?;
        let mut leaves = Vec::new();
        collect("", &answer, 0, &mut leaves);
        let sent = leaves
            .iter()
            .find(|(_, _, value)| bearers.contains(value.as_str()));
        let named = TOKENS
            .iter()
            .find_map(|name| leaves.iter().find(|(_, key, _)| plain(key) == *name));
        let (token, _, _) = sent.or(named)?;
        let pointer_of = |wanted: &str| {
            let found = leaves.iter().find(|(_, key, _)| plain(key) == wanted);
            found.map(|(pointer, _, _)| pointer.clone())
        };
        let path = exchange.url.path().to_owned();
        Some((
            place,
            LoginCall {
                path: match exchange.origin() == base_url {
                    true => path,
                    false => format!("{}{path}", exchange.origin()),
                },
                account,
                fields: others,
                form,
                token: token.clone(),
                refresh: pointer_of("refreshtoken"),
                expires_in: pointer_of("expiresin"),
                refresh_call: None,
                logout_path: None,
            },
        ))
    })
}

/// Leaves to `auth` what it does by itself after the login: refreshing its token, and logging out.
pub(super) fn take_over(
    call: &mut LoginCall,
    login: usize,
    requests: &mut [Option<Request>],
    others: &mut [Option<Action>],
) {
    for place in login + 1..requests.len() {
        let Some(request) = &requests[place] else {
            continue;
        };
        if request.method != "POST" {
            continue;
        }
        let path = request.path.to_ascii_lowercase();
        let fields = match &request.body {
            Body::Json(Value::Object(fields)) | Body::Form(fields) => fields.as_slice(),
            _ => &[],
        };
        let refresh = fields
            .iter()
            .find(|(name, _)| plain(name) == "refreshtoken");
        if path.contains("logout") || path.contains("signout") || path.contains("sign-out") {
            call.logout_path = Some(request.path.clone());
            others[place] = Some(Action::Logout);
        } else if let Some((field, _)) = refresh
            && call.refresh.is_some()
        {
            call.refresh_call = Some((request.path.clone(), field.clone()));
        } else {
            continue;
        }
        requests[place] = None;
    }
}

/// JSON pointers, keys and values of what is in an answer.
fn collect(before: &str, json: &Json, depth: usize, to: &mut Vec<(String, String, String)>) {
    let Json::Object(fields) = json else { return };
    for (key, value) in fields {
        let pointer = format!("{before}/{}", key.replace('~', "~0").replace('/', "~1"));
        match value {
            Json::String(text) => to.push((pointer, key.clone(), text.clone())),
            Json::Number(number) => to.push((pointer, key.clone(), number.to_string())),
            Json::Object(_) if depth < 4 => collect(&pointer, value, depth + 1, to),
            _ => {}
        }
    }
}

/// How users prove who they are where no login was recorded: by what the requests sent.
pub(super) fn sent(exchanges: &[&Exchange]) -> Auth {
    let values = exchanges
        .iter()
        .filter_map(|exchange| exchange.header("authorization"));
    for value in values {
        let scheme = value
            .split(' ')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        match scheme.as_str() {
            "bearer" => {
                let none = Some("none".to_owned());
                return Auth::Bearer(Value::Var(Name::of("token", "value"), none));
            }
            "basic" => return Auth::Basic(or_nobody("email"), or_nobody("password")),
            "digest" => return Auth::Digest(or_nobody("email"), or_nobody("password")),
            _ => {}
        }
    }
    Auth::None
}

fn or_nobody(name: &'static str) -> Value {
    Value::Var(Name::of(name, "value"), Some("nobody".to_owned()))
}

/// Headers whose values are keys of an API, in small letters.
const KEYS: [&str; 5] = [
    "x-api-key",
    "api-key",
    "apikey",
    "x-auth-token",
    "x-access-token",
];

/// Puts the run's key in the place of one that was recorded.
pub(super) fn replace_keys(request: &mut Request) {
    for (name, value) in &mut request.headers {
        if KEYS.contains(&&*name.to_ascii_lowercase()) && matches!(value, Value::Text(_)) {
            *value = Value::Var(Name::of(name, "api_key"), Some("none".to_owned()));
        }
    }
}
