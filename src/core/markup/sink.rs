//! What the HTML parser builds into: scraper's tree, with an eye on its size and depth and on the forms of controls.

use std::borrow::Cow;
use std::cell::{Cell, Ref, RefCell};
use std::collections::HashMap;

use ego_tree::NodeId;
use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::{Attribute, QualName};
use scraper::{Html, HtmlTreeSink};

/// Bytes of a node in the tree, with the room that a growing list leaves empty.
pub(super) const NODE_BYTES: usize = 160;
/// Bytes of an attribute beside its text.
pub(super) const ATTRIBUTE_BYTES: usize = 48;

/// A tree under construction.
pub(super) struct Sink {
    inner: HtmlTreeSink,
    owners: RefCell<HashMap<NodeId, NodeId>>,
    bytes: Cell<usize>,
    newest: Cell<Option<NodeId>>,
}

impl Sink {
    pub fn new() -> Self {
        Self {
            inner: HtmlTreeSink::new(Html::new_document()),
            owners: RefCell::default(),
            bytes: Cell::new(0),
            newest: Cell::new(None),
        }
    }

    /// Bytes of the nodes so far, about, without their texts.
    pub fn bytes(&self) -> usize {
        self.bytes.get()
    }

    /// How deep the newest element is.
    pub fn depth(&self) -> usize {
        let html = self.inner.0.borrow();
        let newest = self.newest.get().and_then(|id| html.tree.get(id));
        newest.map_or(0, |node| node.ancestors().count())
    }

    fn add(&self, bytes: usize) {
        self.bytes.set(self.bytes.get() + bytes);
    }
}

impl TreeSink for Sink {
    type Handle = NodeId;
    type Output = (Html, HashMap<NodeId, NodeId>);
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Self::Output {
        (self.inner.finish(), self.owners.into_inner())
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> NodeId {
        self.inner.get_document()
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Ref<'a, QualName> {
        self.inner.elem_name(target)
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, flags: ElementFlags) -> NodeId {
        self.add(NODE_BYTES + attrs.len() * ATTRIBUTE_BYTES);
        let id = self.inner.create_element(name, attrs, flags);
        self.newest.set(Some(id));
        id
    }

    fn create_comment(&self, text: StrTendril) -> NodeId {
        self.add(NODE_BYTES);
        self.inner.create_comment(text)
    }

    fn create_pi(&self, target: StrTendril, data: StrTendril) -> NodeId {
        self.add(NODE_BYTES);
        self.inner.create_pi(target, data)
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        self.add_text(&child);
        self.inner.append(parent, child);
    }

    fn append_based_on_parent_node(
        &self,
        element: &NodeId,
        before: &NodeId,
        child: NodeOrText<NodeId>,
    ) {
        self.add_text(&child);
        self.inner
            .append_based_on_parent_node(element, before, child);
    }

    fn append_doctype_to_document(&self, name: StrTendril, public: StrTendril, system: StrTendril) {
        self.add(NODE_BYTES);
        self.inner.append_doctype_to_document(name, public, system);
    }

    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        self.inner.get_template_contents(target)
    }

    fn same_node(&self, one: &NodeId, other: &NodeId) -> bool {
        one == other
    }

    fn set_quirks_mode(&self, mode: QuirksMode) {
        self.inner.set_quirks_mode(mode);
    }

    fn append_before_sibling(&self, sibling: &NodeId, node: NodeOrText<NodeId>) {
        self.add_text(&node);
        self.inner.append_before_sibling(sibling, node);
    }

    fn add_attrs_if_missing(&self, target: &NodeId, attrs: Vec<Attribute>) {
        self.add(attrs.len() * ATTRIBUTE_BYTES);
        self.inner.add_attrs_if_missing(target, attrs);
    }

    fn associate_with_form(&self, target: &NodeId, form: &NodeId, _: (&NodeId, Option<&NodeId>)) {
        self.add(NODE_BYTES / 4);
        self.owners.borrow_mut().insert(*target, *form);
    }

    fn remove_from_parent(&self, target: &NodeId) {
        self.inner.remove_from_parent(target);
    }

    fn reparent_children(&self, node: &NodeId, parent: &NodeId) {
        self.inner.reparent_children(node, parent);
    }
}

impl Sink {
    /// A text may become a node of its own.
    fn add_text(&self, child: &NodeOrText<NodeId>) {
        if matches!(child, NodeOrText::AppendText(_)) {
            self.add(NODE_BYTES);
        }
    }
}
