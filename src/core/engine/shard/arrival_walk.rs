//! The run's sequence of arrivals, one after the other: that of the types which share a rate, and those of types with a rate
//! of their own, merged in the order of time. Pure: it knows no clock.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::metrics::TypeId;
use crate::pace::{Arrival, ArrivalSequence, ArrivalSpacing, Profile};
use crate::plan::TypeLevels;
use crate::random::{Purpose, Stream};

/// An arrival of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coming {
    /// Its place in the merged sequence, and its moment.
    pub arrival: Arrival,
    /// Its type, where that has a rate of its own; none: it draws one by the weights of the others.
    pub kind: Option<TypeId>,
}

/// A place in the run's sequence of arrivals.
#[derive(Clone)]
pub struct Walk {
    seed: u64,
    spacing: ArrivalSpacing,
    /// How many came.
    count: u64,
    /// The rates by which the next arrival of each source was looked for.
    levels: Option<Arc<TypeLevels>>,
    common: Source,
    own: BTreeMap<u16, Source>,
}

/// The arrivals by one rate.
#[derive(Clone)]
struct Source {
    last: Place,
    /// The next one by the rates of now, if it was looked for; none in it: there are no more.
    next: Option<Option<(Duration, Place)>>,
}

#[derive(Clone)]
struct Place {
    sequence: ArrivalSequence,
    gaps: Stream,
}

impl Walk {
    /// Before the first arrival.
    pub fn new(seed: u64, spacing: ArrivalSpacing) -> Self {
        Self {
            seed,
            spacing,
            count: 0,
            levels: None,
            common: Source::new(seed, spacing, 0),
            own: BTreeMap::new(),
        }
    }

    /// The next arrival by these rates; none where no more come. Where they are other ones than before, each source looks again
    /// from its last arrival on.
    pub fn next(&mut self, levels: &Arc<TypeLevels>) -> Option<Coming> {
        let first = self.first(levels)?;
        self.take(first)
    }

    /// The next arrival, if its moment is not after this one.
    pub fn next_until(&mut self, levels: &Arc<TypeLevels>, until: Duration) -> Option<Coming> {
        let first = self.first(levels).filter(|(at, _)| *at <= until)?;
        self.take(first)
    }

    /// The moment of the next arrival, and its source.
    fn first(&mut self, levels: &Arc<TypeLevels>) -> Option<(Duration, Option<u16>)> {
        let known = self.levels.as_ref();
        if !known.is_some_and(|known| Arc::ptr_eq(known, levels)) {
            self.common.next = None;
            for kind in levels.own.keys() {
                let fresh = || Source::new(self.seed, self.spacing, u64::from(*kind) + 1);
                self.own.entry(*kind).or_insert_with(fresh).next = None;
            }
            self.own.retain(|kind, _| levels.own.contains_key(kind));
            self.levels = Some(Arc::clone(levels));
        }
        let mut first = self.common.at(&levels.common).map(|at| (at, None));
        for (kind, source) in &mut self.own {
            let at = source.at(levels.of(*kind));
            // Of two at one moment that of the smaller number is first.
            if let Some(at) = at.filter(|at| first.is_none_or(|(before, _)| *at < before)) {
                first = Some((at, Some(*kind)));
            }
        }
        first
    }

    fn take(&mut self, (at, kind): (Duration, Option<u16>)) -> Option<Coming> {
        match kind {
            Some(kind) => self.own.get_mut(&kind)?.take(),
            None => self.common.take(),
        }
        let number = self.count;
        self.count += 1;
        Some(Coming {
            arrival: Arrival { number, at },
            kind: kind.map(TypeId),
        })
    }
}

impl Source {
    /// Each has random numbers of its own.
    fn new(seed: u64, spacing: ArrivalSpacing, number: u64) -> Self {
        Self {
            last: Place {
                sequence: ArrivalSequence::new(spacing),
                gaps: Stream::new(seed, number, Purpose::Arrivals),
            },
            next: None,
        }
    }

    /// The moment of the next one.
    fn at(&mut self, rate: &Profile) -> Option<Duration> {
        let next = self.next.get_or_insert_with(|| {
            let mut place = self.last.clone();
            let arrival = place.sequence.next(rate, place.gaps.float())?;
            Some((arrival.at, place))
        });
        next.as_ref().map(|(at, _)| *at)
    }

    /// The next one has come.
    fn take(&mut self) {
        if let Some((_, place)) = self.next.take().flatten() {
            self.last = place;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pace::Curve;

    fn levels(common: f64, own: &[(u16, f64)]) -> Arc<TypeLevels> {
        let own = own
            .iter()
            .map(|(kind, rate)| (*kind, Profile::constant(*rate)));
        Arc::new(TypeLevels {
            common: Profile::constant(common),
            own: own.collect(),
        })
    }

    fn walk(levels: &Arc<TypeLevels>, spacing: ArrivalSpacing, count: usize) -> Vec<Coming> {
        let mut walk = Walk::new(7, spacing);
        std::iter::from_fn(|| walk.next(levels))
            .take(count)
            .collect()
    }

    #[test]
    fn without_own_rates_it_is_the_one_sequence() {
        let levels = levels(10.0, &[]);
        let mut sequence = ArrivalSequence::new(ArrivalSpacing::Poisson);
        let mut gaps = Stream::new(7, 0, Purpose::Arrivals);
        for coming in walk(&levels, ArrivalSpacing::Poisson, 1_000) {
            let arrival = sequence.next(&levels.common, gaps.float());
            assert_eq!(Some(coming.arrival), arrival);
            assert_eq!(coming.kind, None);
        }
    }

    #[test]
    fn own_rates_are_merged_by_time_and_numbered_in_that_order() {
        let levels = levels(2.0, &[(1, 1.0), (4, 0.5), (5, 0.0)]);
        let even = walk(&levels, ArrivalSpacing::Even, 14);
        let seen: Vec<(u64, u64, Option<u16>)> = even
            .iter()
            .map(|coming| {
                let Arrival { number, at } = coming.arrival;
                (
                    number,
                    at.as_millis() as u64,
                    coming.kind.map(|kind| kind.0),
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                (0, 250, None),
                (1, 500, Some(1)),
                (2, 750, None),
                (3, 1_000, Some(4)),
                (4, 1_250, None),
                (5, 1_500, Some(1)),
                (6, 1_750, None),
                (7, 2_250, None),
                (8, 2_500, Some(1)),
                (9, 2_750, None),
                (10, 3_000, Some(4)),
                (11, 3_250, None),
                (12, 3_500, Some(1)),
                (13, 3_750, None),
            ]
        );
        let poisson = walk(&levels, ArrivalSpacing::Poisson, 7_000);
        let ordered = poisson.windows(2).all(|two| {
            two[0].arrival.at <= two[1].arrival.at
                && two[0].arrival.number + 1 == two[1].arrival.number
        });
        assert!(ordered);
        for (kind, expected) in [(None, 4_000_usize), (Some(1), 2_000), (Some(4), 1_000)] {
            let count = poisson
                .iter()
                .filter(|coming| coming.kind == kind.map(TypeId))
                .count();
            // About three standard deviations.
            assert!(count.abs_diff(expected) < 130, "{kind:?}: {count}");
        }
    }

    #[test]
    fn a_curve_of_its_own_reaches_its_24_points_and_leaves_the_others_alone() {
        let hour = Duration::from_secs(3_600);
        let factor = |hour: u32| f64::from(hour % 12) / 5.5;
        let points: Vec<_> = (0..24).map(|at| (hour * at, factor(at))).collect();
        let curve = Curve::new(hour * 24, &points, Duration::ZERO);
        let own = Profile::constant(1.0).with_curve(curve);
        let levels = Arc::new(TypeLevels {
            common: Profile::constant(0.5),
            own: BTreeMap::from([(1, own)]),
        });
        let day = walk(&levels, ArrivalSpacing::Even, 200_000);
        let count = |kind: Option<u16>, from: Duration, until: Duration| {
            let is_in = |at: Duration| from <= at && at < until;
            let coming = day.iter().filter(|coming| coming.kind == kind.map(TypeId));
            coming.filter(|coming| is_in(coming.arrival.at)).count() as f64
        };
        for at in 0..24 {
            // The straight lines to the point and from it.
            let (before, after) = (factor(at + 23), factor(at + 1));
            let mean = (before + 6.0 * factor(at) + after) / 8.0;
            let half = hour / 2;
            // The walk is of one day and a part of the next.
            let middle = hour * (if at == 0 { 24 } else { at });
            let came = count(Some(1), middle - half, middle + half);
            let expected = mean * hour.as_secs_f64();
            assert!(
                (came - expected).abs() <= 0.02 * expected + 1.0,
                "{at}: {came} not {expected}"
            );
            let others = count(None, middle - half, middle + half);
            assert!((others - 1_800.0).abs() <= 1.0, "{at}: {others}");
        }
    }

    #[test]
    fn other_rates_hold_from_their_moment_on_for_each_source() {
        let before = levels(1.0, &[(1, 1.0)]);
        let mut walk = Walk::new(7, ArrivalSpacing::Even);
        for _ in 0..4 {
            walk.next(&before);
        }
        // Both had their second one at 1.5 s.
        let change = Duration::from_secs(2);
        let after = before.changed_at(change, &levels(0.0, &[(1, 4.0), (2, 10.0)]));
        let after = Arc::new(after);
        let coming: Vec<_> = std::iter::from_fn(|| walk.next(&after)).take(5).collect();
        let at = |millis| Duration::from_millis(millis);
        let seen: Vec<_> = coming
            .iter()
            .map(|coming| (coming.arrival.at, coming.kind.map(|kind| kind.0)))
            .collect();
        assert_eq!(
            seen,
            [
                (at(2_050), Some(2)),
                (at(2_125), Some(1)),
                (at(2_150), Some(2)),
                (at(2_250), Some(2)),
                (at(2_350), Some(2)),
            ]
        );
        assert_eq!(coming[0].arrival.number, 4);
    }
}
