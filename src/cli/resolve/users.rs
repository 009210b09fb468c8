use std::cmp::Ordering;

use super::purpose::{DEMO_USERS, Purpose};
use crate::cli::faults::{Faults, quoted};
use crate::cli::options::UserOptions;
use crate::cli::resolved::Mode;
use crate::cli::span::parse_span;
use crate::cli::value_sources::ValueSources;
use crate::plan::{
    Cleanup, DEFAULT_CLEANUP_INTERVAL, DEFAULT_ERROR_RATE, DEFAULT_USERS, Length, RequestLimits,
    Setting,
};

pub(super) fn users(options: &UserOptions, purpose: Purpose, faults: &mut Faults<'_>) -> u32 {
    let default = f64::from(default(purpose));
    let users = faults.setting(Setting::Users, options.users.as_deref(), default);
    // A whole number within its bounds, as it was read.
    users as u32
}

/// Users where nobody says how many.
pub(super) fn default(purpose: Purpose) -> u32 {
    if purpose == Purpose::Demo {
        DEMO_USERS
    } else {
        DEFAULT_USERS
    }
}

/// The names between commas; what is wrong with them is the plan's to say.
pub(super) fn types(options: &UserOptions) -> Option<Vec<String>> {
    options
        .user_types
        .as_deref()
        .map(|text| text.split(',').map(|name| name.trim().to_owned()).collect())
}

pub(super) fn requests(options: &UserOptions, faults: &mut Faults<'_>) -> RequestLimits {
    let mut limit = |option, value: &Option<String>| {
        let fault = (
            "is not a valid number of requests",
            "give a whole number from 1",
        );
        faults.read(
            option,
            value.as_deref(),
            None,
            |text| text.parse().ok().map(Some),
            fault,
        )
    };
    RequestLimits {
        min: limit("min-requests", &options.min_requests),
        max: limit("max-requests", &options.max_requests),
    }
}

pub(super) fn error_rate(options: &UserOptions, faults: &mut Faults<'_>) -> f64 {
    faults.setting(
        Setting::ErrorRate,
        options.error_rate.as_deref(),
        DEFAULT_ERROR_RATE,
    )
}

pub(super) fn think_factor(options: &UserOptions, faults: &mut Faults<'_>) -> f64 {
    faults.setting(Setting::ThinkFactor, options.think_factor.as_deref(), 1.0)
}

pub(super) fn seed(options: &UserOptions, faults: &mut Faults<'_>) -> Option<u64> {
    let fault = (
        "is not a valid seed",
        "give a whole number from 0 to 18446744073709551615",
    );
    faults.read(
        "seed",
        options.seed.as_deref(),
        None,
        |text| text.parse().ok().map(Some),
        fault,
    )
}

pub(super) fn threads(options: &UserOptions, cores: usize, faults: &mut Faults<'_>) -> usize {
    let fault = (
        "is not a valid number of threads",
        "give the number of cores, or leave it out",
    );
    faults.read(
        "threads",
        options.threads.as_deref(),
        cores,
        |text| text.parse().ok(),
        fault,
    )
}

/// An interval implies cleaning up; a run without an end has one always.
pub(super) fn cleanup(
    options: &UserOptions,
    length: Length,
    faults: &mut Faults<'_>,
) -> Option<Cleanup> {
    let fault = (
        "is not a valid duration",
        "give seconds such as 3600, or units such as 1h",
    );
    let read = |text: &str| parse_span(text).map(Some);
    let interval = faults.read(
        "cleanup-interval",
        options.cleanup_interval.as_deref(),
        None,
        read,
        fault,
    );
    if !options.cleanup && options.cleanup_interval.is_none() {
        return None;
    }
    let endless = (length == Length::Continuous).then_some(DEFAULT_CLEANUP_INTERVAL);
    Some(Cleanup {
        interval: interval.or(endless),
    })
}

pub(super) fn mode(
    options: &UserOptions,
    typed: &ValueSources<'_>,
    faults: &mut Faults<'_>,
) -> Mode {
    let Some(traced) = &options.trace else {
        return if options.dry_run {
            Mode::DryRun
        } else {
            Mode::Run
        };
    };
    if options.dry_run {
        match typed.compare("trace", "dry_run") {
            Ordering::Less => return Mode::DryRun,
            Ordering::Greater => {}
            Ordering::Equal => faults.push(
                "--trace with --dry-run",
                "a trace sends requests and a dry run sends none",
                "give one of them",
            ),
        }
    }
    if traced.is_empty() || traced.contains(',') {
        faults.push(
            format!("--trace {}", quoted(traced)),
            "is not a valid user type",
            "give one, such as --trace new",
        );
    }
    Mode::Trace
}

/// A run that answers itself has one thread.
pub(super) fn one_thread(options: &UserOptions, threads: usize, faults: &mut Faults<'_>) {
    if let Some(given) = options.threads.as_deref().filter(|_| threads > 1) {
        faults.push(
            format!("--threads {}", quoted(given)),
            "a run with --mock has one thread, since the file is one server with one state",
            "leave it out",
        );
    }
}
