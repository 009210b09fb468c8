//! One trace of several recordings: those of `setup`, of the session and of `teardown`, one after the other.

use super::event::{Event, Phase, What};

/// Lets times, steps and calls of each recording go on where those of the one before it ended.
#[derive(Debug, Clone, Copy, Default)]
pub struct Joined {
    /// What is added to those of the recording under way.
    added: Place,
    /// The last of the trace so far.
    last: Place,
}

#[derive(Debug, Clone, Copy, Default)]
struct Place {
    at: f64,
    step: u32,
    call: u32,
}

impl Joined {
    /// The event as it stands in the trace.
    pub fn place(&mut self, mut event: Event) -> Event {
        if begins(&event.what) {
            self.added = self.last;
        }
        let added = self.added;
        event.at += added.at;
        match &mut event.what {
            What::StepBegan(step) => {
                step.step += added.step;
                self.last.step = step.step;
            }
            What::StepEnded(step) => step.step += added.step,
            What::Call(call) => {
                call.began += added.at;
                call.number += added.call;
                self.last.call = call.number;
            }
            What::Judged { call, .. } => *call += added.call,
            _ => {}
        }
        self.last.at = self.last.at.max(event.at);
        event
    }
}

/// Whether it is the first event of a recording.
fn begins(what: &What) -> bool {
    match what {
        What::SessionBegan(_) => true,
        What::StepBegan(step) => step.phase == Phase::Crowd,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::event::{SessionBegan, StepBegan};
    use super::*;

    fn step(at: f64, phase: Phase) -> Event {
        let what = What::StepBegan(StepBegan {
            step: 1,
            phase,
            name: "one".to_owned(),
            state: serde_json::Value::Null,
        });
        Event { at, what }
    }

    #[test]
    fn what_comes_after_setup_goes_on_from_there() {
        let began = What::SessionBegan(SessionBegan {
            user: 0,
            kind: "one".to_owned(),
            session: 1,
            version: 1,
            is_under_way: false,
            state: serde_json::Value::Null,
        });
        let judged = |at| Event {
            at,
            what: What::Judged {
                call: 2,
                why: String::new(),
            },
        };
        let events = [
            step(0.0, Phase::Crowd),
            judged(0.5),
            Event {
                at: 0.0,
                what: began,
            },
            step(0.25, Phase::Step),
            step(0.0, Phase::Crowd),
        ];
        let mut joined = Joined::default();
        let placed = events.map(|event| joined.place(event));
        let times = placed.each_ref().map(|event| event.at);
        assert_eq!(times, [0.0, 0.5, 0.5, 0.75, 0.75]);
        let steps = placed.iter().filter_map(|event| match &event.what {
            What::StepBegan(step) => Some(step.step),
            _ => None,
        });
        assert_eq!(steps.collect::<Vec<_>>(), [1, 2, 3]);
    }
}
