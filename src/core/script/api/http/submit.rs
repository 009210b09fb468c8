//! `res:submit(form, fields)`: sends a form of a page as a browser does.

use std::collections::BTreeMap;
use std::rc::Rc;

use ::http::Method;
use mlua::{Error, Lua, Table, Value};

use super::described::SUBMIT;
use super::multipart::{self, Parts};
use super::response::{ResponseTables, kept};
use super::send::{Prepared, send};
use super::values::{bytes, items};
use super::{call, content};
use crate::http::{Headers, Timings};
use crate::markup::{
    Encoding, EntryValue, FieldValue, File, Form, FormMethod, Node, Submission, urlencoded,
};
use crate::request::{Call, Reply};
use crate::script::api::element::{Element, select};
use crate::script::api::signature;
use crate::script::api::{ModuleDeclarations, argument};
use crate::script::user::context::Context;
use crate::script::user::documents::ParsedDocument;
use crate::script::vm::scope;

const FUNCTION: &str = "res:submit";

/// Options of a request that the form settles.
const SETTLED: [&str; 6] = ["body", "form", "json", "multipart", "params", "query"];

/// The kind of error of a form that is not sent, since the page that should have it failed.
const NO_FORM: &str = "no_form";

/// Adds the method to those of responses.
///
/// # Errors
/// When Lua has no memory left.
pub fn add(
    lua: &Lua,
    responses: &ResponseTables,
    declared: &Rc<ModuleDeclarations>,
) -> mlua::Result<()> {
    let (made, declared) = (responses.clone(), Rc::clone(declared));
    let submit = signature::waiting(
        lua,
        &SUBMIT,
        move |lua, (response, form, fields, opts): (Value, Value, Value, Value)| {
            let prepared = prepare(&lua, response, &form, &fields, &opts, &declared);
            let responses = made.clone();
            async move {
                match prepared? {
                    Ok(prepared) => send(Ok(prepared), responses).await,
                    Err((context, reply)) => responses.table(&context, reply),
                }
            }
        },
    )?;
    responses.methods.raw_set(SUBMIT.name, submit)
}

/// A call, or the reply in its place.
type MaybePrepared = Result<Prepared, (Rc<Context>, Reply)>;

fn prepare(
    lua: &Lua,
    response: Value,
    form: &Value,
    fields: &Value,
    opts: &Value,
    declared: &ModuleDeclarations,
) -> mlua::Result<MaybePrepared> {
    let context = scope::need_waiting(FUNCTION)?;
    let response = content::of(&SUBMIT, response)?;
    let opts = argument::optional_table(FUNCTION, "opts", opts)?;
    if let Some(opts) = &opts {
        for key in SETTLED {
            if opts.contains_key(key)? {
                return Err(fault(&format!(
                    "opts.{key} is given, but the form is what is sent; write fields"
                )));
            }
        }
    }
    let fields = read_fields(argument::optional_table(FUNCTION, "fields", fields)?)?;
    let (document, node) = match find(lua, &response, form)? {
        Ok(found) => found,
        // The page failed, which is counted: so does what follows from it.
        Err(message) => {
            let reply = Reply::Failed {
                kind: NO_FORM,
                message,
                timings: Timings::default(),
            };
            return Ok(Err((context, reply)));
        }
    };
    let said = Form::of(&document.document, node)
        .and_then(|form| form.submission(&document.url, fields))
        .map_err(|why| fault(&why.to_string()))?;
    let method = match said.method {
        FormMethod::Get => Method::GET,
        FormMethod::Post => Method::POST,
    };
    let scheme = declared.scheme.borrow();
    let url = lua.create_string(&said.url)?;
    let mut call = call::read(&context, method, &url, opts.as_ref(), scheme.as_ref())
        .map_err(|why| fault(&argument::words(&why)))?;
    fill(&mut call, &said, &document)?;
    Ok(Ok((context, Box::new(call))))
}

/// The form that is meant; or why the page has none, where that is no news.
fn find(
    lua: &Lua,
    response: &Table,
    form: &Value,
) -> mlua::Result<Result<(Rc<ParsedDocument>, Node), String>> {
    if let Value::UserData(element) = form {
        let element = element.borrow::<Element>().map_err(|_| {
            fault("form is userdata, an element of a page or a selector was expected")
        })?;
        return element.open(FUNCTION).map(Ok);
    }
    let css = match form {
        Value::Nil => Value::String(lua.create_string("form")?),
        Value::String(_) => form.clone(),
        other => {
            return Err(argument::wrong(
                FUNCTION,
                "form",
                other,
                "an element or a selector",
            ));
        }
    };
    let why = match content::document(lua, response, false)? {
        Ok(document) => {
            let found = select(lua, FUNCTION, &document, document.document.root(), &css, 1)?;
            if let Some(form) = found.first() {
                return Ok(Ok((document, *form)));
            }
            let css = argument::string(FUNCTION, "form", &css)?.to_string_lossy();
            format!("the page has no form that \"{css}\" matches")
        }
        Err(why) => why,
    };
    if response.get::<Value>("ok")? == Value::Boolean(false) {
        return Ok(Err(format!("not sent: {why}")));
    }
    let place = kept(response, "submit")?.map_or_else(String::new, |kept| kept.place.url());
    Err(fault(&format!("{why}: {place}")))
}

fn read_fields(fields: Option<Table>) -> mlua::Result<Vec<(String, FieldValue)>> {
    let mut read = BTreeMap::new();
    let Some(fields) = fields else {
        return Ok(Vec::new());
    };
    fields.for_each(|name: Value, value: Value| {
        let name = String::from_utf8_lossy(&bytes(&name, "a name in fields")?).into_owned();
        let place = format!("{FUNCTION}: fields.{name}");
        let value = field(&value, &place)?;
        read.insert(name, value);
        Ok(())
    })?;
    Ok(read.into_iter().collect())
}

fn field(value: &Value, place: &str) -> mlua::Result<FieldValue> {
    match value {
        Value::Boolean(true) => Ok(FieldValue::On),
        Value::Boolean(false) => Ok(FieldValue::Off),
        Value::Table(table) if table.contains_key("content")? => {
            argument::known(place, table, "content, filename, type")?;
            let part = |key: &str| match table.get::<Value>(key)? {
                Value::Nil => Ok(None),
                value => bytes(&value, format_args!("{place}.{key}")).map(Some),
            };
            Ok(FieldValue::File(File {
                name: part("filename")?.unwrap_or_else(|| b"file".to_vec()),
                kind: part("type")?,
                content: part("content")?.unwrap_or_default(),
            }))
        }
        Value::Table(list) => {
            let texts = items(list, place)?;
            let texts = texts.iter().map(|text| bytes(text, place));
            Ok(FieldValue::Texts(texts.collect::<mlua::Result<_>>()?))
        }
        one => Ok(FieldValue::Texts(vec![bytes(one, place)?])),
    }
}

/// The body, and where it comes from.
fn fill(call: &mut Call, said: &Submission, page: &ParsedDocument) -> mlua::Result<()> {
    // As browsers send it by default to the same origin; to another only the origin.
    let mut referrer = page.url.clone();
    referrer.set_fragment(None);
    let is_home = said.url.starts_with(&origin_of(page, "/"));
    let referrer = match is_home {
        true => referrer.to_string(),
        false => origin_of(page, "/"),
    };
    add_header(&mut call.headers, "Referer", &referrer);
    if said.method == FormMethod::Get {
        return Ok(());
    }
    add_header(&mut call.headers, "Origin", &origin_of(page, ""));
    match said.encoding {
        Encoding::Urlencoded => {
            call.body = urlencoded(&said.entries).into();
            call.describe_body("application/x-www-form-urlencoded");
        }
        Encoding::Multipart => {
            let parts = Parts::of(&said.entries)?;
            let boundary = multipart::settle(&mut call.headers, &parts)?;
            call.body = parts.body(&boundary)?;
        }
        Encoding::Plain => {
            let mut body = Vec::new();
            for entry in &said.entries {
                let value = match &entry.value {
                    EntryValue::Text(text) => text,
                    EntryValue::File(file) => &file.name,
                };
                body.extend_from_slice(entry.name.as_bytes());
                body.push(b'=');
                body.extend_from_slice(value);
                body.extend_from_slice(b"\r\n");
            }
            call.body = body.into();
            call.describe_body("text/plain");
        }
    }
    Ok(())
}

fn origin_of(page: &ParsedDocument, end: &str) -> String {
    page.url.origin().ascii_serialization() + end
}

fn add_header(headers: &mut Headers, name: &str, value: &str) {
    if !headers.is_settled(name) {
        // A URL is always a value that a field can have.
        let _ = headers.push(name, value);
    }
}

fn fault(why: &str) -> Error {
    Error::runtime(format!("{FUNCTION}: {why}"))
}
