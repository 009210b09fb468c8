//! `http.cookies`: the user's cookies, read and set by its script. Nothing of it waits.

use mlua::{Lua, LuaString, Table, Value};

use super::values;
use crate::http::{Cookie, NewCookie, Origin};
use crate::script::api::argument;
use crate::script::api::signature::{
    Field, Function, Namespace, Object, Options, Registration, optional, required, returned,
};
use crate::script::user::context;
use crate::script::user::context::Context;

const URL: Field =
    optional("url", "string").doc("A path, as in a request, or a full URL; nil: all cookies.");
const NAME: Field = required("name", "string").doc("The name of the cookie.");
const GET: Function = Function::new("http.cookies", "get", "The value of a cookie.")
    .takes(&[NAME, URL])
    .returns(&[returned(
        "string?",
        "The value that is sent to this path or URL; without one the first of that name.",
    )])
    .fails("nil when the user has no such cookie.")
    .example(include_str!("../examples/http.cookies.get.lua"));
const ALL: Function = Function::new(
    "http.cookies",
    "all",
    "The cookies sent to this path or URL, or all.",
)
.takes(&[URL])
.returns(&[returned("Cookie[]", "In the order in which they are sent.")])
.example(include_str!("../examples/http.cookies.all.lua"));
const SET: Function = Function::new(
    "http.cookies",
    "set",
    "Sets a cookie as if a response had set it.",
)
.takes(&[
    NAME,
    required("value", "string").doc("Its value."),
    optional("opts", "CookieOptions").doc("Its attributes."),
])
.fails("What a browser would reject is an error.")
.example(include_str!("../examples/http.cookies.set.lua"));
const CLEAR: Function = Function::new(
    "http.cookies",
    "clear",
    "Removes the cookies of a name, or all.",
)
.takes(&[optional("name", "string").doc("The name of the cookies; nil: all.")])
.example(include_str!("../examples/http.cookies.clear.lua"));
/// `http.cookies`.
pub const TABLE: Namespace = Namespace {
    name: "http.cookies",
    doc: "The user's cookies.",
    functions: &[&GET, &ALL, &SET, &CLEAR],
    values: &[],
};

/// What `opts` of `http.cookies.set` may hold.
pub const COOKIE_OPTIONS: Options = Options {
    kind: "CookieOptions",
    doc: "The attributes of a cookie.",
    fields: &[
        optional("url", "string")
            .doc("The path or URL whose response would have set it.")
            .or("--base-url"),
        optional("domain", "string")
            .doc("Its domain, for all hosts below it.")
            .or("this host only"),
        optional("path", "string")
            .doc("The beginning of the paths to which it is sent.")
            .or("\"/\""),
        optional("max_age", "number")
            .doc("Time until it expires; 0 removes it.")
            .unit("s")
            .or("with the session"),
        optional("secure", "boolean")
            .doc("Whether it is sent over TLS only.")
            .or("false"),
        optional("http_only", "boolean")
            .doc("Whether it is hidden from scripts of a page.")
            .or("false"),
    ],
    example: include_str!("../examples/CookieOptions.lua"),
};

/// What `http.cookies.all` lists.
pub const COOKIE: Object = Object {
    kind: "Cookie",
    name: "cookie",
    doc: "A cookie of the user.",
    fields: &[
        required("name", "string").doc("Its name."),
        required("value", "string").doc("Its value."),
        required("domain", "string").doc("The host that set it, or the domain that it is for."),
        required("path", "string").doc("The beginning of the paths to which it is sent."),
        required("host_only", "boolean").doc("Whether it is not sent to hosts below the domain."),
        required("secure", "boolean").doc("Whether it is sent over TLS only."),
        required("http_only", "boolean").doc("Whether it is hidden from scripts of a page."),
        optional("expires", "number")
            .doc("When it expires, by the clock of `time.now`; nil: with the session.")
            .unit("s"),
    ],
    methods: &[],
    example: include_str!("../examples/Cookie.lua"),
};

/// The table `http.cookies`.
///
/// # Errors
/// When Lua has no memory left.
pub fn table(lua: &Lua) -> mlua::Result<Table> {
    let table = Registration::new(lua, &TABLE)?;
    table.function(&GET, get)?;
    table.function(&ALL, all)?;
    table.function(&SET, set)?;
    table.function(&CLEAR, clear)?;
    table.finish()
}

/// `get(name [, url])`: the value that goes along with a request to the URL; without one, of any place.
fn get(lua: &Lua, (name, url): (Value, Value)) -> mlua::Result<Option<LuaString>> {
    const NAME: &str = "http.cookies.get";
    let name = argument::string(NAME, "name", &name)?;
    let cookies = cookies(NAME, &url)?;
    let found = cookies
        .into_iter()
        .find(|cookie| *cookie.name == *name.as_bytes());
    found
        .map(|cookie| lua.create_string(&cookie.value))
        .transpose()
}

/// `all([url])`: a table for each cookie, in the order in which they are sent.
fn all(lua: &Lua, url: Value) -> mlua::Result<Table> {
    let list = lua.create_table()?;
    for cookie in cookies("http.cookies.all", &url)? {
        let one = lua.create_table_with_capacity(0, 8)?;
        one.raw_set("name", lua.create_string(&cookie.name)?)?;
        one.raw_set("value", lua.create_string(&cookie.value)?)?;
        one.raw_set("domain", &*cookie.domain)?;
        one.raw_set("path", lua.create_string(&cookie.path)?)?;
        one.raw_set("host_only", cookie.host_only)?;
        one.raw_set("secure", cookie.secure)?;
        one.raw_set("http_only", cookie.http_only)?;
        #[expect(
            clippy::cast_precision_loss,
            reason = "milliseconds of a date are small"
        )]
        let expires = cookie.expires.map(|at| at as f64 / 1e3);
        one.raw_set("expires", expires)?;
        list.raw_push(one)?;
    }
    Ok(list)
}

/// `set(name, value [, opts])`: as if an answer of the target had set it.
fn set(_: &Lua, (name, value, opts): (Value, Value, Value)) -> mlua::Result<()> {
    const NAME: &str = "http.cookies.set";
    let context = context::need(NAME)?;
    let name = argument::string(NAME, "name", &name)?;
    let value = values::bytes(&value, "http.cookies.set: value")?;
    let opts = argument::optional_table(NAME, "opts", &opts)?;
    let mut url = Value::Nil;
    let (mut domain, mut path) = (Vec::new(), b"/".to_vec());
    let (mut max_age, mut secure, mut http_only) = (None, false, false);
    if let Some(opts) = opts {
        COOKIE_OPTIONS.check("http.cookies.set: opts", &opts)?;
        let text = |key: &str| -> mlua::Result<Option<Vec<u8>>> {
            match opts.get::<Value>(key)? {
                Value::Nil => Ok(None),
                value => {
                    argument::string(NAME, key, &value).map(|text| Some(text.as_bytes().to_vec()))
                }
            }
        };
        let flag = |key: &str| match opts.get::<Value>(key)? {
            Value::Nil => Ok(false),
            Value::Boolean(flag) => Ok(flag),
            other => Err(argument::wrong(NAME, key, &other, "true or false")),
        };
        url = opts.get("url")?;
        domain = text("domain")?.unwrap_or_default();
        path = text("path")?.unwrap_or(path);
        max_age = match opts.get::<Value>("max_age")? {
            Value::Nil => None,
            #[expect(
                clippy::cast_possible_truncation,
                reason = "as many seconds as there are"
            )]
            value => Some(argument::number(NAME, "max_age", &value)?.ceil() as i64),
        };
        secure = flag("secure")?;
        http_only = flag("http_only")?;
    }
    let (origin, target) = place(&context, NAME, &url)?;
    let new = NewCookie {
        name: &name.as_bytes(),
        value: &value,
        domain: &domain,
        path: Some(&path),
        max_age,
        secure,
        http_only,
    };
    let jar = context.user.requester.client.cookies();
    jar.set(&origin, &target, &new).map_err(|why| {
        mlua::Error::runtime(format!(
            "http.cookies.set: the cookie \"{}\" is not accepted for {}: {why}",
            name.to_string_lossy(),
            origin.host()
        ))
    })
}

/// `clear([name])`: forgets the cookies of a name, or all.
fn clear(_: &Lua, name: Value) -> mlua::Result<()> {
    const NAME: &str = "http.cookies.clear";
    let context = context::need(NAME)?;
    let jar = context.user.requester.client.cookies();
    match &name {
        Value::Nil => jar.forget(None),
        name => jar.forget(Some(&argument::string(NAME, "name", name)?.as_bytes())),
    }
    Ok(())
}

fn cookies(function: &str, url: &Value) -> mlua::Result<Vec<Cookie>> {
    let context = context::need(function)?;
    let jar = context.user.requester.client.cookies();
    if url.is_nil() {
        return Ok(jar.cookies(None));
    }
    let (origin, target) = place(&context, function, url)?;
    Ok(jar.cookies(Some((&origin, &target))))
}

/// Where a path, as `http.get` takes it, or a whole URL leads; nil is the base URL.
fn place(context: &Context, function: &str, url: &Value) -> mlua::Result<(Origin, String)> {
    let shard = &context.user.shard;
    let base = &shard.requests.run.base_path;
    let url = match url {
        Value::Nil => format!("{}{base}/", shard.requests.origin),
        given => {
            let given = argument::string(function, "url", given)?.to_string_lossy();
            if given.starts_with('/') {
                format!("{}{base}{given}", shard.requests.origin)
            } else if given.contains("://") {
                given
            } else {
                return Err(mlua::Error::runtime(format!(
                    "{function}: the url \"{given}\" must begin with / or be a full URL"
                )));
            }
        }
    };
    Origin::parse(&url).map_err(|why| mlua::Error::runtime(format!("{function}: {why}")))
}
