//! One timer of the operating system that a tokio runtime waits for: Linux's `timerfd`.
//!
//! In: a span. Out: a waker is woken when it has passed, to the microsecond. It must never know: who waits, and for what.

#[cfg(target_os = "linux")]
pub(super) use linux::TimerFd;
#[cfg(not(target_os = "linux"))]
pub(super) use none::TimerFd;

#[cfg(target_os = "linux")]
mod linux {
    use std::io;
    use std::os::fd::OwnedFd;
    use std::task::{Context, Poll, Waker};
    use std::time::Duration;

    use rustix::time::{
        Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
        timerfd_settime,
    };
    use tokio::io::Interest;
    use tokio::io::unix::AsyncFd;

    /// The longest span, a day: it only has to be one for which the system has a number.
    const LONGEST: Duration = Duration::from_hours(24);

    /// A `timerfd` on the monotonic clock, which is that of `Instant`: it stands still too while the system is suspended.
    ///
    /// It is never read. The runtime's epoll is edge-triggered, and setting the timer again resets its count.
    #[derive(Debug)]
    pub struct TimerFd(AsyncFd<OwnedFd>);

    impl TimerFd {
        /// A timer that is not set, for the current runtime.
        ///
        /// # Errors
        /// When the process may not open another file, or the system does not support it.
        pub fn new() -> io::Result<Self> {
            let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
            let fd = timerfd_create(TimerfdClockId::Monotonic, flags)?;
            #[expect(
                unsafe_code,
                reason = "a descriptor that tokio has no type for can be registered in no other way"
            )]
            // SAFETY: an `OwnedFd` is one open descriptor for as long as it lives, and the `AsyncFd` owns it.
            let registered = unsafe { AsyncFd::register_with_interest(fd, Interest::READABLE) };
            Ok(Self(registered.map_err(io::Error::from)?))
        }

        /// Wakes `waker` once, when the timer fires next.
        pub fn listen(&self, waker: &Waker) {
            let mut context = Context::from_waker(waker);
            // An error means that the runtime ends: nobody waits any more.
            while let Poll::Ready(Ok(mut ready)) = self.0.poll_read_ready(&mut context) {
                ready.clear_ready();
            }
        }

        /// Fires once after `span`, in place of what was set before; after a day at the latest.
        ///
        /// # Errors
        /// When the system refuses it, which no system is known to do.
        pub fn set(&self, span: Duration) -> io::Result<()> {
            // A span of zero would switch it off.
            let span = span.clamp(Duration::from_nanos(1), LONGEST);
            let once = Itimerspec {
                it_interval: Timespec::default(),
                it_value: Timespec::try_from(span).map_err(io::Error::other)?,
            };
            timerfd_settime(self.0.get_ref(), TimerfdTimerFlags::empty(), &once)?;
            Ok(())
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod none {
    use std::io;
    use std::task::Waker;
    use std::time::Duration;

    /// There is none on this system.
    #[derive(Debug)]
    pub enum TimerFd {}

    impl TimerFd {
        pub fn new() -> io::Result<Self> {
            Err(io::ErrorKind::Unsupported.into())
        }

        pub fn listen(&self, _: &Waker) {
            match *self {}
        }

        pub fn set(&self, _: Duration) -> io::Result<()> {
            match *self {}
        }
    }
}
