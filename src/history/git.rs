//! The commit of a folder, read from its repository's files: no program and no hook is run.

use std::fs;
use std::path::{Path, PathBuf};

/// Longest file of a repository that is read.
const MOST: u64 = 16 << 20;

/// What a repository has checked out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commit {
    /// Its hash.
    pub hash: String,
    /// The branch, where one is checked out.
    pub branch: Option<String>,
}

/// The commit of the repository in which a folder lies; none where it lies in none, or that cannot be read.
pub fn commit(folder: &Path) -> Option<Commit> {
    let folder = folder.canonicalize().ok()?;
    let found = folder.ancestors().map(|one| one.join(".git"));
    let dot_git = found.into_iter().find(|place| place.exists())?;
    let git = directory(&dot_git)?;
    let head = read(&git.join("HEAD"))?;
    let Some(name) = head.trim().strip_prefix("ref:") else {
        return Some(Commit {
            hash: hash(&head)?,
            branch: None,
        });
    };
    let name = name.trim();
    // A name is a path inside the repository.
    if !name.starts_with("refs/") || name.split('/').any(|part| part == "..") {
        return None;
    }
    let common = common(&git);
    let loose = [&git, &common]
        .into_iter()
        .find_map(|place| read(&place.join(name)).and_then(|text| hash(&text)));
    let hash = loose.or_else(|| packed(&common, name))?;
    Some(Commit {
        hash,
        branch: name.strip_prefix("refs/heads/").map(str::to_owned),
    })
}

/// Where a repository is: `.git` itself, or what that file of a worktree or submodule names.
fn directory(dot_git: &Path) -> Option<PathBuf> {
    if dot_git.is_dir() {
        return Some(dot_git.to_owned());
    }
    let text = read(dot_git)?;
    let named = Path::new(text.trim().strip_prefix("gitdir:")?.trim()).to_owned();
    Some(dot_git.parent()?.join(named))
}

/// Where the worktrees of a repository have their branches.
fn common(git: &Path) -> PathBuf {
    match read(&git.join("commondir")) {
        Some(text) => git.join(text.trim()),
        None => git.to_owned(),
    }
}

fn packed(common: &Path, name: &str) -> Option<String> {
    let text = read(&common.join("packed-refs"))?;
    let mut lines = text.lines().filter_map(|line| line.split_once(' '));
    let (found, _) = lines.find(|(_, named)| named.trim() == name)?;
    hash(found)
}

/// Of SHA-1 or SHA-256.
fn hash(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    fits.then(|| text.to_owned())
}

fn read(place: &Path) -> Option<String> {
    let meta = fs::metadata(place).ok()?;
    (meta.is_file() && meta.len() <= MOST)
        .then(|| fs::read_to_string(place).ok())
        .flatten()
}
