//! How changed scripts reach users who are out.

use std::time::Duration;

/// Points by which a new version may fail more often than the old one before it is rolled back.
pub const DEFAULT_CANARY_TOLERANCE: f64 = 2.0;

/// How long a canary takes when only its share was given.
pub const DEFAULT_CANARY_TIME: Duration = Duration::from_secs(20);

/// What happens when the scripts have changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reload {
    /// When a user moves to the new version.
    pub at: ReloadAt,
    /// Who tries it first; none: it is for all at once.
    pub canary: Option<CanaryRules>,
    /// In points of failure or script-error rate (2 is from 1 % to 3 %), from 0.
    pub tolerance: f64,
}

/// When a user moves to a new version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReloadAt {
    /// Before its next step.
    #[default]
    Step,
    /// With its next session.
    Session,
    /// At once: the step under way is cut where it waits.
    Now,
}

impl Reload {
    /// The rules of a canary with this share in per cent, as long as the plan says; none where it is 0.
    pub fn canary_rules(&self, per_cent: f64) -> Option<CanaryRules> {
        let time = self.canary.map_or(DEFAULT_CANARY_TIME, |rules| rules.time);
        (per_cent > 0.0).then(|| CanaryRules {
            share: per_cent / 100.0,
            time,
        })
    }

    /// Per cent of the users that try a change first; 0 is that it is for all at once.
    pub fn canary_per_cent(&self) -> f64 {
        // A share such as 0.07 is not 7 hundredths to the last bit.
        self.canary
            .map_or(0.0, |rules| (rules.share * 1e8).round() / 1e6)
    }
}

/// A share of the users that try a new version for a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CanaryRules {
    /// Above 0, below 1.
    pub share: f64,
    /// Above zero; on the run's clock.
    pub time: Duration,
}

/// How a change of the script folders is noticed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Watch {
    /// The system's own watching; where that cannot be had, by looking again and again.
    #[default]
    Auto,
    /// The system's own watching, or no run.
    Native,
    /// By looking again and again: for file systems that tell nothing, such as network shares.
    Poll,
    /// Not at all: only a command reloads.
    Off,
}

impl Default for Reload {
    fn default() -> Self {
        Self {
            at: ReloadAt::default(),
            canary: None,
            tolerance: DEFAULT_CANARY_TOLERANCE,
        }
    }
}
