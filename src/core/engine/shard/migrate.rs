//! Migration of a user to the version that the roster wants it in.

use std::rc::Rc;

use super::state::{ShardState, number_of};
use super::vm_pool::NoVm;
use crate::engine::roster::ScriptVersion;
use crate::metrics::TypeId;
use crate::script::{Context, Moved, ScriptUser, Vm};

/// Puts a user into a VM of its type; none when its script does not load, which is said.
pub fn enter(state: &ShardState, context: &Rc<Context>, kind: TypeId) -> Option<ScriptUser> {
    let version = state
        .assignment
        .version_for(kind, number_of(&context.user))?;
    let vm = vm_for(state, kind, version)?;
    match ScriptUser::new(Rc::clone(&vm), Rc::clone(context)) {
        Ok(script_user) => {
            context.user.requester.version.set(vm.version);
            count(state, kind, vm.version, 1);
            Some(script_user)
        }
        Err(fault) => {
            tracing::error!("{fault}");
            state.vms.leave(&vm);
            state.vms.give_up(kind, version);
            None
        }
    }
}

/// Takes a user out of its VM.
pub fn leave(state: &ShardState, script_user: &ScriptUser) {
    let kind = script_user.context.user.requester.kind.get();
    count(state, kind, script_user.vm.version, -1);
    state.vms.leave(&script_user.vm);
    state.report_settled();
}

/// Before a session: the user has no state that would have to come along.
pub fn between_sessions(state: &ShardState, script_user: &mut ScriptUser) {
    let kind = script_user.context.user.requester.kind.get();
    if wanted(state, script_user).is_none() {
        return;
    }
    if let Some(there) = enter(state, &script_user.context, kind) {
        leave(state, script_user);
        *script_user = there;
        state.report_settled();
    }
}

/// In a session, between two steps. True: `on_start` must run again.
pub fn between_steps(state: &ShardState, script_user: &mut ScriptUser) -> bool {
    let kind = script_user.context.user.requester.kind.get();
    let Some(version) = wanted(state, script_user) else {
        return false;
    };
    let Some(vm) = vm_for(state, kind, version) else {
        return false;
    };
    let (there, how) = match script_user.move_to(Rc::clone(&vm)) {
        Ok(moved) => moved,
        Err(fault) => {
            tracing::error!("{fault}");
            state.vms.leave(&vm);
            state.vms.give_up(kind, version);
            return false;
        }
    };
    count(state, kind, there.vm.version, 1);
    state
        .context
        .requests
        .recorder
        .borrow_mut()
        .moved(how.as_str());
    leave(state, script_user);
    *script_user = there;
    state.report_settled();
    match how {
        Moved::Copied | Moved::Migrated => false,
        Moved::Restarted(fault) => {
            state.count_script_error(script_user, &fault);
            true
        }
    }
}

/// Ends when the user should be in another version than it is.
pub async fn due(state: &ShardState, script_user: &ScriptUser) {
    while wanted(state, script_user).is_none() {
        state.assignment.changed().await;
    }
}

/// What the user should play; none when it plays that already, or when its type is gone: then it finishes its session
/// with what it has. One that is to be of another type follows the one that it has, until its session ends.
fn wanted(state: &ShardState, script_user: &ScriptUser) -> Option<ScriptVersion> {
    let user = &script_user.context.user;
    let kind = user.requester.kind.get();
    let version = state.assignment.version_for(kind, number_of(user))?;
    let is_other = version.version != script_user.vm.version;
    (is_other && !state.vms.is_broken(kind, version)).then_some(version)
}

fn vm_for(state: &ShardState, kind: TypeId, version: ScriptVersion) -> Option<Rc<Vm>> {
    match state.vms.place(&state.assignment.roster(), kind, version) {
        Ok(vm) => Some(vm),
        Err(NoVm::Reported) => None,
        Err(NoVm::Faults(faults)) => {
            for fault in faults {
                tracing::error!("{fault}");
            }
            None
        }
    }
}

fn count(state: &ShardState, kind: TypeId, version: u32, delta: i32) {
    let mut recorder = state.context.requests.recorder.borrow_mut();
    recorder.users(kind, version, delta);
}
