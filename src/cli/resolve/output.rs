use std::cmp::Ordering;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::cli::faults::{Faults, quoted};
use crate::cli::options::OutputOptions;
use crate::cli::report_file::{ReportFile, ReportFormat};
use crate::cli::resolved::{
    Color, DEFAULT_LISTEN, Listen, LogFormat, Output, Scripts, Summary, Verbosity,
};
use crate::cli::span::parse_span;
use crate::cli::value_sources::ValueSources;

pub(super) fn output(
    options: &OutputOptions,
    typed: &ValueSources<'_>,
    faults: &mut Faults<'_>,
) -> Output {
    let color = |text: &str| match text {
        "auto" => Some(Color::Auto),
        "always" => Some(Color::Always),
        "never" => Some(Color::Never),
        _ => None,
    };
    let log_format = |text: &str| match text {
        "text" => Some(LogFormat::Text),
        "json" => Some(LogFormat::Json),
        _ => None,
    };
    let summary = |text: &str| match text {
        "short" => Some(Summary::Short),
        "full" => Some(Summary::Full),
        "none" => Some(Summary::None),
        _ => None,
    };
    if options.summary_json.as_deref() == Some("") {
        faults.push(
            "--summary-json \"\"",
            "is not a valid path",
            "give the path of a file, or leave it out",
        );
    }
    let tui = tui(options, typed, faults);
    Output {
        tui,
        verbosity: verbosity(options, typed, faults),
        color: faults.read(
            "color",
            options.color.as_deref(),
            Color::Auto,
            color,
            ("is not a valid color mode", "give auto, always or never"),
        ),
        log_format: faults.read(
            "log-format",
            options.log_format.as_deref(),
            LogFormat::Text,
            log_format,
            ("is not a valid log format", "give text or json"),
        ),
        summary: faults.read(
            "summary",
            options.summary.as_deref(),
            Summary::default(),
            summary,
            ("is not a valid summary", "give short, full or none"),
        ),
        summary_json: options.summary_json.as_deref().map(PathBuf::from),
        reports: reports(options, typed, faults),
    }
}

/// The files of `--report`; in the environment there may be empty ones between semicolons.
fn reports(
    options: &OutputOptions,
    typed: &ValueSources<'_>,
    faults: &mut Faults<'_>,
) -> Vec<ReportFile> {
    let mut reports: Vec<ReportFile> = Vec::new();
    let is_variable = typed.in_the_environment("report");
    let texts = options.report.iter();
    for text in texts.filter(|text| !is_variable || !text.trim().is_empty()) {
        let thing = format!("--report {}", quoted(text));
        let Some(format) = ReportFormat::of(Path::new(text)) else {
            let remedy = format!("give a file that ends in {}", ReportFormat::extensions());
            let cause = "has no extension that says which format is meant";
            faults.push(thing, cause, remedy);
            continue;
        };
        let path = PathBuf::from(text);
        if reports.iter().any(|one| one.path == path) {
            faults.push(thing, "is given twice", "give each file once");
            continue;
        }
        reports.push(ReportFile { path, format });
    }
    reports
}

/// The full-screen view shows the log in its own place, which is text.
fn tui(options: &OutputOptions, typed: &ValueSources<'_>, faults: &mut Faults<'_>) -> bool {
    let others = [
        ("quiet", options.quiet),
        (
            "log-format json",
            options.log_format.as_deref() == Some("json"),
        ),
    ];
    for (name, given) in others {
        if options.tui && given && typed.on_the_line("tui") {
            faults.push(
                format!("--tui with --{name}"),
                "one takes the whole terminal and the other has no use for it",
                "give one of them",
            );
        }
    }
    options.tui && others.iter().all(|(_, given)| !given)
}

fn verbosity(
    options: &OutputOptions,
    typed: &ValueSources<'_>,
    faults: &mut Faults<'_>,
) -> Verbosity {
    let loud = match (options.debug, options.verbose) {
        (true, _) => Verbosity::Debug,
        (false, true) => Verbosity::Verbose,
        (false, false) => Verbosity::Normal,
    };
    if !options.quiet || loud == Verbosity::Normal {
        return if options.quiet {
            Verbosity::Quiet
        } else {
            loud
        };
    }
    let name = if options.debug { "debug" } else { "verbose" };
    let said = [("verbose", options.verbose), ("debug", options.debug)];
    let said = said.iter().filter(|(_, given)| *given);
    let loudest = said.map(|(name, _)| typed.source(name)).max();
    match Some(typed.source("quiet")).cmp(&loudest) {
        Ordering::Greater => Verbosity::Quiet,
        Ordering::Less => loud,
        Ordering::Equal => {
            faults.push(
                format!("--quiet with --{name}"),
                "one shows less and the other more",
                "give one of them",
            );
            loud
        }
    }
}

pub(super) fn listen(
    options: &OutputOptions,
    typed: &ValueSources<'_>,
    faults: &mut Faults<'_>,
) -> Listen {
    if options.no_listen && options.listen.is_some() {
        match typed.compare("listen", "no_listen") {
            Ordering::Less => return Listen::Nowhere,
            Ordering::Greater => {}
            Ordering::Equal => faults.push(
                "--listen with --no-listen",
                "one opens a port and the other opens none",
                "give one of them",
            ),
        }
    } else if options.no_listen {
        return Listen::Nowhere;
    }
    let fault = (
        "is not a valid address with a port",
        "give one such as 127.0.0.1:9900, with port 0 for any free one",
    );
    let default = read_address(DEFAULT_LISTEN).map_or(Listen::Nowhere, Listen::Default);
    faults.read(
        "listen",
        options.listen.as_deref(),
        default,
        |text| read_address(text).map(Listen::Asked),
        fault,
    )
}

/// Whether scripts may be edited on the live page: only those of a folder, and only where there is a page.
pub(super) fn edit(
    options: &OutputOptions,
    listen: Listen,
    scripts: &Scripts,
    faults: &mut Faults<'_>,
) -> bool {
    if options.edit && listen == Listen::Nowhere {
        faults.push(
            "--edit with --no-listen",
            "one is for the live page and the other opens no port",
            "give one of them",
        );
    }
    if options.edit && *scripts == Scripts::Embedded {
        faults.push(
            "--edit",
            "the built-in scripts cannot be edited",
            "name a folder of scripts with --script-dir",
        );
    }
    options.edit
}

/// Whether a browser is opened: it runs on this machine, and the code that signs it in is for this machine only.
pub(super) fn open(options: &OutputOptions, listen: Listen, faults: &mut Faults<'_>) -> bool {
    let beyond = match listen {
        Listen::Asked(address) if !address.ip().to_canonical().is_loopback() => Some(address),
        _ => None,
    };
    if options.open && listen == Listen::Nowhere {
        faults.push(
            "--open with --no-listen",
            "one is for the live page and the other opens no port",
            "give one of them",
        );
    }
    if let (true, Some(address)) = (options.open, beyond) {
        faults.push(
            format!("--open with --listen {address}"),
            "the page is opened on this machine only",
            "listen on 127.0.0.1, or leave out --open and sign in with the run's token",
        );
    }
    options.open
}

/// How long the listener stays when the run is over.
pub(super) fn linger(options: &OutputOptions, listen: Listen, faults: &mut Faults<'_>) -> Duration {
    let linger = faults.read(
        "linger",
        options.linger.as_deref(),
        Duration::ZERO,
        parse_span,
        (
            "is not a valid duration",
            "give seconds such as 30, or units such as 5m",
        ),
    );
    if !linger.is_zero() && listen == Listen::Nowhere {
        faults.push(
            "--linger with --no-listen",
            "one keeps a port and the other opens none",
            "give one of them",
        );
    }
    linger
}

fn read_address(text: &str) -> Option<SocketAddr> {
    match text.strip_prefix("localhost:") {
        Some(port) => Some(SocketAddr::from(([127, 0, 0, 1], port.parse().ok()?))),
        None => text.parse().ok(),
    }
}
