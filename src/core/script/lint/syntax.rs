//! From the text of a script to its syntax tree.

use full_moon::ast::{Ast, Expression};
use full_moon::node::Node;
use full_moon::tokenizer::{Position, TokenReference, TokenType};

use super::finding::At;

/// The tree of a text that Lua accepts; none where the parser does not follow.
pub(super) fn parse(text: &str) -> Option<Ast> {
    full_moon::parse(text).ok()
}

impl From<Position> for At {
    fn from(position: Position) -> Self {
        Self {
            line: position.line(),
            column: position.character(),
        }
    }
}

/// Where a token begins.
pub(super) fn at(token: &TokenReference) -> At {
    token.token().start_position().into()
}

/// Where a part of the tree begins.
pub(super) fn start(node: &impl Node) -> At {
    node.start_position().map_or_else(At::default, At::from)
}

/// The name that an identifier is.
pub(super) fn name(token: &TokenReference) -> &str {
    match token.token().token_type() {
        TokenType::Identifier { identifier } => identifier.as_str(),
        _ => "",
    }
}

/// The text between the quotes of a literal.
pub(super) fn quoted(token: &TokenReference) -> Option<&str> {
    match token.token().token_type() {
        TokenType::StringLiteral { literal, .. } => Some(literal.as_str()),
        _ => None,
    }
}

/// A text written as a literal.
pub(super) fn literal(expression: &Expression) -> Option<&str> {
    match expression {
        Expression::String(token) => quoted(token),
        _ => None,
    }
}
