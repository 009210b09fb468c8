//! What a search does, and what it found.

use super::facts::Facts;
use super::line::{Level, Place, StatusKind, StatusLine};
use crate::metrics::{LevelUnit, SearchPhase, SearchResult};
use crate::plan::show_level;

pub fn lines(of: &Facts<'_>) -> Option<StatusLine> {
    let search = of.search?;
    let is_found = matches!(search.result, SearchResult::Knee | SearchResult::AtMost);
    let (level, text) = if search.result == SearchResult::Unfinished && of.is_running() {
        let at = show_level(search.level, search.unit == LevelUnit::ArrivalsPerSecond);
        let doing = match search.phase {
            SearchPhase::Settling => "settling",
            SearchPhase::Measuring => "measuring",
            SearchPhase::Cooling => "cooling",
            SearchPhase::Done => return None,
        };
        (
            Level::Info,
            format!("Search: {doing} at {at}; {}", search.text),
        )
    } else {
        let level = match search.result {
            _ if is_found => Level::Ok,
            SearchResult::Lowest | SearchResult::NotRecovered => Level::Critical,
            _ => Level::Warning,
        };
        (level, format!("Search: {}", search.text))
    };
    Some(StatusLine::new(
        level,
        StatusKind::Search,
        Place::Events,
        text,
    ))
}
