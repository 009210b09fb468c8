//! Where a value stands in the text of a document.

use saphyr_parser::{Event, Parser, Span};

use super::fault::Position;
use super::pointer;

/// Where the value of this JSON pointer is, or the nearest one around it that the text has: what an alias leads to stands
/// elsewhere. JSON is read as YAML, which it is but for rare exceptions.
pub(super) fn locate(text: &str, wanted: &str) -> Option<Position> {
    let mut search = Search {
        tokens: pointer::tokens(wanted),
        stack: Vec::new(),
        best: None,
    };
    for event in Parser::new_from_str(text) {
        let Ok((event, span)) = event else { break };
        if search.event(&event, &span) {
            break;
        }
    }
    search.best.map(|(_, position)| position)
}

struct Level {
    /// How many tokens of the pointer lead here; none: it is beside the way.
    matched: Option<usize>,
    /// The key under way, or the number of the next item.
    at: At,
}

enum At {
    Key,
    Value(String),
    Item(usize),
}

struct Search {
    tokens: Vec<String>,
    stack: Vec<Level>,
    best: Option<(usize, Position)>,
}

impl Search {
    /// True once it is found.
    fn event(&mut self, event: &Event<'_>, span: &Span) -> bool {
        match event {
            Event::Scalar(text, ..) => {
                if let Some(Level {
                    at: at @ At::Key, ..
                }) = self.stack.last_mut()
                {
                    *at = At::Value(text.clone().into_owned());
                    self.key_begins(span);
                    return false;
                }
                self.value_begins(span);
                self.value_ends()
            }
            Event::Alias(_) => {
                self.value_begins(span);
                self.value_ends()
            }
            Event::MappingStart(..) => self.open(At::Key, span),
            Event::SequenceStart(..) => self.open(At::Item(0), span),
            Event::MappingEnd | Event::SequenceEnd => {
                self.stack.pop();
                self.value_ends()
            }
            _ => false,
        }
    }

    fn open(&mut self, at: At, span: &Span) -> bool {
        let matched = self.value_begins(span);
        self.stack.push(Level { matched, at });
        false
    }

    /// The place of a key is that of its value.
    fn key_begins(&mut self, span: &Span) {
        if let Some(depth) = self.depth() {
            self.note(depth, span);
        }
    }

    /// How many tokens lead to the value that begins.
    fn value_begins(&mut self, span: &Span) -> Option<usize> {
        let depth = self.depth();
        if let Some(depth) = depth {
            self.note(depth, span);
        }
        depth
    }

    fn depth(&self) -> Option<usize> {
        let Some(level) = self.stack.last() else {
            return Some(0);
        };
        let matched = level.matched?;
        let wanted = self.tokens.get(matched)?;
        let is_it = match &level.at {
            At::Value(key) => key == wanted,
            At::Item(number) => *wanted == number.to_string(),
            At::Key => false,
        };
        is_it.then_some(matched + 1)
    }

    fn note(&mut self, depth: usize, span: &Span) {
        if self.best.as_ref().is_none_or(|(best, _)| depth > *best) {
            let (line, column) = (span.start.line(), span.start.col() + 1);
            self.best = Some((depth, Position { line, column }));
        }
    }

    fn value_ends(&mut self) -> bool {
        if let Some(level) = self.stack.last_mut() {
            level.at = match std::mem::replace(&mut level.at, At::Key) {
                At::Item(number) => At::Item(number + 1),
                _ => At::Key,
            };
        }
        self.best
            .as_ref()
            .is_some_and(|(depth, _)| *depth == self.tokens.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str, pointer: &str) -> (usize, usize) {
        let at = locate(text, pointer).unwrap();
        (at.line, at.column)
    }

    #[test]
    fn a_value_is_found_by_its_pointer() {
        let yaml = "openapi: 3.1.0\npaths:\n  /a/{b}:\n    get:\n      tags: [x, y]\n";
        assert_eq!(place(yaml, "/paths/~1a~1{b}/get"), (4, 5));
        assert_eq!(place(yaml, "/paths/~1a~1{b}/get/tags/1"), (5, 17));
        assert_eq!(place(yaml, "/paths/~1a~1{b}/post"), (3, 3));
        let json = "{\n  \"a\": {\"b\": [1,\n    {\"c\": 2}]}\n}";
        assert_eq!(place(json, "/a/b/1/c"), (3, 6));
    }
}
