//! The globals of a new VM: all that throng gives to a script.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use mlua::{Lua, Table, Value};

use super::resources::VmResources;
use crate::plan::Setting;
use crate::script::api::current_user::CurrentUser;
use crate::script::api::{
    ModuleDeclarations, auth, crowd, crypto, data, http, journey, json, log, metrics, parallel,
    random, require, think, time, vars,
};
use crate::script::feed::Cursors;
use crate::script::shard_context::ScriptConfig;
use crate::script::source::bundle::Bundle;
use crate::script::user::context;
use crate::script::vm::{compile, sandbox};
use crate::text::did_you_mean;

/// The module that holds the rates of deliberate mistakes.
const MISTAKES: &str = "mistakes";
/// No kind of mistake happens more often than this, whatever `--error-rate` says: some calls must succeed.
const MOST_MISTAKES: f64 = 0.95;

/// Puts every table and function into the VM, then narrows Lua's own library.
///
/// # Errors
/// When Lua has no memory left.
pub fn install(
    lua: &Lua,
    bundle: &Arc<Bundle>,
    script_config: &ScriptConfig,
    declared: &Rc<ModuleDeclarations>,
    resources: &VmResources,
) -> mlua::Result<()> {
    let globals = lua.globals();
    let responses = http::ResponseTables::new(lua)?;
    let writer = log::LogWriter {
        secrets: Arc::clone(&script_config.run.secrets),
        rate: Rc::clone(&resources.log_rate),
    };
    globals.set("http", http::table(lua, &responses, declared)?)?;
    globals.set("auth", auth::table(lua, &responses, declared)?)?;
    globals.set("random", random_table(lua, script_config, declared)?)?;
    globals.set("metrics", metrics::table(lua, declared)?)?;
    globals.set("journey", journey::table(lua)?)?;
    globals.set("parallel", parallel::function(lua)?)?;
    globals.set("think", think::function(lua)?)?;
    globals.set("json", json::table(lua)?)?;
    globals.set("log", log::table(lua, &writer)?)?;
    globals.set("vars", vars::table(lua, &script_config.vars)?)?;
    globals.set("require", require::function(lua, bundle)?)?;
    globals.set("crypto", crypto::table(lua)?)?;
    globals.set(
        "time",
        time::table(lua, &time::TimeSource::of(script_config.run.clock))?,
    )?;
    globals.set(
        "data",
        data::table::<CurrentUser>(lua, &feed_sources(bundle, declared, &resources.cursors))?,
    )?;
    for name in [
        "http", "auth", "random", "metrics", "journey", "json", "log", "crypto", "time", "data",
    ] {
        name_functions(lua, name, &globals.get(name)?)?;
    }
    journey::make_callable(lua, &globals.get("journey")?)?;
    let cookies: Table = globals.get::<Table>("http")?.get("cookies")?;
    name_functions(lua, "http.cookies", &cookies)?;
    let math: Table = globals.get("math")?;
    math.set("random", random::math_random::<CurrentUser>(lua)?)?;
    math.set("randomseed", random::math_randomseed(lua)?)?;
    globals.set("crowd", crowd::value(lua, script_config.crowd.as_deref())?)?;
    load_mistakes(lua, bundle, declared)?;
    let print = lua.create_function(move |_, words: Table| log::print(&words, &writer))?;
    sandbox::narrow(lua, print)
}

/// Makes a misspelt function of a table say which there are.
///
/// # Errors
/// When Lua has no memory left.
pub fn name_functions(lua: &Lua, name: &'static str, table: &Table) -> mlua::Result<()> {
    let meta = lua.create_table()?;
    meta.raw_set(
        "__index",
        lua.create_function(
            move |_, (table, key): (Table, Value)| -> mlua::Result<Value> {
                let mut known = Vec::new();
                for pair in table.pairs::<String, Value>() {
                    known.push(pair?.0);
                }
                known.sort();
                let key = key.to_string()?;
                let meant = did_you_mean(&key, known.iter().map(String::as_str));
                let known = known.join(", ");
                Err(mlua::Error::runtime(format!(
                    "{name} has no '{key}'; there are: {known}{meant}"
                )))
            },
        )?,
    )?;
    meta.raw_set("__metatable", name)?;
    table.set_metatable(Some(meta))
}

fn feed_sources(
    bundle: &Arc<Bundle>,
    declared: &Rc<ModuleDeclarations>,
    cursors: &Rc<Cursors>,
) -> data::FeedSources {
    let (bundle, declared) = (Arc::clone(bundle), Rc::clone(declared));
    let cache = Arc::clone(&bundle.feeds.cache);
    data::FeedSources {
        open: Rc::new(move |path: &str, kind| {
            declared.files.borrow_mut().insert((path.to_owned(), kind));
            bundle.feed(path, kind)
        }),
        cache,
        cursors: Rc::clone(cursors),
    }
}

/// A mistake comes before the right call and not in its place, so a given share of all requests is met by as many
/// mistakes for each right call: 15 % are 15 to 85.
fn odds(per_cent: f64) -> f64 {
    per_cent / (100.0 - per_cent).max(f64::MIN_POSITIVE)
}

fn random_table(
    lua: &Lua,
    script_config: &ScriptConfig,
    declared: &Rc<ModuleDeclarations>,
) -> mlua::Result<Table> {
    let declared = Rc::clone(declared);
    random::table::<CurrentUser>(lua, script_config.locale, move |kind| {
        let mistakes = declared.mistakes.borrow();
        let Some((nominal, rates)) = &*mistakes else {
            return Err(mlua::Error::runtime(
                "random.mistake: there is no module 'mistakes' with the rates; see lib/mistakes.lua",
            ));
        };
        let Some(rate) = rates.get(kind) else {
            let kinds: Vec<&str> = rates.keys().map(String::as_str).collect();
            return Err(mlua::Error::runtime(format!(
                "random.mistake: lib/mistakes.lua has no kind '{kind}'; there are: {}",
                kinds.join(", ")
            )));
        };
        let context = context::need("random.mistake")?;
        let error_rate = context.user.shard.setting(Setting::ErrorRate);
        let rate = (rate * odds(error_rate) / odds(*nominal)).min(MOST_MISTAKES);
        Ok(context.stream.borrow_mut().chance(rate))
    })
}

/// Reads `lib/mistakes.lua`: `{ nominal = 15, kinds = { not_found = 0.15, ... } }`.
fn load_mistakes(lua: &Lua, bundle: &Bundle, declared: &ModuleDeclarations) -> mlua::Result<()> {
    let Some(source) = bundle.module(MISTAKES) else {
        return Ok(());
    };
    let table: Table = compile::chunk(lua, source)?.call(())?;
    let wrong = || {
        mlua::Error::runtime(format!(
            "{}: returns {{ nominal = 15, kinds = {{ not_found = 0.15 }} }}",
            source.path
        ))
    };
    let nominal: f64 = table
        .get::<Option<f64>>("nominal")?
        .filter(|nominal| *nominal > 0.0)
        .ok_or_else(wrong)?;
    let mut kinds = BTreeMap::new();
    for pair in table
        .get::<Option<Table>>("kinds")?
        .ok_or_else(wrong)?
        .pairs::<String, Value>()
    {
        let (kind, rate) = pair?;
        let rate = rate
            .as_f64()
            .or_else(|| rate.as_i64().map(|whole| whole as f64))
            .filter(|rate| (0.0..=1.0).contains(rate));
        kinds.insert(kind, rate.ok_or_else(wrong)?);
    }
    *declared.mistakes.borrow_mut() = Some((nominal, kinds));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::odds;

    #[test]
    fn twice_the_share_takes_more_than_twice_the_mistakes() {
        // 30 in 100 are 30 beside 70, 15 in 100 are 15 beside 85.
        assert!((odds(30.0) / odds(15.0) - (30.0 / 70.0) / (15.0 / 85.0)).abs() < 1e-12);
        assert!(odds(0.0).abs() < f64::EPSILON);
        assert!(odds(100.0) > 1e300);
    }
}
