//! From options to their meaning.
//!
//! In: options as typed. Out: a checked value for each command, or one list of all faults, to which every part adds.
//! Must never know: clap, files, and what is done with the values.

mod cleanup;
mod ctl;
mod http;
mod ledger;
mod length;
mod output;
mod purpose;
mod reload;
mod safety;
mod scripts;
mod target;
mod token;
mod users;
mod vars;

use std::time::Duration;

pub(super) use cleanup::cleanup;
pub(super) use ctl::ctl;
pub(super) use purpose::Purpose;

use crate::plan::{Fault, Length, Plan, Setting};

use super::Surroundings;
use super::faults::Faults;
use super::options::RunWords;
use super::resolved::{Mode, Resolved};
use super::value_sources::Typed;
use purpose::DEMO_LENGTH;

pub(super) fn run(
    words: RunWords,
    typed: &Typed<'_>,
    around: &Surroundings,
    purpose: Purpose,
) -> Result<Resolved, Vec<Fault>> {
    let mut faults = Faults::of(typed);
    let base_url = target::base_url(&words.target, typed, purpose, &mut faults);
    let length =
        length::length(&words.length, typed, &mut faults).unwrap_or(if purpose == Purpose::Demo {
            DEMO_LENGTH
        } else {
            Length::Once
        });
    let seed = users::seed(&words.crowd, &mut faults);
    let mode = users::mode(&words.crowd, typed, &mut faults);
    let mut plan = Plan {
        users: users::users(&words.crowd, purpose, &mut faults),
        types: users::types(&words.crowd),
        requests: users::requests(&words.crowd, &mut faults),
        length,
        ramp: length::ramp(&words.length, &mut faults),
        error_rate: users::error_rate(&words.crowd, &mut faults),
        base_url,
        seed: seed.unwrap_or(around.fresh_seed),
        vars: std::collections::BTreeMap::new(),
        cleanup: users::cleanup(&words.crowd, length, &mut faults),
        cleanup_rps: ledger::rps(words.ledger.cleanup_rps.as_deref(), &mut faults),
        shards: users::threads(&words.crowd, around.cores, &mut faults),
        think_factor: users::think_factor(&words.crowd, &mut faults),
        weights: std::collections::BTreeMap::new(),
        reload: reload::reload(&words.reload, &mut faults),
        valve: safety::valve(&words.safety, typed, &mut faults),
        limits: safety::limits(&words.safety, typed, &mut faults),
    };
    let vars = vars::vars(&words.scripts, typed, &mut faults);
    let http = http::http(&words.http, &words.target, typed, &mut faults);
    let state_dir = ledger::state_dir(words.ledger.state_dir.as_deref(), &mut faults);
    let policy = ledger::policy(&words.ledger, &mut faults);
    let output = output::output(&words.output, typed, &mut faults);
    let listen = output::listen(&words.output, typed, &mut faults);
    let linger = output::linger(&words.output, listen, &mut faults);
    let token = token::token(words.output.token.as_deref(), &mut faults);
    let watch = reload::watch(&words.reload, &mut faults);
    let (scripts, lib) = scripts::folders(&words.scripts, typed, around, purpose, &mut faults);
    let edit = output::edit(&words.output, listen, &scripts, &mut faults);
    if let Err(of_plan) = plan.validate() {
        faults.add_of_plan(of_plan);
    }
    if mode == Mode::Trace {
        plan = traced(plan, &words);
    }
    faults.or(Resolved {
        mode,
        plan,
        seed_is_fresh: seed.is_none(),
        vars,
        scripts,
        lib,
        http,
        state_dir,
        policy,
        output,
        listen,
        edit,
        linger,
        token,
        watch,
        strange_variables: Vec::new(),
        given: given(&words),
    })
}

/// Settings that the line or the environment says.
fn given(words: &RunWords) -> Vec<Setting> {
    let said = [
        (Setting::Users, &words.crowd.users),
        (Setting::ErrorRate, &words.crowd.error_rate),
        (Setting::ThinkFactor, &words.crowd.think_factor),
        (Setting::Canary, &words.reload.canary),
    ];
    said.into_iter()
        .filter(|(_, text)| text.is_some())
        .map(|(setting, _)| setting)
        .collect()
}

/// The plan of one user of the type that is traced, whatever else was said about the crowd.
fn traced(plan: Plan, words: &RunWords) -> Plan {
    Plan {
        users: 1,
        types: words.crowd.trace.clone().map(|one| vec![one]),
        length: Length::Once,
        ramp: Some(Duration::ZERO),
        shards: 1,
        ..plan
    }
}
