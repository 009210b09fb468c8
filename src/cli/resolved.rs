use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use super::cluster::ClusterRun;
use super::contract::ContractConfig;
use super::history::History;
use super::option_values::{OptionValue, Overruled};
use super::push_target::Outputs;
use super::report_file::ReportFile;
use super::script_var::Var;
use super::token::TokenSource;
use super::trace_view::{Inspect, TraceView};
use crate::http::Allowed;
use crate::ledger::Policy;
use crate::plan::file::{Place, PlanFile};
use crate::plan::{Change, LiveSettings, Plan, Watch};
use crate::random::Locale;
use crate::run_log::{Kind, Level};

/// The folder of the types, when it is there and none is named.
pub const DEFAULT_SCRIPT_DIR: &str = "scripts";

/// Where `/metrics` answers when nobody says.
pub const DEFAULT_LISTEN: &str = "127.0.0.1:9900";

/// Runs that the history keeps when nobody says.
pub const DEFAULT_HISTORY_KEEP: u32 = 200;

/// Runs that `throng runs` lists when nobody says.
pub const DEFAULT_RUNS_LISTED: u32 = 20;

/// Longest wait for a connection.
pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Longest time of one request.
pub const DEFAULT_REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Longest body of an answer, in bytes.
pub const DEFAULT_BODY_LIMIT: usize = 10 << 20;

/// What a line of `run` or `demo` means.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    pub mode: Mode,
    pub plan: Plan,
    /// Whether the seed was drawn rather than given.
    pub seed_is_fresh: bool,
    /// The values for scripts, not yet read: `plan.vars` is empty.
    pub vars: Vec<Var>,
    pub scripts: Scripts,
    pub lib: Lib,
    /// The language and country of made-up values; none: the scripts' own words say it.
    pub locale: Option<&'static Locale>,
    pub http: HttpConfig,
    /// What answers in place of the target.
    pub mock: Option<PathBuf>,
    /// The folder of the ledgers; none: this user's.
    pub state_dir: Option<PathBuf>,
    /// What happens when the ledger cannot be written.
    pub policy: Policy,
    /// The workers; none: the run is on this machine.
    pub cluster: Option<ClusterRun>,
    pub history: History,
    /// What the target offers; none: nobody says.
    pub contract: Option<ContractConfig>,
    pub output: Output,
    /// Where the run is written to while it runs.
    pub outputs: Outputs,
    pub listen: Listen,
    /// Whether the scripts may be edited there.
    pub edit: bool,
    /// Whether the page is opened in a browser at the start.
    pub open: bool,
    /// How long that stays when the run is over.
    pub linger: Duration,
    /// What anyone who steers the run must show; without one the run makes its own.
    pub token: Option<TokenSource>,
    pub watch: Watch,
    /// What is made of a trace; nothing in other modes.
    pub trace: TraceView,
    /// What is to be said of variables that nothing reads; filled where the environment is read.
    pub unknown_variables: Vec<String>,
    pub plan_file: PlanSource,
    /// What is given of the shape and the length and does not hold; nothing of a trace, which has neither.
    pub overruled: Vec<Overruled>,
    /// The value of every option with its origin.
    pub options: Vec<OptionValue>,
}

/// What of a plan is printed, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlanView {
    /// Also defaults.
    pub all: bool,
    pub json: bool,
    /// Workers whose parts are printed too.
    pub workers: Option<usize>,
}

/// The plan file of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanSource {
    /// Where it is; none without one.
    pub path: Option<PathBuf>,
    /// Whether it was named, rather than found in the script folder.
    pub is_named: bool,
    /// What it says.
    pub file: PlanFile,
    /// What the live settings of the run would be without it.
    pub base: LiveSettings,
    /// Where it says the options of the shape that it says, by their keys.
    pub shape: BTreeMap<String, Place>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Run,
    /// Check, print the plan, send nothing.
    DryRun,
    /// The same, with the origin of each value and the users over time.
    Plan(PlanView),
    /// One user of the one type in `plan.types`, for one session, all that it does shown.
    Trace,
}

/// Where the types are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scripts {
    /// Inside the program.
    Embedded,
    /// A folder that was named, or `scripts`, which is here.
    Folder(PathBuf),
}

/// Where modules are looked for before those inside the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lib {
    /// Only inside the program.
    Embedded,
    /// The folder that goes with the script folder; it need not exist.
    Beside(PathBuf),
    /// A folder that was named; it must exist.
    Named(PathBuf),
}

/// How requests travel.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpConfig {
    /// PEM file of authorities to trust beside the system's.
    pub ca: Option<PathBuf>,
    /// PEM files of the certificate to show and of its key.
    pub identity: Option<(PathBuf, PathBuf)>,
    pub insecure: bool,
    pub resolve: Vec<Resolve>,
    /// Where users may connect to beside the target.
    pub allowed: Vec<Allowed>,
    /// http, with a host; may name a user.
    pub proxy: Option<Url>,
    pub connect_timeout: Duration,
    pub request_timeout: Duration,
    /// In bytes, after decompression.
    pub body_limit: usize,
    pub version: HttpVersion,
    /// Whether each request says which run it is of.
    pub run_header: bool,
    /// How requests are traced; none: they are not.
    pub trace: Option<Tracing>,
}

/// Trace context of requests.
#[derive(Clone, Debug, PartialEq)]
pub struct Tracing {
    /// Part of the sessions that are sampled, 0 to 1.
    pub sampled: f64,
    /// Where a trace can be seen, with `{trace_id}` in it.
    pub url: Option<String>,
}

/// An address that takes the place of DNS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolve {
    /// In lower case; an IPv6 literal without its brackets.
    pub host: String,
    pub port: u16,
    pub addr: IpAddr,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HttpVersion {
    /// What TLS agrees on; HTTP/1.1 without TLS.
    #[default]
    Negotiated,
    Http1,
    /// HTTP/2, also without TLS.
    Http2,
}

/// What is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    pub verbosity: Verbosity,
    pub color: Color,
    pub log_format: LogFormat,
    /// Whether the whole terminal is used, where there is one.
    pub tui: bool,
    /// The summary as text.
    pub summary: Summary,
    pub summary_json: Option<PathBuf>,
    /// Files that are written at the end.
    pub reports: Vec<ReportFile>,
}

/// How much the summary says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Summary {
    /// Nothing is printed.
    None,
    /// The first rows of long tables.
    #[default]
    Short,
    /// All rows.
    Full,
}

/// In the order of how much is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    Quiet,
    /// No progress either, but warnings.
    Warnings,
    #[default]
    Normal,
    /// Each request.
    Verbose,
    /// Also headers and bodies.
    Debug,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

/// Where the run can be watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listen {
    Nowhere,
    /// [`DEFAULT_LISTEN`]; another free port when that one is taken.
    Default(SocketAddr),
    /// What was asked for; taken is an error.
    Asked(SocketAddr),
}

/// What a line of `ctl` means.
#[derive(Clone, Debug, PartialEq)]
pub struct Ctl {
    pub deed: CtlCommand,
    /// The run's id; none: the only one.
    pub run: Option<String>,
    /// Where it listens; none: where it says so itself.
    pub url: Option<Url>,
    pub token: Option<TokenSource>,
    pub json: bool,
}

/// What is done to a run.
#[derive(Clone, Debug, PartialEq)]
pub enum CtlCommand {
    Status,
    Watch,
    Logs(LogQuery),
    Inspect(Inspect),
    Versions,
    Reload,
    /// One type, or all that the last release changed.
    Rollback(Option<String>),
    Promote,
    Incident(Incident),
    Set(Change),
    Pause,
    Resume,
    Stop,
}

/// Which entries of a run's log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogQuery {
    /// Whether to go on with what comes.
    pub follow: bool,
    pub since: Option<Duration>,
    pub level: Option<Level>,
    /// Empty: all.
    pub kinds: Vec<Kind>,
    pub user_type: Option<String>,
}

/// What is done to an incident, by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incident {
    /// It holds for so long, or as long as the plan says.
    Begin(String, Option<Duration>),
    /// It is over.
    End(String),
}

/// What a line of `cleanup` means.
#[derive(Clone, Debug, PartialEq)]
pub struct Cleanup {
    pub whose: RunSelection,
    /// Whether things are shown only.
    pub list: bool,
    /// Whether the run's ledger is taken away, and nothing is sent.
    pub forget: bool,
    /// Only of runs that began longer ago.
    pub older_than: Option<Duration>,
    /// The folder of the ledgers; none: this user's.
    pub state_dir: Option<PathBuf>,
    /// Requests a second, at most.
    pub rps: f64,
    pub json: bool,
}

/// RunSelection things are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunSelection {
    /// Of the one run that left something.
    Only,
    /// Of this run.
    Run(String),
    /// Of every run.
    All,
}
