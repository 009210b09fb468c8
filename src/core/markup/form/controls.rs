//! The controls of a form, and what they hold.

use std::collections::HashMap;

use super::model::Form;
use crate::markup::document::{Document, Node};
use crate::markup::text::collapsed;

/// A control that takes part in its form.
pub(super) struct Control {
    pub node: Node,
    pub name: String,
    pub kind: ControlKind,
}

/// What a control is, and holds.
pub(super) enum ControlKind {
    /// Anything with one text.
    Text(String),
    /// A checkbox or radio button: what it sends, and whether it is checked.
    Checkable {
        value: String,
        is_checked: bool,
    },
    /// A list of choices: the values of those that are chosen.
    Select(Vec<String>),
    File,
    /// A button that sends the form.
    Submit {
        value: String,
        is_image: bool,
    },
}

impl Form<'_> {
    /// The controls that are not disabled, in the order of the page.
    pub(super) fn controls(&self) -> Vec<Control> {
        let document = self.document;
        // An id is that of the first element that has it.
        let id = document.attr(self.node, "id").filter(|id| {
            let mut all = document.below(document.root());
            all.find(|node| document.attr(*node, "id") == Some(id)) == Some(self.node)
        });
        let mut legends = HashMap::new();
        let all = document.below(document.root());
        all.filter(|node| document.is_control(*node) && self.owns(*node, id))
            .filter(|node| !document.is_disabled(*node, &mut legends))
            .filter_map(|node| control(document, node))
            .collect()
    }

    /// Whether this is the form of a control; `id` is that of the form.
    fn owns(&self, control: Node, id: Option<&str>) -> bool {
        let document = self.document;
        if let Some(named) = document.attr(control, "form") {
            return id == Some(named);
        }
        let mut above = document.ancestors(control);
        match above.find(|node| document.is(*node, "form")) {
            Some(form) => form == self.node,
            None => document.owners.get(&control.0) == Some(&self.node.0),
        }
    }
}

impl Document {
    fn is_control(&self, node: Node) -> bool {
        let name = self.name(node);
        matches!(name, Some("input" | "button" | "select" | "textarea"))
            && !self
                .ancestors(node)
                .any(|above| matches!(self.name(above), Some("datalist" | "template")))
    }

    /// Disabled itself, or by a `fieldset` around it in whose legend it is not. `legends` are those found so far.
    fn is_disabled(&self, control: Node, legends: &mut HashMap<Node, Option<Node>>) -> bool {
        if self.has(control, "disabled") {
            return true;
        }
        let mut inside = control;
        for above in self.ancestors(control) {
            if self.is(above, "fieldset") && self.has(above, "disabled") {
                let first = || {
                    let mut children = self.children(above);
                    children.find(|child| self.is(*child, "legend"))
                };
                if *legends.entry(above).or_insert_with(first) != Some(inside) {
                    return true;
                }
            }
            inside = above;
        }
        false
    }

    fn children(&self, node: Node) -> impl Iterator<Item = Node> {
        let node = self.tree.tree.get(node.0);
        let children = node.into_iter().flat_map(|node| node.children());
        children
            .filter(|child| child.value().is_element())
            .map(|child| Node(child.id()))
    }
}

fn control(document: &Document, node: Node) -> Option<Control> {
    let text = |name: &str| document.attr(node, name).unwrap_or_default().to_owned();
    let kind = match document.name(node)? {
        "textarea" => ControlKind::Text(document.text(node)),
        "select" => ControlKind::Select(chosen(document, node)),
        "button" => match text("type").to_ascii_lowercase().as_str() {
            "button" | "reset" => return None,
            _ => ControlKind::Submit {
                value: text("value"),
                is_image: false,
            },
        },
        _ => match text("type").to_ascii_lowercase().as_str() {
            "button" | "reset" => return None,
            kind @ ("submit" | "image") => ControlKind::Submit {
                value: text("value"),
                is_image: kind == "image",
            },
            "checkbox" | "radio" => ControlKind::Checkable {
                value: document.attr(node, "value").unwrap_or("on").to_owned(),
                is_checked: document.has(node, "checked"),
            },
            "file" => ControlKind::File,
            "hidden" if text("name").eq_ignore_ascii_case("_charset_") => {
                ControlKind::Text("UTF-8".to_owned())
            }
            _ => ControlKind::Text(text("value")),
        },
    };
    Some(Control {
        node,
        name: text("name"),
        kind,
    })
}

/// The values of the options that are chosen; where none is and only one can be, the first that can be chosen.
fn chosen(document: &Document, select: Node) -> Vec<String> {
    let is_disabled = |option: Node| {
        document.has(option, "disabled")
            || document
                .ancestors(option)
                .take_while(|above| *above != select)
                .any(|above| document.is(above, "optgroup") && document.has(above, "disabled"))
    };
    let options: Vec<Node> = document
        .below(select)
        .filter(|node| document.is(*node, "option"))
        .collect();
    let is_multiple = document.has(select, "multiple");
    let mut selected: Vec<Node> = options
        .iter()
        .copied()
        .filter(|option| document.has(*option, "selected"))
        .collect();
    if !is_multiple {
        // The last one wins.
        selected.drain(..selected.len().saturating_sub(1));
        if selected.is_empty() {
            selected.extend(options.iter().copied().find(|option| !is_disabled(*option)));
        }
    }
    let value = |option: Node| match document.attr(option, "value") {
        Some(value) => value.to_owned(),
        None => collapsed(&document.text(option)),
    };
    selected
        .into_iter()
        .filter(|option| !is_disabled(*option))
        .map(value)
        .collect()
}
