use super::{Action, Name, Pause, Value};

/// What an import found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Import {
    /// Where the requests went: scheme, host and port, and a path that all begin with; without a slash at its end.
    pub base_url: Option<String>,
    /// The types of users.
    pub behaviours: Vec<Behaviour>,
    /// Keys and values of `throng.toml` beside `base_url`.
    pub plan: Plan,
    /// What the reader of the import should know: what was left out, and why.
    pub notes: Vec<Note>,
}

/// What an import says of the run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// Users at a time, on average.
    pub users: Option<u32>,
    /// Sessions a second, on average.
    pub arrivals: Option<f64>,
    /// Seconds that the recording lasted.
    pub duration: Option<f64>,
    /// A day's level: seconds of the day and factors, which average to 1.
    pub curve: Vec<(u32, f64)>,
    /// Seconds that a day of the curve takes, where it is compressed.
    pub day_length: Option<f64>,
    /// The time zone of the curve, as in the IANA database.
    pub timezone: Option<String>,
    /// Comments above the keys.
    pub comments: Vec<String>,
}

/// What the reader should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The line or place of the file.
    pub place: Option<String>,
    /// One sentence.
    pub words: String,
}

/// One type of user.
#[derive(Clone, Debug, PartialEq)]
pub struct Behaviour {
    pub name: Name,
    /// The comment at its top: who these users are, where it comes from.
    pub about: Vec<String>,
    /// Its share of the users, above 0.
    pub weight: f64,
    /// Requests of a session.
    pub requests: Requests,
    /// Seconds between two steps, where a step has no pause of its own.
    pub think: Pause,
    pub auth: Auth,
    /// Headers of every request of a session.
    pub headers: Vec<(String, Value)>,
    /// What a session begins with.
    pub start: Vec<Action>,
    /// The time after that; none: that of the type.
    pub start_pause: Option<Pause>,
    pub steps: Vec<Step>,
    /// What a session ends with.
    pub stop: Vec<Action>,
}

impl Behaviour {
    /// One without steps.
    pub fn new(name: Name) -> Self {
        Self {
            name,
            about: Vec::new(),
            weight: 1.0,
            requests: Requests::Range(5, 20),
            think: Pause::Range(0.5, 2.0),
            auth: Auth::None,
            headers: Vec::new(),
            start: Vec::new(),
            start_pause: None,
            steps: Vec::new(),
            stop: Vec::new(),
        }
    }
}

/// How many requests a session makes.
#[derive(Clone, Debug, PartialEq)]
pub enum Requests {
    /// From, to.
    Range(u32, u32),
    /// Quantiles at equal distances, from the least to the most.
    Quantiles(Vec<u32>),
}

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Its name in reports; each once in a type.
    pub name: String,
    /// Its share; 0 where only others lead to it.
    pub weight: f64,
    /// The shares of the steps after it, by name; `leave` ends the session. Empty: drawn by weight.
    pub next: Vec<(String, f64)>,
    /// The time after it; none: that of the type.
    pub pause: Option<Pause>,
    /// What must be in the state: without it the step is left out.
    pub needs: Vec<Need>,
    pub actions: Vec<Action>,
    /// What the import guessed; one comment each, above its function.
    pub comments: Vec<String>,
}

impl Step {
    /// A step of weight 1 without conditions.
    pub fn new(name: impl Into<String>, actions: Vec<Action>) -> Self {
        Self {
            name: name.into(),
            weight: 1.0,
            next: Vec::new(),
            pause: None,
            needs: Vec::new(),
            actions,
            comments: Vec::new(),
        }
    }
}

/// A value of the state that a step cannot do without.
#[derive(Clone, Debug, PartialEq)]
pub struct Need {
    pub variable: Name,
    /// The step, by name, that is made first where the value is missing; none: nothing is sent.
    pub made_by: Option<String>,
}

/// How users prove who they are.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Auth {
    #[default]
    None,
    /// `auth.setup`; logged in by [`Action::Login`].
    Login(LoginCall),
    /// A token at the start of each session.
    Bearer(Value),
    /// Name and password.
    Basic(Value, Value),
    /// Name and password.
    Digest(Value, Value),
    /// A header of every request, such as an API key.
    Header(String, Value),
    /// A token of an OAuth 2.0 server; logged in by [`Action::Login`].
    OAuth2 {
        token_url: String,
        scope: Option<String>,
        /// With a user's name and password, in place of the client's credentials alone.
        password: bool,
    },
    /// AWS Signature Version 4; keys are read from `vars`.
    Aws { region: String, service: String },
}

/// A login whose answer has a token.
#[derive(Clone, Debug, PartialEq)]
pub struct LoginCall {
    /// A path from the base URL, or a full URL.
    pub path: String,
    /// The fields of the account, and what is sent in each: `vars.email`, `vars.password`.
    pub account: Vec<(String, Value)>,
    /// Further fields.
    pub fields: Vec<(String, Value)>,
    /// Sent as a form, not as JSON.
    pub form: bool,
    /// JSON pointers into the answer.
    pub token: String,
    pub refresh: Option<String>,
    pub expires_in: Option<String>,
    /// Where a token is refreshed, and in which field it is sent.
    pub refresh_call: Option<(String, String)>,
    /// Where a token is revoked.
    pub logout_path: Option<String>,
}
