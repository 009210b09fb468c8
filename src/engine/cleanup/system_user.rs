//! The one user that is nobody: it runs `_crowd.lua` and carries the requests of the clean-up.

use std::cell::RefCell;
use std::rc::Rc;

use crate::engine::config::Brief;
use crate::http::{LoadedSettings, Origin, Transport};
use crate::ledger::LedgerHandle;
use crate::metrics::TypeId;
use crate::plan;
use crate::request::admission::Limits;
use crate::script::{Clock, Context, ShardContext, Shutdown, Terms, User};

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
        ledger: brief.own_ledger(),
        limits: limits(brief),
        terms: brief.terms.clone(),
    };
    let context = of(bearing, &brief.names(), brief.crowd_type());
    if let Some(most) = brief.plan.limits.max_connections {
        let seats = context.user.shard.transport.connection_limit();
        seats.set_limit(usize::try_from(most).unwrap_or(usize::MAX));
    }
    Ok(context)
}

/// All of the run's rate, until there are shards; and no breakers, for what it does is done once.
fn limits(brief: &Brief) -> Limits {
    let plan = plan::Limits {
        breaker: None,
        ..brief.plan.limits
    };
    Limits::new(&plan, 0, 1, plan.millis_per_second())
}

/// What nobody's requests take.
pub struct Bearing {
    /// How they are sent.
    pub http: LoadedSettings,
    /// Where they go.
    pub origin: Origin,
    /// Where what they create is written down.
    pub ledger: LedgerHandle,
    /// What holds them back.
    pub limits: Limits,
    /// The run that they are of.
    pub terms: Terms,
}

/// The context of nobody, whose requests are counted under a type.
pub fn of(bearing: Bearing, names: &[String], kind: TypeId) -> Rc<Context> {
    let shard = Rc::new(ShardContext {
        transport: Transport::new(bearing.http),
        origin: Rc::new(bearing.origin),
        recorder: RefCell::new(bearing.terms.recorder()),
        clock: Clock::default(),
        shutdown: Shutdown::default(),
        limits: bearing.limits,
        ledger: bearing.ledger,
        kinds: RefCell::default(),
        names: RefCell::new(names.iter().map(|name| Rc::from(name.as_str())).collect()),
        terms: bearing.terms,
    });
    Context::new(Rc::new(User::new(NUMBER, kind, shard, 1)))
}
