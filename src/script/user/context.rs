//! The user on whose behalf Lua runs just now.
//!
//! API functions are made once per VM; they find their user through a thread-local that [`Scope`] sets around each
//! poll of a step and that they read when they are called. The call's future then owns its user: drops run outside
//! the poll.

use std::cell::{Cell, RefCell};
use std::future::{Future, pending};
use std::ops::Deref;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context as TaskContext, Poll, ready};
use std::time::Duration;

use mlua::Lua;

use crate::metrics::TypeId;
use crate::random::{Purpose, Stream};
use crate::request::{Answered, Call, CancelToken, Cancelled, Reply, Requester, perform};
use crate::script::api::data::{Holder, Lease};
use crate::script::api::random::{Identity, Source};
use crate::script::shard_context::ShardContext;
use crate::script::vm::cpu_budget::{SLICE_BUDGET, Slice};
use crate::script::vm::fair_share::Turn;
use crate::script::vm::{fair_share, sandbox};

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
    /// Set when the step must end at its current wait: see [`Ended::Left`].
    leave: Cell<bool>,
    /// Makes values that the target wants unique.
    pub identity: Identity,
    /// Exclusive rows of feeds that this session holds.
    pub leases: RefCell<Vec<Lease>>,
    /// Answers of the step under way that the script has not read yet, and which step that is.
    pub answers: RefCell<Answers>,
}

/// A user is a requester with a script.
impl Deref for User {
    type Target = Requester;

    fn deref(&self) -> &Requester {
        &self.requester
    }
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
        let run = Rc::from(shard.terms.run_id.as_str());
        Self {
            identity: Identity::new(run, requester.number),
            requester,
            shard,
            phase: Cell::new(Phase::Leaving),
            leave: Cell::new(false),
            leases: RefCell::default(),
            answers: RefCell::default(),
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
    pub async fn send(&self, call: Box<Call>) -> Reply {
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
    fn may_leave(&self) -> bool {
        self.leave.get() && self.session.in_flight.get() == 0
    }
}

/// Answers whose body and headers Lua has not asked for yet; freed when the step ends.
#[derive(Default)]
pub struct Answers {
    epoch: i64,
    kept: Vec<Rc<Answered>>,
}

thread_local! {
    /// No two steps of a thread have the same: a handle that one user left to another finds nothing.
    static EPOCHS: Cell<i64> = const { Cell::new(0) };
}

impl Answers {
    /// Keeps an answer and gives the handle by which Lua asks for it.
    pub fn keep(&mut self, answer: Rc<Answered>) -> i64 {
        if self.kept.is_empty() {
            self.epoch = EPOCHS.replace(EPOCHS.get() + 1);
        }
        self.kept.push(answer);
        (self.epoch << 20) | (self.kept.len() as i64 - 1)
    }

    /// The answer behind a handle; none when its step is over.
    pub fn get(&self, handle: i64) -> Option<Rc<Answered>> {
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
}

impl Context {
    /// The context of a user's session: its script stream continues over sessions.
    pub fn new(user: Rc<User>) -> Rc<Self> {
        let stream = Stream::new(user.shared.run.seed, user.number, Purpose::Script);
        Rc::new(Self {
            user,
            stream: RefCell::new(stream),
            branches: Cell::new(0),
            depth: 0,
        })
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
        })
    }
}

thread_local! {
    static CURRENT: RefCell<Option<Rc<Context>>> = const { RefCell::new(None) };
}

/// The user on whose behalf Lua runs just now; none while modules load.
pub fn current() -> Option<Rc<Context>> {
    CURRENT.with_borrow(Clone::clone)
}

/// The number of that user.
pub fn number() -> Option<u64> {
    CURRENT.with_borrow(|current| current.as_ref().map(|context| context.user.number))
}

/// The current user, or an error for a function that needs one.
///
/// # Errors
/// Names the function and when it may be called.
pub fn need(function: &str) -> mlua::Result<Rc<Context>> {
    current().ok_or_else(|| {
        mlua::Error::runtime(format!(
            "{function} can be called only while a user runs (in on_start, a step or on_stop), not when the file loads"
        ))
    })
}

/// The current user, for a function that waits.
///
/// # Errors
/// As [`need`], and inside coroutines and callbacks in which Lua cannot wait.
pub fn need_waiting(function: &str) -> mlua::Result<Rc<Context>> {
    if let Some(place) = sandbox::why_no_wait() {
        return Err(mlua::Error::runtime(format!(
            "{function} waits, and cannot be called inside {place}"
        )));
    }
    need(function)
}

/// How a scoped call of Lua ended.
pub enum Ended<T> {
    /// By itself.
    Done(T),
    /// Taken away at a wait, because the run stops.
    Left,
    /// Over its time: where it was, when a line of a script was under way.
    Overrun(Option<String>),
}

/// How long a step that has used up its time may take to close its variables.
const LAST_WORDS: Duration = Duration::from_millis(5);

/// Runs a future of Lua as a user: sets the user around each poll and watches the slice's time.
pub struct Scope<F> {
    context: Rc<Context>,
    /// Where it runs.
    lua: Lua,
    /// Only its end takes it out.
    future: Option<F>,
    /// What it has computed since its last wait, in turns that were interrupted.
    spent: Duration,
    /// How long it may compute while it is dropped.
    to_close: Duration,
    /// Its place in the queue for the next turn.
    queue: Option<Pin<Box<dyn Future<Output = Turn>>>>,
}

impl<F: Future + Unpin> Scope<F> {
    /// `future` will find `context` as its current user. It queues first where its user's script has held the shard before.
    pub fn new(lua: &Lua, context: Rc<Context>, future: F) -> Self {
        let user = &context.user;
        let queue = fair_share::must_queue(user)
            .then(|| fair_share::rest_and_wait(Rc::clone(user), Duration::MAX));
        Self {
            context,
            lua: lua.clone(),
            future: Some(future),
            spent: Duration::ZERO,
            to_close: SLICE_BUDGET,
            queue,
        }
    }
}

impl<F> Drop for Scope<F> {
    /// A step that is dropped closes its variables (`local x <close>`): that too is the script's code.
    fn drop(&mut self) {
        if self.future.is_none() {
            return;
        }
        let slice = Slice::start(self.to_close);
        drop(self.future.take());
        fair_share::held(&self.context.user, slice.stretch(fair_share::LONG));
    }
}

impl<F: Future + Unpin> Future for Scope<F> {
    type Output = Ended<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let Some(future) = &mut this.future else {
            return Poll::Pending;
        };
        let turn = match &mut this.queue {
            Some(queue) => ready!(queue.as_mut().poll(cx)),
            None => None,
        };
        this.queue = None;
        let outer = CURRENT.with_borrow_mut(|current| current.replace(Rc::clone(&this.context)));
        sandbox::reset_no_wait();
        sandbox::bound_turn(&this.lua);
        let slice = Slice::turn(this.spent);
        let polled = Pin::new(future).poll(cx);
        if polled.is_ready() {
            this.future = None;
        }
        let overrun = slice.overrun();
        let turned = slice.turned();
        let stretch = slice.stretch(fair_share::LONG);
        fair_share::held(&this.context.user, stretch);
        drop(slice);
        drop(turn);
        CURRENT.with_borrow_mut(|current| *current = outer);
        if let Some(place) = overrun {
            this.to_close = LAST_WORDS;
            return Poll::Ready(Ended::Overrun(place));
        }
        match (polled, turned) {
            (Poll::Ready(value), _) => Poll::Ready(Ended::Done(value)),
            (Poll::Pending, _) if this.context.user.may_leave() => Poll::Ready(Ended::Left),
            (Poll::Pending, Some(computed)) => {
                // Lua has woken the task already: its next poll takes the place in the queue.
                this.spent += computed;
                // Between two looks of the clock it may have been in calls that took long: then others have as long.
                this.queue = Some(if stretch >= fair_share::LONG {
                    fair_share::rest_and_wait(Rc::clone(&this.context.user), stretch)
                } else {
                    fair_share::wait()
                });
                Poll::Pending
            }
            (Poll::Pending, None) => {
                this.spent = Duration::ZERO;
                Poll::Pending
            }
        }
    }
}

/// Calls Lua as a user where nothing waits.
pub fn as_user<T>(context: &Rc<Context>, call: impl FnOnce() -> T) -> Ended<T> {
    let outer = CURRENT.with_borrow_mut(|current| current.replace(Rc::clone(context)));
    let outside = sandbox::enter("a function that cannot wait");
    let slice = Slice::start(SLICE_BUDGET);
    let result = call();
    let overrun = slice.overrun();
    fair_share::held(&context.user, slice.stretch(fair_share::LONG));
    drop(slice);
    sandbox::leave(outside);
    CURRENT.with_borrow_mut(|current| *current = outer);
    overrun.map_or(Ended::Done(result), Ended::Overrun)
}

/// Lends the current user's stream to `random`.
pub struct CurrentUser;

impl Source for CurrentUser {
    fn with<R>(act: impl FnOnce(&mut Stream, &Identity) -> R) -> Option<R> {
        current().map(|context| act(&mut context.stream.borrow_mut(), &context.user.identity))
    }
}

impl Holder for CurrentUser {
    fn hold(lease: Lease) -> Option<()> {
        current().map(|context| context.user.leases.borrow_mut().push(lease))
    }
}
