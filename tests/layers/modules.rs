//! What a file of Rust defines, brings in and names: just enough to tell which file an item comes from.

use std::collections::{BTreeMap, BTreeSet};

use super::File;
use super::rules::Room;
use super::source::bare;

/// A name in a file and the path it stands for, from the crate's root.
pub struct Import {
    pub path: Vec<String>,
    pub public: bool,
    pub line: usize,
}

pub struct Module {
    /// From the root of the crate: `["engine", "run", "state"]`.
    pub path: Vec<String>,
    pub items: BTreeSet<String>,
    pub children: BTreeSet<String>,
    pub imports: BTreeMap<String, Import>,
    /// Modules all of whose names are brought in.
    pub globs: Vec<Import>,
    /// Paths in the code, as written, with their lines.
    pub paths: Vec<(usize, Vec<String>)>,
    /// Names that stand alone in the code, with the lines of their first places.
    pub words: BTreeMap<String, usize>,
}

impl Module {
    pub fn read(file: &File) -> Self {
        let mut module = Self {
            path: module_path(&file.path),
            items: BTreeSet::new(),
            children: BTreeSet::new(),
            imports: BTreeMap::new(),
            globs: Vec::new(),
            paths: Vec::new(),
            words: BTreeMap::new(),
        };
        let tokens = without_tests(tokens(&bare(&file.text)));
        for at in 0..tokens.len().saturating_sub(2) {
            if tokens[at].text == "mod" && tokens[at + 2].text == ";" {
                module.children.insert(tokens[at + 1].text.clone());
            }
        }
        Reader {
            tokens: &tokens,
            at: 0,
            module: &mut module,
        }
        .read();
        module
    }

    /// The path from the root of one that is written in this file; none where it leads out of throng.
    pub fn absolute(&self, path: &[String]) -> Option<Vec<String>> {
        let first = path.first()?;
        let supers = path.iter().take_while(|part| *part == "super").count();
        if supers > 0 {
            let kept = self.path.len().checked_sub(supers)?;
            return Some([&self.path[..kept], &path[supers..]].concat());
        }
        match first.as_str() {
            "crate" | "throng" | "throng_core" => Some(path[1..].to_vec()),
            "self" => Some([&self.path[..], &path[1..]].concat()),
            name if self.children.contains(name) => Some([&self.path[..], path].concat()),
            // A room that is a crate.
            name => {
                let room = Room::named(name.strip_prefix("throng_")?)?;
                let mut absolute = path.to_vec();
                room.name.clone_into(&mut absolute[0]);
                Some(absolute)
            }
        }
    }
}

/// `engine/run/mod.rs` is `engine::run`; `lib.rs` is the root, that of both crates.
fn module_path(file: &str) -> Vec<String> {
    let stem = file.strip_suffix(".rs").unwrap_or(file);
    let stem = stem.strip_suffix("/mod").unwrap_or(stem);
    if stem == "lib" {
        return Vec::new();
    }
    stem.split('/').map(str::to_owned).collect()
}

struct Token {
    text: String,
    line: usize,
}

impl Token {
    fn is_name(&self) -> bool {
        self.text
            .starts_with(|c: char| c.is_alphabetic() || c == '_')
    }
}

/// Names, `::`, and every other character that is not blank.
fn tokens(code: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut line = 1;
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let length = if first.is_alphanumeric() || first == '_' {
            rest.find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        if first == '\n' {
            line += 1;
        } else if !first.is_whitespace() {
            let text = rest[..length].to_owned();
            tokens.push(Token { text, line });
        }
        rest = &rest[length..];
    }
    tokens
}

/// The tokens without modules under `#[cfg(test)]`.
fn without_tests(tokens: Vec<Token>) -> Vec<Token> {
    let opens = ["#", "[", "cfg", "(", "test", ")", "]", "mod"];
    let mut kept = Vec::new();
    let mut rest = tokens.into_iter().peekable();
    let mut ahead: Vec<Token> = Vec::new();
    while let Some(token) = rest.next() {
        ahead.push(token);
        let place = ahead.len() - 1;
        if ahead[place].text != opens[place] {
            kept.append(&mut ahead);
        } else if ahead.len() == opens.len() {
            ahead.clear();
            let mut depth = 0;
            for token in rest.by_ref() {
                match token.text.as_str() {
                    "{" => depth += 1,
                    "}" if depth == 1 => break,
                    "}" => depth -= 1,
                    ";" if depth == 0 => break,
                    _ => {}
                }
            }
        }
    }
    kept.append(&mut ahead);
    kept
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    module: &'a mut Module,
}

impl Reader<'_> {
    fn text(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &token.text)
    }

    fn read(mut self) {
        let (mut depth, mut public) = (0_usize, false);
        while self.at < self.tokens.len() {
            let token = &self.tokens[self.at];
            match token.text.as_str() {
                "{" => depth += 1,
                "}" => depth = depth.saturating_sub(1),
                "pub" => {
                    public = true;
                    self.at += 1;
                    if self.text(self.at) == "(" {
                        while self.text(self.at) != ")" && self.at < self.tokens.len() {
                            self.at += 1;
                        }
                        self.at += 1;
                    }
                    continue;
                }
                "use" => {
                    self.at += 1;
                    self.tree(&[], public);
                }
                "mod" if self.text(self.at + 2) == ";" => self.at += 2,
                "struct" | "enum" | "trait" | "type" | "const" | "static" | "fn" | "union"
                | "mod"
                    if depth == 0 =>
                {
                    let name = self.text(self.at + 1).to_owned();
                    self.module.items.insert(name);
                    self.at += 1;
                }
                _ if token.is_name() => self.path(),
                _ => {}
            }
            public = false;
            self.at += 1;
        }
    }

    /// A path in the code, or a name alone; stops on its last token.
    fn path(&mut self) {
        let before = self.at.checked_sub(1).map_or("", |at| self.text(at));
        let (line, foreign) = (
            self.tokens[self.at].line,
            before == "::" || before == "." || before == "'",
        );
        let mut path = vec![self.text(self.at).to_owned()];
        while self.text(self.at + 1) == "::"
            && self.tokens.get(self.at + 2).is_some_and(Token::is_name)
        {
            path.push(self.text(self.at + 2).to_owned());
            self.at += 2;
        }
        if foreign {
            return;
        }
        self.module.words.entry(path[0].clone()).or_insert(line);
        if path.len() > 1 {
            self.module.paths.push((line, path));
        }
    }

    /// A tree of `use` behind a prefix; stops on the token behind it.
    fn tree(&mut self, prefix: &[String], public: bool) {
        let mut path = prefix.to_vec();
        loop {
            let line = self.tokens.get(self.at).map_or(0, |token| token.line);
            match self.text(self.at) {
                "::" => self.at += 1,
                "{" => {
                    self.at += 1;
                    while self.text(self.at) != "}" && self.at < self.tokens.len() {
                        self.tree(&path, public);
                        if self.text(self.at) == "," {
                            self.at += 1;
                        }
                    }
                    self.at += 1;
                    return;
                }
                "*" => {
                    self.at += 1;
                    self.bring_in(None, path, public, line);
                    return;
                }
                _ => {
                    let name = self.text(self.at).to_owned();
                    self.at += 1;
                    // `use a::b::{self}` brings in `b`.
                    if name != "self" || path.is_empty() {
                        path.push(name);
                    }
                    let mut known_as = path.last().cloned();
                    if self.text(self.at) == "as" {
                        known_as = Some(self.text(self.at + 1).to_owned());
                        self.at += 2;
                    }
                    if self.text(self.at) != "::" {
                        self.bring_in(known_as, path, public, line);
                        return;
                    }
                }
            }
        }
    }

    fn bring_in(&mut self, name: Option<String>, path: Vec<String>, public: bool, line: usize) {
        let Some(path) = self.module.absolute(&path) else {
            return;
        };
        let import = Import { path, public, line };
        match name {
            Some(name) => {
                self.module.imports.insert(name, import);
            }
            None => self.module.globs.push(import),
        }
    }
}
