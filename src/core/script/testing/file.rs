//! A test file: loaded once, its tests run one after the other, each in the same virtual time.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use mlua::{Function, Lua, Table, Value};
use tokio::task::LocalSet;

use super::answers::Answers;
use super::clock_table;
use super::session::LONGEST_WAIT;
use super::user::{self, Surroundings, TestUser};
use super::watched::{Cut, Watched};
use crate::clock::Clock;
use crate::http::{LoadedSettings, Origin};
use crate::metrics::Coverage;
use crate::script::api::argument;
use crate::script::api::signature::Registration;
use crate::script::api::test_api::{
    DEMO, MAKE_USER, MOCK, MOCK_TABLE, TEST_GLOBALS, TEST_NAMESPACES, THRONG_TABLE,
};
use crate::script::budgets::LOAD_BUDGET;
use crate::script::diagnostic::{self, Diagnostic};
use crate::script::load::globals::name_functions;
use crate::script::mock::{DemoService, MockServer, OwnStream, host_globals, lend, own_stream};
use crate::script::shard_context::ScriptConfig;
use crate::script::source::bundle::{Bundle, Source};
use crate::script::source::source_tree::read_source;
use crate::script::vm::{callbacks, compile, cpu_budget, sandbox};
use crate::text::did_you_mean;

/// What tests need beside their file.
#[derive(Clone)]
pub struct TestSettings {
    /// The scripts that are tested.
    pub bundle: Arc<Bundle>,
    pub script_config: ScriptConfig,
    pub http: LoadedSettings,
    pub origin: Origin,
    /// How long one test may take, in the machine's time.
    pub timeout: Duration,
    /// Only tests whose names contain this.
    pub filter: Option<String>,
    /// The time of day when a file begins.
    pub begin: SystemTime,
    /// What the users of all tests cover of the contract.
    pub covered: Arc<Mutex<Coverage>>,
}

/// A file of tests.
pub struct TestFile {
    source: Arc<Source>,
}

/// One test.
#[derive(Debug, Clone)]
pub struct TestResult {
    /// With the groups that it is in: `visitor > logs in`.
    pub name: String,
    pub outcome: Outcome,
    /// Of the machine's time.
    pub took: Duration,
}

/// How a test ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    Passed,
    /// It has no body yet.
    Pending,
    Failed(Failed),
}

/// Where and why a test failed.
#[derive(Debug, Clone, PartialEq)]
pub struct Failed {
    /// `scripts/visitor_test.lua:12:3`, as far as it is known.
    pub place: String,
    /// May have several lines.
    pub message: String,
}

impl TestFile {
    /// Reads a file.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn read(path: &Path) -> Result<Self, Diagnostic> {
        let shown = path.display().to_string();
        let text = read_source(path).map_err(|why| Diagnostic::at(shown.clone(), why))?;
        let source = Source {
            path: shown,
            text: text.into(),
        };
        Ok(Self {
            source: Arc::new(source),
        })
    }

    /// Its text, for checks that do not run it.
    pub fn source(&self) -> Arc<Source> {
        Arc::clone(&self.source)
    }

    /// Its name.
    pub fn path(&self) -> &str {
        &self.source.path
    }

    /// Runs its tests; `see` is called with each as soon as it has ended.
    ///
    /// # Errors
    /// When it cannot be loaded, or there is no runtime.
    pub fn run(
        &self,
        settings: &TestSettings,
        mut see: impl FnMut(&TestResult),
    ) -> Result<Vec<TestResult>, Failed> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .map_err(|why| self.failed(format!("no runtime: {why}")))?;
        LocalSet::new().block_on(&runtime, async {
            let loaded = self.load(settings)?;
            let mut results = Vec::new();
            for test in loaded.tests.sequence_values::<Table>() {
                let test = test.map_err(|why| self.of_error(&why))?;
                let name: String = test.get("name").map_err(|why| self.of_error(&why))?;
                let wanted = settings.filter.as_ref();
                if wanted.is_some_and(|wanted| !name.contains(wanted.as_str())) {
                    continue;
                }
                let result = self.one(&loaded, name, test, settings.timeout).await;
                see(&result);
                results.push(result);
            }
            Ok(results)
        })
    }

    async fn one(&self, loaded: &Loaded, name: String, test: Table, limit: Duration) -> TestResult {
        let began = Instant::now();
        let is_pending = matches!(test.raw_get::<Value>("body"), Ok(Value::Nil));
        let outcome = if is_pending {
            Outcome::Pending
        } else {
            loaded.answers.set(None);
            let ended = self.call(loaded, test, limit).await;
            ended.map_or_else(Outcome::Failed, |()| Outcome::Passed)
        };
        TestResult {
            name,
            outcome,
            took: began.elapsed(),
        }
    }

    async fn call(&self, loaded: &Loaded, test: Table, limit: Duration) -> Result<(), Failed> {
        let lua = &loaded.lua;
        let thread = lua.create_thread(loaded.run.clone());
        let future = thread.and_then(|thread| thread.into_async::<()>(test));
        let future = Box::pin(future.map_err(|why| self.of_error(&why))?);
        let watched = Watched::new(lua, future, (&loaded.stream, limit));
        let in_words = limit.as_secs_f64();
        match tokio::time::timeout(LONGEST_WAIT, watched).await {
            Ok(Ok(Ok(()))) => Ok(()),
            Ok(Ok(Err(why))) => Err(self.of_error(&why)),
            Ok(Err(Cut::Computing(place))) => Err(self.at(
                place,
                format!("the test computed for more than {in_words} s without an end (--timeout)"),
            )),
            Ok(Err(Cut::Running(place))) => Err(self.at(
                place,
                format!("the test did not end within {in_words} s (--timeout)"),
            )),
            Err(_) => Err(self.at(
                None,
                "the test waits for something that never comes".to_owned(),
            )),
        }
    }

    fn load(&self, settings: &TestSettings) -> Result<Loaded, Failed> {
        let lua = sandbox::open().map_err(|why| self.of_error(&why))?;
        let mut script_config = settings.script_config.clone();
        script_config.run.clock = Clock::virtual_from(settings.begin);
        let answers = Rc::new(Answers::default());
        let around = Rc::new(Surroundings {
            bundle: Arc::clone(&settings.bundle),
            script_config,
            http: settings.http.clone(),
            origin: settings.origin.clone(),
            answers: Rc::clone(&answers),
            covered: Arc::clone(&settings.covered),
        });
        let parts = install(&lua, &around, &self.source).map_err(|why| self.of_error(&why))?;
        let stream = RefCell::new(Some(own_stream(&around.script_config)));
        let before = callbacks::enter("the top level of a test file");
        let slice = cpu_budget::Slice::start(LOAD_BUDGET);
        let loaded = lend(&stream, || {
            compile::chunk(&lua, &self.source).and_then(|chunk| chunk.call::<()>(()))
        });
        let overrun = slice.overrun();
        drop(slice);
        callbacks::leave(before);
        if let Some(place) = overrun {
            let what = format!("loading it {}", cpu_budget::message(LOAD_BUDGET));
            return Err(self.at(place, what));
        }
        loaded.map_err(|why| self.of_error(&why))?;
        let (tests, run) = parts;
        Ok(Loaded {
            lua,
            answers,
            tests,
            run,
            stream,
        })
    }

    fn failed(&self, message: String) -> Failed {
        self.at(None, message)
    }

    fn at(&self, place: Option<String>, message: String) -> Failed {
        Failed {
            place: place.unwrap_or_else(|| self.source.path.clone()),
            message,
        }
    }

    fn of_error(&self, why: &mlua::Error) -> Failed {
        let text = diagnostic::describe(why);
        let of_test = split(&text).filter(|(path, ..)| *path == self.source.path);
        if let Some((_, line, message)) = of_test {
            return self.at(Some(self.place(line)), message.to_owned());
        }
        // Something that the test called failed: its own line is the one that called it.
        let traceback = Diagnostic::from_lua(why, &self.source.path).traceback;
        let line = traceback.iter().find_map(|frame| self.line_of(frame));
        self.at(line.map(|line| self.place(line)), text)
    }

    /// The line of a frame of a traceback that is in this file.
    fn line_of(&self, frame: &str) -> Option<usize> {
        let rest = frame.strip_prefix(&*self.source.path)?.strip_prefix(':')?;
        let digits = rest.find(|letter: char| !letter.is_ascii_digit());
        rest[..digits.unwrap_or(rest.len())].parse().ok()
    }

    fn place(&self, line: usize) -> String {
        let column = self.column(line);
        let column = column.map_or_else(String::new, |column| format!(":{column}"));
        format!("{}:{line}{column}", self.source.path)
    }

    /// Where on a line an expectation begins, or the line itself.
    fn column(&self, line: usize) -> Option<usize> {
        let text = String::from_utf8_lossy(&self.source.text);
        let line = text.lines().nth(line.checked_sub(1)?)?;
        let first = line.find(|letter: char| !letter.is_whitespace())?;
        Some(1 + line.find("expect").unwrap_or(first))
    }
}

/// `path:line: message`.
fn split(text: &str) -> Option<(&str, usize, &str)> {
    let (place, message) = text.split_once(": ")?;
    let (path, line) = place.rsplit_once(':')?;
    Some((path, line.parse().ok()?, message))
}

struct Loaded {
    lua: Lua,
    answers: Rc<Answers>,
    tests: Table,
    run: Function,
    /// What `random` of the tests draws from.
    stream: OwnStream,
}

/// Puts the API of tests into a VM; gives the list of tests that the file will fill, and what runs one.
fn install(
    lua: &Lua,
    around: &Rc<Surroundings>,
    source: &Arc<Source>,
) -> mlua::Result<(Table, Function)> {
    let host = lua.create_table()?;
    host.raw_set(
        "misspelt",
        lua.create_function(|_, (what, name, known): (String, String, Vec<String>)| {
            let meant = did_you_mean(&name, known.iter().map(String::as_str));
            let known = known.join(", ");
            Ok(format!(
                "{what} has no '{name}'; there are: {known}, never{meant}"
            ))
        })?,
    )?;
    let (api, tests, run): (Table, Table, Function) = lua
        .load(include_str!("prelude.lua"))
        .set_name("=expect")
        .call(host)?;
    let globals = lua.globals();
    // Each as it is described; a table is one of them too.
    for described in TEST_GLOBALS.iter().filter(|one| one.name != MOCK.name) {
        let function: Function = api.raw_get(described.name)?;
        globals.raw_set(described.name, function)?;
    }
    user::prepare(lua)?;
    globals.raw_set("clock", clock_table::table(lua)?)?;
    globals.raw_set("throng", throng_table(lua, around)?)?;
    globals.raw_set("mock", mock_table(lua, around)?)?;
    for table in TEST_NAMESPACES {
        name_functions(lua, table.name, &globals.raw_get(table.name)?)?;
    }
    let call = mock_call(lua, around, source)?;
    if let Some(meta) = globals.raw_get::<Table>(MOCK.name)?.metatable() {
        meta.raw_set("__call", call)?;
    }
    let print = host_globals(lua, &around.bundle, &around.script_config)?;
    sandbox::narrow(lua, print)?;
    Ok((tests, run))
}

fn throng_table(lua: &Lua, around: &Rc<Surroundings>) -> mlua::Result<Table> {
    let table = Registration::new(lua, &THRONG_TABLE)?;
    let here = Rc::clone(around);
    table.function(&MAKE_USER, move |_, (kind, options): (Value, Value)| {
        let kind = argument::string("throng.user", "the type", &kind)?;
        TestUser::new(&here, &kind.to_string_lossy(), &options)
    })?;
    table.finish()
}

fn raised(faults: Vec<Diagnostic>) -> mlua::Error {
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    mlua::Error::runtime(lines.join("\n"))
}

/// `mock`, which [`mock_call`] makes one that can be called.
fn mock_table(lua: &Lua, around: &Rc<Surroundings>) -> mlua::Result<Table> {
    let table = Registration::new(lua, &MOCK_TABLE)?;
    let here = Rc::clone(around);
    table.function(&DEMO, move |_, ()| {
        let service = DemoService::new(&here.script_config, Rc::new(here.origin.clone()));
        here.answers.set(Some(Rc::new(service)));
        Ok(())
    })?;
    table.finish()
}

/// What `mock { routes }` does.
fn mock_call(lua: &Lua, around: &Rc<Surroundings>, source: &Arc<Source>) -> mlua::Result<Function> {
    let (here, source) = (Rc::clone(around), Arc::clone(source));
    lua.create_function(move |lua, (_, routes): (Value, Value)| {
        let stream = RefCell::new(Some(own_stream(&here.script_config)));
        let own = (&here.script_config, stream);
        let server = MockServer::of_value(lua, &routes, &source, own).map_err(raised)?;
        server.set_home(Rc::new(here.origin.clone()));
        here.answers.set(Some(Rc::new(server)));
        Ok(())
    })
}
