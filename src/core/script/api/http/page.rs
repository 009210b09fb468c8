//! `http.page(path)`: a page with its assets, as a browser loads it.

use std::rc::Rc;
use std::time::Duration;

use ::http::Method;
use mlua::{Lua, Table, Value};

use super::call_signature::{OPTS, PATH};
use super::prepare::prepare;
use super::response::ResponseTables;
use crate::request::{AssetsLoaded, Reply, load_assets};
use crate::script::api::signature::{Function, Object, Registration, optional, required, returned};
use crate::script::api::{ModuleDeclarations, argument};

pub const PAGE: Function = Function::new(
    "http",
    "page",
    "Loads a page with its images, scripts and style sheets, six at a time, as a browser with a \
     cache does. Assets on other origins are left alone, but for the hosts named.",
)
.takes(&[
    PATH,
    OPTS,
    optional("hosts", "string[]")
        .doc("Other hosts whose assets are loaded, such as \"cdn.example.com\"."),
])
.returns(&[
    returned("Response", "That of the page itself."),
    returned("PageAssets", "What became of its assets."),
])
.fails("A page or an asset that does not come is not raised: see the response and `assets.failed`.")
.waits()
.example(include_str!("../examples/http.page.lua"));
/// What [`PAGE`] says of the assets.
pub const ASSETS: Object = Object {
    kind: "PageAssets",
    name: "assets",
    doc: "What became of the assets of a page.",
    fields: &[
        required("loaded", "integer")
            .doc("How many came.")
            .unitless(),
        required("revalidated", "integer")
            .doc("How many the cache had, and the target confirmed with a 304.")
            .unitless(),
        required("cached", "integer")
            .doc("How many the cache had, without a request.")
            .unitless(),
        required("failed", "integer")
            .doc("How many did not come: no response, or a status from 400 up.")
            .unitless(),
        required("foreign", "integer")
            .doc("How many are on other origins, and were not loaded.")
            .unitless(),
        required("bytes", "integer")
            .doc("The size of those that came.")
            .unit("bytes"),
        required("duration", "number")
            .doc("From the request of the page to the last asset.")
            .unit("s"),
    ],
    methods: &[],
    example: include_str!("../examples/PageAssets.lua"),
};

/// Adds the function.
///
/// # Errors
/// When Lua has no memory left.
pub fn add(
    table: &Registration<'_>,
    responses: &ResponseTables,
    declared: &Rc<ModuleDeclarations>,
) -> mlua::Result<()> {
    let (responses, declared) = (responses.clone(), Rc::clone(declared));
    table.waiting(
        &PAGE,
        move |lua, (path, opts, hosts): (Value, Value, Value)| {
            let prepared = read_hosts(&hosts).and_then(|hosts| {
                let prepared = prepare("http.page", Method::GET, &path, &opts, &declared)?;
                Ok((prepared, hosts))
            });
            let responses = responses.clone();
            async move {
                let ((context, call), hosts) = prepared?;
                let reply = Box::pin(context.send(call)).await;
                let (mut assets, mut took) = (AssetsLoaded::default(), Duration::ZERO);
                if let Reply::Response(page) = &reply {
                    let user = &context.user;
                    let cancel = user.cancel_token();
                    let loading = load_assets(&user.requester, page, &hosts, cancel);
                    assets = match Box::pin(loading).await {
                        Ok(assets) => assets,
                        Err(cancelled) => user.leave(cancelled).await,
                    };
                    took = page.timings.service();
                }
                let response = responses.table(&context, reply)?;
                Ok((response, to_lua(&lua, assets, took)?))
            }
        },
    )
}

fn read_hosts(hosts: &Value) -> mlua::Result<Vec<String>> {
    let Some(list) = argument::optional_table("http.page", "hosts", hosts)? else {
        return Ok(Vec::new());
    };
    let mut hosts = Vec::new();
    for host in list.sequence_values::<Value>() {
        let name = format!("hosts[{}]", hosts.len() + 1);
        let host = argument::string("http.page", &name, &host?)?.to_string_lossy();
        if host.contains(['/', ':']) {
            return Err(mlua::Error::runtime(format!(
                "http.page: {name} is \"{host}\"; write the host alone, such as \"cdn.example.com\""
            )));
        }
        hosts.push(host);
    }
    Ok(hosts)
}

fn to_lua(lua: &Lua, assets: AssetsLoaded, page: Duration) -> mlua::Result<Table> {
    let table = lua.create_table_with_capacity(0, ASSETS.fields.len())?;
    table.raw_set("loaded", assets.loaded)?;
    table.raw_set("revalidated", assets.revalidated)?;
    table.raw_set("cached", assets.cached)?;
    table.raw_set("failed", assets.failed)?;
    table.raw_set("foreign", assets.foreign)?;
    table.raw_set("bytes", assets.bytes)?;
    table.raw_set("duration", (page + assets.took).as_secs_f64())?;
    Ok(table)
}
