//! Types whose users begin no session for a while, since every session of them failed.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::clock::Clock;
use crate::metrics::TypeId;

/// Until when which type rests.
pub struct QuarantinedTypes {
    clock: Clock,
    until: RefCell<BTreeMap<TypeId, Instant>>,
}

impl QuarantinedTypes {
    /// None rests.
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            until: RefCell::default(),
        }
    }

    /// Users of this type begin no session for so long.
    pub fn add(&self, kind: TypeId, pause: Duration) {
        self.until
            .borrow_mut()
            .insert(kind, self.clock.now() + pause);
    }

    /// Until when this type rests; none: it does not.
    pub fn until(&self, kind: TypeId) -> Option<Instant> {
        let until = self.until.borrow().get(&kind).copied();
        until.filter(|until| *until > self.clock.now())
    }

    /// Those that have a new script rest no longer: perhaps it is a better one.
    pub fn release(&self, has_new_script: impl Fn(TypeId) -> bool) {
        self.until
            .borrow_mut()
            .retain(|kind, _| !has_new_script(*kind));
    }
}
