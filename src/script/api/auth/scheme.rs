//! How a target logs users in: plain data, as `auth.setup` declares it.

/// How the target logs users in: plain data, declared once by a module with `auth.setup`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    /// Where credentials are sent and what the answer means.
    pub login: LoginCall,
    /// Path and field for a new access token, if there is one.
    pub refresh: Option<(String, String)>,
    /// Where a token is ended.
    pub logout: Option<String>,
}

/// The login call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginCall {
    /// Where credentials go.
    pub path: String,
    /// Which fields of an account are credentials.
    pub fields: Vec<String>,
    /// JSON pointers into the answer: access token, refresh token, seconds of life.
    pub token: String,
    /// Pointer to the refresh token.
    pub refresh: Option<String>,
    /// Pointer to the seconds that the token lives.
    pub expires_in: Option<String>,
}
