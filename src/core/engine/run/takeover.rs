//! The run as another process can go on with it, and how this one goes on with a run that another one led.

use std::time::Duration;

use super::state::Run;
use crate::engine::checkpoint::{Resumed, RunCheckpoint};
use crate::engine::protocol::Order;
use crate::metrics::{IncidentStatus, Phase};

/// So many numbers of orders and rosters are left out: who led the run may have used some after the checkpoint.
const SKIPPED: u64 = 1_000_000;

impl Run {
    /// The run as it is now.
    pub(super) fn checkpoint(&mut self) -> RunCheckpoint {
        let now = self.now();
        let releases = self.deployment.releases();
        RunCheckpoint {
            sums: self.publisher.sums(),
            crowd: self.config.script_config.crowd.as_deref().cloned(),
            clock: self.clock.state(now),
            shards: self.shards.state(),
            placement: self.placement.clone(),
            leaving: self.leaving.clone(),
            sessions: self.sessions.clone(),
            settings: releases.base_settings().clone(),
            revision: releases.revision(),
            release: releases.release(),
            shape: self.shape.state(),
            arrivals: self.arrivals.as_ref().map(|arrivals| arrivals.state()),
            due_arrivals: self.due_arrivals.as_ref().map(|due| due.state()),
            rules: self.monitors.memory(),
            quotas: self.protection.quotas().state(),
            breakers: self.protection.breakers(),
            shutdown: self.shutdown.state(now),
            is_torn_down: self.is_torn_down,
            left_elsewhere: self.publisher.elsewhere().clone(),
        }
    }

    /// Goes on with a run whose shards are at work: they learn anew what holds.
    pub(super) fn take_over(&mut self, resumed: Resumed) {
        let Resumed { state, age, at } = resumed;
        let age = self.source().span_of_real(age + at.elapsed());
        let RunCheckpoint {
            sums,
            crowd,
            clock,
            shards,
            placement,
            leaving,
            sessions,
            settings,
            revision,
            release,
            shape,
            arrivals,
            due_arrivals,
            rules,
            quotas,
            breakers,
            shutdown,
            is_torn_down,
            left_elsewhere,
        } = *state;
        let now = self.now();
        self.is_resumed = true;
        self.is_torn_down = is_torn_down;
        self.config.set_crowd(crowd.map(std::sync::Arc::new));
        self.clock.resume_from(clock, age, now);
        self.shutdown.resume(shutdown, age, now);
        self.shards.resume(shards);
        (self.placement, self.leaving, self.sessions) = (placement, leaving, sessions);
        // Shards that are emptying take no other map.
        if !self.is_stopping() {
            self.placement.skip(SKIPPED);
        }
        if sums.has_canary() {
            tracing::warn!(
                "the canary is not part of the checkpoint: its users go back to the stable version"
            );
        }
        let (phase, incidents) = (sums.phase(), sums.incidents().to_vec());
        let elapsed = self.clock.age(now);
        self.publisher.resume(sums, elapsed, left_elsewhere);
        self.publisher.phase(phase, now);
        self.monitors.resume(rules);
        self.protection
            .resume(quotas, breakers, SKIPPED, &self.shards);
        self.shape.resume(shape);
        if let (Some(ours), Some(theirs)) = (&mut self.arrivals, arrivals) {
            ours.resume(theirs);
            if let (Some(due), Some(state)) = (&mut self.due_arrivals, due_arrivals) {
                due.resume(state, &ours.all);
            }
        }
        if let Err(why) = self.deployment.set(settings) {
            tracing::error!("the settings of the run cannot be taken over: {why}");
        }
        // Users of other scripts than these get no roster from here, and stay with that of their last coordinator.
        let is_known = self.deployment.releases().release() == release;
        let skipped = if is_known { SKIPPED } else { 0 };
        self.deployment.skip_revisions(revision + skipped);
        self.resume_incidents(&incidents, elapsed);
        let users = f64::from(self.beneath().users());
        let (_, held) = self.held_users();
        if !self.config.plan.is_open()
            && let Some(levels) = self.shape.under(users, held)
        {
            self.deployment.set_levels(levels);
            let settings = self.beneath();
            // They were divided by the levels of the plan before.
            let _ = self.deployment.set(settings);
        }
        self.say_what_holds(phase, release);
        let gap = age.as_secs();
        self.announce(
            "takeover",
            &format!("another coordinator took over, from a checkpoint {gap} s old"),
        );
    }

    /// Incidents hold that would by now, and those that commands began.
    fn resume_incidents(&mut self, known: &[IncidentStatus], now: Duration) {
        while let Some(next) = self.incidents.next_change().filter(|next| *next <= now) {
            while self.incidents.advance(next).is_some() {}
        }
        for one in known {
            let Some(until) = one.until.filter(|until| *until > now) else {
                continue;
            };
            if !self.incidents.holding().any(|name| name == one.name) {
                self.incidents.begin(&one.name, Some(until - now), now);
            }
        }
        let overlays = self.incidents.overlays().cloned().collect();
        if let Err(why) = self.deployment.overlay(overlays) {
            tracing::error!("the incidents of the run cannot be taken over: {why}");
        }
        self.publish_incidents();
    }

    /// Orders again what shards may have heard otherwise since the checkpoint.
    fn say_what_holds(&mut self, phase: Phase, release: u32) {
        let now = self.clock.since_began(self.now());
        if self.clock.is_paused() {
            let at = self.clock.paused_at();
            self.shards.broadcast(&Order::Pause { at });
        } else if phase == Phase::Running {
            self.shards.broadcast(&Order::Resume { at: now });
        }
        self.order_settings();
        if self.deployment.releases().release() == release {
            let roster = self.deployment.next_roster();
            self.shards.broadcast(&Order::Roster(roster));
        } else {
            tracing::warn!(
                "users go on with release {release} of the scripts, which this coordinator does not \
                 have: reload them, or roll back, before you change users or weights"
            );
        }
        self.follow_placement();
        if let Some(arrivals) = &self.arrivals {
            let all = std::sync::Arc::clone(&arrivals.all);
            self.shards.broadcast(&Order::Arrivals(all));
        }
        if self.shutdown.is_draining() {
            self.shards.broadcast(&Order::Drain);
        }
        self.finish_if_idle();
    }
}
