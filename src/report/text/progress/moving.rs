//! Whose users are on their way to another version.

use crate::metrics::{Reload, Snapshot, TypeId};

/// How long what happened is shown, on the run's clock.
pub(crate) const RECENT: std::time::Duration = std::time::Duration::from_secs(60);

/// The types whose users are on their way, or were lately, but for those of a canary.
pub(crate) fn moving(snapshot: &Snapshot) -> Vec<TypeId> {
    let canary = snapshot.reload_status.canary.as_ref();
    let last = recent(snapshot);
    let kinds = snapshot.types().map(|(kind, _)| kind);
    let moving = kinds.filter(|kind| {
        let tried = canary.is_some_and(|canary| canary.types.contains(kind));
        let changed = last.is_some_and(|last| last.types.contains(kind));
        !tried && (changed || is_parted(snapshot, *kind))
    });
    moving.collect()
}

/// Whether users of the type live in more than one version.
pub(crate) fn is_parted(snapshot: &Snapshot, kind: TypeId) -> bool {
    let users = snapshot.users.get(&kind);
    users.is_some_and(|users| users.values().filter(|users| **users > 0).count() > 1)
}

/// The last change, until its users have been where they should be for a while.
pub(crate) fn recent(snapshot: &Snapshot) -> Option<&Reload> {
    let last = snapshot.reload_status.last.as_ref()?;
    let over = last.took.map(|took| last.at + took + RECENT);
    over.is_none_or(|over| snapshot.elapsed <= over)
        .then_some(last)
}
