//! Groups the failed requests of a batch by their reasons.

use crate::metrics::model::failure_group::bounded_group;
use crate::metrics::{Batch, FailureGroupKey, Snapshot};

/// Groups the failed requests of a batch. They came in the second that is under way.
pub fn group_failures(batch: &mut Batch, state: &Snapshot) {
    let at = state.elapsed;
    let holding: Vec<&str> = state
        .incidents
        .iter()
        .filter(|one| one.held.last().is_some_and(|(_, until)| until.is_none()))
        .map(|one| &*one.name)
        .collect();
    let groups = &mut batch.totals.failure_groups;
    for (series, totals) in &batch.totals.series {
        for (reason, failure) in &totals.failures {
            let operation = series.operation.clone();
            let reason = reason.clone();
            let group = bounded_group(groups, FailureGroupKey { reason, operation });
            group.count(at, failure.count);
            for incident in &holding {
                *group.incidents.entry((*incident).to_owned()).or_default() += failure.count;
            }
        }
    }
    for note in &mut batch.failures {
        note.at = at;
        let key = FailureGroupKey {
            reason: note.failure.clone(),
            operation: note.operation.clone(),
        };
        if let Some(group) = groups.get_mut(&key) {
            group.example = Some(note.clone());
        }
    }
}
