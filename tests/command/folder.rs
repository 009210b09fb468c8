//! A temporary script folder.

use std::path::{Path, PathBuf};

/// `scripts` and, beside it, an empty `lib`, both gone with the test.
pub struct Folder {
    root: tempfile::TempDir,
}

impl Folder {
    pub fn empty() -> Self {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("scripts")).unwrap();
        Self { root }
    }

    /// A folder with one script.
    pub fn of(name: &str, text: &str) -> Self {
        Self::empty().with(name, text)
    }

    /// One script more: `name` is a type's, or `_crowd`.
    pub fn with(self, name: &str, text: &str) -> Self {
        std::fs::write(self.path().join(format!("{name}.lua")), text).unwrap();
        self
    }

    pub fn path(&self) -> PathBuf {
        self.root().join("scripts")
    }

    pub fn root(&self) -> &Path {
        self.root.path()
    }
}
