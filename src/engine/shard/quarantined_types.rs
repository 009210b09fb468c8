//! Types whose users begin no session for a while, since every session of them failed.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::metrics::TypeId;

/// Until when which type rests.
#[derive(Default)]
pub struct QuarantinedTypes(RefCell<BTreeMap<TypeId, Instant>>);

impl QuarantinedTypes {
    /// Users of this type begin no session for so long.
    pub fn add(&self, kind: TypeId, pause: Duration) {
        self.0.borrow_mut().insert(kind, Instant::now() + pause);
    }

    /// Until when this type rests; none: it does not.
    pub fn until(&self, kind: TypeId) -> Option<Instant> {
        let until = self.0.borrow().get(&kind).copied();
        until.filter(|until| *until > Instant::now())
    }

    /// Those that have a new script rest no longer: perhaps it is a better one.
    pub fn release(&self, has_new_script: impl Fn(TypeId) -> bool) {
        self.0.borrow_mut().retain(|kind, _| !has_new_script(*kind));
    }
}
