//! The command line, turned into what it means.
//!
//! In: arguments, `THRONG_*` variables where an argument is not given, and a plan file where neither is. Out: a [`Request`]
//! whose values are checked, or a [`Refusal`] that names every fault at once. Two layers: [`options`] holds what was typed,
//! as text; `resolve` gives it meaning. This room must never know tokio, the engine or the HTTP client, and it opens no
//! file: paths leave it as typed.

mod authoring;
mod byte_size;
mod cluster;
mod contract;
mod env_variables;
mod environment;
mod faults;
mod history;
mod option_values;
pub mod options;
mod plan_file;
mod push_target;
mod report_file;
mod resolve;
mod resolved;
mod script_var;
mod suggestions;
mod testing;
mod token;
mod trace_view;
mod value_sources;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use clap::FromArgMatches;

use crate::plan::file::{Keys, PlanFile};
use crate::plan::{Fault, span};
use value_sources::ValueSources;

pub use authoring::{Api, Check, ImportSource, Init, New, Replay, SourcePlace};
pub use cluster::{
    ClusterCommand, ClusterList, ClusterRun, ClusterUp, NatsConfig, OnLoss, WorkerConfig,
    WorkersJob,
};
pub use contract::{ContractConfig, CoverageOf, DocumentSource, MinCoverage};
pub use env_variables::{CLOCK_AHEAD, CLOCK_SPEED};
pub use environment::{Environment, ReadFile};
pub use history::{Baseline, Compare, History, Runs, RunsCommand, Show};
pub use option_values::{GivenValue, OptionValue, Overruled, ValueOrigin};
pub use push_target::{DEFAULT_PUSH_INTERVAL, HeaderSource, Outputs, PushTarget, header_line};
pub use report_file::{ReportFile, ReportFormat};
pub use resolved::{
    Cleanup, Color, Ctl, CtlCommand, HttpConfig, HttpVersion, Incident, Lib, Listen, LogFormat,
    LogQuery, Mode, Output, PlanSource, PlanView, Resolve, Resolved, RunSelection, Scripts,
    Summary, Tracing, Verbosity,
};
pub use script_var::Var;
pub use span::{parse_span, show_span};
pub use testing::{Format, Test};
pub use token::{SHORTEST_TOKEN, TokenSource, token_fault};
pub use trace_view::{Inspect, StepStop, TraceView};

/// What the caller is asked to do.
#[derive(Debug)]
pub enum Request {
    /// `throng run`, `throng user:populate` and `throng try`; `throng plan` by its mode, `throng search` by its plan.
    Run(Box<Resolved>),
    /// `throng demo`: as `Run`, against a service of its own; `plan.base_url` is a stand-in that the caller replaces.
    Demo(Box<Resolved>),
    /// `throng service`.
    Service(Box<user_service::Options>),
    /// `throng ctl`.
    Ctl(Box<Ctl>),
    /// `throng worker`.
    Worker(Box<WorkerConfig>),
    /// `throng cluster`.
    Cluster(Box<ClusterCommand>),
    /// `throng cleanup`.
    Cleanup(Box<Cleanup>),
    /// `throng runs`.
    Runs(Box<Runs>),
    /// `throng show`.
    Show(Box<Show>),
    /// `throng compare`.
    Compare(Box<Compare>),
    /// `throng check`.
    Check(Box<Check>),
    /// `throng test`.
    Test(Box<Test>),
    /// `throng api`.
    Api(Api),
    /// `throng init`.
    Init(Init),
    /// `throng new`.
    New(New),
    /// `throng replay`.
    Replay(Box<Replay>),
    /// `throng completions SHELL`: see [`completions`].
    Completions(clap_complete::Shell),
    /// `throng man FOLDER`: see [`man_pages`].
    Man(PathBuf),
}

/// Why there is nothing to do.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// What clap refuses. `--help` and `--version` come this way too: ask `exit_code()` (0 for these), and
    /// let `print()` choose between stdout and stderr.
    #[error(transparent)]
    Usage(#[from] clap::Error),
    /// Values that cannot be, all of them.
    #[error("{}", faults::page(.0))]
    Invalid(Vec<Fault>),
}

/// Reads the arguments (the first is the program's name).
///
/// # Errors
/// [`Refusal`], also for `--help` and `--version`.
pub fn parse<I, T>(args: I, environment: &Environment) -> Result<Request, Refusal>
where
    I: IntoIterator<Item = T>,
    T: Into<OsString>,
{
    let args: Vec<OsString> = args.into_iter().map(Into::into).collect();
    let whole = options::command(args.iter().any(|arg| arg == "-h"));
    let command = env_variables::without_empty(whole.clone());
    let (line, matches) = read(command.clone(), &whole, &args)?;
    let found = match line.command.scripts() {
        Some(scripts) => {
            let nothing = PlanFile::default();
            let typed = ValueSources::of(&matches, &nothing);
            let keys = plan_file::keys(&whole);
            let found = plan_file::find(scripts, &typed, environment, &keys);
            match &line.command {
                options::Command::Demo(demo) if demo.has_plan() => found.or_demo(&keys),
                _ => found,
            }
        }
        None => plan_file::Found::default(),
    };
    let planned = plan_file::with_defaults(command, &found);
    let (line, matches) = read(planned.clone(), &whole, &args)?;
    let typed = ValueSources::of(&matches, &found.plan);
    let resolved = |run, purpose| {
        resolve::run(run, &typed, &found, environment, purpose).map(|resolved| Resolved {
            options: values(&whole, &matches, &typed, &resolved),
            ..resolved
        })
    };
    match line.command {
        options::Command::Run(run) => {
            resolved(*run, resolve::Purpose::Run).map(|resolved| Request::Run(Box::new(resolved)))
        }
        options::Command::Populate(run) => resolved(*run, resolve::Purpose::Populate)
            .map(|resolved| Request::Run(Box::new(resolved))),
        options::Command::Demo(demo) => resolved(demo.run, resolve::Purpose::Demo)
            .map(|resolved| Request::Demo(Box::new(resolved))),
        options::Command::Search(options) => {
            let is_json = options.search.json;
            resolve::search(*options, &typed, &found, environment).map(|mut resolved| {
                if is_json {
                    resolved.output.summary_json = Some("-".into());
                }
                resolved.options = values(&whole, &matches, &typed, &resolved);
                Request::Run(Box::new(resolved))
            })
        }
        options::Command::Plan(options) => {
            let shown = PlanView {
                all: options.all,
                json: options.json,
                // A number that cannot be is a fault of the line below.
                workers: options
                    .run
                    .cluster
                    .workers
                    .as_ref()
                    .and_then(|of| of.parse().ok()),
            };
            resolved(options.run, resolve::Purpose::Plan).map(|resolved| {
                Request::Run(Box::new(Resolved {
                    mode: Mode::Plan(shown),
                    ..resolved
                }))
            })
        }
        options::Command::Check(options) => {
            let (deny_warnings, json) = (options.deny_warnings, options.json);
            resolved(options.run, resolve::Purpose::Plan).map(|run| {
                Request::Check(Box::new(Check {
                    run,
                    deny_warnings,
                    json,
                }))
            })
        }
        options::Command::Test(options) => {
            let http = http_of_a_run(planned, &whole)?;
            let test = resolve::test(*options, http, &typed, &found, environment);
            test.map(|test| Request::Test(Box::new(test)))
        }
        options::Command::Try(one) => {
            let options = resolve::as_run(*one);
            resolve::try_one(options, &typed, &found, environment).map(|mut resolved| {
                resolved.options = values(&whole, &matches, &typed, &resolved);
                Request::Run(Box::new(resolved))
            })
        }
        options::Command::Api(api) => resolve::api(*api, &typed).map(Request::Api),
        options::Command::Init(init) => resolve::init(&init, &typed).map(Request::Init),
        options::Command::Replay(replay) => {
            let played = resolve::replay(&replay, &typed);
            played.and_then(|(source, speed)| {
                let run = resolved(replay.run, resolve::Purpose::Populate)?;
                Ok(Request::Replay(Box::new(Replay { run, source, speed })))
            })
        }
        options::Command::New(new) => resolve::new(&new, &typed).map(Request::New),
        options::Command::Ctl(ctl) => {
            resolve::ctl(*ctl, &typed).map(|ctl| Request::Ctl(Box::new(ctl)))
        }
        options::Command::Cleanup(cleanup) => {
            resolve::cleanup(&cleanup, &typed).map(|cleanup| Request::Cleanup(Box::new(cleanup)))
        }
        options::Command::Worker(worker) => resolve::worker(*worker, &typed, environment.cores)
            .map(|worker| Request::Worker(Box::new(worker))),
        options::Command::Cluster(verbs) => {
            let command = resolve::cluster_command(verbs.verb, &typed, environment.cores);
            command.map(|command| Request::Cluster(Box::new(command)))
        }
        options::Command::Runs(runs) => {
            resolve::runs(*runs, &typed).map(|runs| Request::Runs(Box::new(runs)))
        }
        options::Command::Show(show) => {
            resolve::show(*show, &typed).map(|show| Request::Show(Box::new(show)))
        }
        options::Command::Compare(compare) => {
            resolve::compare(*compare, &typed).map(|compare| Request::Compare(Box::new(compare)))
        }
        options::Command::Service(service) => Ok(Request::Service(service)),
        options::Command::Completions { shell } => Ok(Request::Completions(shell)),
        options::Command::Man { folder } => Ok(Request::Man(folder)),
    }
    .map_err(Refusal::Invalid)
}

/// The value of every option of the command that was given.
fn values(
    whole: &clap::Command,
    matches: &clap::ArgMatches,
    typed: &ValueSources<'_>,
    resolved: &Resolved,
) -> Vec<OptionValue> {
    let Some((name, matches)) = matches.subcommand() else {
        return Vec::new();
    };
    let command = whole.find_subcommand(name);
    let options = command.map(|command| option_values::of(command, matches, typed));
    let mut options = options.unwrap_or_default();
    // A trace has none of them.
    options.retain(|one| !one.is_incident() || !resolved.plan.incidents.is_empty());
    let options = options.into_iter();
    options.map(|one| one.among(&resolved.overruled)).collect()
}

/// How requests of a run are sent, as the plan file and the environment say: tests have no options of their own for it.
fn http_of_a_run(
    command: clap::Command,
    whole: &clap::Command,
) -> Result<options::HttpOptions, Refusal> {
    let (line, _) = read(command, whole, &["throng".into(), "run".into()])?;
    Ok(match line.command {
        options::Command::Run(run) => run.http,
        _ => options::HttpOptions::default(),
    })
}

/// The line as typed, with the variables and defaults of this command.
fn read(
    mut command: clap::Command,
    whole: &clap::Command,
    args: &[OsString],
) -> Result<(options::CommandLine, clap::ArgMatches), Refusal> {
    let matches = match command.try_get_matches_from_mut(args) {
        Ok(matches) => matches,
        Err(mut error) => {
            suggestions::suggest(&mut error, whole, args);
            return Err(match env_variables::fault(whole, args, &error) {
                Some(fault) => Refusal::Invalid(vec![fault]),
                None => Refusal::Usage(error),
            });
        }
    };
    let line = options::CommandLine::from_arg_matches(&matches)
        .map_err(|error| error.format(&mut command))?;
    Ok((line, matches))
}

/// The keys that may stand in a plan file: the options of a run.
pub fn plan_keys() -> Keys {
    plan_file::keys(&options::command(false))
}

/// Says of each of these variables of the environment that has this program's prefix and is read by nothing what it may have been
/// meant to be.
pub fn unknown_variables(
    request: &Request,
    names: impl IntoIterator<Item = String>,
) -> Vec<String> {
    let taken: BTreeSet<String> = match request {
        Request::Run(resolved) | Request::Demo(resolved) => {
            script_var::environment_names(&resolved.vars)
        }
        Request::Check(check) => script_var::environment_names(&check.run.vars),
        Request::Test(test) => script_var::environment_names(&test.run.vars),
        _ => BTreeSet::new(),
    };
    let names: BTreeSet<String> = names.into_iter().collect();
    env_variables::strange(&options::command(false), &names, &taken)
}

/// The man pages (roff, section 1) with their file names: one of the program, and one of each command.
///
/// # Errors
/// Never of a writer that has room.
pub fn man_pages() -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut command = options::command(false).disable_help_subcommand(true);
    command.build();
    let mut pages = Vec::new();
    let mut left = vec![command];
    while let Some(command) = left.pop() {
        let shown = command.get_subcommands().filter(|sub| !sub.is_hide_set());
        left.extend(shown.cloned());
        let page = clap_mangen::Man::new(command);
        let mut roff = Vec::new();
        page.render(&mut roff)?;
        pages.push((page.get_filename(), roff));
    }
    Ok(pages)
}

/// The completion script of a shell.
pub fn completions(shell: clap_complete::Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut options::command(false), "throng", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}
