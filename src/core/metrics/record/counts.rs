//! Counts of one recorder by type and version, found without a map lookup.

use crate::metrics::model::version::VersionTotals;
use crate::metrics::{MAX_VERSIONS, Outcome, Sample, TypeId, TypeTotals};

/// Counts by type since the last batch.
#[derive(Default)]
pub(crate) struct CountsByType {
    /// By the number of the type; none when nothing was counted.
    types: Vec<Option<TypeCounts>>,
}

/// Counts of one type.
#[derive(Default)]
pub(crate) struct TypeCounts {
    pub(crate) totals: TypeTotals,
    /// In order of first use. Few, and mostly one: a scan is faster than a map.
    versions: Vec<(u32, VersionTotals)>,
}

impl CountsByType {
    pub(crate) fn of(&mut self, kind: TypeId) -> &mut TypeCounts {
        let at = usize::from(kind.0);
        if self.types.len() <= at {
            self.types.resize_with(at + 1, || None);
        }
        self.types[at].get_or_insert_with(TypeCounts::default)
    }

    /// Takes what was counted since the last call.
    pub(crate) fn take(&mut self) -> impl Iterator<Item = (TypeId, TypeTotals)> {
        let counted = (0..).map(TypeId).zip(&mut self.types);
        counted.filter_map(|(kind, counts)| Some((kind, counts.take()?.whole())))
    }
}

impl TypeCounts {
    pub(crate) fn record(&mut self, sample: &Sample) {
        let version = self.version(sample.version);
        version.outcomes.count(sample.outcome);
        let service = sample
            .service
            .filter(|_| sample.outcome != Outcome::Cancelled);
        if let Some(service) = service {
            version.service.record(service);
            self.totals.service.record(service);
            self.totals.response.record(sample.response);
        }
    }

    pub(crate) fn version(&mut self, number: u32) -> &mut VersionTotals {
        let met = self.versions.iter().rposition(|(one, _)| *one == number);
        let at = met.unwrap_or_else(|| self.meet(number));
        &mut self.versions[at].1
    }

    /// The slot of a new version. The oldest one is folded to make room, or
    /// the version is itself too old to be counted separately.
    #[cold]
    fn meet(&mut self, number: u32) -> usize {
        let apart = self.versions.iter().map(|(one, _)| *one);
        let apart = apart.filter(|one| *one > 0);
        if apart.clone().count() >= MAX_VERSIONS {
            let oldest = apart.min().unwrap_or_default();
            if number < oldest {
                return self.place(0);
            }
            let at = self.place(oldest);
            let (_, totals) = self.versions.swap_remove(at);
            let older = self.place(0);
            self.versions[older].1.add(&totals);
        }
        self.place(number)
    }

    fn place(&mut self, number: u32) -> usize {
        let met = self.versions.iter().position(|(one, _)| *one == number);
        met.unwrap_or_else(|| {
            self.versions.push((number, VersionTotals::default()));
            self.versions.len() - 1
        })
    }

    fn whole(self) -> TypeTotals {
        TypeTotals {
            versions: self.versions.into_iter().collect(),
            ..self.totals
        }
    }
}
