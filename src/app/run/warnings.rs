//! What is said of a run before it begins.

use crate::cli::{Overruled, Resolved};
use crate::engine::RunConfig;
use crate::script::TypeSpec;

/// What of the plan and its scripts may not be as it was meant.
pub fn of(resolved: &Resolved, config: &RunConfig, of_contract: &[String]) -> Vec<String> {
    let (plan, specs) = (&config.plan, &config.specs);
    let mut warnings = Overruled::words(&resolved.overruled);
    warnings.extend(config.bundle.passed_over());
    warnings.extend(RunConfig::without_users(plan, specs));
    warnings.extend(RunConfig::too_few_places(plan, specs));
    warnings.extend(specs.iter().filter_map(TypeSpec::cannot_leave));
    warnings.extend(config.idle_incidents());
    warnings.extend(config.idle_rules());
    warnings.extend_from_slice(of_contract);
    warnings
}
