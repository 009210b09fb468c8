//! What one recorder counts by type and generation, found without a look into a map.

use crate::metrics::model::version::GenerationTotals;
use crate::metrics::{MAX_GENERATIONS, Outcome, Sample, TypeId, TypeTotals};

/// Counts by type since the last batch.
#[derive(Default)]
pub(crate) struct Tallies {
    /// By the number of the type; none when nothing was counted.
    types: Vec<Option<Tally>>,
}

/// Counts of one type.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) totals: TypeTotals,
    /// In the order in which they were met. Few, and mostly one: a scan beats a map.
    generations: Vec<(u32, GenerationTotals)>,
}

impl Tallies {
    pub(crate) fn of(&mut self, kind: TypeId) -> &mut Tally {
        let at = usize::from(kind.0);
        if self.types.len() <= at {
            self.types.resize_with(at + 1, || None);
        }
        self.types[at].get_or_insert_with(Tally::default)
    }

    /// Hands over what was counted since the last time.
    pub(crate) fn take(&mut self) -> impl Iterator<Item = (TypeId, TypeTotals)> {
        let counted = (0..).map(TypeId).zip(&mut self.types);
        counted.filter_map(|(kind, tally)| Some((kind, tally.take()?.whole())))
    }
}

impl Tally {
    pub(crate) fn record(&mut self, sample: &Sample) {
        let generation = self.generation(sample.generation);
        generation.outcomes.count(sample.outcome);
        let service = sample.service.filter(|_| sample.outcome != Outcome::Cut);
        if let Some(service) = service {
            generation.service.record(service);
            self.totals.service.record(service);
            self.totals.response.record(sample.response);
        }
    }

    pub(crate) fn generation(&mut self, number: u32) -> &mut GenerationTotals {
        let met = self.generations.iter().rposition(|(one, _)| *one == number);
        let at = met.unwrap_or_else(|| self.meet(number));
        &mut self.generations[at].1
    }

    /// The place of a generation that was not met before. The oldest one makes room for it, or
    /// it is itself too old to be told apart.
    #[cold]
    fn meet(&mut self, number: u32) -> usize {
        let apart = self.generations.iter().map(|(one, _)| *one);
        let apart = apart.filter(|one| *one > 0);
        if apart.clone().count() >= MAX_GENERATIONS {
            let oldest = apart.min().unwrap_or_default();
            if number < oldest {
                return self.place(0);
            }
            let at = self.place(oldest);
            let (_, totals) = self.generations.swap_remove(at);
            let older = self.place(0);
            self.generations[older].1.add(&totals);
        }
        self.place(number)
    }

    fn place(&mut self, number: u32) -> usize {
        let met = self.generations.iter().position(|(one, _)| *one == number);
        met.unwrap_or_else(|| {
            self.generations.push((number, GenerationTotals::default()));
            self.generations.len() - 1
        })
    }

    fn whole(self) -> TypeTotals {
        TypeTotals {
            generations: self.generations.into_iter().collect(),
            ..self.totals
        }
    }
}
