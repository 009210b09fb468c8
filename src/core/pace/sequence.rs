use std::time::Duration;

use super::Profile;

/// The moments of arrivals at a rate that follows a [`Profile`].
///
/// Arrivals are points of a unit process put into time by the inverse of the area under the rate, so that they are a Poisson
/// process of that rate where the gaps of the unit process are exponential (Cinlar, "Introduction to Stochastic Processes",
/// 1975, 4.7; Lewis and Shedler, "Simulation of nonhomogeneous Poisson processes by thinning", 1979, section 1). A change of
/// the rate bends what is to come and takes nothing back: the gap under way goes on with what is left of it.
#[derive(Clone, Debug)]
pub struct ArrivalSequence {
    spacing: ArrivalSpacing,
    /// The last arrival, or the beginning of the run.
    at: Duration,
    /// How many there were.
    count: u64,
}

/// How far apart arrivals are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ArrivalSpacing {
    /// At random, independent of each other.
    #[default]
    Poisson,
    /// As evenly as the rate allows: number n, from 1, comes where n - 1/2 are expected.
    Even,
}

/// One arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Its number, from 0.
    pub number: u64,
    /// Its moment on the run's clock.
    pub at: Duration,
}

impl ArrivalSequence {
    /// Before the first arrival.
    pub fn new(spacing: ArrivalSpacing) -> Self {
        Self {
            spacing,
            at: Duration::ZERO,
            count: 0,
        }
    }

    /// The next arrival, for a draw from 0 to 1; none where the rate is 0 from now on, for a year at least, or the stages are
    /// over.
    pub fn next(&mut self, profile: &Profile, unit_random: f64) -> Option<Arrival> {
        let gap = match self.spacing {
            ArrivalSpacing::Even if self.count == 0 => 0.5,
            ArrivalSpacing::Even => 1.0,
            // `max` turns NaN into 0; 1 - u is above 0 for every u below 1.
            ArrivalSpacing::Poisson => -(1.0 - unit_random.max(0.0).clamp(0.0, ALMOST_ONE)).ln(),
        };
        let at = profile.when_area(self.at, gap)?;
        if profile.end().is_some_and(|end| at >= end) {
            return None;
        }
        let number = self.count;
        self.at = at;
        self.count += 1;
        Some(Arrival { number, at })
    }
}

/// The greatest number below 1.
const ALMOST_ONE: f64 = 1.0 - f64::EPSILON / 2.0;
