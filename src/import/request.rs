use super::{Name, Pause, Value};

/// What a step does, one after the other.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Sends a request and waits for the answer.
    Request(Box<Request>),
    /// Thinks for a random time between these seconds.
    Think(f64, f64),
    /// Logs in as `Behaviour::auth` says, with the run's account.
    Login,
    /// Logs out as `Behaviour::auth` says.
    Logout,
    /// Every further request has this token.
    Bearer(Value),
    /// Every further request has this header; a value of the state.
    SetHeader(String, Value),
    /// Keeps a value as `user.state.NAME`.
    Set(Name, Value),
    /// Thinks for a time that is drawn.
    Pause(Pause),
    /// One of these, by their shares.
    OneOf(Vec<(f64, Vec<Action>)>),
    /// A comment.
    Comment(String),
}

/// One request of a step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// In capitals.
    pub method: String,
    /// A path from the base URL, or a full URL; `{name}` stands for one of `params`.
    pub path: String,
    /// Values for the braces of the path.
    pub params: Vec<(String, Value)>,
    /// A name may stand several times.
    pub query: Vec<(String, Value)>,
    /// A name may stand several times.
    pub headers: Vec<(String, Value)>,
    pub body: Body,
    /// Statuses that are no failure: where it is empty, those from 200 to 399.
    pub expect: Vec<u16>,
    /// Whether `expect` comes beside the statuses from 200 to 399, and not in their place.
    pub fine: bool,
    /// The name under which it is counted; none: its path.
    pub name: Option<String>,
    /// A page that is loaded with its assets (`http.page`), also from these hosts.
    pub page: Option<Vec<String>>,
    /// Values of the answer that later requests use.
    pub extract: Vec<Extraction>,
    /// Variables of the thing that it deletes: once that is gone, no step uses them.
    pub forgets: Vec<Name>,
    /// What it creates on the target, for the clean-up.
    pub creates: Option<Creates>,
    /// What the import guessed, or left out; one comment each, above the request.
    pub comments: Vec<String>,
}

impl Request {
    /// A request without anything but its method and path.
    pub fn new(method: impl Into<String>, path: impl Into<String>) -> Self {
        Self {
            method: method.into().to_ascii_uppercase(),
            path: path.into(),
            ..Self::default()
        }
    }

    /// Calls `visit` for each value that is sent.
    pub fn walk(&self, visit: &mut impl FnMut(&Value)) {
        let named = [&self.params, &self.query, &self.headers];
        for (_, value) in named.into_iter().flatten() {
            value.walk(visit);
        }
        match &self.body {
            Body::None => {}
            Body::Json(value) | Body::Raw(value) => value.walk(visit),
            Body::Form(fields) => fields.iter().for_each(|(_, value)| value.walk(visit)),
            Body::Multipart(parts) => parts.iter().for_each(|part| part.content.walk(visit)),
        }
    }
}

/// The body of a request.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Body {
    #[default]
    None,
    /// `application/json`.
    Json(Value),
    /// `application/x-www-form-urlencoded`; a name may stand several times.
    Form(Vec<(String, Value)>),
    /// `multipart/form-data`.
    Multipart(Vec<Part>),
    /// Sent as it is; its type is among the headers.
    Raw(Value),
}

/// A part of `multipart/form-data`.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub name: String,
    pub content: Value,
    pub filename: Option<String>,
    pub content_type: Option<String>,
}

/// A value of an answer that is kept as `user.state.NAME`.
#[derive(Clone, Debug, PartialEq)]
pub struct Extraction {
    pub variable: Name,
    pub place: Place,
    /// Whether the session cannot go on without it: then it ends as failed, which says why.
    pub required: bool,
}

/// Where in an answer a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// At a path of its JSON: keys and indexes from 0.
    Json(Vec<Key>),
    /// In a header, by its name in small letters; whole, or between two texts of it.
    Header(String, Option<Between>),
    /// In the body, between two texts.
    Between(Between),
    /// In the body: the letters, digits, `-`, `_` and `.` after a text.
    Word(String),
    /// In the body: the first capture of a Lua pattern.
    Pattern(String),
}

/// The shortest text between two others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Between {
    pub begin: String,
    /// Empty: to the end.
    pub end: String,
}

/// A step of a path in JSON.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    Field(String),
    /// From 0.
    Index(usize),
}

/// What a request creates on the target, for the clean-up.
#[derive(Clone, Debug, PartialEq)]
pub struct Creates {
    /// What it is, such as `user`.
    pub kind: String,
    /// JSON pointer to the id in the answer.
    pub id: String,
    /// Method and path of the request that deletes it; the path has `{id}`.
    pub delete: (String, String),
    /// How it is looked up where its creation was never confirmed.
    pub find: Option<Find>,
}

/// How a created item is looked up.
#[derive(Clone, Debug, PartialEq)]
pub struct Find {
    pub path: String,
    pub params: Vec<(String, Value)>,
    /// JSON pointer to the list in the answer; none: the answer itself.
    pub list: Option<String>,
    /// The fields that identify the item.
    pub fields: Vec<(String, Value)>,
    /// JSON pointer to its id.
    pub id: String,
}
