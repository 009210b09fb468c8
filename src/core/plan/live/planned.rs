//! The values of settings in a plan.

use super::Setting;
use crate::plan::Plan;

impl Setting {
    /// Its value in a plan.
    pub(crate) fn planned(self, plan: &Plan) -> f64 {
        match self {
            Self::Users => f64::from(plan.users),
            Self::ErrorRate => plan.error_rate,
            Self::ThinkFactor => plan.think_factor,
            Self::Canary => plan.reload.canary_per_cent(),
        }
    }

    /// Sets its value in a plan.
    pub(super) fn set_in_plan(self, plan: &mut Plan, value: f64) {
        match self {
            Self::Users => plan.users = value as u32,
            Self::ErrorRate => plan.error_rate = value,
            Self::ThinkFactor => plan.think_factor = value,
            Self::Canary => plan.reload.canary = plan.reload.canary_rules(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_plan_says_is_what_it_was_told() {
        for setting in Setting::ALL {
            let mut plan = Plan::default();
            let before = setting.planned(&plan);
            setting.set_in_plan(&mut plan, before + 1.0);
            let name = setting.name();
            assert_eq!(setting.planned(&plan), before + 1.0, "{name}");
        }
    }
}
