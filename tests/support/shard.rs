//! A shard without an engine: a world, VMs in it, and users that do one step.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;

use mlua::LuaSerdeExt;
use serde_json::Value as Json;
use throng::http::{Origin, Settings};
use throng::ledger::{Entry, EntryId, Ledger, Run, Target};
use throng::metrics::{Batch, Outcome, TypeId};
use throng::plan::{LiveSettings, Plan};
use throng::request::SharedContext;
use throng::script::{
    Bundle, CallEnd, Context, Diagnostic, ScriptConfig, ScriptUser, ShardContext, User, Vm,
    VmResources,
};

use super::scripts::{Folder, script_config, script_config_at};

/// A world and the scripts that run in it.
pub struct Stage {
    pub shard: Rc<ShardContext>,
    bundle: Arc<Bundle>,
    ledger: Ledger,
    said: Rc<RefCell<Vec<Json>>>,
}

impl Stage {
    pub fn new(folder: &Folder, target: SocketAddr) -> Self {
        Self::with(folder, target, script_config(), &Settings::default())
    }

    /// One whose users rest for a thousandth of their time: scripts that hold a shard, in a debug build for seconds,
    /// let its other users wait for minutes.
    pub fn with_short_rests(folder: &Folder, target: SocketAddr) -> Self {
        Self::with(
            folder,
            target,
            script_config_at(1_000.0),
            &Settings::default(),
        )
    }

    pub fn of(bundle: Arc<Bundle>, target: SocketAddr) -> Self {
        Self::made(bundle, target, script_config(), &Settings::default())
    }

    pub fn with(
        folder: &Folder,
        target: SocketAddr,
        script_config: ScriptConfig,
        settings: &Settings,
    ) -> Self {
        let bundle = folder.read().unwrap_or_else(|faults| panic!("{faults:#?}"));
        Self::made(bundle, target, script_config, settings)
    }

    /// A stage whose ledger lies in a folder and keeps a group open for so long.
    pub fn on_file(folder: &Folder, target: SocketAddr, window: std::time::Duration) -> Self {
        let state = throng::ledger::Directory::at(folder.at("state"));
        let opening = throng::ledger::OpenOptions {
            window,
            ..throng::ledger::OpenOptions::default()
        };
        let run = Run {
            id: "r1".to_owned(),
            started: 0,
            version: String::new(),
            target: Target::plain("http://localhost/"),
        };
        let ledger = Ledger::begin(state, run, &opening).unwrap();
        Self::writing(
            folder.bundle(),
            target,
            script_config(),
            &Settings::default(),
            ledger,
        )
    }

    fn made(
        bundle: Arc<Bundle>,
        target: SocketAddr,
        script_config: ScriptConfig,
        settings: &Settings,
    ) -> Self {
        Self::writing(bundle, target, script_config, settings, ledger())
    }

    fn writing(
        bundle: Arc<Bundle>,
        target: SocketAddr,
        script_config: ScriptConfig,
        settings: &Settings,
        ledger: Ledger,
    ) -> Self {
        let (origin, _) = Origin::parse(&format!("http://{target}/")).unwrap();
        let limits = throng::request::admission::Limits::none();
        let http = settings.load().unwrap();
        let requests = SharedContext::new(
            script_config.run.clone(),
            http,
            origin,
            limits,
            ledger.handle(1, true),
        )
        .named(bundle.types.keys());
        let shard = Rc::new(ShardContext::new(
            Rc::new(requests),
            script_config,
            LiveSettings::of(&Plan::default()),
        ));
        let said = Rc::default();
        Self {
            shard,
            bundle,
            ledger,
            said,
        }
    }

    /// A VM of the type, in which `say(value)` tells the test a value.
    pub fn vm(&self, kind: &str) -> Rc<Vm> {
        self.vm_of(&self.bundle, kind, 1, &VmResources::alone())
    }

    /// The same from these sources, as this version, with these resources.
    pub fn vm_of(
        &self,
        bundle: &Arc<Bundle>,
        kind: &str,
        version: u32,
        resources: &VmResources,
    ) -> Rc<Vm> {
        let vm = Vm::load(bundle, kind, version, &self.shard.script_config, resources)
            .unwrap_or_else(|faults| panic!("{faults:#?}"));
        let said = Rc::clone(&self.said);
        let say = vm
            .lua
            .create_function(move |lua, value: mlua::Value| {
                said.borrow_mut().push(lua.from_value(value)?);
                Ok(())
            })
            .unwrap();
        vm.lua.globals().raw_set("say", say).unwrap();
        Rc::new(vm)
    }

    /// A user in its first session, with ten requests.
    pub fn user(&self, vm: &Rc<Vm>, number: u64) -> ScriptUser {
        let user = User::new(number, TypeId(0), Rc::clone(&self.shard), 1);
        user.requester.session.number.set(1);
        user.requester.session.requests_left.set(10);
        let script_user = ScriptUser::new(Rc::clone(vm), Context::new(Rc::new(user))).unwrap();
        script_user.begin().unwrap();
        script_user
    }

    /// The only user of a type of its own.
    pub fn one(&self) -> ScriptUser {
        self.user(&self.vm("one"), 0)
    }

    /// What was said since the last time.
    pub fn said(&self) -> Vec<Json> {
        self.said.take()
    }

    pub fn counted(&self) -> Batch {
        self.shard.requests.recorder.borrow_mut().take()
    }

    /// What the ledger holds, the first made first.
    pub async fn ledger(&self) -> Vec<Entry> {
        let kinds = self.ledger.kinds().await.unwrap().into_keys().collect();
        let page = self.ledger.page(kinds, EntryId::LAST, None, 1_000).await;
        let entries = page.unwrap().into_iter().rev();
        entries.map(|(_, entry)| entry).collect()
    }
}

/// A ledger that ends with its test.
pub fn ledger() -> Ledger {
    Ledger::in_memory(Run {
        id: "r1".to_owned(),
        started: 0,
        version: String::new(),
        target: Target::plain("http://localhost/"),
    })
    .unwrap()
}

/// What one step did.
pub struct Act {
    pub end: CallEnd,
    pub said: Vec<Json>,
    pub batch: Batch,
    pub ledger: Vec<Entry>,
}

impl Act {
    /// What was said by a step that ended well.
    pub fn fine(self) -> Vec<Json> {
        assert!(matches!(self.end, CallEnd::Done), "{:?}", self.end);
        self.said
    }

    /// `place: message` of the error that the step raised.
    pub fn fault(&self) -> String {
        fault_of(&self.end).to_string()
    }

    /// Each request with its outcome: `GET /users 200 ok x2`.
    pub fn requests(&self) -> Vec<String> {
        requests(&self.batch)
    }
}

/// Runs one step, whose body begins in line 2 of `scripts/one.lua`, against a target.
pub async fn act(body: &str, target: SocketAddr) -> Act {
    let stage = Stage::new(&Folder::step(body), target);
    let script_user = stage.one();
    let end = script_user.step(0).await;
    Act {
        end,
        said: stage.said(),
        batch: stage.counted(),
        ledger: stage.ledger().await,
    }
}

/// An address at which nobody listens.
pub fn nowhere() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

pub fn fault_of(end: &CallEnd) -> &Diagnostic {
    match end {
        CallEnd::Failed(fault) => fault,
        other => panic!("the step did not fail: {other:?}"),
    }
}

/// Each request with its outcome.
pub fn requests(batch: &Batch) -> Vec<String> {
    let mut lines = Vec::new();
    for (series, totals) in &batch.totals.series {
        for (status, outcomes) in &totals.statuses {
            let status = if status.is_none() {
                "0"
            } else {
                status.as_str()
            };
            for outcome in Outcome::ALL {
                let count = outcomes.get(outcome);
                if count > 0 {
                    let (method, name) = (&series.operation.verb, &series.operation.name);
                    let word = outcome.as_str();
                    lines.push(format!("{method} {name} {status} {word} x{count}"));
                }
            }
        }
    }
    lines
}
