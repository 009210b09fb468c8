//! The files of `--report`: each is one [`Output`] that is written when the run is over.

use std::io;

use crate::app::destination::Destination;
use crate::app::process::exit::Failure;
use crate::cli::{ReportFile, ReportFormat, Resolved};
use crate::history::RecordedRun;
use crate::report::{Output, csv, html, json, junit, markdown};
use crate::secrets::Masker;
use crate::text;
use crate::view::{History, RunView};

/// Looks at the place of each file, before anything is sent.
///
/// # Errors
/// What will keep one of them from being written; all of them are named.
pub fn look(resolved: &Resolved) -> Result<Vec<Destination>, Failure> {
    let reports = resolved.output.reports.iter();
    let looked = reports.map(|report| Destination::look("--report", &report.path));
    let (mut places, mut faults) = (Vec::new(), Vec::new());
    for place in looked {
        match place {
            Ok(place) => places.push(place),
            Err(why) => faults.push(why),
        }
    }
    match faults.is_empty() {
        true => Ok(places),
        false => Err(Failure::faults(&faults)),
    }
}

/// One report.
pub struct Report<'a> {
    pub file: &'a ReportFile,
    pub place: &'a Destination,
    pub allow_missing: bool,
    /// The points of the charts, for a page.
    pub history: &'a History,
    /// Its blocks of time; none where they could not be had.
    pub recorded: Option<&'a RecordedRun>,
    pub secrets: &'a Masker,
}

impl Output for Report<'_> {
    fn finish(&mut self, last: &RunView) -> io::Result<()> {
        let written = self.document(last).and_then(|text| self.place.write(&text));
        written.map_err(|why| {
            let named = self.file.path.display().to_string();
            let words = format!("the report cannot be written to {named}: {why}");
            tracing::error!("{}", text::line(&words));
            io::Error::new(why.kind(), words)
        })
    }
}

impl Report<'_> {
    fn document(&self, last: &RunView) -> io::Result<String> {
        match self.file.format {
            ReportFormat::Html => {
                let mask = |text: &str| self.secrets.quoted(text).into_owned();
                html::document(last, self.history, &mask)
            }
            ReportFormat::Json => Ok(summary_json(last, self.secrets)),
            ReportFormat::Csv => {
                let recorded = self
                    .recorded
                    .ok_or_else(|| io::Error::other("the run was not recorded"))?;
                let text = csv::document(recorded).map_err(io::Error::other)?;
                Ok(self.secrets.text(&text).into_owned())
            }
            ReportFormat::Markdown => {
                let mask = |text: &str| self.secrets.text(text).into_owned();
                Ok(markdown(last, &mask))
            }
            ReportFormat::Junit => {
                let mask = |text: &str| self.secrets.text(text).into_owned();
                junit::document(last, self.allow_missing, &mask).map_err(io::Error::other)
            }
        }
    }
}

/// The document of `--summary-json`.
pub fn summary_json(last: &RunView, secrets: &Masker) -> String {
    let text = format!("{:#}\n", json::summary(last));
    text::json(&secrets.quoted(&text)).into_owned()
}

/// Whether a report shows the whole course of the run.
pub fn want_history(resolved: &Resolved) -> bool {
    let reports = resolved.output.reports.iter();
    reports
        .map(|report| report.format)
        .any(|format| format == ReportFormat::Html)
}
