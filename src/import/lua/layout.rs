use super::literal::{self, WIDTH};
use super::syntax::{Expr, Field, Stmt};

/// Statements as lines.
pub(super) fn block(statements: &[Stmt]) -> String {
    let mut to = String::new();
    write_block(statements, 0, &mut to);
    to
}

fn write_block(statements: &[Stmt], depth: usize, to: &mut String) {
    for statement in statements {
        if matches!(statement, Stmt::Blank) {
            to.push('\n');
            continue;
        }
        if let Stmt::Code(lines) = statement {
            to.push_str(lines);
            continue;
        }
        if let Stmt::Comment(words) = statement {
            for line in literal::comment(words, WIDTH - 2 * depth) {
                push_line(&line, depth, to);
            }
            continue;
        }
        indent(depth, to);
        write_statement(statement, depth, to);
        to.push('\n');
    }
}

fn indent(depth: usize, to: &mut String) {
    to.extend(std::iter::repeat_n("  ", depth));
}

fn push_line(line: &str, depth: usize, to: &mut String) {
    indent(depth, to);
    to.push_str(line);
    to.push('\n');
}

/// The column after what was written last.
fn column(to: &str) -> usize {
    to.rsplit('\n').next().unwrap_or_default().chars().count()
}

fn write_statement(statement: &Stmt, depth: usize, to: &mut String) {
    match statement {
        Stmt::Local(name, value) => {
            to.push_str(&format!("local {name} = "));
            write(value, depth, 0, to);
        }
        Stmt::Assign(target, value) => {
            to.push_str(target);
            to.push_str(" = ");
            write(value, depth, 0, to);
        }
        Stmt::Do(call) => write(call, depth, 0, to),
        Stmt::If(condition, then) => {
            to.push_str(&format!("if {condition} then"));
            write_body(then, depth, 0, to);
        }
        Stmt::Return(values) => {
            to.push_str("return");
            for (place, value) in values.iter().enumerate() {
                to.push_str(if place == 0 { " " } else { ", " });
                write(value, depth, 0, to);
            }
        }
        Stmt::Define(head, parameters, body) => {
            to.push_str(&format!("{head}({parameters})"));
            write_body(body, depth, 0, to);
        }
        // Written by `write_block`, which knows their lines.
        Stmt::Comment(_) | Stmt::Code(_) | Stmt::Blank => {}
    }
}

/// What is between the head of a function or condition and its `end`: on one line where it is one simple statement.
fn write_body(statements: &[Stmt], depth: usize, after: usize, to: &mut String) {
    if statements.is_empty() {
        to.push_str(" end");
        return;
    }
    if let [only] = statements
        && let Some(line) = flat_statement(only)
        && column(to) + line.chars().count() + 5 + after <= WIDTH
    {
        to.push_str(&format!(" {line} end"));
        return;
    }
    to.push('\n');
    write_block(statements, depth + 1, to);
    indent(depth, to);
    to.push_str("end");
}

fn flat_statement(statement: &Stmt) -> Option<String> {
    match statement {
        Stmt::Local(name, value) => Some(format!("local {name} = {}", flat(value)?)),
        Stmt::Assign(target, value) => Some(format!("{target} = {}", flat(value)?)),
        Stmt::Do(call) => flat(call),
        Stmt::Return(values) if values.is_empty() => Some("return".to_owned()),
        Stmt::Return(values) => {
            let values: Option<Vec<_>> = values.iter().map(flat).collect();
            Some(format!("return {}", values?.join(", ")))
        }
        _ => None,
    }
}

/// An expression on one line; none where it cannot be.
fn flat(expr: &Expr) -> Option<String> {
    Some(match expr {
        Expr::Plain(code) => code.clone(),
        Expr::Table(fields) if fields.is_empty() => "{}".to_owned(),
        Expr::Table(fields) => {
            let fields: Option<Vec<_>> = fields.iter().map(flat_field).collect();
            format!("{{ {} }}", fields?.join(", "))
        }
        Expr::Call(function, arguments) => {
            let arguments: Option<Vec<_>> = arguments.iter().map(flat).collect();
            format!("{function}({})", arguments?.join(", "))
        }
        Expr::Function(parameters, body) => match body.as_slice() {
            [] => format!("function({parameters}) end"),
            [only] => format!("function({parameters}) {} end", flat_statement(only)?),
            _ => return None,
        },
    })
}

fn flat_field(field: &Field) -> Option<String> {
    if field.remark.is_some() {
        return None;
    }
    let value = flat(&field.value)?;
    Some(match &field.key {
        Some(key) => format!("{key} = {value}"),
        None => value,
    })
}

/// Writes an expression; `after` is the number of columns that follow it on its line.
fn write(expr: &Expr, depth: usize, after: usize, to: &mut String) {
    if let Some(line) = flat(expr)
        && column(to) + line.chars().count() + after <= WIDTH
    {
        to.push_str(&line);
        return;
    }
    match expr {
        Expr::Plain(code) => to.push_str(code),
        Expr::Table(fields) => write_table(fields, depth, to),
        Expr::Call(function, arguments) => write_call(function, arguments, depth, to),
        Expr::Function(parameters, body) => {
            to.push_str(&format!("function({parameters})"));
            write_body(body, depth, after, to);
        }
    }
}

fn write_table(fields: &[Field], depth: usize, to: &mut String) {
    to.push_str("{\n");
    for field in fields {
        indent(depth + 1, to);
        if let Some(key) = &field.key {
            to.push_str(key);
            to.push_str(" = ");
        }
        write(&field.value, depth + 1, 1, to);
        to.push(',');
        if let Some(remark) = field.remark {
            to.push_str(" -- ");
            to.push_str(remark);
        }
        to.push('\n');
    }
    indent(depth, to);
    to.push('}');
}

/// The last argument is opened where it is a table or a function, and the ones before it fit; else each has its line.
fn write_call(function: &str, arguments: &[Expr], depth: usize, to: &mut String) {
    to.push_str(function);
    to.push('(');
    let Some((last, before)) = arguments.split_last() else {
        to.push(')');
        return;
    };
    let before: Option<Vec<String>> = before.iter().map(flat).collect();
    if let Some(before) = before
        && matches!(last, Expr::Table(_) | Expr::Function(..))
    {
        let before: String = before.iter().map(|one| format!("{one}, ")).collect();
        if column(to) + before.chars().count() < WIDTH {
            to.push_str(&before);
            write(last, depth, WIDTH, to);
            to.push(')');
            return;
        }
    }
    to.push('\n');
    for (place, argument) in arguments.iter().enumerate() {
        indent(depth + 1, to);
        write(argument, depth + 1, 1, to);
        if place + 1 < arguments.len() {
            to.push(',');
        }
        to.push('\n');
    }
    indent(depth, to);
    to.push(')');
}
