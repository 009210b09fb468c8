//! Whose users are on their way to another version.

use crate::view::{Reload, RunView, UserType};

/// How long what happened is shown, in seconds on the run's clock.
pub(crate) const RECENT: f64 = 60.0;

/// The types whose users are on their way, or were lately, but for those of a canary.
pub(crate) fn moving(view: &RunView) -> Vec<&UserType> {
    let canary = view.reload_status.canary.as_ref();
    let last = recent(view);
    let moving = view.types.iter().filter(|of| {
        let tried = canary.is_some_and(|canary| canary.types.contains(&of.name));
        let changed = last.is_some_and(|last| last.types.contains(&of.name));
        !tried && (changed || of.is_parted())
    });
    moving.collect()
}

/// The last change, until its users have been where they should be for a while.
pub(crate) fn recent(view: &RunView) -> Option<&Reload> {
    let last = view.reload_status.last.as_ref()?;
    let over = last
        .took_seconds
        .map(|took| last.at_seconds + took + RECENT);
    over.is_none_or(|over| view.run.seconds <= over)
        .then_some(last)
}
