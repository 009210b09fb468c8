//! One run of all tests.

use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, PoisonError};

use super::formats::Results;
use super::{coverage, find, formats};
use crate::app::http_settings;
use crate::app::process::exit::{FAILED, Failure, SUCCESS};
use crate::app::process::output::{complain, print};
use crate::app::run as plan;
use crate::cli::{Format, Test};
use crate::http::{Origin, SettingsError};
use crate::report::text::summary;
use crate::script::testing::coverage::{self as lines, Hits};
use crate::script::testing::{Failed, TestFile, TestResult, TestSettings};
use crate::secrets::Masker;
use crate::text;
use crate::view::{Coverage, ExitKind};

/// Runs everything once; the exit code is 0 when all tests pass.
///
/// # Errors
/// As [`super::run`].
pub fn run(test: &Test, secrets: &Arc<Masker>) -> Result<ExitCode, Failure> {
    let files = find::files(test)?;
    if files.is_empty() {
        let place = find::folder(test).display().to_string();
        complain(&format!(
            "warning: there is no *_test.lua in {place}; `throng init` and `throng new` write one"
        ));
    }
    let settings = settings(test, secrets)?;
    let is_live = test.format == Format::Human && test.output.is_none();
    if test.coverage {
        lines::begin();
    }
    let mut results = Results::default();
    for path in &files {
        let outcome = one(path, &settings, |result| {
            if is_live {
                // What is shown while it runs is shown again at the end where it failed.
                let _ = print(&secrets.text(&formats::line(result)));
            }
        });
        results.add(path, outcome);
    }
    let hits = if test.coverage {
        lines::end()
    } else {
        Hits::new()
    };
    if let Some(filter) = test.filter.as_ref().filter(|_| results.is_empty()) {
        return Err(Failure::Usage(format!(
            "--filter '{filter}' is in the name of no test; leave it out to see their names"
        )));
    }
    let text = match test.format {
        Format::Human => formats::human(&results, is_live),
        Format::Tap => formats::tap(&results),
        Format::Junit => formats::junit(&results),
    };
    let text = secrets.owned(text);
    match &test.output {
        Some(file) => {
            std::fs::write(file, &text).map_err(|why| not_written("--output", file, &why))?;
            print(&format!("{}\n", results.sentence()))?;
        }
        None => print(&text)?,
    }
    if test.coverage {
        let found = coverage::of(&settings.bundle, &hits);
        if test.format == Format::Human {
            print(&coverage::text(&found))?;
        }
        if let Some(file) = &test.lcov {
            std::fs::write(file, coverage::lcov(&found))
                .map_err(|why| not_written("--lcov", file, &why))?;
        }
    }
    let missed = contract(test, &settings)?;
    Ok(ExitCode::from(match (results.has_failed(), missed) {
        (true, _) => FAILED,
        (false, true) => ExitKind::Coverage.code(),
        (false, false) => SUCCESS,
    }))
}

/// Says what was covered of the document of `--openapi`, if there is one; gives whether that is too little.
fn contract(test: &Test, settings: &TestSettings) -> Result<bool, Failure> {
    let config = test.run.contract.as_ref();
    let contract = settings.script_config.run.contract.as_deref();
    let (Some(config), Some(contract)) = (config, contract) else {
        return Ok(false);
    };
    let counts = settings.covered.lock();
    let counts = counts.unwrap_or_else(PoisonError::into_inner);
    let mut coverage = Coverage::of(contract, &counts);
    let missed = plan::missed(config, &mut coverage);
    if test.format == Format::Human {
        let text = summary::coverage(Some(&coverage), summary::Look::default());
        print(
            &settings
                .script_config
                .run
                .secrets
                .text(&format!("\n{text}")),
        )?;
    }
    for words in &missed {
        complain(&text::line(words));
    }
    Ok(!missed.is_empty())
}

fn one(
    path: &Path,
    settings: &TestSettings,
    see: impl FnMut(&TestResult),
) -> Result<Vec<TestResult>, Failed> {
    let file = TestFile::read(path).map_err(|fault| Failed {
        place: fault.place,
        message: fault.message,
    })?;
    file.run(settings, see)
}

fn settings(test: &Test, secrets: &Arc<Masker>) -> Result<TestSettings, Failure> {
    let resolved = &test.run;
    let mut script_config = plan::script_config(resolved, secrets);
    // Names that users make up are the same each time.
    "test0000".clone_into(&mut script_config.run_id);
    script_config.shards = 1;
    let usage = |why: SettingsError| Failure::Usage(why.to_string());
    let http = http_settings::settings(
        &resolved.http,
        &resolved.plan.base_url,
        &script_config.run_id,
    )
    .map_err(usage)?;
    if let Some(read) = plan::read_contract(resolved, &http)? {
        for words in read.notes {
            complain(&format!("warning: {}", text::line(&words)));
        }
        script_config.run.contract = Some(read.contract);
    }
    let http = http.load().map_err(usage)?;
    let bundle = plan::bundle(resolved, &script_config)?;
    let origin =
        Origin::of(&resolved.plan.base_url).map_err(|why| Failure::Usage(why.to_string()))?;
    Ok(TestSettings {
        bundle,
        script_config,
        http,
        origin,
        timeout: test.timeout,
        filter: test.filter.clone(),
        begin: plan::rehearsal_begin(),
        covered: Arc::default(),
    })
}

fn not_written(option: &str, file: &Path, why: &std::io::Error) -> Failure {
    Failure::Machine(anyhow::anyhow!(
        "{option} {}: cannot be written: {why}",
        file.display()
    ))
}
