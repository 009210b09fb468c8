//! The sessions of a log.
//!
//! In: its records. Out: which of them are of one user, one after the other. Must never know what they ask for.

use std::collections::HashMap;

use super::records::Log;
use crate::import::wanted::LogOptions;

/// The requests of one user, one after the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Places in the log, by time.
    pub records: Vec<u32>,
    /// Whether it may go on after the log's end.
    pub is_cut: bool,
}

/// The sessions of a log: by their key; where there is none by address and browser, until a pause of `gap`.
pub fn sessions(log: &Log, options: &LogOptions) -> Vec<Session> {
    let mut open: HashMap<u32, usize> = HashMap::new();
    let mut sessions: Vec<Session> = Vec::new();
    let ended = |place: u32| {
        let record = &log.records[place as usize];
        record.start + f64::from(record.duration)
    };
    for (place, record) in log.records.iter().enumerate() {
        let place = place as u32;
        let goes_on = open.get(&record.client).copied().filter(|session| {
            let last = sessions[*session].records.last();
            last.is_some_and(|last| record.start - ended(*last) <= options.session_gap)
        });
        match goes_on {
            Some(session) => sessions[session].records.push(place),
            None => {
                open.insert(record.client, sessions.len());
                sessions.push(Session {
                    records: vec![place],
                    is_cut: false,
                });
            }
        }
    }
    // A pause that only one in a hundred is longer than: who was silent for less may go on.
    let mut gaps: Vec<f64> = Vec::new();
    for session in &sessions {
        for pair in session.records.windows(2) {
            gaps.push((log.records[pair[1] as usize].start - ended(pair[0])).max(0.0));
        }
    }
    gaps.sort_by(f64::total_cmp);
    let long = gaps.get(gaps.len() * 99 / 100).copied().unwrap_or(0.0);
    let end = log.records.last().map_or(0.0, |record| record.start);
    for session in &mut sessions {
        let last = session.records.last().map_or(end, |last| ended(*last));
        session.is_cut = last >= end - long;
    }
    sessions
}
