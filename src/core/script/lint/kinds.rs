//! Types as descriptions write them, and whether a literal is of one.

use full_moon::ast::{Expression, UnOp};
use full_moon::tokenizer::TokenReference;

use crate::script::api::signature::Options;
use crate::script::reference::options;

/// A type.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// Anything, or something that no literal is.
    Any,
    Boolean,
    False,
    Integer,
    Number,
    Text,
    /// A table of any keys.
    Table,
    Function,
    /// A table of options.
    Options(&'static str),
    List(Box<Kind>),
    Union(Vec<Kind>),
}

impl Kind {
    /// Reads a type: `integer|string|(integer|string)[]`.
    pub fn read(text: &'static str) -> Self {
        let mut parts = parts(text);
        match (parts.next(), parts.next()) {
            (Some(one), None) => Self::single(one),
            _ => Self::Union(self::parts(text).map(Self::single).collect()),
        }
    }

    fn single(text: &'static str) -> Self {
        let text = text.trim().trim_end_matches('?');
        if let Some(element) = text
            .strip_suffix("[]")
            .filter(|_| !text.starts_with("fun("))
        {
            let inner = element
                .strip_prefix('(')
                .and_then(|rest| rest.strip_suffix(')'));
            return Self::List(Box::new(Self::read(inner.unwrap_or(element))));
        }
        if text.starts_with("fun(") {
            return Self::Function;
        }
        if text.starts_with("table") {
            return Self::Table;
        }
        match text {
            "boolean" => Self::Boolean,
            "false" => Self::False,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "string" => Self::Text,
            "function" => Self::Function,
            other if table(other).is_some() => Self::Options(other),
            _ => Self::Any,
        }
    }

    /// The types of a union, or this one.
    pub fn each(&self) -> &[Self] {
        match self {
            Self::Union(kinds) => kinds,
            one => std::slice::from_ref(one),
        }
    }
}

/// The table of options of this type.
pub(super) fn table(kind: &str) -> Option<&'static Options> {
    options().find(|table| table.kind == kind)
}

/// The parts of a union, split outside brackets; what a function returns belongs to it.
fn parts(text: &'static str) -> impl Iterator<Item = &'static str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let mut depth = 0_i32;
        let ends = text.char_indices().find(|(_, sign)| {
            match sign {
                '(' | '<' => depth += 1,
                ')' | '>' => depth -= 1,
                _ => {}
            }
            *sign == '|' && depth == 0
        });
        let (part, behind) = match ends {
            Some((at, _)) if !text.starts_with("fun(") => (&text[..at], Some(&text[at + 1..])),
            _ => (text, None),
        };
        rest = behind;
        Some(part)
    })
}

/// A literal, as far as its type goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Literal<'a> {
    Nil,
    Boolean(bool),
    /// A number, and whether it is whole.
    Number(bool),
    Text(&'a str),
    Function,
    Table,
}

impl<'a> Literal<'a> {
    /// The literal that an expression is; none where only a run tells.
    pub fn of(expression: &'a Expression) -> Option<Self> {
        match expression {
            Expression::Number(token) => Some(Self::Number(is_whole(token))),
            Expression::String(_) => super::syntax::literal(expression).map(Self::Text),
            Expression::Function(_) => Some(Self::Function),
            Expression::TableConstructor(_) => Some(Self::Table),
            Expression::Symbol(token) => match token.token().to_string().as_str() {
                "true" => Some(Self::Boolean(true)),
                "false" => Some(Self::Boolean(false)),
                "nil" => Some(Self::Nil),
                _ => None,
            },
            Expression::UnaryOperator {
                unop: UnOp::Minus(_),
                expression,
            } => match Self::of(expression)? {
                number @ Self::Number(_) => Some(number),
                _ => None,
            },
            Expression::Parentheses { expression, .. } => Self::of(expression),
            _ => None,
        }
    }

    /// Whether it may be a value of this type. What Lua or the API converts is fine.
    pub fn is(self, kind: &Kind) -> bool {
        match (kind, self) {
            (Kind::Union(kinds), _) => kinds.iter().any(|kind| self.is(kind)),
            (Kind::Any, _) | (_, Self::Nil) => true,
            (Kind::Integer, Self::Number(whole)) => whole,
            (Kind::Integer | Kind::Number, Self::Text(text)) => text.trim().parse::<f64>().is_ok(),
            (Kind::Number | Kind::Text, Self::Number(_))
            | (Kind::Boolean, Self::Boolean(_))
            | (Kind::False, Self::Boolean(false))
            | (Kind::Text, Self::Text(_))
            | (Kind::Table | Kind::Options(_) | Kind::List(_), Self::Table)
            | (Kind::Function, Self::Function) => true,
            _ => false,
        }
    }

    /// In words: `a string`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Nil => "nil",
            Self::Boolean(true) => "true",
            Self::Boolean(false) => "false",
            Self::Number(true) => "a number",
            Self::Number(false) => "a number with a fraction",
            Self::Text(_) => "a string",
            Self::Function => "a function",
            Self::Table => "a table",
        }
    }
}

fn is_whole(token: &TokenReference) -> bool {
    let text = token.token().to_string().to_lowercase();
    if text.starts_with("0x") {
        return !text.contains(['.', 'p']);
    }
    text.parse::<f64>()
        .is_ok_and(|number| number.fract() == 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_read_as_descriptions_write_them() {
        let list = |kind| Kind::List(Box::new(kind));
        for (text, kind) in [
            ("string", Kind::Text),
            ("string?", Kind::Text),
            ("string[]", list(Kind::Text)),
            ("(fun(): any)[]", list(Kind::Function)),
            ("string|false", Kind::Union(vec![Kind::Text, Kind::False])),
            (
                "integer|(integer|string)[]",
                Kind::Union(vec![
                    Kind::Integer,
                    list(Kind::Union(vec![Kind::Integer, Kind::Text])),
                ]),
            ),
            (
                "table<string, any>|fun(user: User): table<string, any>?",
                Kind::Union(vec![Kind::Table, Kind::Function]),
            ),
            ("Retry", Kind::Options("Retry")),
            ("Response", Kind::Any),
        ] {
            assert_eq!(Kind::read(text), kind, "{text}");
        }
    }
}
