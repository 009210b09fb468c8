//! Failures of requests as entries of the log.

use crate::run_log::{Kind, Level, NewEntry, RunLog};
use crate::view::{Note, Phase, RunView, Views};

/// Writes the failures of every view, until the run is over.
pub async fn follow(mut views: Views, log: RunLog) {
    let mut so_far = SoFar::default();
    let mut next = Some(views.latest());
    while let Some(view) = next {
        so_far.write(&view, &log);
        let done = view.live.phase == Phase::Done;
        next = if done { None } else { views.next().await };
    }
}

/// What was written.
#[derive(Default)]
struct SoFar {
    /// The number of the last failure.
    noted: u64,
    /// Failures of the run then.
    failures: u64,
}

impl SoFar {
    /// Writes the new failures of a view, and how many more there were: a view has the last few only.
    fn write(&mut self, view: &RunView, log: &RunLog) {
        let outcomes = &view.load.requests.outcomes;
        let failures = outcomes.unexpected + outcomes.error;
        let notes = view.live.failures.iter().rev();
        let new: Vec<&Note> = notes.filter(|note| note.number > self.noted).collect();
        let more = failures.saturating_sub(self.failures + new.len() as u64);
        self.failures = failures;
        self.noted = new.last().map_or(self.noted, |note| note.number);
        for note in new {
            log.add(NewEntry {
                user_type: Some(note.kind.clone()),
                lines: details(note),
                ..failure(format!("{} {}: {}", note.method, note.name, note.what))
            });
        }
        if more > 0 {
            log.add(failure(format!("and {more} more in the same second")));
        }
    }
}

/// What came, and where the script asked for it.
fn details(note: &Note) -> String {
    let step = note.step.iter().map(|step| format!("step {step}"));
    let place = note.place.iter().cloned();
    let user = (!note.user.is_empty()).then(|| note.user.clone());
    let from: Vec<String> = user.into_iter().chain(step).chain(place).collect();
    match from.is_empty() {
        true => note.text.clone(),
        false => format!("{}\nby {}", note.text, from.join(", ")),
    }
}

fn failure(text: String) -> NewEntry {
    NewEntry {
        level: Level::Error,
        kind: Kind::Failure,
        user_type: None,
        text,
        lines: String::new(),
    }
}
