//! What a check finds.

use std::fmt;

/// Where something stands in a file, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct At {
    /// Its line.
    pub line: usize,
    /// Its column, in characters.
    pub column: usize,
}

/// How serious a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The script fails wherever it comes to this place: it is rejected.
    Error,
    /// Probably a mistake.
    Warning,
}

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// A global that there is not.
    UndefinedGlobal,
    /// An assignment to a global.
    AssignedGlobal,
    /// A function or a method that the API does not have.
    UnknownName,
    /// A key of a table of routes that is none.
    WrongRoute,
    /// A key that a table of options does not have.
    UnknownOption,
    /// A module that there is not.
    UnknownModule,
    /// An assignment to a table of the API.
    ReadOnly,
    /// A colon in place of a dot, or the other way round.
    WrongCall,
    /// A field that an object of the API does not have.
    UnknownField,
    /// A literal of a type that is not taken there.
    WrongType,
    /// Too many or too few arguments.
    WrongArguments,
    /// A key that has to be there.
    MissingOption,
    /// A local that is never read.
    UnusedLocal,
    /// A local with the name of another one in scope.
    ShadowedLocal,
    /// A step in which nothing is sent.
    SendsNothing,
    /// `creates` without a way to look up what was never confirmed.
    CreatesWithoutFind,
}

impl Rule {
    /// All rules.
    pub const ALL: [Self; 16] = [
        Self::UndefinedGlobal,
        Self::AssignedGlobal,
        Self::UnknownName,
        Self::WrongRoute,
        Self::UnknownOption,
        Self::UnknownModule,
        Self::ReadOnly,
        Self::WrongCall,
        Self::UnknownField,
        Self::WrongType,
        Self::WrongArguments,
        Self::MissingOption,
        Self::UnusedLocal,
        Self::ShadowedLocal,
        Self::SendsNothing,
        Self::CreatesWithoutFind,
    ];

    /// Its name, as `-- throng: allow(NAME)` takes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UndefinedGlobal => "undefined-global",
            Self::AssignedGlobal => "assigned-global",
            Self::UnknownName => "unknown-name",
            Self::WrongRoute => "wrong-route",
            Self::UnknownOption => "unknown-option",
            Self::UnknownModule => "unknown-module",
            Self::ReadOnly => "read-only",
            Self::WrongCall => "wrong-call",
            Self::UnknownField => "unknown-field",
            Self::WrongType => "wrong-type",
            Self::WrongArguments => "wrong-arguments",
            Self::MissingOption => "missing-option",
            Self::UnusedLocal => "unused-local",
            Self::ShadowedLocal => "shadowed-local",
            Self::SendsNothing => "sends-nothing",
            Self::CreatesWithoutFind => "creates-without-find",
        }
    }

    /// How serious its findings are.
    pub const fn severity(self) -> Severity {
        match self {
            Self::UndefinedGlobal
            | Self::AssignedGlobal
            | Self::UnknownName
            | Self::WrongRoute
            | Self::UnknownOption
            | Self::ReadOnly
            | Self::WrongCall => Severity::Error,
            Self::UnknownModule
            | Self::UnknownField
            | Self::WrongType
            | Self::WrongArguments
            | Self::MissingOption
            | Self::UnusedLocal
            | Self::ShadowedLocal
            | Self::SendsNothing
            | Self::CreatesWithoutFind => Severity::Warning,
        }
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file, as messages name it.
    pub path: String,
    /// Where in it.
    pub at: At,
    /// What was looked for.
    pub rule: Rule,
    /// What was found, in one line.
    pub message: String,
}

impl Finding {
    /// `scripts/active.lua:12:5`.
    pub fn place(&self) -> String {
        format!("{}:{}:{}", self.path, self.at.line, self.at.column)
    }

    /// Whether scripts with it are rejected.
    pub fn is_error(&self) -> bool {
        self.rule.severity() == Severity::Error
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = if self.is_error() { "error" } else { "warning" };
        let (place, message) = (self.place(), &self.message);
        write!(f, "{place}: {severity}: {message} [{}]", self.rule.name())
    }
}
