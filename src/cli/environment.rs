use std::hash::{BuildHasher, RandomState};
use std::path::Path;

/// What the meaning of a line depends on beside the line.
#[derive(Clone, Copy, Debug)]
pub struct Environment {
    /// Cores that this process may use.
    pub cores: usize,
    /// Whether a folder named `scripts` is here.
    pub scripts_here: bool,
    /// The seed of a run that names none.
    pub fresh_seed: u64,
    /// Reads a plan file.
    pub read: ReadFile,
}

/// Reads a file: none where it does not exist; else why not, in words that follow its name.
pub type ReadFile = fn(&Path) -> Result<Option<Vec<u8>>, String>;

impl Environment {
    /// Looks around; files are read by `read`.
    pub fn look(read: ReadFile) -> Self {
        Self {
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            scripts_here: Path::new(super::resolved::DEFAULT_SCRIPT_DIR).is_dir(),
            // Hashers are keyed by the system's randomness; six digits are easily typed again.
            fresh_seed: 100_000 + RandomState::new().hash_one(0) % 900_000,
            read,
        }
    }
}
