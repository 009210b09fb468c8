//! Options of a call, `http.get(path, opts)`: read once, checked, every unknown option named.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use ::http::Method;
use bytes::Bytes;
use memchr::memmem;
use mlua::{LuaString, Table, Value};

use super::creates::creates;
use super::expect::expect;
use super::multipart::{self, Parts};
use super::option_value::{count, fault, seconds};
use super::retry::retry;
use super::values::{self, Params};
use super::{body, fields};
use crate::http::Origin;
use crate::request::auth::scheme::Scheme;
use crate::request::{Call, Redirects, Tags, path_template};
use crate::script::api::argument;
use crate::script::api::signature::{Options, optional};
use crate::script::user::context::Context;
use crate::script::vm::read_only;

/// What `opts` may hold.
pub const OPTIONS: Options = Options {
    kind: "RequestOptions",
    doc: "The options of a request.",
    fields: &[
        optional("params", "table<string, any>")
            .doc("Values for the braces of the path; a missing or an unused one is an error."),
        optional("query", "table<string, any>")
            .doc("Behind `?`, by name; a list repeats its name."),
        optional("headers", "table<string, any>")
            .doc("A list sends a header several times, false omits it."),
        optional("json", "any").doc("A body as application/json."),
        optional("form", "table<string, any>").doc("A body as application/x-www-form-urlencoded."),
        optional("multipart", "table<string, any>|Part[]")
            .doc("The parts of multipart/form-data, by name or as a list."),
        optional("body", "string").doc("A body, sent as it is, without a Content-Type."),
        optional("expect", "integer|string|(integer|string)[]")
            .doc("The statuses that this call expects: 404, \"4xx\", or a list of them.")
            .unitless()
            .or("200 to 399"),
        optional("give_up_after", "number")
            .doc("Time after which the user gives up on purpose.")
            .unit("s"),
        optional("creates", "Creates").doc("What it creates on the target, for the clean-up."),
        optional("timeout", "number")
            .doc("Time for the whole request.")
            .unit("s")
            .or("--request-timeout"),
        optional("retry", "integer|Retry")
            .doc("How often it is retried after a failure, at most 100.")
            .unitless()
            .or("0"),
        optional("name", "string")
            .doc("The name to count the request under.")
            .or("the path, before `params` are filled in"),
        optional("tags", "table<string, string>")
            .doc("It is also counted in `tagged_requests`, by tag and value."),
        optional("redirects", "integer|boolean")
            .doc("How many redirects are followed, at most 100; 0 or false: none.")
            .unitless()
            .or("10"),
    ],
    example: include_str!("../examples/RequestOptions.lua"),
};

/// What is put together when all options are read: Lua gives them in no order.
#[derive(Default)]
struct Later {
    params: Params,
    query: Option<Table>,
    /// By option, in the order of [`BODIES`].
    bodies: [Option<Value>; BODIES.len()],
}

/// Options that give a body, in the order in which messages name them.
const BODIES: [&str; 4] = ["body", "form", "json", "multipart"];

/// Kinds of things that one run creates: a clean-up asks for them one after the other.
const MOST_KINDS: usize = 100;

/// Refuses a kind when there are too many: it was made of what tells one thing from another.
fn is_known(context: &Context, kind: &str) -> mlua::Result<()> {
    let mut kinds = context.user.shard.kinds.borrow_mut();
    if kinds.contains(kind) {
        return Ok(());
    }
    if kinds.len() >= MOST_KINDS {
        return Err(mlua::Error::runtime(format!(
            "creates.kind: \"{kind}\" exceeds the maximum of {MOST_KINDS} kinds; a kind is a class of items, such as user, and params identify one of them"
        )));
    }
    kinds.insert(kind.to_owned());
    Ok(())
}

/// Reads a script's call. `scheme` is how the deleter of what is created logs in.
///
/// # Errors
/// Names the option, what is wrong with it and what to write.
pub fn read(
    context: &Context,
    method: Method,
    path: &LuaString,
    opts: Option<&Table>,
    scheme: Option<&Arc<Scheme>>,
) -> mlua::Result<Call> {
    let path = path.as_bytes();
    let base = &context.user.shard.requests.run.base_path;
    let (origin, path_and_query) = split_origin(&path)?;
    let base = if origin.is_some() { "" } else { base.as_str() };
    let mut call = Call::new(
        method,
        String::new(),
        &String::from_utf8_lossy(&path_and_query),
    );
    call.origin = origin;
    let mut later = Later::default();
    if let Some(opts) = opts {
        read_only::real(opts).for_each(|key: LuaString, value: Value| {
            option(&mut call, &key.as_bytes(), value, &mut later, scheme)
        })?;
    }
    let Later {
        params,
        query,
        bodies,
    } = later;
    set_body(&mut call, bodies)?;
    call.target =
        path_template::fill(base, &path_and_query, &params).map_err(mlua::Error::runtime)?;
    if let Some(query) = query {
        // Sorted by name, so that a seed gives the same requests; a list gives its name once for each item.
        path_template::add_query(&mut call.target, &values::pairs(&query, "query")?);
    }
    if let Some(creates) = &mut call.options.creates {
        is_known(context, &creates.entry.kind)?;
        let params = values::as_text(params, "params")?;
        creates.entry.params.extend(params);
    }
    Ok(call)
}

fn option(
    call: &mut Call,
    key: &[u8],
    value: Value,
    later: &mut Later,
    scheme: Option<&Arc<Scheme>>,
) -> mlua::Result<()> {
    let options = &mut call.options;
    // The names of all options are ASCII, so that a name that is not UTF-8 stays unknown.
    let key = &*String::from_utf8_lossy(key);
    if let Some(body) = BODIES.iter().position(|body| *body == key) {
        later.bodies[body] = Some(value);
        return Ok(());
    }
    match key {
        "params" => later.params = values::values(&table(key, value)?, "params")?,
        "query" => later.query = Some(table(key, value)?),
        "headers" => set_headers(call, &table(key, value)?)?,
        "expect" => options.expect = expect(&value)?,
        "give_up_after" => options.give_up_after = Some(seconds(key, &value)?),
        "timeout" => options.timeout = Some(seconds(key, &value)?),
        "retry" => options.retry = retry(value)?,
        "redirects" => options.redirects = Redirects(count(key, &value)?),
        "name" => {
            call.name = values::text(&value, "name")?;
            call.named = true;
            argument::name("name", &call.name)?;
        }
        "tags" => {
            let tags = values::texts(&table(key, value)?, "tags")?;
            for (tag, value) in &tags {
                argument::name("a name in tags", tag)?;
                argument::name(&format!("tags.{tag}"), value)?;
            }
            options.tags = Tags::new(tags);
        }
        "creates" => options.creates = Some(creates(&table(key, value)?, scheme)?),
        unknown => {
            return Err(mlua::Error::runtime(format!(
                "unknown option '{unknown}'; there are: {}{}",
                OPTIONS.keys(),
                OPTIONS.meant(unknown)
            )));
        }
    }
    Ok(())
}

fn set_headers(call: &mut Call, table: &Table) -> mlua::Result<()> {
    fields::set(&mut call.headers, table, "headers")?;
    call.own_authorization = call.headers.is_settled("authorization");
    Ok(())
}

fn set_body(call: &mut Call, bodies: [Option<Value>; BODIES.len()]) -> mlua::Result<()> {
    let mut given = BODIES
        .into_iter()
        .zip(bodies)
        .filter_map(|(key, value)| Some((key, value?)));
    let Some((key, value)) = given.next() else {
        return Ok(());
    };
    if let Some((second, _)) = given.next() {
        let others = given.map(|(key, _)| key);
        return Err(two_bodies(
            [key, second].into_iter().chain(others).collect(),
        ));
    }
    let (body, kind) = match key {
        "json" => body::json(&value)?,
        "form" => body::form(&table(key, value)?)?,
        "multipart" => {
            let parts = Parts::from_lua(&table(key, value)?)?;
            let boundary = multipart::settle(&mut call.headers, &parts)?;
            (parts.body(&boundary)?, None)
        }
        _ => match value {
            Value::String(text) => (Bytes::copy_from_slice(&text.as_bytes()), None),
            other => {
                return Err(fault(key, &other, "a string; for a table use json or form"));
            }
        },
    };
    call.body = body;
    if let Some(kind) = kind {
        call.describe_body(&kind);
    }
    Ok(())
}

/// Where a call goes, if not to the base URL, and its path.
type Split<'a> = (Option<Rc<Origin>>, Cow<'a, [u8]>);

/// Splits a whole URL into where it goes and its path, which stays as it is written; a path stays, and must begin with a
/// slash.
fn split_origin(path: &[u8]) -> mlua::Result<Split<'_>> {
    if path.starts_with(b"/") {
        return Ok((None, path.into()));
    }
    let Some(authority) = memmem::find(path, b"://").map(|at| at + 3) else {
        return Err(mlua::Error::runtime(format!(
            "the path \"{}\" must begin with / or be a full URL",
            String::from_utf8_lossy(path)
        )));
    };
    let ends = |byte: &u8| matches!(byte, b'/' | b'?' | b'#' | b'\\');
    let length = path[authority..].iter().position(ends);
    let (origin, rest) = path.split_at(length.map_or(path.len(), |length| authority + length));
    if origin.contains(&b'{') {
        return Err(mlua::Error::runtime(format!(
            "{:?} has a brace in its host; params fill only the path, so build the URL before",
            String::from_utf8_lossy(path)
        )));
    }
    let (origin, _) = Origin::parse(&String::from_utf8_lossy(origin))
        // The whole of it is what the script wrote.
        .map_err(|why| {
            Origin::parse(&String::from_utf8_lossy(path))
                .err()
                .unwrap_or(why)
        })
        .map_err(|why| mlua::Error::runtime(why.to_string()))?;
    // As browsers have it (WHATWG URL): a backslash there is a slash.
    let path = match rest {
        [b'/', ..] => rest.into(),
        [b'\\', rest @ ..] | rest => [b"/", rest].concat().into(),
    };
    Ok((Some(Rc::new(origin)), path))
}

fn two_bodies(mut names: Vec<&str>) -> mlua::Error {
    let all = if names.len() == 2 { "both" } else { "all" };
    let last = names.pop().unwrap_or_default();
    mlua::Error::runtime(format!(
        "{} and {last} are {all} given; a request has one body",
        names.join(", ")
    ))
}

fn table(key: &str, value: Value) -> mlua::Result<Table> {
    match value {
        Value::Table(table) => Ok(table),
        other => Err(fault(key, &other, "a table")),
    }
}
