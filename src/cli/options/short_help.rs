//! The options that `-h` shows: those that someone who knows k6 or Locust reaches for first. `--help` has all of them.

/// Options, by their ids; the order is that of the whole help.
const RUN: [&str; 15] = [
    "users",
    "user_types",
    "trace",
    "duration",
    "ramp",
    "stage",
    "arrivals",
    "fail_if",
    "max_rps",
    "base_url",
    "insecure",
    "report",
    "listen",
    "script_dir",
    "vars",
];

/// The target is the demo's own.
const DEMO: [&str; 15] = [
    "flat",
    "users",
    "user_types",
    "trace",
    "duration",
    "ramp",
    "stage",
    "arrivals",
    "fail_if",
    "max_rps",
    "tui",
    "report",
    "listen",
    "script_dir",
    "vars",
];

/// What a plan is made of, and no option of the run's display.
const PLAN: [&str; 15] = [
    "all",
    "json",
    "users",
    "user_types",
    "duration",
    "ramp",
    "stage",
    "spike",
    "arrivals",
    "curve",
    "fail_if",
    "base_url",
    "script_dir",
    "plan",
    "vars",
];

/// What a check reads.
const CHECK: [&str; 8] = [
    "deny_warnings",
    "json",
    "script_dir",
    "builtin",
    "lib_dir",
    "plan",
    "locale",
    "vars",
];

/// One user, and what is shown of it.
const TRY: [&str; 13] = [
    "kind",
    "html",
    "json",
    "curl",
    "step",
    "watch",
    "verbose",
    "base_url",
    "insecure",
    "seed",
    "script_dir",
    "plan",
    "vars",
];

/// What is searched for, and where.
const SEARCH: [&str; 15] = [
    "slo",
    "at_most",
    "from",
    "settle",
    "measure",
    "precision",
    "passes",
    "json",
    "user_types",
    "max_users",
    "base_url",
    "insecure",
    "report",
    "script_dir",
    "vars",
];

const SERVICE: [&str; 9] = [
    "listen",
    "db",
    "faults",
    "capacity",
    "seed",
    "last_metrics",
    "admin_email",
    "admin_password",
    "rate_limits",
];

/// What the short help of a command shows; none: every option.
pub fn shown(command: &str) -> Option<&'static [&'static str]> {
    match command {
        "run" | "user:populate" => Some(&RUN),
        "demo" => Some(&DEMO),
        "plan" => Some(&PLAN),
        "check" => Some(&CHECK),
        "try" => Some(&TRY),
        "search" => Some(&SEARCH),
        "service" => Some(&SERVICE),
        _ => None,
    }
}
