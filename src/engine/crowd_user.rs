//! The one user that is nobody: it runs `_crowd.lua` and carries the requests of the clean-up.

use std::cell::RefCell;
use std::rc::Rc;

use super::brief::Brief;
use crate::http::Transport;
use crate::script::ledger::Ledger;
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
        origin: Rc::new(brief.origin()?),
        recorder: RefCell::new(brief.terms.recorder()),
        clock: Clock::default(),
        halt: Halt::default(),
        ledger: RefCell::new(Ledger::new(brief.plan.cleanup.is_some())),
        names: RefCell::new(brief.names().into_iter().map(Rc::from).collect()),
        terms: brief.terms.clone(),
    });
    Ok(Context::new(Rc::new(User::new(
        NUMBER,
        brief.crowd_type(),
        world,
        1,
    ))))
}
