//! How changed scripts are applied during a run.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Points by which a new version may fail more often than the old one before it is rolled back.
pub const DEFAULT_CANARY_TOLERANCE: f64 = 2.0;

/// Default duration of a canary.
pub const DEFAULT_CANARY_TIME: Duration = Duration::from_secs(20);

/// What happens when the scripts have changed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reload {
    /// When a user moves to the new version.
    pub at: ReloadAt,
    /// When a user that is to be of another type becomes one.
    pub mix_at: MixAt,
    /// The canary; none: all users at once.
    pub canary: Option<CanaryRules>,
    /// In points of failure or script-error rate (2 is from 1 % to 3 %), from 0.
    pub tolerance: f64,
}

/// When a user moves to a new version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReloadAt {
    /// Before its next step.
    #[default]
    Step,
    /// With its next session.
    Session,
    /// At once: the step under way is cancelled where it waits.
    Now,
}

/// When a user that is to be of another type leaves its session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum MixAt {
    /// When the session is over.
    #[default]
    Session,
    /// Before its next step, with `on_stop`.
    Step,
}

impl Reload {
    /// The rules of a canary with this share in per cent, with the duration of the plan; none for 0.
    pub fn canary_rules(&self, per_cent: f64) -> Option<CanaryRules> {
        let time = self.canary.map_or(DEFAULT_CANARY_TIME, |rules| rules.time);
        (per_cent > 0.0).then(|| CanaryRules {
            share: per_cent / 100.0,
            time,
        })
    }

    /// Per cent of the users that run a change first; 0: all users at once.
    pub fn canary_per_cent(&self) -> f64 {
        // A share such as 0.07 is not exactly 7 hundredths.
        self.canary
            .map_or(0.0, |rules| (rules.share * 1e8).round() / 1e6)
    }
}

/// A share of the users that runs a new version for a time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CanaryRules {
    /// Above 0, below 1.
    pub share: f64,
    /// Above zero; on the run's clock.
    pub time: Duration,
}

/// How changes of the script folders are detected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Watch {
    /// By notifications of the operating system, or by polling where these are not available.
    #[default]
    Auto,
    /// By notifications of the operating system only.
    Native,
    /// By polling: for file systems without notifications, such as network shares.
    Poll,
    /// Not at all: only a command reloads.
    Off,
}

impl Default for Reload {
    fn default() -> Self {
        Self {
            at: ReloadAt::default(),
            mix_at: MixAt::default(),
            canary: None,
            tolerance: DEFAULT_CANARY_TOLERANCE,
        }
    }
}
