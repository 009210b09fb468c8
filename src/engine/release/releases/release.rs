//! One release of the scripts.

use std::sync::Arc;

use crate::script::{Bundle, Sheet};

/// One version of a type's script.
#[derive(Debug, Clone)]
pub struct TypeVersion {
    /// Number of the release that brought it.
    pub version: u32,
    /// Where its sources are.
    pub bundle: Arc<Bundle>,
    /// What it says of itself.
    pub sheet: Arc<Sheet>,
    /// Requests in a session, within the limits of the plan.
    pub requests: (u32, u32),
}

/// What one save published, by the ids of the types; none where the type's file is not there.
#[derive(Debug, Clone)]
pub struct Release {
    pub number: u32,
    pub types: Vec<Option<TypeVersion>>,
}
