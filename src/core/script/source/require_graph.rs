//! The graph of `require`: the modules that a source reaches, read from its text.
//!
//! `require` with a plain string names a module. Used in any other way it may name every module, so the source depends
//! on all of them: an edit then moves a type too often, never too seldom.

use std::collections::{BTreeMap, BTreeSet};

use super::file::Source;
use super::lexer::{Token, Tokens};
use super::lua_text::code;

/// The module that `random.mistake` reads; see `globals`.
const MISTAKES: &str = "mistakes";

/// What one source names.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Needs {
    modules: BTreeSet<String>,
    /// It may ask for any module.
    all: bool,
}

/// The sources of a bundle and what each of them names.
#[derive(Debug)]
pub struct RequireGraph {
    modules: BTreeMap<String, Needs>,
}

impl RequireGraph {
    /// Reads what the modules name.
    pub fn of(modules: &BTreeMap<String, Source>) -> Self {
        let read = |(name, source): (&String, &Source)| (name.clone(), needs(&source.text));
        Self {
            modules: modules.iter().map(read).collect(),
        }
    }

    /// All modules that a source reaches, those too that are not there.
    pub fn reach(&self, source: &[u8]) -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        let mut open = vec![needs(source)];
        while let Some(needs) = open.pop() {
            let every = needs.all.then(|| self.modules.keys().cloned());
            for name in needs.modules.into_iter().chain(every.into_iter().flatten()) {
                if let Some(further) = self.modules.get(&name)
                    && !reached.contains(&name)
                {
                    open.push(further.clone());
                }
                reached.insert(name);
            }
        }
        reached
    }
}

/// For `tests/fuzz`: what a source names itself, and whether it may need every module.
pub fn named(source: &[u8]) -> (BTreeSet<String>, bool) {
    let needs = needs(source);
    (needs.modules, needs.all)
}

fn needs(source: &[u8]) -> Needs {
    let mut needs = Needs::default();
    let tokens: Vec<Token<'_>> = Tokens::of(code(source)).collect();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Name(b"require") => match argument(&tokens[at + 1..]) {
                Some(name) => {
                    needs
                        .modules
                        .insert(String::from_utf8_lossy(name).into_owned());
                }
                None => needs.all = true,
            },
            // The table of globals leads to `require` by any name.
            Token::Name(b"_G" | b"_ENV") => needs.all = true,
            Token::Name(b"mistake") | Token::Text(Some(b"mistake")) => {
                needs.modules.insert(MISTAKES.to_owned());
            }
            _ => {}
        }
    }
    needs
}

/// The string that `require` is called with, if it is called with one.
fn argument<'a>(tokens: &[Token<'a>]) -> Option<&'a [u8]> {
    match tokens {
        [Token::Text(name), ..] | [Token::Sign(b'('), Token::Text(name), Token::Sign(b')'), ..] => {
            *name
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(source: &str) -> Vec<String> {
        let needs = needs(source.as_bytes());
        assert!(!needs.all, "{source}");
        needs.modules.into_iter().collect()
    }

    #[test]
    fn a_string_behind_require_is_a_module() {
        for source in [
            "local a = require 'a'",
            "local a = require(\"a\")",
            "return require [[a]].b",
            "require --[[ here ]] (\n'a' -- it is\n)",
            "print(require 'a', require 'a' .. 'b')",
        ] {
            assert_eq!(named(source), ["a"], "{source}");
        }
        assert_eq!(
            named("-- require 'a'\nlocal s = \"require 'b'\""),
            [] as [&str; 0]
        );
        assert_eq!(named("required 'a'; my_require('b')"), [] as [&str; 0]);
        assert_eq!(named("#!lua -l require 'b'\nrequire 'a'"), ["a"]);
    }

    #[test]
    fn any_other_use_of_require_means_every_module() {
        for source in [
            "require(name)",
            "require('a' .. 'b')",
            "pcall(require, 'a')",
            "local r = require\nr 'a'",
            "require 'a\\x62'",
            "_G['req' .. 'uire']('a')",
            "_ENV.require = nil",
        ] {
            assert!(needs(source.as_bytes()).all, "{source}");
        }
    }

    #[test]
    fn a_deliberate_mistake_needs_the_rates() {
        assert_eq!(named("if random.mistake('x') then end"), ["mistakes"]);
        assert_eq!(named("random['mistake'] 'x'"), ["mistakes"]);
        assert_eq!(named("local mistakes, s = 1, 'a mistake'"), [] as [&str; 0]);
    }

    #[test]
    fn modules_are_reached_through_modules_and_circles_end() {
        let source = |text: &str| Source {
            path: String::new(),
            text: text.as_bytes().into(),
        };
        let modules = BTreeMap::from([
            ("a".to_owned(), source("require 'b'; require 'gone'")),
            ("b".to_owned(), source("require 'a'; random.mistake 'x'")),
            ("c".to_owned(), source("require 'c'")),
            ("every".to_owned(), source("pcall(require, 'a')")),
        ]);
        let graph = RequireGraph::of(&modules);
        let reach = |text: &str| Vec::from_iter(graph.reach(text.as_bytes()));
        assert_eq!(reach("require 'a'"), ["a", "b", "gone", "mistakes"]);
        assert_eq!(reach("require 'c'"), ["c"]);
        assert_eq!(
            reach("require 'every'"),
            ["a", "b", "c", "every", "gone", "mistakes"]
        );
    }
}
