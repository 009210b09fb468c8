use super::literal;
use super::syntax::{Expr, Field, Stmt};
use super::values::{expression, fields_of};
use crate::import::{Auth, LoginCall, Value};

/// What stands at the top of a script: how users log in.
pub(super) fn declaration(auth: &Auth) -> Vec<Stmt> {
    let call = |function: &str, fields| {
        let table = Expr::Table(fields);
        vec![
            Stmt::Do(Expr::Call(function.to_owned(), vec![table])),
            Stmt::Blank,
        ]
    };
    match auth {
        Auth::Login(login) => call("auth.setup", scheme(login)),
        Auth::OAuth2 {
            token_url,
            scope,
            password,
        } => {
            let var =
                |name: &str, default: &str| Expr::plain(format!("vars.{name} or \"{default}\""));
            let mut fields = vec![
                Field::named("token_url", text(token_url)),
                Field::named("client_id", var("client_id", "client")),
                Field::named("client_secret", var("client_secret", "none")),
            ];
            if *password {
                fields.push(Field::named("grant", text("password")));
            }
            if let Some(scope) = scope {
                fields.push(Field::named("scope", text(scope)));
            }
            call("auth.oauth2", fields)
        }
        _ => Vec::new(),
    }
}

fn text(text: &str) -> Expr {
    Expr::plain(literal::string(text.as_bytes()))
}

fn scheme(login: &LoginCall) -> Vec<Field> {
    let names = login.account.iter().map(|(name, _)| text(name));
    let mut call = vec![
        Field::named("path", text(&login.path)),
        Field::named("fields", Expr::list(names)),
    ];
    let kind = if login.form { "form" } else { "json" };
    if login.form || !login.fields.is_empty() {
        call.push(Field::named(kind, Expr::Table(fields_of(&login.fields))));
    }
    call.push(Field::named("token", text(&login.token)));
    if let Some(pointer) = &login.refresh {
        call.push(Field::named("refresh", text(pointer)));
    }
    if let Some(pointer) = &login.expires_in {
        call.push(Field::named("expires_in", text(pointer)));
    }
    let mut fields = vec![Field::named("login", Expr::Table(call))];
    if let Some((path, field)) = &login.refresh_call {
        let call = vec![
            Field::named("path", text(path)),
            Field::named("field", text(field)),
        ];
        fields.push(Field::named("refresh", Expr::Table(call)));
    }
    if let Some(path) = &login.logout_path {
        let call = vec![Field::named("path", text(path))];
        fields.push(Field::named("logout", Expr::Table(call)));
    }
    fields
}

/// What a session does to log in, at `Action::Login`.
pub(super) fn log_in(auth: &Auth) -> Vec<Stmt> {
    let account = match auth {
        Auth::Login(login) => fields_of(&login.account),
        Auth::OAuth2 { password: true, .. } => fields_of(&[
            ("username".to_owned(), var("email")),
            ("password".to_owned(), var("password")),
        ]),
        Auth::OAuth2 { .. } => Vec::new(),
        _ => return session(auth),
    };
    let login = Stmt::Local(
        "login",
        Expr::Call("auth.login".to_owned(), vec![Expr::Table(account)]),
    );
    let leave = Stmt::Return(vec![Expr::plain("false"), text("no login")]);
    vec![login, Stmt::If("not login.ok".to_owned(), vec![leave])]
}

fn var(name: &str) -> Value {
    Value::Var(crate::import::Name::of(name, "value"), None)
}

/// Credentials that need no request.
fn session(auth: &Auth) -> Vec<Stmt> {
    let call =
        |function: &str, arguments| vec![Stmt::Do(Expr::Call(function.to_owned(), arguments))];
    match auth {
        Auth::Bearer(token) => call("auth.bearer", vec![expression(token)]),
        Auth::Basic(name, password) => {
            call("auth.basic", vec![expression(name), expression(password)])
        }
        Auth::Digest(name, password) => {
            call("auth.digest", vec![expression(name), expression(password)])
        }
        Auth::Header(name, value) => call("auth.header", vec![text(name), expression(value)]),
        Auth::Aws { region, service } => {
            let var = |name: &str| Expr::plain(format!("vars.{name} or \"none\""));
            let keys = vec![
                Field::named("access_key", var("access_key")),
                Field::named("secret_key", var("secret_key")),
                Field::named("region", text(region)),
                Field::named("service", text(service)),
            ];
            call("auth.aws", vec![Expr::Table(keys)])
        }
        Auth::None | Auth::Login(_) | Auth::OAuth2 { .. } => Vec::new(),
    }
}
