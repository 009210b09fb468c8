//! Elements of a page, as scripts have them.
//!
//! In: a document of a response, and a node of it. Out: what selectors find below it, its text, attributes, links and
//! forms. It never knows how documents are parsed, or that forms are sent. An element finds its document only in the step
//! that parsed it, and only as its user.

use std::rc::{Rc, Weak};

use mlua::{Error, Lua, LuaString, MetaMethod, Result, Table, UserData, UserDataFields};
use mlua::{UserDataMethods, Value};

use super::argument;
use super::signature::{Field, Function, Object, method, optional, required, returned};
use crate::markup::{Form, Node, Selector};
use crate::script::user::context;
use crate::script::user::documents::ParsedDocument;
use crate::script::vm::cpu_budget;
use crate::text::did_you_mean;

const CSS: Field = required("css", "string").doc("A CSS selector.");
/// When they raise.
const FAILS: &str =
    "An error when css is not a valid selector, or the step that got the page is over.";
const GONE: &str = "An error when the step that got the page is over.";

const SELECT: Function = Function::method(
    "element",
    "select",
    "The elements below it that a CSS selector matches.",
)
.takes(&[CSS])
.returns(&[returned(
    "Element[]",
    "In the order of the page; empty without one.",
)])
.fails(FAILS)
.example(include_str!("examples/element.select.lua"));
const FIRST: Function = Function::method(
    "element",
    "first",
    "The first element below it that a CSS selector matches.",
)
.takes(&[CSS])
.returns(&[returned("Element?", "The element; nil without one.")])
.fails(FAILS)
.example(include_str!("examples/element.first.lua"));
const TEXT: Function = Function::method(
    "element",
    "text",
    "Its text and that of all elements in it, as it reads.",
)
.returns(&[returned(
    "string",
    "White space is one blank; scripts and styles are left out. Of XML as it is written.",
)])
.fails(GONE)
.example(include_str!("examples/element.text.lua"));
const ATTR: Function = Function::method("element", "attr", "The value of an attribute.")
    .takes(&[required("name", "string").doc("The name of the attribute.")])
    .returns(&[returned(
        "string?",
        "The value as it is written; nil without the attribute.",
    )])
    .fails(GONE)
    .example(include_str!("examples/element.attr.lua"));
const LINKS: Function = Function::method(
    "element",
    "links",
    "Where links in it lead, on the page's own origin.",
)
.takes(&[optional("css", "string").doc("Only of the elements that this CSS selector matches.")])
.returns(&[returned(
    "string[]",
    "Full URLs without fragment, each once.",
)])
.fails(FAILS)
.example(include_str!("examples/element.links.lua"));
const FORMS: Function = Function::method("element", "forms", "The forms in it.")
    .returns(&[returned(
        "Element[]",
        "In the order of the page, for `res:submit`.",
    )])
    .fails(GONE)
    .example(include_str!("examples/element.forms.lua"));
const VALUES: Function = Function::method(
    "element",
    "values",
    "What the fields of a form hold, as it would be sent.",
)
.returns(&[returned(
    "table<string, string>",
    "By name, hidden fields among them; the first value of each name.",
)])
.fails("An error when it is not a form, or the step that got the page is over.")
.example(include_str!("examples/element.values.lua"));

/// An element of HTML or XML.
pub const ELEMENT: Object = Object {
    kind: "Element",
    name: "element",
    doc: "An element of a page; the page itself is one, too.",
    fields: &[required("name", "string").doc("Its name: `a`, `form`; `#document` of the page.")],
    methods: &[&SELECT, &FIRST, &TEXT, &ATTR, &LINKS, &FORMS, &VALUES],
    example: "",
};

/// An element in a VM.
pub struct Element {
    document: Weak<ParsedDocument>,
    node: Node,
}

impl Element {
    /// The page itself.
    pub fn root(document: &Rc<ParsedDocument>) -> Self {
        Self {
            document: Rc::downgrade(document),
            node: document.document.root(),
        }
    }

    /// Its document and its place there.
    ///
    /// # Errors
    /// When its step is over, or another user asks.
    pub fn open(&self, what: &str) -> Result<(Rc<ParsedDocument>, Node)> {
        let user = context::need(what)?.user.requester.number;
        let document = self.document.upgrade();
        match document.filter(|document| document.user == user) {
            Some(document) => Ok((document, self.node)),
            None => Err(Error::runtime(format!(
                "{what}: an element can be used only in the step that got its page; store what you \
                 need of it in user.state"
            ))),
        }
    }

    fn at(&self, node: Node) -> Self {
        Self {
            document: Weak::clone(&self.document),
            node,
        }
    }

    fn list(&self, lua: &Lua, nodes: Vec<Node>) -> Result<Table> {
        let list = lua.create_table_with_capacity(nodes.len(), 0)?;
        for node in nodes {
            cpu_budget::in_time(lua)?;
            list.raw_push(lua.create_userdata(self.at(node))?)?;
        }
        Ok(list)
    }

    fn select(&self, lua: &Lua, function: &str, css: &Value, limit: usize) -> Result<Vec<Node>> {
        let (document, node) = self.open(function)?;
        select(lua, function, &document, node, css, limit)
    }
}

/// The nodes below one that a selector of a script matches, at most `limit`.
///
/// # Errors
/// When it is no selector, and when the script has no time left.
pub fn select(
    lua: &Lua,
    function: &str,
    document: &ParsedDocument,
    from: Node,
    css: &Value,
    limit: usize,
) -> Result<Vec<Node>> {
    let css = argument::string(function, "css", css)?.to_string_lossy();
    let selector =
        Selector::parse(&css).map_err(|why| Error::runtime(format!("{function}: {why}")))?;
    let tick = || cpu_budget::in_time(lua);
    document.document.select(from, &selector, limit, tick)
}

impl UserData for Element {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        fields.add_field_method_get("name", |lua, element| {
            let (document, node) = element.open("element.name")?;
            lua.create_string(document.document.name(node).unwrap_or("#document"))
        });
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        method(methods, &SELECT, |lua, element: &Self, css: Value| {
            let found = element.select(lua, "element:select", &css, usize::MAX)?;
            element.list(lua, found)
        });
        method(methods, &FIRST, |lua, element: &Self, css: Value| {
            let found = element.select(lua, "element:first", &css, 1)?;
            Ok(found.first().map(|node| element.at(*node)))
        });
        method(methods, &TEXT, |lua, element: &Self, ()| {
            let (document, node) = element.open("element:text")?;
            cpu_budget::in_time(lua)?;
            lua.create_string(document.document.text(node))
        });
        method(methods, &ATTR, |lua, element: &Self, name: Value| {
            let name = argument::string("element:attr", "name", &name)?;
            let (document, node) = element.open("element:attr")?;
            let value = document.document.attr(node, &name.to_string_lossy());
            value.map(|value| lua.create_string(value)).transpose()
        });
        method(methods, &LINKS, |lua, element: &Self, css: Value| {
            let (document, node) = element.open("element:links")?;
            cpu_budget::in_time(lua)?;
            let within = match css {
                Value::Nil => vec![node],
                css => element.select(lua, "element:links", &css, usize::MAX)?,
            };
            let links = document.document.links(&within, &document.url);
            cpu_budget::in_time(lua)?;
            lua.create_sequence_from(links)
        });
        method(methods, &FORMS, |lua, element: &Self, ()| {
            let css = Value::String(lua.create_string("form")?);
            let found = element.select(lua, "element:forms", &css, usize::MAX)?;
            element.list(lua, found)
        });
        method(methods, &VALUES, |lua, element: &Self, ()| {
            let (document, node) = element.open("element:values")?;
            cpu_budget::in_time(lua)?;
            let form = Form::of(&document.document, node)
                .map_err(|why| Error::runtime(format!("element:values: {why}")))?;
            let table = lua.create_table()?;
            for (name, value) in form.values() {
                if !table.contains_key(&*name)? {
                    table.raw_set(name, value)?;
                }
            }
            Ok(table)
        });
        methods.add_meta_method(MetaMethod::Index, |_, _, key: Value| -> Result<Value> {
            let key = match &key {
                Value::String(key) => LuaString::to_string_lossy(key),
                other => argument::shown(other),
            };
            let known = || {
                let methods = ELEMENT.methods.iter().map(|method| method.name);
                methods.chain(ELEMENT.fields.iter().map(|field| field.name))
            };
            let all: Vec<&str> = known().collect();
            Err(Error::runtime(format!(
                "an element has no '{key}'; there are: {}{}",
                all.join(", "),
                did_you_mean(&key, known())
            )))
        });
    }
}
