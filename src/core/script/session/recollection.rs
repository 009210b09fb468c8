//! `user.memory`: what a person keeps over its sessions, in whatever VM and version it lives.

use mlua::{LuaString, Table, Value};

use super::script_user::ScriptUser;
use super::state;
use crate::script::diagnostic::Diagnostic;
use crate::script::load::memory;
use crate::script::user::person::Memory;

/// Looks at the memory that a table has at `key`.
///
/// # Errors
/// What is not plain data in it, or that it is too large.
pub(super) fn check(table: &Table, key: &LuaString) -> Result<(), String> {
    if state::measure("user.memory", table, key)? > memory::MOST_BYTES {
        return Err(format!(
            "user.memory has more than {} kB; keep less of it over sessions",
            memory::MOST_BYTES >> 10
        ));
    }
    Ok(())
}

impl ScriptUser {
    /// A session has begun: where another version wrote what the person has in mind, `migrate` converts it, with an empty
    /// state. What cannot be converted is forgotten.
    ///
    /// # Errors
    /// What `migrate` raised or returned.
    pub fn recall(&self) -> Result<(), Diagnostic> {
        let person = &self.context.user.person;
        let from = person.memory_version();
        let Some(from) = from.filter(|from| *from != self.vm.version) else {
            return Ok(());
        };
        if self.vm.contract.migrate.is_none() {
            return Ok(());
        }
        let at = |why: mlua::Error| Diagnostic::from_lua(&why, &self.vm.path);
        let state = self.vm.lua.create_table().map_err(at)?;
        let memory = self.memory_in(self).map_err(at)?;
        match self.migrated(state, from, memory) {
            Ok((_, memory)) => self.put_memory(&memory).map_err(at),
            Err(fault) => {
                person.remember(None);
                Err(fault)
            }
        }
    }

    /// The memory as a table in the VM of `other`: what the script made of it in this session, or what the person has in
    /// mind.
    pub(super) fn memory_in(&self, other: &Self) -> mlua::Result<Table> {
        match self.table.raw_get(&self.vm.memory_key)? {
            Value::Table(memory) => state::copy(&memory, &self.vm.lua, &other.vm.lua),
            // One that the script has emptied stays empty.
            _ if self.context.user.person.is_recalled() => other.vm.lua.create_table(),
            _ => match self.context.user.person.recall() {
                Some(kept) => memory::decode(&kept.bytes, &other.vm.lua),
                None => other.vm.lua.create_table(),
            },
        }
    }

    pub(super) fn put_memory(&self, memory: &Table) -> mlua::Result<()> {
        self.table.raw_set(&self.vm.memory_key, memory)
    }

    /// Whether the script has its memory in hands in this session.
    pub(super) fn has_recalled(&self) -> bool {
        let memory = self.table.raw_get::<Value>(&self.vm.memory_key);
        memory.is_ok_and(|memory| !memory.is_nil())
    }

    /// Looks at the memory after a call.
    ///
    /// # Errors
    /// What is not plain data in it, or that it is too large.
    pub(super) fn check_memory(&self) -> Result<(), String> {
        if !self.has_recalled() {
            return Ok(());
        }
        check(&self.table, &self.vm.memory_key)
    }

    /// The session is over: the person keeps what the script made of its memory. What the check does not pass changes
    /// nothing.
    pub(super) fn keep_memory(&self) {
        let person = &self.context.user.person;
        if !person.is_recalled() {
            return;
        }
        let kept = match self.table.raw_get::<Value>(&self.vm.memory_key) {
            Ok(Value::Table(memory)) if memory.is_empty() => None,
            Ok(Value::Table(memory)) if self.check_memory().is_ok() => {
                let bytes = memory::encode(&memory, &self.vm.lua).map(Vec::into_boxed_slice);
                let version = self.vm.version;
                bytes.map(|bytes| Memory { bytes, version })
            }
            Ok(Value::Nil) => None,
            _ => return,
        };
        person.remember(kept);
    }
}
