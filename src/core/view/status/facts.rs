use crate::metrics::{Conditions, Phase, Search, Threshold};
use crate::view::baseline::Baseline;
use crate::view::coverage::Coverage;
use crate::view::failure_groups::FailureGroup;
use crate::view::generator::Generator;
use crate::view::incident::Incident;
use crate::view::live::Live;
use crate::view::load::Load;
use crate::view::outputs::OutputStatus;
use crate::view::protection::Protection;
use crate::view::reload_status::ReloadStatus;
use crate::view::run::{Ending, Run};
use crate::view::scripts::Scripts;

/// What the sentences are made of: parts of one view.
pub struct Facts<'a> {
    pub run: &'a Run,
    pub live: &'a Live,
    pub ending: &'a Ending,
    pub generator: &'a Generator,
    pub thresholds: &'a [Threshold],
    pub search: Option<&'a Search>,
    pub baseline: Option<&'a Baseline>,
    pub coverage: Option<&'a Coverage>,
    pub load: &'a Load,
    /// The most frequent first.
    pub failure_groups: &'a [FailureGroup],
    pub protection: &'a Protection,
    pub scripts: &'a Scripts,
    pub reload_status: &'a ReloadStatus,
    pub incidents: &'a [Incident],
    pub outputs: &'a [OutputStatus],
    /// Users that there should be now; none in an open crowd.
    pub planned_users: Option<u64>,
}

impl Facts<'_> {
    pub(super) fn conditions(&self) -> &Conditions {
        &self.live.conditions
    }

    /// The run's age.
    pub(super) fn now(&self) -> f64 {
        self.run.seconds
    }

    pub(super) fn is_over(&self) -> bool {
        self.live.phase == Phase::Done
    }

    /// Whether users make requests: what held in the last second holds now.
    pub(super) fn is_running(&self) -> bool {
        self.live.phase == Phase::Running
    }
}
