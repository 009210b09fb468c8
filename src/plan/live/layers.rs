//! Live settings under incidents.

use super::{LiveSettings, Overlay, Setting};

impl LiveSettings {
    /// These settings under incidents, in the order in which they began: of two that hold the same setting the later one
    /// wins, so users in per cent are of the number beneath all of them.
    #[must_use]
    pub fn under<'a>(&self, overlays: impl IntoIterator<Item = &'a Overlay>) -> Self {
        let mut settings = self.clone();
        for overlay in overlays {
            settings = settings.with(&overlay.change);
            if let Some(per_cent) = overlay.users_per_cent {
                settings.set_users(f64::from(self.users()) * per_cent / 100.0);
            }
            if overlay.step.is_some() {
                settings.step.clone_from(&overlay.step);
            }
        }
        settings
    }

    /// By how much users who are not set by number are multiplied: the last per cent of an incident, unless a later one sets a
    /// number of users.
    pub fn users_factor(overlays: &[Overlay]) -> f64 {
        overlays.iter().fold(1.0, |factor, overlay| {
            let is_number = overlay.change.get(Setting::Users).is_some();
            let before = if is_number { 1.0 } else { factor };
            overlay.users_per_cent.map_or(before, |share| share / 100.0)
        })
    }

    /// Users as a whole number within the bounds of the setting.
    fn set_users(&mut self, users: f64) {
        let most = f64::from(super::MAX_USERS);
        self.numbers[Setting::Users.place()] = users.round().clamp(1.0, most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Change, Plan};

    fn overlay(values: &[(&str, &str)]) -> Overlay {
        Overlay {
            change: Change::of(values.iter().copied()).expect("each value is valid"),
            ..Overlay::default()
        }
    }

    #[test]
    fn the_later_of_two_incidents_wins_and_what_is_beneath_stays() {
        let base = LiveSettings::of(&Plan::default());
        let failing = overlay(&[("error_rate", "60"), ("think_factor", "2")]);
        let rush = Overlay {
            users_per_cent: Some(300.0),
            step: Some("checkout".to_owned()),
            ..overlay(&[("error_rate", "30"), ("weights.new", "9")])
        };
        let both = base.under([&failing, &rush]);
        assert_eq!(both.get(Setting::ErrorRate), 30.0);
        assert_eq!(both.get(Setting::ThinkFactor), 2.0);
        assert_eq!(both.users(), 3 * base.users());
        assert_eq!(both.step(), Some("checkout"));
        assert_eq!(both.weights().get("new"), Some(&9.0));
        let swapped = base.under([&rush, &failing]);
        assert_eq!(swapped.get(Setting::ErrorRate), 60.0);
        assert_eq!(base.under([]), base);
    }

    #[test]
    fn users_in_per_cent_are_of_the_number_beneath_all_and_within_bounds() {
        let base = LiveSettings::of(&Plan::default());
        let per_cent = |share| Overlay {
            users_per_cent: Some(share),
            ..Overlay::default()
        };
        let (twice, half) = (per_cent(200.0), per_cent(50.0));
        assert_eq!(base.under([&twice, &half]).users(), base.users() / 2);
        assert_eq!(base.under([&per_cent(0.0)]).users(), 1);
        assert_eq!(
            base.under([&per_cent(1e12)]).users(),
            super::super::MAX_USERS
        );
        let fixed = overlay(&[("users", "7")]);
        assert_eq!(base.under([&twice, &fixed]).users(), 7);
        let factor = |overlays: &[Overlay]| LiveSettings::users_factor(overlays);
        assert_eq!(factor(&[]), 1.0);
        assert_eq!(factor(&[twice.clone(), half.clone()]), 0.5);
        assert_eq!(factor(&[twice.clone(), fixed.clone()]), 1.0);
        assert_eq!(factor(&[fixed, twice]), 2.0);
    }
}
