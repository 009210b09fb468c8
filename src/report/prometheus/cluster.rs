//! The workers of a run on several machines.

use super::family::{MetricFamily, family, gauge};
use crate::view::{RunView, WorkerState};

/// The families of workers; none where the run is on one machine.
pub(crate) fn families(view: &RunView) -> [MetricFamily; 4] {
    let cluster = view.cluster.as_ref();
    let states = cluster.into_iter().flat_map(|cluster| {
        WorkerState::ALL.map(|state| {
            let workers = cluster.count(state) as f64;
            gauge(&[("state", state.as_str())], workers)
        })
    });
    [
        family(
            "throng_workers",
            "Workers of the run, by how they stand.",
            states,
        ),
        family(
            "throng_results_gap",
            "Requests that workers declared and that were not counted, at this moment; 0 at the end of a run that is complete.",
            cluster.map(|cluster| gauge(&[], cluster.gap as f64)),
        ),
        family(
            "throng_lost_arrivals",
            "Arrivals of an open crowd that were due on workers that are lost, and are in none of their reports; in throng_arrivals_total they are not.",
            cluster
                .and_then(|cluster| cluster.lost_arrivals)
                .map(|lost| gauge(&[], lost as f64)),
        ),
        family(
            "throng_start_skew_seconds",
            "How far apart the workers began at most, in seconds.",
            cluster.map(|cluster| gauge(&[], cluster.start_skew_seconds)),
        ),
    ]
}
