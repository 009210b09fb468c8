//! A test under way: how long it computes and how long it takes are watched.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use mlua::Lua;

use crate::script::mock::{OwnStream, lend};
use crate::script::vm::cpu_budget::Slice;
use crate::script::vm::{callbacks, place, sandbox};

/// How a test ended that did not end by itself.
#[derive(Debug, PartialEq)]
pub enum Cut {
    /// It computed for too long without waiting: where, if that is known.
    Computing(Option<String>),
    /// It went on for too long: where it was last.
    Running(Option<String>),
}

/// Polls a test's coroutine, for so long of the machine's time.
pub struct Watched<'a, F> {
    lua: Lua,
    future: F,
    stream: &'a OwnStream,
    limit: Duration,
    until: Instant,
}

impl<'a, F: Future + Unpin> Watched<'a, F> {
    /// From now on, in this VM, with this stream for its draws.
    pub fn new(lua: &Lua, future: F, (stream, limit): (&'a OwnStream, Duration)) -> Self {
        Self {
            lua: lua.clone(),
            future,
            stream,
            limit,
            until: Instant::now() + limit,
        }
    }
}

impl<F: Future + Unpin> Future for Watched<'_, F> {
    type Output = Result<F::Output, Cut>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if Instant::now() >= self.until {
            return Poll::Ready(Err(Cut::Running(None)));
        }
        let outer = place::replace(Some(self.lua.clone()));
        callbacks::reset_no_wait();
        sandbox::bound_turn(&self.lua);
        let slice = Slice::start(self.limit);
        let stream = self.stream;
        let polled = lend(stream, || Pin::new(&mut self.future).poll(cx));
        let overrun = slice.overrun();
        drop(slice);
        place::replace(outer);
        match (overrun, polled) {
            (Some(place), _) => Poll::Ready(Err(Cut::Computing(place))),
            (None, Poll::Ready(done)) => Poll::Ready(Ok(done)),
            (None, Poll::Pending) => Poll::Pending,
        }
    }
}
