//! Locals and their scopes.

use super::finding::At;
use super::value::{Id, Known};

/// What declares a local.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// `local name`, `local function name`.
    Local,
    /// A parameter of a function, or the variable of a loop.
    Given,
}

/// A local of the file.
#[derive(Debug)]
pub(super) struct Variable {
    pub name: String,
    pub at: At,
    pub sort: Sort,
    pub reads: u32,
    /// Assignments after its declaration.
    pub writes: u32,
    /// What it is known to hold, where nothing else is assigned.
    pub known: Known,
    /// Fields that the file assigns to it.
    pub own_fields: Vec<String>,
    /// Whether its value is of use without being read: `<close>`.
    pub closes: bool,
}

/// The locals of a file, and those in scope.
#[derive(Debug, Default)]
pub(super) struct Scopes {
    pub variables: Vec<Variable>,
    open: Vec<Vec<Id>>,
}

impl Scopes {
    pub fn enter(&mut self) {
        self.open.push(Vec::new());
    }

    /// Closes the innermost scope and returns its locals, in the order of their declaration.
    pub fn leave(&mut self) -> Vec<Id> {
        self.open.pop().unwrap_or_default()
    }

    /// Whether the scope of the whole file is the innermost.
    pub fn is_outermost(&self) -> bool {
        self.open.len() == 1
    }

    pub fn declare(&mut self, name: &str, at: At, sort: Sort, known: Known) -> Id {
        let id = self.variables.len();
        self.variables.push(Variable {
            name: name.to_owned(),
            at,
            sort,
            reads: 0,
            writes: 0,
            known,
            own_fields: Vec::new(),
            closes: false,
        });
        if let Some(innermost) = self.open.last_mut() {
            innermost.push(id);
        }
        id
    }

    /// The local that a name means here.
    pub fn find(&self, name: &str) -> Option<Id> {
        let scopes = self.open.iter().rev();
        let mut ids = scopes.flat_map(|scope| scope.iter().rev()).copied();
        ids.find(|id| self.variables[*id].name == name)
    }

    /// The names in scope.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let ids = self.open.iter().flatten();
        ids.map(|id| self.variables[*id].name.as_str())
    }
}
