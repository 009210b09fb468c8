//! The files of a new project, and of a behaviour that is added to one.
//!
//! In: the target's URL, the name of a type, the names that scripts find. Out: files, as relative paths and texts.
//! Never knows what is on a disk, and how a script is run.

use std::path::{Path, PathBuf};

/// The behaviour of a new project.
pub const FIRST_TYPE: &str = "visitor";

/// Where the types for editors lie in a project.
pub const META: &str = ".throng/throng.lua";

/// A file to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Below the folder of the project.
    pub path: PathBuf,
    /// All of it.
    pub text: String,
}

impl File {
    fn new(path: impl AsRef<Path>, text: impl Into<String>) -> Self {
        Self {
            path: path.as_ref().to_owned(),
            text: text.into(),
        }
    }
}

/// What a project is made of.
#[derive(Debug, Clone, Copy)]
pub struct Project<'a> {
    /// The target that its plan file names.
    pub base_url: &'a str,
    /// The types of the API, as a language server reads them.
    pub types: &'a str,
    /// The names of the API that scripts read.
    pub globals: &'a [&'a str],
}

impl Project<'_> {
    /// The files of the project.
    pub fn files(&self) -> Vec<File> {
        let to_target = |text: &str| text.replace("BASE_URL", self.base_url);
        vec![
            File::new(
                format!("scripts/{FIRST_TYPE}.lua"),
                include_str!("files/visitor.lua"),
            ),
            File::new(
                format!("scripts/{FIRST_TYPE}_test.lua"),
                include_str!("files/visitor_test.lua"),
            ),
            File::new("lib/site.lua", include_str!("files/site.lua")),
            File::new(
                "scripts/throng.toml",
                to_target(include_str!("files/throng.toml")),
            ),
            File::new(META, self.types),
            File::new(".luarc.json", include_str!("files/luarc.json")),
            File::new(".luacheckrc", self.luacheckrc()),
            File::new(".stylua.toml", include_str!("files/stylua.toml")),
            File::new(
                ".github/workflows/load.yml",
                to_target(include_str!("files/github.yml")),
            ),
            File::new(
                ".gitlab-ci.yml",
                to_target(include_str!("files/gitlab.yml")),
            ),
        ]
    }

    fn luacheckrc(&self) -> String {
        let names: Vec<String> = self
            .globals
            .iter()
            .map(|name| format!("\"{name}\""))
            .collect();
        let lines: Vec<String> = names
            .chunks(8)
            .map(|names| format!("    {},", names.join(", ")))
            .collect();
        include_str!("files/luacheckrc").replace("GLOBALS", &lines.join("\n"))
    }
}

/// The script of a new type and its tests, in the script folder.
pub fn behaviour(name: &str) -> Vec<File> {
    let named = |text: &str| text.replace("NAME", name);
    vec![
        File::new(
            format!("{name}.lua"),
            named(include_str!("files/behaviour.lua")),
        ),
        File::new(
            format!("{name}_test.lua"),
            named(include_str!("files/behaviour_test.lua")),
        ),
    ]
}
