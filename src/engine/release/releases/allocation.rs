//! The allocation of users to types, and the settings that decide it.

use std::sync::Arc;

use super::names::TypeNames;
use super::release::{Release, TypeVersion};
use crate::engine::command::Refused;
use crate::pace::Profile;
use crate::plan::{Fault, LiveSettings, Overlay, crowd};

/// Which type each user is of.
#[derive(Debug)]
pub struct Allocation {
    /// The types of the users, by their numbers.
    users: Arc<[u16]>,
    /// Whether users come by arrivals, which draw their types: then none has one by its number.
    is_open: bool,
    /// The one place where they stand, beneath all incidents.
    base: LiveSettings,
    /// What incidents hold in place of them, in the order in which they began.
    overlays: Vec<Overlay>,
    /// What that comes to.
    settings: LiveSettings,
    /// How many users there are over the run's time, where that changes.
    level: Option<Profile>,
    /// Counts up with every change of who plays what.
    revision: u64,
}

impl Allocation {
    /// At the beginning of a run.
    pub fn begin(
        release: &Release,
        names: &TypeNames,
        settings: LiveSettings,
        level: Option<Profile>,
        is_open: bool,
    ) -> Self {
        let users = if is_open {
            Vec::new()
        } else {
            let most = most(&settings, level.as_ref());
            crowd::assign(&counts(release, names, &settings, most))
        };
        Self {
            users: users.into(),
            is_open,
            base: settings.clone(),
            overlays: Vec::new(),
            settings,
            level,
            revision: 0,
        }
    }

    /// Whether users come by arrivals.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// The types of the users, by their numbers.
    pub fn users(&self) -> &Arc<[u16]> {
        &self.users
    }

    /// The settings that hold now, with those weights that were set in place of the scripts'.
    pub fn settings(&self) -> &LiveSettings {
        &self.settings
    }

    /// The settings beneath all incidents.
    pub fn base(&self) -> &LiveSettings {
        &self.base
    }

    /// What would hold with these settings beneath the incidents of now.
    pub fn over(&self, base: &LiveSettings) -> LiveSettings {
        base.under(&self.overlays)
    }

    /// How many users there are over the run's time, where that changes.
    pub fn level(&self) -> Option<&Profile> {
        self.level.as_ref()
    }

    /// From now on there are so many users over the run's time; takes effect with [`Self::divide`].
    pub fn set_level(&mut self, level: Option<Profile>) {
        self.level = level;
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
            let counts = counts(release, names, &self.settings, self.most());
            self.users = crowd::reassign(&self.users, &counts).into();
        }
        self.revise();
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
        let counts = counts(release, names, &self.settings, self.most());
        let types = release.types.iter().zip(names.iter()).zip(counts);
        let types: Vec<_> = types
            .filter_map(|((version, name), users)| {
                let weight = weight(version.as_ref()?, name, &self.settings);
                Some((&**name, weight, users))
            })
            .collect();
        crowd::without_users(&types, self.most())
    }

    /// Users at most.
    fn most(&self) -> u32 {
        most(&self.settings, self.level.as_ref())
    }
}

/// The weight of a type: that of the settings, or of its script.
pub fn weight(version: &TypeVersion, name: &str, settings: &LiveSettings) -> f64 {
    let set = settings.weights().get(name).copied();
    set.unwrap_or(version.spec.weight)
}

/// Refuses what would leave no users.
///
/// # Errors
/// When it would.
pub fn check_users(
    release: &Release,
    names: &TypeNames,
    settings: &LiveSettings,
) -> Result<(), Refused> {
    if counts(release, names, settings, settings.users())
        .iter()
        .sum::<u32>()
        > 0
    {
        return Ok(());
    }
    Err(Refused::Invalid(vec![Fault::new(
        "weights",
        "every type that is there would have the weight 0",
        "leave one above 0, or pause the run",
    )]))
}

/// Users at most: those who have a number.
fn most(settings: &LiveSettings, level: Option<&Profile>) -> u32 {
    level.map_or(settings.users(), |level| {
        level.greatest().round().max(1.0) as u32
    })
}

/// Users of each type, of so many.
fn counts(release: &Release, names: &TypeNames, settings: &LiveSettings, users: u32) -> Vec<u32> {
    crowd::apportion(&weights(release, names, settings), users)
}

/// The weight of each type, 0 where it is not there.
pub fn weights(release: &Release, names: &TypeNames, settings: &LiveSettings) -> Vec<f64> {
    let weight = |(place, version): (usize, &Option<TypeVersion>)| {
        Some(weight(version.as_ref()?, names.get(place)?, settings))
    };
    let types = release.types.iter().enumerate();
    types.map(|one| weight(one).unwrap_or(0.0)).collect()
}
