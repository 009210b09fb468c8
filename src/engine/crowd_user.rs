//! The one user that is nobody: it runs `_crowd.lua` and carries the requests of the clean-up.

use std::cell::RefCell;
use std::rc::Rc;

use super::brief::Brief;
use crate::http::Transport;
use crate::metrics::Recorder;
use crate::plan;
use crate::script::ledger::Ledger;
use crate::script::limits::Limits;
use crate::script::{Clock, Context, Halt, User, World};

/// Its number: no user of any crowd has it.
const NUMBER: u64 = u64::MAX;

/// Makes the context of the crowd itself, on the orchestrator's thread.
///
/// # Errors
/// When the base URL is none.
pub fn context(brief: &Brief) -> Result<Rc<Context>, String> {
    let world = Rc::new(World {
        transport: Transport::new(brief.http.clone()),
        limits: limits(brief),
        origin: Rc::new(brief.origin()?),
        recorder: RefCell::new(Recorder::new()),
        clock: Clock::default(),
        halt: Halt::default(),
        ledger: RefCell::new(Ledger::new(brief.plan.cleanup.is_some())),
        names: RefCell::new(brief.names().into_iter().map(Rc::from).collect()),
        terms: brief.terms.clone(),
    });
    if let Some(most) = brief.plan.limits.max_connections {
        let seats = world.transport.seats();
        seats.set_limit(usize::try_from(most).unwrap_or(usize::MAX));
    }
    Ok(Context::new(Rc::new(User::new(
        NUMBER,
        brief.crowd_type(),
        world,
        1,
    ))))
}

/// All of the run's rate, until there are shards; and no breakers, for what it does is done once.
fn limits(brief: &Brief) -> Limits {
    let plan = plan::Limits {
        breaker: None,
        ..brief.plan.limits
    };
    Limits::new(&plan, 0, 1, plan.millis_per_second())
}
