//! The log of a dry run: what scripts and their mock complain of, without times, since two dry runs say the same.

use std::sync::Arc;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::writer::BoxMakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::app::display::log_writer::MaskedWriter;
use crate::secrets::Masker;

/// Begins the log on stderr. Called once a process.
pub fn begin(secrets: &Arc<Masker>) {
    let writer = MaskedWriter::new(BoxMakeWriter::new(std::io::stderr), secrets.into(), false);
    let told = ["throng::mock", "throng::script"].map(|target| (target, LevelFilter::WARN));
    let lines = tracing_subscriber::fmt::layer()
        .without_time()
        .with_target(false)
        .with_ansi(false)
        .fmt_fields(tracing_subscriber::fmt::format::debug_fn(
            |writer, field, value| match field.name() {
                "message" => write!(writer, "{value:?}"),
                _ => Ok(()),
            },
        ))
        .with_writer(writer)
        .with_filter(Targets::new().with_targets(told));
    // There is one already in tests that run in one process.
    let _ = tracing_subscriber::registry().with(lines).try_init();
}
