//! The shape of a run under way: what commands and incidents change of it holds from now on.

use std::time::{Duration, SystemTime};

use super::live_shape::LiveShape;
use super::state::Run;
use crate::engine::command::Refused;
use crate::plan::live::{HeldUsers, MAX_USERS, NO_CURVE, ShapeKey};
use crate::plan::shape::{
    CurveClock, CurvePlan, DEFAULT_TIME_ZONE, parse_curve, parse_later_stages,
};
use crate::plan::{Change, Fault, Length, LiveSettings, Setting};

impl Run {
    /// The shape after a change, which holds nothing yet; none where it stays. `next` are the settings after it, beneath all
    /// incidents.
    ///
    /// # Errors
    /// When the run cannot have that shape.
    pub(super) fn shape_with(
        &self,
        change: &Change,
        next: &LiveSettings,
    ) -> Result<Option<LiveShape>, Refused> {
        if self.config.plan.is_open() {
            return self.arrivals_with(change);
        }
        let users = change.get(Setting::Users);
        let stages = change.shape(ShapeKey::Stages);
        let curve = change.shape(ShapeKey::Curve);
        if let Some(users) = users.filter(|_| stages.is_some() || self.shape.has_stages()) {
            return refuse(
                format!("users {users}"),
                "the stages say how many users there are",
                "set stages, such as stages=1m:300,10m:300",
            );
        }
        let levels = self.deployment.releases().levels();
        if let Some(users) = users.filter(|_| change.weights().is_empty())
            && levels.is_some_and(|levels| !levels.has_common())
        {
            return refuse(
                format!("users {users}"),
                "every type has stages of its own, which say how many users it has",
                "change the stages in the plan file, and begin another run",
            );
        }
        if let Some(text) = change.shape(ShapeKey::Arrivals) {
            return refuse(
                format!("arrivals {text}"),
                "this run has a number of users (closed model)",
                "set users or stages, or begin a run with --arrivals",
            );
        }
        let shape = stages.map(|text| ("stages", text));
        if let Some((key, text)) = shape.or(curve.map(|text| ("curve", text))) {
            let plan = &self.config.plan;
            if matches!(plan.length, Length::Once | Length::Sessions(_)) {
                return refuse(
                    format!("{key} {text}"),
                    "this run ends after a number of sessions",
                    "begin one with --duration, --continuous or --stage",
                );
            }
        }
        let mut shape = None;
        if let Some(Ok(stages)) = stages.map(parse_later_stages) {
            shape = Some(self.shape.with_stages(&stages, self.base(self.elapsed())));
        }
        if let Some(text) = curve {
            let curve = self.curve(text);
            shape = Some(shape.as_ref().unwrap_or(&self.shape).with_curve(curve));
        }
        for held in [HeldUsers::NONE, self.deployment.releases().held_users()] {
            check_most(shape.as_ref().unwrap_or(&self.shape), (next.users(), held))?;
        }
        Ok(shape)
    }

    /// A moment, and the users beneath all incidents: what is set while one holds is meant without it.
    pub(super) fn base(&self, at: Duration) -> (Duration, f64) {
        (at, f64::from(self.beneath().users()))
    }

    /// The setting of the users beneath all incidents, and what those hold of it.
    pub(super) fn held_users(&self) -> (u32, HeldUsers) {
        let releases = self.deployment.releases();
        (releases.base_settings().users(), releases.held_users())
    }

    /// Another shape, or other users than `before`, hold from now on.
    pub(super) fn reshape(&mut self, shape: Option<LiveShape>, before: (u32, HeldUsers)) {
        let (users, held) = self.held_users();
        let is_same = shape.is_none() && (users, held) == before;
        if let Some(shape) = shape {
            self.shape = shape;
        }
        if self.config.plan.is_open() {
            return self.follow_arrivals();
        }
        if is_same {
            return;
        }
        // What was before is over for every user, so that nothing adds up over many changes.
        if let Some(levels) = self.shape.under(f64::from(users), held) {
            self.deployment.set_levels(levels);
        }
    }

    /// The curve of this name by the clock of the plan's, or by that of UTC.
    pub(super) fn curve(&self, name: &str) -> Option<CurvePlan> {
        let source = parse_curve(name).ok().filter(|_| name != NO_CURVE)?;
        let planned = self.config.plan.shape.curves().next();
        let clock = planned.map_or_else(
            || {
                let now = self.source().time_of_day();
                let now = now.duration_since(SystemTime::UNIX_EPOCH);
                CurveClock::Real {
                    zone: DEFAULT_TIME_ZONE.to_owned(),
                    began: now.unwrap_or(Duration::ZERO).saturating_sub(self.elapsed()),
                }
            },
            |curve| curve.clock.clone(),
        );
        Some(CurvePlan::new(source, clock))
    }
}

/// Refuses more users than a run may have, by a shape with this setting of them, of which incidents hold this, in a closed
/// crowd.
///
/// # Errors
/// When there would be more.
pub(super) fn check_most(
    shape: &LiveShape,
    (users, held): (u32, HeldUsers),
) -> Result<(), Refused> {
    let level = shape.under(f64::from(users), held);
    let most = level.map_or(0.0, |levels| levels.greatest());
    if most > f64::from(MAX_USERS) {
        return refuse(
            "users".to_owned(),
            &format!("would be up to {most:.0} with spikes, curve and noise, above 1,000,000"),
            "give fewer users or smaller factors",
        );
    }
    Ok(())
}

/// Refuses a change: what it is about, why not, and what to do.
///
/// # Errors
/// Always.
pub(super) fn refuse<T>(thing: String, cause: &str, remedy: &str) -> Result<T, Refused> {
    Err(Refused::Invalid(vec![Fault::new(thing, cause, remedy)]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pace::Spike;
    use crate::plan::Plan;

    #[test]
    fn more_users_than_a_run_may_have_are_refused_with_and_without_an_incident() {
        let mut plan = Plan::default();
        plan.shape.spikes = vec![Spike {
            at: Duration::from_secs(60),
            over: Duration::from_secs(60),
            factor: 4.0,
        }];
        let shape = LiveShape::new(&plan);
        let users = |users: u32, held: HeldUsers| check_most(&shape, (users, held));
        assert!(users(250_000, HeldUsers::NONE).is_ok());
        assert!(users(250_001, HeldUsers::Number(1.0)).is_ok());
        assert!(users(200_000, HeldUsers::PerCent(200.0)).is_err());
        let refused = users(250_001, HeldUsers::NONE).expect_err("it is too many");
        assert!(refused.to_string().contains("up to 1000004"), "{refused}");
    }
}
