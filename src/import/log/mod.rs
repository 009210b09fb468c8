//! Access logs: combined, as Apache and nginx write it, and JSON, a line each.
//!
//! In: the lines of a log. Out: types of users by the sessions in it, and a plan with the course of its day
//! (as WESSBAS does, Vögele et al., 2018). Must never know other formats.

mod arrivals;
mod behaviour;
mod chain;
mod cluster;
mod day;
pub mod fields;
mod fit;
pub mod line;
pub mod records;
mod routes;
pub mod sessions;
mod time;

use std::io::BufRead;

use super::{Behaviour, Import, ImportError, Name, Note, Wanted};
use crate::import::behaviour::Plan;
use line::Shape;
use records::Log;

/// A step that is less than this share of a type's requests is left out.
const RARE: f64 = 0.0005;

/// Reads a log.
///
/// # Errors
/// When most of its lines are of another format, or nothing is left.
pub fn read(file: &mut dyn BufRead, shape: Shape, wanted: &Wanted) -> Result<Import, ImportError> {
    let mut log = records::read(file, shape, &wanted.log)?;
    let mut notes = std::mem::take(&mut log.notes);
    let sessions = sessions::sessions(&log, &wanted.log);
    let routes = routes::routes(&log);
    let clusters = cluster::clusters(&sessions, &routes);
    let named = |place: usize| match clusters.len() {
        1 => wanted.name.clone(),
        _ => Name::of_type(&format!("{}_{}", wanted.name, place + 1)),
    };
    let behaviours: Vec<Behaviour> = clusters
        .iter()
        .enumerate()
        .map(|(place, members)| {
            let about = behaviour::About {
                name: named(place),
                source: &wanted.source,
                share: members.len() as f64 / sessions.len() as f64,
                rare: RARE,
            };
            behaviour::behaviour(&log, &routes, &sessions, members, &about)
        })
        .collect();
    let plan = plan(&log, &sessions, wanted, &mut notes);
    Ok(Import {
        base_url: None,
        behaviours,
        plan,
        notes,
    })
}

fn plan(log: &Log, sessions: &[sessions::Session], wanted: &Wanted, notes: &mut Vec<Note>) -> Plan {
    let note = |words: String| Note { place: None, words };
    notes.push(note(format!(
        "{} requests of {} sessions in {}",
        log.records.len(),
        sessions.len(),
        spoken(log.span())
    )));
    let day = day::day(log, sessions, &wanted.log);
    let rate = match &day {
        Some(day) => day.arrivals,
        None => sessions.len() as f64 / log.span().max(1.0),
    };
    let mut comments = vec![format!(
        "Made from {}: {} requests of {} sessions in {}.",
        wanted.source,
        log.records.len(),
        sessions.len(),
        spoken(log.span())
    )];
    if day.is_none() {
        let words = "The log is shorter than a day: sessions arrive evenly over time.";
        comments.push(words.to_owned());
    }
    Plan {
        users: None,
        // A minute's are written, with three digits.
        arrivals: Some((rate * 60_000.0).round().max(1.0) / 60_000.0),
        duration: Some(log.span().clamp(1.0, 86_400.0).round()),
        timezone: (day.is_some() && wanted.log.day_length.is_none())
            .then(|| wanted.log.zone.clone())
            .flatten(),
        day_length: wanted.log.day_length,
        curve: day.map_or_else(Vec::new, |day| day.curve),
        comments,
    }
}

/// A time in words.
fn spoken(seconds: f64) -> String {
    match seconds {
        _ if seconds < 120.0 => format!("{seconds:.0} s"),
        _ if seconds < 7200.0 => format!("{:.0} min", seconds / 60.0),
        _ if seconds < 172_800.0 => format!("{:.1} h", seconds / 3600.0),
        _ => format!("{:.1} days", seconds / 86_400.0),
    }
}
