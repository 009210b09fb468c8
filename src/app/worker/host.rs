//! A run as this machine has it: the target, certificates, the ledger.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

use crate::app::run::Details;
use crate::app::{http_settings, run, state_dir};
use crate::cli::WorkerConfig;
use crate::clock::Clock;
use crate::cluster::{Brief, Host, Part, Prepared};
use crate::engine::{Cleanup, RunConfig, RunStart};
use crate::http::Origin;
use crate::ledger::{Ledger, Target};
use crate::metrics::Capture;
use crate::openapi::{Contract, Document, Faults};
use crate::random::Locale;
use crate::request::{RunInfo, TraceContext};
use crate::script::{self, Bundle, ScriptConfig};
use crate::secrets::{Masker, SharedMasker};

/// This machine.
pub struct Machine {
    config: WorkerConfig,
    clock: Clock,
    /// What the scripts of the run under way may know.
    scripts: Mutex<Option<ScriptConfig>>,
    /// Masks the log; the secrets are those of the run under way.
    secrets: SharedMasker,
}

impl Machine {
    pub fn new(config: WorkerConfig, clock: Clock, secrets: SharedMasker) -> Self {
        Self {
            config,
            clock,
            scripts: Mutex::default(),
            secrets,
        }
    }

    fn ledger(&self, id: String, target: Target) -> Result<Ledger, String> {
        let of = run::run_of(&id, target);
        let begun = state_dir::begin(self.config.state_dir.as_deref(), self.config.policy, of);
        begun.map_err(|why| why.to_string())
    }

    /// Puts the files that a target needs where a later clean-up finds them, by their digests; only this user reads them.
    fn keep_files(&self, target: &mut Target, files: &[(PathBuf, Vec<u8>)]) -> Result<(), String> {
        if files.is_empty() {
            return Ok(());
        }
        let folder = state_dir::folder(self.config.state_dir.as_deref());
        let folder = folder.map_err(|why| why.to_string())?;
        let folder = folder.place().join("certificates");
        let keep = |file: &mut PathBuf| {
            let sent = files.iter().find(|(name, _)| name == file);
            let Some((_, bytes)) = sent else {
                return Ok(());
            };
            *file = write(&folder, bytes).map_err(|why| {
                format!(
                    "a certificate cannot be written to {}: {why}; name another folder with \
                     --state-dir",
                    folder.display()
                )
            })?;
            Ok::<_, String>(())
        };
        target.ca.iter_mut().try_for_each(keep)?;
        if let Some((cert, key)) = &mut target.identity {
            keep(cert)?;
            keep(key)?;
        }
        Ok(())
    }
}

/// Writes a file that only this user can read; gives its path.
fn write(folder: &Path, bytes: &[u8]) -> std::io::Result<PathBuf> {
    use std::io::Write as _;
    use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
    let digest = Sha256::digest(bytes);
    let name: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let path = folder.join(format!("{name}.pem"));
    // Other workers of this machine write the same file: none of them may find half of it.
    if std::fs::read(&path).is_ok_and(|there| there == bytes) {
        return Ok(path);
    }
    let unfinished = folder.join(format!(".{name}-{}", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    let options = options.write(true).create(true).truncate(true).mode(0o600);
    options.open(&unfinished)?.write_all(bytes)?;
    std::fs::rename(&unfinished, &path)?;
    Ok(path)
}

impl Host for Machine {
    fn prepare(&self, brief: &Brief, start: &RunStart, part: Part) -> Result<Prepared, String> {
        let details = serde_json::from_value::<Details>(brief.details.clone());
        let details = details.map_err(|why| format!("the run cannot be read: {why}"))?;
        // It becomes the name of a file.
        if brief.run.is_empty() || !brief.run.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err("the id of the run has more than digits and letters".to_owned());
        }
        let plan = &start.plan;
        let mut target = details.target.clone();
        self.keep_files(&mut target, &details.files)?;
        let words = http_settings::words(&target)?;
        let http = http_settings::settings(&words, &plan.base_url, &brief.run)
            .and_then(|settings| settings.load())
            .map_err(|why| why.to_string())?;
        let secrets = Arc::new(secrets(&details, start)?);
        self.secrets.set(Arc::clone(&secrets));
        let unreached = run::unreached(&http, &plan.base_url);
        let run = RunInfo {
            seed: plan.seed,
            clock: self.clock,
            base_path: plan.base_url.path().trim_end_matches('/').to_owned(),
            secrets,
            log: details.log_detail(),
            trace: details
                .trace
                .clone()
                .map(|(sampled, url)| Arc::new(TraceContext::new(&brief.run, sampled, url))),
            capture: Capture {
                samples: details.capture.0,
                spans: details.capture.1,
            },
            contract: contract(&details, plan.base_url.path())?,
        };
        let script_config = ScriptConfig {
            run_id: brief.run.clone(),
            run: run.clone(),
            locale: details.locale.as_deref().and_then(Locale::find),
            vars: Arc::new(plan.vars.clone()),
            overrides: Arc::new(plan.overrides.clone()),
            crowd: start.crowd.clone().map(Arc::new),
            shard: part.first,
            shards: plan.shards,
        };
        let scripts = Some(script_config.clone());
        *self.scripts.lock().unwrap_or_else(PoisonError::into_inner) = scripts;
        let bundle = start.roster.bundles.values().next_back();
        let bundle = bundle.ok_or("the run brought no scripts")?;
        let ledger = self.ledger(format!("{}-w{}", brief.run, part.index), target)?;
        let cleanup = plan.cleanup.is_some().then(|| {
            Ok::<_, String>(Cleanup {
                ledger: ledger.clone(),
                http: http.clone(),
                origin: Origin::of(&plan.base_url).map_err(|why| why.to_string())?,
                run,
                rps: plan.cleanup_rps / plan.shards as f64 * part.threads as f64,
                counted_as: Some(start.own_type()),
            })
        });
        let (plan, bundle) = (Arc::clone(plan), Arc::clone(bundle));
        let config = RunConfig::new(plan, bundle, Vec::new(), http, script_config, ledger);
        let capture = config.script_config.run.capture;
        Ok(Prepared {
            config: config.with_records(capture, None),
            cleanup: cleanup.transpose()?,
            unreached,
        })
    }

    fn check(&self, bundle: &Arc<Bundle>) -> Vec<(String, String)> {
        let scripts = self.scripts.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(script_config) = scripts.as_ref() else {
            return Vec::new();
        };
        match script::check(bundle, script_config) {
            Ok(_) => Vec::new(),
            Err(faults) => faults
                .into_iter()
                .map(|fault| (fault.place, fault.message))
                .collect(),
        }
    }
}

/// The contract of the target, with the numbers that the coordinator's has: both are of one document.
fn contract(details: &Details, base_path: &str) -> Result<Option<Arc<Contract>>, String> {
    let Some((text, checks)) = &details.contract else {
        return Ok(None);
    };
    let (document, _) = Document::read(text).map_err(|Faults(faults)| {
        let first = faults.first().map(ToString::to_string);
        let why = first.unwrap_or_default();
        format!("the document of --openapi cannot be read: {why}")
    })?;
    let (contract, _) = Contract::new(document, base_path, *checks);
    Ok(Some(Arc::new(contract)))
}

/// What must not be shown: variables of scripts, and the proxy's password.
fn secrets(details: &Details, start: &RunStart) -> Result<Masker, String> {
    let vars = details.secret_vars.iter();
    let vars = vars.filter_map(|key| start.plan.vars.get(key).cloned());
    let proxy = details.target.proxy.as_ref();
    let proxy = proxy.and_then(|secret| secret.0.parse::<url::Url>().ok());
    let password = proxy.and_then(|url| {
        let password = percent_encoding::percent_decode_str(url.password()?);
        Some(password.decode_utf8_lossy().into_owned())
    });
    let all: Vec<String> = vars.chain(password).collect();
    Masker::new(all.iter().map(String::as_str))
}
