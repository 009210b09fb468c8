//! OpenAPI documents as behaviours: steps in the order in which things live, which take what they need from the answers of
//! others, by names and types (V. Atlidakis et al., "RESTler: Stateful REST API Fuzzing", ICSE 2019).
//!
//! In: the text of a document, and what of it is wanted. Out: an import. Never knows how Lua is written.

mod bodies;
mod creation;
mod links;
mod login;
mod mistakes;
mod order;
mod pattern;
mod refusals;
mod requests;
mod resources;
mod select;
mod shape;
mod strings;
mod values;
mod words;

use url::Url;

use crate::text;
use throng_openapi::{Document, SecurityScheme};

use super::behaviour::Requests;
use super::{Action, Auth, Behaviour, Import, ImportError, Name, Note, Step, Value, Wanted};
use links::Links;
use login::Login;
use requests::Writer;
use resources::Resources;

/// Requests of a session beside those of its steps: the login, and steps that are made again.
const SPARE_REQUESTS: u32 = 10;

/// Reads a document.
///
/// # Errors
/// When it is none, or has not what is wanted.
pub(super) fn read(document: &str, wanted: &Wanted) -> Result<Import, ImportError> {
    let (document, notes) = Document::read(document).map_err(|faults| error(&faults.0))?;
    let notes = notes.into_iter().map(|note| Note {
        place: note.position.map(|at| format!("{}:{}", at.line, at.column)),
        words: text::line(&note.message).into_owned(),
    });
    let mut notes: Vec<Note> = notes.collect();
    if document.operations.is_empty() {
        return Err(ImportError::new(
            "the document has no operations",
            "give one with `paths`",
        ));
    }
    let selected = select::operations(&document, wanted)?;
    let login = Login::find(&document);
    let resources = Resources::of(&document);
    let links = Links::of(&document, &resources, login.as_ref(), selected);
    let behaviour = behaviour(&document, &resources, &links, login.as_ref(), wanted);
    if matches!(behaviour.auth, Auth::Login(_)) {
        notes.push(Note {
            place: None,
            words: "users log in with -e email=... -e password=...".to_owned(),
        });
    }
    Ok(Import {
        base_url: base_url(&document, wanted),
        behaviours: vec![behaviour],
        notes,
        ..Import::default()
    })
}

fn error(faults: &[throng_openapi::Fault]) -> ImportError {
    let Some(first) = faults.first() else {
        return ImportError::new("the document cannot be read", "give another one");
    };
    let more = match faults.len() {
        0 | 1 => String::new(),
        many => format!(" (and {} more faults)", many - 1),
    };
    let pointer = first.pointer.as_ref();
    let pointer = pointer.map_or(String::new(), |pointer| format!("#{pointer}: "));
    let (what, remedy) = match first.message.split_once("; ") {
        Some((what, remedy)) => (what, remedy),
        None => (first.message.as_str(), "mend the document"),
    };
    let what = format!("{pointer}{what}{more}");
    let remedy = text::line(remedy).into_owned();
    match first.position {
        Some(at) => ImportError::at(format!("{}:{}", at.line, at.column), what, remedy),
        None => ImportError::new(what, remedy),
    }
}

/// Where the API is: the first server with a host, or else the host that the document comes from.
fn base_url(document: &Document, wanted: &Wanted) -> Option<String> {
    let servers = document
        .value("/servers")
        .and_then(serde_json::Value::as_array);
    let mut urls = servers.into_iter().flatten().filter_map(|one| {
        let url = Url::parse(one.get("url")?.as_str()?).ok()?;
        matches!(url.scheme(), "http" | "https").then_some(url)
    });
    let from = || Url::parse(&wanted.source).ok().filter(Url::has_host);
    let (url, path) = match urls.next() {
        Some(url) if !url.path().contains("%7B") => {
            let path = url.path().trim_end_matches('/').to_owned();
            (url, path)
        }
        _ => (from()?, String::new()),
    };
    Some(format!("{}{path}", url.origin().ascii_serialization()))
}

/// What stands before the paths of the document where the base URL does not have it.
fn prefix(document: &Document) -> String {
    let servers = document
        .value("/servers")
        .and_then(serde_json::Value::as_array);
    let first = servers.and_then(|all| all.first());
    let url = first.and_then(|one| one.get("url")?.as_str());
    match url {
        Some(url) if url.contains("://") => String::new(),
        Some(_) => document.base_paths.first().cloned().unwrap_or_default(),
        None => String::new(),
    }
}

fn behaviour(
    document: &Document,
    resources: &Resources,
    links: &Links,
    login: Option<&Login>,
    wanted: &Wanted,
) -> Behaviour {
    let prefix = prefix(document);
    let auth = auth(document, links, login, &prefix);
    let logs_in = matches!(auth, Auth::Login(_) | Auth::OAuth2 { .. });
    let ends_by_logout = matches!(&auth, Auth::Login(login) if login.logout_path.is_some());
    let mut writer = Writer::new(document, resources, links, login, &prefix);
    let mut steps: Vec<Step> = Vec::new();
    for number in order::operations(document, resources, links) {
        let is_logout = login.is_some_and(|login| login.logout == Some(number)) && ends_by_logout;
        // The login of the session covers it already, unless another operation needs what it answers.
        let is_login = login.is_some_and(|login| login.operation == number)
            && logs_in
            && !links.is_read(number);
        if is_logout || is_login {
            continue;
        }
        steps.push(writer.step(number));
        if wanted.mistakes {
            steps.extend(mistakes::step(&mut writer, number));
        }
    }
    chain(&mut steps);
    let mut behaviour = Behaviour::new(wanted.name.clone());
    let requests = u32::try_from(steps.len()).unwrap_or(u32::MAX);
    let requests = requests.saturating_add(SPARE_REQUESTS);
    behaviour.requests = Requests::Range(requests, requests);
    behaviour.about = about(document, wanted, &auth);
    if !matches!(auth, Auth::None) {
        behaviour.start.push(Action::Login);
    }
    if ends_by_logout {
        behaviour.stop.push(Action::Logout);
    }
    behaviour.auth = auth;
    behaviour.steps = steps;
    behaviour
}

/// One step after the other, each once a session.
fn chain(steps: &mut [Step]) {
    let names: Vec<String> = steps.iter().map(|step| step.name.clone()).collect();
    for (place, step) in steps.iter_mut().enumerate() {
        step.weight = if place == 0 { 1.0 } else { 0.0 };
        let next = names.get(place + 1).map_or("leave", |name| name.as_str());
        step.next = vec![(next.to_owned(), 1.0)];
    }
}

fn about(document: &Document, wanted: &Wanted, auth: &Auth) -> Vec<String> {
    let mut about = vec![
        format!(
            "{}: uses the operations of {} one after the other, in the order in which things live: created, read, \
             changed, deleted.",
            wanted.name, document.title
        ),
        format!("Made from {}; change it as you like.", wanted.source),
    ];
    match auth {
        Auth::Login(_) => about.push(
            "Users log in with the variables email and password: -e email=... -e password=..."
                .to_owned(),
        ),
        Auth::Bearer(_) => about.push("Its token is a variable: -e token=...".to_owned()),
        Auth::Header(..) => about.push("Its key is a variable: -e api_key=...".to_owned()),
        _ => {}
    }
    about
}

fn auth(document: &Document, links: &Links, login: Option<&Login>, prefix: &str) -> Auth {
    let needed = |number: usize| {
        let operation = &document.operations[number];
        operation.security.first().and_then(|set| set.first())
    };
    let names: Vec<&String> = links.operations().filter_map(needed).collect();
    let var = |name: &str| Value::Var(Name::of(name, "value"), None);
    let scheme = names.iter().find_map(|name| document.security.get(*name));
    let has_token = matches!(
        scheme,
        Some(SecurityScheme::Http(kind)) if kind == "bearer"
    ) || matches!(
        scheme,
        Some(SecurityScheme::OAuth2 { .. } | SecurityScheme::OpenId)
    );
    if let (true, Some(login)) = (has_token || scheme.is_none(), login)
        && (has_token || links.operations().any(|one| one == login.operation))
    {
        return Auth::Login(login.call(document, prefix));
    }
    match scheme {
        Some(SecurityScheme::Http(kind)) if kind == "basic" => {
            Auth::Basic(var("email"), var("password"))
        }
        Some(SecurityScheme::Http(kind)) if kind == "digest" => {
            Auth::Digest(var("email"), var("password"))
        }
        Some(SecurityScheme::OAuth2 {
            client_credentials: Some(token_url),
            ..
        }) => Auth::OAuth2 {
            token_url: token_url.clone(),
            scope: None,
            password: false,
        },
        Some(SecurityScheme::OAuth2 {
            password: Some(token_url),
            ..
        }) => Auth::OAuth2 {
            token_url: token_url.clone(),
            scope: None,
            password: true,
        },
        Some(SecurityScheme::ApiKey {
            name,
            location: throng_openapi::Location::Header,
        }) => Auth::Header(name.clone(), var("api_key")),
        Some(SecurityScheme::ApiKey { .. }) => Auth::None,
        Some(_) => Auth::Bearer(var("token")),
        None => Auth::None,
    }
}
