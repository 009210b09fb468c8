//! The arrivals of a run under way: what commands and incidents change of them holds from now on.

use std::sync::Arc;
use std::time::Duration;

use super::live_shape::LiveShape;
use super::shape::refuse;
use super::state::Run;
use crate::engine::command::Refused;
use crate::engine::protocol::Order;
use crate::plan::live::ShapeKey;
use crate::plan::shape::parse_arrivals;
use crate::plan::{Change, Setting};

/// How long before they hold shards are told of other arrivals, so that all change at the same place of the sequence.
const AHEAD: Duration = Duration::from_millis(100);

impl Run {
    /// The arrivals after a change, which hold nothing yet; none where they stay.
    ///
    /// # Errors
    /// When it says how many users there are.
    pub(super) fn arrivals_with(&self, change: &Change) -> Result<Option<LiveShape>, Refused> {
        let (cause, remedy) = (
            "sessions arrive in this run (open model)",
            "set a rate, such as arrivals=80/s",
        );
        if let Some(users) = change.get(Setting::Users) {
            return refuse(format!("users {users}"), cause, remedy);
        }
        if let Some(text) = change.shape(ShapeKey::Stages) {
            return refuse(format!("stages {text}"), cause, remedy);
        }
        let mut shape = None;
        if let Some(Ok(arrivals)) = change.shape(ShapeKey::Arrivals).map(parse_arrivals) {
            let now = self.base(self.elapsed() + AHEAD);
            shape = Some(self.shape.with_rate(&arrivals.rate, now));
        }
        if let Some(text) = change.shape(ShapeKey::Curve) {
            let curve = self.curve(text);
            shape = Some(shape.as_ref().unwrap_or(&self.shape).with_curve(curve));
        }
        Ok(shape)
    }

    /// Other arrivals, or the share of them that the users in per cent of an incident are, hold from now on.
    pub(super) fn reshape_arrivals(&mut self, shape: Option<LiveShape>, users: u32, before: u32) {
        if shape.is_none() && users == before {
            return;
        }
        if let Some(shape) = shape {
            self.shape = shape;
        }
        let at = self.elapsed() + AHEAD;
        let next = self.shape.of_users(f64::from(users));
        if let (Some(arrivals), Some(next)) = (&mut self.arrivals, next) {
            *arrivals = Arc::new(arrivals.changed_at(at, &next));
            let told = Arc::clone(arrivals);
            self.shards.broadcast(&Order::Arrivals(told));
        }
    }
}
