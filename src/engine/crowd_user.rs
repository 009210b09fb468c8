//! The one user that is nobody: it runs `_crowd.lua` and carries the requests of the clean-up.

use std::cell::RefCell;
use std::rc::Rc;

use super::brief::Brief;
use crate::http::{Loaded, Origin, Transport};
use crate::ledger::Desk;
use crate::metrics::{Recorder, TypeId};
use crate::script::{Clock, Context, Halt, Terms, User, World};

/// Its number: no user of any crowd has it.
const NUMBER: u64 = u64::MAX;

/// Makes the context of the crowd itself, on the orchestrator's thread.
///
/// # Errors
/// When the base URL is none.
pub fn context(brief: &Brief) -> Result<Rc<Context>, String> {
    let bearing = Bearing {
        http: brief.http.clone(),
        origin: brief.origin()?,
        desk: brief.own_desk(),
        terms: brief.terms.clone(),
    };
    Ok(of(bearing, &brief.names(), brief.crowd_type()))
}

/// What nobody's requests take.
pub struct Bearing {
    /// How they are sent.
    pub http: Loaded,
    /// Where they go.
    pub origin: Origin,
    /// Where what they create is written down.
    pub desk: Desk,
    /// The run that they are of.
    pub terms: Terms,
}

/// The context of nobody, whose requests are counted under a type.
pub fn of(bearing: Bearing, names: &[String], kind: TypeId) -> Rc<Context> {
    let world = Rc::new(World {
        transport: Transport::new(bearing.http),
        origin: Rc::new(bearing.origin),
        recorder: RefCell::new(Recorder::new()),
        clock: Clock::default(),
        halt: Halt::default(),
        ledger: bearing.desk,
        names: RefCell::new(names.iter().map(|name| Rc::from(name.as_str())).collect()),
        terms: bearing.terms,
    });
    Context::new(Rc::new(User::new(NUMBER, kind, world, 1)))
}
