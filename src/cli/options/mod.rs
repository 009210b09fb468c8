//! The options as typed. Values stay text, so that all faults of a line can be reported at once.
//!
//! In: arguments and `THRONG_*` variables. Out: texts, by option. What clap alone can know (unknown options, missing
//! values) it reports by itself. Must never know: what a value means.

mod api;
mod check;
mod cleanup;
mod cluster;
mod cluster_verbs;
mod contract;
mod ctl;
mod demo;
mod flag;
mod history;
mod http;
mod import;
mod init;
mod ledger;
mod length;
mod output;
mod plan;
mod plan_readers;
mod push;
mod reload;
mod replay;
mod run;
mod safety;
mod scripts;
mod search;
mod shape;
mod short_help;
mod target;
mod test;
mod try_one;
mod users;

use std::path::PathBuf;

use clap::{CommandFactory, Parser, Subcommand};

pub use api::ApiOptions;
pub use check::CheckOptions;
pub use cleanup::CleanupOptions;
pub use cluster::{ClusterOptions, NatsOptions, WorkerOptions};
pub use cluster_verbs::{ClusterVerb, ClusterVerbs, LsOptions, UpOptions};
pub use contract::ContractOptions;
pub use ctl::{CtlOptions, InspectOptions, LogOptions, Verb};
pub use demo::DemoOptions;
pub use history::{CompareOptions, HistoryOptions, RunsOptions, RunsVerb, ShowOptions};
pub use http::HttpOptions;
pub use import::{ImportOptions, LogReadOptions};
pub use init::{InitOptions, NewOptions};
pub use ledger::LedgerOptions;
pub use length::LengthOptions;
pub use output::OutputOptions;
pub use plan::PlanOptions;
pub use push::PushOptions;
pub use reload::ReloadOptions;
pub use replay::ReplayOptions;
pub use run::RunOptions;
pub use safety::SafetyOptions;
pub use scripts::ScriptOptions;
pub use search::{LevelOptions, SET_BY_SEARCH, SearchOptions};
pub use shape::ShapeOptions;
pub use target::TargetOptions;
pub use test::TestOptions;
pub use try_one::{NOT_FOR_ONE, TraceOptions, TryOptions};
pub use users::UserOptions;

const EXAMPLES: &str = "\
Examples:
  throng demo                                      60 users against a demo service
  throng run --base-url http://127.0.0.1:9501      100 users of the scripts here, one session each
  throng run --users 500 --duration 30m            500 users for half an hour
  throng run --stage 2m:100,5m:100,1m:0            up to 100 users in 2 minutes, 5 minutes there, and down
  throng init my-load                              a project with a first behaviour
  throng check                                     every fault of the scripts, without a run
  throng plan                                      what a run would do, and why
  throng cleanup                                   delete what a run left, even one that was killed
  throng compare last~1 last                       the last run with the one before
  throng run --help                                every option

Exit codes: 0 success, 1 the run failed, 2 usage, 3 scripts rejected, 5 a threshold failed,
6 stopped by the safety valve, 7 the figures are not valid (--strict), 130 stopped at once by a second signal.";

const SHORT_RUN_EXAMPLES: &str = "\
Examples:
  throng run --users 10 --duration 5m --base-url http://127.0.0.1:9501
  throng run --stage 2m:100,5m:100,1m:0            up to 100 users, and down again
  throng run --fail-if 'failed > 1%' --fail-if 'p95 > 300ms'   exits with 5 when either holds
  throng try admin                                 one user once, all that it does shown

These are the options to begin with; throng run --help has all of them. Times are seconds (300) or
have units (500ms, 5m, 1h30m). Every option has a variable (--base-url: THRONG_BASE_URL, -e:
THRONG_VARS) and, but for a few, a key in a plan file (base_url); the command line wins.";

const RUN_EXAMPLES: &str = "\
Examples:
  throng run --users 10 --duration 5m --base-url http://127.0.0.1:9501
  throng run --builtin --base-url http://127.0.0.1:9501   the built-in types, against `throng service`
  throng run --script-dir scripts --user-types new,active --error-rate 0
  throng run --continuous --cleanup-interval 1h --summary-json summary.json
  throng run --stage 2m:100,5m:100,1m:0 --spike 4m+30s:300%
  throng run --users 50 --continuous --curve office --timezone Europe/Berlin
  throng run --fail-if 'failed > 1%' --fail-if 'p95 > 300ms'   exits with 5 when either holds
  throng run --stop-if 'p95 > 2s for 30s'          stops itself when responses are slow
  throng run --dry-run                             check everything, print the plan, send nothing
  throng try admin                                 one user once, all that it does shown
  throng run --continuous --canary 10%/20s         a tenth of the users runs changed scripts first
  throng run --remote-write http://127.0.0.1:9090/api/v1/write --samples requests.jsonl.zst
  throng run -e API_KEY=secret -e TOKEN=@token.txt

Times are seconds (300) or have units (500ms, 5m, 1h30m). Every option has a variable
(--base-url: THRONG_BASE_URL, -e: THRONG_VARS); the command line wins.";

const DEMO_EXAMPLES: &str = "\
Examples:
  throng demo                                      two days of 60 s each, with a rush hour at two
  throng demo --users 200 --duration 5m
  throng demo --flat                               60 users for 60 s
  throng demo --trace new                          one user once, all that it does shown

Takes every option of `throng run` but --base-url; throng demo --help has all of them.
The plan is examples/demo.toml, except with --flat, --plan or a plan file in the script folder.";

const PLAN_EXAMPLES: &str = "\
Examples:
  throng plan                                      the plan of `throng run` here
  throng plan --plan peak.toml --users 500         what differs from the defaults, and where it stands
  throng plan --all                                also the defaults
  throng plan --json

Takes every option of `throng run`; throng plan --help has all of them. Checks all that a run
checks before its start, and sends nothing. Exit codes: 0 fine, 2 usage, 3 scripts rejected.";

const CHECK_EXAMPLES: &str = "\
Examples:
  throng check                                     the scripts here
  throng check --script-dir load --deny-warnings   for CI
  throng check --json

Reads the scripts and sends nothing. Errors are what fails wherever a run comes to it: names that there are not,
misspelt functions and options. The rest are warnings; `-- throng: allow(unused-local)` on the line or above it turns
one off. Takes the options of `throng run`, since scripts read some of them.
Exit codes: 0 fine, 2 usage, 3 errors, or warnings with --deny-warnings.";

const TEST_EXAMPLES: &str = "\
Examples:
  throng test                                      every *_test.lua beside the scripts
  throng test scripts/visitor_test.lua --filter 'logs in'
  throng test --watch                              again at each save
  throng test --format junit --output tests.xml --lcov lcov.info    for CI

Tests run in virtual time, answered by route tables: an hour of thinking takes a moment, and no byte leaves the process.
Exit codes: 0 all pass, 1 one fails or a test file cannot be loaded, 2 usage, 3 scripts rejected.";
const TRY_EXAMPLES: &str = "\
Examples:
  throng try shopper                               one user for one session, each call shown
  throng try shopper -v                            with headers and bodies
  throng try shopper --html shopper.html           a page with its timeline
  throng try shopper --watch                       again whenever a script is saved
  throng try shopper --step                        stop before each step and read lines of Lua
  throng try shopper --step pay --curl             stop before `pay`; requests as curl commands

Takes the options of `throng run` that one user has a use for. Exit codes: as those of `throng run`, and 1 where the
session or every request failed.";

const API_EXAMPLES: &str = "\
Examples:
  throng api                                       all tables and functions
  throng api http.get                              parameters, results, errors, an example
  throng api timeout                               every option and field of this name
  throng api --meta .throng/throng.lua             types for an editor

Exit codes: 0 found, 1 it cannot be written, 2 there is nothing of this name.";

const INIT_EXAMPLES: &str = "\
Examples:
  throng init                                      in this folder
  throng init my-load --base-url https://staging.example.org
  throng init my-load --force                      overwrite what is there

Writes a first behaviour and a module, a plan file, types and settings for editors, and files for the CI of GitHub and
GitLab. Exit codes: 0 written, 1 it cannot be written, 2 usage, or a file is there already.";

const REPLAY_EXAMPLES: &str = "\
Examples:
  throng replay access.log --base-url http://127.0.0.1:9501
  throng replay access.log.gz --speed 10 --base-url http://127.0.0.1:9501 --fail-if 'p95 > 300ms'

Each request is sent at its time, each session by a user of its own; a plan file is not read, and --duration ends it
sooner. Takes the options of `throng run`; a log has no bodies. Exit codes are those of `throng run`.";

const NEW_EXAMPLES: &str = "\
Examples:
  throng new reader                                scripts/reader.lua
  throng new buyer --script-dir load
  throng new buyer --from shop.har                 from what a browser recorded

Exit codes: 0 written, 1 it cannot be written, 2 usage, or the file is there already.";

const SEARCH_EXAMPLES: &str = "\
Examples:
  throng search --slo 'p99 < 300ms, failed < 1%' --at-most 500/s    sessions that arrive (open)
  throng search --slo 'p95 < 200ms' --at-most 2000                  users who stay (closed)
  throng search --slo 'p99{name=\"/users/{id}\"} < 100ms' --from 10/s --at-most 200/s --report knee.json

Raises the load until the objective breaks, bisects, and repeats at the knee; never past --at-most. Takes the options of
`throng run`, but not those that say how many users there are, for how long, and what judges the run.

Exit codes: 0 a knee was found, or the objective holds up to --at-most; 1 the run failed, 2 usage, 3 scripts rejected,
5 the objective does not hold at the lowest level, or cannot be judged, 6 stopped by the safety valve,
7 the generator's limit was reached, not the target's, 130 stopped at once by a second signal.";

const CTL_EXAMPLES: &str = "\
Examples:
  throng ctl status
  throng ctl watch                                 a line each second, until the run ends
  throng ctl logs --follow --level warn            warnings, failures, errors of scripts
  throng ctl inspect 17                            what user 17 does, until its session ends
  throng ctl set users=300 error_rate=5 think_factor=0.5 weights.new=30
  throng ctl reload                                read the script folders now
  throng ctl rollback active                       one type to its previous version
  throng ctl versions --json

Finds the run of this machine by itself. Exit codes: 0 done, 1 the run refused or was not found, 2 usage.";

const WORKER_EXAMPLES: &str = "\
Examples:
  throng worker --nats nats://10.0.0.5:4222        on each machine; then, on one of them or elsewhere:
  throng run --nats nats://10.0.0.5:4222 --workers 4 --users 20000 --duration 10m

Waits for a run, joins it, and waits for the next one; Ctrl-C ends it. The scripts come from the coordinator.
Exit codes: 0 ended by a signal or, with --once, after a run; 1 the run failed, NATS refused, or --wait is over; 2 usage.";

const CLEANUP_EXAMPLES: &str = "\
Examples:
  throng cleanup                                   what the only run with a ledger left
  throng cleanup --list                            which runs left what
  throng cleanup --list --run 1f0c2a9b             each item, and why it is still there
  throng cleanup --all --older-than 1h
  throng cleanup --all --cleanup-rps 50            gently

Exit codes: 0 nothing is left, 1 something is, 2 usage.";

const RUNS_EXAMPLES: &str = "\
Examples:
  throng runs                                      the newest 20
  throng runs --filter staging --limit 0           all with this text in target, note, state or verdict
  throng runs --json
  throng runs rm 1f0c2a9b 77aa                     by id, or the beginning of one

Exit codes: 0 done, 1 the history cannot be read or written, 2 usage.";

const SHOW_EXAMPLES: &str = "\
Examples:
  throng show                                      the summary of the last run again
  throng show 1f0c --html run.html                 the page of the run
  throng show last~1 --export base.json            with its blocks of time, for --baseline elsewhere

Exit codes: 0 done, 1 it cannot be read or written, 2 usage.";

const COMPARE_EXAMPLES: &str = "\
Examples:
  throng compare last~1 last                       the last run with the one before
  throng compare base.json 1f0c --all
  throng compare 77aa 1f0c --json

~ is no difference beyond chance, - too little to say. Exit codes: 0 compared, 1 a run cannot be read, 2 usage.";

/// Simulates users of an HTTP API with Lua scripts that you can edit while it runs
#[derive(Debug, Parser)]
#[command(name = "throng", version, about, after_help = EXAMPLES, subcommand_required = true, arg_required_else_help = true)]
pub struct CommandLine {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run simulated users against a target
    #[command(after_help = SHORT_RUN_EXAMPLES, after_long_help = RUN_EXAMPLES)]
    Run(Box<RunOptions>),
    /// The same, with the built-in types if there is no script folder
    #[command(name = "user:populate", after_help = SHORT_RUN_EXAMPLES, after_long_help = RUN_EXAMPLES)]
    Populate(Box<RunOptions>),
    /// Start the demo service on this machine and run users against it
    #[command(after_help = DEMO_EXAMPLES)]
    Demo(Box<DemoOptions>),
    /// Print what `run` with these options would do, where each value comes from, and its users over time
    #[command(after_help = PLAN_EXAMPLES)]
    Plan(Box<PlanOptions>),
    /// Start a project: a behaviour, a module, a plan, settings for editors and CI
    #[command(after_help = INIT_EXAMPLES)]
    Init(Box<InitOptions>),
    /// Add a behaviour to the script folder
    #[command(after_help = NEW_EXAMPLES)]
    New(Box<NewOptions>),
    /// Play an access log again as it is
    #[command(after_help = REPLAY_EXAMPLES)]
    Replay(Box<ReplayOptions>),
    /// Check the scripts: all faults at once, also those that only runs would show
    #[command(after_help = CHECK_EXAMPLES)]
    Check(Box<CheckOptions>),
    /// Run the tests of the scripts, in virtual time and without a network
    #[command(after_help = TEST_EXAMPLES)]
    Test(Box<TestOptions>),
    /// Run one user for one session, and show all that it does; run again on each save, or stop at steps
    #[command(name = "try", after_help = TRY_EXAMPLES)]
    Try(Box<TryOptions>),
    /// Describe the Lua API: a function, a table, an option
    #[command(after_help = API_EXAMPLES)]
    Api(Box<ApiOptions>),
    /// Find the highest load at which an objective holds
    #[command(after_help = SEARCH_EXAMPLES)]
    Search(Box<SearchOptions>),
    /// Inspect and control a run in progress
    #[command(after_help = CTL_EXAMPLES)]
    Ctl(Box<CtlOptions>),
    /// Take part in runs on several machines
    #[command(after_help = WORKER_EXAMPLES)]
    Worker(Box<WorkerOptions>),
    /// Start a NATS server with workers on this machine, or list the workers of one
    Cluster(ClusterVerbs),
    /// Delete what runs left on their targets, also after a kill or a full disk
    #[command(after_help = CLEANUP_EXAMPLES)]
    Cleanup(Box<CleanupOptions>),
    /// List the runs that were kept, or remove some
    #[command(after_help = RUNS_EXAMPLES)]
    Runs(Box<RunsOptions>),
    /// Show a run that was kept: its summary, or all of it as JSON
    #[command(after_help = SHOW_EXAMPLES)]
    Show(Box<ShowOptions>),
    /// Compare two runs: what differs by more than chance
    #[command(after_help = COMPARE_EXAMPLES)]
    Compare(Box<CompareOptions>),
    /// Start the demo service alone, a target to try scripts on
    Service(Box<user_service::Options>),
    /// Print the completion script of a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write the man pages to a folder: throng.1, and one for each command
    Man {
        /// The folder, which is made if it does not exist
        folder: PathBuf,
    },
}

/// In `try`, `--watch` alone runs again on each save.
fn watches(arg: clap::Arg) -> clap::Arg {
    arg.num_args(0..=1)
        .require_equals(true)
        .default_missing_value("auto")
        .help("Run again whenever the scripts change; =poll reads the folders repeatedly")
        .long_help(None)
}

/// In `try`, `--verbose` is about the trace.
fn shows_all(arg: clap::Arg) -> clap::Arg {
    arg.help("Show the headers and bodies of each call, with secrets masked")
}

/// The command for clap. The `short` help has the options to begin with, without the variables, which follow one rule
/// that it tells.
pub(super) fn command(short: bool) -> clap::Command {
    CommandLine::command().mut_subcommands(|sub| {
        let shown = short_help::shown(sub.get_name());
        let is_search = sub.get_name() == "search";
        let is_try = sub.get_name() == "try";
        let sub = match is_try {
            true => sub.mut_arg("watch", watches).mut_arg("verbose", shows_all),
            false => sub,
        };
        sub.mut_args(|arg| {
            let id = arg.get_id().as_str();
            let is_shown = shown.is_none_or(|shown| shown.contains(&id));
            let is_hidden = arg.is_hide_set()
                || is_search && SET_BY_SEARCH.contains(&id)
                || is_try && NOT_FOR_ONE.contains(&id);
            arg.hide(is_hidden)
                .hide_env(short)
                .hide_short_help(!is_shown)
        })
    })
}
