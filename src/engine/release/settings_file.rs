//! `throng.toml` over time: a value that changes in the file is set, one that is taken out goes back to what the run
//! would be without the file, and one that stays leaves alone what was set by hand meanwhile.

use std::time::Duration;

use crate::plan::{Change, DEFAULT_CANARY_TIME, LiveSettings, Plan, Setting, Trial};

/// What the file said last, and what the run would be without it.
#[derive(Debug, Clone)]
pub struct Standing {
    said: Change,
    base: LiveSettings,
    trial_time: Duration,
}

impl Standing {
    /// At the beginning of a run, which would be that of `plan` without the file.
    pub fn new(plan: &Plan, said: Change) -> Self {
        let given = plan.reload.canary.map(|trial| trial.time);
        Self {
            said,
            base: LiveSettings::of(plan),
            trial_time: given.unwrap_or(DEFAULT_CANARY_TIME),
        }
    }

    /// The settings of a run that stood at `now`, once the file says `says`.
    pub fn read(&self, says: &Change, now: LiveSettings) -> LiveSettings {
        now.with_file(&self.said, says, &self.base)
    }

    /// The trial that begins with the next change, as long as the run was told when it began; none: it is for all at once.
    pub fn trial(&self, settings: &LiveSettings) -> Option<Trial> {
        let per_cent = settings.get(Setting::Canary);
        (per_cent > 0.0).then(|| Trial {
            share: per_cent / 100.0,
            time: self.trial_time,
        })
    }

    /// The file was taken.
    pub fn took(&mut self, now: Change) {
        self.said = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(values: &[(&str, &str)]) -> Change {
        Change::of(values.iter().copied()).expect("each value can be")
    }

    #[test]
    fn only_what_changed_in_the_file_is_set() {
        let plan = Plan::default();
        let mut standing = Standing::new(&plan, change(&[("users", "50"), ("weights.new", "10")]));
        // By hand the users were set to 70 and the error rate to 3 meanwhile.
        let by_hand = change(&[("users", "70"), ("error_rate", "3"), ("weights.new", "10")]);
        let stood = LiveSettings::of(&plan).with(&by_hand);
        let now = change(&[
            ("users", "50"),
            ("weights.new", "20"),
            ("weights.power", "5"),
        ]);
        let read = standing.read(&now, stood.clone());
        let weights = change(&[("weights.new", "20"), ("weights.power", "5")]);
        assert_eq!(read, stood.with(&weights));
        standing.took(now);
        // Taken out: the users go back to those of the plan, a weight to that of its script.
        let read = standing.read(&change(&[("weights.new", "20")]), read);
        assert_eq!(read.users(), plan.users);
        assert_eq!(read.get(Setting::ErrorRate), 3.0);
        assert_eq!(read.weights().keys().collect::<Vec<_>>(), ["new"]);
    }
}
