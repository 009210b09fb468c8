//! The operation that logs in: it takes a name and a password, and answers with a token.

use serde_json::Value as Json;

use throng_openapi::{Document, Operation, is_json};

use super::super::{LoginCall, Name, Value};
use super::resources::success;
use super::shape::Shape;
use super::words;

/// Fields that a token has, the likeliest first, without separators.
const TOKENS: [&str; 7] = [
    "accesstoken",
    "token",
    "jwt",
    "authtoken",
    "idtoken",
    "bearer",
    "sessiontoken",
];

/// Fields that say who logs in, without separators.
const NAMES: [&str; 6] = ["email", "username", "login", "user", "mail", "identifier"];

/// Fields of a password, without separators.
const PASSWORDS: [&str; 4] = ["password", "passwd", "pass", "pwd"];

/// A login and what belongs to it.
#[derive(Clone, Debug)]
pub(super) struct Login {
    /// The operation.
    pub(super) operation: usize,
    /// The field of the name, and that of the password.
    pub(super) account: (String, String),
    /// JSON pointers into the answer.
    token: String,
    pub(super) refresh: Option<String>,
    expires_in: Option<String>,
    /// The operation that takes the refresh token, and in which field.
    refresh_call: Option<(usize, String)>,
    /// The operation that logs out.
    pub(super) logout: Option<usize>,
    is_form: bool,
}

impl Login {
    /// The likeliest one of a document.
    pub(super) fn find(document: &Document) -> Option<Self> {
        let all = document.operations.iter().enumerate();
        let found = all.filter_map(|(number, one)| of(document, number, one));
        let (_, mut login) =
            found.max_by_key(|(score, login)| (*score, usize::MAX - login.operation))?;
        login.refresh_call = refresh(document, &login);
        let all = document.operations.iter().enumerate();
        let says_so = |one: &Operation| {
            let said = words::plain(&format!("{} {}", one.path, one.id.as_deref().unwrap_or("")));
            ["logout", "signout", "logoff"]
                .iter()
                .any(|word| said.contains(word))
        };
        let mut out =
            all.filter(|(_, one)| one.method == "POST" && says_so(one) && !one.path.contains('{'));
        login.logout = out.next().map(|(number, _)| number);
        Some(login)
    }

    /// The call of a script that logs in.
    pub(super) fn call(&self, document: &Document, prefix: &str) -> LoginCall {
        let path = |number: usize| format!("{prefix}{}", document.operations[number].path);
        let var = |name: &str| Value::Var(Name::of(name, "value"), None);
        let (name, password) = &self.account;
        let refresh_call = self.refresh_call.as_ref();
        LoginCall {
            path: path(self.operation),
            account: vec![
                (name.clone(), var("email")),
                (password.clone(), var("password")),
            ],
            fields: Vec::new(),
            form: self.is_form,
            token: self.token.clone(),
            refresh: self.refresh.clone(),
            expires_in: self.expires_in.clone(),
            refresh_call: refresh_call.map(|(number, field)| (path(*number), field.clone())),
            logout_path: self.logout.map(path),
        }
    }
}

/// How much an operation looks like a login; none: not at all.
fn of(document: &Document, number: usize, operation: &Operation) -> Option<(u32, Login)> {
    if operation.method != "POST" || operation.path.contains('{') {
        return None;
    }
    let contents = &operation.body.as_ref()?.content;
    let json = contents.iter().find(|one| is_json(&one.media_type));
    let form = contents
        .iter()
        .find(|one| one.media_type.contains("urlencoded"));
    let body = Shape::at(document, json.or(form)?.schema.as_deref()?);
    let field = |wanted: &[&str]| {
        let mut found = wanted.iter().filter_map(|word| {
            body.properties
                .keys()
                .find(|name| words::plain(name) == *word)
        });
        found.next().cloned()
    };
    let account = (field(&NAMES)?, field(&PASSWORDS)?);
    let answer = Shape::at(document, success(operation)?.schema.as_deref()?);
    let token = TOKENS
        .iter()
        .find_map(|word| find(document, &answer, word))?;
    let said = words::plain(&format!(
        "{} {}",
        operation.path,
        operation.id.as_deref().unwrap_or_default()
    ));
    let is_said = [
        "login",
        "signin",
        "authenticate",
        "session",
        "token",
        "auth",
    ];
    let score = is_said.iter().filter(|word| said.contains(**word)).count();
    let is_register = ["register", "signup"]
        .iter()
        .any(|word| said.contains(word));
    let score = u32::try_from(score).unwrap_or(0) * 2 + u32::from(operation.security.is_empty());
    Some((
        if is_register { 0 } else { score + 1 },
        Login {
            operation: number,
            account,
            token,
            refresh: find(document, &answer, "refreshtoken"),
            expires_in: find(document, &answer, "expiresin"),
            refresh_call: None,
            logout: None,
            is_form: json.is_none(),
        },
    ))
}

/// The pointer to a text of an answer, also one level below.
fn find(document: &Document, answer: &Shape, word: &str) -> Option<String> {
    let named = |shape: &Shape| {
        let mut names = shape.properties.keys();
        names.find(|name| words::plain(name) == word).cloned()
    };
    if let Some(name) = named(answer) {
        return Some(format!("/{name}"));
    }
    answer
        .properties
        .iter()
        .find_map(|(outer, schema): (_, &Json)| {
            let inner = named(&Shape::of(document, schema))?;
            Some(format!("/{outer}/{inner}"))
        })
}

fn refresh(document: &Document, login: &Login) -> Option<(usize, String)> {
    login.refresh.as_ref()?;
    let all = document.operations.iter().enumerate();
    let mut found = all.filter_map(|(number, one)| {
        if one.method != "POST" || number == login.operation {
            return None;
        }
        let content = one
            .body
            .as_ref()?
            .content
            .iter()
            .find(|one| is_json(&one.media_type))?;
        let body = Shape::at(document, content.schema.as_deref()?);
        let mut names = body.properties.keys();
        let field = names.find(|name| words::plain(name) == "refreshtoken")?;
        let answer = Shape::at(document, success(one)?.schema.as_deref()?);
        TOKENS
            .iter()
            .find_map(|word| find(document, &answer, word))?;
        Some((number, field.clone()))
    });
    found.next()
}
