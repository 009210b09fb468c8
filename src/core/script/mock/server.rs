//! A mock at work on a thread: its VM, its routes, and the answers to requests.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use mlua::{Function, Lua, Value};

use super::answer::{Answer, Outcome};
use super::file::MockFile;
use super::latency::{LEAST, Latency};
use super::randomness::{self, MockStream};
use super::request_table::{RequestTables, Seen};
use super::route::Parameters;
use super::table::{self, Answers, Route, Routes};
use crate::clock::Clock;
use crate::http::{Answering, Origin, Request, Responder, Simulated};
use crate::random::{Purpose, Stream};
use crate::request::fold_path;
use crate::script::api::log::{self, LogRate, LogWriter};
use crate::script::api::random::{self, Identity};
use crate::script::api::test_api::HOST_TABLES;
use crate::script::api::{crypto, json, require, time, vars};
use crate::script::budgets::{LOAD_BUDGET, SLICE_BUDGET};
use crate::script::diagnostic::Diagnostic;
use crate::script::load::globals::name_functions;
use crate::script::shard_context::ScriptConfig;
use crate::script::source::bundle::{Bundle, Source};
use crate::script::user::context;
use crate::script::vm::{callbacks, compile, cpu_budget, place, sandbox};
use crate::text::did_you_mean;

/// Where a function of a mock runs, for calls that wait.
const INSIDE: &str = "a mock";
/// Warnings of one kind are said once, and so many of them.
const MOST_SAID: usize = 100;

/// A mock at work. It belongs to one thread; its Lua state is the state of the server.
pub struct MockServer {
    source: Arc<Source>,
    lua: Lua,
    routes: Routes,
    tables: RequestTables,
    clock: Clock,
    /// What comes before every path of the target.
    base_path: String,
    home: RefCell<Option<Rc<Origin>>>,
    latencies: RefCell<Stream>,
    stream: OwnStream,
    said: RefCell<BTreeSet<String>>,
    requests: Cell<u64>,
}

impl fmt::Debug for MockServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockServer")
            .field("path", &self.source.path)
            .field("routes", &self.routes)
            .finish_non_exhaustive()
    }
}

impl MockServer {
    /// Loads a mock. Its draws are those of the run's seed, in the order of the requests.
    ///
    /// # Errors
    /// Every fault: syntax, top level, routes, answers.
    pub fn open(
        file: &MockFile,
        bundle: &Arc<Bundle>,
        script_config: &ScriptConfig,
    ) -> Result<Self, Vec<Diagnostic>> {
        let source = Arc::clone(&file.0);
        let fault = |why: mlua::Error| vec![Diagnostic::from_lua(&why, &source.path)];
        let lua = sandbox::open().map_err(fault)?;
        let print = host_globals(&lua, bundle, script_config).map_err(fault)?;
        sandbox::narrow(&lua, print).map_err(fault)?;
        let stream = RefCell::new(Some(own_stream(script_config)));
        let before = callbacks::enter(INSIDE);
        let slice = cpu_budget::Slice::start(LOAD_BUDGET);
        let returned = randomness::lend(&stream, || {
            compile::chunk(&lua, &source).and_then(|chunk| chunk.call::<Value>(()))
        });
        let overrun = slice.overrun();
        drop(slice);
        callbacks::leave(before);
        if let Some(place) = overrun {
            let place = place.unwrap_or_else(|| source.path.clone());
            let what = format!("loading it {}", cpu_budget::message(LOAD_BUDGET));
            return Err(vec![Diagnostic::at(place, what)]);
        }
        let returned = returned.map_err(fault)?;
        Self::of_value(&lua, &returned, &source, (script_config, stream))
    }

    /// A mock of the routes that a VM has already, as its source wrote them.
    ///
    /// # Errors
    /// Every fault of the routes and their answers.
    pub(crate) fn of_value(
        lua: &Lua,
        routes: &Value,
        source: &Arc<Source>,
        (script_config, stream): (&ScriptConfig, OwnStream),
    ) -> Result<Self, Vec<Diagnostic>> {
        let fault = |why: mlua::Error| vec![Diagnostic::from_lua(&why, &source.path)];
        let text = String::from_utf8_lossy(&source.text);
        let routes = table::read(routes, &source.path, &text)?;
        let tables = RequestTables::new(lua).map_err(fault)?;
        Ok(Self {
            lua: lua.clone(),
            routes,
            tables,
            clock: script_config.run.clock,
            base_path: script_config.run.base_path.clone(),
            home: RefCell::default(),
            latencies: RefCell::new(Stream::new(script_config.run.seed, 0, Purpose::Mock)),
            stream,
            said: RefCell::default(),
            requests: Cell::new(0),
            source: Arc::clone(source),
        })
    }

    /// The target: routes without a host are its own.
    pub fn set_home(&self, origin: Rc<Origin>) {
        self.home.replace(Some(origin));
    }

    fn answer(&self, request: &Request, head: &[u8]) -> Answer {
        self.requests.set(self.requests.get() + 1);
        let (path, query) = match request.target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (&*request.target, None),
        };
        let is_home = self
            .home
            .borrow()
            .as_ref()
            .is_none_or(|home| **home == *request.origin);
        let (origin, path) = if is_home {
            let path = path.strip_prefix(&*self.base_path).unwrap_or(path);
            (None, if path.is_empty() { "/" } else { path })
        } else {
            (Some(request.origin.to_string()), path)
        };
        let found = self.routes.find(&request.method, origin.as_deref(), path);
        let Some((route, parameters)) = found else {
            return self.unknown(request, origin.as_deref(), path);
        };
        route.count.set(route.count.get() + 1);
        match &route.answers {
            Answers::Fixed(answer) => answer.clone(),
            Answers::Call(function) => {
                let seen = Seen::of(request, head, (path, query), self.requests.get());
                let answered = self.call(route, function, (request, seen, parameters));
                answered.unwrap_or_else(|fault| self.failed(&fault))
            }
        }
    }

    /// What a function returns for a request.
    fn call(
        &self,
        route: &Route,
        function: &Function,
        (request, seen, parameters): (&Request, Seen, Parameters),
    ) -> Result<Answer, Diagnostic> {
        let lua = &self.lua;
        let fault = |why: mlua::Error| Diagnostic::from_lua(&why, &route.place);
        let table = self
            .tables
            .table(lua, request, &seen, parameters)
            .map_err(fault)?;
        self.tables.current.replace(Some(seen));
        let before = callbacks::enter(INSIDE);
        let user = context::replace(None);
        let vm = place::replace(Some(lua.clone()));
        sandbox::bound_turn(lua);
        let (returned, overrun) = cpu_budget::aside(SLICE_BUDGET, |_| {
            let slice = cpu_budget::Slice::start(SLICE_BUDGET);
            let returned = randomness::lend(&self.stream, || function.call::<Value>(table));
            (returned, slice.overrun())
        });
        place::replace(vm);
        context::replace(user);
        callbacks::leave(before);
        self.tables.current.replace(None);
        if let Some(place) = overrun {
            let place = place.unwrap_or_else(|| route.place.clone());
            let most = SLICE_BUDGET.as_millis();
            let what = format!(
                "the route \"{}\" computed for more than {most} ms",
                route.key
            );
            return Err(Diagnostic::at(place, what));
        }
        let returned = returned.map_err(fault)?;
        let wrong = |what: String| {
            let line = function.info().line_defined;
            let place = line.map_or_else(
                || route.place.clone(),
                |line| format!("{}:{line}", self.source.path),
            );
            Diagnostic::at(place, format!("the route \"{}\": {what}", route.key))
        };
        if returned.is_nil() {
            let what = "its function returned nothing; return an answer such as { status = 204 }";
            return Err(wrong(what.to_owned()));
        }
        Answer::read(&returned).map_err(|why| wrong(why.what))
    }

    /// The mock itself is wrong: said aloud, and to the script as a server's fault.
    fn failed(&self, fault: &Diagnostic) -> Answer {
        self.say(tracing::Level::ERROR, fault.to_string());
        Answer::json(
            500,
            &serde_json::json!({ "error": format!("mock: {fault}") }),
        )
    }

    fn unknown(&self, request: &Request, origin: Option<&str>, path: &str) -> Answer {
        let (method, origin) = (&request.method, origin.unwrap_or_default());
        let folded = format!("{method} {origin}{}", fold_path(path));
        let meant = did_you_mean(&folded, self.routes.keys());
        let path_of_file = &self.source.path;
        self.say(
            tracing::Level::WARN,
            format!("{path_of_file} has no route for {folded}, so it is answered with 404{meant}"),
        );
        let what = format!("{path_of_file} has no route for {method} {origin}{path}{meant}");
        Answer::json(404, &serde_json::json!({ "error": what }))
    }

    fn say(&self, level: tracing::Level, words: String) {
        let mut said = self.said.borrow_mut();
        if said.len() >= MOST_SAID || !said.insert(words.clone()) {
            return;
        }
        if level == tracing::Level::ERROR {
            tracing::error!(target: "throng::mock", "{}", crate::text::line(&words));
        } else {
            tracing::warn!(target: "throng::mock", "{}", crate::text::line(&words));
        }
    }
}

impl Responder for MockServer {
    fn respond(&self, request: &Request, head: &[u8]) -> Simulated {
        let Answer { outcome, latency } = self.answer(request, head);
        let latency = latency
            .or(self.routes.latency)
            .unwrap_or(Latency::Fixed(LEAST));
        let latency = latency.draw(&mut self.latencies.borrow_mut());
        let clock = self.clock;
        match outcome {
            Outcome::Response(response) => Simulated::Sent(after(clock, latency, Ok(response))),
            Outcome::Silence => Simulated::Sent(Box::pin(std::future::pending())),
            Outcome::Fault(fault, None) => Simulated::Sent(after(clock, latency, Err(fault))),
            Outcome::Fault(fault, Some(phase)) => {
                Simulated::Unsent(phase, after(clock, latency, Err(fault)))
            }
        }
    }
}

/// An answer after its latency.
pub(super) fn after(
    clock: Clock,
    latency: std::time::Duration,
    outcome: Result<crate::http::SimulatedResponse, crate::http::SimulatedFault>,
) -> Answering {
    Box::pin(async move {
        clock.sleep(latency).await;
        outcome
    })
}

/// The draws of a VM that is no user's.
pub(crate) type OwnStream = RefCell<Option<(Stream, Identity)>>;

/// Those of a run's seed, apart from those of its users.
pub(crate) fn own_stream(script_config: &ScriptConfig) -> (Stream, Identity) {
    let stream = Stream::new(script_config.run.seed, 1, Purpose::Mock);
    (stream, Identity::new("mock".into(), 0))
}

/// Puts what scripts have into a VM that is no user's, without what sends or belongs to one; gives its `print`, for the
/// sandbox.
///
/// # Errors
/// When Lua has no memory left.
pub(crate) fn host_globals(
    lua: &Lua,
    bundle: &Arc<Bundle>,
    script_config: &ScriptConfig,
) -> mlua::Result<Function> {
    let globals = lua.globals();
    let writer = LogWriter {
        secrets: Arc::clone(&script_config.run.secrets),
        rate: Rc::new(LogRate::default()),
    };
    let random = random::table::<MockStream>(lua, script_config.locale, |_| {
        Err(mlua::Error::runtime(
            "random.mistake: a mock makes no mistakes of users; use random.chance",
        ))
    })?;
    globals.set("random", random)?;
    globals.set("json", json::table(lua)?)?;
    globals.set("log", log::table(lua, &writer)?)?;
    globals.set("vars", vars::table(lua, &script_config.vars)?)?;
    globals.set("require", require::function(lua, bundle)?)?;
    globals.set("crypto", crypto::table(lua)?)?;
    globals.set(
        "time",
        time::table(lua, &time::TimeSource::of(script_config.run.clock))?,
    )?;
    for name in HOST_TABLES {
        name_functions(lua, name, &globals.get(name)?)?;
    }
    let math: mlua::Table = globals.get("math")?;
    math.set("random", random::math_random::<MockStream>(lua)?)?;
    math.set("randomseed", random::math_randomseed(lua)?)?;
    lua.create_function(move |_, words: mlua::Table| log::print(&words, &writer))
}
