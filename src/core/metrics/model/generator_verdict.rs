//! The verdict on the generator over a whole run: may its figures be believed?

use serde::{Deserialize, Serialize};

use super::generator::Generator;

/// With fewer seconds there is no verdict: one of them would decide it.
pub const LEAST_JUDGED_SECONDS: u64 = 5;

/// Share of the seconds from which the figures are invalid.
pub const INVALID_SHARE: f64 = 0.05;

/// Share of the seconds from which they are doubtful.
pub const DOUBTFUL_SHARE: f64 = 0.01;

/// Share of an open plan that has to be sent.
pub const LEAST_SENT: f64 = 0.95;

/// In a short run a single second is more than [`DOUBTFUL_SHARE`], and one of late timers happens on every machine: so many
/// seconds it takes at least for either verdict. Events, such as requests that could not be sent, are doubtful from the first.
const DOUBTFUL_SECONDS: u64 = 2;
const INVALID_SECONDS: u64 = 3;

/// What the figures of a run are worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GeneratorVerdict {
    /// The generator kept up.
    Valid,
    /// In some seconds it did not, or `--max-users` was too small.
    Doubtful,
    /// In many seconds it did not, or it sent less than the plan.
    Invalid,
}

impl GeneratorVerdict {
    pub const ALL: [Self; 3] = [Self::Valid, Self::Doubtful, Self::Invalid];

    /// The word for it, everywhere.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Doubtful => "doubtful",
            Self::Invalid => "invalid",
        }
    }

    /// Of a generator so far; none while too little was judged.
    pub fn of(generator: &Generator) -> Option<Self> {
        let (judged, faulty) = (generator.judged, generator.faulty);
        let is_incomplete = generator.uncounted > 0 || generator.lost_workers > 0;
        if judged < LEAST_JUDGED_SECONDS {
            return is_incomplete.then_some(Self::Doubtful);
        }
        let share = faulty as f64 / judged as f64;
        let sent = generator.sent();
        let has_few = faulty < DOUBTFUL_SECONDS && generator.with_events == 0;
        Some(
            if share >= INVALID_SHARE && faulty >= INVALID_SECONDS
                || sent.is_some_and(|sent| sent < LEAST_SENT)
            {
                Self::Invalid
            } else if share >= DOUBTFUL_SHARE && !has_few
                || generator.planned.dropped_max_users > 0
                || is_incomplete
            {
                Self::Doubtful
            } else {
                Self::Valid
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::GeneratorVerdict::*;
    use super::*;
    use crate::metrics::model::generator::Planned;

    fn generator(judged: u64, faulty: u64, with_events: u64) -> Generator {
        Generator {
            judged,
            faulty,
            with_events,
            ..Generator::default()
        }
    }

    #[test]
    fn what_workers_counted_and_did_not_arrive_is_no_valid_run() {
        for (judged, uncounted, lost_workers) in [(60, 1, 0), (60, 0, 1), (1, 1, 0)] {
            let incomplete = Generator {
                uncounted,
                lost_workers,
                ..generator(judged, 0, 0)
            };
            assert_eq!(GeneratorVerdict::of(&incomplete), Some(Doubtful));
        }
    }

    #[test]
    fn what_was_due_on_lost_workers_is_a_part_of_the_plan_that_was_not_sent() {
        for (lost_arrivals, verdict) in [(52, Doubtful), (53, Invalid)] {
            let lost = Generator {
                lost_workers: 1,
                lost_arrivals,
                planned: Planned {
                    arrivals: 1_000,
                    ..Planned::default()
                },
                ..generator(60, 0, 0)
            };
            assert_eq!(
                GeneratorVerdict::of(&lost),
                Some(verdict),
                "{lost_arrivals}"
            );
        }
    }

    #[test]
    fn the_share_of_the_seconds_decides() {
        for (judged, faulty, with_events, verdict) in [
            (0, 0, 0, None),
            (4, 4, 4, None),
            (5, 0, 0, Some(Valid)),
            (5, 5, 0, Some(Invalid)),
            // One late second of a short run is noise, one in which requests were not sent is none.
            (20, 1, 0, Some(Valid)),
            (20, 1, 1, Some(Doubtful)),
            (20, 2, 0, Some(Doubtful)),
            (20, 3, 0, Some(Invalid)),
            (60, 2, 0, Some(Doubtful)),
            (60, 3, 0, Some(Invalid)),
            (100, 4, 0, Some(Doubtful)),
            (100, 5, 0, Some(Invalid)),
            (1_000, 9, 9, Some(Valid)),
            (1_000, 10, 0, Some(Doubtful)),
            (1_000, 49, 0, Some(Doubtful)),
            (1_000, 50, 0, Some(Invalid)),
        ] {
            let of = generator(judged, faulty, with_events);
            assert_eq!(
                GeneratorVerdict::of(&of),
                verdict,
                "{faulty} of {judged}, {with_events} with events"
            );
        }
    }

    #[test]
    fn an_open_plan_is_sent_to_95_per_cent_and_drops_at_max_users_are_doubtful() {
        for (arrivals, dropped, dropped_max_users, verdict) in [
            (1_000, 0, 0, Valid),
            (1_000, 1, 0, Valid),
            (1_000, 1, 1, Doubtful),
            (1_000, 50, 50, Doubtful),
            (1_000, 51, 51, Invalid),
            (1_000, 51, 0, Invalid),
        ] {
            let of = Generator {
                planned: Planned {
                    arrivals,
                    dropped,
                    dropped_max_users,
                },
                ..generator(60, 0, 0)
            };
            assert_eq!(GeneratorVerdict::of(&of), Some(verdict), "{:?}", of.planned);
        }
    }
}
