//! The run's own user, which sends the requests of setup, teardown and clean-up.

use std::rc::Rc;

use crate::engine::config::RunConfig;
use crate::http::Responder;
use crate::metrics::TypeId;
use crate::plan;
use crate::request::admission::Limits;
use crate::request::{Requester, SharedContext};

/// Its number: no user of any crowd has it.
const NUMBER: u64 = u64::MAX;

/// Makes the system's own user of a run, on the orchestrator's thread; `responder` answers in place of the network.
///
/// # Errors
/// When the base URL is none.
pub fn of_run(
    config: &RunConfig,
    responder: Option<Rc<dyn Responder>>,
) -> Result<Rc<Requester>, String> {
    let (run, http) = (config.script_config.run.clone(), config.http.clone());
    let shared = SharedContext::new(
        run,
        http,
        config.origin()?,
        limits(config),
        config.own_ledger(),
    )
    .answered_by(responder);
    if let Some(most) = config.plan.limits.max_connections {
        let connections = shared.transport.connection_limit();
        connections.set_limit(usize::try_from(most).unwrap_or(usize::MAX));
    }
    Ok(of(shared.named(config.names()), config.crowd_type()))
}

/// All of the run's rate, until there are shards; and no breakers, for what it does is done once.
fn limits(config: &RunConfig) -> Limits {
    let plan = plan::Limits {
        breaker: None,
        ..config.plan.limits
    };
    Limits::new(
        config.script_config.run.clock,
        &plan,
        0,
        1,
        plan.millis_per_second(),
    )
}

/// The system's own user, whose requests are counted under a type.
pub fn of(shared: SharedContext, kind: TypeId) -> Rc<Requester> {
    Rc::new(Requester::new(NUMBER, kind, Rc::new(shared), 1))
}
