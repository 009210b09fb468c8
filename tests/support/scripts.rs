//! Script folders that live as long as a test.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;
use throng::clock::Clock;
use throng::request::{LogDetail, RunInfo};
use throng::script::{self, Bundle, Diagnostic, Place, ScriptConfig, TypeSpec};

/// A script folder and the `lib` beside it.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("scripts")).unwrap();
        Self(folder)
    }

    /// A folder with one script.
    pub fn of(name: &str, text: &str) -> Self {
        Self::new().with(name, text)
    }

    /// One script more: `name` is a type's, or `_crowd`.
    pub fn with(self, name: &str, text: &str) -> Self {
        self.script(&format!("{name}.lua"), text)
    }

    /// A folder with one type, `one`.
    pub fn one(text: &str) -> Self {
        Self::new().script("one.lua", text)
    }

    /// A folder whose type `one` has this step; the body begins in line 2.
    pub fn step(body: &str) -> Self {
        Self::one(&format!("return {{ step = function(user)\n{body}\nend }}"))
    }

    /// Adds a file to the script folder.
    pub fn script(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        self.file(&format!("scripts/{name}"), text)
    }

    /// Adds a module.
    pub fn lib(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        self.file(&format!("lib/{name}"), text)
    }

    /// Adds a file beside both.
    pub fn file(self, path: &str, text: impl AsRef<[u8]>) -> Self {
        self.write(path, text);
        self
    }

    /// Writes a file as it is, or over the one that is there.
    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.at(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub fn rename(&self, from: &str, to: &str) {
        std::fs::rename(self.at(from), self.at(to)).unwrap();
    }

    pub fn remove(&self, path: &str) {
        std::fs::remove_file(self.at(path)).unwrap();
    }

    /// Where the folder of scripts and what lies beside it are.
    pub fn root(&self) -> &Path {
        self.0.path()
    }

    /// The folder of scripts.
    pub fn path(&self) -> PathBuf {
        self.at("scripts")
    }

    pub fn at(&self, part: &str) -> PathBuf {
        self.root().join(part)
    }

    pub fn place(&self) -> Place {
        Place::Folder(self.path())
    }

    pub fn read(&self) -> Result<Arc<Bundle>, Vec<Diagnostic>> {
        Bundle::read(&self.place(), None).map(Arc::new)
    }

    pub fn bundle(&self) -> Arc<Bundle> {
        self.read().unwrap()
    }

    pub fn check(&self) -> Result<Vec<TypeSpec>, Vec<Diagnostic>> {
        script::check(&self.read()?, &script_config())
    }

    /// Every fault of the folder as the user reads it.
    pub fn faults(&self) -> Vec<String> {
        let faults = self.check().expect_err("the folder has a fault");
        faults.iter().map(ToString::to_string).collect()
    }

    /// The only fault of the folder.
    pub fn fault(&self) -> String {
        let faults = self.faults();
        assert_eq!(faults.len(), 1, "{faults:#?}");
        faults.into_iter().next().unwrap()
    }
}

pub fn script_config() -> ScriptConfig {
    script_config_at(1.0)
}

/// The same by a clock of this speed.
pub fn script_config_at(speed: f64) -> ScriptConfig {
    ScriptConfig {
        run: RunInfo {
            clock: Clock::with_speed(speed),
            seed: 7,
            base_path: String::new(),
            secrets: Arc::default(),
            log: LogDetail::Nothing,
            trace: None,
            capture: throng::metrics::Capture::default(),
            contract: None,
        },
        run_id: "r1".to_owned(),
        locale: None,
        vars: Arc::new(BTreeMap::from([("KEY".to_owned(), "value".to_owned())])),
        overrides: Arc::default(),
        crowd: None,
        shard: 0,
        shards: 1,
    }
}
