//! What there is to play and who plays it, as the orchestrator knows it: line-ups of the past, the one on the street,
//! the one on trial. Pure data: it knows no thread and no clock.

pub mod canary_release;
pub mod queries;
pub mod rollback;
pub mod settings;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::engine::command::Refused;
use crate::engine::config::Brief;
use crate::metrics::{MAX_VERSIONS, TypeId};
use crate::plan::{RequestLimits, crowd};
use crate::script::{Bundle, Fresh, Sheet};

pub use canary_release::CanaryRelease;

/// One version of a type's script.
#[derive(Debug, Clone)]
struct Edition {
    /// Number of the release that brought it.
    version: u32,
    /// Where its sources are.
    bundle: Arc<Bundle>,
    /// What it says of itself.
    sheet: Arc<Sheet>,
    /// Requests in a session, within the limits of the plan.
    requests: (u32, u32),
}

/// What every type plays, by the ids of the types; none where the type's file is not there.
#[derive(Debug, Clone)]
struct Lineup {
    release: u32,
    editions: Vec<Option<Edition>>,
}

/// What became of scripts that were offered.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken {
    /// They are those that play already.
    Unchanged,
    /// They were rolled back before, and stay away.
    RolledBack,
    /// They play from now on: the types with a new version, those that are new, those that leave.
    Played {
        changed: Vec<TypeId>,
        joined: Vec<TypeId>,
        left: Vec<TypeId>,
    },
    /// Some users try them first.
    Tried,
}

/// Every release that is known, and who plays what.
#[derive(Debug)]
pub struct Releases {
    names: Vec<Arc<str>>,
    /// The newest last, never empty, at most [`MAX_VERSIONS`].
    lineups: VecDeque<Lineup>,
    /// The canary under way.
    canary: Option<CanaryRelease>,
    types: Arc<[u16]>,
    users: u32,
    weights: BTreeMap<String, f64>,
    limits: RequestLimits,
    last_release: u32,
    revision: u64,
    /// What was offered last: as the folders are.
    offered: Arc<Bundle>,
    /// Whether that was rolled back: then it stays away until a script changes.
    rolled_back: bool,
}

impl Releases {
    /// The book at the beginning of a run: the brief's scripts are release 1.
    pub fn new(brief: &Brief) -> Self {
        let limits = brief.plan.requests;
        let editions = brief
            .sheets
            .iter()
            .map(|sheet| {
                Some(Edition {
                    version: 1,
                    bundle: Arc::clone(&brief.bundle),
                    requests: limits.clamp(sheet.requests),
                    sheet: Arc::new(sheet.clone()),
                })
            })
            // The crowd itself has a type, which nobody plays.
            .chain([None])
            .collect();
        let names = brief.names();
        let mut book = Self {
            names: names.iter().map(|name| Arc::from(name.as_str())).collect(),
            lineups: VecDeque::from([Lineup {
                release: 1,
                editions,
            }]),
            canary: None,
            types: Arc::from([]),
            users: brief.plan.users,
            weights: brief.plan.weights.clone(),
            limits,
            last_release: 1,
            revision: 0,
            offered: Arc::clone(&brief.bundle),
            rolled_back: false,
        };
        book.types = crowd::assign(&book.counts(book.now(), &book.weights, book.users)).into();
        book
    }

    /// Takes scripts that were read and found to be fine, and the weights and the size that go with them. `share` of the users of each changed type try them first,
    /// where there is an old version to compare with.
    ///
    /// # Errors
    /// When nobody would be left to play.
    pub fn take(
        &mut self,
        fresh: &Fresh,
        share: Option<f64>,
        weights: BTreeMap<String, f64>,
        users: u32,
    ) -> Result<Taken, Refused> {
        if fresh.by_hand.is_none() && self.rolled_back && same_scripts(&self.offered, &fresh.bundle)
        {
            self.reweigh(weights, users)?;
            return Ok(Taken::RolledBack);
        }
        let lineup = self.lineup_of(fresh);
        let old = self.now().clone();
        let (mut changed, mut joined, mut left) = (Vec::new(), Vec::new(), Vec::new());
        for (place, new) in (0u16..).zip(&lineup.editions) {
            let kind = TypeId(place);
            let before = old
                .editions
                .get(usize::from(place))
                .and_then(Option::as_ref);
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
            let dials = (&weights, users) != (&self.weights, self.users);
            self.bar(false, fresh);
            let ended = self.canary.take().is_some();
            if dials || ended {
                self.reweigh(weights, users)?;
            }
            return Ok(Taken::Unchanged);
        }
        self.somebody(&lineup, &weights, users)?;
        self.last_release = lineup.release;
        self.bar(false, fresh);
        if let Some(share) = share {
            let trial = self.canary_of(lineup.clone(), &changed, share);
            if !trial.types.is_empty() {
                self.reweigh(weights, users)?;
                self.canary = Some(trial);
                self.revision += 1;
                return Ok(Taken::Tried);
            }
        }
        self.canary = None;
        (self.weights, self.users) = (weights, users);
        self.play(lineup);
        Ok(Taken::Played {
            changed: changed.into_iter().map(|(kind, ..)| kind).collect(),
            joined,
            left,
        })
    }

    /// The line-up of what was offered: editions that are there already keep their version.
    fn lineup_of(&mut self, fresh: &Fresh) -> Lineup {
        let release = self.last_release + 1;
        let mut editions: Vec<Option<Edition>> = vec![None; self.names.len()];
        for sheet in &fresh.sheets {
            let place = self.place_of(&sheet.name);
            let trial = self.canary.as_ref().map(|trial| &trial.lineup);
            let known = [Some(self.now()), trial]
                .into_iter()
                .flatten()
                .filter_map(|lineup| lineup.editions.get(place)?.as_ref())
                .find(|edition| {
                    edition.bundle.closure(&sheet.name) == fresh.bundle.closure(&sheet.name)
                });
            let edition = known.cloned().unwrap_or_else(|| Edition {
                version: release,
                bundle: Arc::clone(&fresh.bundle),
                requests: self.limits.clamp(sheet.requests),
                sheet: Arc::new(sheet.clone()),
            });
            if editions.len() <= place {
                editions.resize(place + 1, None);
            }
            editions[place] = Some(edition);
        }
        Lineup { release, editions }
    }

    fn bar(&mut self, rolled_back: bool, fresh: &Fresh) {
        self.rolled_back = rolled_back;
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

    fn play(&mut self, lineup: Lineup) {
        self.lineups.push_back(lineup);
        if self.lineups.len() > MAX_VERSIONS {
            self.lineups.pop_front();
        }
        self.recount();
    }

    fn recount(&mut self) {
        let counts = self.counts(self.now(), &self.weights, self.users);
        self.types = crowd::reassign(&self.types, &counts).into();
        self.revision += 1;
    }

    fn counts(&self, lineup: &Lineup, weights: &BTreeMap<String, f64>, users: u32) -> Vec<u32> {
        let weight = |(place, edition): (usize, &Option<Edition>)| {
            let edition = edition.as_ref()?;
            let name = self.names.get(place)?;
            Some(
                weights
                    .get(&**name)
                    .copied()
                    .unwrap_or(edition.sheet.weight),
            )
        };
        let weights: Vec<f64> = lineup
            .editions
            .iter()
            .enumerate()
            .map(|one| weight(one).unwrap_or(0.0))
            .collect();
        crowd::apportion(&weights, users)
    }

    fn now(&self) -> &Lineup {
        #[expect(
            clippy::expect_used,
            reason = "one is there from the start, and the last is never popped"
        )]
        self.lineups.back().expect("there is always a line-up")
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
