//! Calls of Lua on behalf of a user: the user is set around each, and the slice's time is watched.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context as TaskContext, Poll, ready};
use std::time::Duration;

use mlua::Lua;

use super::cpu_budget::Slice;
use super::{callbacks, place, sandbox};
use crate::script::budgets::SLICE_BUDGET;
use crate::script::fair_share::{self, Turn, Type};
use crate::script::user::context::{self, Context, User};

/// The current user, for a function that waits.
///
/// # Errors
/// As [`context::need`], and inside coroutines and callbacks in which Lua cannot wait.
pub fn need_waiting(function: &str) -> mlua::Result<Rc<Context>> {
    if let Some(place) = callbacks::why_no_wait() {
        return Err(mlua::Error::runtime(format!(
            "{function} waits, and cannot be called inside {place}"
        )));
    }
    context::need(function)
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
    queue: Option<Queue>,
}

impl<F: Future + Unpin> Scope<F> {
    /// `future` will find `context` as its current user. It queues first where its user's script has held the shard before.
    pub fn new(lua: &Lua, context: Rc<Context>, future: F) -> Self {
        let requests = &context.user.shard.requests;
        requests.place_in_script.set(Some(place::current));
        let queue = must_queue(&context.user).then(|| rest_and_wait(&context.user, Duration::MAX));
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
        self.context.settle();
        if self.future.is_none() {
            return;
        }
        let slice = Slice::start(self.to_close);
        drop(self.future.take());
        held(&self.context.user, slice.stretch(fair_share::LONG));
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
        let outer = context::replace(Some(Rc::clone(&this.context)));
        let outer_vm = place::replace(Some(this.lua.clone()));
        callbacks::reset_no_wait();
        sandbox::bound_turn(&this.lua);
        let slice = if this.context.user.shard.fair_share.has_turns() {
            Slice::turn(this.spent)
        } else {
            Slice::start(SLICE_BUDGET)
        };
        let polled = Pin::new(future).poll(cx);
        if polled.is_ready() {
            this.future = None;
        }
        let overrun = slice.overrun();
        let turned = slice.turned();
        // A turn that was interrupted is no wait of the script's.
        if polled.is_ready() || turned.is_none() {
            this.context.settle();
        }
        let stretch = slice.stretch(fair_share::LONG);
        held(&this.context.user, stretch);
        drop(slice);
        drop(turn);
        context::replace(outer);
        place::replace(outer_vm);
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
                    rest_and_wait(&this.context.user, stretch)
                } else {
                    wait(&this.context.user)
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
    let outer = context::replace(Some(Rc::clone(context)));
    let outside = callbacks::enter("a function that cannot wait");
    let slice = Slice::start(SLICE_BUDGET);
    let result = call();
    let overrun = slice.overrun();
    held(&context.user, slice.stretch(fair_share::LONG));
    drop(slice);
    callbacks::leave(outside);
    context::replace(outer);
    overrun.map_or(Ended::Done(result), Ended::Overrun)
}

/// A place in the queue for the next turn.
type Queue = Pin<Box<dyn Future<Output = Turn>>>;

/// Whether the scripts of a user's type and version have held the shard: then its calls queue, too.
fn must_queue(user: &User) -> bool {
    user.shard.fair_share.must_queue(type_of(user))
}

/// Notes that a user's script held the shard for so long at a stretch.
pub fn held(user: &User, stretch: Duration) {
    let fair_share = &user.shard.fair_share;
    if fair_share.has_turns() {
        fair_share.held(type_of(user), stretch);
    }
}

/// Queues for a turn.
fn wait(user: &Rc<User>) -> Queue {
    let user = Rc::clone(user);
    Box::pin(async move { user.shard.fair_share.turn().await })
}

/// Queues as [`wait`] does, and rests before as a long stretch of this user's type wants it, but for no longer than `at_most`.
fn rest_and_wait(user: &Rc<User>, at_most: Duration) -> Queue {
    let user = Rc::clone(user);
    let latest = user.shard.fair_share.instant_in(at_most);
    Box::pin(async move {
        let shard = &user.shard;
        let fair_share = &shard.fair_share;
        fair_share
            .rested_turn(type_of(&user), latest, &shard.requests.shutdown)
            .await
    })
}

fn type_of(user: &User) -> Type {
    (user.requester.kind.get().0, user.requester.version.get())
}
