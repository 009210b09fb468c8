//! Ledger health: what a ledger that cannot be written means for the run.

use std::time::Duration;

use super::action::Action;
use crate::ledger::{MOST_UNWRITTEN, Trouble};
use crate::metrics::{LedgerTrouble, StopCause};

/// Stops the run when nothing may be created any more, if it still creates; else reports the trouble.
pub fn react(trouble: Trouble, under_load: bool) -> Vec<Action> {
    let why = match trouble {
        Trouble::InMemory(why) => {
            let text = format!(
                "what the run creates is kept in memory, since the ledger cannot be written: {why}"
            );
            let bound = format!(
                "{text}; at most {MOST_UNWRITTEN} items; those that remain are listed at the end"
            );
            return vec![Action::warn(bound), Action::Record("ledger", text)];
        }
        Trouble::Refuses(why) => why,
    };
    let text = format!("the ledger cannot be written, so nothing may be created: {why}");
    let mut actions = vec![
        Action::error(format!("{text}; the run stops")),
        Action::Record("ledger", text),
    ];
    if under_load {
        actions.push(Action::Stop {
            cause: StopCause::Ledger,
            rule: "the ledger cannot be written".to_owned(),
            figures: why,
        });
    }
    actions
}

/// The same as what holds from this age of the run on.
pub fn status(trouble: &Trouble, since: Duration) -> LedgerTrouble {
    let (refuses, why) = match trouble {
        Trouble::InMemory(why) => (false, why),
        Trouble::Refuses(why) => (true, why),
    };
    LedgerTrouble {
        since,
        refuses,
        why: why.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stops(actions: &[Action]) -> bool {
        let stop = |action: &Action| {
            matches!(
                action,
                Action::Stop {
                    cause: StopCause::Ledger,
                    ..
                }
            )
        };
        actions.iter().any(stop)
    }

    #[test]
    fn a_ledger_that_refuses_stops_a_run_under_load_only() {
        let refuses = || Trouble::Refuses("disk full".to_owned());
        assert!(stops(&react(refuses(), true)));
        let actions = react(refuses(), false);
        assert!(!stops(&actions));
        assert!(
            matches!(&actions[1], Action::Record("ledger", text) if text.contains("disk full"))
        );
    }

    #[test]
    fn a_ledger_in_memory_stops_no_run() {
        let actions = react(Trouble::InMemory("disk full".to_owned()), true);
        assert!(!stops(&actions));
        assert_eq!(actions.len(), 2);
    }
}
