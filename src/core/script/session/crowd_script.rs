//! `_crowd.lua`: setup before the first user and teardown after the last.

use std::rc::Rc;
use std::sync::Arc;

use mlua::{Function, Lua, Table, Value};
use serde_json::Value as Json;

use crate::script::api::json;
use crate::script::budgets::SLICE_BUDGET;
use crate::script::diagnostic::Diagnostic;
use crate::script::load::instance::Loaded;
use crate::script::load::resources::VmResources;
use crate::script::load::values::show;
use crate::script::shard_context::ScriptConfig;
use crate::script::source::bundle::Bundle;
use crate::script::user::context::{Context, Phase};
use crate::script::user::journeys::{Unfinished, Whereabouts};
use crate::script::vm::cpu_budget;
use crate::script::vm::scope::{Ended, Scope};
use crate::text::did_you_mean;

/// `_crowd.lua`, loaded.
pub struct CrowdScript {
    path: String,
    lua: Lua,
    setup: Option<Function>,
    teardown: Option<Function>,
}

impl CrowdScript {
    /// Whether it has a `setup`.
    pub fn has_setup(&self) -> bool {
        self.setup.is_some()
    }

    /// Whether it has a `teardown`.
    pub fn has_teardown(&self) -> bool {
        self.teardown.is_some()
    }

    /// Loads `_crowd.lua` if the bundle has one.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn load(
        bundle: &Arc<Bundle>,
        script_config: &ScriptConfig,
    ) -> Result<Option<Self>, Vec<Diagnostic>> {
        let Some(source) = &bundle.crowd else {
            return Ok(None);
        };
        let one = |fault: Diagnostic| vec![fault];
        let loaded =
            Loaded::run(bundle, source, script_config, &VmResources::alone()).map_err(one)?;
        let Value::Table(table) = &loaded.returned else {
            return Err(one(Diagnostic::at(
                &source.path,
                "returns no table; end it with return { setup = function() ... end }",
            )));
        };
        let mut faults = Vec::new();
        for (key, _) in table.pairs::<Value, Value>().flatten() {
            let key = key.to_string().unwrap_or_default();
            if key != "setup" && key != "teardown" {
                faults.push(Diagnostic::at(
                    &source.path,
                    format!(
                        "the table has the unknown key '{key}'; there are: setup, teardown{}",
                        did_you_mean(&key, ["setup", "teardown"])
                    ),
                ));
            }
        }
        let mut read = |table: &Table, key: &str| match table.raw_get::<Value>(key) {
            Ok(Value::Function(function)) => Some(function),
            Ok(Value::Nil) => None,
            other => {
                let other = other.unwrap_or(Value::Nil);
                let words = format!("{key} is {}; it takes a function", show(&other));
                faults.push(Diagnostic::at(&source.path, words));
                None
            }
        };
        let (setup, teardown) = (read(table, "setup"), read(table, "teardown"));
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Some(Self {
            path: source.path.clone(),
            lua: loaded.lua.clone(),
            setup,
            teardown,
        }))
    }

    /// Calls `setup`; its plain result becomes `crowd` everywhere.
    ///
    /// # Errors
    /// What it raised, or that its result is no plain data.
    pub async fn setup(&self, context: &Rc<Context>) -> Result<Option<Json>, Diagnostic> {
        let Some(setup) = &self.setup else {
            return Ok(None);
        };
        let value = self
            .call(setup, context, Value::Nil, Whereabouts::Setup)
            .await?;
        if value.is_nil() {
            return Ok(None);
        }
        json::to_value(&value).map(Some).map_err(|why| {
            let mut fault = Diagnostic::from_lua(&why, &self.path);
            fault.message = format!("the result of setup is not plain data: {}", fault.message);
            fault
        })
    }

    /// Calls `teardown(crowd)`.
    ///
    /// # Errors
    /// What it raised.
    pub async fn teardown(
        &self,
        context: &Rc<Context>,
        crowd: Option<&Json>,
    ) -> Result<(), Diagnostic> {
        let Some(teardown) = &self.teardown else {
            return Ok(());
        };
        let bytes = serde_json::to_vec(&crowd).unwrap_or_default();
        let crowd = json::to_lua(&self.lua, &bytes)
            .map_err(|why| Diagnostic::from_lua(&why, &self.path))?;
        let ended = self.call(teardown, context, crowd, Whereabouts::Teardown);
        ended.await.map(drop)
    }

    async fn call(
        &self,
        function: &Function,
        context: &Rc<Context>,
        argument: Value,
        place: Whereabouts,
    ) -> Result<Value, Diagnostic> {
        context.user.phase.set(Phase::Leaving);
        context.user.journeys.borrow_mut().place = place;
        let future = function.call_async::<Value>(argument);
        let ended = Scope::new(&self.lua, Rc::clone(context), Box::pin(future)).await;
        let user = &context.user;
        user.requester.settle_all();
        user.responses.borrow_mut().clear();
        let why = match &ended {
            Ended::Done(Ok(_)) => Unfinished::Lost,
            Ended::Done(Err(_)) | Ended::Overrun(_) => Unfinished::Error,
            Ended::Left => Unfinished::Cancelled,
        };
        user.journeys.borrow_mut().end_session(&user.requester, why);
        match ended {
            Ended::Done(Ok(value)) => Ok(value),
            Ended::Done(Err(why)) => Err(Diagnostic::from_lua(&why, &self.path)),
            Ended::Overrun(place) => {
                let place = place.unwrap_or_else(|| self.path.clone());
                Err(Diagnostic::at(place, cpu_budget::message(SLICE_BUDGET)))
            }
            Ended::Left => Err(Diagnostic::at(&self.path, "was taken away by the stop")),
        }
    }
}
