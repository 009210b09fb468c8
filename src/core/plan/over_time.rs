//! The level of a plan over the run's time.

use std::collections::BTreeMap;
use std::time::Duration;

use super::shape::{CurvePlan, Rate, TypeCurve};
use super::{Length, Levels, Plan};
use crate::pace::{Noise, Profile, Stage};

/// How often noise changes where no curve has a day.
const NOISE_EVERY: Duration = Duration::from_secs(10);

/// Minutes of a day: noise changes in each of a curve's.
const MINUTES: u32 = 24 * 60;

/// Keeps the noise apart from what else is drawn with the run's seed.
const NOISE_SEED: u64 = 0x6E6F_6973_6520_3130;

impl Plan {
    /// The users over the run's time, of a closed run whose users change; none where they are the same after the ramp, and
    /// where sessions arrive.
    pub fn users_over_time(&self) -> Option<Levels> {
        let line = self.line().filter(|_| !self.is_open())?;
        Some(self.levels(&line))
    }

    /// Arrivals a second over the run's time; none where users stay.
    pub fn arrivals_over_time(&self) -> Option<Levels> {
        let line = self.line().filter(|_| self.is_open())?;
        Some(self.levels(&line))
    }

    /// The users or the arrivals over the run's time without spikes, curve and noise; none where the users are the same
    /// after the ramp.
    pub fn line(&self) -> Option<Profile> {
        if let Some(arrivals) = &self.shape.arrivals {
            return Some(match &arrivals.rate {
                Rate::Constant(rate) => Profile::constant(*rate),
                Rate::Stages(stages) => Profile::of_stages(stages),
            });
        }
        if self.shape.is_flat() {
            return None;
        }
        if !self.shape.stages.is_empty() {
            let line = Profile::of_stages(&self.shape.stages);
            return Some(match self.shape.end() {
                Some(_) => line,
                None => line.for_ever(),
            });
        }
        let ramp = Stage {
            over: self.ramp(),
            target: f64::from(self.users),
        };
        Some(Profile::of_stages(&[ramp]).for_ever())
    }

    /// When the run ends by its time; none where it does not.
    pub fn end(&self) -> Option<Duration> {
        self.shape.end().or(match self.length {
            Length::Duration(end) => Some(end),
            Length::Once | Length::Continuous | Length::Sessions(_) => None,
        })
    }

    /// The levels of a run whose types share this one, with what the plan says of spikes, curves and noise.
    pub fn levels(&self, line: &Profile) -> Levels {
        let run = self.shape.curve.as_ref();
        let mut levels = Levels {
            shared: self.shaped(line.clone(), run),
            curves: BTreeMap::new(),
            stages: BTreeMap::new(),
        };
        for (name, of) in &self.shape.types {
            let curve = match &of.curve {
                TypeCurve::OfRun => run,
                TypeCurve::None => None,
                TypeCurve::Own(curve) => Some(curve),
            };
            if of.has_stages() {
                let users = self.shaped(Profile::of_stages(&of.stages), curve);
                levels.stages.insert(name.clone(), users);
            } else if of.curve != TypeCurve::OfRun {
                let level = self.shaped(line.clone(), curve);
                levels.curves.insert(name.clone(), level);
            }
        }
        levels
    }

    fn shaped(&self, line: Profile, curve: Option<&CurvePlan>) -> Profile {
        let shape = &self.shape;
        let mut profile = line.with_spikes(&shape.spikes);
        if let Some(curve) = curve {
            profile = profile.with_curve(curve.curve());
        }
        if shape.noise > 0.0 {
            let day = curve.map(CurvePlan::day_length);
            profile = profile.with_noise(Noise {
                share: shape.noise,
                every: day.map_or(NOISE_EVERY, |day| day / MINUTES),
                seed: self.seed ^ NOISE_SEED,
            });
        }
        profile
    }

    /// Users that the run has at most, whatever the weights of its types are.
    pub fn most_users(&self) -> u32 {
        if let Some(arrivals) = &self.shape.arrivals {
            return arrivals.max_users;
        }
        let greatest = self.users_over_time().map(|levels| levels.greatest());
        greatest.map_or(self.users, |users| users.round().max(1.0) as u32)
    }
}
