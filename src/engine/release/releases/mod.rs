//! Every release of the scripts and who plays what: the past ones, the present one, the canary. Pure data: it knows no
//! thread and no clock.

mod canary_release;
mod promotion;
mod queries;
mod release;
mod rollback;
mod settings;

use std::collections::VecDeque;
use std::sync::Arc;

use crate::engine::command::Refused;
use crate::metrics::{MAX_VERSIONS, TypeId};
use crate::plan::{LiveSettings, Plan, RequestLimits, crowd};
use crate::script::{Bundle, Fresh, Sheet};

pub use canary_release::CanaryRelease;
use release::{Release, TypeVersion};

/// What became of scripts that were offered.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken {
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
    /// Some users try them first.
    Canary,
}

/// Every release that is known, and who plays what.
#[derive(Debug)]
pub struct Releases {
    names: Vec<Arc<str>>,
    /// The newest last, never empty, at most [`MAX_VERSIONS`].
    history: VecDeque<Release>,
    /// The canary under way.
    canary: Option<CanaryRelease>,
    types: Arc<[u16]>,
    /// The one place where they stand.
    settings: LiveSettings,
    limits: RequestLimits,
    last_release: u32,
    revision: u64,
    /// What was offered last: as the folders are.
    offered: Arc<Bundle>,
    /// Whether that was rolled back: then it stays away until a script changes.
    rolled_back: bool,
}

impl Releases {
    /// At the beginning of a run: its scripts are release 1. The names are those of the types, by their ids.
    pub fn new(plan: &Plan, bundle: &Arc<Bundle>, sheets: &[Sheet], names: &[String]) -> Self {
        let limits = plan.requests;
        let types = sheets
            .iter()
            .map(|sheet| {
                Some(TypeVersion {
                    version: 1,
                    bundle: Arc::clone(bundle),
                    requests: limits.clamp(sheet.requests),
                    sheet: Arc::new(sheet.clone()),
                })
            })
            // The run's own requests have a type, which no user plays.
            .chain([None])
            .collect();
        let mut releases = Self {
            names: names.iter().map(|name| Arc::from(name.as_str())).collect(),
            history: VecDeque::from([Release { number: 1, types }]),
            canary: None,
            types: Arc::from([]),
            settings: LiveSettings::of(plan),
            limits,
            last_release: 1,
            revision: 0,
            offered: Arc::clone(bundle),
            rolled_back: false,
        };
        let counts = releases.counts(releases.current(), &releases.settings);
        releases.types = crowd::assign(&counts).into();
        releases
    }

    /// Takes scripts that were read and found to be fine, and the settings that go with them. `share` of the
    /// users of each changed type try them first, where there is an old version to compare with.
    ///
    /// # Errors
    /// When no users would be left.
    pub fn take(
        &mut self,
        fresh: &Fresh,
        share: Option<f64>,
        settings: LiveSettings,
    ) -> Result<Taken, Refused> {
        if fresh.by_hand.is_none() && self.rolled_back && same_scripts(&self.offered, &fresh.bundle)
        {
            self.set(settings)?;
            return Ok(Taken::RolledBack);
        }
        let release = self.release_of(fresh);
        let old = self.current().clone();
        let (mut changed, mut joined, mut left) = (Vec::new(), Vec::new(), Vec::new());
        for (place, new) in (0u16..).zip(&release.types) {
            let kind = TypeId(place);
            let before = old.types.get(usize::from(place)).and_then(Option::as_ref);
            match (before, new) {
                (Some(before), Some(new)) if before.version != new.version => {
                    changed.push((kind, before.version, new.version));
                }
                (None, Some(_)) => joined.push(kind),
                (Some(_), None) => left.push(kind),
                _ => {}
            }
        }
        if changed.is_empty() && joined.is_empty() && left.is_empty() {
            let is_set = settings != self.settings;
            self.accept(fresh);
            let ended = self.canary.take().is_some();
            if is_set || ended {
                self.set(settings)?;
            }
            return Ok(Taken::Unchanged);
        }
        self.check_users(&release, &settings)?;
        self.last_release = release.number;
        self.accept(fresh);
        if let Some(share) = share {
            let canary = self.canary_of(release.clone(), &changed, share);
            if !canary.types.is_empty() {
                self.set(settings)?;
                self.canary = Some(canary);
                self.revision += 1;
                return Ok(Taken::Canary);
            }
        }
        self.canary = None;
        self.settings = settings;
        self.publish(release);
        Ok(Taken::Published {
            changed: changed.into_iter().map(|(kind, ..)| kind).collect(),
            joined,
            left,
        })
    }

    /// The release of what was offered: what is known already keeps its version.
    fn release_of(&mut self, fresh: &Fresh) -> Release {
        let number = self.last_release + 1;
        let mut types: Vec<Option<TypeVersion>> = vec![None; self.names.len()];
        for sheet in &fresh.sheets {
            let place = self.place_of(&sheet.name);
            let canary = self.canary.as_ref().map(|canary| &canary.contents);
            let known = [Some(self.current()), canary]
                .into_iter()
                .flatten()
                .filter_map(|release| release.types.get(place)?.as_ref())
                .find(|version| {
                    version.bundle.closure(&sheet.name) == fresh.bundle.closure(&sheet.name)
                });
            let version = known.cloned().unwrap_or_else(|| TypeVersion {
                version: number,
                bundle: Arc::clone(&fresh.bundle),
                requests: self.limits.clamp(sheet.requests),
                sheet: Arc::new(sheet.clone()),
            });
            if types.len() <= place {
                types.resize(place + 1, None);
            }
            types[place] = Some(version);
        }
        Release { number, types }
    }

    /// The folders are as they were offered, and nothing of that is rolled back.
    fn accept(&mut self, fresh: &Fresh) {
        self.rolled_back = false;
        self.offered = Arc::clone(&fresh.bundle);
    }

    /// The place of a type by its name; a new one gets the next.
    fn place_of(&mut self, name: &str) -> usize {
        let known = self.names.iter().position(|known| **known == *name);
        known.unwrap_or_else(|| {
            self.names.push(Arc::from(name));
            self.names.len() - 1
        })
    }

    fn publish(&mut self, release: Release) {
        self.history.push_back(release);
        if self.history.len() > MAX_VERSIONS {
            self.history.pop_front();
        }
        self.recount();
    }

    fn recount(&mut self) {
        let counts = self.counts(self.current(), &self.settings);
        self.types = crowd::reassign(&self.types, &counts).into();
        self.revision += 1;
    }

    fn counts(&self, release: &Release, settings: &LiveSettings) -> Vec<u32> {
        let weight = |(place, version): (usize, &Option<TypeVersion>)| {
            let version = version.as_ref()?;
            let name = self.names.get(place)?;
            Some(
                settings
                    .weights()
                    .get(&**name)
                    .copied()
                    .unwrap_or(version.sheet.weight),
            )
        };
        let weights: Vec<f64> = release
            .types
            .iter()
            .enumerate()
            .map(|one| weight(one).unwrap_or(0.0))
            .collect();
        crowd::apportion(&weights, settings.users())
    }

    /// The release that users play.
    fn current(&self) -> &Release {
        #[expect(
            clippy::expect_used,
            reason = "one is there from the start, and the last is never popped"
        )]
        self.history.back().expect("there is always a release")
    }
}

/// Whether two bundles have the same types, of the same text down to what they require.
fn same_scripts(one: &Bundle, other: &Bundle) -> bool {
    let closures = |bundle: &Bundle| -> Vec<_> {
        let names = bundle.types.keys();
        names
            .map(|name| (name.clone(), bundle.closure(name)))
            .collect()
    };
    closures(one) == closures(other)
}
