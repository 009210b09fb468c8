use std::path::PathBuf;

use crate::cli::faults::{Faults, quoted};
use crate::cli::options::{
    ClusterOptions, HistoryOptions, HttpOptions, LedgerOptions, LengthOptions, OutputOptions,
    PushOptions, ReloadOptions, RunOptions, SafetyOptions, ShapeOptions, TargetOptions,
    TestOptions, UserOptions,
};
use crate::cli::plan_file::Found;
use crate::cli::resolve::Purpose;
use crate::cli::span::parse_span;
use crate::cli::testing::{Format, Test};
use crate::cli::value_sources::ValueSources;
use crate::cli::{Environment, resolve};
use crate::plan::Fault;
use crate::text::did_you_mean;

/// What is tested, and how results are written; `http` is how requests of a run are sent.
pub(in crate::cli) fn test(
    options: TestOptions,
    http: HttpOptions,
    typed: &ValueSources<'_>,
    found: &Found,
    environment: &Environment,
) -> Result<Test, Vec<Fault>> {
    let mut faults = Faults::of(typed);
    let format = Format::ALL
        .into_iter()
        .find(|one| one.name() == options.format);
    if format.is_none() {
        let names = Format::ALL.map(Format::name);
        let meant = did_you_mean(&options.format, names);
        faults.push(
            format!("--format {}", quoted(&options.format)),
            "is not a valid format",
            format!("give one of {}{meant}", names.join(", ")),
        );
    }
    let timeout = parse_span(&options.timeout).filter(|span| !span.is_zero());
    if timeout.is_none() {
        faults.push(
            format!("--timeout {}", quoted(&options.timeout)),
            "is not a valid time",
            "give seconds such as 10, or units such as 500ms",
        );
    }
    for (option, value) in [("output", &options.output), ("lcov", &options.lcov)] {
        if value.as_deref() == Some("") {
            faults.push(
                format!("--{option} \"\""),
                "is not a valid path",
                "give the path of a file, or leave it out",
            );
        }
    }
    let run = RunOptions {
        crowd: UserOptions {
            seed: Some(options.seed),
            ..UserOptions::default()
        },
        length: LengthOptions::default(),
        shape: ShapeOptions::default(),
        safety: SafetyOptions::default(),
        cluster: ClusterOptions::default(),
        ledger: LedgerOptions::default(),
        history: HistoryOptions::default(),
        target: TargetOptions {
            base_url: Some(options.base_url),
            ..TargetOptions::default()
        },
        http,
        contract: options.contract,
        output: OutputOptions::default(),
        push: PushOptions::default(),
        scripts: options.scripts,
        reload: ReloadOptions::default(),
    };
    let run = resolve::run(run, typed, found, environment, Purpose::Plan);
    let run = match (run, faults.or(())) {
        (Ok(run), Ok(())) => run,
        (run, own) => {
            let of_run = run.err().unwrap_or_default();
            return Err(own
                .err()
                .unwrap_or_default()
                .into_iter()
                .chain(of_run)
                .collect());
        }
    };
    Ok(Test {
        run,
        paths: options.paths.into_iter().map(PathBuf::from).collect(),
        filter: options.filter,
        format: format.unwrap_or(Format::Human),
        output: options.output.map(PathBuf::from),
        timeout: timeout.unwrap_or_default(),
        coverage: options.coverage || options.lcov.is_some(),
        lcov: options.lcov.map(PathBuf::from),
        watch: options.watch,
    })
}
