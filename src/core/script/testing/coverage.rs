//! Which lines of scripts and modules ran, noted by the hook of every VM of a thread while somebody asks for it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use full_moon::ast::{LastStmt, Stmt};
use full_moon::node::Node;
use full_moon::visitors::Visitor;
use mlua::debug::Debug;

use crate::script::vm::line_hook;

/// The lines of each file that ran, with how often.
pub type Hits = BTreeMap<String, BTreeMap<usize, u64>>;

thread_local! {
    static HITS: RefCell<Hits> = const { RefCell::new(BTreeMap::new()) };
}

/// Notes lines from here on; VMs that are made before note none.
pub fn begin() {
    HITS.take();
    line_hook::set(Some(note));
}

/// Notes no more; gives what was noted.
pub fn end() -> Hits {
    line_hook::set(None);
    HITS.take()
}

fn note(debug: &Debug<'_>) {
    let Some(line) = debug.current_line() else {
        return;
    };
    let source = debug.source();
    let Some(path) = source
        .source
        .as_deref()
        .and_then(|name| name.strip_prefix('@'))
    else {
        return;
    };
    HITS.with_borrow_mut(|hits| {
        let lines = match hits.get_mut(path) {
            Some(lines) => lines,
            None => hits.entry(path.to_owned()).or_default(),
        };
        *lines.entry(line).or_default() += 1;
    });
}

/// The lines on which statements begin, each with the one that is noted when it runs; none of a text that cannot be read.
pub fn lines_of(text: &str) -> BTreeMap<usize, usize> {
    let mut lines = Lines::default();
    if let Ok(ast) = full_moon::parse(text) {
        lines.visit_ast(&ast);
    }
    lines.0
}

#[derive(Default)]
struct Lines(BTreeMap<usize, usize>);

impl Lines {
    fn add(&mut self, node: &impl Node) {
        if let Some(position) = node.start_position() {
            self.0.insert(position.line(), position.line());
        }
    }
}

impl Visitor for Lines {
    fn visit_stmt(&mut self, statement: &Stmt) {
        // A block of its own, a label and a local without a value run nothing.
        match statement {
            Stmt::Do(_) => {}
            Stmt::LocalAssignment(local) if local.expressions().is_empty() => {}
            // Lua makes it on the line of its `end`.
            Stmt::LocalFunction(function) => {
                let place = function.start_position().zip(function.end_position());
                self.0
                    .extend(place.map(|(begin, end)| (begin.line(), end.line())));
            }
            other => self.add(other),
        }
    }

    fn visit_last_stmt(&mut self, statement: &LastStmt) {
        self.add(statement);
    }
}

#[cfg(test)]
mod tests {
    use super::lines_of;

    #[test]
    fn lines_of_statements_count_and_others_do_not() {
        let text = "local a\n-- nothing\nlocal function f()\n  if a then\n    return 1\n  end\nend\n\nreturn {\n  f,\n}\n";
        let lines: Vec<_> = lines_of(text).into_iter().collect();
        assert_eq!(lines, [(3, 7), (4, 4), (5, 5), (9, 9)]);
        assert!(lines_of("local = 1").is_empty());
    }
}
