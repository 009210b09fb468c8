//! A user goes to another version of its script in the middle of its session, and takes its state along.

use std::rc::Rc;

use mlua::{LuaString, Table, Value};

use super::recollection;
use super::script_user::ScriptUser;
use super::state;
use crate::script::budgets::SLICE_BUDGET;
use crate::script::diagnostic;
use crate::script::diagnostic::Diagnostic;
use crate::script::load::instance::Vm;
use crate::script::user::journeys::Unfinished;
use crate::script::vm::cpu_budget;
use crate::script::vm::scope::{self, Ended};

/// How the state of a user came along.
#[derive(Debug)]
pub enum Moved {
    /// As it was.
    Copied,
    /// By the new script's `migrate`.
    Migrated,
    /// Not at all: the session has a fresh state, and `on_start` must run again.
    Restarted(Diagnostic),
}

impl Moved {
    /// The word under which it is counted.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Copied => "copied",
            Self::Migrated => "migrated",
            Self::Restarted(_) => "restarted",
        }
    }
}

impl ScriptUser {
    /// The same user in another VM. Cookies, tokens, connections, requests left and random streams are the user's and
    /// stay with it; `user.state` is copied, and given to `migrate` where the new script has one.
    ///
    /// # Errors
    /// When the new VM has no memory left: the user stays where it is.
    pub fn move_to(&self, vm: Rc<Vm>) -> Result<(Self, Moved), Diagnostic> {
        let moved = Self::new(vm, Rc::clone(&self.context))?;
        moved.begin()?;
        let person = &self.context.user.person;
        let how = match self.check_data() {
            Ok(()) => match self.take_state_to(&moved) {
                Ok(how) => how,
                Err(fault) => {
                    moved.restart()?;
                    person.remember(None);
                    Moved::Restarted(fault)
                }
            },
            // Of a step that was cancelled: the person has in mind what it had before this session.
            Err(fault) => {
                moved.restart()?;
                person.drop_recalled();
                // What cannot be converted is forgotten, and one fault says enough.
                let _ = moved.recall();
                Moved::Restarted(fault)
            }
        };
        self.context.user.requester.version.set(moved.vm.version);
        Ok((moved, how))
    }

    /// Its session begins again in this VM, with a fresh state.
    fn restart(&self) -> Result<(), Diagnostic> {
        self.begin()?;
        self.end_journeys(Unfinished::Cancelled);
        Ok(())
    }

    /// What a step left that was cancelled was looked at by nobody.
    fn check_data(&self) -> Result<(), Diagnostic> {
        state::check(&self.table, &self.vm.state_key)
            .and_then(|()| self.check_memory())
            .map_err(|message| Diagnostic::at(&self.vm.path, message))
    }

    fn take_state_to(&self, other: &Self) -> Result<Moved, Diagnostic> {
        let at = |why: mlua::Error| Diagnostic::from_lua(&why, &other.vm.path);
        let state = match self.table.raw_get(&self.vm.state_key).map_err(at)? {
            Value::Table(old) => state::copy(&old, &self.vm.lua, &other.vm.lua).map_err(at)?,
            // The script has dropped it.
            _ => other.vm.lua.create_table().map_err(at)?,
        };
        if other.vm.contract.migrate.is_none() {
            other.put_state(&state).map_err(at)?;
            if self.has_recalled() {
                let memory = self.memory_in(other).map_err(at)?;
                other.put_memory(&memory).map_err(at)?;
            }
            return Ok(Moved::Copied);
        }
        let memory = self.memory_in(other).map_err(at)?;
        let (state, memory) = other.migrated(state, self.vm.version, memory)?;
        other.put_state(&state).map_err(at)?;
        other.put_memory(&memory).map_err(at)?;
        Ok(Moved::Migrated)
    }

    /// What `migrate` makes of the state and the memory of another version.
    ///
    /// # Errors
    /// What it raised, or that it returned something else than plain data.
    pub(super) fn migrated(
        &self,
        state: Table,
        from: u32,
        memory: Table,
    ) -> Result<(Table, Table), Diagnostic> {
        let at = |why: mlua::Error| Diagnostic::from_lua(&why, &self.vm.path);
        let Some(migrate) = &self.vm.contract.migrate else {
            return Ok((state, memory));
        };
        let call = || migrate.call::<(Value, Value)>((state, from, &memory));
        let (state, changed) = match scope::as_user(&self.context, call) {
            Ended::Done(answer) => answer.map_err(at)?,
            Ended::Overrun(place) => {
                let place = place.unwrap_or_else(|| self.vm.path.clone());
                return Err(Diagnostic::at(place, cpu_budget::message(SLICE_BUDGET)));
            }
            // Nothing waits in there.
            Ended::Left => (Value::Nil, Value::Nil),
        };
        let wrong = |returned: &Value, what: &str| {
            let message = format!(
                "migrate returned {}; it returns {what}",
                diagnostic::one(returned.type_name())
            );
            Diagnostic::at(&self.vm.path, message)
        };
        let Value::Table(state) = state else {
            return Err(wrong(&state, "the state of this version, a table"));
        };
        let memory = match changed {
            Value::Nil => memory,
            Value::Table(changed) => changed,
            other => return Err(wrong(&other, "a table or nothing as the memory")),
        };
        let both = self.vm.lua.create_table().map_err(at)?;
        both.raw_set(&self.vm.state_key, &state).map_err(at)?;
        both.raw_set(&self.vm.memory_key, &memory).map_err(at)?;
        state::check(&both, &self.vm.state_key)
            .and_then(|()| recollection::check(&both, &self.vm.memory_key))
            .map_err(|message| Diagnostic::at(&self.vm.path, format!("migrate: {message}")))?;
        Ok((state, memory))
    }

    fn put_state(&self, state: &Table) -> mlua::Result<()> {
        let key: &LuaString = &self.vm.state_key;
        self.table.raw_set(key, state)
    }
}
