//! A mock file: read once, loaded on each thread that answers by it.

use std::path::Path;
use std::sync::Arc;

use crate::script::diagnostic::Diagnostic;
use crate::script::source::bundle::Source;
use crate::script::source::source_tree::read_source;

/// The text of a mock, which has passed its checks or is still to.
#[derive(Debug, Clone)]
pub struct MockFile(pub(super) Arc<Source>);

impl MockFile {
    /// Reads a file.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn read(path: &Path) -> Result<Self, Diagnostic> {
        let shown = path.display().to_string();
        let fault = |why: String| Diagnostic::at(shown.clone(), why);
        if path.is_dir() {
            return Err(fault(
                "is a folder; --mock takes a Lua file that returns a table of routes".to_owned(),
            ));
        }
        let text = read_source(path).map_err(|why| {
            fault(format!(
                "{why}; --mock takes a Lua file that returns a table of routes"
            ))
        })?;
        Ok(Self::of(shown, text))
    }

    /// A mock of this name and text.
    pub fn of(path: impl Into<String>, text: impl Into<Arc<[u8]>>) -> Self {
        Self(Arc::new(Source {
            path: path.into(),
            text: text.into(),
        }))
    }

    /// Its text.
    pub(in crate::script) fn source(&self) -> &Source {
        &self.0
    }

    /// Its name in messages.
    pub fn path(&self) -> &str {
        &self.0.path
    }
}
