//! The authentication scheme of a target: plain data, as `auth.setup` declares it.

use serde_json::{Map, Value as Json};

/// How the target logs users in, declared once by a module with `auth.setup`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    /// Where credentials are sent and what the answer means.
    pub login: LoginCall,
    /// Where a new access token comes from, if that is so.
    pub refresh: Option<RefreshCall>,
    /// Where a token is ended.
    pub logout: Option<LogoutCall>,
    /// Whether a user without a refresh token logs in again when its token ends: the login needs no account.
    pub renews_by_login: bool,
}

/// The login call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginCall {
    /// Where credentials go.
    pub endpoint: Endpoint,
    /// Which fields of an account are credentials.
    pub fields: Vec<String>,
    /// What the answer means.
    pub answer: Pointers,
}

/// The call that trades a refresh token for an access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshCall {
    /// Where the refresh token goes.
    pub endpoint: Endpoint,
    /// As what it goes.
    pub field: String,
    /// What the answer means.
    pub answer: Pointers,
}

/// The call that ends a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoutCall {
    /// Where it goes.
    pub endpoint: Endpoint,
    /// As what the refresh token goes along, or the access token where there is no other.
    pub field: Option<String>,
}

/// Where a call goes, and how its fields are sent.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Endpoint {
    /// After the base URL, or a whole URL: an identity provider elsewhere.
    pub path: String,
    /// As a form (RFC 6749, appendix B) rather than as JSON.
    pub form: bool,
    /// Fields that are always the same, such as `grant_type`.
    pub extra: Map<String, Json>,
    /// Id and secret of the client, as basic credentials (RFC 6749, 2.3.1).
    pub client: Option<(String, String)>,
    /// Further header fields.
    pub headers: Vec<(String, String)>,
}

impl std::fmt::Debug for Endpoint {
    /// Never what may be a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Endpoint")
            .field("path", &self.path)
            .field("form", &self.form)
            .finish_non_exhaustive()
    }
}

/// JSON pointers (RFC 6901) into an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointers {
    /// To the access token.
    pub token: String,
    /// To the refresh token.
    pub refresh: Option<String>,
    /// To the seconds that the access token lives.
    pub expires_in: Option<String>,
}
