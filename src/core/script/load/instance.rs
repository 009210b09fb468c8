//! One Lua VM with one type's script in it: users of one type and one version live in it, at most [`USERS_PER_VM`].

use std::rc::Rc;
use std::sync::Arc;

use mlua::state::{GcIncParams, GcMode};
use mlua::{Lua, LuaString, Table, Value};

use super::contract::Contract;
use super::globals;
use super::memory;
use super::next_steps;
use super::resources::VmResources;
use super::step_names;
use super::step_names::CachedStepId;
use crate::plan::StepChain;
use crate::script::api::ModuleDeclarations;
use crate::script::budgets::LOAD_BUDGET;
use crate::script::diagnostic::Diagnostic;
use crate::script::shard_context::ScriptConfig;
use crate::script::source::bundle::{Bundle, Source};
use crate::script::user::context;
use crate::script::vm::{callbacks, compile, cpu_budget, sandbox};

/// A collection scans every coroutine's stack: at 1,000 users the longest turn of the loop stays near 1 ms.
pub const USERS_PER_VM: usize = 1_000;

/// A VM that is ready for users.
pub struct Vm {
    /// The Lua state.
    pub lua: Lua,
    /// What its script returned.
    pub contract: Contract,
    /// The name of each of its steps, under which that is counted.
    pub step_names: Vec<Rc<str>>,
    /// The id of each, as they are counted.
    pub(crate) step_ids: Vec<CachedStepId>,
    /// Which of them comes after which.
    pub chain: StepChain,
    /// The version of its type: the number of the bundle that last changed it.
    pub version: u32,
    /// The file of its script, for errors without a line.
    pub path: String,
    /// What its modules declared.
    pub declared: Rc<ModuleDeclarations>,
    /// The word `state`, made once.
    pub(crate) state_key: LuaString,
    /// The word `memory`.
    pub(crate) memory_key: LuaString,
    /// Shared by the `user` tables.
    pub(crate) user_meta: Table,
}

impl Vm {
    /// Loads a type's script into a new VM, for users of this version.
    ///
    /// # Errors
    /// Every fault found: syntax, top level, contract.
    pub fn load(
        bundle: &Arc<Bundle>,
        kind: &str,
        version: u32,
        script_config: &ScriptConfig,
        resources: &VmResources,
    ) -> Result<Self, Vec<Diagnostic>> {
        let source = bundle
            .types
            .get(kind)
            .ok_or_else(|| vec![Diagnostic::at(kind, "the type does not exist")])?;
        let loaded =
            Loaded::run(bundle, source, script_config, resources).map_err(|fault| vec![fault])?;
        let mut contract = Contract::from_lua(&loaded.returned, &source.path)?;
        if let Some(overrides) = script_config.overrides.get(kind) {
            contract.replace(overrides);
        }
        let step_names = step_names::of(&contract.steps, bundle);
        let chain = next_steps::chain(&contract.steps, &step_names, &source.path)?;
        let word = |word| {
            let key = loaded.lua.create_string(word);
            key.map_err(|why| vec![Diagnostic::from_lua(&why, &source.path)])
        };
        let (state_key, memory_key) = (word("state")?, word(MEMORY)?);
        let user_meta =
            user_meta(&loaded.lua).map_err(|why| vec![Diagnostic::from_lua(&why, &source.path)])?;
        Ok(Self {
            lua: loaded.lua,
            contract,
            step_ids: step_names.iter().map(|_| CachedStepId::default()).collect(),
            step_names,
            chain,
            version,
            path: source.path.clone(),
            declared: loaded.declared,
            state_key,
            memory_key,
            user_meta,
        })
    }

    /// Bytes that Lua holds.
    pub fn memory(&self) -> usize {
        self.lua.used_memory()
    }
}

/// A script whose top level has run.
pub(crate) struct Loaded {
    pub lua: Lua,
    pub returned: Value,
    pub declared: Rc<ModuleDeclarations>,
}

impl Loaded {
    /// Opens a VM with all globals, runs the script's top level under its time budget.
    pub fn run(
        bundle: &Arc<Bundle>,
        source: &Source,
        script_config: &ScriptConfig,
        resources: &VmResources,
    ) -> Result<Self, Diagnostic> {
        let fault = |why: mlua::Error| Diagnostic::from_lua(&why, &source.path);
        let declared = Rc::new(ModuleDeclarations::default());
        let lua = sandbox::open().map_err(fault)?;
        globals::install(&lua, bundle, script_config, &declared, resources).map_err(fault)?;
        lua.gc_set_mode(GcMode::Incremental(GcIncParams::default()));
        callbacks::reset_no_wait();
        let slice = cpu_budget::Slice::start(LOAD_BUDGET);
        let returned = compile::chunk(&lua, source).and_then(|chunk| chunk.call::<Value>(()));
        if let Some(place) = slice.overrun() {
            return Err(Diagnostic::at(
                place.unwrap_or_else(|| source.path.clone()),
                format!("loading it {}", cpu_budget::message(LOAD_BUDGET)),
            ));
        }
        drop(slice);
        let returned = returned.map_err(fault)?;
        declared.closed.set(true);
        Ok(Self {
            lua,
            returned,
            declared,
        })
    }
}

/// The field of `user` that is kept over sessions: it is there once the script has asked for it.
const MEMORY: &str = "memory";

/// The field of `user` that ends its session at 0.
const REQUESTS_LEFT: &str = "requests_left";
/// Most requests that a script can give a session.
const MOST_REQUESTS: i64 = u32::MAX as i64;

/// What `user` answers beside its plain fields.
fn user_meta(lua: &Lua) -> mlua::Result<Table> {
    let meta = lua.create_table()?;
    meta.raw_set(
        "__index",
        lua.create_function(|lua, (table, key): (Table, String)| {
            let user = |key: &str| Ok::<_, mlua::Error>(Rc::clone(&context::need(key)?.user));
            Ok(match key.as_str() {
                REQUESTS_LEFT => {
                    let session = &user("user.requests_left")?.requester;
                    Value::Integer(session.session.requests_left.get().max(0))
                }
                "person" => Value::Integer(user("user.person")?.person.number() as i64),
                "visits" => Value::Integer(user("user.visits")?.person.visits().into()),
                MEMORY => {
                    let user = user("user.memory")?;
                    // One that the script has emptied stays empty.
                    let kept = match user.person.is_recalled() {
                        true => None,
                        false => user.person.recall(),
                    };
                    let memory = match &kept {
                        Some(kept) => memory::decode(&kept.bytes, lua)?,
                        None => lua.create_table()?,
                    };
                    table.raw_set(MEMORY, &memory)?;
                    Value::Table(memory)
                }
                _ => Value::Nil,
            })
        })?,
    )?;
    let refuse = |_: &Lua, (table, key, value): (Table, Value, Value)| -> mlua::Result<()> {
        let key = key.to_string()?;
        if key == MEMORY {
            // What it is is looked at after the step.
            context::need("user.memory")?.user.person.recall();
            return table.raw_set(MEMORY, value);
        }
        if key == REQUESTS_LEFT {
            let whole = value
                .as_i64()
                .filter(|left| (0..=MOST_REQUESTS).contains(left));
            let left = whole.ok_or_else(|| {
                mlua::Error::runtime(format!(
                    "user.requests_left: takes a whole number from 0 to {MOST_REQUESTS}"
                ))
            })?;
            let user = Rc::clone(&context::need("user.requests_left")?.user);
            user.requester.session.requests_left.set(left);
            return Ok(());
        }
        Err(mlua::Error::runtime(format!(
            "user.{key}: keep it in user.state.{key}"
        )))
    };
    meta.raw_set("__newindex", lua.create_function(refuse)?)?;
    meta.raw_set("__metatable", "user")?;
    Ok(meta)
}
