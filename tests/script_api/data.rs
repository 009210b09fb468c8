use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use mlua::Lua;
use throng::random::{Purpose, Stream};
use throng::script::api::data::{self, Cursors, Feed, FeedCache, FeedSources, Holder, Kind, Lease};
use throng::script::api::random::{Identity, Source};

use super::raised;

/// The user of the present test, with the leases of the session.
struct User {
    stream: Stream,
    identity: Identity,
    leases: Vec<Lease>,
}

thread_local! {
    static USER: RefCell<Option<User>> = const { RefCell::new(None) };
}

struct Present;

impl Source for Present {
    fn with<R>(act: impl FnOnce(&mut Stream, &Identity) -> R) -> Option<R> {
        USER.with_borrow_mut(|user| {
            user.as_mut()
                .map(|user| act(&mut user.stream, &user.identity))
        })
    }
}

impl Holder for Present {
    fn hold(lease: Lease) -> Option<()> {
        USER.with_borrow_mut(|user| user.as_mut().map(|user| user.leases.push(lease)))
    }
}

fn arrive() {
    let stream = Stream::new(1, 1, Purpose::Data);
    let identity = Identity::new(Rc::from("k7f2"), 1);
    USER.set(Some(User {
        stream,
        identity,
        leases: Vec::new(),
    }));
}

const PEOPLE: &str = "name,city,zip\nAda,London,01234\nBo,\"New, \
                      York\",00501\nCé,Wien,1010\nDi,Rome,00118\nEd,Oslo,0150\n";
const ITEMS: &str = r#"[{"id": 1, "tags": []}, {"id": 2, "tags": ["x"]}, "three", [4], null]"#;

fn feed_sources(shard: u32, shards: u32, cache: &Arc<FeedCache>) -> FeedSources {
    let (cache, books) = (Arc::clone(cache), Arc::clone(cache));
    let open = move |path: &str, kind: Kind| -> Result<Arc<Feed>, String> {
        let bytes: &[u8] = match path {
            "people.csv" | "copy/people.csv" => PEOPLE.as_bytes(),
            "items.json" => ITEMS.as_bytes(),
            "bom.csv" => b"\xef\xbb\xbfa\n1\n",
            "header.csv" => b"a,b\n",
            "empty.csv" => b"",
            "short.csv" => b"a,b,c\n1,2,3\n4,5\n",
            "quoted.csv" => b"a,b\n\"two\nlines\",1\n1,2,3\n",
            "twice.csv" => b"a,b,a\n",
            "semicolons.csv" => b"a;b\n1;2,5\n",
            "unnamed.csv" => b"a,,c\n",
            "object.json" => b"{}",
            "lines.jsonl" => {
                b"\xef\xbb\xbf{\"id\": 18446744073709551615}\r\n\n  [1, \"x\"]\n\"\\ud83d\""
            }
            "broken.jsonl" => b"{}\n{\n",
            "note.txt" => b"two\nlines\n",
            "latin.txt" => b"a\xe9",
            "empty.txt" => b"",
            "broken.json" => b"[1,\n2,\n}",
            "latin.csv" => b"a,b\nx,y\n\xe9,z\n",
            other => return Err(format!(": no such file in the bundle ({other})")),
        };
        let feed = cache.feed(kind, bytes);
        feed.map_err(|fault| fault.to_string())
    };
    FeedSources {
        open: Rc::new(open),
        cache: books,
        cursors: Rc::new(Cursors::new(shard, shards)),
    }
}

fn vm(feed_sources: &FeedSources) -> Lua {
    let lua = Lua::new();
    lua.globals()
        .set("data", data::table::<Present>(&lua, feed_sources).unwrap())
        .unwrap();
    lua
}

fn alone() -> Lua {
    USER.set(None);
    vm(&feed_sources(0, 1, &Arc::default()))
}

/// A VM that has loaded `people` and `items`, with a user at work.
fn loaded(feed_sources: &FeedSources) -> Lua {
    USER.set(None);
    let lua = vm(feed_sources);
    lua.load("people = data.csv('people.csv') items = data.json('items.json')")
        .exec()
        .unwrap();
    arrive();
    lua
}

fn all(lua: &Lua, chunk: &str) -> Vec<Option<String>> {
    lua.load(chunk)
        .eval::<HashMap<usize, String>>()
        .map_or_else(
            |error| panic!("{error}"),
            |map| {
                (1..=map.keys().max().copied().unwrap_or(0))
                    .map(|i| map.get(&i).cloned())
                    .collect()
            },
        )
}

#[test]
fn rows_become_tables() {
    let lua = loaded(&feed_sources(0, 1, &Arc::default()));
    let chunk = r#"
        assert(people:len() == 5 and items:len() == 5)
        local bo = people:get(2)
        assert(bo.name == "Bo" and bo.city == "New, York" and bo.zip == "00501", "fields are strings")
        assert(people:get(3).name == "Cé")
        assert(people:get(0) == nil and people:get(6) == nil and people:get(-1) == nil)
        assert(math.type(items:get(1).id) == "integer" and #items:get(2).tags == 1)
        assert(items:get(3) == "three" and items:get(4)[1] == 4)
        bo.name = "changed"
        assert(people:get(2).name == "Bo", "each call gives a table of its own")
        local seen = {}
        for _ = 1, 200 do seen[people:pick().name] = true end
        for i = 1, 5 do assert(seen[people:get(i).name]) end
    "#;
    lua.load(chunk).exec().unwrap();
}

#[test]
fn a_header_alone_is_a_feed_without_rows() {
    let lua = alone();
    lua.load("f = data.csv('header.csv') g = data.csv('bom.csv')")
        .exec()
        .unwrap();
    arrive();
    lua.load("assert(f:len() == 0 and f:pick() == nil and f:next() == nil and f:take() == nil)")
        .exec()
        .unwrap();
    lua.load("assert(g:get(1).a == '1')").exec().unwrap();
}

#[test]
fn next_goes_round_the_rows_of_the_shard() {
    let cache = Arc::default();
    let names = |shard| {
        let lua = loaded(&feed_sources(shard, 2, &cache));
        all(
            &lua,
            "local t = {} for i = 1, 6 do t[i] = people:next().name end return t",
        )
        .concat_all()
    };
    assert_eq!(names(0), "Ada Cé Ed Ada Cé Ed");
    assert_eq!(names(1), "Bo Di Bo Di Bo Di");
    // More shards than rows: the last ones share.
    let lua = loaded(&feed_sources(7, 8, &cache));
    let names = all(
        &lua,
        "local t = {} for i = 1, 5 do t[i] = people:next().name end return t",
    )
    .concat_all();
    assert_eq!(names, "Cé Di Ed Ada Bo");
}

trait ConcatAll {
    fn concat_all(&self) -> String;
}

impl ConcatAll for Vec<Option<String>> {
    fn concat_all(&self) -> String {
        self.iter()
            .map(|name| name.as_deref().unwrap_or("-"))
            .collect::<Vec<_>>()
            .join(" ")
    }
}

const TAKE: &str =
    "local t = {} for i = 1, 9 do local row = people:take() t[i] = row and row.name end return t";

#[test]
fn take_gives_a_row_to_one_user_until_the_session_ends() {
    let feed_sources = feed_sources(0, 1, &Arc::default());
    let first = loaded(&feed_sources);
    let take = "local t = {} for i = 1, 3 do t[i] = people:take().name end return t";
    assert_eq!(all(&first, take).concat_all(), "Ada Bo Cé");
    // Another VM of the shard, the same rows by another path: the same book.
    USER.with_borrow_mut(|user| user.as_mut().unwrap().leases.remove(1));
    let leases = USER.take();
    let second = vm(&feed_sources);
    second
        .load("people = data.csv('copy/people.csv')")
        .exec()
        .unwrap();
    arrive();
    assert_eq!(
        all(&second, TAKE).concat_all(),
        "Di Ed Bo",
        "those that were never taken, then what came back"
    );
    drop(leases);
    assert_eq!(
        all(&second, TAKE).concat_all(),
        "Ada Cé",
        "the end of the first session"
    );
}

#[test]
fn whoever_asks_first_has_the_row_on_any_number_of_threads() {
    let cache: Arc<FeedCache> = Arc::default();
    let taken: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|shard| {
                let cache = Arc::clone(&cache);
                scope.spawn(move || {
                    let lua = loaded(&feed_sources(shard, 4, &cache));
                    // Users of one thread only: it has all rows.
                    let names = if shard == 3 {
                        all(&lua, TAKE)
                    } else {
                        Vec::new()
                    };
                    let leases = USER.take();
                    (names, leases.map(|user| user.leases.len()))
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap().0)
            .flatten()
            .collect()
    });
    assert_eq!(taken, ["Ada", "Bo", "Cé", "Di", "Ed"]);
    // All came back with the threads; now eight ask at once, for a row each, again and again.
    let counts: Vec<usize> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|shard| {
                let cache = Arc::clone(&cache);
                scope.spawn(move || {
                    let lua = loaded(&feed_sources(shard, 8, &cache));
                    let take = "local row = people:take() return row and 1 or 0";
                    let mut most = 0;
                    for _ in 0..50 {
                        most += lua.load(take).eval::<usize>().unwrap();
                        arrive();
                    }
                    most
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert!(counts.iter().sum::<usize>() >= 50, "{counts:?}");
    let lua = loaded(&feed_sources(0, 1, &cache));
    let mut names = all(&lua, TAKE);
    names.sort();
    assert_eq!(names.concat_all(), "Ada Bo Cé Di Ed", "no row is lost");
}

/// Feeds of which `people.csv` is what stands here now.
fn edited(text: &'static str, cache: &Arc<FeedCache>) -> FeedSources {
    let feeds = Arc::clone(cache);
    let open = move |_: &str, kind: Kind| {
        let feed = feeds.feed(kind, text.as_bytes());
        feed.map_err(|fault| fault.to_string())
    };
    FeedSources {
        open: Rc::new(open),
        cache: Arc::clone(cache),
        cursors: Rc::new(Cursors::new(0, 1)),
    }
}

fn reading(feed_sources: &FeedSources) -> Lua {
    USER.set(None);
    let lua = vm(feed_sources);
    lua.load("people = data.csv('people.csv')").exec().unwrap();
    arrive();
    lua
}

#[test]
fn a_row_that_is_held_is_not_given_again_when_the_file_is_edited() {
    let cache: Arc<FeedCache> = Arc::default();
    let old = reading(&edited(
        "name,city\nAda,Rome\nBo,Oslo\nBo,Oslo\nCy,Wien\n",
        &cache,
    ));
    let take = "return people:take().name .. ' ' .. people:take().name";
    assert_eq!(old.load(take).eval::<String>().unwrap(), "Ada Bo");
    let leases = USER.take();
    // A row more, one changed, the columns in another order, and the file has another path by its dots.
    let text = "city,name\nOslo,Bo\nRom,Ada\nRome,Ada\nOslo,Bo\nParis,Di\nWien,Cy\n";
    let new = reading(&edited(text, &cache));
    let rest = all(&new, TAKE);
    assert_eq!(
        rest.concat_all(),
        "Ada Bo Di Cy",
        "one Bo is held, the Ada of Rome too; the one of Rom is new"
    );
    let taken = USER.take();
    // Users of the old file find what is free of it, and that is nothing: the second Bo and Cy are held by the others.
    arrive();
    assert_eq!(all(&old, TAKE).concat_all(), "");
    USER.set(None);
    drop(leases);
    arrive();
    assert_eq!(
        all(&new, TAKE).concat_all(),
        "Ada Bo",
        "what came back of the old file"
    );
    let back = USER.take();
    drop((taken, back));
    arrive();
    let mut names = all(&old, TAKE);
    names.sort();
    assert_eq!(names.concat_all(), "Ada Bo Bo Cy");
    USER.set(None);
    // When nobody reads or holds the old one, the new one goes on alone.
    drop(old);
    arrive();
    assert_eq!(all(&new, TAKE).len(), 6);
}

#[test]
fn an_edit_back_and_forth_keeps_the_books() {
    let cache: Arc<FeedCache> = Arc::default();
    let one = reading(&edited("name\na\nb\n", &cache));
    let take = "local row = people:take() return row and row.name";
    assert_eq!(
        one.load(take).eval::<Option<String>>().unwrap().as_deref(),
        Some("a")
    );
    let held = USER.take();
    let two = reading(&edited("name\na\nb\nc\n", &cache));
    drop(one);
    let three = reading(&edited("name\na\nb\n", &cache));
    assert_eq!(
        three
            .load(take)
            .eval::<Option<String>>()
            .unwrap()
            .as_deref(),
        Some("b")
    );
    assert_eq!(three.load(take).eval::<Option<String>>().unwrap(), None);
    assert_eq!(
        two.load(take).eval::<Option<String>>().unwrap().as_deref(),
        Some("c")
    );
    assert_eq!(two.load(take).eval::<Option<String>>().unwrap(), None);
    drop(held);
    assert_eq!(
        two.load(take).eval::<Option<String>>().unwrap().as_deref(),
        Some("a")
    );
}

#[test]
fn a_json_file_keeps_digits_and_leaves_out_a_byte_order_mark() {
    let cache = FeedCache::default();
    let text = b"\xef\xbb\xbf[ {\"id\": 18446744073709551616, \"f\": 1e20}, \
                 [12345678901234567890123], \"\\ud800\", 3 ,\n null ]";
    let feed = cache.feed(Kind::Json, text).unwrap();
    let lua = Lua::new();
    let row =
        |row| throng::script::api::json::to_bytes(&data::row_to_lua(&lua, &feed, row).unwrap());
    let rows: Vec<String> = (0..feed.len())
        .map(|at| String::from_utf8(row(at).unwrap()).unwrap())
        .collect();
    assert_eq!(
        rows,
        [
            "{\"f\":1e+20,\"id\":18446744073709551616}",
            "[12345678901234567890123]",
            "\"\u{fffd}\"",
            "3",
            "null"
        ]
    );
    assert!(cache.feed(Kind::Json, b"[]").unwrap().is_empty());
}

#[test]
fn a_feed_is_parsed_once_and_freed_with_its_last_user() {
    let cache = Arc::new(FeedCache::default());
    let one = cache.feed(data::Kind::Csv, PEOPLE.as_bytes()).unwrap();
    let two = cache.feed(data::Kind::Csv, PEOPLE.as_bytes()).unwrap();
    assert!(Arc::ptr_eq(&one, &two));
    let other = cache.feed(data::Kind::Csv, b"a\n1\n").unwrap();
    assert_eq!((one.len(), other.len()), (5, 1));
    let weak = Arc::downgrade(&one);
    drop((one, two));
    assert!(weak.upgrade().is_none());
}

#[test]
fn bad_files_are_named_with_the_line() {
    let lua = alone();
    for (call, words) in [
        (
            "data.csv('empty.csv')",
            "data.csv: empty.csv is empty, a header row was expected",
        ),
        (
            "data.csv('short.csv')",
            "data.csv: short.csv line 3 has 2 fields, the header has 3",
        ),
        (
            "data.csv('quoted.csv')",
            "data.csv: quoted.csv line 4 has 3 fields, the header has 2",
        ),
        (
            "data.csv('semicolons.csv')",
            "data.csv: semicolons.csv: its header has ';' between the fields and no comma; say so \
             by data.csv(path, { separator = ';' })",
        ),
        (
            "data.csv('semicolons.csv', { separator = '' })",
            "data.csv: the options are { separator = \";\" }, with one ASCII character that is no \
             quote and no line end",
        ),
        (
            "data.csv('semicolons.csv', { delimiter = ';' })",
            "data.csv: the options are { separator = \";\" }, with one ASCII character that is no \
             quote and no line end",
        ),
        (
            "data.csv('twice.csv')",
            "data.csv: twice.csv: the header has the name \"a\" twice",
        ),
        (
            "data.csv('unnamed.csv')",
            "data.csv: unnamed.csv: field 2 of the header has no name",
        ),
        (
            "data.csv('latin.csv')",
            "data.csv: latin.csv line 3 is not UTF-8",
        ),
        (
            "data.csv('none.csv')",
            "data.csv: none.csv: no such file in the bundle (none.csv)",
        ),
        (
            "data.csv('../secret.csv')",
            "data.csv: ../secret.csv leads out of the script folder",
        ),
        (
            "data.csv('/etc/passwd')",
            "data.csv: /etc/passwd leads out of the script folder",
        ),
        (
            "data.csv(1)",
            "data.csv: path is a number, a string was expected",
        ),
        (
            "data.json('object.json')",
            "data.json: object.json is not a JSON array: invalid type: map, expected an array of rows \
             at line 1 column 0",
        ),
        (
            "data.json('broken.json')",
            "data.json: broken.json is not a JSON array: expected value at line 3 column 1",
        ),
    ] {
        assert_eq!(raised(&lua, call), words);
    }
}

#[test]
fn files_are_read_at_load_and_rows_taken_by_users() {
    let lua = loaded(&feed_sources(0, 1, &Arc::default()));
    assert_eq!(
        raised(&lua, "data.csv('people.csv')"),
        "data.csv can be called only while the module loads (at its top level), not while a user \
         runs"
    );
    assert_eq!(
        raised(&lua, "people:get('x')"),
        "feed:get: i is a string, an integer was expected"
    );
    USER.set(None);
    for call in ["pick", "take"] {
        let words = format!(
            "feed:{call} can be called only while a user runs (in a step, on_start or on_stop), \
             not when the module loads"
        );
        assert_eq!(raised(&lua, &format!("people:{call}()")), words);
    }
    arrive();
    let free: usize = lua
        .load("local n = 0 while people:take() do n = n + 1 end return n")
        .eval()
        .unwrap();
    assert_eq!(free, 5, "what was refused is not lost");
}

#[test]
fn another_separator_than_the_comma_is_an_option() {
    let lua = alone();
    lua.load(
        "f = data.csv('semicolons.csv', { separator = ';' })
         assert(f:len() == 1 and f:get(1).a == '1' and f:get(1).b == '2,5')",
    )
    .exec()
    .unwrap();
}

#[test]
fn lines_of_json_are_rows_and_a_text_is_a_string() {
    USER.set(None);
    let lua = vm(&feed_sources(0, 1, &Arc::default()));
    let told: String = lua
        .load(
            "local feed = data.jsonl('lines.jsonl')
             local id, note = tostring(feed:get(1).id), data.text('note.txt')
             local said = { feed:len(), id, feed:get(2)[2], feed:get(3), note }
             said[6] = #data.text('empty.txt')
             return table.concat(said, '|')",
        )
        .eval()
        .unwrap();
    assert_eq!(told, "3|18446744073709551615|x|\u{fffd}|two\nlines\n|0");
    for (call, words) in [
        (
            "data.jsonl('broken.jsonl')",
            "data.jsonl: broken.jsonl line 2 is not JSON: EOF",
        ),
        (
            "data.text('latin.txt')",
            "data.text: latin.txt is not UTF-8 at byte 1",
        ),
        (
            "data.text('../x')",
            "data.text: ../x leads out of the script folder",
        ),
    ] {
        let why = raised(&lua, call);
        assert!(why.contains(words), "{why}");
    }
}
