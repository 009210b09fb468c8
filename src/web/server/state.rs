//! What handlers are given: each asks for its part of it (axum's substates).

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::FromRef;

use crate::secrets::Masker;
use crate::view::Views;
use crate::web::control::Access;
use crate::web::history::History;
use crate::web::logs::Logs;
use crate::web::scripts::Scripts;
use crate::web::sse::Feed;

/// What handlers are given.
#[derive(Clone)]
pub struct AppState {
    pub views: Views,
    pub access: Access,
    pub secrets: Arc<Masker>,
    pub bound: SocketAddr,
    pub feed: Arc<Feed>,
    pub scripts: Scripts,
    pub logs: Logs,
    pub history: History,
}

impl FromRef<AppState> for Views {
    fn from_ref(state: &AppState) -> Self {
        state.views.clone()
    }
}

impl FromRef<AppState> for Access {
    fn from_ref(state: &AppState) -> Self {
        state.access.clone()
    }
}

impl FromRef<AppState> for Arc<Feed> {
    fn from_ref(state: &AppState) -> Self {
        Arc::clone(&state.feed)
    }
}

impl FromRef<AppState> for Arc<Masker> {
    fn from_ref(state: &AppState) -> Self {
        Arc::clone(&state.secrets)
    }
}

impl FromRef<AppState> for History {
    fn from_ref(state: &AppState) -> Self {
        state.history.clone()
    }
}

impl FromRef<AppState> for Scripts {
    fn from_ref(state: &AppState) -> Self {
        state.scripts.clone()
    }
}

impl FromRef<AppState> for Logs {
    fn from_ref(state: &AppState) -> Self {
        state.logs.clone()
    }
}
