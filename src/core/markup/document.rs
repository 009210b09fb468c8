//! A parsed document, and its elements.

use std::collections::HashMap;

use ego_tree::NodeId;
use ego_tree::iter::Edge;
use scraper::{ElementRef, Html};

use super::selector::Selector;

/// A document. What it holds is freed with it.
pub struct Document {
    pub(super) tree: Html,
    /// The form of each control that is not below it in the tree, as in `<table><form><tr><td><input>`.
    pub(super) owners: HashMap<NodeId, NodeId>,
    /// Bytes that it takes, about.
    pub(super) bytes: usize,
    /// Whether it is XML: there names keep their case, and all white space counts.
    pub(super) is_xml: bool,
}

/// An element of a document, or the document itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Node(pub(super) NodeId);

impl Document {
    /// The document itself, above all elements.
    pub fn root(&self) -> Node {
        Node(self.tree.tree.root().id())
    }

    /// Bytes that it takes in memory, about.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Elements below a node that a selector matches, in the order of the document, at most `limit`. `tick` is called
    /// again and again, and may stop the search.
    ///
    /// # Errors
    /// What `tick` returns.
    pub fn select<E>(
        &self,
        from: Node,
        selector: &Selector,
        limit: usize,
        mut tick: impl FnMut() -> Result<(), E>,
    ) -> Result<Vec<Node>, E> {
        let mut found = Vec::new();
        let Some(start) = self.tree.tree.get(from.0) else {
            return Ok(found);
        };
        // What `:scope` is: the element, or else the root of the document.
        let scope = ElementRef::wrap(start);
        for (index, edge) in start.traverse().enumerate() {
            if selector.is_dear() || index.is_multiple_of(32) {
                tick()?;
            }
            let Edge::Open(node) = edge else { continue };
            let Some(element) = ElementRef::wrap(node).filter(|_| node.id() != from.0) else {
                continue;
            };
            if selector.matches(&element, scope) {
                found.push(Node(node.id()));
                if found.len() >= limit {
                    break;
                }
            }
        }
        Ok(found)
    }

    /// The name of an element, in lower case where it is HTML; none of the document itself.
    pub fn name(&self, node: Node) -> Option<&str> {
        self.element(node).map(|element| element.value().name())
    }

    /// An attribute of an element. Names of HTML attributes have no case.
    pub fn attr(&self, node: Node, name: &str) -> Option<&str> {
        let element = self.element(node)?.value();
        let is = |other: &str| match self.is_xml {
            true => other == name,
            false => other.eq_ignore_ascii_case(name),
        };
        let mut attrs = element.attrs();
        attrs.find(|(other, _)| is(other)).map(|(_, value)| value)
    }

    /// Whether an element has an attribute.
    pub(super) fn has(&self, node: Node, name: &str) -> bool {
        self.attr(node, name).is_some()
    }

    /// The elements above one, the nearest first.
    pub(super) fn ancestors(&self, node: Node) -> impl Iterator<Item = Node> {
        let node = self.tree.tree.get(node.0);
        let above = node.into_iter().flat_map(|node| node.ancestors());
        above
            .filter(|node| node.value().is_element())
            .map(|node| Node(node.id()))
    }

    /// All elements below a node, in the order of the document.
    pub(super) fn below(&self, node: Node) -> impl Iterator<Item = Node> {
        let start = self.tree.tree.get(node.0);
        let below = start.into_iter().flat_map(|start| start.descendants());
        below
            .filter(move |other| other.id() != node.0 && other.value().is_element())
            .map(|node| Node(node.id()))
    }

    pub(super) fn element(&self, node: Node) -> Option<ElementRef<'_>> {
        ElementRef::wrap(self.tree.tree.get(node.0)?)
    }

    /// Whether an element has this name.
    pub(super) fn is(&self, node: Node, name: &str) -> bool {
        self.name(node) == Some(name)
    }
}
