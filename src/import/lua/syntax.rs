/// An expression whose texts are Lua already.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expr {
    /// Code without a line break.
    Plain(String),
    Table(Vec<Field>),
    /// The function, and its arguments.
    Call(String, Vec<Expr>),
    /// Parameters, and what it does.
    Function(&'static str, Vec<Stmt>),
}

/// A field of a table.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Field {
    /// Rendered already; none in a list.
    pub key: Option<String>,
    pub value: Expr,
    /// A comment at the end of its line; with one, the table is written over several lines.
    pub remark: Option<&'static str>,
}

impl Field {
    pub(super) fn item(value: Expr) -> Self {
        Self {
            key: None,
            value,
            remark: None,
        }
    }

    pub(super) fn named(key: impl Into<String>, value: Expr) -> Self {
        Self {
            key: Some(key.into()),
            ..Self::item(value)
        }
    }

    pub(super) fn with(self, remark: &'static str) -> Self {
        Self {
            remark: Some(remark),
            ..self
        }
    }
}

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Stmt {
    /// `local name = value`
    Local(&'static str, Expr),
    /// `target = value`
    Assign(String, Expr),
    Do(Expr),
    /// Condition, and what is done then.
    If(String, Vec<Stmt>),
    Return(Vec<Expr>),
    /// Wrapped when it is written.
    Comment(String),
    /// `local function NAME(...)`, or `function TABLE.NAME(...)`: its head, parameters, and what it does.
    Define(String, &'static str, Vec<Stmt>),
    /// Lines of the writer's own, formatted already.
    Code(&'static str),
    Blank,
}

impl Expr {
    pub(super) fn plain(code: impl Into<String>) -> Self {
        Self::Plain(code.into())
    }

    pub(super) fn list(items: impl IntoIterator<Item = Expr>) -> Self {
        Self::Table(items.into_iter().map(Field::item).collect())
    }
}
