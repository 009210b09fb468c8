//! The release that some users try.

use std::collections::BTreeMap;

use super::release::Release;
use crate::metrics::TypeId;

/// A release that some users try first.
#[derive(Debug, Clone)]
pub struct CanaryRelease {
    /// The release that is tried.
    pub release: u32,
    /// Types whose users try it: their old and their new version, and how many users.
    pub types: Vec<(TypeId, u32, u32, u32)>,
    pub(super) contents: Release,
    /// Users of a type with a number below this try it.
    pub(super) below: BTreeMap<TypeId, u32>,
}
