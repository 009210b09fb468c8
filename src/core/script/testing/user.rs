//! `throng.user(type, opts)`: one user of a type in a test.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use mlua::{Lua, MetaMethod, Table, UserData, UserDataMethods, UserDataRef, Value};

use super::answers::{Answers, Log, UserAnswers};
use super::request_table::request_table;
use super::session::{self, Draws, SessionEnd};
use crate::http::{LoadedSettings, Origin};
use crate::ledger::Ledger;
use crate::metrics::{Coverage, TypeId};
use crate::plan::{LiveSettings, Plan};
use crate::request::SharedContext;
use crate::request::admission::Limits;
use crate::script::Diagnostic;
use crate::script::api::signature::waiting;
use crate::script::api::test_api::{
    RUN, SESSION_OPTIONS, START, STEP, STOP, TEST_USER, USER_OPTIONS,
};
use crate::script::api::{argument, json};
use crate::script::load::instance::Vm;
use crate::script::load::resources::VmResources;
use crate::script::observed::Observed;
use crate::script::session::script_user::ScriptUser;
use crate::script::shard_context::{ScriptConfig, ShardContext};
use crate::script::source::bundle::Bundle;
use crate::script::source::settings_file::unknown_type;
use crate::script::user::context::{Context, User};
use crate::text::did_you_mean;

/// What users of a file are made of.
pub struct Surroundings {
    pub bundle: Arc<Bundle>,
    pub script_config: ScriptConfig,
    pub http: LoadedSettings,
    pub origin: Origin,
    pub answers: Rc<Answers>,
    /// What all users cover of the contract.
    pub covered: Arc<Mutex<Coverage>>,
}

/// A user of a test.
pub struct TestUser {
    kind: String,
    script_user: ScriptUser,
    draws: RefCell<Option<Draws>>,
    log: Log,
    observed: Rc<Observed>,
    has_begun: Cell<bool>,
    /// The state of the last session, which was over.
    last_state: RefCell<Option<Vec<u8>>>,
    ended: RefCell<Option<SessionEnd>>,
    checks: RefCell<BTreeMap<String, (u64, u64)>>,
    covered: Arc<Mutex<Coverage>>,
}

impl TestUser {
    /// A user of this type.
    ///
    /// # Errors
    /// When the type does not exist or load, or an option is wrong.
    pub fn new(around: &Surroundings, kind: &str, options: &Value) -> mlua::Result<Self> {
        const NAME: &str = "throng.user";
        let known: Vec<&str> = around.bundle.types.keys().map(String::as_str).collect();
        if !known.contains(&kind) {
            let why = unknown_type(kind, &known);
            return Err(mlua::Error::runtime(format!("{NAME}: {why}")));
        }
        let mut script_config = around.script_config.clone();
        let mut plan = Plan {
            // A mistake that a test did not ask for would be a surprise.
            error_rate: 0.0,
            ..Plan::default()
        };
        if let Some(options) = argument::optional_table(NAME, "the options", options)? {
            USER_OPTIONS.check("throng.user: the options", &options)?;
            match options.raw_get::<Value>("seed")? {
                Value::Nil => {}
                seed => {
                    let seed = argument::integer(NAME, "seed", &seed)?;
                    script_config.run.seed = seed as u64;
                }
            }
            match options.raw_get::<Value>("error_rate")? {
                Value::Nil => {}
                rate => {
                    plan.error_rate =
                        argument::number(NAME, "error_rate", &rate)?.clamp(0.0, 100.0);
                }
            }
            let mut vars = (*script_config.vars).clone();
            if let Some(own) =
                argument::optional_table(NAME, "vars", &options.raw_get::<Value>("vars")?)?
            {
                for pair in own.pairs::<String, Value>() {
                    let (name, value) = pair?;
                    let text = value.to_string()?;
                    vars.insert(name, text);
                }
            }
            script_config.vars = Arc::new(vars);
            let crowd: Value = options.raw_get("crowd")?;
            if !crowd.is_nil() {
                script_config.crowd = Some(Arc::new(json::to_value(&crowd)?));
            }
        }
        Self::made(around, kind, script_config, &plan)
    }

    fn made(
        around: &Surroundings,
        kind: &str,
        script_config: ScriptConfig,
        plan: &Plan,
    ) -> mlua::Result<Self> {
        let log = Log::default();
        let answers = UserAnswers {
            answers: Rc::clone(&around.answers),
            log: Rc::clone(&log),
            base_path: script_config.run.base_path.clone(),
            timeout: around.http.request_timeout(),
        };
        let requests = SharedContext::new(
            script_config.run.clone(),
            around.http.clone(),
            around.origin.clone(),
            Limits::none(),
            Ledger::discarding().handle(1, false),
        )
        .answered_by(Some(Rc::new(answers)))
        .named([kind]);
        let vm = Vm::load(
            &around.bundle,
            kind,
            1,
            &script_config,
            &VmResources::alone(),
        );
        let vm = vm.map_err(|faults| raised(&faults))?;
        let seed = script_config.run.seed;
        let observed = Rc::new(Observed::with_log());
        let shard = ShardContext::new(Rc::new(requests), script_config, LiveSettings::of(plan))
            .observed_by(Some(Rc::clone(&observed)));
        let user = User::new(0, TypeId(0), Rc::new(shard), 1);
        let script_user = ScriptUser::new(Rc::new(vm), Context::new(Rc::new(user)));
        Ok(Self {
            kind: kind.to_owned(),
            script_user: script_user.map_err(|fault| raised(&[fault]))?,
            draws: RefCell::new(Some(Draws::of(seed))),
            log,
            observed,
            has_begun: Cell::new(false),
            last_state: RefCell::default(),
            ended: RefCell::default(),
            checks: RefCell::default(),
            covered: Arc::clone(&around.covered),
        })
    }

    async fn start(&self, requests: Option<u32>) -> mlua::Result<()> {
        let mut draws = self.take_draws()?;
        self.has_begun.set(true);
        let begun = session::begin(&self.script_user, &mut draws, requests).await;
        self.draws.replace(Some(draws));
        self.ended.replace(begun.map_err(|fault| raised(&[fault]))?);
        self.note();
        Ok(())
    }

    async fn run(&self, requests: Option<u32>) -> mlua::Result<()> {
        if !self.has_begun.get() {
            self.start(requests).await?;
        }
        if self.ended.borrow().is_none() {
            let mut draws = self.take_draws()?;
            let lived = session::live(&self.script_user, &mut draws).await;
            self.draws.replace(Some(draws));
            self.ended
                .replace(Some(lived.map_err(|fault| raised(&[fault]))?));
        }
        self.stop().await
    }

    async fn step(&self, name: &str) -> mlua::Result<()> {
        let names = &self.script_user.vm.step_names;
        let Some(index) = names.iter().position(|other| **other == *name) else {
            let names: Vec<&str> = names.iter().map(|name| &**name).collect();
            return Err(mlua::Error::runtime(format!(
                "{} has no step '{name}'; there are: {}{}",
                self.kind,
                names.join(", "),
                did_you_mean(name, names.iter().copied())
            )));
        };
        if !self.has_begun.get() {
            self.start(None).await?;
        }
        let ended = session::step(&self.script_user, index).await;
        self.ended.replace(ended.map_err(|fault| raised(&[fault]))?);
        self.note();
        Ok(())
    }

    async fn stop(&self) -> mlua::Result<()> {
        if !self.has_begun.replace(false) {
            return Ok(());
        }
        let stopped = session::stop(&self.script_user).await;
        self.last_state.replace(self.state_as_json().ok());
        session::close(&self.script_user);
        self.note();
        stopped.map_err(|fault| raised(&[fault]))
    }

    fn take_draws(&self) -> mlua::Result<Draws> {
        self.draws.take().ok_or_else(|| {
            mlua::Error::runtime(
                "the user is in a session already; wait for it before the next call",
            )
        })
    }

    /// Counts the checks since the last time, and what was covered.
    fn note(&self) {
        let requests = &self.script_user.context.user.shard.requests;
        let batch = requests.recorder.borrow_mut().take();
        let mut covered = self.covered.lock().unwrap_or_else(PoisonError::into_inner);
        covered.add(batch.totals.coverage);
        let mut checks = self.checks.borrow_mut();
        for (name, check) in batch.totals.checks {
            let counts = checks.entry(name).or_default();
            counts.0 += check.passed;
            counts.1 += check.failed;
        }
    }

    fn state_as_json(&self) -> mlua::Result<Vec<u8>> {
        json::to_bytes(&self.script_user.table.raw_get::<Value>("state")?)
    }

    fn state(&self, lua: &Lua) -> mlua::Result<Value> {
        let bytes = match self.has_begun.get() {
            true => Some(self.state_as_json()?),
            false => self.last_state.borrow().clone(),
        };
        bytes.map_or(Ok(Value::Nil), |bytes| json::to_lua(lua, &bytes))
    }

    fn requests(&self, lua: &Lua) -> mlua::Result<Table> {
        let log = self.log.borrow();
        let list = lua.create_table_with_capacity(log.len(), 0)?;
        for asked in log.iter() {
            list.raw_push(request_table(lua, asked)?)?;
        }
        Ok(list)
    }

    fn checks(&self, lua: &Lua) -> mlua::Result<Table> {
        let table = lua.create_table()?;
        for (name, (passed, failed)) in self.checks.borrow().iter() {
            let one = lua.create_table()?;
            one.raw_set("passed", *passed)?;
            one.raw_set("failed", *failed)?;
            table.raw_set(name.as_str(), one)?;
        }
        Ok(table)
    }

    fn logs(&self, lua: &Lua) -> mlua::Result<Table> {
        let list = lua.create_table()?;
        for (level, text) in self.observed.log() {
            let one = lua.create_table()?;
            one.raw_set("level", level)?;
            one.raw_set("text", text)?;
            list.raw_push(one)?;
        }
        Ok(list)
    }

    fn ended(&self, lua: &Lua) -> mlua::Result<Value> {
        let word = match &*self.ended.borrow() {
            None => return Ok(Value::Nil),
            Some(SessionEnd::Completed) => "completed".to_owned(),
            Some(SessionEnd::GaveUp(why)) => format!("gave up: {why}"),
        };
        Ok(Value::String(lua.create_string(word)?))
    }
}

/// What is wrong in a script, raised in the test.
fn raised(faults: &[Diagnostic]) -> mlua::Error {
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    mlua::Error::runtime(lines.join("\n"))
}

/// How many requests a session is to make.
fn requests_of(options: &Value) -> mlua::Result<Option<u32>> {
    let Some(options) = argument::optional_table("user:run", "the options", options)? else {
        return Ok(None);
    };
    SESSION_OPTIONS.check("user:run: the options", &options)?;
    match options.raw_get::<Value>("requests")? {
        Value::Nil => Ok(None),
        value => {
            let count = argument::integer("user:run", "requests", &value)?;
            let count = u32::try_from(count).ok().filter(|count| *count > 0);
            count
                .map(Some)
                .ok_or_else(|| mlua::Error::runtime("user:run: requests is a whole number from 1"))
        }
    }
}

/// Where a VM keeps the calls of users that wait.
const WAITING: &str = "throng.test.user";

/// Makes the calls of users that wait. The sandbox takes away what they wait by, so they are made before it.
///
/// # Errors
/// When Lua has no memory left.
pub fn prepare(lua: &Lua) -> mlua::Result<()> {
    let calls = lua.create_table()?;
    let run = waiting(
        lua,
        &RUN,
        |_, (this, options): (UserDataRef<TestUser>, Value)| async move {
            let requests = requests_of(&options)?;
            this.run(requests).await
        },
    )?;
    let start = waiting(
        lua,
        &START,
        |_, (this, options): (UserDataRef<TestUser>, Value)| async move {
            let requests = requests_of(&options)?;
            this.start(requests).await
        },
    )?;
    let step = waiting(
        lua,
        &STEP,
        |_, (this, name): (UserDataRef<TestUser>, String)| async move { this.step(&name).await },
    )?;
    let stop = waiting(lua, &STOP, |_, this: UserDataRef<TestUser>| async move {
        this.stop().await
    })?;
    for (described, call) in [(&RUN, run), (&START, start), (&STEP, step), (&STOP, stop)] {
        calls.raw_set(described.name, call)?;
    }
    lua.set_named_registry_value(WAITING, calls)
}

impl UserData for TestUser {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_meta_method(MetaMethod::Index, |lua, this, key: String| {
            Ok(match key.as_str() {
                "state" => this.state(lua)?,
                "requests" => Value::Table(this.requests(lua)?),
                "checks" => Value::Table(this.checks(lua)?),
                "logs" => Value::Table(this.logs(lua)?),
                "type" => Value::String(lua.create_string(&this.kind)?),
                "ended" => this.ended(lua)?,
                "run" | "start" | "step" | "stop" => lua
                    .named_registry_value::<Table>(WAITING)?
                    .raw_get(key.as_str())?,
                other => {
                    let methods = TEST_USER.methods.iter().map(|method| method.name);
                    let fields = TEST_USER.fields.iter().map(|field| field.name);
                    let known: Vec<&str> = methods.chain(fields).collect();
                    return Err(mlua::Error::runtime(format!(
                        "the user has no '{other}'; there are: {}{}",
                        known.join(", "),
                        did_you_mean(other, known.iter().copied())
                    )));
                }
            })
        });
    }
}
