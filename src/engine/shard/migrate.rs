//! How a user comes to the generation that the roster wants it in.

use std::rc::Rc;

use super::session;
use super::state::Floor;
use super::vm_pool::NoPlace;
use crate::engine::roster::Edition;
use crate::metrics::TypeId;
use crate::script::{Actor, Context, Moved, Vm};

/// Puts a user into a VM of its type; none when its script does not load, which is said.
pub fn enter(floor: &Floor, context: &Rc<Context>, kind: TypeId) -> Option<Actor> {
    let number = number(context);
    let roster = floor.roster();
    let edition = roster.edition(kind, number)?;
    let vm = place(floor, kind, edition)?;
    match Actor::new(Rc::clone(&vm), Rc::clone(context)) {
        Ok(actor) => {
            context.user.generation.set(vm.generation);
            count(floor, kind, vm.generation, 1);
            Some(actor)
        }
        Err(fault) => {
            tracing::error!("{fault}");
            floor.fleet.leave(&vm);
            floor.fleet.give_up(kind, edition);
            None
        }
    }
}

/// Takes a user out of its VM.
pub fn leave(floor: &Floor, actor: &Actor) {
    let kind = actor.context.user.kind.get();
    count(floor, kind, actor.vm.generation, -1);
    floor.fleet.leave(&actor.vm);
    floor.settle();
}

/// Before a session: the user has no state that would have to come along.
pub fn between_sessions(floor: &Floor, actor: &mut Actor) {
    let kind = actor.context.user.kind.get();
    if wanted(floor, actor).is_none() {
        return;
    }
    if let Some(there) = enter(floor, &actor.context, kind) {
        leave(floor, actor);
        *actor = there;
        floor.settle();
    }
}

/// In a session, between two steps. True: `on_start` must run again.
pub fn between_steps(floor: &Floor, actor: &mut Actor) -> bool {
    let kind = actor.context.user.kind.get();
    let Some(edition) = wanted(floor, actor) else {
        return false;
    };
    let Some(vm) = place(floor, kind, &edition) else {
        return false;
    };
    let (there, how) = match actor.move_to(Rc::clone(&vm)) {
        Ok(moved) => moved,
        Err(fault) => {
            tracing::error!("{fault}");
            floor.fleet.leave(&vm);
            floor.fleet.give_up(kind, &edition);
            return false;
        }
    };
    count(floor, kind, there.vm.generation, 1);
    floor.world.recorder.borrow_mut().moved(how.as_str());
    leave(floor, actor);
    *actor = there;
    floor.settle();
    match how {
        Moved::Copied | Moved::Migrated => false,
        Moved::Restarted(fault) => {
            session::count_fault(floor, actor, &fault);
            true
        }
    }
}

/// Ends when the user should be in another generation than it is.
pub async fn due(floor: &Floor, actor: &Actor) {
    while wanted(floor, actor).is_none() {
        floor.changed.notified().await;
    }
}

/// What the user should play; none when it plays that already, or when its type is gone: then it finishes its session
/// with what it has. One that is to be of another type follows the one that it has, until its session ends.
fn wanted(floor: &Floor, actor: &Actor) -> Option<Edition> {
    let kind = actor.context.user.kind.get();
    let roster = floor.roster.borrow();
    let edition = roster.edition(kind, number(&actor.context))?;
    (edition.generation != actor.vm.generation && !floor.fleet.is_broken(kind, edition))
        .then(|| edition.clone())
}

fn place(floor: &Floor, kind: TypeId, edition: &Edition) -> Option<Rc<Vm>> {
    match floor.fleet.place(kind, edition) {
        Ok(vm) => Some(vm),
        Err(NoPlace::Known) => None,
        Err(NoPlace::Faults(faults)) => {
            for fault in faults {
                tracing::error!("{fault}");
            }
            None
        }
    }
}

fn count(floor: &Floor, kind: TypeId, generation: u32, delta: i32) {
    let mut recorder = floor.world.recorder.borrow_mut();
    recorder.users(kind, generation, delta);
}

/// Users are numbered by 32 bits.
fn number(context: &Context) -> u32 {
    u32::try_from(context.user.number).unwrap_or(u32::MAX)
}
