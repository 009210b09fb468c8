//! `http`: requests of a user. In: a path and options; out: a table with status, headers, body, or an error kind.

mod body;
pub mod call;
mod call_signature;
mod content;
mod content_type;
mod cookies;
mod creates;
mod described;
mod expect;
mod fields;
mod multipart;
mod option_value;
mod page;
mod prepare;
mod response;
mod retry;
mod send;
mod submit;
mod values;

use std::rc::Rc;

use ::http::Method;
use mlua::{Lua, Table, Value};

pub use cookies::{COOKIE, COOKIE_OPTIONS, TABLE as COOKIES_TABLE};
pub use creates::{CREATES, DELETION, FIND};
pub use described::{HOP, RESPONSE, TIMINGS};
pub(in crate::script) use fields::set as set_headers;
pub use multipart::PART;
pub use page::ASSETS;
pub use response::ResponseTables;
pub use retry::RETRY;

use call_signature::{OPTS, PATH};
use prepare::prepare;
use send::send;

use super::signature::{Field, Function, Namespace, Registration, required};
use super::{ModuleDeclarations, argument};

const CALL: &[Field] = &[PATH, OPTS];
/// A failure of the network is no error of the script.
const FAILS: &str = "A failure of the network is not raised: it is a response with `error` and without \
                     `status`. An unknown option and a value that cannot be sent are errors.";

const fn method(name: &'static str, doc: &'static str, example: &'static str) -> Function {
    Function::new("http", name, doc)
        .takes(CALL)
        .returns(&[call_signature::RESPONSE])
        .fails(FAILS)
        .waits()
        .example(example)
}

const GET: Function = method(
    "get",
    "Sends a GET and waits for the response.",
    include_str!("../examples/http.get.lua"),
);
const POST: Function = method(
    "post",
    "Sends a POST and waits for the response.",
    include_str!("../examples/http.post.lua"),
);
const PUT: Function = method(
    "put",
    "Sends a PUT and waits for the response.",
    include_str!("../examples/http.put.lua"),
);
const PATCH: Function = method(
    "patch",
    "Sends a PATCH and waits for the response.",
    include_str!("../examples/http.patch.lua"),
);
const DELETE: Function = method(
    "delete",
    "Sends a DELETE and waits for the response.",
    include_str!("../examples/http.delete.lua"),
);
const HEAD: Function = method(
    "head",
    "Sends a HEAD and waits for the response, which has no body.",
    include_str!("../examples/http.head.lua"),
);
const OPTIONS: Function = method(
    "options",
    "Sends an OPTIONS and waits for the response.",
    include_str!("../examples/http.options.lua"),
);
const REQUEST: Function = Function::new(
    "http",
    "request",
    "Sends a request of any method and waits for the response.",
)
.takes(&[
    required("method", "string").doc("The method, in any case."),
    PATH,
    OPTS,
])
.returns(&[call_signature::RESPONSE])
.fails(FAILS)
.waits()
.example(include_str!("../examples/http.request.lua"));
/// `http`; `http.cookies` is a table in it.
pub const TABLE: Namespace = Namespace {
    name: "http",
    doc: "Requests of a user.",
    functions: &[
        &GET,
        &POST,
        &PUT,
        &PATCH,
        &DELETE,
        &HEAD,
        &OPTIONS,
        &REQUEST,
        &page::PAGE,
    ],
    values: &[],
};

/// The table `http`.
///
/// # Errors
/// When Lua has no memory left.
pub fn table(
    lua: &Lua,
    responses: &ResponseTables,
    declared: &Rc<ModuleDeclarations>,
) -> mlua::Result<Table> {
    let table = Registration::new(lua, &TABLE)?;
    for described in [&GET, &POST, &PUT, &PATCH, &DELETE, &HEAD, &OPTIONS] {
        let method = Method::from_bytes(described.name.to_ascii_uppercase().as_bytes())
            .map_err(mlua::Error::external)?;
        let function: Rc<str> = described.path().into();
        let (responses, declared) = (responses.clone(), Rc::clone(declared));
        table.waiting(described, move |_, (path, opts): (Value, Value)| {
            let prepared = prepare(&function, method.clone(), &path, &opts, &declared);
            send(prepared, responses.clone())
        })?;
    }
    page::add(&table, responses, declared)?;
    content::add(lua, &responses.methods)?;
    submit::add(lua, responses, declared)?;
    let (responses, declared) = (responses.clone(), Rc::clone(declared));
    table.waiting(
        &REQUEST,
        move |_, (method, path, opts): (Value, Value, Value)| {
            let prepared = argument::string("http.request", "method", &method).and_then(|method| {
                let method = method.to_string_lossy();
                Method::from_bytes(method.to_ascii_uppercase().as_bytes())
                    .map_err(|_| {
                        mlua::Error::runtime(format!(
                            "http.request: \"{method}\" is not a valid method"
                        ))
                    })
                    .and_then(|method| prepare("http.request", method, &path, &opts, &declared))
            });
            send(prepared, responses.clone())
        },
    )?;
    table.value("cookies", cookies::table(lua)?)?;
    table.finish()
}
