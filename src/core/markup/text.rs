//! The text of elements.

use ego_tree::iter::Edge;
use scraper::Node as TreeNode;

use super::document::{Document, Node};

/// Elements whose text is theirs as it is written.
const VERBATIM: [&str; 4] = ["script", "style", "textarea", "pre"];
/// Elements whose text nobody reads on a page.
const UNREAD: [&str; 5] = ["script", "style", "template", "head", "datalist"];
/// Elements between which nothing separates words; all others begin and end a line.
const INLINE: [&str; 34] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em",
    "font", "i", "ins", "kbd", "label", "mark", "nobr", "q", "s", "samp", "small", "span",
    "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
];

impl Document {
    /// The text of an element and all below, as it reads: white space is one space, and what stands in blocks of their own
    /// is apart. Scripts and styles are no text, unless they are the element. In XML it is the text as it is written,
    /// without the white space around it.
    pub fn text(&self, node: Node) -> String {
        let name = self.name(node);
        let is_verbatim = name.is_some_and(|name| VERBATIM.contains(&name));
        let mut all = String::new();
        let mut skipped = None;
        let Some(start) = self.tree.tree.get(node.0) else {
            return all;
        };
        for edge in start.traverse() {
            match edge {
                Edge::Open(inner) => match inner.value() {
                    TreeNode::Text(text) if skipped.is_none() => all.push_str(text),
                    TreeNode::Element(element) if !self.is_xml && !is_verbatim => {
                        let is_start = inner.id() == node.0;
                        let name = element.name();
                        if skipped.is_none() && !is_start && UNREAD.contains(&name) {
                            skipped = Some(inner.id());
                        }
                        if !INLINE.contains(&name) {
                            all.push(' ');
                        }
                    }
                    _ => {}
                },
                Edge::Close(inner) => {
                    if skipped == Some(inner.id()) {
                        skipped = None;
                    }
                    let element = inner.value().as_element();
                    if !self.is_xml
                        && !is_verbatim
                        && element.is_some_and(|element| !INLINE.contains(&element.name()))
                    {
                        all.push(' ');
                    }
                }
            }
        }
        match (self.is_xml, is_verbatim) {
            (true, _) => all.trim().to_owned(),
            (false, true) => all,
            (false, false) => collapsed(&all),
        }
    }
}

/// With one space for any white space, and none at the ends.
pub(super) fn collapsed(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(1 << 16));
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}
