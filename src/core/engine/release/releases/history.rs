//! The releases that were published, and the way back to earlier ones.

use std::collections::{BTreeMap, VecDeque};

use super::release::{Release, TypeVersion};
use crate::metrics::{MAX_VERSIONS, TypeId};

/// The releases that were published and not rolled back.
#[derive(Debug)]
pub struct History {
    /// The newest last, never empty, at most [`MAX_VERSIONS`].
    published: VecDeque<Release>,
    /// The number that was used last, also by a canary that never was for all.
    last_number: u32,
}

impl History {
    /// Release 1.
    pub fn begin(types: Vec<Option<TypeVersion>>) -> Self {
        Self {
            published: VecDeque::from([Release { number: 1, types }]),
            last_number: 1,
        }
    }

    /// The release that users play.
    pub fn current(&self) -> &Release {
        #[expect(
            clippy::expect_used,
            reason = "one is there from the start, and the last is never popped"
        )]
        self.published.back().expect("there is always a release")
    }

    /// The number of the next release.
    pub fn next_number(&self) -> u32 {
        self.last_number + 1
    }

    /// A release has this number, whatever becomes of it.
    pub fn use_number(&mut self, number: u32) {
        self.last_number = number;
    }

    /// Users play this release from now on; the oldest one is forgotten where there are too many.
    pub fn publish(&mut self, release: Release) {
        self.published.push_back(release);
        if self.published.len() > MAX_VERSIONS {
            self.published.pop_front();
        }
    }

    /// Back to the release before; gives the number of the one that was rolled back and of the one that plays now. None:
    /// there is none before.
    pub fn roll_back(&mut self) -> Option<(u32, u32)> {
        if self.published.len() < 2 {
            return None;
        }
        let rolled_back = self.published.pop_back()?.number;
        Some((rolled_back, self.current().number))
    }

    /// One of so many types goes back to the version before; gives both versions. None: it has none before.
    pub fn roll_back_type(&mut self, place: usize, types: usize) -> Option<(u32, u32)> {
        let of = |release: &Release| release.types.get(place).cloned().flatten();
        let number = |of: &Option<TypeVersion>| of.as_ref().map(|of| of.version);
        let now = number(&of(self.current()));
        let mut earlier = self.published.iter().rev().map(of);
        let before = earlier
            .find(|one| one.is_some() && number(one) < now.or(Some(u32::MAX)))
            .flatten()?;
        let both = (now.unwrap_or_default(), before.version);
        let release = self.published.back_mut()?;
        release.types.resize(types, None);
        release.types[place] = Some(before);
        self.drop_duplicate(types);
        Some(both)
    }

    /// Versions that each type can go back to, the one that plays last.
    pub fn versions(&self) -> BTreeMap<TypeId, Vec<u32>> {
        let mut versions = BTreeMap::<TypeId, Vec<u32>>::new();
        for release in &self.published {
            for (place, version) in (0u16..).zip(&release.types) {
                let Some(version) = version else { continue };
                let of = versions.entry(TypeId(place)).or_default();
                of.retain(|known| *known != version.version);
                of.push(version.version);
            }
        }
        versions
    }

    /// A release that has become the one before it is that one.
    fn drop_duplicate(&mut self, types: usize) {
        let versions = |release: &Release| -> Vec<Option<u32>> {
            let of = |place: usize| release.types.get(place)?.as_ref().map(|one| one.version);
            (0..types).map(of).collect()
        };
        let mut newest = self.published.iter().rev().map(versions);
        if newest.next() == newest.next() {
            self.published.pop_back();
        }
    }
}
