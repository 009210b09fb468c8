//! From options to their meaning.
//!
//! In: options as typed. Out: a checked value for each command, or one list of all faults, to which every part adds.
//! Must never know: clap, files, and what is done with the values.

mod authoring;
mod cleanup;
mod cluster;
mod cluster_verbs;
mod contract;
mod ctl;
mod history;
mod http;
mod import;
mod ledger;
mod length;
mod output;
mod overruled;
mod purpose;
mod push;
mod reload;
mod replay;
mod safety;
mod scripts;
mod search;
mod shape;
mod target;
mod testing;
mod token;
mod tracing;
mod try_one;
mod users;
mod vars;

use std::time::Duration;

pub(super) use authoring::{api, init, new};
pub(super) use cleanup::cleanup;
pub(super) use cluster::worker;
pub(super) use cluster_verbs::cluster as cluster_command;
pub(super) use ctl::ctl;
pub(super) use history::{compare, runs, show};
pub(super) use purpose::Purpose;
pub(super) use replay::replay;
pub(super) use testing::test;
pub(super) use try_one::{as_run, try_one};

use crate::plan::{Change, Fault, Length, LiveSettings, Plan, Setting, Shape};

use super::Environment;
use super::faults::Faults;
use super::options::{LevelOptions, RunOptions, SearchOptions};
use super::plan_file::Found;
use super::resolved::{Mode, PlanSource, PlanView, Resolved};
use super::trace_view::TraceView;
use super::value_sources::{Source, ValueSources};
use purpose::DEMO_LENGTH;

pub(super) fn run(
    options: RunOptions,
    typed: &ValueSources<'_>,
    file: &Found,
    environment: &Environment,
    purpose: Purpose,
) -> Result<Resolved, Vec<Fault>> {
    resolve((options, None), typed, file, environment, purpose)
}

/// A run that searches.
pub(super) fn search(
    options: SearchOptions,
    typed: &ValueSources<'_>,
    file: &Found,
    environment: &Environment,
) -> Result<Resolved, Vec<Fault>> {
    let options = (options.run, Some(options.search));
    resolve(options, typed, file, environment, Purpose::Run)
}

fn resolve(
    (mut options, asked): (RunOptions, Option<LevelOptions>),
    typed: &ValueSources<'_>,
    file: &Found,
    environment: &Environment,
    purpose: Purpose,
) -> Result<Resolved, Vec<Fault>> {
    let mut faults = Faults::of(typed);
    let mut of_others = Vec::new();
    if asked.is_some() {
        (options, of_others) = search::own(options, typed, &mut faults);
    }
    faults.add_of_file(&file.faults);
    if let Some(fault) = &file.unread {
        faults.push(&fault.thing, &fault.cause, &fault.remedy);
    }
    let base_url = target::base_url(&options.target, typed, purpose, &mut faults);
    let said = match asked {
        Some(_) => Some(Length::Continuous),
        None => length::length(&options.length, typed, &mut faults),
    };
    let shape = match &asked {
        Some(_) => search::shape(
            &options.shape,
            shape::max_users(&options.shape, &mut faults),
        ),
        None => shape::shape(&options, said, typed, file, &mut faults),
    };
    let length =
        shape
            .end()
            .map(Length::Duration)
            .or(said)
            .unwrap_or(if purpose == Purpose::Demo {
                DEMO_LENGTH
            } else {
                Length::Once
            });
    let seed = users::seed(&options.crowd, &mut faults);
    let mode = users::mode(&options.crowd, typed, &mut faults);
    let mut plan = Plan {
        users: shape::users(&shape)
            .unwrap_or_else(|| users::users(&options.crowd, purpose, &mut faults)),
        types: users::types(&options.crowd),
        requests: users::requests(&options.crowd, &mut faults),
        length,
        ramp: length::ramp(&options.length, &mut faults),
        shape,
        error_rate: users::error_rate(&options.crowd, &mut faults),
        base_url,
        seed: seed.unwrap_or(environment.fresh_seed),
        vars: std::collections::BTreeMap::new(),
        cleanup: users::cleanup(&options.crowd, length, &mut faults),
        cleanup_rps: ledger::rps(options.ledger.cleanup_rps.as_deref(), &mut faults),
        shards: users::threads(&options.crowd, environment.cores, &mut faults),
        owners: None,
        think_factor: users::think_factor(&options.crowd, &mut faults),
        weights: file.plan.live.weights().clone(),
        overrides: file.plan.overrides.clone(),
        reload: reload::reload(&options.reload, &mut faults),
        valve: safety::valve(&options.safety, typed, &mut faults),
        thresholds: safety::thresholds(&options.safety, typed, &mut faults),
        allow_missing: options.safety.allow_missing,
        strict: options.safety.strict,
        limits: safety::limits(&options.safety, typed, &mut faults),
        incidents: file.plan.incidents.clone(),
        search: None,
    };
    if let Some(search) = asked.and_then(|asked| search::search(&asked, &mut faults)) {
        plan = plan.searching(search);
    }
    let vars = vars::vars(&options.scripts, typed, &mut faults);
    let mock = target::mock(&options.target, typed, purpose, &mut faults);
    let http = http::http(&options.http, &options.target, typed, &mut faults);
    let state_dir = ledger::state_dir(options.ledger.state_dir.as_deref(), &mut faults);
    let policy = ledger::policy(&options.ledger, &mut faults);
    let is_continuous = plan.length == Length::Continuous;
    let cluster = cluster::cluster(
        &options.cluster,
        (is_continuous, purpose),
        typed,
        &mut faults,
    );
    let history = history::history(&options.history, typed, &mut faults);
    let contract = contract::contract(&options.contract, typed, &mut faults);
    let output = output::output(&options.output, typed, &mut faults);
    let outputs = push::outputs(&options.push, &mut faults);
    let listen = output::listen(&options.output, typed, &mut faults);
    let linger = output::linger(&options.output, listen, &mut faults);
    let token = token::token(options.output.token.as_deref(), &mut faults);
    let watch = reload::watch(&options.reload, &mut faults);
    let (scripts, lib) =
        scripts::folders(&options.scripts, typed, environment, purpose, &mut faults);
    let locale = scripts::locale(&options.scripts, &mut faults);
    let edit = output::edit(&options.output, listen, &scripts, &mut faults);
    let open = output::open(&options.output, listen, &mut faults);
    if mock.is_some() {
        users::one_thread(&options.crowd, plan.shards, &mut faults);
        plan.shards = 1;
    }
    if let Err(of_plan) = plan.validate() {
        faults.add_of_plan(of_plan);
    }
    let plan_file = plan_file(file, &plan, typed, purpose);
    // The plan of a demo inside the program is nobody's who would expect it to hold.
    let is_own = purpose != Purpose::Demo || file.path.is_some();
    let mut overruled = overruled::overruled(&options, &plan.shape, typed);
    overruled.retain(|_| is_own && plan.search.is_none());
    overruled.extend(of_others);
    if mode == Mode::Trace {
        plan = traced(plan, &options);
        overruled.clear();
    }
    faults.or(Resolved {
        mode: match purpose {
            Purpose::Plan => Mode::Plan(PlanView::default()),
            Purpose::Run | Purpose::Populate | Purpose::Demo | Purpose::Try => mode,
        },
        plan,
        seed_is_fresh: seed.is_none(),
        vars,
        scripts,
        lib,
        locale,
        http,
        mock,
        state_dir,
        policy,
        cluster,
        history,
        contract,
        output,
        outputs,
        listen,
        edit,
        open,
        linger,
        token,
        watch,
        trace: TraceView::default(),
        unknown_variables: Vec::new(),
        plan_file,
        overruled,
        options: Vec::new(),
    })
}

/// Settings that the line or the environment says.
fn given(typed: &ValueSources<'_>) -> Vec<Setting> {
    let settings = Setting::ALL.into_iter();
    settings
        .filter(|setting| typed.source(setting.name()) > Source::File)
        .collect()
}

/// What the plan file says, and what the run would be without its live settings.
fn plan_file(file: &Found, plan: &Plan, typed: &ValueSources<'_>, purpose: Purpose) -> PlanSource {
    let taken = file.plan.live.clone().without(&given(typed));
    let defaults = LiveSettings::of(&Plan {
        users: users::default(purpose),
        ..Plan::default()
    });
    let live = LiveSettings::of(plan);
    PlanSource {
        path: file.path.clone(),
        is_named: file.is_named,
        base: live.with_file(&taken, &Change::default(), &defaults),
        file: file.plan.clone(),
        shape: shape::KEYS
            .iter()
            .filter_map(|key| {
                let entry = typed.entry_of(&format!("--{}", key.replace('_', "-")))?;
                Some(((*key).to_owned(), entry.place.clone()))
            })
            .collect(),
    }
}

/// The plan of one user of the type that is traced, whatever else was said about the crowd.
fn traced(plan: Plan, options: &RunOptions) -> Plan {
    let mut weights = plan.weights;
    if let Some(one) = &options.crowd.trace {
        weights.remove(one);
    }
    Plan {
        users: 1,
        types: options.crowd.trace.clone().map(|one| vec![one]),
        weights,
        length: Length::Once,
        ramp: Some(Duration::ZERO),
        shape: Shape::default(),
        shards: 1,
        incidents: Vec::new(),
        ..plan
    }
}
