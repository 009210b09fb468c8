//! `data`: rows out of files, for users to work with.
//!
//! In: the feed of a file of the bundle, opened while a module loads. Out: its rows, which become Lua tables one by
//! one when a user asks. A file is parsed once a run ([`FeedCache`]), which also knows who holds which row; whose turn it is each
//! shard knows for itself ([`Cursors`]). It never knows where the bundle is kept.
//!
//! What a script sees: `data.csv(path)` (with `{ separator = ";" }` for another than the comma), `data.json(path)`, `data.jsonl(path)`, `data.text(path)` (paths are relative to the script folder); of a feed `len()`,
//! `get(i)` (from 1), `pick()` (any), `next()` (in turn, over the rows of this shard) and `take()` (a row that no other
//! user of the run has until this session ends; `nil` when none is free).

pub use crate::script::feed::Cursors;
pub use crate::script::feed::FeedCache;
pub use crate::script::feed::Lease;
pub use crate::script::feed::{Feed, FeedError, Kind};

use std::path::{Component, Path};
use std::rc::Rc;
use std::sync::Arc;

use mlua::{Error, Lua, Result, Table, UserData, UserDataMethods, UserDataRef, Value};

use super::random::Source;
use super::signature::{
    Field, Function, Namespace, Object, Options, Registration, Returned, method, optional,
    required, returned, waiting_method,
};
use super::{argument, json};
use crate::script::feed::Cursor;
use crate::script::feed::FileVersion;

/// The user at work, as feeds need it.
pub trait Holder: Source {
    /// Keeps a lease until the user's session ends; `None` while no user is at work.
    fn hold(lease: Lease) -> Option<()>;
}

/// The feed of a file, by its path relative to the script folder; or what is wrong, in words that follow the path.
pub type Open = dyn Fn(&str, Kind) -> std::result::Result<Arc<Feed>, String>;

/// What the table needs of the host.
#[derive(Clone)]
pub struct FeedSources {
    /// The files of the bundle that loads.
    pub open: Rc<Open>,
    /// One for the run.
    pub cache: Arc<FeedCache>,
    /// One for the shard: all its VMs, of every type and version.
    pub cursors: Rc<Cursors>,
}

/// The parameter of both readers.
const FILE: Field = required("path", "string").doc("Relative to the script folder.");
const CSV: Function = Function::new("data", "csv", "The rows of a CSV file.")
    .takes(&[
        FILE,
        optional("opts", "CsvOptions").doc("The format of the file."),
    ])
    .returns(&[returned(
        "Feed",
        "Tables of strings, by the columns that the first line names.",
    )])
    .fails(
        "An error in a step, and when it cannot be read or a row has another number of fields than \
         the first line.",
    )
    .example(include_str!("examples/data.csv.lua"));
const JSON: Function = Function::new("data", "json", "The elements of an array in a JSON file.")
    .takes(&[FILE])
    .returns(&[returned(
        "Feed",
        "The elements, as `json.decode` gives them.",
    )])
    .fails("An error in a step, and when it cannot be read or is not an array.")
    .example(include_str!("examples/data.json.lua"));
const JSONL: Function = Function::new("data", "jsonl", "The JSON values on the lines of a file.")
    .takes(&[FILE])
    .returns(&[returned(
        "Feed",
        "A value of each line; blank lines are skipped.",
    )])
    .fails("An error in a step, and when it cannot be read or a line is not JSON.")
    .example(include_str!("examples/data.jsonl.lua"));
const TEXT: Function = Function::new("data", "text", "The text of a file.")
    .takes(&[FILE])
    .returns(&[returned("string", "All of it, in UTF-8.")])
    .fails("An error in a step, and when it cannot be read or is not UTF-8.")
    .example(include_str!("examples/data.text.lua"));

/// `data`.
pub const TABLE: Namespace = Namespace {
    name: "data",
    doc: "Rows of data files, read while the script loads.",
    functions: &[&CSV, &JSON, &JSONL, &TEXT],
    values: &[],
};

/// What [`CSV`] takes beside the path.
pub const OPTIONS: Options = Options {
    kind: "CsvOptions",
    doc: "The format of a CSV file.",
    fields: &[optional("separator", "string")
        .doc("The ASCII character between fields.")
        .or("\",\"")],
    example: include_str!("examples/CsvOptions.lua"),
};

/// What a row is.
const ROW: Returned = returned("any", "The row: of CSV a table of strings by column.");
const LEN: Function = Function::method("feed", "len", "How many rows there are.")
    .returns(&[returned("integer", "The number of rows.").unitless()])
    .example(include_str!("examples/feed.len.lua"));
const GET: Function = Function::method("feed", "get", "A row by its place.")
    .takes(&[required("i", "integer")
        .doc("Its place, from 1.")
        .unitless()])
    .returns(&[ROW])
    .fails("nil past the end.")
    .example(include_str!("examples/feed.get.lua"));
const PICK: Function = Function::method("feed", "pick", "A random row.")
    .returns(&[ROW])
    .fails("nil when the file has no rows; an error while a file loads.")
    .example(include_str!("examples/feed.pick.lua"));
const NEXT: Function = Function::method(
    "feed",
    "next",
    "The next row in turn, of those of the user's thread; after the last the first again.",
)
.returns(&[ROW])
.fails("nil when the file has no rows.")
.example(include_str!("examples/feed.next.lua"));
const TAKE: Function = Function::method(
    "feed",
    "take",
    "A row that no other user of the run has until this session ends. On several machines the user \
     may wait for it.",
)
.returns(&[ROW])
.fails("nil when none is free; an error while a file loads.")
.example(include_str!("examples/feed.take.lua"));

/// What the functions of `data` return.
pub const FEED: Object = Object {
    kind: "Feed",
    name: "feed",
    doc: "The rows of a file.",
    fields: &[],
    methods: &[&LEN, &GET, &PICK, &NEXT, &TAKE],
    example: "",
};

/// The table `data`.
///
/// # Errors
/// When the VM has no memory left.
pub fn table<H: Holder>(lua: &Lua, feed_sources: &FeedSources) -> Result<Table> {
    let data = Registration::new(lua, &TABLE)?;
    let kinds = [
        (&CSV, Kind::Csv),
        (&JSON, Kind::Json),
        (&JSONL, Kind::JsonLines),
    ];
    for (described, kind) in kinds {
        let (function, feed_sources) = (described.path(), feed_sources.clone());
        data.function(described, move |_, (path, opts): (Value, Value)| {
            let kind = match kind {
                Kind::Csv => separated(&function, &opts)?,
                other => other,
            };
            let (path, feed) = open::<H>(&feed_sources, &function, &path, kind)?;
            let cursor = feed_sources.cursors.cursor(&feed);
            // The same file, however its path is written.
            let path: std::path::PathBuf = Path::new(&path)
                .components()
                .filter(|part| *part != Component::CurDir)
                .collect();
            let version = feed_sources
                .cache
                .leases
                .open(&path.to_string_lossy(), &feed);
            Ok(Handle::<H> {
                feed,
                cursor,
                version,
                holder: std::marker::PhantomData,
            })
        })?;
    }
    let feed_sources = feed_sources.clone();
    data.function(&TEXT, move |lua, path: Value| {
        let (_, feed) = open::<H>(&feed_sources, "data.text", &path, Kind::Text)?;
        lua.create_string(feed.field(0))
    })?;
    data.finish()
}

/// Opens a file of the bundle; gives its path, too.
fn open<H: Holder>(
    feed_sources: &FeedSources,
    function: &str,
    path: &Value,
    kind: Kind,
) -> Result<(String, Arc<Feed>)> {
    let path = argument::string(function, "path", path)?.to_string_lossy();
    let failed = |words: String| Error::runtime(format!("{function}: {path}{words}"));
    if H::with(|_, _| ()).is_some() {
        return Err(Error::runtime(format!(
            "{function} can be called only while the module loads (at its top level), not while a \
             user runs"
        )));
    }
    let inside = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    if !Path::new(&path).components().all(inside) {
        return Err(failed(" leads out of the script folder".to_owned()));
    }
    let feed = (feed_sources.open)(&path, kind).map_err(failed)?;
    Ok((path, feed))
}

/// The form of a CSV file by its options.
fn separated(function: &str, opts: &Value) -> Result<Kind> {
    let wrong = || {
        Error::runtime(format!(
            "{function}: the options are {{ separator = \";\" }}, with one ASCII character that is \
             no quote and no line end"
        ))
    };
    if opts.is_nil() {
        return Ok(Kind::Csv);
    }
    let opts = opts.as_table().ok_or_else(wrong)?;
    let mut kind = Kind::Csv;
    for pair in opts.pairs::<Value, Value>() {
        let (key, value) = pair?;
        let named = key
            .as_string()
            .is_some_and(|key| OPTIONS.has(&key.to_string_lossy()));
        let bytes = value.as_string().map(|value| value.as_bytes().to_vec());
        kind = match bytes.as_deref() {
            Some(b",") if named => Kind::Csv,
            Some([byte]) if named && byte.is_ascii() && !b"\"\r\n\0".contains(byte) => {
                Kind::Separated(*byte)
            }
            _ => return Err(wrong()),
        };
    }
    Ok(kind)
}

/// A feed in a VM.
struct Handle<H> {
    feed: Arc<Feed>,
    cursor: Rc<Cursor>,
    version: Arc<FileVersion>,
    holder: std::marker::PhantomData<H>,
}

impl<H: Holder> UserData for Handle<H> {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        method(methods, &LEN, |_, handle: &Self, ()| Ok(handle.feed.len()));
        method(methods, &GET, |lua, handle: &Self, index: Value| {
            let index = argument::integer("feed:get", "i", &index)?;
            let row = usize::try_from(index)
                .ok()
                .and_then(|index| index.checked_sub(1));
            handle.row(lua, row)
        });
        method(methods, &PICK, |lua, handle: &Self, ()| {
            let row = H::with(|stream, _| stream.index(handle.feed.len()));
            handle.row(lua, row.ok_or_else(|| no_user("feed:pick"))?)
        });
        method(methods, &NEXT, |lua, handle: &Self, ()| {
            handle.row(lua, handle.cursor.turn())
        });
        waiting_method(
            methods,
            &TAKE,
            |lua, handle: UserDataRef<Self>, ()| async move {
                if H::with(|_, _| ()).is_none() {
                    return Err(no_user("feed:take"));
                }
                let version = Arc::clone(&handle.version);
                let Some(lease) = FileVersion::take(version).await else {
                    return Ok(Value::Nil);
                };
                let row = lease.row();
                H::hold(lease).ok_or_else(|| no_user("feed:take"))?;
                handle.row(&lua, Some(row))
            },
        );
    }
}

impl<H> Handle<H> {
    fn row(&self, lua: &Lua, row: Option<usize>) -> Result<Value> {
        row.map_or(Ok(Value::Nil), |row| row_to_lua(lua, &self.feed, row))
    }
}

fn no_user(function: &str) -> Error {
    Error::runtime(format!(
        "{function} can be called only while a user runs (in a step, on_start or on_stop), not \
         when the module loads"
    ))
}

/// A row (from 0) as a Lua value: of CSV a table of strings by column, of JSON the element; nil behind the end.
///
/// # Errors
/// When the VM has no memory left.
pub fn row_to_lua(lua: &Lua, feed: &Feed, row: usize) -> Result<Value> {
    if row >= feed.len() {
        return Ok(Value::Nil);
    }
    if matches!(feed.kind(), Kind::Json | Kind::JsonLines) {
        return json::to_lua(lua, feed.field(row).as_bytes());
    }
    let table = lua.create_table_with_capacity(0, feed.names().len())?;
    for (column, name) in feed.names().iter().enumerate() {
        table.raw_set(&**name, feed.field(row * feed.names().len() + column))?;
    }
    Ok(Value::Table(table))
}
