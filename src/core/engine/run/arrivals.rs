//! The arrivals of a run under way: what commands and incidents change of them holds from now on.

use std::time::Duration;

use super::live_shape::LiveShape;
use super::shape::refuse;
use super::state::Run;
use crate::engine::command::Refused;
use crate::engine::protocol::Order;
use crate::plan::live::ShapeKey;
use crate::plan::shape::parse_arrivals;
use crate::plan::{Change, Setting};

/// How long before they hold shards receive new arrivals, so that all change at the same place of the sequence.
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

    /// A shard has ended before its time: who is due there begins no session.
    pub(super) fn lose_arrivals(&mut self, shard: usize) {
        if let Some(due) = &mut self.due_arrivals {
            due.lost(shard);
        }
    }

    /// Counts the arrivals that are due by now, as long as the run lets any begin.
    pub(super) fn count_due_arrivals(&mut self) {
        let (elapsed, is_stopping) = (self.elapsed(), self.is_stopping());
        let (Some(due), Some(arrivals)) = (&mut self.due_arrivals, &self.arrivals) else {
            return;
        };
        if !is_stopping {
            due.advance(&arrivals.all, elapsed);
        }
        self.publisher.lost_arrivals(due.unreported());
    }

    /// Tells the shards of other arrivals, if there are any: those of another shape, of the share of it that the users in per
    /// cent of an incident are, and of other weights where types have curves of their own.
    pub(super) fn follow_arrivals(&mut self) {
        let at = self.elapsed() + AHEAD;
        let (users, held) = self.held_users();
        let releases = self.deployment.releases();
        let next = self.shape.under(f64::from(users), held);
        let next = next.map(|levels| releases.arrivals(&levels));
        if let (Some(arrivals), Some(next)) = (&mut self.arrivals, next)
            && let Some(changed) = arrivals.change(at, next)
        {
            self.shards.broadcast(&Order::Arrivals(changed));
        }
    }
}
