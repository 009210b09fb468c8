//! The versions of a type, side by side.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::metrics::model::version::fold_versions;
use crate::metrics::{MAX_VERSIONS, Snapshot, TypeId, VersionTotals};

/// One version of a type with its figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Version<'a> {
    /// The release that brought it; 0 is all older ones together.
    pub number: u32,
    pub totals: Cow<'a, VersionTotals>,
    /// Users that run it.
    pub users: i64,
}

impl<'a> Version<'a> {
    fn new(number: u32, totals: Cow<'a, VersionTotals>) -> Self {
        Version {
            number,
            totals,
            users: 0,
        }
    }
}

impl Snapshot {
    /// The versions of a type that counted something, have users or are its newest, in
    /// ascending order: at most twice [`MAX_VERSIONS`], and all older ones as one.
    pub fn versions_of(&self, kind: TypeId) -> Vec<Version<'_>> {
        let counted = self.totals.types.get(&kind);
        let counted = counted.into_iter().flat_map(|totals| &totals.versions);
        let mut members: BTreeMap<u32, Version<'_>> = counted
            .map(|(&number, totals)| (number, Version::new(number, Cow::Borrowed(totals))))
            .collect();
        let apart: Vec<u32> = members.keys().copied().filter(|one| *one > 0).collect();
        let newest_apart = apart.last().copied().unwrap_or_default();
        let users = self.users.get(&kind);
        let users = users
            .into_iter()
            .flatten()
            .map(|(one, users)| (*one, *users));
        let newest = self.versions.get(&kind).map(|newest| (*newest, 0));
        let mut lives: Vec<_> = users.chain(newest).collect();
        lives.sort_unstable_by(|one, other| other.cmp(one));
        for (number, users) in lives {
            let idle = members.len().saturating_sub(apart.len());
            // A version without counts is either new, or was folded into the older ones.
            let is_new = number > newest_apart || apart.len() < MAX_VERSIONS;
            let known = members.contains_key(&number);
            let number = if known || (is_new && idle < MAX_VERSIONS) {
                number
            } else {
                0
            };
            let member = members.entry(number);
            member
                .or_insert_with(|| Version::new(number, Cow::default()))
                .users += users;
        }
        members.into_values().collect()
    }

    /// Folds the versions beyond the bound.
    pub(crate) fn fold_versions(&mut self) {
        let measured = self.measured.iter_mut();
        let measured = measured.flat_map(|measured| &mut measured.totals.types);
        for (kind, totals) in self.totals.types.iter_mut().chain(measured) {
            let users = self.users.get(kind);
            let alive = |one| users.is_some_and(|users| users.contains_key(&one));
            fold_versions(&mut totals.versions, alive);
        }
    }
}
