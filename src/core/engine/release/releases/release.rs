//! One release of the scripts.

use std::sync::Arc;

use crate::plan::RequestLimits;
use crate::script::{Bundle, TypeSpec};

/// One version of a type's script.
#[derive(Debug, Clone)]
pub struct TypeVersion {
    /// Number of the release that brought it.
    pub version: u32,
    /// Where its sources are.
    pub bundle: Arc<Bundle>,
    /// What it says of itself.
    pub spec: Arc<TypeSpec>,
    /// Requests in a session, within the limits of the plan.
    pub requests: (u32, u32),
}

/// What one save published, by the ids of the types; none where the type's file is not there.
#[derive(Debug, Clone)]
pub struct Release {
    pub number: u32,
    pub types: Vec<Option<TypeVersion>>,
}

impl TypeVersion {
    /// What this release brought.
    pub fn new(version: u32, bundle: &Arc<Bundle>, spec: &TypeSpec, limits: RequestLimits) -> Self {
        Self {
            version,
            bundle: Arc::clone(bundle),
            requests: limits.clamp(spec.requests),
            spec: Arc::new(spec.clone()),
        }
    }
}
