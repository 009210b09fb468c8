//! `creates`: what a request means to create, who may delete it, and how it is found when its answer was never seen.

use std::collections::BTreeMap;
use std::sync::Arc;

use mlua::{Table, Value};

use super::values;
use crate::ledger::{Deletion, Entry, Lookup};
use crate::request::Creates;
use crate::request::auth::calls::login_of;
use crate::request::auth::scheme::Scheme;
use crate::script::api::signature::{Options, optional, required};
use crate::script::api::{argument, json};

/// The option `creates`.
pub const CREATES: Options = Options {
    kind: "Creates",
    doc: "What a request creates on the target, for the clean-up.",
    fields: &[
        required("kind", "string").doc("What it is, a word of your own."),
        optional("id", "string").doc("JSON pointer to the id in the response."),
        required("delete", "Deletion")
            .doc("How to delete it; a DELETE request of its user to this path settles it, too."),
        optional("find", "Find").doc("How to look it up where its creation was never confirmed."),
        optional("needs", "string[]").doc("Kinds that it depends on, which are deleted after it."),
        optional("as", "table<string, any>")
            .doc("The account that may delete it, for the login of the clean-up."),
    ],
    example: include_str!("../examples/Creates.lua"),
};
/// How a created thing is deleted.
pub const DELETION: Options = Options {
    kind: "Deletion",
    doc: "How a created item is deleted.",
    fields: &[
        optional("method", "string")
            .doc("The method.")
            .or("\"DELETE\""),
        required("path", "string").doc("The path, with the id and the params of the request."),
        optional("json", "any")
            .doc("A body to send as JSON; `{id}` and the params in its texts are replaced."),
    ],
    example: include_str!("../examples/Deletion.lua"),
};
/// Where a created thing is looked up.
pub const FIND: Options = Options {
    kind: "Find",
    doc: "How a created item is looked up.",
    fields: &[
        required("path", "string").doc("The path to request with GET."),
        optional("params", "table<string, any>").doc("Values for its braces."),
        optional("list", "string")
            .doc("JSON pointer to a list in the response.")
            .or("the response itself"),
        optional("where", "table<string, any>").doc("The fields that identify the item."),
        optional("id", "string")
            .doc("JSON pointer to the id in the item.")
            .or("\"/id\""),
    ],
    example: include_str!("../examples/Find.lua"),
};

/// Reads the option `creates`. `scheme` is how the deleter logs in.
///
/// # Errors
/// Names the key that is missing, unknown or wrong.
pub fn creates(spec: &Table, scheme: Option<&Arc<Scheme>>) -> mlua::Result<Creates> {
    let mut spec = CREATES.read("creates", spec)?;
    let missing = |what: &str| {
        mlua::Error::runtime(format!(
            "creates.{what} is missing; write creates = {{ kind = \"user\", id = \"/id\", delete = {{ method = \"DELETE\", path = \"/users/{{id}}\" }} }}"
        ))
    };
    let kind: Option<String> = spec.take("kind")?;
    let kind = kind.ok_or_else(|| missing("kind"))?;
    argument::name("creates.kind", &kind)?;
    let delete: Option<Table> = spec.take("delete")?;
    let delete = delete.ok_or_else(|| missing("delete"))?;
    let needs: Option<Vec<String>> = spec.take("needs")?;
    let needs = needs.unwrap_or_default();
    for kind in &needs {
        argument::name("a kind in creates.needs", kind)?;
    }
    let login = match spec.take("as")? {
        Value::Nil => None,
        account => {
            let scheme = scheme.ok_or_else(|| {
                mlua::Error::runtime("creates.as has an account, but no module has declared with auth.setup how to log in")
            })?;
            let account = json::to_value(&account)?;
            let missing = scheme
                .login
                .fields
                .iter()
                .find(|field| account.get(field.as_str()).is_none());
            if let Some(field) = missing {
                return Err(mlua::Error::runtime(format!(
                    "creates.as has no {field}, which the login of the clean-up needs; {}",
                    argument::FROM_VARS
                )));
            }
            Some(Arc::new(login_of(scheme, &account)))
        }
    };
    let mut delete = DELETION.read("creates.delete", &delete)?;
    let id: Option<String> = spec.take("id")?;
    if let Some(id) = id.as_ref().filter(|id| !id.starts_with('/')) {
        return Err(mlua::Error::runtime(format!(
            "creates.id \"{id}\" is not a JSON pointer; write \"/{id}\""
        )));
    }
    let (find, found_by) = match spec.take("find")? {
        Some(table) => find(&table)?,
        None => (None, BTreeMap::new()),
    };
    Ok(Creates {
        id,
        entry: Entry {
            kind,
            needs,
            params: found_by,
            find,
            delete: Deletion {
                method: delete
                    .take::<Option<String>>("method")?
                    .unwrap_or_else(|| "DELETE".to_owned()),
                path: delete
                    .take::<Option<String>>("path")?
                    .ok_or_else(|| missing("delete.path"))?,
                body: match delete.take("json")? {
                    Value::Nil => None,
                    body => Some(json::to_value(&body)?),
                },
            },
            login,
            confirmed: false,
            doubt: None,
            at: None,
        },
    })
}

/// `find = { path = "/users/email/{email}", params = { email = ... }, id = "/id" }`.
fn find(table: &Table) -> mlua::Result<(Option<Lookup>, BTreeMap<String, String>)> {
    let mut find = FIND.read("creates.find", table)?;
    let path: Option<String> = find.take("path")?;
    let path = path.ok_or_else(|| mlua::Error::runtime("creates.find.path is missing"))?;
    let id: Option<String> = find.take("id")?;
    let id = id.unwrap_or_else(|| "/id".to_owned());
    let params = match find.take::<Option<Table>>("params")? {
        Some(params) => values::params(&params, "creates.find.params")?,
        None => BTreeMap::new(),
    };
    let list: Option<String> = find.take("list")?;
    for pointer in list.iter().chain([&id]) {
        if !pointer.starts_with('/') && !pointer.is_empty() {
            return Err(mlua::Error::runtime(format!(
                "creates.find: \"{pointer}\" is not a JSON pointer; write \"/{pointer}\""
            )));
        }
    }
    let fields = match find.take("where")? {
        Value::Nil => BTreeMap::new(),
        fields => match json::to_value(&fields)? {
            serde_json::Value::Object(fields) => fields.into_iter().collect(),
            _ => {
                return Err(mlua::Error::runtime(
                    "creates.find.where is not a table of fields; write where = { name = form.name }",
                ));
            }
        },
    };
    let lookup = Lookup {
        path,
        list,
        fields,
        id,
    };
    Ok((Some(lookup), params))
}
