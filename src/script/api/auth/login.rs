//! What a user holds: the tokens of its login, and the field that tells the target who asks.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;
use tokio::time::Instant;

use super::scheme::Scheme;
use crate::http::Headers;
use crate::secrets::remember;

/// What a user holds.
#[derive(Debug, Default)]
pub struct Login {
    pub(super) scheme: Option<Arc<Scheme>>,
    pub(super) header: Option<(String, String)>,
    pub(super) access: Option<String>,
    pub(super) refresh: Option<String>,
    pub(super) expires: Option<Instant>,
}

impl Login {
    /// Adds what tells the target who asks.
    pub fn authorize(&self, headers: &mut Headers) {
        if let Some((name, value)) = &self.header {
            // Checked when it was set: a value that cannot be a header was refused there.
            let _ = headers.push(name, value);
        }
    }

    /// The field in which the user's secret goes along.
    pub fn field(&self) -> Option<&str> {
        self.header.as_ref().map(|(name, _)| name.as_str())
    }

    /// Forgets everything: a new session begins.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Takes the tokens out of a successful answer; whether there was one.
    pub fn accept(&mut self, scheme: &Arc<Scheme>, body: &[u8]) -> bool {
        let Ok(answer) = serde_json::from_slice::<Json>(body) else {
            return false;
        };
        let Some(access) = answer.pointer(&scheme.login.token).and_then(Json::as_str) else {
            return false;
        };
        let text = |pointer: &Option<String>| pointer.as_ref().and_then(|at| answer.pointer(at));
        remember(access);
        self.header = Some(("Authorization".to_owned(), format!("Bearer {access}")));
        self.access = Some(access.to_owned());
        self.refresh = text(&scheme.login.refresh)
            .and_then(Json::as_str)
            .inspect(|token| remember(token))
            .map(str::to_owned);
        self.expires = text(&scheme.login.expires_in)
            .and_then(Json::as_f64)
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            .map(|life| Instant::now() + life);
        self.scheme = Some(Arc::clone(scheme));
        true
    }
}
