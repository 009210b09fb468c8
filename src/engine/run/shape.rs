//! The shape of a run under way: what commands and incidents change of it holds from now on.

use std::time::{Duration, SystemTime};

use super::live_shape::LiveShape;
use super::state::Run;
use crate::engine::command::Refused;
use crate::pace::Profile;
use crate::plan::live::{MAX_USERS, NO_CURVE, ShapeKey};
use crate::plan::shape::{CurveClock, CurvePlan, DEFAULT_TIME_ZONE, parse_curve, parse_stages};
use crate::plan::{Change, Fault, Length, LiveSettings, Setting};

impl Run {
    /// The shape after a change, which holds nothing yet; none where it stays.
    ///
    /// # Errors
    /// When the run cannot have that shape.
    pub(super) fn shape_with(&self, change: &Change) -> Result<Option<LiveShape>, Refused> {
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
        if let Some(text) = change.shape(ShapeKey::Arrivals) {
            return refuse(
                format!("arrivals {text}"),
                "the users of this run stay",
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
        if let Some(Ok(stages)) = stages.map(parse_stages) {
            let now = (self.elapsed(), f64::from(self.settings().users()));
            shape = Some(self.shape.with_stages(&stages, now));
        }
        if let Some(text) = curve {
            let curve = self.curve(text);
            shape = Some(shape.as_ref().unwrap_or(&self.shape).with_curve(curve));
        }
        let users = users.unwrap_or(f64::from(self.settings().users()));
        let most = shape.as_ref().unwrap_or(&self.shape).of_users(users);
        let most = most.map_or(0.0, |level| level.greatest());
        if most > f64::from(MAX_USERS) {
            return refuse(
                "users".to_owned(),
                &format!("would be up to {most:.0} with spikes, curve and noise, above 1,000,000"),
                "give fewer users or smaller factors",
            );
        }
        Ok(shape)
    }

    /// Another shape, or other users than `before`, hold from now on.
    pub(super) fn reshape(&mut self, shape: Option<LiveShape>, before: &LiveSettings) {
        let users = self.settings().users();
        if self.config.plan.is_open() {
            return self.reshape_arrivals(shape, users, before.users());
        }
        if shape.is_none() && users == before.users() {
            return;
        }
        if let Some(shape) = shape {
            self.shape = shape;
        }
        let Some(next) = self.shape.of_users(f64::from(users)) else {
            return;
        };
        let constant = || Profile::constant(f64::from(before.users()));
        let level = self.deployment.releases().level().cloned();
        let level = level.unwrap_or_else(constant);
        self.deployment
            .set_level(level.changed_at(self.elapsed(), &next));
    }

    /// The curve of this name by the clock of the plan's, or by that of UTC.
    pub(super) fn curve(&self, name: &str) -> Option<CurvePlan> {
        let source = parse_curve(name).ok().filter(|_| name != NO_CURVE)?;
        let planned = self.config.plan.shape.curve.as_ref();
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

fn refuse<T>(thing: String, cause: &str, remedy: &str) -> Result<T, Refused> {
    Err(Refused::Invalid(vec![Fault::new(thing, cause, remedy)]))
}
