//! How a shard keeps to the limits of the run, and what it tells of them.

use super::state::Floor;
use crate::engine::protection::quota;
use crate::engine::protection::quota::Share;
use crate::engine::protocol::Report;

impl Floor {
    /// From now on what happens at the limits is told, and at most so many connections are open.
    pub fn keep_limits(&self, connections: Option<u64>) {
        let (shard, reports) = (self.shard, self.reports.clone());
        self.world.limits.breakers.tell(move |news| {
            let _ = reports.send(Report::Breaker(shard, news));
        });
        let Some(connections) = connections else {
            return;
        };
        let (order, reports) = (self.seats_order.clone(), self.reports.clone());
        let seats = self.world.transport.seats();
        seats.watch(move |open| {
            let back = Report::GaveBack(shard, Share::Connections, order.get(), open as u64);
            let _ = reports.send(back);
        });
        quota::keep_to(&self.world, Share::Connections, connections);
    }

    /// Keeps to a quota, and says what it still uses.
    pub(crate) fn keep_to(&self, share: Share, limit: u64, order: u64) {
        if share == Share::Connections {
            self.seats_order.set(order);
        }
        let held = quota::keep_to(&self.world, share, limit);
        let _ = self
            .reports
            .send(Report::GaveBack(self.shard, share, order, held));
    }

    /// Says what was used of the quotas since the last time.
    pub(crate) fn report_usage(&self) {
        if !self.is_limited {
            return;
        }
        let (waited, time) = self.world.transport.seats().take_waited();
        let mut recorder = self.world.recorder.borrow_mut();
        recorder.restraint().unseated.add(waited, time);
        let usage = quota::usage_of(&self.world);
        let _ = self.reports.send(Report::Used(self.shard, usage, false));
    }

    /// Says so where users wait and there is nothing to live by.
    pub fn cry(&self) {
        let world = &self.world;
        if world.limits.turnstile.is_starved() || world.transport.seats().is_starved() {
            let passed = world.limits.turnstile.take_passed();
            let usage = quota::usage_of(world);
            world.limits.turnstile.count(passed);
            let _ = self.reports.send(Report::Used(self.shard, usage, true));
        }
    }
}
