//! The arrivals of a run under way: what commands and incidents change of them holds from now on.

use std::sync::Arc;
use std::time::Duration;

use super::state::Run;
use crate::engine::command::Refused;
use crate::engine::protocol::Order;
use crate::pace::Profile;
use crate::plan::live::ShapeKey;
use crate::plan::shape::{Arrivals, Rate, parse_arrivals};
use crate::plan::{Change, Fault, Plan, Setting};

/// How long before they hold shards are told of other arrivals, so that all change at the same place of the sequence.
const AHEAD: Duration = Duration::from_millis(100);

/// Arrivals a second over the run's time.
pub struct LiveArrivals {
    /// Without incidents, as last set.
    set: Profile,
    /// As the shards have it.
    told: Arc<Profile>,
}

impl LiveArrivals {
    /// Those of the plan; none where users stay.
    pub fn of(plan: &Plan) -> Option<Self> {
        let set = plan.arrivals_over_time()?;
        let told = Arc::new(set.clone());
        Some(Self { set, told })
    }
}

impl Run {
    /// Whether this can be changed of a run whose sessions arrive.
    ///
    /// # Errors
    /// When it is something else than a rate.
    pub(super) fn check_arrivals(&self, change: &Change) -> Result<(), Refused> {
        let (cause, remedy) = (
            "sessions arrive in this run",
            "set a rate, such as arrivals=80/s",
        );
        if let Some(users) = change.get(Setting::Users) {
            return refuse(format!("users {users}"), cause, remedy);
        }
        for (key, name) in [(ShapeKey::Stages, "stages"), (ShapeKey::Curve, "curve")] {
            if let Some(text) = change.shape(key) {
                return refuse(format!("{name} {text}"), cause, remedy);
            }
        }
        match change.shape(ShapeKey::Arrivals) {
            Some(text) if rate_of(text).is_none() => refuse(
                format!("arrivals {text}"),
                "is not one rate",
                "set one, such as arrivals=80/s",
            ),
            _ => Ok(()),
        }
    }

    /// Another rate holds from now on, with the plan's spikes, curve and noise.
    pub(super) fn set_arrivals(&mut self, change: &Change) {
        let rate = change.shape(ShapeKey::Arrivals).and_then(rate_of);
        let Some(rate) = rate else {
            return;
        };
        let set = self.config.plan.shaped(Profile::constant(rate));
        if let Some(arrivals) = &mut self.arrivals {
            arrivals.set = set;
        }
        self.tell_arrivals(self.settings().users());
    }

    /// Users in per cent, of an incident, are a share of the arrivals.
    pub(super) fn scale_arrivals(&mut self, users: u32, before: u32) {
        if users != before {
            self.tell_arrivals(users);
        }
    }

    fn tell_arrivals(&mut self, users: u32) {
        let at = self.elapsed() + AHEAD;
        let share = f64::from(users) / f64::from(self.config.plan.users);
        let Some(arrivals) = &mut self.arrivals else {
            return;
        };
        let next = arrivals.set.clone().scaled(share);
        arrivals.told = Arc::new(arrivals.told.changed_at(at, &next));
        let told = Arc::clone(&arrivals.told);
        self.shards.broadcast(&Order::Arrivals(told));
    }
}

fn refuse<T>(thing: String, cause: &str, remedy: &str) -> Result<T, Refused> {
    Err(Refused::Invalid(vec![Fault::new(thing, cause, remedy)]))
}

/// The rate that a text says; none where it says more.
fn rate_of(text: &str) -> Option<f64> {
    match parse_arrivals(text).ok()? {
        Arrivals {
            rate: Rate::Constant(rate),
            ..
        } => Some(rate),
        Arrivals { .. } => None,
    }
}
