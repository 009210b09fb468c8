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

    /// These settings with the number of users of others.
    #[must_use]
    pub fn with_users_of(mut self, other: &Self) -> Self {
        self.numbers[Setting::Users.place()] = other.get(Setting::Users);
        self
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
    use crate::plan::live::HeldUsers;
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
        for (overlays, held, factor, words) in [
            (vec![], HeldUsers::NONE, 1.0, "100 %"),
            (vec![&twice, &half], HeldUsers::PerCent(50.0), 0.5, "50 %"),
            (vec![&twice, &fixed], HeldUsers::Number(7.0), 1.0, "7"),
            (
                vec![&fixed, &twice],
                HeldUsers::PerCent(200.0),
                2.0,
                "200 %",
            ),
        ] {
            let under = HeldUsers::under(overlays);
            assert_eq!((under, under.factor()), (held, factor));
            assert_eq!(under.to_string(), words);
        }
    }
}
