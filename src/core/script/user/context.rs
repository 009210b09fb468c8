//! The user on whose behalf Lua runs just now.
//!
//! API functions are made once per VM; they find their user through a thread-local that is set around each poll of a
//! step and that they read when they are called. The call's future then owns its user: drops run outside the poll.

use std::cell::{Cell, RefCell};
use std::future::pending;
use std::rc::Rc;

use crate::metrics::TypeId;

use super::documents::Documents;
use super::identity::Identity;
use super::journeys::Journeys;
use super::person::Person;
use crate::random::{Purpose, Stream};
use crate::request::{
    Call, CancelToken, Cancelled, FinalResponse, Reply, Requester, SampleId, perform,
};
use crate::script::feed::Lease;
use crate::script::shard_context::ShardContext;

/// What a user is doing, as far as its requests care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// In `on_start` or a step: ends at its next wait when the run stops.
    Stepping,
    /// In `on_stop`, `setup` or `teardown`: may go on while the run stops.
    Leaving,
}

/// One user: what stays with it from session to session and over reloads.
pub struct User {
    /// The user as its requests see it.
    pub requester: Rc<Requester>,
    /// What it shares with its shard.
    pub shard: Rc<ShardContext>,
    /// What it is doing.
    pub phase: Cell<Phase>,
    /// Set when the step must end at its current wait: see [`User::may_leave`].
    leave: Cell<bool>,
    /// Who it is: what stays over sessions of one person.
    pub person: Person,
    /// Makes values that the target wants unique.
    pub identity: Identity,
    /// Exclusive rows of feeds that this session holds.
    pub leases: RefCell<Vec<Lease>>,
    /// Responses of the step under way that the script has not read yet, and which step that is.
    pub responses: RefCell<KeptResponses>,
    /// Its journeys under way.
    pub journeys: RefCell<Journeys>,
}

impl User {
    /// A user before its first session.
    pub fn new(number: u64, kind: TypeId, shard: Rc<ShardContext>, version: u32) -> Self {
        let requests = Rc::clone(&shard.requests);
        let requester = Requester::new(number, kind, requests, version);
        Self::of(Rc::new(requester), shard)
    }

    /// The user that sends as this requester.
    pub fn of(requester: Rc<Requester>, shard: Rc<ShardContext>) -> Self {
        let run = Rc::from(shard.script_config.run_id.as_str());
        Self {
            person: Person::new(requester.number),
            identity: Identity::new(run, requester.number),
            requester,
            shard,
            phase: Cell::new(Phase::Leaving),
            leave: Cell::new(false),
            leases: RefCell::default(),
            responses: RefCell::default(),
            journeys: RefCell::default(),
        }
    }

    /// What ends its calls before their replies are there.
    pub fn cancel_token(&self) -> CancelToken<'_> {
        match self.phase.get() {
            Phase::Stepping => CancelToken::on(&self.requester.shared.shutdown),
            Phase::Leaving => CancelToken::never(),
        }
    }

    /// Sends a call of its script. A call that the shutdown ends takes the step with it.
    async fn send(&self, call: Box<Call>) -> Reply {
        match perform(&self.requester, call, self.cancel_token()).await {
            Ok(reply) => reply,
            Err(cancelled) => self.leave(cancelled).await,
        }
    }

    /// Ends its step at this wait: [`Scope`] takes it away when no other branch waits for an answer.
    pub async fn leave(&self, Cancelled: Cancelled) -> ! {
        self.leave.set(true);
        loop {
            pending::<()>().await;
        }
    }

    /// A new call of its script begins.
    pub(crate) fn enter(&self, phase: Phase) {
        self.phase.set(phase);
        self.leave.set(false);
    }

    /// Whether its step ends here: it waits where the stop made it wait, and in no other branch for an answer.
    pub(crate) fn may_leave(&self) -> bool {
        self.leave.get() && self.requester.session.in_flight.get() == 0
    }
}

/// Responses whose body and headers Lua has not asked for yet; freed when the step ends.
#[derive(Default)]
pub struct KeptResponses {
    epoch: i64,
    kept: Vec<Rc<FinalResponse>>,
    /// What was parsed of them.
    pub documents: Documents,
}

impl KeptResponses {
    /// Keeps a response and gives the handle by which Lua asks for it. No two steps of a shard have the same of its `epochs`:
    /// a handle that one user left to another finds nothing.
    pub fn keep(&mut self, response: Rc<FinalResponse>, epochs: &Cell<i64>) -> i64 {
        if self.kept.is_empty() {
            self.epoch = epochs.replace(epochs.get() + 1);
        }
        self.kept.push(response);
        (self.epoch << 20) | (self.kept.len() as i64 - 1)
    }

    /// The response behind a handle; none when its step is over.
    pub fn get(&self, handle: i64) -> Option<Rc<FinalResponse>> {
        if handle >> 20 != self.epoch {
            return None;
        }
        usize::try_from(handle & 0xF_FFFF)
            .ok()
            .and_then(|index| self.kept.get(index))
            .cloned()
    }

    /// Frees everything: the step is over.
    pub fn clear(&mut self) {
        self.kept.clear();
        self.documents.clear();
        if self.kept.capacity() > 8 {
            self.kept = Vec::new();
        }
    }
}

/// A user as one branch of its script: the branches of `parallel` share the user but draw from streams of their own.
pub struct Context {
    /// The user.
    pub user: Rc<User>,
    /// Draws for the script (`random.*`, `math.random`).
    pub stream: RefCell<Stream>,
    /// How many branches were made from this one.
    pub branches: Cell<u32>,
    /// How many calls of `parallel` this branch is inside.
    pub depth: u32,
    /// The sample of its last response, which it may judge until it waits.
    unsettled: Cell<Option<SampleId>>,
}

impl Context {
    /// The context of a user, from its next session on: its script stream continues over the sessions of a person.
    pub fn new(user: Rc<User>) -> Rc<Self> {
        let (seed, person) = (user.requester.shared.run.seed, &user.person);
        let stream = Stream::of_visit(seed, person.number(), Purpose::Script, person.visits() + 1);
        Rc::new(Self {
            user,
            stream: RefCell::new(stream),
            branches: Cell::new(0),
            depth: 0,
            unsettled: Cell::new(None),
        })
    }

    /// Another person takes the place of the user: its draws are its own.
    pub fn become_another(&self) {
        let (seed, person) = (self.user.requester.shared.run.seed, &self.user.person);
        person.replace();
        let stream = Stream::of_visit(seed, person.number(), Purpose::Script, person.visits() + 1);
        self.stream.replace(stream);
    }

    /// A branch with a stream of its own, for one function of `parallel`.
    pub fn branch(&self) -> Rc<Self> {
        let index = self.branches.replace(self.branches.get() + 1);
        let stream = self.stream.borrow_mut().branch(index);
        Rc::new(Self {
            user: Rc::clone(&self.user),
            stream: RefCell::new(stream),
            branches: Cell::new(0),
            depth: self.depth + 1,
            unsettled: Cell::new(None),
        })
    }

    /// Sends a call of its script, which may judge the response until it waits again.
    pub async fn send(&self, mut call: Box<Call>) -> Reply {
        self.settle();
        call.is_judged = true;
        let reply = self.user.send(call).await;
        if let Reply::Response(response) = &reply {
            self.unsettled.set(response.verdict.sample());
        }
        reply
    }

    /// The script waits, or is over: what it has not judged is recorded as it is.
    pub fn settle(&self) {
        if let Some(sample) = self.unsettled.take() {
            self.user.requester.settle(sample);
        }
    }
}

thread_local! {
    static CURRENT: RefCell<Option<Rc<Context>>> = const { RefCell::new(None) };
}

/// The user on whose behalf Lua runs just now; none while modules load.
pub fn current() -> Option<Rc<Context>> {
    CURRENT.with_borrow(Clone::clone)
}

/// From here on Lua runs on behalf of this user, or of none; gives the one before.
pub fn replace(context: Option<Rc<Context>>) -> Option<Rc<Context>> {
    CURRENT.with_borrow_mut(|current| std::mem::replace(current, context))
}

/// The number of that user.
pub fn number() -> Option<u64> {
    CURRENT.with_borrow(|current| {
        current
            .as_ref()
            .map(|context| context.user.requester.number)
    })
}

/// The current user, or an error for a function that needs one.
///
/// # Errors
/// Names the function and when it may be called.
pub fn need(function: &str) -> mlua::Result<Rc<Context>> {
    current().ok_or_else(|| {
        mlua::Error::runtime(format!(
            "{function} can be called only while a user runs (in on_start, a step or on_stop), not \
             when the file loads"
        ))
    })
}
