//! Which run it is, since when, what it does, and what ended it before its time.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::family::{MetricFamily, family, gauge};
use crate::view::{Phase, RunView};

/// All phases, so that each can be seen to begin and to end.
const PHASES: [Phase; 6] = [
    Phase::Starting,
    Phase::Running,
    Phase::Paused,
    Phase::Stopping,
    Phase::Cleaning,
    Phase::Done,
];

pub(crate) fn families(view: &RunView) -> [MetricFamily; 3] {
    let started = OffsetDateTime::parse(&view.run.started_at, &Rfc3339);
    let phases = PHASES.iter().map(|phase| {
        let is_now = *phase == view.live.phase;
        gauge(&[("phase", phase.as_str())], f64::from(u8::from(is_now)))
    });
    let stopped = view.ending.stopped_by.iter();
    let stopped = stopped.map(|by| {
        let labels = [("cause", by.cause.as_str()), ("rule", by.rule.as_str())];
        gauge(&labels, 1.0)
    });
    [
        family(
            "throng_run_start_time_seconds",
            "When the run began, as seconds since 1970.",
            started
                .ok()
                .map(|at| gauge(&[], at.unix_timestamp_nanos() as f64 / 1e9)),
        ),
        family(
            "throng_run_phase",
            "1 for the phase in which the run is, 0 for the others.",
            phases,
        ),
        family(
            "throng_run_stopped",
            "1 once the run has ended itself before its time; absent before.",
            stopped,
        ),
    ]
}
