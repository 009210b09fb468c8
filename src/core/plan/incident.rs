//! Incidents: what holds for a while in place of the settings, and when.

use std::collections::BTreeSet;
use std::time::Duration;

use super::Fault;
use super::live::{Overlay, Setting};
use super::span::{DAY, show_span};

/// One incident of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Incident {
    /// Its name, which no other has.
    pub name: String,
    /// When it begins by itself.
    pub starts: Starts,
    /// How long it lasts.
    pub lasts: Duration,
    /// What holds meanwhile.
    pub overlay: Overlay,
}

/// When an incident begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Starts {
    /// Only when someone asks for it.
    OnCommand,
    /// Once, at this age of the run.
    At(Duration),
    /// Every day at this time of day, as seconds since midnight.
    Daily(Duration),
    /// At random moments, seeded: on average once in this time, from start to start.
    Random { every: Duration },
}

/// The shortest incident: what a run is doing is shown and judged by the second.
pub const SHORTEST_INCIDENT: Duration = Duration::from_secs(1);

impl Incident {
    /// What is wrong with it, apart from its name; in an open crowd, sessions arrive.
    pub(super) fn faults(&self, is_open: bool, faults: &mut Vec<Fault>) {
        let mut fault = |what: &str, cause: &str, remedy: &str| {
            let thing = format!("incident {}{what}", self.name);
            faults.push(Fault::new(thing, cause, remedy));
        };
        if self.lasts < SHORTEST_INCIDENT {
            fault(
                &format!(": for {}", show_span(self.lasts)),
                "must be at least 1s",
                "give a time such as for = \"2m\"",
            );
        }
        match self.starts {
            Starts::Daily(time) if time >= DAY => fault(
                ": daily",
                "is not a time of day",
                "give one such as daily = \"14:00\"",
            ),
            Starts::Random { every } if every <= self.lasts => fault(
                &format!(": every {}", show_span(every)),
                "is no longer than the incident itself, which would never be over",
                "give a longer time, such as random = { every = \"30m\", for = \"2m\" }",
            ),
            _ => {}
        }
        if self.overlay.is_empty() {
            fault(
                "",
                "changes nothing",
                "say what holds meanwhile, such as error_rate = 50, users = \"300%\" or step = \"checkout\"",
            );
        }
        if let Some(users) = self.overlay.change.get(Setting::Users)
            && is_open
        {
            fault(
                &format!(": users {users}"),
                "sessions arrive in this run (open model)",
                "give a percentage of the arrivals, such as users = \"300%\"",
            );
        }
        if let Some(per_cent) = self.overlay.users_per_cent
            && !(per_cent > 0.0 && per_cent.is_finite())
        {
            fault(
                &format!(": users {per_cent}%"),
                "must be above 0 %",
                "give a percentage such as users = \"300%\", or a whole number of users",
            );
        }
    }
}

/// The faults of all incidents; in an open crowd, sessions arrive.
pub(super) fn faults(incidents: &[Incident], is_open: bool, faults: &mut Vec<Fault>) {
    let mut names = BTreeSet::new();
    for incident in incidents {
        let is_new = names.insert(incident.name.as_str());
        faults.extend(name_fault(&incident.name, is_new));
        incident.faults(is_open, faults);
    }
}

/// What is wrong with the name of an incident; `is_new`: no incident before it has it.
pub(super) fn name_fault(name: &str, is_new: bool) -> Option<Fault> {
    if name.is_empty() {
        return Some(Fault::new(
            "incident",
            "has no name",
            "give one such as name = \"slow payment\"",
        ));
    }
    (!is_new).then(|| {
        Fault::new(
            format!("incident {name}"),
            "is there twice",
            "give each incident a name of its own",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Change;

    fn incident(name: &str, starts: Starts) -> Incident {
        Incident {
            name: name.to_owned(),
            starts,
            lasts: Duration::from_secs(120),
            overlay: Overlay {
                change: Change::of([("error_rate", "50")]).expect("it is valid"),
                ..Overlay::default()
            },
        }
    }

    #[test]
    fn every_fault_is_said_at_once() {
        let minute = Duration::from_secs(60);
        let fine = incident("failing", Starts::At(minute));
        let mut found = Vec::new();
        super::faults(std::slice::from_ref(&fine), true, &mut found);
        assert_eq!(found, []);
        let wrong = [
            fine.clone(),
            fine,
            incident("late", Starts::Daily(DAY)),
            incident("often", Starts::Random { every: minute }),
            Incident {
                lasts: Duration::ZERO,
                overlay: Overlay::default(),
                ..incident("", Starts::OnCommand)
            },
            Incident {
                overlay: Overlay {
                    users_per_cent: Some(-1.0),
                    ..Overlay::default()
                },
                ..incident("nobody", Starts::OnCommand)
            },
        ];
        super::faults(&wrong, false, &mut found);
        let said: Vec<String> = found.iter().map(Fault::to_string).collect();
        for (place, part) in [
            "incident failing: is there twice",
            "incident late: daily: is not a time of day",
            "incident often: every 1m: is no longer than",
            "incident: has no name",
            "incident : for 0s: must be at least 1s",
            "incident : changes nothing",
            "incident nobody: users -1%: must be above 0 %",
        ]
        .into_iter()
        .enumerate()
        {
            assert!(said[place].starts_with(part), "{}", said[place]);
        }
        assert_eq!(said.len(), 7, "{said:#?}");
    }

    #[test]
    fn a_number_of_users_is_for_a_closed_crowd() {
        let mut incident = incident("rush", Starts::OnCommand);
        incident.overlay.change = Change::of([("users", "50")]).expect("it is valid");
        for (is_open, expected) in [
            (false, &[][..]),
            (
                true,
                &[
                    "incident rush: users 50: sessions arrive in this run (open model); give a \
                     percentage of the arrivals, such as users = \"300%\"",
                ],
            ),
        ] {
            let mut found = Vec::new();
            super::faults(std::slice::from_ref(&incident), is_open, &mut found);
            let said: Vec<String> = found.iter().map(Fault::to_string).collect();
            assert_eq!(said, expected);
        }
    }
}
