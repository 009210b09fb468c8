//! `throng.toml` over time: a value that changes in the file is set, one that is taken out goes back to what the run
//! would be without the file, and one that stays leaves alone what was set by a command in the meantime.

use std::time::Duration;

use crate::plan::{CanaryRules, Change, DEFAULT_CANARY_TIME, LiveSettings, Plan, Setting};

/// What the file said last, and what the run would be without it.
#[derive(Debug, Clone)]
pub struct SettingsFile {
    said: Change,
    base: LiveSettings,
    canary_time: Duration,
    /// Whether a search sets the level, whatever the file says of it.
    is_search: bool,
}

impl SettingsFile {
    /// At the beginning of a run, whose settings would be `base` without the file.
    pub fn new(plan: &Plan, said: Change, base: LiveSettings) -> Self {
        let given = plan.reload.canary.map(|rules| rules.time);
        let mut file = Self {
            said: Change::default(),
            base,
            canary_time: given.unwrap_or(DEFAULT_CANARY_TIME),
            is_search: plan.search.is_some(),
        };
        file.accept(said);
        file
    }

    /// The settings of a run that stood at `now`, once the file says `says`.
    pub fn read(&self, says: &Change, now: LiveSettings) -> LiveSettings {
        now.with_file(&self.said, &self.followed(says), &self.base)
    }

    /// What is new in the file once it says `says`.
    pub fn change(&self, says: &Change) -> Change {
        self.followed(says).since(&self.said)
    }

    /// The rules of a canary of the next change, as long as the run said when it began; none where it is for all at once.
    pub fn canary_rules(&self, settings: &LiveSettings) -> Option<CanaryRules> {
        let per_cent = settings.get(Setting::Canary);
        (per_cent > 0.0).then(|| CanaryRules {
            share: per_cent / 100.0,
            time: self.canary_time,
        })
    }

    /// The file was accepted.
    pub fn accept(&mut self, now: Change) {
        self.said = self.followed(&now);
    }

    /// What of the file the run follows.
    fn followed(&self, says: &Change) -> Change {
        match self.is_search {
            true => says.clone().without_level(),
            false => says.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(values: &[(&str, &str)]) -> Change {
        Change::of(values.iter().copied()).expect("each value can be")
    }

    #[test]
    fn a_search_keeps_its_level_whatever_the_file_says() {
        let slo = crate::plan::parse_slo("slo", "p95 < 1s").expect("it is an objective");
        let plan = Plan::default().searching(crate::plan::SearchPlan::new(slo, 4.0, 90.0, false));
        let said = change(&[("users", "50"), ("error_rate", "3")]);
        let mut settings_file = SettingsFile::new(&plan, said, LiveSettings::of(&plan));
        let level = LiveSettings::of(&plan).with(&change(&[("users", "8")]));
        for says in [
            change(&[("users", "60"), ("stages", "1m:9"), ("error_rate", "5")]),
            change(&[("error_rate", "5")]),
        ] {
            let read = settings_file.read(&says, level.clone());
            assert_eq!(read.users(), 8);
            assert_eq!(read.get(Setting::ErrorRate), 5.0);
            assert_eq!(settings_file.change(&says), change(&[("error_rate", "5")]));
        }
        settings_file.accept(change(&[("users", "60")]));
        assert_eq!(settings_file.read(&Change::default(), level).users(), 8);
    }

    #[test]
    fn only_what_changed_in_the_file_is_set() {
        let plan = Plan::default();
        let said = change(&[("users", "50"), ("weights.new", "10")]);
        let mut settings_file = SettingsFile::new(&plan, said, LiveSettings::of(&plan));
        // By hand the users were set to 70 and the error rate to 3 meanwhile.
        let by_command = change(&[("users", "70"), ("error_rate", "3"), ("weights.new", "10")]);
        let stood = LiveSettings::of(&plan).with(&by_command);
        let now = change(&[
            ("users", "50"),
            ("weights.new", "20"),
            ("weights.power", "5"),
        ]);
        let read = settings_file.read(&now, stood.clone());
        let weights = change(&[("weights.new", "20"), ("weights.power", "5")]);
        assert_eq!(read, stood.with(&weights));
        settings_file.accept(now);
        // Taken out: the users go back to those of the plan, a weight to that of its script.
        let read = settings_file.read(&change(&[("weights.new", "20")]), read);
        assert_eq!(read.users(), plan.users);
        assert_eq!(read.get(Setting::ErrorRate), 3.0);
        assert_eq!(read.weights().keys().collect::<Vec<_>>(), ["new"]);
    }
}
