//! Looks at a whole bundle before anything is sent: each script is loaded in a throw-away VM and read for what only runs
//! would show; all faults come at once.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::lint::{self, Linted};
use super::load::comebacks::Comebacks;
use super::load::contract::{Steps, ThinkTime};
use super::load::instance::Vm;
use super::load::resources::VmResources;
use super::mock::{MockFile, MockServer};
use super::session::crowd_script::CrowdScript;
use super::source::bundle::{Bundle, Source};
use super::source::settings_file;
use crate::metrics::{CustomError, Declaration, Recorder};
use crate::pace::Think;
use crate::plan::file::Baseline;
use crate::plan::{Change, StepChain};
use crate::script::diagnostic::Diagnostic;
use crate::script::shard_context::ScriptConfig;
use crate::script::vm::{compile, sandbox};

/// What the run needs to know of a type before its first user: plain data.
#[derive(Debug, Clone, PartialEq)]
pub struct TypeSpec {
    /// The type's name: that of its file.
    pub name: String,
    /// Its file.
    pub path: String,
    /// Its share of the crowd.
    pub weight: f64,
    /// Requests in a session, if it says so.
    pub requests: Option<(u32, u32)>,
    /// The pause between steps, in words.
    pub think: String,
    /// The mean pause before a step in seconds; 0 where its script decides.
    pub mean_think: f64,
    /// Whether its people come back, and when.
    pub comebacks: Comebacks,
    /// Number of its steps; 1 for a type with its own `step`.
    pub steps: usize,
    /// Their names, in order; none is empty.
    pub step_names: Vec<String>,
    /// Which of them comes after which.
    pub chain: StepChain,
}

impl TypeSpec {
    /// Why only the number of requests ends the sessions of a type that has `next`; none: they can leave.
    pub fn cannot_leave(&self) -> Option<String> {
        let stuck = self.chain.without_exit();
        if !self.chain.has_rows() || stuck.is_empty() {
            return None;
        }
        let names: Vec<_> = stuck.into_iter().map(|step| self.step_name(step)).collect();
        Some(format!(
            "{}: from {} no next leads to leave: there a session ends by its number of requests \
             alone",
            self.path,
            names.join(", ")
        ))
    }

    /// The steps to which `next` or a step of `before` led and that there are no more: users who made one go on by weight.
    pub fn steps_lost_since(&self, before: &Self) -> Vec<String> {
        if !before.chain.has_rows() && !self.chain.has_rows() {
            return Vec::new();
        }
        let is_gone = |name: &&String| !self.step_names.contains(name);
        before.step_names.iter().filter(is_gone).cloned().collect()
    }

    /// The name of a step.
    pub fn step_name(&self, step: usize) -> &str {
        self.step_names.get(step).map_or("", String::as_str)
    }
}

/// What a bundle says that is fine.
#[derive(Debug)]
pub struct Checked {
    /// All its types.
    pub specs: Vec<TypeSpec>,
    /// Its `throng.toml`.
    pub settings: Change,
}

/// Loads every type once and throws the VMs away.
///
/// # Errors
/// Every fault of every file.
pub fn bundle(
    bundle: &Arc<Bundle>,
    script_config: &ScriptConfig,
) -> Result<Vec<TypeSpec>, Vec<Diagnostic>> {
    whole(bundle, script_config, &[], &Baseline::default()).map(|checked| checked.specs)
}

/// As [`bundle`], with `throng.toml`. `earlier` are metrics of the run that keep their kind and labels,
/// and `baseline` what its plan file began with.
///
/// # Errors
/// Every fault of every file.
pub fn whole(
    bundle: &Arc<Bundle>,
    script_config: &ScriptConfig,
    earlier: &[Declaration],
    baseline: &Baseline,
) -> Result<Checked, Vec<Diagnostic>> {
    let (mut faults, checked) = loaded(bundle, script_config, earlier, baseline);
    faults.extend(lint::own(bundle).faults(&faults));
    if faults.is_empty() {
        Ok(checked)
    } else {
        Err(faults)
    }
}

/// Everything that there is to say of files.
#[derive(Debug)]
pub struct Examined {
    /// For what it is rejected, apart from the findings.
    pub faults: Vec<Diagnostic>,
    /// What was found by reading the scripts.
    pub linted: Linted,
}

impl Examined {
    /// With what there is to say of other files.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.faults.extend(other.faults);
        self.linted.findings.extend(other.linted.findings);
        self.linted.left_out.extend(other.linted.left_out);
        self.linted.files += other.linted.files;
        self
    }
}

/// As [`whole`], with all findings also of the scripts inside the program, and not one mistake twice.
pub fn examine(
    bundle: &Arc<Bundle>,
    script_config: &ScriptConfig,
    baseline: &Baseline,
) -> Examined {
    let (faults, _) = loaded(bundle, script_config, &[], baseline);
    let linted = lint::everything(bundle);
    let (faults, linted) = linted.apart_from(faults);
    Examined { faults, linted }
}

/// Everything that there is to say of test files and a mock file beside a bundle. Tests are not run.
pub fn examine_beside(
    bundle: &Arc<Bundle>,
    script_config: &ScriptConfig,
    tests: &[Arc<Source>],
    mock: Option<&MockFile>,
) -> Examined {
    let mut faults = Vec::new();
    match sandbox::open() {
        Ok(lua) => {
            let compiled = tests.iter().filter_map(|source| {
                let why = compile::chunk(&lua, source).err()?;
                Some(Diagnostic::from_lua(&why, &source.path))
            });
            faults.extend(compiled);
        }
        Err(why) => faults.push(Diagnostic::from_lua(&why, "the tests")),
    }
    if let Some(mock) = mock {
        let opened = MockServer::open(mock, bundle, script_config);
        faults.extend(opened.err().unwrap_or_default());
    }
    let linted = lint::beside(bundle, tests, mock.map(MockFile::source));
    let (faults, linted) = linted.apart_from(faults);
    Examined { faults, linted }
}

/// Loads everything: all faults, and what is known of the types that have none.
fn loaded(
    bundle: &Arc<Bundle>,
    script_config: &ScriptConfig,
    earlier: &[Declaration],
    baseline: &Baseline,
) -> (Vec<Diagnostic>, Checked) {
    let mut faults = Vec::new();
    let mut specs = Vec::new();
    let mut measures = Measures::new(earlier);
    let mut files = BTreeMap::new();
    let resources = VmResources::alone();
    for (name, source) in &bundle.types {
        match Vm::load(bundle, name, 0, script_config, &resources) {
            Ok(vm) => {
                specs.push(spec(name, &source.path, &vm));
                files.insert(name.clone(), vm.declared.files.take());
                for declaration in vm.declared.metrics.borrow().iter() {
                    if let Err(why) = measures.add(declaration) {
                        faults.push(Diagnostic::at(&source.path, format!("metrics: {why}")));
                    }
                }
            }
            Err(found) => faults.extend(found),
        }
    }
    if let Err(found) = CrowdScript::load(bundle, script_config) {
        faults.extend(found);
    }
    faults.extend(modules(bundle));
    let settings = settings_file::read(bundle, baseline).unwrap_or_else(|found| {
        faults.extend(found);
        Change::default()
    });
    bundle.seal(&files, measures.declared);
    lint::placed(bundle, &mut faults);
    // A fault of a module comes with every type that requires it, each time behind other frames.
    let mut said = HashSet::new();
    faults.retain(|fault| said.insert((fault.place.clone(), fault.message.clone())));
    (faults, Checked { specs, settings })
}

/// Compiles every module: one that no type needs today may be needed tomorrow.
fn modules(bundle: &Bundle) -> Vec<Diagnostic> {
    let lua = match sandbox::open() {
        Ok(lua) => lua,
        Err(why) => return vec![Diagnostic::from_lua(&why, "lib")],
    };
    let compile = |source| {
        let why = compile::chunk(&lua, source).err()?;
        Some(Diagnostic::from_lua(&why, &source.path))
    };
    bundle.modules().filter_map(compile).collect()
}

/// The metrics of a bundle: its types must agree with each other, and with what the run has counted so far.
struct Measures {
    declared: Vec<Declaration>,
    within: Recorder,
    over_time: Recorder,
}

impl Measures {
    fn new(earlier: &[Declaration]) -> Self {
        let mut over_time = Recorder::new();
        for declaration in earlier {
            // They were fine together before.
            let _ = over_time.declare(declaration.clone());
        }
        Self {
            declared: Vec::new(),
            within: Recorder::new(),
            over_time,
        }
    }

    fn add(&mut self, declaration: &Declaration) -> Result<(), String> {
        let within = self.within.declare(declaration.clone());
        within.map_err(|why| why.to_string())?;
        let over_time = self.over_time.declare(declaration.clone());
        over_time.map_err(|why| match why {
            CustomError::Clash(name) => format!(
                "`{name}` had another kind or other labels earlier in this run, which keeps them; \
                 give the new one another name"
            ),
            why => why.to_string(),
        })?;
        self.declared.push(declaration.clone());
        Ok(())
    }
}

fn spec(name: &str, path: &str, vm: &Vm) -> TypeSpec {
    let contract = &vm.contract;
    TypeSpec {
        step_names: vm.step_names.iter().map(ToString::to_string).collect(),
        chain: vm.chain.clone(),
        name: name.to_owned(),
        path: path.to_owned(),
        weight: contract.weight,
        requests: contract.requests,
        think: match &contract.think {
            ThinkTime::Draw(Think::Fixed(seconds)) => format!("{seconds} s"),
            ThinkTime::Draw(Think::Range(from, to)) => format!("{from}-{to} s"),
            ThinkTime::Pace(seconds) => format!("pace {seconds} s"),
            ThinkTime::Ask(_) => "its own".to_owned(),
        },
        mean_think: match &contract.think {
            ThinkTime::Draw(Think::Fixed(seconds)) => *seconds,
            ThinkTime::Draw(Think::Range(from, to)) => f64::midpoint(*from, *to),
            ThinkTime::Pace(seconds) => *seconds,
            ThinkTime::Ask(_) => 0.0,
        },
        comebacks: contract.comebacks,
        steps: match &contract.steps {
            Steps::Own(_) => 1,
            Steps::Drawn(steps) => steps.len(),
        },
    }
}
