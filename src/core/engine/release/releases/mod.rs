//! Every release of the scripts and who plays what: the past ones, the present one, the canary. Pure data: it knows no
//! thread and no clock.

mod allocation;
mod canary_release;
mod candidate;
mod history;
mod names;
mod queries;
mod release;

use std::sync::Arc;

use crate::engine::command::Refused;
use crate::engine::roster::CROWD;
use crate::metrics::TypeId;
use crate::plan::{Change, Fault, Levels, LiveSettings, Overlay, Plan, RequestLimits};
use crate::script::{Bundle, LoadedScripts, TypeSpec};
use crate::text::did_you_mean;

use allocation::Allocation;
pub use canary_release::{CanaryRelease, CanaryType, VersionChange};
use candidate::Candidate;
use history::History;
use names::TypeNames;
use release::{Release, TypeVersion};

/// What became of the scripts that were offered as the next release.
#[derive(Debug, PartialEq, Eq)]
pub enum CandidateOutcome {
    /// They are those that play already.
    Unchanged,
    /// They were rolled back before, and stay away.
    RolledBack,
    /// They play from now on: the types with a new version, those that are new, those that leave.
    Published {
        changed: Vec<TypeId>,
        joined: Vec<TypeId>,
        left: Vec<TypeId>,
    },
    /// Some users play them first.
    Canary,
}

/// Every release that is known, and who plays what.
#[derive(Debug)]
pub struct Releases {
    names: TypeNames,
    history: History,
    /// The canary under way.
    canary: Option<CanaryRelease>,
    allocation: Allocation,
    candidate: Candidate,
    limits: RequestLimits,
}

/// What another release changes.
#[derive(Default)]
struct Difference {
    changed: Vec<(TypeId, VersionChange)>,
    joined: Vec<TypeId>,
    left: Vec<TypeId>,
}

impl Releases {
    /// At the beginning of a run: its scripts are release 1. The names are those of the types, by their ids.
    pub fn new(plan: &Plan, bundle: &Arc<Bundle>, specs: &[TypeSpec], names: &[String]) -> Self {
        let limits = plan.requests;
        let types = specs
            .iter()
            .map(|spec| Some(TypeVersion::new(1, bundle, spec, limits)))
            // The run's own requests have a type, which no user plays.
            .chain([None])
            .collect();
        let (names, history) = (TypeNames::new(names), History::begin(types));
        Self {
            allocation: Allocation::begin(
                history.current(),
                &names,
                LiveSettings::of(plan),
                plan.users_over_time(),
                plan.is_open(),
            ),
            names,
            history,
            canary: None,
            candidate: Candidate::begin(bundle),
            limits,
        }
    }

    /// Rosters have numbers beyond this from now on.
    pub fn skip_revisions(&mut self, revision: u64) {
        self.allocation.skip_revisions(revision);
    }

    /// Takes scripts that were read and found to be fine, and the settings that go with them. `share` of the users of
    /// each changed type play them first, where there is an old version to compare with.
    ///
    /// # Errors
    /// When no users would be left.
    pub fn take(
        &mut self,
        loaded: &LoadedScripts,
        share: Option<f64>,
        settings: LiveSettings,
    ) -> Result<CandidateOutcome, Refused> {
        if self.candidate.keeps_away(loaded) {
            self.set(settings)?;
            return Ok(CandidateOutcome::RolledBack);
        }
        let release = self.release_of(loaded);
        let difference = Difference::between(self.history.current(), &release);
        if difference.is_empty() {
            let is_set = settings != *self.allocation.base();
            self.candidate.accept(loaded);
            let ended = self.canary.take().is_some();
            if is_set || ended {
                self.set(settings)?;
            }
            return Ok(CandidateOutcome::Unchanged);
        }
        self.check_users(&release, &settings)?;
        self.history.use_number(release.number);
        self.candidate.accept(loaded);
        if let Some(share) = share {
            let (contents, changed) = (release.clone(), &difference.changed);
            let canary = CanaryRelease::new(contents, changed, share, &self.allocation);
            if !canary.types.is_empty() {
                self.set(settings)?;
                self.canary = Some(canary);
                self.allocation.revise();
                return Ok(CandidateOutcome::Canary);
            }
        }
        self.canary = None;
        self.history.publish(release);
        self.divide_by(settings);
        let Difference {
            changed,
            joined,
            left,
        } = difference;
        Ok(CandidateOutcome::Published {
            changed: changed.into_iter().map(|(kind, _)| kind).collect(),
            joined,
            left,
        })
    }

    /// The settings after a change.
    ///
    /// # Errors
    /// Every type that there is not, or whose weight says nothing.
    pub fn settings_with(&self, change: &Change) -> Result<LiveSettings, Refused> {
        let names: Vec<&str> = self.playing().map(|(_, name)| name).collect();
        let fault = |name: &String| {
            let thing = format!("weights.{name}");
            if !names.contains(&name.as_str()) {
                let meant = did_you_mean(name, names.iter().copied());
                let remedy = format!("name one of: {}{meant}", names.join(", "));
                return Some(Fault::new(thing, "the type does not exist", remedy));
            }
            self.allocation.has_stages(name).then(|| {
                let cause = "the type has stages of its own, which say how many users it has";
                Fault::new(thing, cause, "set the weight of another type")
            })
        };
        let unknown: Vec<Fault> = change.weights().keys().filter_map(fault).collect();
        if unknown.is_empty() {
            Ok(self.base_settings().clone().with(change))
        } else {
            Err(Refused::Invalid(unknown))
        }
    }

    /// From now on these settings hold, beneath the incidents of now.
    ///
    /// # Errors
    /// When no users would be left.
    pub fn set(&mut self, settings: LiveSettings) -> Result<(), Refused> {
        self.check_users(self.history.current(), &settings)?;
        self.divide_by(settings);
        Ok(())
    }

    /// Refuses settings of a release that would leave no users, now or once the incidents of now are over.
    fn check_users(&self, release: &Release, settings: &LiveSettings) -> Result<(), Refused> {
        let (allocation, names) = (&self.allocation, &self.names);
        allocation.check_users(release, names, settings, &[])?;
        let over = allocation.over(settings);
        allocation.check_users(release, names, &over, allocation.overlays())
    }

    /// From now on incidents hold these in place of the settings.
    ///
    /// # Errors
    /// When no users would be left.
    pub fn overlay(&mut self, overlays: Vec<Overlay>) -> Result<(), Refused> {
        let current = self.history.current();
        let settings = self.base_settings().under(&overlays);
        self.allocation
            .check_users(current, &self.names, &settings, &overlays)?;
        self.allocation.overlay(overlays, current, &self.names);
        Ok(())
    }

    /// From now on there are so many users over the run's time.
    pub fn set_levels(&mut self, levels: Levels) {
        self.allocation.set_levels(levels);
        self.divide();
    }

    /// The canary is over, what it played is for all.
    pub fn promote(&mut self) -> Option<CanaryRelease> {
        let canary = self.canary.take()?;
        self.history.publish(canary.contents().clone());
        self.divide();
        Some(canary)
    }

    /// The canary is over, its users go back.
    pub fn roll_back_canary(&mut self) -> Option<CanaryRelease> {
        let canary = self.canary.take()?;
        self.candidate.roll_back();
        self.allocation.revise();
        Some(canary)
    }

    /// Back to the release before; gives the release that was rolled back and the one that plays now.
    ///
    /// # Errors
    /// When there is none before.
    pub fn roll_back(&mut self) -> Result<(u32, u32), Refused> {
        let Some(both) = self.history.roll_back() else {
            return Err(Refused::NotNow(
                "there is no release before this one to go back to".to_owned(),
            ));
        };
        self.candidate.roll_back();
        self.divide();
        Ok(both)
    }

    /// One type goes back to the version before.
    ///
    /// # Errors
    /// When the type does not exist, or no version before.
    pub fn roll_back_type(&mut self, name: &str) -> Result<VersionChange, Refused> {
        let Some(place) = self.names.find(name).filter(|_| name != CROWD) else {
            let known: Vec<&str> = self.playing().map(|(_, name)| name).collect();
            return Err(Refused::Invalid(vec![Fault::new(
                format!("type {name}"),
                "does not exist",
                format!(
                    "name one of: {}{}",
                    known.join(", "),
                    did_you_mean(name, known.iter().copied())
                ),
            )]));
        };
        let types = self.names.count();
        let Some((old, new)) = self.history.roll_back_type(place, types) else {
            return Err(Refused::NotNow(format!(
                "{name} has no version before this one to go back to"
            )));
        };
        self.candidate.roll_back();
        self.divide();
        Ok(VersionChange { old, new })
    }

    fn divide(&mut self) {
        self.allocation.divide(self.history.current(), &self.names);
    }

    fn divide_by(&mut self, settings: LiveSettings) {
        let current = self.history.current();
        self.allocation.set(settings, current, &self.names);
    }

    /// The release that the candidate would be: what is known already keeps its version.
    fn release_of(&mut self, loaded: &LoadedScripts) -> Release {
        let number = self.history.next_number();
        let mut types: Vec<Option<TypeVersion>> = vec![None; self.names.count()];
        for spec in &loaded.specs {
            let place = self.names.find_or_add(&spec.name);
            let canary = self.canary.as_ref().map(CanaryRelease::contents);
            let known = [Some(self.history.current()), canary]
                .into_iter()
                .flatten()
                .filter_map(|release| release.types.get(place)?.as_ref())
                .find(|version| {
                    version.bundle.closure(&spec.name) == loaded.bundle.closure(&spec.name)
                });
            let version = known
                .cloned()
                .unwrap_or_else(|| TypeVersion::new(number, &loaded.bundle, spec, self.limits));
            if types.len() <= place {
                types.resize(place + 1, None);
            }
            types[place] = Some(version);
        }
        Release { number, types }
    }
}

impl Difference {
    fn between(old: &Release, new: &Release) -> Self {
        let mut difference = Self::default();
        for (place, version) in (0u16..).zip(&new.types) {
            let kind = TypeId(place);
            let before = old.types.get(usize::from(place)).and_then(Option::as_ref);
            match (before, version) {
                (Some(before), Some(version)) if before.version != version.version => {
                    let (old, new) = (before.version, version.version);
                    difference.changed.push((kind, VersionChange { old, new }));
                }
                (None, Some(_)) => difference.joined.push(kind),
                (Some(_), None) => difference.left.push(kind),
                _ => {}
            }
        }
        difference
    }

    fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.joined.is_empty() && self.left.is_empty()
    }
}
