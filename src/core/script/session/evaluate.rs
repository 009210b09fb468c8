//! Lines that are typed at a stop: they run as the user, in its VM, with what its script has.

use std::rc::Rc;

use mlua::chunk::ChunkMode;
use mlua::{Function, MultiValue, Table, Value};

use super::script_user::ScriptUser;
use super::show;
use super::state;
use crate::script::budgets::SLICE_BUDGET;
use crate::script::diagnostic::{Diagnostic, tidy};
use crate::script::user::context::Phase;
use crate::script::user::journeys::Unfinished;
use crate::script::vm::cpu_budget;
use crate::script::vm::scope::{Ended, Scope};

/// The name of what is typed, in messages.
const NAME: &str = "line";

/// What came of a line.
#[derive(Debug, PartialEq, Eq)]
pub enum Evaluated {
    /// Its values, in words; none of a statement.
    Value(Option<String>),
    /// More lines belong to it.
    Incomplete,
    /// Why it has none.
    Error(String),
    /// It was taken away at a wait, because the run stops.
    Left,
}

impl ScriptUser {
    /// Runs a line as the user. Its globals are the script's and `user`, `state` and what lines before it assigned.
    pub async fn evaluate(&self, line: &str) -> Evaluated {
        let function = match self.compiled(line) {
            Ok(function) => function,
            Err(why) if is_incomplete(&why) => return Evaluated::Incomplete,
            Err(why) => return Evaluated::Error(self.words(&why)),
        };
        let user = &self.context.user;
        user.enter(Phase::Stepping);
        // What is typed is none of the requests of the session.
        let left = user.requester.session.requests_left.get();
        let future = function.call_async::<MultiValue>(());
        let ended = Scope::new(&self.vm.lua, Rc::clone(&self.context), Box::pin(future)).await;
        user.requester.settle_all();
        user.requester.session.requests_left.set(left);
        let values = match ended {
            Ended::Left => return Evaluated::Left,
            Ended::Overrun(place) => {
                let place = place.unwrap_or_else(|| NAME.to_owned());
                let message = cpu_budget::message(SLICE_BUDGET);
                return Evaluated::Error(format!("{place}: {message}"));
            }
            Ended::Done(Err(why)) => return Evaluated::Error(self.words(&why)),
            Ended::Done(Ok(values)) => values,
        };
        if let Err(why) = state::check(&self.table, &self.vm.state_key) {
            return Evaluated::Error(why);
        }
        let secrets = &user.requester.shared.run.secrets;
        let shown: Vec<String> = values.iter().map(show::value).collect();
        let is_nothing = shown.is_empty();
        Evaluated::Value((!is_nothing).then(|| secrets.owned(shown.join("\n"))))
    }

    /// The stop is over: what lines held of responses is freed, and journeys that they began end.
    pub fn end_evaluation(&self) {
        let user = &self.context.user;
        user.responses.borrow_mut().clear();
        let mut journeys = user.journeys.borrow_mut();
        journeys.end_call(&user.requester, Unfinished::Cancelled, Unfinished::Lost);
        drop(journeys);
        self.typed.take();
    }

    /// The line as an expression, or as statements.
    fn compiled(&self, line: &str) -> mlua::Result<Function> {
        let globals = self.globals_of_lines()?;
        let chunk = |text: &str| {
            let chunk = self.vm.lua.load(text).set_name(format!("={NAME}"));
            let chunk = chunk.set_mode(ChunkMode::Text);
            chunk.set_environment(globals.clone()).into_function()
        };
        match chunk(&format!("return {line}")) {
            Err(why) if !is_incomplete(&why) => chunk(line),
            // `1 +` is no statement that goes on, but an expression that does.
            compiled => compiled,
        }
    }

    fn globals_of_lines(&self) -> mlua::Result<Table> {
        let lua = &self.vm.lua;
        let mut typed = self.typed.borrow_mut();
        let globals = match &*typed {
            Some(globals) => globals.clone(),
            None => {
                let globals = lua.create_table()?;
                let meta = lua.create_table()?;
                meta.raw_set("__index", lua.globals())?;
                globals.set_metatable(Some(meta))?;
                globals.raw_set("user", &self.table)?;
                typed.insert(globals).clone()
            }
        };
        let state: Value = self.table.raw_get(&self.vm.state_key)?;
        globals.raw_set("state", state)?;
        Ok(globals)
    }

    fn words(&self, why: &mlua::Error) -> String {
        let fault = Diagnostic::from_lua(why, NAME);
        let secrets = &self.context.user.requester.shared.run.secrets;
        // A message that has its line needs no other place.
        let words = match fault.message.starts_with(NAME) {
            true => fault.message,
            false => fault.to_string(),
        };
        secrets.owned(tidy(words))
    }
}

fn is_incomplete(why: &mlua::Error) -> bool {
    matches!(
        why,
        mlua::Error::SyntaxError {
            incomplete_input: true,
            ..
        }
    )
}
