use super::literal;
use super::syntax::{Expr, Field};
use crate::import::Value;

/// The expression of a value.
pub(super) fn expression(value: &Value) -> Expr {
    match value {
        Value::Null => Expr::plain("json.null"),
        Value::Bool(value) => Expr::plain(value.to_string()),
        Value::Integer(number) => Expr::plain(literal::integer(*number)),
        Value::Float(number) => Expr::plain(literal::number(*number)),
        Value::Text(text) => Expr::plain(literal::string(text.as_bytes())),
        Value::Bytes(bytes) => Expr::plain(literal::string(bytes)),
        // An empty table is an object.
        Value::List(items) if items.is_empty() => Expr::plain("json.array {}"),
        Value::List(items) => Expr::list(items.iter().map(expression)),
        Value::Object(fields) => Expr::Table(fields_of(fields)),
        Value::State(name) => Expr::plain(format!("user.state.{name}")),
        Value::Var(name, None) => Expr::plain(format!("vars.{name}")),
        Value::Var(name, Some(default)) => {
            let default = literal::string(default.as_bytes());
            Expr::plain(format!("vars.{name} or {default}"))
        }
        Value::Or(first, second) => {
            let (first, second) = (operand(first), operand(second));
            Expr::plain(format!("{first} or {second}"))
        }
        Value::Sometimes(share, value) => {
            let (share, value) = (literal::number(*share), operand(value));
            Expr::plain(format!("random.chance({share}) and {value} or nil"))
        }
        Value::Joined(parts) => {
            let parts: Vec<String> = parts.iter().map(operand).collect();
            Expr::plain(parts.join(" .. "))
        }
        Value::Call(function, arguments) => Expr::Call(
            (*function).to_owned(),
            arguments.iter().map(expression).collect(),
        ),
    }
}

/// Fields of a table by name.
pub(super) fn fields_of(fields: &[(String, Value)]) -> Vec<Field> {
    let field = |(key, value): &(String, Value)| Field::named(literal::key(key), expression(value));
    fields.iter().map(field).collect()
}

/// As [`fields_of`]; a name that stands several times has a list.
pub(super) fn multi_fields(fields: &[(String, Value)]) -> Vec<Field> {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in fields {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let field = |name: &&str| {
        let values: Vec<Expr> = fields
            .iter()
            .filter(|(other, _)| other == name)
            .map(|(_, value)| expression(value))
            .collect();
        let value = match <[Expr; 1]>::try_from(values) {
            Ok([one]) => one,
            Err(several) => Expr::list(several),
        };
        Field::named(literal::key(name), value)
    };
    names.iter().map(field).collect()
}

/// A value in an expression with others: in parentheses where it has an operator itself.
fn operand(value: &Value) -> String {
    let code = inline(&expression(value));
    match value {
        Value::Or(..) | Value::Sometimes(..) | Value::Joined(_) | Value::Var(_, Some(_)) => {
            format!("({code})")
        }
        // `1 ..` would be read as a number.
        Value::Integer(_) | Value::Float(_) => format!("({code})"),
        _ => code,
    }
}

/// An expression on one line, however long.
fn inline(expr: &Expr) -> String {
    match expr {
        Expr::Plain(code) => code.clone(),
        Expr::Table(fields) => {
            let field = |field: &Field| match &field.key {
                Some(key) => format!("{key} = {}", inline(&field.value)),
                None => inline(&field.value),
            };
            let fields: Vec<String> = fields.iter().map(field).collect();
            format!("{{ {} }}", fields.join(", "))
        }
        Expr::Call(function, arguments) => {
            let arguments: Vec<String> = arguments.iter().map(inline).collect();
            format!("{function}({})", arguments.join(", "))
        }
        // No value is a function.
        Expr::Function(..) => "nil".to_owned(),
    }
}
