//! The length of a run: its description and its rules.

use std::time::Duration;

use super::span::show_span;
use super::{Fault, Length};

/// In a few words: `5m`, `300 sessions`.
pub fn show_length(length: Length) -> String {
    match length {
        Length::Once => "one session each".to_owned(),
        Length::Duration(duration) => show_span(duration),
        Length::Continuous => "until it is stopped".to_owned(),
        Length::Sessions(sessions) => format!("{sessions} sessions"),
    }
}

pub(super) fn faults(length: Length, ramp: Option<Duration>, faults: &mut Vec<Fault>) {
    match length {
        Length::Duration(Duration::ZERO) => faults.push(Fault::new(
            "duration 0",
            "must be above 0",
            "give a time such as 300, 5m or 1h30m, or leave it out for one session a user",
        )),
        Length::Sessions(0) => faults.push(Fault::new(
            "sessions 0",
            "must be above 0",
            "give a whole number from 1, or leave it out for one session a user",
        )),
        Length::Duration(duration) => {
            if let Some(ramp) = ramp.filter(|ramp| *ramp > duration) {
                faults.push(Fault::new(
                    format!("ramp {}s", ramp.as_secs_f64()),
                    format!(
                        "longer than the run of {}s, so the last users would never start",
                        duration.as_secs_f64()
                    ),
                    "give a shorter ramp or a longer duration",
                ));
            }
        }
        Length::Once | Length::Continuous | Length::Sessions(_) => {}
    }
}
