use super::auth;
use super::syntax::{Expr, Field, Stmt};
use super::values::{expression, fields_of, multi_fields};
use super::{literal, pauses};
use crate::import::request::{Between, Creates, Key};
use crate::import::{Action, Auth, Body, Extraction, Name, Part, Place, Request};

/// What actions are in Lua; `res` is declared by the first that keeps its answer.
pub(super) fn statements(actions: &[Action], scheme: &Auth) -> Vec<Stmt> {
    let mut to = Vec::new();
    let mut has_res = false;
    for action in actions {
        match action {
            Action::Request(request) => {
                request_statements(request, scheme, &mut has_res, &mut to);
            }
            Action::Think(from, to_seconds) => {
                let ends = [*from, *to_seconds].map(|end| Expr::plain(literal::number(end)));
                to.push(Stmt::Do(Expr::Call("think".to_owned(), ends.into())));
            }
            Action::Login => to.extend(auth::log_in(scheme)),
            Action::Logout => to.push(Stmt::Do(Expr::Call("auth.logout".to_owned(), Vec::new()))),
            Action::Bearer(token) => {
                let arguments = vec![expression(token)];
                to.push(Stmt::Do(Expr::Call("auth.bearer".to_owned(), arguments)));
            }
            Action::SetHeader(name, value) => {
                let name = Expr::plain(literal::string(name.as_bytes()));
                let arguments = vec![name, expression(value)];
                to.push(Stmt::Do(Expr::Call("auth.header".to_owned(), arguments)));
            }
            Action::Set(name, value) => {
                to.push(Stmt::Assign(
                    format!("user.state.{name}"),
                    expression(value),
                ));
            }
            Action::Pause(pause) => {
                let arguments = vec![pauses::draw(pause)];
                to.push(Stmt::Do(Expr::Call("think".to_owned(), arguments)));
            }
            Action::OneOf(ways) => to.extend(one_of(ways, scheme)),
            Action::Comment(words) => to.push(Stmt::Comment(words.clone())),
        }
    }
    to
}

/// Draws one of several ways.
fn one_of(ways: &[(f64, Vec<Action>)], scheme: &Auth) -> [Stmt; 2] {
    let way = |(share, actions): &(f64, Vec<Action>)| {
        let way = Expr::Function("", statements(actions, scheme));
        Expr::list([Expr::plain(literal::number(*share)), way])
    };
    let ways = Expr::list(ways.iter().map(way));
    [
        Stmt::Local("way", Expr::Call("random.weighted".to_owned(), vec![ways])),
        Stmt::Do(Expr::Call("way".to_owned(), Vec::new())),
    ]
}

fn request_statements(request: &Request, scheme: &Auth, has_res: &mut bool, to: &mut Vec<Stmt>) {
    to.extend(request.comments.iter().cloned().map(Stmt::Comment));
    let call = call(request, scheme);
    if request.extract.is_empty() && request.forgets.is_empty() {
        to.push(Stmt::Do(call));
        return;
    }
    to.push(match std::mem::replace(has_res, true) {
        true => Stmt::Assign("res".to_owned(), call),
        false => Stmt::Local("res", call),
    });
    for extraction in &request.extract {
        extract(extraction, request, to);
    }
    if !request.forgets.is_empty() {
        let forget = |variable: &Name| {
            let nothing = Expr::plain("nil");
            Stmt::Assign(format!("user.state.{variable}"), nothing)
        };
        let all = request.forgets.iter().map(forget).collect();
        to.push(Stmt::If("res.ok or res.status == 404".to_owned(), all));
    }
}

fn extract(extraction: &Extraction, request: &Request, to: &mut Vec<Stmt>) {
    let target = format!("user.state.{}", extraction.variable);
    let string = |text: &str| literal::string(text.as_bytes());
    let value = match &extraction.place {
        Place::Json(path) => {
            let key = |key: &Key| match key {
                Key::Field(name) => Expr::plain(string(name)),
                Key::Index(place) => Expr::plain((place + 1).to_string()),
            };
            let mut arguments = vec![Expr::plain("res")];
            arguments.extend(path.iter().map(key));
            Expr::Call("at".to_owned(), arguments)
        }
        Place::Header(name, None) => Expr::plain(format!("res.headers[{}]", string(name))),
        Place::Header(name, Some(between)) => Expr::plain(format!(
            "tostring(res.headers[{}]):match({})",
            string(name),
            string(&pattern(between))
        )),
        Place::Between(between) => Expr::plain(format!("res:match({})", string(&pattern(between)))),
        Place::Word(before) => {
            let pattern = format!("{}([%w%-_%.]+)", escaped(before));
            Expr::plain(format!("res:match({})", string(&pattern)))
        }
        Place::Pattern(pattern) => Expr::plain(format!("res:match({})", string(pattern))),
    };
    to.push(Stmt::Assign(target.clone(), value));
    if extraction.required {
        let words = format!(
            "no {} in the answer to {} {}",
            extraction.variable, request.method, request.path
        );
        let words: String = words.chars().take(120).collect();
        let why = Expr::plain(string(&words));
        let leave = Stmt::Return(vec![Expr::plain("false"), why]);
        to.push(Stmt::If(format!("not {target}"), vec![leave]));
    }
}

/// The Lua pattern of a text as it stands.
fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut to, letter| {
        if letter.is_ascii_punctuation() {
            to.push('%');
        }
        to.push(letter);
        to
    })
}

/// The Lua pattern of the shortest text between two others.
fn pattern(between: &Between) -> String {
    match between.end.is_empty() {
        true => format!("{}(.+)", escaped(&between.begin)),
        false => format!("{}(.-){}", escaped(&between.begin), escaped(&between.end)),
    }
}

/// The call that sends it.
fn call(request: &Request, scheme: &Auth) -> Expr {
    let path = Expr::plain(literal::string(request.path.as_bytes()));
    let options = options(request, scheme);
    let known = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    let method = known.iter().find(|method| **method == request.method);
    let mut arguments = Vec::new();
    let function = match (&request.page, method) {
        (Some(_), _) => "http.page".to_owned(),
        (None, Some(method)) => format!("http.{}", method.to_ascii_lowercase()),
        (None, None) => {
            arguments.push(Expr::plain(literal::string(request.method.as_bytes())));
            "http.request".to_owned()
        }
    };
    arguments.push(path);
    let hosts = request.page.as_deref().unwrap_or_default();
    if !options.is_empty() || !hosts.is_empty() {
        arguments.push(Expr::Table(options));
    }
    if !hosts.is_empty() {
        let host = |host: &String| Expr::plain(literal::string(host.as_bytes()));
        arguments.push(Expr::list(hosts.iter().map(host)));
    }
    Expr::Call(function, arguments)
}

fn options(request: &Request, scheme: &Auth) -> Vec<Field> {
    let mut options = Vec::new();
    let mut table = |key: &str, fields: Vec<Field>| {
        if !fields.is_empty() {
            options.push(Field::named(key, Expr::Table(fields)));
        }
    };
    table("params", fields_of(&request.params));
    table("query", multi_fields(&request.query));
    table("headers", multi_fields(&request.headers));
    match &request.body {
        Body::None => {}
        Body::Json(value) => options.push(Field::named("json", expression(value))),
        Body::Form(fields) => {
            options.push(Field::named("form", Expr::Table(multi_fields(fields))));
        }
        Body::Multipart(parts) => {
            options.push(Field::named(
                "multipart",
                Expr::list(parts.iter().map(part)),
            ));
        }
        Body::Raw(value) => options.push(Field::named("body", expression(value))),
    }
    let fine = ["\"2xx\"", "\"3xx\""].map(Expr::plain);
    let mut statuses: Vec<Expr> = fine.into_iter().filter(|_| request.fine).collect();
    let listed = request.expect.iter();
    statuses.extend(listed.map(|status| Expr::plain(status.to_string())));
    match <[Expr; 1]>::try_from(statuses) {
        Ok([one]) => options.push(Field::named("expect", one)),
        Err(several) if several.is_empty() => {}
        Err(several) => options.push(Field::named("expect", Expr::list(several))),
    }
    if let Some(creates) = &request.creates {
        options.push(Field::named("creates", declaration(creates, scheme)));
    }
    if let Some(name) = &request.name {
        options.push(Field::named(
            "name",
            Expr::plain(literal::string(name.as_bytes())),
        ));
    }
    options
}

fn part(part: &Part) -> Expr {
    let text = |text: &str| Expr::plain(literal::string(text.as_bytes()));
    let mut fields = vec![
        Field::named("name", text(&part.name)),
        Field::named("content", expression(&part.content)),
    ];
    if let Some(filename) = &part.filename {
        fields.push(Field::named("filename", text(filename)));
    }
    if let Some(content_type) = &part.content_type {
        fields.push(Field::named("type", text(content_type)));
    }
    Expr::Table(fields)
}

/// What is created. A clean-up deletes it with the login of those who created it: their tokens are gone by then.
fn declaration(creates: &Creates, scheme: &Auth) -> Expr {
    let text = |text: &str| Expr::plain(literal::string(text.as_bytes()));
    let mut delete = Vec::new();
    if creates.delete.0 != "DELETE" {
        delete.push(Field::named("method", text(&creates.delete.0)));
    }
    delete.push(Field::named("path", text(&creates.delete.1)));
    let mut fields = vec![
        Field::named("kind", text(&creates.kind)),
        Field::named("id", text(&creates.id)),
        Field::named("delete", Expr::Table(delete)),
    ];
    if let Some(find) = &creates.find {
        let mut how = vec![Field::named("path", text(&find.path))];
        if !find.params.is_empty() {
            how.push(Field::named("params", Expr::Table(fields_of(&find.params))));
        }
        if let Some(list) = &find.list {
            how.push(Field::named("list", text(list)));
        }
        if !find.fields.is_empty() {
            how.push(Field::named("where", Expr::Table(fields_of(&find.fields))));
        }
        how.push(Field::named("id", text(&find.id)));
        fields.push(Field::named("find", Expr::Table(how)));
    }
    if let Auth::Login(login) = scheme {
        fields.push(Field::named("as", Expr::Table(fields_of(&login.account))));
    }
    Expr::Table(fields)
}
