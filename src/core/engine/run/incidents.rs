//! Incidents: they begin and end by the plan's times or by command, and what they hold is sent to the shards.

use std::time::Duration;

use tokio::time::Instant;

use super::shape::check_most;
use super::state::Run;
use crate::engine::command::{Done, IncidentCommand, Refused};
use crate::engine::incidents::IncidentEvent;
use crate::metrics::IncidentStatus;
use crate::plan::live::HeldUsers;
use crate::plan::span::show_span;
use crate::plan::{Fault, LiveSettings, Overlay};
use crate::text::did_you_mean;

impl Run {
    /// When the next incident begins or ends; none while the clock stands still.
    pub(super) fn next_incident(&self) -> Option<Instant> {
        if self.is_stopping() {
            return None;
        }
        self.clock.end_of(self.incidents.next_change()?)
    }

    /// Begins and ends what is due.
    pub(super) fn advance_incidents(&mut self) {
        let now = self.elapsed();
        while let Some(event) = self.incidents.advance(now) {
            // Why one cannot hold is in the log.
            let _ = self.on_incident(event, now);
        }
        self.publisher.publish_news();
    }

    /// The run ends, and with it the incidents that hold: the settings stay, since users only leave.
    pub(super) fn stop_incidents(&mut self) {
        let now = self.clock.age(self.now());
        for event in self.incidents.stop() {
            if let IncidentEvent::Ended { name } = event {
                self.publisher.incident_ended(&name, now);
                self.announce("incident", &format!("{name} is over, because the run ends"));
            }
        }
        self.publish_incidents();
    }

    /// Begins an incident, or ends it before its time.
    pub(super) fn incident(&mut self, command: IncidentCommand) -> Result<Done, Refused> {
        let now = self.elapsed();
        match command {
            IncidentCommand::Begin(name, lasts) => match self.incidents.begin(&name, lasts, now) {
                Some(event) => self.on_incident(event, now),
                None => Err(self.no_such_incident(&name)),
            },
            IncidentCommand::End(name) if self.incidents.cancel(&name) => {
                self.on_incident(IncidentEvent::Ended { name }, now)
            }
            IncidentCommand::End(name) if self.incidents.names().any(|known| known == name) => Err(
                Refused::NotNow(format!("the incident {name} is not under way")),
            ),
            IncidentCommand::End(name) => Err(self.no_such_incident(&name)),
        }
    }

    fn on_incident(&mut self, event: IncidentEvent, now: Duration) -> Result<Done, Refused> {
        let (before, users) = (self.settings(), self.held_users());
        let refused = self.hold_incidents(now);
        self.reshape(None, users);
        self.order_settings();
        self.publish();
        let changes = self.changes_since(&before, users.1);
        // It begins within a second of its time.
        let left = |until: Duration| {
            let left = until.saturating_sub(now).as_secs_f64().ceil();
            show_span(Duration::from_secs_f64(left))
        };
        let said = match (event, refused) {
            (IncidentEvent::Began { .. } | IncidentEvent::GoesOn { .. }, Some(refused)) => {
                Err(refused)
            }
            (IncidentEvent::Began { name, until }, None) => {
                self.publisher.incident_began(&name, now);
                let lasts = left(until);
                Ok(self.announce("incident", &format!("{name} begins, for {lasts}{changes}")))
            }
            (
                IncidentEvent::GoesOn {
                    name,
                    until,
                    is_longer,
                },
                None,
            ) => {
                let lasts = left(until);
                let said = if is_longer {
                    format!("{name} goes on, for {lasts} from now{changes}")
                } else {
                    format!("{name} holds for {lasts} from now anyway{changes}")
                };
                Ok(self.announce("incident", &said))
            }
            (IncidentEvent::Ended { name }, _) => {
                self.publisher.incident_ended(&name, now);
                Ok(self.announce("incident", &format!("{name} is over{changes}")))
            }
        };
        self.publish_incidents();
        said
    }

    /// From now on the incidents of now hold. Those that began last are over where the run cannot be as they want it: gives
    /// why.
    fn hold_incidents(&mut self, now: Duration) -> Option<Refused> {
        let mut why = None;
        while let Err(refused) = self.hold() {
            let Some(IncidentEvent::Ended { name }) = self.incidents.end_last() else {
                break;
            };
            tracing::error!("incident {name}: {refused}");
            self.record("incident", &format!("{name} cannot hold: {refused}"));
            self.publisher.incident_ended(&name, now);
            why = Some(refused);
        }
        why
    }

    /// From now on the incidents of now hold.
    fn hold(&mut self) -> Result<(), Refused> {
        let overlays: Vec<Overlay> = self.incidents.overlays().cloned().collect();
        if !self.config.plan.is_open() {
            let users = self.beneath().users();
            check_most(&self.shape, (users, HeldUsers::under(&overlays)))?;
        }
        self.deployment.overlay(overlays)
    }

    /// How the incidents stand goes into the next snapshot.
    pub(super) fn publish_incidents(&mut self) {
        let states = self.incidents.states().into_iter();
        let states = states.map(|state| IncidentStatus {
            name: state.name,
            until: state.holds.map(|(_, until)| until),
            next: state.next,
            held: Vec::new(),
        });
        self.publisher.incidents(states.collect());
    }

    /// What became other: `: users 10 -> 5, error_rate 15 -> 50`, and where users or arrivals depend on the run's time what
    /// incidents hold of them, `: users 100 % -> 50 %`. Nothing where another incident holds the same.
    fn changes_since(&self, before: &LiveSettings, held: HeldUsers) -> String {
        let mut now = self.settings();
        let mut changes = Vec::new();
        if self.shape.has_line() {
            let (_, holds) = self.held_users();
            if held != holds {
                let what = if self.config.plan.is_open() {
                    "arrivals"
                } else {
                    "users"
                };
                changes.push(format!("{what} {held} -> {holds}"));
            }
            now = now.with_users_of(before);
        }
        changes.extend(now.since(before));
        if changes.is_empty() {
            String::new()
        } else {
            format!(": {}", changes.join(", "))
        }
    }

    fn no_such_incident(&self, name: &str) -> Refused {
        let known: Vec<&str> = self.incidents.names().collect();
        let remedy = if known.is_empty() {
            "write one as [[incident]] in the plan file".to_owned()
        } else {
            format!("name one of: {}", known.join(", "))
        };
        let meant = did_you_mean(name, known.iter().copied());
        let cause = format!("does not exist{meant}");
        Refused::Invalid(vec![Fault::new(format!("incident {name}"), cause, remedy)])
    }
}
