//! Reads what a run is made of: the script folders.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{answers, test_files};
use crate::app::process::exit::Failure;
use crate::cli::{self, Lib, Mode, Resolved, Scripts, ValueOrigin};
use crate::engine::RunConfig;
use crate::plan::file::Baseline;
use crate::plan::{Change, Watch};
use crate::script::lint::Linted;
use crate::script::testing::TestFile;
use crate::script::{
    self, Bundle, Examined, LoaderSettings, LoaderTimings, Place, Places, ScriptConfig, TypeSpec,
};
use crate::text::did_you_mean;

/// What a run is made of, read and found fine.
pub struct Sources {
    /// Where it came from, to be read again.
    pub places: Places,
    /// The scripts.
    pub bundle: Arc<Bundle>,
    /// The types that take part.
    pub specs: Vec<TypeSpec>,
    /// What the plan file says of live settings.
    pub settings: Change,
    /// What may stand in it.
    baseline: Baseline,
}

impl Sources {
    /// How the scripts are read again while the crowd is out.
    pub fn reader(&self, resolved: &Resolved, script_config: &ScriptConfig) -> LoaderSettings {
        let watch = match resolved.mode {
            Mode::Run => resolved.watch,
            Mode::DryRun | Mode::Plan(_) | Mode::Trace => Watch::Off,
        };
        LoaderSettings {
            places: self.places.clone(),
            watch,
            patience: LoaderTimings::default(),
            script_config: script_config.clone(),
            types: resolved.plan.types.clone(),
            first: Arc::clone(&self.bundle),
            baseline: self.baseline.clone().begun(&resolved.plan_file.file),
        }
    }
}

/// Reads and checks the scripts.
///
/// # Errors
/// Every fault of the folders, or a type in `--user-types` or in the plan file that there is not.
pub fn load(resolved: &Resolved, script_config: &ScriptConfig) -> Result<Sources, Failure> {
    let places = places(resolved);
    let bundle = Bundle::open(&places);
    let bundle = Arc::new(bundle.map_err(Failure::Scripts)?);
    known_types(resolved, &bundle)?;
    let baseline = baseline();
    let checked = script::check_whole(&bundle, script_config, &[], &baseline);
    let checked = checked.map_err(Failure::Scripts)?;
    Ok(Sources {
        places,
        bundle,
        specs: select(checked.specs, resolved)?,
        settings: checked.settings,
        baseline,
    })
}

/// The scripts alone.
///
/// # Errors
/// As [`load`].
pub fn bundle(resolved: &Resolved, script_config: &ScriptConfig) -> Result<Arc<Bundle>, Failure> {
    load(resolved, script_config).map(|sources| sources.bundle)
}

/// Everything that there is to say of the scripts, of the tests beside them, and of the file of `--mock`.
///
/// # Errors
/// A type in the plan file that there is not; a test or a mock that cannot be read.
pub fn examine(resolved: &Resolved, script_config: &ScriptConfig) -> Result<Examined, Failure> {
    let bundle = match Bundle::open(&places(resolved)) {
        Ok(bundle) => Arc::new(bundle),
        Err(faults) => {
            return Ok(Examined {
                faults,
                linted: Linted::default(),
            });
        }
    };
    known_types(resolved, &bundle)?;
    let mock = resolved.mock.as_deref().map(answers::read).transpose()?;
    let tests = test_files::beside(resolved)?;
    let read = |path: &PathBuf| TestFile::read(path).map(|file| file.source());
    let tests: Result<Vec<_>, _> = tests.iter().map(read).collect();
    let tests = tests.map_err(|fault| Failure::Scripts(vec![fault]))?;
    let examined = script::examine(&bundle, script_config, &baseline());
    let others = script::examine_beside(&bundle, script_config, &tests, mock.as_ref());
    Ok(examined.and(others))
}

fn baseline() -> Baseline {
    Baseline {
        keys: cli::plan_keys(),
        began: None,
    }
}

/// Where the sources are.
pub fn places(resolved: &Resolved) -> Places {
    Places {
        scripts: match &resolved.scripts {
            Scripts::Embedded => Place::Stock,
            Scripts::Folder(folder) => Place::Folder(folder.clone()),
        },
        lib: match &resolved.lib {
            Lib::Named(folder) => Some(folder.clone()),
            Lib::Beside(_) | Lib::Embedded => None,
        },
        plan: plan_file(resolved),
    }
}

/// Refuses types of the plan file that there are not: a fault of the plan, which only the scripts tell.
fn known_types(resolved: &Resolved, bundle: &Bundle) -> Result<(), Failure> {
    let known: Vec<&str> = bundle.types.keys().map(String::as_str).collect();
    let named = resolved.plan_file.file.types.iter();
    let unknown = named.filter(|item| !known.contains(&item.text.as_str()));
    let lines: Vec<String> = unknown
        .map(|item| {
            format!(
                "{}: {}",
                item.place,
                script::unknown_type(&item.text, &known)
            )
        })
        .collect();
    match lines.as_slice() {
        [] => Ok(()),
        lines => Err(Failure::faults(lines)),
    }
}

/// The plan file where it is not simply that of the script folder.
fn plan_file(resolved: &Resolved) -> Option<PathBuf> {
    let source = &resolved.plan_file;
    let is_inside = !source.is_named && resolved.scripts != Scripts::Embedded;
    source.path.clone().filter(|_| !is_inside)
}

/// Reads a plan file; none where it does not exist.
///
/// # Errors
/// Why it cannot be read, in words that follow its name.
pub fn read_plan_file(path: &Path) -> Result<Option<Vec<u8>>, String> {
    if !path.exists() && !path.is_symlink() {
        return Ok(None);
    }
    // Which of its remedies fit depends on whether the file was named.
    match std::fs::metadata(path) {
        Ok(meta) if meta.is_dir() => Err("cannot be read: it is a folder".to_owned()),
        Ok(meta) if !meta.is_file() => Err("cannot be read: it is not a regular file".to_owned()),
        _ => script::read_source(path).map(Some),
    }
}

/// The types that were asked for; all when none was.
fn select(specs: Vec<TypeSpec>, resolved: &Resolved) -> Result<Vec<TypeSpec>, Failure> {
    let Some(wanted) = &resolved.plan.types else {
        return Ok(specs);
    };
    let known: Vec<&str> = specs.iter().map(|spec| spec.name.as_str()).collect();
    let unknown: Vec<&str> = wanted
        .iter()
        .map(String::as_str)
        .filter(|name| !known.contains(name))
        .collect();
    if !unknown.is_empty() {
        let is_given = |key: &str| {
            let mut options = resolved.options.iter();
            options.any(|one| one.key == key && one.origin != ValueOrigin::Default)
        };
        let option = match resolved.mode {
            Mode::Trace if resolved.trace.is_try => "try",
            Mode::Trace => "--trace",
            Mode::Plan(_) if is_given("trace") => "--trace",
            Mode::Run | Mode::DryRun | Mode::Plan(_) => "--user-types",
        };
        let place = match &resolved.scripts {
            Scripts::Embedded => "the scripts inside the program".to_owned(),
            Scripts::Folder(folder) => folder.display().to_string(),
        };
        return Err(Failure::Usage(format!(
            "{option} {}: there is no type '{}' in {place}; give some of: {}{}",
            wanted.join(","),
            unknown.join("', '"),
            known.join(", "),
            did_you_mean(unknown[0], known.iter().copied())
        )));
    }
    Ok(specs
        .into_iter()
        .filter(|spec| wanted.contains(&spec.name))
        .collect())
}

/// Hashes of the scripts with all that they require and read, by type.
pub fn hashes(config: &RunConfig) -> BTreeMap<String, String> {
    let hashes = config.specs.iter().filter_map(|spec| {
        let hash = config.bundle.closure(&spec.name)?;
        Some((spec.name.clone(), hash.to_string()))
    });
    hashes.collect()
}
