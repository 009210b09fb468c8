//! The user at work, as `random` and `data` need it.

use super::data::Holder;
use super::random::Source;
use crate::random::Stream;
use crate::script::feed::Lease;
use crate::script::user::context;
use crate::script::user::identity::Identity;

/// Lends the current user's stream to `random`.
pub struct CurrentUser;

impl Source for CurrentUser {
    fn with<R>(act: impl FnOnce(&mut Stream, &Identity) -> R) -> Option<R> {
        context::current()
            .map(|context| act(&mut context.stream.borrow_mut(), &context.user.identity))
    }
}

impl Holder for CurrentUser {
    fn hold(lease: Lease) -> Option<()> {
        context::current().map(|context| context.user.leases.borrow_mut().push(lease))
    }
}
