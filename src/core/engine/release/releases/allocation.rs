//! The allocation of users to types, and the settings that decide it.

use std::sync::Arc;

use super::names::TypeNames;
use super::release::{Release, TypeVersion};
use crate::engine::command::Refused;
use crate::plan::live::{HeldUsers, MAX_USERS};
use crate::plan::{
    Fault, Levels, LiveSettings, Overlay, TypeLevels, WeightedType, crowd, without_users,
};

/// Which type each user is of.
#[derive(Debug)]
pub struct Allocation {
    /// The types of the users, by their numbers.
    users: Arc<[u16]>,
    /// How many users before each of them have its level, where that is not its number; else empty.
    ranks: Arc<[u32]>,
    /// Whether users come by arrivals, which draw their types: then none has one by its number.
    is_open: bool,
    /// The one place where they stand, beneath all incidents.
    base: LiveSettings,
    /// What incidents hold in place of them, in the order in which they began.
    overlays: Vec<Overlay>,
    /// What that comes to.
    settings: LiveSettings,
    /// How many users there are over the run's time, where that changes.
    levels: Option<Levels>,
    /// The same with the weights of now.
    by_type: Option<TypeLevels>,
    /// Counts up with every change of who plays what.
    revision: u64,
}

impl Allocation {
    /// At the beginning of a run.
    pub fn begin(
        release: &Release,
        names: &TypeNames,
        settings: LiveSettings,
        levels: Option<Levels>,
        is_open: bool,
    ) -> Self {
        let mut allocation = Self {
            users: [].into(),
            ranks: [].into(),
            is_open,
            base: settings.clone(),
            overlays: Vec::new(),
            settings,
            levels,
            by_type: None,
            revision: 0,
        };
        if !is_open {
            let counts = allocation.follow_weights(release, names);
            allocation.seat(crowd::assign(&counts));
        }
        allocation
    }

    /// Whether users come by arrivals.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// The types of the users, by their numbers.
    pub fn users(&self) -> &Arc<[u16]> {
        &self.users
    }

    /// How many users before each of them have its level, where that is not its number; else empty.
    pub fn ranks(&self) -> &Arc<[u32]> {
        &self.ranks
    }

    /// The settings that hold now, with those weights that were set in place of the scripts'.
    pub fn settings(&self) -> &LiveSettings {
        &self.settings
    }

    /// The settings beneath all incidents.
    pub fn base(&self) -> &LiveSettings {
        &self.base
    }

    /// What incidents hold in place of the settings, in the order in which they began.
    pub fn overlays(&self) -> &[Overlay] {
        &self.overlays
    }

    /// What would hold with these settings beneath the incidents of now.
    pub fn over(&self, base: &LiveSettings) -> LiveSettings {
        base.under(&self.overlays)
    }

    /// How many users there are over the run's time, where that changes.
    pub fn levels(&self) -> Option<&TypeLevels> {
        self.by_type.as_ref()
    }

    /// Whether the users of a type come by stages of its own, so that its weight says nothing.
    pub fn has_stages(&self, name: &str) -> bool {
        let levels = self.levels.as_ref();
        levels.is_some_and(|levels| levels.stages.contains_key(name))
    }

    /// From now on there are so many users over the run's time; takes effect with [`Self::divide`].
    pub fn set_levels(&mut self, levels: Levels) {
        self.levels = Some(levels);
    }

    /// Counts up with every change of who plays what.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// From now on these settings hold, beneath the incidents of now.
    pub fn set(&mut self, base: LiveSettings, release: &Release, names: &TypeNames) {
        self.settings = self.over(&base);
        self.base = base;
        self.divide(release, names);
    }

    /// From now on incidents hold these.
    pub fn overlay(&mut self, overlays: Vec<Overlay>, release: &Release, names: &TypeNames) {
        self.settings = self.base.under(&overlays);
        self.overlays = overlays;
        self.divide(release, names);
    }

    /// Divides the users anew, with as few of another type as can be.
    pub fn divide(&mut self, release: &Release, names: &TypeNames) {
        if !self.is_open {
            let counts = self.follow_weights(release, names);
            self.seat(crowd::reassign(&self.users, &counts));
        }
        self.revise();
    }

    /// Divides the levels by the weights of now; gives the users of each type.
    fn follow_weights(&mut self, release: &Release, names: &TypeNames) -> Vec<u32> {
        self.by_type = self.levels_with(release, names, &self.settings, &self.overlays);
        let weights = weights(release, names, &self.settings);
        counts(&weights, self.by_type.as_ref(), &self.settings)
    }

    /// From now on users have these types.
    fn seat(&mut self, users: Vec<u16>) {
        let ranks = self.by_type.as_ref().map(|levels| levels.ranks(&users));
        self.ranks = ranks.unwrap_or_default().into();
        self.users = users.into();
    }

    /// The levels with these settings; none where the users are the same all the time.
    fn levels_with(
        &self,
        release: &Release,
        names: &TypeNames,
        settings: &LiveSettings,
        overlays: &[Overlay],
    ) -> Option<TypeLevels> {
        let types = weighted(release, names, settings);
        let factor = HeldUsers::under(overlays).factor();
        Some(self.levels.as_ref()?.of_types(&types, factor))
    }

    /// Changes have numbers beyond this from now on.
    pub fn skip_revisions(&mut self, revision: u64) {
        self.revision = self.revision.max(revision);
    }

    /// Users of some types play something else from now on.
    pub fn revise(&mut self) {
        self.revision += 1;
    }

    /// Which types nobody plays though they have a weight, in words.
    pub fn without_users(&self, release: &Release, names: &TypeNames) -> Option<String> {
        if self.is_open {
            return None;
        }
        let weights = weights(release, names, &self.settings);
        let counts = counts(&weights, self.by_type.as_ref(), &self.settings);
        let types = weighted(release, names, &self.settings);
        let levels = self.levels.as_ref();
        without_users(&types, &counts, levels, self.settings.users())
    }

    /// Refuses settings under incidents that would leave no users, or too many.
    ///
    /// # Errors
    /// When they would.
    pub fn check_users(
        &self,
        release: &Release,
        names: &TypeNames,
        settings: &LiveSettings,
        overlays: &[Overlay],
    ) -> Result<(), Refused> {
        let weights = weights(release, names, settings);
        let levels = self.levels_with(release, names, settings, overlays);
        let counts = counts(&weights, levels.as_ref(), settings);
        let fault = match counts.into_iter().map(u64::from).sum() {
            0_u64 => Fault::new(
                "weights",
                "every type that is there would have the weight 0",
                "leave one above 0, or pause the run",
            ),
            users if users > u64::from(MAX_USERS) => Fault::new(
                "users",
                format!("would be up to {users} with those of types with stages, above 1,000,000"),
                "give fewer users or smaller factors",
            ),
            _ => return Ok(()),
        };
        Err(Refused::Invalid(vec![fault]))
    }
}

/// The weight of a type: that of the settings, or of its script.
pub fn weight(version: &TypeVersion, name: &str, settings: &LiveSettings) -> f64 {
    let set = settings.weights().get(name).copied();
    set.unwrap_or(version.spec.weight)
}

/// Users of each type at most.
fn counts(weights: &[f64], levels: Option<&TypeLevels>, settings: &LiveSettings) -> Vec<u32> {
    match levels {
        Some(levels) => levels.counts(weights),
        None => crowd::apportion(weights, settings.users()),
    }
}

/// The weight of each type, 0 where it is not there.
pub fn weights(release: &Release, names: &TypeNames, settings: &LiveSettings) -> Vec<f64> {
    let types = weighted(release, names, settings).into_iter();
    types
        .map(|of| of.map_or(0.0, |(_, weight)| weight))
        .collect()
}

/// The types that are there, with their weights, by their ids.
pub fn weighted<'a>(
    release: &Release,
    names: &'a TypeNames,
    settings: &LiveSettings,
) -> Vec<WeightedType<'a>> {
    let types = release.types.iter().enumerate();
    let types = types.map(|(place, version)| {
        let name = names.get(place)?;
        Some((name, weight(version.as_ref()?, name, settings)))
    });
    types.collect()
}
