//! Which users are present in a shard, and the recordings of their sessions.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};

use super::reporter::Reporter;
use crate::engine::recording::{RecordingNews, RecordingOrder};
use crate::request::{Requester, SharedContext, Wanted, Whose};
use crate::script::User;

/// The users that are there, by number.
#[derive(Default)]
pub struct PresentUsers(RefCell<BTreeMap<u64, Weak<User>>>);

impl PresentUsers {
    /// This one is there, until the value that comes back is dropped.
    pub fn enter(self: &Rc<Self>, user: &Rc<User>, reporter: &Reporter) -> Present {
        let number = user.requester.number;
        self.0.borrow_mut().insert(number, Rc::downgrade(user));
        Present {
            users: Rc::clone(self),
            requester: Rc::clone(&user.requester),
            reporter: reporter.clone(),
        }
    }

    /// Nobody follows this recording any more.
    pub fn end_recording(&self, id: u64, shared: &SharedContext) {
        shared.recordings.forget(|one| one.id == id);
        for user in self.0.borrow().values().filter_map(Weak::upgrade) {
            user.requester.end_recording_of(id);
        }
    }

    /// The one of whom a recording can be: of a type, rather one that is in a session.
    fn find(&self, whose: Whose) -> Option<Rc<User>> {
        let users = self.0.borrow();
        if let Whose::User(number) = whose {
            return users.get(&number)?.upgrade();
        }
        let is_meant = |user: &Rc<User>| match whose {
            Whose::Type(kind) => user.requester.kind.get() == kind && has_lived(user),
            Whose::User(_) | Whose::Anyone => true,
        };
        let mut meant = users.values().filter_map(Weak::upgrade).filter(is_meant);
        let first = meant.next()?;
        let busy = std::iter::once(Rc::clone(&first)).chain(meant);
        Some(busy.into_iter().find(is_in_session).unwrap_or(first))
    }
}

/// Before its first session a user has no type yet.
fn has_lived(user: &Rc<User>) -> bool {
    user.requester.session.number.get() > 0
}

fn is_in_session(user: &Rc<User>) -> bool {
    user.requester.session.is_live.get()
}

/// Begins a recording, and reports what comes of it.
pub fn record(
    users: &PresentUsers,
    reporter: &Reporter,
    shared: &SharedContext,
    order: &RecordingOrder,
    has_place: impl Fn(&User) -> bool,
) {
    let id = order.id;
    let told = reporter.clone();
    let mut wanted = Wanted {
        id,
        whose: order.whose,
        limits: order.limits,
        sink: Box::new(move |event| {
            told.recording(id, RecordingNews::Happened(Box::new(event)));
        }),
    };
    if order.waits {
        return shared.recordings.want(wanted);
    }
    let Some(user) = users.find(order.whose).filter(|user| has_place(user)) else {
        reporter.recording(id, RecordingNews::NotFound);
        return;
    };
    let (number, is_in_session) = (user.requester.number, is_in_session(&user));
    reporter.recording(
        id,
        RecordingNews::Found {
            user: number,
            is_in_session,
        },
    );
    if is_in_session {
        user.requester.begin_recording(wanted);
    } else {
        wanted.whose = Whose::User(number);
        shared.recordings.want(wanted);
    }
}

/// A user that is there. Dropped, it has left: a recording that waits for its next session ends.
pub struct Present {
    users: Rc<PresentUsers>,
    requester: Rc<Requester>,
    reporter: Reporter,
}

impl Present {
    /// It has no place in the crowd for now.
    pub fn has_left(&self) {
        left(&self.requester, &self.reporter);
    }
}

impl Drop for Present {
    fn drop(&mut self) {
        self.users.0.borrow_mut().remove(&self.requester.number);
        self.has_left();
    }
}

fn left(requester: &Requester, reporter: &Reporter) {
    let recordings = &requester.shared.recordings;
    if recordings.is_on() {
        recordings.forget(|one| {
            let is_its = one.whose == Whose::User(requester.number);
            if is_its {
                reporter.recording(one.id, RecordingNews::Gone);
            }
            is_its
        });
    }
}
