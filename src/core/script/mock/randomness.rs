//! The stream of a mock's own draws, apart from those of the users who call it.

use std::cell::RefCell;

use crate::random::Stream;
use crate::script::api::random::{Identity, Source};

thread_local! {
    // The functions of `random` are made once for a VM and find their stream here, as those of scripts find their user.
    static LENT: RefCell<Option<(Stream, Identity)>> = const { RefCell::new(None) };
}

/// Lends the stream of the mock that answers on this thread.
pub struct MockStream;

impl Source for MockStream {
    fn with<R>(act: impl FnOnce(&mut Stream, &Identity) -> R) -> Option<R> {
        LENT.with_borrow_mut(|lent| {
            lent.as_mut()
                .map(|(stream, identity)| act(stream, identity))
        })
    }
}

/// Lends a stream while `act` runs, and gives it back.
pub fn lend<R>(kept: &RefCell<Option<(Stream, Identity)>>, act: impl FnOnce() -> R) -> R {
    let outer = LENT.replace(kept.take());
    let result = act();
    kept.replace(LENT.replace(outer));
    result
}
